"""What one cell of a table could be, where no checksum says it: names, addresses, dates, genders,
peoples, bodies, coordinates.

Each test is cheap and looks at a whole cell; what a column is, `columns` decides from many of them and from its name.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

from .patterns import PATTERNS, iban_ok
from .people_basic import SURNAMES

_DOUBLE = (
    "欧阳|司马|上官|诸葛|东方|皇甫|尉迟|公孙|慕容|令狐|司徒|长孙|宇文|端木|南宫|独孤|百里|闻人|夏侯|轩辕|呼延|"
    "申屠|公羊|澹台|淳于|单于|太史|钟离"
)
_NAME = re.compile(rf"(?:[{SURNAMES}][一-鿿]{{1,2}}|(?:{_DOUBLE})[一-鿿]{{1,2}}|[一-鿿]{{1,6}}[··•][一-鿿]{{1,8}})")
_LATIN_NAME = re.compile(r"[A-Z][a-z]{1,14}(?:[ ][A-Z]\.?)?[ ][A-Z][a-z]{1,18}")
_LATIN_PART = re.compile(r"(?:[A-Z]['’])?[A-Z][a-z]{1,18}(?:[ '-][A-Za-z][a-z]{1,18})?")
_FOREIGN_PHONE = re.compile(
    r"\+[1-9][0-9]{0,2}[ .-]?(?:\([0-9]{1,4}\)|[0-9]{1,4})(?:[ .-]?[0-9]{2,4}){2,4}|(?:1[ .-]?)?(?:\([2-9][0-9]{2}\)|"
    r"[2-9][0-9]{2})[ .-]?[0-9]{3}[ .-]?[0-9]{4}"
)
_ADDRESS = re.compile(
    r"(?:[一-鿿]{2,8}(?:省|自治区|市))?(?:[一-鿿]{1,8}(?:市|州|盟))?(?:[一-鿿]{1,8}(?:区|县|旗))?.*(?:路|街|巷|道|镇|"
    r"乡|村|弄|胡同|大厦|小区|苑|花园|广场|里).*(?:[0-9０-９一二三四五六七八九十]+(?:号|栋|幢|楼|室|单元|组|弄|座|"
    r"层)).*"
)
_PLACE = re.compile(r"[一-鿿]{2,8}(?:省|自治区|市)[一-鿿]{1,10}(?:市|区|县|旗|州|盟)[一-鿿0-9A-Za-z（）()、-]*")
_ORGANISATION = re.compile(
    r"[一-鿿0-9A-Za-z（）()·]{2,40}(?:公司|集团|厂|局|委员会|大学|学院|中学|小学|医院|银行|支行|中心|研究院|研究所|"
    r"事务所|合作社|协会|学校|幼儿园|政府|派出所|商店|超市|酒店|饭店|工作室)"
)
_COORDINATE = re.compile(r"-?[0-9]{1,3}\.[0-9]{4,}(?:\s?[,， ]\s?-?[0-9]{1,3}\.[0-9]{4,})?")
_DATE = re.compile(
    r"((?:18|19|20)[0-9]{2})[-/.年]?(1[0-2]|0?[1-9])[-/.月]?(3[01]|[12][0-9]|0?[1-9])日?(?:[ T]00:00(?::00)?(?:\.0+)?)?"
)
_MONEY = re.compile(r"[¥￥$]?-?[0-9][0-9,]*(?:\.[0-9]{1,4})?(?:元|万元)?")
_MASKED = re.compile(r"[0-9A-Za-z一-鿿@.]*[*＊×xX某]{2,}[0-9A-Za-z一-鿿@.*＊]*")
_HASHED = re.compile(
    r"[0-9a-fA-F]{32}|[0-9a-fA-F]{40}|[0-9a-fA-F]{64}|\$2[aby]\$.{50,}|\$argon2.{20,}|[A-Za-z0-9+/]{22,}={0,2}"
)
_DIGITS = re.compile(r"[0-9]{1,30}")
GENDERS = frozenset(["男", "女", "男性", "女性", "m", "f", "male", "female", "先生", "女士"])
PEOPLES = frozenset(
    [
        "汉族",
        "蒙古族",
        "回族",
        "藏族",
        "维吾尔族",
        "苗族",
        "彝族",
        "壮族",
        "布依族",
        "朝鲜族",
        "满族",
        "侗族",
        "瑶族",
        "白族",
        "土家族",
        "哈尼族",
        "哈萨克族",
        "傣族",
        "黎族",
        "傈僳族",
        "佤族",
        "畲族",
        "高山族",
        "拉祜族",
        "水族",
        "东乡族",
        "纳西族",
        "景颇族",
        "柯尔克孜族",
        "土族",
        "达斡尔族",
        "仫佬族",
        "羌族",
        "布朗族",
        "撒拉族",
        "毛南族",
        "仡佬族",
        "锡伯族",
        "阿昌族",
        "普米族",
        "塔吉克族",
        "怒族",
        "乌孜别克族",
        "俄罗斯族",
        "鄂温克族",
        "德昂族",
        "保安族",
        "裕固族",
        "京族",
        "塔塔尔族",
        "独龙族",
        "鄂伦春族",
        "赫哲族",
        "门巴族",
        "珞巴族",
        "基诺族",
    ]
)
BELIEFS = frozenset(["佛教", "道教", "伊斯兰教", "天主教", "基督教", "东正教", "犹太教", "印度教", "无宗教信仰", "无"])


def is_birth_date(value: str) -> bool:
    """A day between 1900 and today; a time of day other than midnight is none."""
    match = _DATE.fullmatch(value)
    if match is None:
        return False
    try:
        return date(1900, 1, 1) <= date(*map(int, match.groups())) <= date.today()
    except ValueError:
        return False


def _pattern(name: str) -> Callable[[str], bool]:
    mine = [pattern for pattern in PATTERNS if pattern.type == name]
    return lambda value: any(True for pattern in mine for _ in pattern.find(value))


TESTS: dict[str, Callable[[str], bool]] = {
    "name": lambda value: _NAME.fullmatch(value) is not None or _LATIN_NAME.fullmatch(value) is not None,
    "address": lambda value: (
        len(value) > 5 and (_ADDRESS.fullmatch(value) is not None or _PLACE.fullmatch(value) is not None)
    ),
    "organisation": lambda value: _ORGANISATION.fullmatch(value) is not None,
    "birth_date": is_birth_date,
    "gender": lambda value: value.lower() in GENDERS,
    "ethnicity": lambda value: value in PEOPLES or value + "族" in PEOPLES,
    "religion": lambda value: value in BELIEFS,
    "whereabouts": lambda value: _COORDINATE.fullmatch(value) is not None,
    "financial": lambda value: _MONEY.fullmatch(value) is not None,
    "iban": iban_ok,
    "ssn": lambda value: re.fullmatch(r"[0-9]{3}-[0-9]{2}-[0-9]{4}", value) is not None,
    "mac": _pattern("mac"),
    "ipv6": _pattern("ipv6"),
    "secret_key": _pattern("secret_key"),
    "phone": lambda value: False,
    "passport": lambda value: re.fullmatch(r"[A-Za-z]{1,2}[0-9]{7,8}|1[45][0-9]{7}", value) is not None,
    "travel_permit": lambda value: re.fullmatch(r"[HMCTWL][A-Z0-9]?[0-9]{7,9}|[0-9]{8}", value) is not None,
    "qq": lambda value: re.fullmatch(r"[1-9][0-9]{4,10}", value) is not None,
    "wechat": lambda value: re.fullmatch(r"[A-Za-z][-_A-Za-z0-9]{5,27}", value) is not None,
}
NAMED_TESTS: dict[str, Callable[[str], bool]] = {
    "name": lambda value: TESTS["name"](value) or _LATIN_PART.fullmatch(value) is not None,
    "phone": lambda value: _FOREIGN_PHONE.fullmatch(value) is not None,
}
"""Looser tests of the cells of a column whose name says what they are."""
BY_NAME_ONLY = frozenset(
    {"phone", "birth_date", "whereabouts", "financial", "passport", "travel_permit", "qq", "wechat", "religion"}
)
"""Types whose values look like much else: only a column of that name is one."""
NAME_IS_ENOUGH = frozenset({"biometric", "medical", "specific_identity", "password", "secret_key", "religion"})
"""Types that the name of a column tells whatever its values look like."""


def looks_hidden(value: str) -> str:
    """ "masked" for 138****0000 and 王某某, "hashed" for a digest or base64, else ""."""
    if _MASKED.fullmatch(value):
        return "masked"
    return "hashed" if _HASHED.fullmatch(value) else ""


def is_number(value: str) -> bool:
    """Digits alone."""
    return _DIGITS.fullmatch(value) is not None
