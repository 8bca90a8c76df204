"""Numbers that a word beside them calls an ID, a card, a passport, a permit, an account or a phone, where no check
proves it.

People mistype: one digit wrong, one too few, one too many. A number is still theirs where the letter says what it is
(身份证, 卡号, passport no.), so it is found here, less sure and with that reason. Not for numbers that a check proves
(`loops`), nor for numbers without such a word: those stay as they were.

>>> [(f.type, f.start, f.end) for f in find_beside("身份证号：610113196503120027")]
[('resident_id', 5, 23)]
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from .findings import Finding
from .reasons import code, words

FEWEST = 6
"""Fewer digits are no number of a person here: house numbers, years and service numbers are as long."""
_SEPARATOR = "[ \u00a0\u2010-\u2015\u200b-\u200f\u2060\ufeff-]{0,2}"
_CHINESE = re.compile("[零〇○一幺二三四五六七八九]{9,}")
"""Digits written out; numbers as long as an ID or a phone have a zero in them as good as always."""
_VALUES = str.maketrans("零〇○一幺二三四五六七八九", "0001123456789")
_GAP = re.compile("[^0-9A-Za-z]+")
_RUN = re.compile(rf"[0-9](?:{_SEPARATOR}[0-9OoIl]){{{FEWEST - 1},39}}(?:{_SEPARATOR}[Xx](?![A-Za-z]))?")
DATE = re.compile(
    r"(?:19|20)[0-9]{2}(?:[ -](?:1[0-2]|0?[1-9])(?:[ -](?:3[01]|[12][0-9]|0?[1-9]))?(?:[ -]+[0-2]?[0-9])?"
    r"|[ -]+(?:19|20)[0-9]{2}|(?:1[0-2]|0[1-9])(?:3[01]|[12][0-9]|0[1-9])?(?:-.*)?)"
)
MEASURE = re.compile(
    r"\s?(?:[元块圆万亿千百%％度岁年月日号楼栋个人位次户米平吨亩点时分秒]|km|kg|RMB)|\.[0-9]", re.IGNORECASE
)
_KINDS = {
    "id": "(?:居民|公民)?身[份分][证證]|公民身份|身份[号號]|社会保障[号卡]|社保[号卡]|医保[号卡]|军官[证證]|"
    "士兵[证證]|驾驶[证證]|驾照|学生证|准考证"
    r"|残疾[证證]|户口[号號]"
    r"|(?<![A-Za-z])(?:(?:national |resident |identity )?ID(?: ?(?:card|no\.?|number|#))"
    r"|identity (?:card|number|no\.?)|sfz[hm]?)(?![A-Za-z])"
    r"|(?<![A-Za-z0-9单户信品])(?<![A-Za-z] )ID(?=\s?[:是为]?\s?$)",
    "document": "[证證]件[号號]?|(?<![许可書书权照])[证證][号號]",
    "card": "银行卡|銀行卡|储蓄卡|儲蓄卡|信用卡|借记卡|借記卡|工资卡|[工建农中交招商发广邮海]行的?卡|"
    "[一-龥]{2}银行的?卡|邮储卡|农信卡|存折"
    r"|(?<![A-Za-z])(?:(?:bank|debit|credit) ?(?:card|account)|card ?(?:no\.?|number|#)|visa|mastercard)(?![A-Za-z])",
    "account": "卡[号號]|[账帐賬帳][号號戶户]|开户号|开户银?行|支付宝"
    r"|(?<![A-Za-z])account(?: ?(?:no\.?|number|#))?(?![A-Za-z])",
    "passport": "护照|護照|(?<![A-Za-z])passport(?![A-Za-z])",
    "permit": (
        "通行[证證]|回[乡鄉][证證]|台胞[证證]|居住[证證]|居留[证證]|居留许可|入台[证證]|(?<![A-Za-z])(?:"
        "residence |travel )permit(?![A-Za-z])"
    ),
    "mobile": "手机|手機|移动电话|行動電話|(?<![A-Za-z])(?:mobile|cell ?phone|cell)(?![A-Za-z])",
    "phone": "电话|電話|致电|座机|联系方式|聯絡方式|传真|(?<![A-Za-z])(?:tel|telephone|phone|fax)(?![A-Za-z])",
    "against": "订单|訂單|[运運]?[单單][号號]|流水|序列|序[号號]|快递|案[号號]|文[号號]|[货貨][号號]|批次|合同|发票|"
    "發票|[编編][号號码碼]|工单|条码|凭证|票[号號]"
    "|受理|信访件|信用代码|税[号號]|[产產][权權證证]|许可[证證]|[预預销銷][售]?[证證]|[质質格运運地房用][证證]"
    "|营业执照|(?<!驾驶)执照[号號]?|网址|邮编|邮政编码|区号|版本|型号|金额|价|面积|工号|学号|门牌"
    r"|(?<![A-Za-z])(?:order|serial|invoice|batch|sku|version|postcode|zip)(?![A-Za-z])",
}
_WORD = re.compile("|".join(f"(?P<{kind}>{said})" for kind, said in _KINDS.items()), re.IGNORECASE)
_SIGN = re.compile("[证證号號份障卡折户戶行宝照护護机機動话話电電式真许A-Za-z]")
"""One of these stands in every word for a number of a person's."""
_BEFORE, _BEHIND = 28, 20
_STOP = re.compile(r"[。;；!！?？]|[,，][^0-9]{7}|[一-龥]{9}|\n[^\n]*[^\s][^\n]*\n|[*×]{4}")
"""What may not stand between a word and its number: the end of a sentence, another clause, much other text, another
line, a masked number."""
_LEAD = re.compile(r"[\s(:,,“”\"'是为為的即系這这那张我你他她其本人]{0,8}(?:号码)?")
_NEXT = re.compile(r"(?:[号號]?[码碼]?|no\.?|number)[\s(:,,是为為“\"']{0,4}[A-Za-z]{0,3}[0-9]{4}", re.IGNORECASE)
_LIST = re.compile(r"[\s、,,/;和及与與或]{1,3}")
_CLOSES = re.compile(r"[号號码碼]|[\s),,:;、。.!?！？]|[是为為上里中内]|$")
_PREFIX = re.compile(r"(?<![A-Za-z0-9])(?:[A-Za-z]{1,3}|[A-Z]{1,3}[ -])$")
_ISLAND = re.compile(
    r"(?<![0-9A-Za-z])(?:[A-Z]{1,2}[0-9]{6}\(?[0-9A](?![0-9A-Za-z])\)?"
    r"|[A-Z][12][0-9]{8}(?![0-9A-Za-z])|[157][0-9]{6}\([0-9]\))"
)
"""Identity cards of Hong Kong, Taiwan and Macao, which have too few digits to be taken without their letter."""


