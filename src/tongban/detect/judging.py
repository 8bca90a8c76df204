"""What the groups of digits and letters at one place are: first its form, then the words before it.

An answer is kind × 128 + confidence in percent. The order of the kinds is the order of trust: what a check digit
proves first. Groups and characters as `groups` has them; `a`, `b`: first and last group; `p`, `length`: their
characters. Compiled, or plain.
"""

from __future__ import annotations

from typing import Any

from tongban.detect import tables
from tongban.detect.compiled import inlined, inner, table
from tongban.detect.context import AGAINST_WORDS, CARD_WORDS, CREDIT_WORDS, FAR, ID_WORDS, PHONE_WORDS, recalled
from tongban.detect.groups import (
    ANSWERS,
    AT,
    ENDS,
    FIRST,
    LEAD,
    MIXED,
    MOST,
    SIZES,
    STARTS,
    TRAIL,
    USED,
    after,
    typical,
)
from tongban.detect.sums import (
    credit_sum,
    glued_all_digits,
    luhn,
    mobile_ok,
    mobile_sure,
    organisation_sum,
    resident_id_15,
    resident_id_18,
    vin_ok,
)

PROVINCES, ISSUERS, AREAS, AUTHORITIES, STEPS = map(
    table, (tables.PROVINCES, tables.ISSUERS, tables.AREAS, tables.AUTHORITIES, tables.STEPS)
)
NEAR = 9
"""A word against a mobile number counts within so many bytes."""
RESIDENT_ID, CREDIT_CODE, BANK_CARD, MOBILE, PHONE, EMAIL, PLATE, IPV4, VIN, IMEI = range(1, 11)


@inlined
def possible_steps(room: Any, groups: int) -> int:
    """Bit mask of the kinds that could be made of some groups, by how many digits they have."""
    possible = 0
    for a in range(groups):
        size, full = -room[LEAD + a], 0
        for b in range(a, groups):
            size += room[SIZES + b]
            full += room[SIZES + b]
            digits = size - room[TRAIL + b]
            if digits > 19:
                break
            if digits > 0:
                possible |= STEPS[digits]
            if full == 18 or (full == 17 and a == b and room[LEAD + a] + room[TRAIL + b] + room[MIXED + a] > 0):
                possible |= 2
    return possible


@inlined
def as_resident_id(ch: Any, room: Any, b: int, groups: int, total: int, p: int, length: int, stop: int) -> int:
    """Eighteen characters; the X at the end may stand in a group of its own."""
    if length == 18:
        return RESIDENT_ID * 128 + 99 if room[TRAIL + b] < 3 and resident_id_18(ch, p) else 0
    if length != 17 or stop >= total or ch[stop] != 88:
        return 0
    if stop < room[FIRST + b] + room[SIZES + b]:
        fits = room[TRAIL + b] == 1
    else:
        fits = b + 1 < groups and room[SIZES + b + 1] == 1
    return RESIDENT_ID * 128 + 99 if fits and resident_id_18(ch, p) else 0


@inlined
def has_code_form(ch: Any, room: Any, a: int, b: int, p: int, length: int, whole: bool) -> bool:
    """Whether it could be a credit code of 18 characters, or a VIN of 17."""
    if length == 17:
        return bool(a == b and not glued_all_digits(ch, p, 17) and vin_ok(ch, p))
    return bool(length == 18 and room[LEAD + a] < 10 and credit_sum(ch, p) and (whole or typical(room, a, b)))


