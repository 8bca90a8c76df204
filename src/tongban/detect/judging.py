"""What the groups of digits and letters at one place are: each kind of number has one function that says it, or 0.

An answer is kind × 128 + confidence in percent. The order of the kinds is the order of trust: what a check digit proves first.
Groups and characters as `groups` has them; `a`, `b`: first and last group; `p`, `length`: their characters. Compiled, or plain.
"""

from __future__ import annotations

from typing import Any

from tongban.detect import tables
from tongban.detect.compiled import inlined, table
from tongban.detect.context import AGAINST_WORDS, CARD_WORDS, CREDIT_WORDS, FAR, ID_WORDS, PHONE_WORDS, recalled
from tongban.detect.groups import FIRST, LEAD, MIXED, SIZES, TRAIL, USED, typical
from tongban.detect.sums import credit_sum, glued_all_digits, luhn, mobile_ok, mobile_sure, organisation_sum, resident_id_15, resident_id_18, vin_ok

PROVINCES, ISSUERS, AREAS, AUTHORITIES, STEPS = map(table, (tables.PROVINCES, tables.ISSUERS, tables.AREAS, tables.AUTHORITIES, tables.STEPS))
RESIDENT_ID, CREDIT_CODE, BANK_CARD, MOBILE, PHONE, EMAIL, PLATE, IPV4, VIN, IMEI = range(1, 11)


@inlined
def possible_steps(parts: Any, groups: int) -> int:
    """Bit mask of the kinds that could be made of some groups, by how many digits they have."""
    possible = 0
    for a in range(groups):
        size, full = -parts[LEAD + a], 0
        for b in range(a, groups):
            size += parts[SIZES + b]
            full += parts[SIZES + b]
            digits = size - parts[TRAIL + b]
            if digits > 19:
                break
            if digits > 0:
                possible |= STEPS[digits]
            if full == 18 or (full == 17 and a == b and parts[LEAD + a] + parts[TRAIL + b] + parts[MIXED + a] > 0):
                possible |= 2
    return possible


@inlined
def first_four(ch: Any, p: int) -> int:
    """The number of four digits from p on."""
    return int((ch[p] - 48) * 1000 + (ch[p + 1] - 48) * 100 + (ch[p + 2] - 48) * 10 + ch[p + 3] - 48)


@inlined
def as_resident_id(ch: Any, parts: Any, b: int, groups: int, total: int, p: int, length: int, stop: int) -> int:
    """Eighteen characters; the X at the end may stand in a group of its own."""
    if length == 18:
        return RESIDENT_ID * 128 + 99 if parts[TRAIL + b] < 3 and resident_id_18(ch, p) else 0
    if length != 17 or stop >= total or ch[stop] != 88:
        return 0
    if stop < parts[FIRST + b] + parts[SIZES + b]:
        fits = parts[TRAIL + b] == 1
    else:
        fits = b + 1 < groups and parts[SIZES + b + 1] == 1
    return RESIDENT_ID * 128 + 99 if fits and resident_id_18(ch, p) else 0


@inlined
def as_credit_code(buf: Any, ch: Any, parts: Any, memory: Any, a: int, b: int, p: int, length: int, start: int, whole: bool, dotted: bool) -> int:
    """A credit code of 18 characters, or a VIN of 17."""
    if length == 17:
        return VIN * 128 + 90 if a == b and not glued_all_digits(ch, p, 17) and vin_ok(ch, p) else 0
    if length != 18 or parts[LEAD + a] >= 10 or not credit_sum(ch, p) or not (whole or typical(parts, a, b)):
        return 0
    begins = 49 <= ch[p] <= 57 or ch[p] == 65 or ch[p] == 78 or ch[p] == 89
    if not glued_all_digits(ch, p, 18):
        if begins:
            return CREDIT_CODE * 128 + 99
        return CREDIT_CODE * 128 + 90 if (recalled(buf, start, memory) >> CREDIT_WORDS) & FAR < FAR else 0
    if begins and (PROVINCES[(ch[p + 2] - 48) * 10 + ch[p + 3] - 48] or (ch[p + 2] == 49 and ch[p + 3] == 48)):
        words = recalled(buf, start, memory)
        if organisation_sum(ch, p + 8) or (words >> CREDIT_WORDS) & FAR < FAR:
            return CREDIT_CODE * 128 + 95
        if AUTHORITIES[(ch[p] - 48) * 10 + ch[p + 1] - 48] and not dotted and (words >> AGAINST_WORDS) & FAR == FAR:
            return CREDIT_CODE * 128 + 85
    return 0


