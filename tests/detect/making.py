"""Identifiers that are valid, made up for tests, in the spellings that people give them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from hypothesis import strategies as st

from tongban.detect import luhn_ok, scan_text
from tongban.detect.checks import _CHECK, _CREDIT, _CREDIT_WEIGHTS, _WEIGHTS

PROVINCES = ["11", "13", "31", "44", "50", "61", "65", "71", "81", "82", "83"]
CREDIT = _CREDIT
VIN_VALUES = {
    c: v
    for v, row in (
        (1, "AJ"),
        (2, "BKS"),
        (3, "CLT"),
        (4, "DMU"),
        (5, "ENV"),
        (6, "FW"),
        (7, "GPX"),
        (8, "HY"),
        (9, "RZ"),
    )
    for c in row
}
PROSE = st.text("我们小区的路灯坏了请尽快处理，每天晚上都很吵。；\n", max_size=12)
"""Chinese text without a word that speaks for or against a number."""


def resident_id(body: str) -> str:
    return body + _CHECK[sum(int(d) * w for d, w in zip(body, _WEIGHTS, strict=True)) % 11]


def with_luhn(body: str) -> str:
    return next(body + str(d) for d in range(10) if luhn_ok(body + str(d)))


def credit_code(body: str) -> str:
    total = sum(CREDIT.index(c) * w for c, w in zip(body, _CREDIT_WEIGHTS, strict=True))
    return body + CREDIT[(31 - total % 31) % 31]


def vin(body: str) -> str:
    """Sixteen characters → seventeen, with the check character in the ninth place (ISO 3779)."""
    weights = [8, 7, 6, 5, 4, 3, 2, 10, 9, 8, 7, 6, 5, 4, 3, 2]
    check = sum((int(c) if c.isdigit() else VIN_VALUES[c]) * w for c, w in zip(body, weights, strict=True)) % 11
    return body[:8] + "0123456789X"[check] + body[8:]


def iban(country: str, rest: str) -> str:
    number = int("".join(str(int(c, 36)) for c in rest + country + "00"))
    return f"{country}{98 - number % 97:02d}{rest}"


def digits(count: int) -> st.SearchStrategy[str]:
    return st.text("0123456789", min_size=count, max_size=count)


days = st.integers(0, 45_000).map(lambda n: date(1902, 1, 1) + timedelta(n))
resident_ids = st.builds(
    lambda p, area, day, n: resident_id(f"{p}{area}{day:%Y%m%d}{n}"),
    st.sampled_from(PROVINCES),
    digits(4),
    days,
    digits(3),
)
old_ids = st.builds(
    lambda p, area, day, n: f"{p}{area}{day:%y%m%d}{n}",
    st.sampled_from(PROVINCES),
    digits(4),
    days.filter(lambda day: day.year < 2000),
    digits(3),
)
mobiles = st.builds(lambda a, rest: f"1{a}{rest}", st.integers(3, 9), digits(9))
_BEGINNINGS = [("6222", n) for n in (16, 17, 18, 19)] + [("4367", 16), ("5188", 16), ("3568", 16), ("9558", 19)]
cards = st.sampled_from(_BEGINNINGS).flatmap(lambda row: digits(row[1] - 5).map(lambda rest: with_luhn(row[0] + rest)))
amex = digits(12).map(lambda rest: with_luhn("37" + rest))
credit_codes = st.builds(
    lambda kind, rest: credit_code(f"{kind}610113{rest}"),
    st.sampled_from(["91", "92", "11", "52", "A1", "Y1"]),
    st.text(CREDIT, min_size=9, max_size=9).filter(lambda t: not t.isdigit()),
)
vins = st.text("ABCDEFGHJKLMNPRSTUVWXYZ0123456789", min_size=12, max_size=12).flatmap(
    lambda rest: digits(3).map(lambda n: vin("L" + rest + n))
)
phones = st.builds(
    lambda area, first, rest: (area, f"{first}{rest}"),
    st.sampled_from(["010", "021", "029"]),
    st.integers(2, 8),
    digits(7),
) | st.builds(
    lambda area, first, rest: (area, f"{first}{rest}"),
    st.sampled_from(["0912", "0755", "0571"]),
    st.integers(2, 8),
    digits(6),
)
emails = st.builds(
    lambda first, rest, domain: f"{first}{rest}@{domain}",
    st.text("abcxyzABC123", min_size=1, max_size=3),
    st.from_regex(r"([._+-]?[a-z0-9]){0,8}", fullmatch=True),
    st.sampled_from(["example.com", "mail.sn.gov.cn", "a-b.org", "163.com"]),
)
plates = st.builds(
    lambda p, a, rest: p + a + rest,
    st.sampled_from("京沪陕粤藏"),
    st.sampled_from("ABCEF"),
    digits(4).flatmap(lambda d: st.sampled_from([d + "5", d + "K", "B" + d])),
) | st.builds(
    lambda p, rest, form: p + "A" + form(rest),
    st.sampled_from("京沪陕"),
    digits(5),
    st.sampled_from([lambda d: "D" + d, lambda d: d + "F"]),
)
imeis = st.builds(lambda head, rest: with_luhn(head + rest), st.sampled_from(["35", "86"]), digits(12))
ibans = st.builds(iban, st.just("DE"), digits(18)) | st.builds(
    lambda bank, n: iban("GB", bank + n), st.text("ABCDEFGHIJ", min_size=4, max_size=4), digits(14)
)


def wide(text: str) -> str:
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)


def chinese(text: str, one: str = "一") -> str:
    return "".join("零一二三四五六七八九"[int(c)] if c != "1" else one for c in text)


def grouped(*sizes: int, sign: str = " ") -> Callable[[str], str]:
    """Cuts a number into groups of these sizes, the rest last."""

    def cut(text: str) -> str:
        parts, at = [], 0
        for size in sizes:
            parts.append(text[at : at + size])
            at += size
        return sign.join(part for part in [*parts, text[at:]] if part)

    return cut


def plain(text: str) -> str:
    return text


SIGNS = [" ", "-", "\u00a0", "\u3000", "–", "－"]
IN_3_4_4 = [grouped(3, 4, sign=sign) for sign in SIGNS]
IN_6_8_4 = [grouped(6, 8, sign=sign) for sign in SIGNS]
IN_FOURS = [grouped(4, 4, 4, 4, sign=sign) for sign in SIGNS]


def found(text: str, kind: str) -> list[str]:
    """The texts of the findings of a type."""
    return [text[f.start : f.end] for f in scan_text(text) if f.type == kind]