@inlined
def as_code(buf: Any, ch: Any, room: Any, p: int, length: int, dotted: bool, start: int) -> int:
    """A credit code, as sure as its first characters and the words before its first byte make it, or a VIN."""
    if length == 17:
        return VIN * 128 + 90 if (recalled(buf, start, room) >> AGAINST_WORDS) & FAR == FAR else 0
    begins = 49 <= ch[p] <= 57 or ch[p] == 65 or ch[p] == 78 or ch[p] == 89
    if not glued_all_digits(ch, p, 18):
        return (
            CREDIT_CODE * 128 + 99
            if begins
            else CREDIT_CODE * 128 + 90
            if (recalled(buf, start, room) >> CREDIT_WORDS) & FAR < FAR
            else 0
        )
    if begins and (PROVINCES[(ch[p + 2] - 48) * 10 + ch[p + 3] - 48] or (ch[p + 2] == 49 and ch[p + 3] == 48)):
        words = recalled(buf, start, room)
        if (words >> CREDIT_WORDS) & FAR < FAR or organisation_sum(ch, p + 8):
            return CREDIT_CODE * 128 + 95
        if AUTHORITIES[(ch[p] - 48) * 10 + ch[p + 1] - 48] and not dotted and (words >> AGAINST_WORDS) & FAR == FAR:
            return CREDIT_CODE * 128 + 85
    return 0


@inlined
def card_goes_on(ch: Any, room: Any, a: int, b: int, groups: int, p: int, length: int, lengths: int) -> bool:
    """Whether the card with the next group is one too, `lengths` being those that the issuer gives."""
    if b + 1 >= groups or room[USED + b + 1] or room[LEAD + b + 1] > 0 or room[TRAIL + b + 1] > 0:
        return False
    if room[MIXED + b + 1] and (a == b or room[SIZES + b + 1] > 3):
        return False
    longer = length + room[SIZES + b + 1]
    return bool(longer <= 19 and (lengths >> longer) & 1 and typical(room, a, b + 1) and luhn(ch, p, longer))


@inlined
def has_card_form(ch: Any, room: Any, a: int, b: int, groups: int, p: int, length: int, whole: bool) -> bool:
    """Whether it could be a bank card: an issuer's range, the right length for it, and Luhn."""
    if length < 12:
        return False
    lengths = ISSUERS[(ch[p] - 48) * 1000 + (ch[p + 1] - 48) * 100 + (ch[p + 2] - 48) * 10 + ch[p + 3] - 48]
    if not (lengths >> length) & 1 or not luhn(ch, p, length) or not (whole or typical(room, a, b)):
        return False
    return not card_goes_on(ch, room, a, b, groups, p, length, lengths)


@inlined
def as_card(ch: Any, p: int, length: int, glued: bool, words: int) -> int:
    """A bank card, where the words before it speak for one, or nothing speaks against it and little else is as long."""
    good, bad = (words >> CARD_WORDS) & FAR, (words >> AGAINST_WORDS) & FAR
    if good < FAR and good <= bad:
        return BANK_CARD * 128 + 97
    lengths = ISSUERS[(ch[p] - 48) * 1000 + (ch[p + 1] - 48) * 100 + (ch[p + 2] - 48) * 10 + ch[p + 3] - 48]
    if bad < FAR or glued or (lengths >> (length + 32)) & 1 or (length == 15 and resident_id_15(ch, p)):
        return 0
    return BANK_CARD * 128 + 92


@inlined
def two_years(room: Any, a: int, b: int) -> bool:
    """Whether eleven digits are two years from 1800 to 2099 and three digits more: 1979-2011 100."""
    if a + 2 != b or room[SIZES + a] != 4 or room[SIZES + a + 1] != 4:
        return False
    p, q = room[FIRST + a], room[FIRST + a + 1]
    first, second = room[p] * 10 + room[p + 1] - 528, room[q] * 10 + room[q + 1] - 528
    return bool(18 <= first <= 20 and 18 <= second <= 20)


@inlined
def mobile_form(ch: Any, room: Any, a: int, b: int, p: int, length: int, whole: bool) -> int:
    """How many digits stand before the eleven of a mobile number (86, 0086, 0 or none); −1 where it is none."""
    skip = 0
    if length == 13 and ch[p] == 56 and ch[p + 1] == 54:
        skip = 2
    elif length == 15 and ch[p] == 48 and ch[p + 1] == 48 and ch[p + 2] == 56 and ch[p + 3] == 54:
        skip = 4
    elif length == 12 and ch[p] == 48:
        skip = 1
    return (
        skip
        if length - skip == 11
        and mobile_ok(ch, p + skip)
        and (whole or typical(room, a, b))
        and not two_years(room, a, b)
        else -1
    )


