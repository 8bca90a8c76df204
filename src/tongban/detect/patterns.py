"""What only words around it tell: accounts, permits, dates of birth, secrets, medical, financial and religious terms.

Each pattern has anchors, plain strings without which it need not be tried, so that text without them costs next to
nothing. Patterns see text with full-width characters made half-width, character for character, so spans are those of
the original. Not for numbers with a check (`loops`) nor for names and addresses (`people`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from .checks import luhn_ok
from .findings import WHY, Finding

_HALF = {0xFF01 + i: chr(0x21 + i) for i in range(94)} | {0x3000: " ", 0x2013: "-", 0x2014: "-", 0x00A0: " "}
_WIDE = re.compile("[" + "".join(map(chr, sorted(_HALF))) + "]")


def narrow(text: str) -> str:
    """Full-width characters as half-width ones, one for one."""
    for wide in set(_WIDE.findall(text)):
        text = text.replace(wide, _HALF[ord(wide)])
    return text


@dataclass(frozen=True, slots=True)
class Pattern:
    """A type, the expression whose group `value` (else the whole match) is the finding, and what it needs.

    `anchors`: one of them must stand in the text in lower case, none means always tried. `check`:
    what must hold of the value.
    """

    type: str
    expression: re.Pattern[str]
    confidence: float
    anchors: tuple[str, ...] = ()
    check: Callable[[str], bool] | None = None
    why: str = ""
    near: re.Pattern[str] | None = None
    """What must stand around the value: looked for in the 40 characters before it, a NUL, and the 12 behind it."""
    shorter: bool = False
    """Whether a value whose check fails is tried again without its last words, which may be those of the text."""
    fewest: int = 1
    """So many of one anchor stand in every text that holds a finding."""
    hint: re.Pattern[str] | None = None
    """What stands in every text that holds a finding, and is quicker to look for."""
    group: int = field(init=False, default=0)

    def __post_init__(self) -> None:
        object.__setattr__(self, "group", self.expression.groupindex.get("value", 0))

    def find(self, text: str) -> Iterator[Finding]:
        """All findings in half-width text."""
        why = self.why or WHY.get(self.type, self.type)
        for match in self.expression.finditer(text):
            start, end = match.span(self.group)
            if start < 0:  # the other wording of it
                start, end = match.span("other" if "other" in self.expression.groupindex else 0)
            while (
                self.shorter and self.check is not None and not self.check(text[start:end]) and " " in text[start:end]
            ):
                end = text.rindex(" ", start, end)
            if self.near is not None and not self.near.search(
                f"{text[max(0, start - 40) : start]}\0{text[end : end + 12]}"
            ):
                continue
            if end > start and (self.check is None or self.check(text[start:end])):
                yield Finding(self.type, start, end, self.confidence, why)


def iban_ok(text: str) -> bool:
    """ISO 13616: the country's letters and two digits go to the end, letters become numbers, mod 97 is 1."""
    plain = re.sub(r"[ -]", "", text).upper()
    if (
        not 15 <= len(plain) <= 34
        or not (plain.isascii() and plain.isalnum())
        or plain[:2] not in _IBAN_LENGTHS
        or len(plain) != _IBAN_LENGTHS[plain[:2]]
    ):
        return False
    turned = plain[4:] + plain[:4]
    return int("".join(str(int(c, 36)) for c in turned)) % 97 == 1


_IBAN_LENGTHS = {
    "AD": 24, "AE": 23, "AL": 28, "AT": 20, "AZ": 28, "BA": 20, "BE": 16, "BG": 22, "BH": 22, "BR": 29, "BY": 28,
    "CH": 21, "CR": 22, "CY": 28, "CZ": 24,
    "DE": 22, "DK": 18, "DO": 28, "EE": 20, "EG": 29, "ES": 24, "FI": 18, "FO": 18, "FR": 27, "GB": 22, "GE": 22,
    "GI": 23, "GL": 18, "GR": 27, "GT": 28,
    "HR": 21, "HU": 28, "IE": 22, "IL": 23, "IQ": 23, "IS": 26, "IT": 27, "JO": 30, "KW": 30, "KZ": 20, "LB": 28,
    "LC": 32, "LI": 21, "LT": 20, "LU": 20,
    "LV": 21, "MC": 27, "MD": 24, "ME": 22, "MK": 19, "MR": 27, "MT": 31, "MU": 30, "NL": 18, "NO": 15, "PK": 24,
    "PL": 28, "PS": 29, "PT": 25, "QA": 29,
    "RO": 24, "RS": 22, "SA": 24, "SC": 31, "SE": 24, "SI": 19, "SK": 24, "SM": 27, "ST": 25, "SV": 28, "TL": 23,
    "TN": 24, "TR": 26, "UA": 29, "VA": 22,
    "VG": 24, "XK": 20,
}  # fmt: skip