@inlined
def card_goes_on(ch: Any, parts: Any, a: int, b: int, groups: int, p: int, length: int) -> bool:
    """Whether the card with the next group is one too."""
    if b + 1 >= groups or parts[USED + b + 1] or parts[LEAD + b + 1] > 0 or parts[TRAIL + b + 1] > 0:
        return False
    if parts[MIXED + b + 1] and (a == b or parts[SIZES + b + 1] > 3):
        return False
    longer = length + parts[SIZES + b + 1]
    return bool(longer <= 19 and (ISSUERS[first_four(ch, p)] >> longer) & 1 and typical(parts, a, b + 1) and luhn(ch, p, longer))


@inlined
def as_card(buf: Any, ch: Any, parts: Any, memory: Any, a: int, b: int, groups: int, p: int, length: int, start: int, whole: bool, dotted: bool, glued: bool) -> int:
    """A bank card: an issuer's range, the right length for it, and Luhn."""
    if length < 14 or dotted or not (ISSUERS[first_four(ch, p)] >> length) & 1 or not luhn(ch, p, length) or not (whole or typical(parts, a, b)):
        return 0
    words = recalled(buf, start, memory)
    good, bad = (words >> CARD_WORDS) & FAR, (words >> AGAINST_WORDS) & FAR
    if not ((good < FAR and good <= bad) or (bad == FAR and not glued)) or not (length > 15 or good < FAR):
        return 0
    if card_goes_on(ch, parts, a, b, groups, p, length):
        return 0
    return BANK_CARD * 128 + (97 if good < FAR else 92)


@inlined
def as_mobile(buf: Any, ch: Any, parts: Any, memory: Any, a: int, b: int, p: int, length: int, start: int, whole: bool, dotted: bool, glued: bool) -> int:
    """Eleven digits, also after 86, 0086 or 0."""
    skip = 0
    if length == 13 and ch[p] == 56 and ch[p + 1] == 54:
        skip = 2
    elif length == 15 and ch[p] == 48 and ch[p + 1] == 48 and ch[p + 2] == 56 and ch[p + 3] == 54:
        skip = 4
    elif length == 12 and ch[p] == 48:
        skip = 1
    if length - skip != 11 or dotted or not mobile_ok(ch, p + skip) or not (whole or typical(parts, a, b)):
        return 0
    words = recalled(buf, start, memory)
    bad = (words >> AGAINST_WORDS) & FAR
    if (bad == FAR and not glued) or (words >> PHONE_WORDS) & FAR < bad:
        return int(MOBILE * 128 + mobile_sure(ch, p + skip))
    return 0


@inlined
def as_phone(buf: Any, ch: Any, parts: Any, memory: Any, a: int, b: int, p: int, length: int, start: int, whole: bool, plus: bool) -> int:
    """A fixed number with its area code, one after a plus, a local one that is called so, and 400 and 800."""
    if 10 <= length <= 12 and ch[p] == 48 and (whole or typical(parts, a, b)):
        area = AREAS[(ch[p + 1] - 48) * 10 + ch[p + 2] - 48] if ch[p + 1] < 51 else AREAS[(ch[p + 1] - 48) * 100 + (ch[p + 2] - 48) * 10 + ch[p + 3] - 48]
        rest = length - area
        if area and (rest == 7 or rest == 8) and 50 <= ch[p + area] <= 56 and not (a < b and parts[SIZES + a] != area and not whole):
            words = recalled(buf, start, memory)
            good, bad = (words >> PHONE_WORDS) & FAR, (words >> AGAINST_WORDS) & FAR
            if good <= bad:
                return PHONE * 128 + (95 if good < FAR or (a < b and parts[SIZES + a] == area) else 80)
        return 0
    if not (7 <= length <= 15 and (whole or a == b)):
        return 0
    if plus and a == 0 and length > 7 and ch[p] != 48:
        return PHONE * 128 + 85
    if length <= 8 and a == b and 50 <= ch[p] <= 56:
        words = recalled(buf, start, memory)
        good = (words >> PHONE_WORDS) & FAR
        return PHONE * 128 + 75 if good < 8 and good < (words >> AGAINST_WORDS) & FAR else 0
    if length == 10 and (ch[p] == 52 or ch[p] == 56) and ch[p + 1] == 48 and ch[p + 2] == 48:
        return PHONE * 128 + 70 if a < b or (recalled(buf, start, memory) >> PHONE_WORDS) & FAR < FAR else 0
    return 0