@inlined
def phone_form(ch: Any, room: Any, a: int, b: int, p: int, length: int, whole: bool, plus: bool) -> int:
    """1: with its area code; 2: that in a group of its own; 3: after a plus; 4: a local number; 5: 400 or 800; 6:
    that in groups; 0: none."""
    if 10 <= length <= 12 and ch[p] == 48 and (whole or typical(room, a, b)):
        area = (
            AREAS[(ch[p + 1] - 48) * 10 + ch[p + 2] - 48]
            if ch[p + 1] < 51
            else AREAS[(ch[p + 1] - 48) * 100 + (ch[p + 2] - 48) * 10 + ch[p + 3] - 48]
        )
        rest = length - area
        apart = a < b and room[SIZES + a] == area
        subscriber = 50 <= ch[p + area] <= 56 or (a + 1 == b and apart and ch[p + area] > 48)
        if area and (rest == 7 or rest == 8) and subscriber and (a == b or apart or whole):
            return 2 if apart else 1
        return 0
    if length > 15 or not (whole or a == b):
        return 0
    if plus and a == 0 and length > 7 and ch[p] != 48:
        return 3
    if length <= 8 and a == b and 50 <= ch[p] <= 56:
        return 4
    if length == 10 and (ch[p] == 52 or ch[p] == 56) and ch[p + 1] == 48 and ch[p + 2] == 48:
        return 5 if a == b else 6
    return 0


@inlined
def as_phone(form: int, words: int) -> int:
    """A telephone, where its form and the words before it are enough."""
    good, bad = (words >> PHONE_WORDS) & FAR, (words >> AGAINST_WORDS) & FAR
    sure = 0
    if form <= 2:
        sure = (95 if good < FAR or form == 2 else 80) if good <= bad else 0
    elif form == 3:
        sure = 85
    elif form == 4:
        sure = 75 if good < 8 and good < bad else 0
    elif form == 6 or good < FAR:
        sure = 70
    return PHONE * 128 + sure if sure else 0


@inlined
def fifteen_form(ch: Any, p: int) -> int:
    """Of fifteen digits: 1 where they are an old resident ID, 2 an IMEI, 3 both."""
    form = 1 if resident_id_15(ch, p) else 0
    return (
        form + 2 if (ch[p] == 51 or ch[p] == 56) and (ch[p + 1] == 53 or ch[p + 1] == 54) and luhn(ch, p, 15) else form
    )


@inlined
def as_fifteen(form: int, glued: bool, words: int) -> int:
    """An old resident ID, or an IMEI, as the words before it have it."""
    good, bad = (words >> ID_WORDS) & FAR, (words >> AGAINST_WORDS) & FAR
    if form & 1 and (good < FAR or (bad == FAR and not glued)):
        return RESIDENT_ID * 128 + (90 if good < FAR else 70)
    return IMEI * 128 + 75 if form & 2 and bad == FAR else 0


@inlined
def bracket_before(buf: Any, start: int, end: int, floor: int) -> int:
    """Where a telephone number begins whose area code stands in brackets: at the bracket before
    `start`, where one closes in it."""
    for k in range(start, end):
        if buf[k] == 41 or (buf[k] == 0x89 and k > start + 1 and buf[k - 1] == 0xBC and buf[k - 2] == 0xEF):
            if start > floor and buf[start - 1] == 40:
                return start - 1
            if start > floor + 2 and buf[start - 1] == 0x88 and buf[start - 2] == 0xBC and buf[start - 3] == 0xEF:
                return start - 3
    return start