_UUID = re.compile(r"(?<![0-9A-Za-z])[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}(?![0-9A-Za-z])")
_CHANCE = frozenset({"credit_code", "vin", "imei"})
"""Types whose check one in eleven to one in thirty-one numbers passes by chance."""


@dataclass(frozen=True, slots=True)
class _Number:
    """A number as it stands: its span, the span with the letters before it, its digits, the letters, and what words
    call it."""

    start: int
    end: int
    first: int
    digits: str
    letters: str
    kind: str


def find_beside(text: str) -> list[Finding]:
    """The numbers in half-width text that a word beside them calls a person's; also those that a check proves."""
    found: list[Finding] = []
    before: _Number | None = None
    if "-" in text:
        text = _UUID.sub("-" * 36, text)
    if "零" in text or "〇" in text or "○" in text:
        text = _CHINESE.sub(lambda run: run.group().translate(_VALUES), text)
    if "身份" in text or "ID" in text:
        found += [
            _finding("resident_id", *at.span(), 0.6) for at in _ISLAND.finditer(text) if _kind(text, *at.span()) == "id"
        ]
    match = _RUN.search(text)
    while match is not None:
        stop = match.end()
        for start, end in _stretches(text, *match.span()):
            number = _read(text, start, end, before)
            type = _type(number) if number else ""
            if number and type:
                before, stop = number, max(number.end, match.start() + 1)
                found.append(
                    _finding(type, number.first if number.letters else number.start, number.end, _sure(type, number))
                )
                break
        match = _RUN.search(text, stop)
    return found


def with_beside(text: str, found: Sequence[Finding]) -> list[Finding]:
    """What the loops found, and the numbers beside words of which they found nothing.

    A number of an ID or a card in which something shorter was found (a phone in a mistyped ID) is taken as a whole:
    else its
    other digits would stay in sight. So is one that happens to pass the check of something that is no person's.
    """
    beside = find_beside(text)
    kept = list(found)
    for mine in beside:
        across = [other for other in kept if other.start < mine.end and mine.start < other.end]
        if all(_gives_way(other, mine) for other in across):
            kept = [other for other in kept if other not in across]
            kept.append(mine)
    return kept