def _secret(value: str) -> bool:
    """Whether a value could be a secret: not a placeholder, not a variable, not a word of prose."""
    low = value.lower().strip("\"'")
    if len(low) < 6 or low.startswith(
        ("${", "{{", "<", "os.", "env", "process.", "config", "settings", "self.", "%(", "$", "{", "(", "[")
    ):
        return False
    if re.fullmatch(
        r"(.)\1*|x+|\*+|(?:your|my|the|change|enter|example|placeholder|password|secret|null|none|true|false|"
        r"undefined|required|redacted)[a-z0-9_ -]*",
        low,
    ):
        return False
    if (
        re.fullmatch(r"[a-z_]*(?:password|passwd|pwd|secret|token|key)[a-z_]*", low)
        or re.match(r"[a-z_][\w.]*(?:\(|\[)", low)
        or re.fullmatch(r"[a-z_]+(?:\.[a-z_]+)+", low)
    ):
        return False  # a call, an item or an attribute of a program
    return bool(re.search(r"[0-9]", low)) or len(set(low)) >= 8


def _mixed(value: str) -> bool:
    return bool(re.search(r"[0-9]", value) and re.search(r"[A-Za-z]", value))


def _ssn(value: str) -> bool:
    plain = re.sub(r"[- ]", "", value)
    return plain[:3] not in ("000", "666") and plain[0] != "9" and plain[3:5] != "00" and plain[5:] != "0000"


def _qq(value: str) -> bool:
    return value[0] != "0" and len(set(value)) > 1


def _ipv6(value: str) -> bool:
    """All eight parts; or shortened, of the ranges in use (RFC 4291: global, local, of a link, to many), as
    names in code have :: too."""
    import ipaddress

    try:
        ipaddress.IPv6Address(value)
    except ValueError:
        return False
    return (value.count(":") == 7 and any(len(part) != 2 for part in value.split(":"))) or (
        "::" in value and re.match(r"[23][0-9a-f]{3}:|f[c-f][0-9a-f]{2}:", value.lower()) is not None
    )


def _imei(value: str) -> bool:
    return luhn_ok(re.sub(r"[ /-]", "", value))


_NO = r"(?<![0-9A-Za-z])"
_END = r"(?![0-9A-Za-z])"
_IS = r"(?:是|为|:|=|\s|号码|账号|同号|[Ii][Dd](?=[:=\s])|号|\"|')*"
_DATE = (
    r"(?:(?:18|19|20)[0-9]{2}\s?[-/.年]\s?(?:1[0-2]|0?[1-9])\s?[-/.月]\s?(?:3[01]|[12][0-9]|"
    r"0?[1-9])(?![0-9])(?:\s?日)?|(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])(?![0-9]))"
)
_MONTH = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sep(?:t(?:ember)?)?|"
    r"Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)\.?"
)
_ENGLISH_DATE = (
    rf"(?:{_MONTH} (?:3[01]|[12][0-9]|0?[1-9])(?:st|nd|rd|th)?,? (?:19|20)[0-9]{{2}}|(?:3[01]|[12][0-9]|"
    rf"0?[1-9])(?:st|nd|rd|th)? {_MONTH},? (?:19|20)[0-9]{{2}}|(?:3[01]|[12][0-9]|"
    r"0?[1-9])(?P<mark>[/.-])(?:3[01]|[12][0-9]|0?[1-9])(?P=mark)(?:19|20)[0-9]{2}(?![0-9])|(?:19|"
    r"20)[0-9]{2}-(?:1[0-2]|0[1-9])-(?:3[01]|[12][0-9]|0[1-9])(?![0-9]))"
)
_OF_BIRTH = re.compile(r"出生|生日|生于|[0-9日]\s?生|[Bb]irth|DOB")
_AMERICAN = re.compile(
    r"(?:phone|call|tele?|mobile|cell|fax|contact|number|office|desk|reach|text|dial|home|work|messages?|"
    r"answering)(?![A-Za-z]{3})[^0-9+(]{0,30}\0|[0-9]{4}(?:,? or |,? and |, ?| ?/ ?)\0|\0[ -](?:office|fax|mobile|"
    r"cell|home|work|desk)\b",
    re.IGNORECASE,
)