@inlined
def dot_before(buf: Any, start: int) -> bool:
    """Whether a dot with a digit before it stands before."""
    return start > 1 and buf[start - 1] == 46 and 48 <= buf[start - 2] <= 57


@inlined
def dot_after(buf: Any, end: int, n: int) -> bool:
    """Whether a dot with a digit after it stands after."""
    return end + 1 < n and buf[end] == 46 and 48 <= buf[end + 1] <= 57


@inlined
def in_dots(buf: Any, start: int, end: int, n: int) -> bool:
    """Whether a dot with a digit beyond it stands before or after."""
    return dot_before(buf, start) or dot_after(buf, end, n)


@inlined
def is_foreign(buf: Any, start: int) -> bool:
    """Whether a plus stands before a number, with no letter or digit before it."""
    return (
        start > 0
        and buf[start - 1] == 43
        and not (
            start > 1 and (48 <= buf[start - 2] <= 57 or 65 <= buf[start - 2] <= 90 or 97 <= buf[start - 2] <= 122)
        )
    )


@inlined
def with_plus(buf: Any, start: int, floor: int) -> int:
    """Where a telephone number begins with the plus before it, also a full-width one."""
    if start > floor and buf[start - 1] == 43:
        return start - 1
    return (
        start - 3
        if start > floor + 2 and buf[start - 1] == 0x8B and buf[start - 2] == 0xBC and buf[start - 3] == 0xEF
        else start
    )


@inlined
def as_mobile(ch: Any, p: int, glued: bool, words: int) -> int:
    """A mobile number from its eleven digits on, where no word against it is near, or a word for it is nearer."""
    bad = (words >> AGAINST_WORDS) & FAR
    return MOBILE * 128 + mobile_sure(ch, p) if (bad > NEAR and not glued) or (words >> PHONE_WORDS) & FAR < bad else 0


@inlined
def judged_run(buf: Any, ch: Any, room: Any, p: int, length: int, start: int, glued: bool, first: int) -> int:
    """The answer for digits in a row that are neither a resident ID of 18 characters nor a code and stand in no dots.

    `ch`: where they are from p on; `start`: the byte at which they begin, `first`: that of their word."""
    possible = STEPS[length]
    found = 0
    if possible & 4 and has_card_form(ch, room, 0, 0, 1, p, length, True):
        found = as_card(ch, p, length, glued, recalled(buf, start, room))
    if found == 0 and possible & 8:
        skip = mobile_form(ch, room, 0, 0, p, length, True)
        if skip > 0 or (
            skip == 0 and not (first > 0 and buf[first - 1] == 43)
        ):  # +1 380 … is a number of another country
            found = as_mobile(ch, p + skip, glued, recalled(buf, start, room))
    if found == 0 and possible & 16 and not glued:
        form = phone_form(ch, room, 0, 0, p, length, True, is_foreign(buf, first))
        if form:
            found = as_phone(form, recalled(buf, start, room))
    if found == 0 and length == 15:
        form = fifteen_form(ch, p)
        if form:
            found = as_fifteen(form, glued, recalled(buf, start, room))
    return found


@inner
def judged_digits(buf: Any, p: int, length: int, room: Any, n: int, floor: int) -> tuple[int, int]:
    """(where it begins, answer) of 7 to 19 half-width digits from byte p on, before and after which no number
    goes on; answer 0: nothing.

    What `judged` says of them, without what only groups need: most numbers are written so."""
    dotted = in_dots(buf, p, p + length, n)
    found = 0
    if length == 18:
        if resident_id_18(buf, p):
            return p, RESIDENT_ID * 128 + 99
        if credit_sum(buf, p):
            found = as_code(buf, buf, room, p, 18, dotted, p)
    if found == 0 and not dotted:
        found = judged_run(buf, buf, room, p, length, p, False, p)
    return with_plus(buf, p, floor) if found >> 7 == MOBILE or found >> 7 == PHONE else p, found