def _gives_way(other: Finding, mine: Finding) -> bool:
    """Whether a finding of the loops is less than the number beside a word that overlaps it."""
    if (
        mine.type not in ("resident_id", "bank_card")
        or other.type == mine.type
        or other.start < mine.start
        or mine.end < other.end
    ):
        return False
    return other.end - other.start < mine.end - mine.start or other.type in _CHANCE


def _finding(type: str, start: int, end: int, sure: float) -> Finding:
    reason = code("beside", type)
    return Finding(type, start, end, sure, words(reason, "zh"), reason)


def _stretches(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """A run of digits as a whole; then, as two numbers may stand side by side, all but its last groups, and all but
    its first."""
    yield start, end
    if DATE.fullmatch(text, start, end):
        return
    gaps = [gap.span() for gap in _GAP.finditer(text, start, end)][:12]
    yield from ((start, at) for at, _stop in reversed(gaps))
    yield from ((at, end) for _start, at in gaps)


def _read(text: str, start: int, end: int, before: _Number | None) -> _Number | None:
    """The number in a stretch with what words call it; None where it is none of a person's."""
    ahead = text[max(0, start - 2) : start]
    if text[end : end + 1].isascii() and text[end : end + 1].isalnum():
        return None
    prefix = _PREFIX.search(text, max(0, start - 5), start)
    if prefix is None and ahead[-1:].isascii() and ahead[-1:].isalnum():
        return None
    if re.search(r"[0-9][.]$", ahead) or MEASURE.match(text, end):
        return None
    digits = re.sub(r"[^0-9OoIlXx]", "", text[start:end])
    if len(set(digits)) == 1 or DATE.fullmatch(text[start:end]):
        return None
    first = prefix.start() if prefix else start
    kind = _kind(text, first, end)
    if not kind and before is not None and _LIST.fullmatch(text[before.end : first]):
        kind = before.kind
    letters = text[first:start].strip(" -") if prefix else ""
    return _Number(start, end, first, digits, letters, kind) if kind and kind != "against" else None


def _kind(text: str, start: int, end: int) -> str:
    """What the nearest word before a number calls it, else the first one behind it; empty without one."""
    window = text[max(0, start - _BEFORE) : start]
    if not _SIGN.search(window) and not _SIGN.search(text, end, end + _BEHIND):
        return ""
    last = next(iter(deque(_WORD.finditer(window), maxlen=1)), None)
    if last is not None and not re.search("[0-9]", window[last.end() :]) and not _STOP.search(window, last.end()):
        return str(last.lastgroup)
    lead = _LEAD.match(text, end)
    word = _WORD.match(text, lead.end() if lead else end, end + _BEHIND) or _WORD.match(text, end, end + _BEHIND)
    if word is None or _NEXT.match(text, word.end()) or not _CLOSES.match(text, word.end()):
        return ""
    between = text[end : word.start()]
    return "" if re.search(r"[,，\n]", between) and not re.search("[是为為即]", between) else str(word.lastgroup)


def _type(number: _Number) -> str:
    """The type of a number by what words call it and how long it is; empty where it cannot be that."""
    size, kind = len(number.digits), number.kind
    if kind == "id" and 13 <= size <= 22:
        return "resident_id"
    if kind in ("id", "document", "permit") and (size >= 7 or number.letters):
        return "resident_id" if 13 <= size <= 22 else "travel_permit" if size <= 12 and kind != "id" else ""
    if kind == "passport" and size <= 10 and (number.letters or size >= 7):
        return "passport"
    if number.letters:
        return ""
    if (kind == "card" and 12 <= size <= 22) or (kind == "account" and 8 <= size <= 30):
        return "bank_card"
    if (kind == "mobile" and 9 <= size <= 14) or (
        kind == "phone" and re.match("1[3-9]", number.digits) and 9 <= size <= 13
    ):
        return "mobile"
    return "phone" if kind == "phone" and 9 <= size <= 12 else ""


def _sure(type: str, number: _Number) -> float:
    """0.6 where it is as long as such numbers are, else 0.5."""
    usual = {"resident_id": (15, 18), "bank_card": (16, 17, 18, 19), "mobile": (11,), "passport": (7, 8)}
    return 0.6 if len(number.digits) in usual.get(type, (8, 9, 10, 11, 12)) else 0.5