# Not possessive ("}+"): up to Python 3.11.3, which Debian 12 has, such a repeat of a group does not match what it
# should. Each turn begins with another character than the next alternative, so going back costs one step a character.
_KEY_BODY = r"(?:[^-]|-(?!----)){0,65536}"
_KEY_LINES = r"(?>(?:(?>(?:\\[nr]|[\s\"'+,>])*)(?>[0-9A-Za-z+/=]{20,}))*)"
"""Of a private key without its last line, what follows its first: lines of base64, also with \\n written out."""

PATTERNS: tuple[Pattern, ...] = (
    Pattern(
        "qq",
        re.compile(rf"(?:扣扣|(?<![A-Za-z])[Qq][Qq])(?!群){_IS}(?P<value>[1-9][0-9]{{4,11}}){_END}"),
        0.9,
        ("qq", "扣扣"),
        _qq,
    ),
    Pattern(
        "wechat",
        re.compile(
            r"(?:微信|[Vv]信|薇信|(?<![A-Za-z])[Ww]e[Cc]hat|(?<![A-Za-z])[Vv][Xx](?![A-Za-z])|"
            rf"(?<![A-Za-z])wx(?![A-Za-z])){_IS}(?P<value>[A-Za-z][-_A-Za-z0-9]{{5,19}}|[0-9]{{6,11}}){_END}"
        ),
        0.9,
        ("微信", "v信", "薇信", "wechat", "vx", "wx"),
    ),
    Pattern(
        "passport",
        re.compile(
            rf"(?:护照|護照|[Pp]assport)[^\n]{{0,10}}?{_NO}(?P<value>(?:[EeGg][0-9]{{8}}|"
            r"[Ee][A-HJ-NP-Za-hj-np-z][0-9]{7}|[DdSsPpHh][Ee]?[0-9]{7,8}|1[45][0-9]{7}|"
            rf"[A-Z]{{1,2}}[0-9]{{6,8}})){_END}|{_NO}(?P<other>[EeGg][0-9]{{8}}|[Ee][A-HJ-NP-Za-hj-np-z][0-9]{{7}}|"
            r"[DdSsPp][Ee][0-9]{7})(?=号?(?:因私|因公|普通|公务|外交)*(?:护照|護照))"
        ),
        0.88,
        ("护照", "護照", "passport"),
    ),
    Pattern(
        "travel_permit",
        re.compile(
            r"(?:通行证|通行證|回乡证|台胞证|台胞證|回鄉證|入台证|往来港澳|往來港澳|居留证|"
            rf"居留身份证)[^\n]{{0,10}}?{_NO}(?P<value>[HM][0-9]{{8}}(?:[0-9]{{2}})?|C[A-Z0-9][0-9]{{7}}|"
            rf"[TWL][0-9]{{8}}|[A-Z]{{3}}[0-9]{{12}}|[0-9]{{8}}){_END}"
        ),
        0.86,
        ("通行证", "通行證", "回乡证", "回鄉證", "台胞证", "台胞證", "入台证", "往来港澳", "往來港澳", "居留"),
    ),
    Pattern(
        "mac",
        re.compile(
            r"[0-9A-Fa-f](?<![0-9A-Za-z].)(?<!(?<![0-9A-Za-z])[0-9A-Fa-f]{2}[:-].)[0-9A-Fa-f]([:-])"
            r"(?:[0-9A-Fa-f]{2}\1){4}[0-9A-Fa-f]{2}(?![0-9A-Za-z:-])"
        ),
        0.9,
        (":", "-"),
        lambda v: len(set(v)) > 3,
        fewest=5,
    ),
    Pattern(
        "mac",
        re.compile(
            r"[0-9A-Fa-f](?<![0-9A-Za-z.].)[0-9A-Fa-f]{3}\.[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4}(?![0-9A-Za-z]|\.[0-9A-Za-z])"
        ),
        0.85,
        ("mac", "arp", "interface", "vlan", "dhcp", "eth", "物理地址", "交换机"),
        _mixed,
    ),
    Pattern(
        "ipv6",
        re.compile(
            r"[0-9A-Fa-f](?<![0-9A-Za-z.].)(?:(?<!:.)|(?<=[^0-9A-Fa-f:]:.)|"
            r"(?<=[Vv]6:.))[0-9A-Fa-f]{0,3}:(?:[0-9A-Fa-f]{1,4}:){0,6}(?::?[0-9A-Fa-f]{1,4}){1,7}(?![0-9A-Za-z:])"
        ),
        0.85,
        (":",),
        _ipv6,
        fewest=2,
    ),
    Pattern(
        "birth_date",
        re.compile(
            r"(?:出生日期|出生年月日?|出生于|(?<![发先学产医女男考新师诞])生于|生日|出生|[Bb]irth(?:day|\s?date)?|"
            rf"[Dd]ate [Oo]f [Bb]irth|(?<![A-Za-z])DOB){_IS}(?P<value>{_DATE})|"
            rf"(?<![-~至到])(?P<other>{_DATE})(?=\s?(?:出生|生人|生于|生(?=[,.;。、)]|$)))"
        ),
        0.85,
        ("出生", "生日", "生于", "生人", "日生", "生,", "生;", "生。", "生)", "birth", "dob"),
        hint=_OF_BIRTH,
    ),
    Pattern(
        "birth_date",
        re.compile(
            rf"出生年月日?{_IS}(?P<value>(?:19|20)[0-9]{{2}}(?:\s?年\s?|[-/.]?)(?:1[0-2]|0?[1-9])(?![0-9]|"
            r"\s?[-/.月日]\s?[0-9])(?:\s?月)?)"
        ),
        0.8,
        ("出生年月",),
    ),
    Pattern(
        "birth_date",
        re.compile(
            r"(?:\b[Bb]irth(?:day|\s?date)?|[Dd]ate [Oo]f [Bb]irth|(?<![A-Za-z])(?:DOB|[Dd]\.?[Oo]\.?[Bb]\.?|"
            rf"[Bb]orn(?: on)?))[^\n0-9A-Z]{{0,12}}(?:[Ii]t's |[Ii]s )?(?P<value>{_ENGLISH_DATE})"
        ),
        0.85,
        ("birth", "dob", "d.o.b", "born"),
    ),
    Pattern(
        "birth_date",
        re.compile(
            r"(?:出生日期|出生于?|(?<![发先学产医女男考新师诞])生于|"
            rf"生日){_IS}(?P<value>(?:[〇○零一二三四五六七八九]{{4}}年)?(?:十[一二]?|"
            r"[一二三四五六七八九])月(?:[一二三]?十[一二三四五六七八九]?|[一二三四五六七八九])[日号]|"
            r"[0-9]{2}年(?:1[0-2]|0?[1-9])月(?:(?:3[01]|[12][0-9]|0?[1-9])[日号])?)|"
            r"(?P<other>[〇○零一二三四五六七八九]{4}年(?:十[一二]?|"
            r"[一二三四五六七八九])月(?:[一二三]?十[一二三四五六七八九]?|[一二三四五六七八九])日)(?=出生)"
        ),
        0.8,
        ("出生", "生于", "生日"),
    ),
    Pattern("mobile", re.compile(r"%[0-9A-Fa-f]{2}(?P<value>1[3-9][0-9]{9})(?![0-9])"), 0.9, ("%",)),
    Pattern(
        "imei",
        re.compile(
            r"(?:(?:IMEI|[Ii]mei) ?[12]?(?![0-9])|串号|串码|设备识别码|"
            rf"移动设备识别)[^\n0-9]{{0,12}}(?P<value>[0-9]{{2}}[ -]?[0-9]{{6}}[ -]?[0-9]{{6}}[ -]?[0-9]){_END}"
        ),
        0.97,
        ("imei", "串号", "串码", "识别码", "设备识别"),
        _imei,
    ),
    Pattern(
        "phone",
        re.compile(r"\+[1-9][0-9]{0,2}[ .-]?\([0-9]{1,4}\)[ .-]?[0-9]{2,4}(?:[ .-]?[0-9]{2,4}){1,3}(?![0-9])"),
        0.9,
        ("+",),
    ),
    Pattern(
        "phone",
        re.compile(r"\((?<![0-9A-Za-z+)].)(?<!\+[0-9] .)[2-9][0-9]{2}\)[ .-]?[0-9]{3}[ .-]?[0-9]{4}(?![0-9]|-[0-9])"),
        0.85,
        ("(",),
    ),
    Pattern(
        "phone",
        re.compile(
            r"[1-9](?<![0-9A-Za-z.-].)(?:(?<=1)[ .-][2-9])?[0-9]{2}([ .-])[0-9]{3}\1[0-9]{4}(?![0-9]|[.-][0-9])"
        ),
        0.8,
        ("-", ".", " "),
        lambda v: v[0] != "1" or len(v) > 12,
        near=_AMERICAN,
    ),
    Pattern(
        "phone",
        re.compile(r"[2-9](?<![0-9A-Za-z.-].)[0-9]{2}[2-9][0-9]{6}(?![0-9-]|\.[0-9])"),
        0.7,
        ("phone", "mobile", "cell", "call"),
        near=re.compile(
            r"(?:phone|mobile|cell|\bcall)(?: (?:number|no\.?|me at|at))?(?: is)?[:\s]{1,3}\0", re.IGNORECASE
        ),
    ),
    Pattern(
        "phone",
        re.compile(
            r"[(0](?<![0-9A-Za-z+(-].)(?:(?<=0)|(?<=\()0)(?:10|2[0-9]|[3-9][0-9]{2})[) -]{0,2}[2-8][0-9]{6,7}(?:-|"
            r"\s?(?:转|轉|分机|ext\.?)\s?(?:分机)?)[0-9]{1,5}(?![0-9-])"
        ),
        0.97,
        ("-", "转", "轉", "分机", "ext"),
        None,
        "固定电话和分机",
    ),
    Pattern(
        "phone",
        re.compile(
            r"0(?<![0-9A-Za-z-].)(?:10|2[0-9]|[3-9][0-9]{2})[) -]{0,2}[2-8][0-9]{6,7}\s?(?:[、/,;]|或者?|和|"
            r"及)\s?(?P<value>[2-8][0-9]{6,7})(?![0-9A-Za-z-]|\.[0-9])"
        ),
        0.8,
        ("、", "/", ",", "，", ";", "；", "或", "和", "及"),
        None,
        "号码后面的另一个号码",
    ),
    Pattern(
        "iban",
        re.compile(rf"{_NO}(?P<value>[A-Z]{{2}}[0-9]{{2}}(?:[ ]?[A-Z0-9]{{1,4}}){{3,8}}){_END}"),
        0.96,
        (),
        iban_ok,
        shorter=True,
        hint=re.compile("[A-Z]{2}[0-9]{2}"),
    ),
    Pattern(
        "ssn",
        re.compile(
            r"(?:(?<![A-Za-z])[Ss][Ss][Nn]|[Ss]ocial [Ss]ecurity)[^\n0-9]{0,20}(?P<value>[0-9]{3}(?P<gap>[- ]?)"
            r"[0-9]{2}(?P=gap)[0-9]{4})(?![0-9-])"
        ),
        0.9,
        ("ssn", "social security"),
        _ssn,
    ),
    Pattern(
        "secret_key",
        re.compile(
            rf"{_NO}(?:(?:A3T[A-Z0-9]|AKIA|ASIA|AROA|AIDA|AGPA|ANPA|ANVA|AIPA|ABIA|ACCA)[0-9A-Z]{{16}}|"
            r"LTAI[0-9A-Za-z]{12,26}|AKID[0-9A-Za-z]{13,36}|AIza[0-9A-Za-z_-]{35}|"
            r"gh[pousr]_[0-9A-Za-z]{36,}|github_pat_[0-9A-Za-z_]{22,}|gl(?:pat|ptt|rt|dt|cbt|"
            r"soat)-[0-9A-Za-z_-]{20,}|xox[abeoprs]-[0-9A-Za-z-]{10,}|sk-(?:proj-|ant-)?[0-9A-Za-z_-]{20,}|"
            r"hf_[0-9A-Za-z]{30,}|eyJ[0-9A-Za-z_-]{8,}\.eyJ[0-9A-Za-z_-]{8,}\.[0-9A-Za-z_-]{8,})"
            r"(?![0-9A-Za-z_])"
        ),
        0.95,
        (
            "akia",
            "asia",
            "a3t",
            "aroa",
            "aida",
            "agpa",
            "anpa",
            "anva",
            "aipa",
            "abia",
            "acca",
            "ltai",
            "akid",
            "aiza",
            "ghp_",
            "gho_",
            "ghu_",
            "ghs_",
            "ghr_",
            "github_pat_",
            "glpat-",
            "glptt-",
            "glrt-",
            "gldt-",
            "glcbt-",
            "glsoat-",
            "xox",
            "sk-",
            "hf_",
            "eyj",
        ),
        _mixed,
    ),
    Pattern(
        "secret_key",
        re.compile(
            rf"{_NO}(?:[rsp]k_(?:live|test)_[0-9A-Za-z]{{16,}}|whsec_[0-9A-Za-z]{{24,}}|"
            r"SG\.[0-9A-Za-z_-]{16,32}\.[0-9A-Za-z_-]{16,64}|npm_[0-9A-Za-z]{36}|pypi-[0-9A-Za-z_-]{50,}|"
            r"hv[sb]\.[0-9A-Za-z_-]{20,}|do[opr]_v1_[0-9a-f]{64}|shp(?:at|ca|pa|ss)_[0-9A-Fa-f]{32}|sq0(?:atp|"
            r"csp)-[0-9A-Za-z_-]{22,43}|GOCSPX-[0-9A-Za-z_-]{28}|ya29\.[0-9A-Za-z_-]{20,}|dapi[0-9a-f]{32}|"
            r"PMAK-[0-9a-f]{24}-[0-9a-f]{34}|NRAK-[0-9A-Z]{27}|lin_api_[0-9A-Za-z]{40}|"
            r"rubygems_[0-9a-f]{48}|ATATT3[0-9A-Za-z_=-]{60,}|dp\.pt\.[0-9A-Za-z]{43}|"
            r"sntrys_[0-9A-Za-z+/=_-]{60,}|key-[0-9a-f]{32})(?![0-9A-Za-z_])"
        ),
        0.95,
        (
            "k_live_",
            "k_test_",
            "whsec_",
            "sg.",
            "npm_",
            "pypi-",
            "hvs.",
            "hvb.",
            "_v1_",
            "shpat_",
            "shpca_",
            "shppa_",
            "shpss_",
            "sq0",
            "gocspx-",
            "ya29.",
            "dapi",
            "pmak-",
            "nrak-",
            "lin_api_",
            "rubygems_",
            "atatt3",
            "dp.pt.",
            "sntrys_",
            "key-",
        ),
        _mixed,
    ),
    Pattern(
        "secret_key",
        re.compile(
            r"[0-9a-f](?<![0-9A-Za-z].)(?:[0-9a-f]{31}-us[0-9]{1,2}|"
            r"(?<=[0-9])[0-9]{7,9}:AA[0-9A-Za-z_-]{33})(?![0-9A-Za-z_])"
        ),
        0.95,
        ("-us", ":aa"),
        _mixed,
    ),
    Pattern(
        "secret_key",
        re.compile(
            r"hooks\.slack\.com/services/(?P<value>T[0-9A-Za-z_]{8,}/B[0-9A-Za-z_]{8,}/[0-9A-Za-z_]{20,})|"
            r"(?:AccountKey|SharedAccessKey)=(?P<other>[0-9A-Za-z+/]{40,}={0,2})"
        ),
        0.95,
        ("hooks.slack.com", "accountkey=", "sharedaccesskey="),
    ),
    Pattern(
        "secret_key",
        re.compile(r"(?<![A-Za-z])[Bb]earer[ :]+(?P<value>[0-9A-Za-z][0-9A-Za-z._~+/-]{19,}={0,2})"),
        0.9,
        ("bearer",),
        _mixed,
    ),
    Pattern(
        "private_key",
        re.compile(
            rf"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----(?:{_KEY_BODY}-----END (?:[A-Z0-9]+ )*PRIVATE "
            rf"KEY(?: BLOCK)?-----|{_KEY_LINES})"
        ),
        0.99,
        ("private key",),
    ),
    Pattern(
        "password",
        re.compile(
            r"(?:(?<![A-Za-z])(?:[A-Za-z0-9]+[_.-])*(?:password|passwd|pwd|secret|token|api[_-]?key|"
            r"access[_-]?key(?:[_-]?secret)?|secret[_-]?key)|密码|口令|密碼)[\"']?\s*(?:[:=]|=>|是|"
            r"为)\s*(?P<quote>[\"'])?(?P<value>[^\s\"',;<>，。；]{4,128})",
            re.IGNORECASE,
        ),
        0.8,
        (
            "password",
            "passwd",
            "pwd",
            "secret",
            "token",
            "api_key",
            "apikey",
            "api-key",
            "access_key",
            "accesskey",
            "access-key",
            "密码",
            "口令",
            "密碼",
        ),
        _secret,
    ),
    Pattern(
        "password",
        re.compile(
            r"(?:密码|口令|密碼)\s{0,2}(?P<value>(?=[0-9A-Za-z@#$!])(?=[!-~]*[0-9])(?=[!-~]*[A-Za-z])[!-~]{6,64})"
            r"(?![一-龥])"
        ),
        0.75,
        ("密码", "口令", "密碼"),
        _secret,
    ),
    Pattern(
        "password",
        re.compile(
            r"<(?:\w+[._-])?(?:password|passwd|pwd|secret|token|api_?key)>(?P<value>[^<>\s]{4,128})</|"
            r"--(?<![A-Za-z-]--)(?:password|passwd|pwd|token|secret)[ =](?P<other>[^\s-][^\s]{3,127})",
            re.IGNORECASE,
        ),
        0.8,
        (
            "password>",
            "passwd>",
            "pwd>",
            "secret>",
            "token>",
            "key>",
            "--password",
            "--passwd",
            "--pwd",
            "--token",
            "--secret",
        ),
        _secret,
    ),
    Pattern(
        "password",
        re.compile(r"[a-z][a-z0-9+]{2,20}://[^\s:/@]{0,64}:(?P<value>[^\s@/]{4,128})@[A-Za-z0-9.-]+"),
        0.9,
        ("://",),
        _secret,
        "连接地址里的口令",
    ),
    Pattern(
        "medical",
        re.compile(
            r"(?:诊断(?:为|:|是)|確診|确诊(?:为|患有?)?|患有|罹患|病史[:为]|过敏史[:为]|病历号|住院号|门诊号|"
            r"检验结果[:为])(?:\s|了)*(?P<value>[^\s，。；,;、）)]{2,24})"
        ),
        0.75,
        ("诊断", "确诊", "確診", "患有", "罹患", "病史", "过敏史", "病历号", "住院号", "门诊号", "检验结果"),
    ),
    Pattern(
        "medical",
        re.compile(
            r"艾滋病|HIV\s?(?:阳性|感染)|梅毒|乙肝|丙肝|精神分裂症?|抑郁症|双相情感障碍|白血病|恶性肿瘤|(?:肺|肝|胃|"
            r"乳腺|直肠|结肠|食管|甲状腺|宫颈|前列腺|胰腺)癌|尿毒症|肺结核|新冠(?:肺炎)?阳性|癫痫|糖尿病|高血压(?:病|"
            r"[Ⅰ-Ⅲ123]级)|脑梗(?:死|塞)?|心肌梗[死塞]"
        ),
        0.65,
        (
            "艾滋",
            "hiv",
            "梅毒",
            "肝",
            "精神分裂",
            "抑郁症",
            "双相",
            "白血病",
            "肿瘤",
            "癌",
            "尿毒症",
            "肺结核",
            "新冠",
            "癫痫",
            "糖尿病",
            "高血压",
            "脑梗",
            "心肌梗",
        ),
        None,
        "病名",
    ),
    Pattern(
        "financial",
        re.compile(
            r"(?:余额|存款|工资|月薪|年薪|收入|贷款(?:金额|余额)?|欠款|负债|公积金(?:余额)?)(?:为|是|:|共|有|约|"
            r"人民币|\s)*(?P<value>(?:¥|￥)?\s?[0-9][0-9,]*(?:\.[0-9]+)?\s?(?:亿|万|千|百)?元)"
        ),
        0.7,
        ("余额", "存款", "工资", "月薪", "年薪", "收入", "贷款", "欠款", "负债", "公积金"),
    ),
    Pattern(
        "religion",
        re.compile(
            r"(?:宗教信仰|信仰|信奉|皈依)(?:为|是|:|\s)*(?P<value>佛教|道教|伊斯兰教|天主教|基督教|东正教|犹太教|"
            r"印度教)|(?P<other>穆斯林|基督徒|佛教徒|天主教徒|道教徒)"
        ),
        0.75,
        ("信仰", "信奉", "皈依", "穆斯林", "教徒", "基督徒"),
    ),
    Pattern(
        "whereabouts",
        re.compile(
            r"(?:经纬度|坐标|定位|位置|[Ll]at(?:itude)?|[Ll](?:ng|on(?:gitude)?)|"
            r"GPS)[^\n0-9-]{0,10}(?P<value>-?[0-9]{1,3}\.[0-9]{4,}\s?[,，/ ]\s?-?[0-9]{1,3}\.[0-9]{4,})"
        ),
        0.8,
        ("经纬度", "坐标", "定位", "位置", "lat", "lng", "lon", "gps"),
    ),
    Pattern(
        "specific_identity",
        re.compile(
            r"(?:残疾证号?|低保(?:证|对象|户)|刑满释放(?:人员)?|社区矫正(?:对象)?|吸毒人员|戒毒人员|"
            r"精神障碍患者)(?:[:为]?\s*[0-9A-Z]{8,20})?"
        ),
        0.6,
        ("残疾证", "低保", "刑满释放", "社区矫正", "吸毒", "戒毒", "精神障碍"),
    ),
)