@inlined
def judged_word(buf: Any, room: Any, total: int, n: int, floor: int) -> tuple[int, int, int]:
    """(first byte, byte after the last, answer) of one group: what `judged` says of it,
    without what only several need."""
    if total >= MOST:
        return 0, 0, 0  # more letters than there is room for, and before the digits perhaps more than that
    lead, trail = room[LEAD], room[TRAIL]
    stop = total - trail
    length, start, first = stop - lead, room[AT + lead], room[AT]
    glued = lead > 0 or trail > 0
    plain = not room[MIXED] and 7 <= length <= 19
    if plain:
        found = as_resident_id(room, room, 0, 1, total, lead, length, stop)
        if found:
            return start, after(buf, room, lead + 17), found
    dotted = in_dots(buf, first, after(buf, room, total - 1), n)
    if (total == 18 or (total == 17 and (glued or not plain))) and has_code_form(room, room, 0, 0, 0, total, True):
        found = as_code(buf, room, room, 0, total, dotted, first)
        if found:
            return first, after(buf, room, total - 1), found
    if dotted or not plain:
        return 0, 0, 0
    found = judged_run(buf, room, room, lead, length, start, glued, first)
    return (
        with_plus(buf, start, floor) if found >> 7 == MOBILE or found >> 7 == PHONE else start,
        after(buf, room, stop - 1),
        found,
    )


@inlined
def judged_whole(buf: Any, room: Any, groups: int, total: int, digits: int, n: int, floor: int) -> tuple[int, int]:
    """(where it begins, answer) of groups of half-width or full-width digits that are one number as people write it:
    138 1234 5678, 029-81234567, 610113 19800101 123X, 6222 0210 … Answer 0: nothing as plain as that, and `judged` has
    to look at all their parts.

    Only where no part of them could come first there; so both say the same."""
    start, end = room[AT], after(buf, room, total - 1)
    if total == 18 and (digits == 18 or (digits == 17 and room[17] == 88)):
        return (
            (start, RESIDENT_ID * 128 + 99)
            if resident_id_18(room, 0) and not in_dots(buf, start, end, n)
            else (start, 0)
        )
    if digits < total or total < 10 or total > 19 or in_dots(buf, start, end, n):
        return start, 0
    found = 0
    if total == 16 or (total == 19 and groups == 5 and typical(room, 0, 4)):
        lengths = ISSUERS[(room[0] - 48) * 1000 + (room[1] - 48) * 100 + (room[2] - 48) * 10 + room[3] - 48]
        if (lengths >> 12) & 15 or not (lengths >> total) & 1 or not luhn(room, 0, total):
            return start, 0  # no card, or the first 12 to 15 digits might be one
        return start, as_card(room, 0, total, False, recalled(buf, start, room))
    if (
        total == 11
        and room[SIZES] != 1
        and mobile_ok(room, 0)
        and not (start > 0 and buf[start - 1] == 43)
        and not two_years(room, 0, groups - 1)
    ):
        found = as_mobile(room, 0, False, recalled(buf, start, room))
    elif groups == 2 and 10 <= total <= 12 and room[0] == 48 and room[SIZES] < 7:
        form = phone_form(room, room, 0, 1, 0, total, True, False)
        if form:
            found = as_phone(form, recalled(buf, start, room))
    return bracket_before(buf, with_plus(buf, start, floor), end, floor) if found else start, found