@inlined
def as_fifteen(buf: Any, ch: Any, memory: Any, p: int, start: int, glued: bool) -> int:
    """Fifteen digits in one group: an old resident ID, or an IMEI."""
    old = resident_id_15(ch, p)
    if not old and not (ch[p] in (51, 56) and ch[p + 1] in (53, 54) and luhn(ch, p, 15)):
        return 0
    words = recalled(buf, start, memory)
    good, bad = (words >> ID_WORDS) & FAR, (words >> AGAINST_WORDS) & FAR
    if old and (good < FAR or (bad == FAR and not glued)):
        return RESIDENT_ID * 128 + (90 if good < FAR else 70)
    return IMEI * 128 + 75 if bad == FAR and ch[p] in (51, 56) and ch[p + 1] in (53, 54) and luhn(ch, p, 15) else 0


@inlined
def judged(
    buf: Any, ch: Any, at: Any, to: Any, parts: Any, memory: Any, groups: int, total: int, possible: int, n: int, floor: int,
    out_start: Any, out_end: Any, out_kind: Any, out_sure: Any, count: int,
) -> int:  # fmt: skip
    """Puts what the groups are into the arrays behind the first `count` findings, in order; how many there are then. Marks the groups as used."""
    opened = count
    i, end_of_all = at[0], to[total - 1]
    dotted = (i > 1 and buf[i - 1] == 46 and 48 <= buf[i - 2] <= 57) or (end_of_all + 1 < n and buf[end_of_all] == 46 and 48 <= buf[end_of_all + 1] <= 57)
    plus = i > 0 and buf[i - 1] == 43
    for step in range(6):
        if not (possible >> step) & 1:
            continue
        for a in range(groups):
            if parts[USED + a] or (parts[MIXED + a] and step != 1):
                continue
            p = parts[FIRST + a] + (parts[LEAD + a] if step != 1 else 0)
            for b in range(a, groups):
                if parts[USED + b] or (step != 1 and parts[MIXED + b]):
                    break
                if b > a and step != 1:
                    if parts[LEAD + b] > 0 and not (parts[TRAIL + b] == 0 and parts[SIZES + b] == 1):
                        break
                    if parts[TRAIL + b - 1] > 0 or (b - 1 > a and parts[LEAD + b - 1] > 0):
                        break  # a letter stands between the digits
                stop = parts[FIRST + b] + parts[SIZES + b] - (parts[TRAIL + b] if step != 1 else 0)
                if parts[SIZES + b] == 1 and ch[parts[FIRST + b]] == 88 and step != 1:
                    stop = parts[FIRST + b]
                length = stop - p
                if length > 19:
                    break
                if length < 7:
                    continue
                start = at[p]
                glued = parts[LEAD + a] > 0 or parts[TRAIL + b] > 0
                whole = a == 0 and b == groups - 1
                found = 0
                if step == 0:
                    found = as_resident_id(ch, parts, b, groups, total, p, length, stop)
                elif step == 1:
                    found = as_credit_code(buf, ch, parts, memory, a, b, p, length, start, whole, dotted)
                elif step == 2:
                    found = as_card(buf, ch, parts, memory, a, b, groups, p, length, start, whole, dotted, glued)
                elif step == 3:
                    found = as_mobile(buf, ch, parts, memory, a, b, p, length, start, whole, dotted, glued)
                elif dotted or (step == 4 and glued):
                    continue
                elif step == 4:
                    found = as_phone(buf, ch, parts, memory, a, b, p, length, start, whole, plus)
                elif length == 15 and a == b:
                    found = as_fifteen(buf, ch, memory, p, start, glued)
                if not found:
                    continue
                kind, stretch = found >> 7, 1 if step == 0 and length == 17 else 0
                if (kind == MOBILE or kind == PHONE) and start > floor and a == 0:
                    if buf[start - 1] == 43:
                        start -= 1
                    elif start > floor + 2 and buf[start - 1] == 0x8B and buf[start - 2] == 0xBC and buf[start - 3] == 0xEF:
                        start -= 3
                slot = count
                while slot > opened and out_start[slot - 1] > start:
                    out_start[slot], out_end[slot] = out_start[slot - 1], out_end[slot - 1]
                    out_kind[slot], out_sure[slot] = out_kind[slot - 1], out_sure[slot - 1]
                    slot -= 1
                out_start[slot], out_end[slot], out_kind[slot], out_sure[slot] = start, to[stop - 1 + stretch], kind, found & 127
                count += 1
                for g in range(a, b + 1):
                    parts[USED + g] = 1
                if stretch and b + 1 < groups and parts[SIZES + b + 1] == 1 and stop == parts[FIRST + b + 1]:
                    parts[USED + b + 1] = 1
                break
    return count