def _by_first(patterns: Sequence[Pattern]) -> dict[str, list[tuple[str, int]]]:
    """First character → the anchors that begin with it and the numbers of their patterns."""
    found: dict[str, list[tuple[str, int]]] = {}
    for number, pattern in enumerate(patterns):
        for anchor in pattern.anchors:
            found.setdefault(anchor[0], []).append((anchor, number))
    return found


_ANCHORS = _by_first(PATTERNS)
_FIRST = re.compile(f"[{re.escape(''.join(sorted(_ANCHORS)))}]")
_ALWAYS = frozenset(number for number, pattern in enumerate(PATTERNS) if not pattern.anchors)


def _worth_trying(low: str, patterns: Sequence[Pattern]) -> Iterator[Pattern]:
    """The patterns of which an anchor stands in the text, in their order. Only anchors whose first character
    is there are looked for."""
    if patterns is not PATTERNS:
        yield from (
            pattern
            for pattern in patterns
            if not pattern.anchors or any(low.count(anchor) >= pattern.fewest for anchor in pattern.anchors)
        )
        return
    numbers = set(_ALWAYS)
    for first in set(_FIRST.findall(low)):
        for anchor, number in _ANCHORS[first]:
            if (
                number not in numbers
                and anchor in low
                and (PATTERNS[number].fewest == 1 or low.count(anchor) >= PATTERNS[number].fewest)
            ):
                numbers.add(number)
    yield from (PATTERNS[number] for number in sorted(numbers))


def find_patterns(text: str, patterns: Sequence[Pattern] = PATTERNS) -> Iterator[Finding]:
    """All findings of the patterns in a text; may overlap one another."""
    yield from find_in_narrow(narrow(text), patterns)


def find_in_narrow(plain: str, patterns: Sequence[Pattern] = PATTERNS) -> Iterator[Finding]:
    """`find_patterns` in text that `narrow` gave."""
    low = plain.lower()
    for pattern in _worth_trying(low, patterns) if len(low) == len(plain) else patterns:
        if pattern.hint is None or pattern.hint.search(plain):
            yield from pattern.find(plain)