@inlined
def judged(buf: Any, room: Any, groups: int, total: int, possible: int, n: int, floor: int, count: int) -> int:
    """Puts what the groups are into the room behind the first `count` findings, in order; how many there are then.
    Marks the groups as used."""
    opened = count
    i, end_of_all = room[AT], after(buf, room, total - 1)
    before, behind = dot_before(buf, i), dot_after(buf, end_of_all, n)
    plus = i > 0 and buf[i - 1] == 43
    foreign = is_foreign(buf, i)
    for step in range(6):
        if not (possible >> step) & 1:
            continue
        for a in range(groups):
            if room[USED + a] or (room[MIXED + a] and step != 1):
                continue
            p = room[FIRST + a] + (room[LEAD + a] if step != 1 else 0)
            for b in range(a, groups):
                if room[USED + b] or (step != 1 and room[MIXED + b]):
                    break
                if b > a and step != 1:
                    if room[LEAD + b] > 0 and not (room[TRAIL + b] == 0 and room[SIZES + b] == 1):
                        break
                    if room[TRAIL + b - 1] > 0 or (b - 1 > a and room[LEAD + b - 1] > 0):
                        break  # a letter stands between the digits
                stop = room[FIRST + b] + room[SIZES + b] - (room[TRAIL + b] if step != 1 else 0)
                if room[SIZES + b] == 1 and room[room[FIRST + b]] == 88 and step != 1:
                    stop = room[FIRST + b]
                length = stop - p
                if length > 19:
                    break
                if length < 7:
                    continue
                start = room[AT + p]
                glued = room[LEAD + a] > 0 or room[TRAIL + b] > 0
                whole = a == 0 and b == groups - 1
                dotted = (a == 0 and before) or (
                    b == groups - 1 and behind
                )  # 0.25 138 1234 5678: the first group alone is of a fraction
                found = form = 0
                if step == 0:
                    if not (
                        dotted
                        and a < b
                        and (
                            (a == 0 and before and room[SIZES] < 6)
                            or (b == groups - 1 and behind and room[SIZES + b] < 4)
                        )
                    ):
                        found = as_resident_id(
                            room, room, b, groups, total, p, length, stop
                        )  # 1.610113 1980… is the first of a list
                elif step == 1:
                    if has_code_form(room, room, a, b, p, length, whole) and not (
                        dotted and a < b and glued_all_digits(room, p, length)
                    ):
                        found = as_code(buf, room, room, p, length, dotted, start)
                elif dotted:
                    break
                elif step == 2:
                    form = 1 if has_card_form(room, room, a, b, groups, p, length, whole) else 0
                elif step == 3:
                    form = 1 + mobile_form(room, room, a, b, p, length, whole)
                    if form == 1 and (
                        (plus and a <= 1 and not (a == 1 and room[0] == 56 and room[1] == 54))
                        or (a < b and room[SIZES + a] == 1)
                    ):
                        form = 0  # +1 380 … is a number of another country
                elif step == 4:
                    form = 0 if glued else phone_form(room, room, a, b, p, length, whole, foreign)
                elif length == 15 and a == b:
                    form = fifteen_form(room, p)
                if form:
                    words = recalled(buf, start, room)
                    if step == 2:
                        found = as_card(room, p, length, glued, words)
                    elif step == 3:
                        found = as_mobile(room, p + form - 1, glued, words)
                    elif step == 4:
                        found = as_phone(form, words)
                    else:
                        found = as_fifteen(form, glued, words)
                if not found:
                    continue
                kind, stretch = found >> 7, 1 if step == 0 and length == 17 else 0
                if (kind == MOBILE or kind == PHONE) and start > floor and a == 0:
                    start = bracket_before(buf, with_plus(buf, start, floor), after(buf, room, stop - 1), floor)
                slot = count
                while slot > opened and room[STARTS + slot - 1] > start:
                    room[STARTS + slot], room[ENDS + slot], room[ANSWERS + slot] = (
                        room[STARTS + slot - 1],
                        room[ENDS + slot - 1],
                        room[ANSWERS + slot - 1],
                    )
                    slot -= 1
                room[STARTS + slot], room[ENDS + slot], room[ANSWERS + slot] = (
                    start,
                    after(buf, room, stop - 1 + stretch),
                    found,
                )
                count += 1
                for g in range(a, b + 1):
                    room[USED + g] = 1
                if stretch and b + 1 < groups and room[SIZES + b + 1] == 1 and stop == room[FIRST + b + 1]:
                    room[USED + b + 1] = 1
                break
    return count
