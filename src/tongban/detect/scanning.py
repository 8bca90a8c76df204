"""Finds personal data in text: numbers with their checks, contacts, names and doors in context.

Spans are in characters of the original; findings never overlap: a checked number wins over a guessed one, then the
longer over the shorter. Full-width digits, spaces and dashes inside numbers and Chinese characters beside them do not
hide a finding. Names are found in context only (a title, 我叫, 姓名, 联系人 …): what stands without context is missed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

from .checks import is_credit_code, is_resident_id, luhn_ok


@dataclass(frozen=True, slots=True)
class Finding:
    """`kind`, the span [start, end) in the original, how sure (0–1), and why."""

    kind: str
    start: int
    end: int
    confidence: float
    why: str


_HALF = {0xFF10 + i: str(i) for i in range(10)} | {0xFF21 + i: chr(65 + i) for i in range(26)} | {0xFF41 + i: chr(97 + i) for i in range(26)}
_HALF |= {0xFF0B: "+", 0xFF0D: "-", 0xFF20: "@", 0xFF0E: ".", 0x3000: " ", 0xFF08: "(", 0xFF09: ")", 0xFF1A: ":", 0x2013: "-", 0x2014: "-"}
_WIDE = re.compile("[" + "".join(map(chr, sorted(_HALF))) + "]")
_NUMBER = re.compile(r"(?<![0-9A-Za-z])\+?[0-9](?:[ -]?[0-9]){6,24}[ -]?[Xx]?(?![0-9])")
_CREDIT = re.compile(r"(?<![0-9A-Za-z])[0-9A-HJ-NPQRTUWXY]{18}(?![0-9A-Za-z])", re.IGNORECASE)
_EMAIL = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){0,4}\.[A-Za-z]{2,24}")
_PLATE = re.compile(r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-HJ-NP-Z][·• .-]?(?:[DF][A-HJ-NP-Z0-9][0-9]{4}|[0-9]{5}[DF]|[A-HJ-NP-Z0-9]{4}[A-HJ-NP-Z0-9挂学警港澳])(?![0-9A-Za-z])")
_ACCOUNT = re.compile(r"(微信号?|[Vv]信|[Ww]e[Cc]hat|QQ号?|[Qq][Qq])(?:是|为|:|\s|号码|账号|同号)*([A-Za-z0-9][-_A-Za-z0-9]{4,19})")
_PASSPORT = re.compile(r"(?:护照|通行证|[Pp]assport)[^\n]{0,8}?([A-Z]{1,2}[0-9]{7,8})(?![0-9A-Za-z])")
_SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章云苏潘葛奚范彭郎鲁韦昌马苗凤花方俞任袁柳鲍史唐费廉岑薛雷贺倪汤滕殷罗毕郝邬安常乐于时傅皮卞齐康伍余元卜顾孟平黄和穆萧尹姚邵湛汪祁毛禹狄米贝明臧计伏成戴谈宋茅庞熊纪舒屈项祝董梁杜阮蓝闵席季麻强贾路娄危江童颜郭梅盛林刁钟徐邱骆高夏蔡田樊胡凌霍虞万支柯昝管卢莫经房裘缪干解应宗丁宣邓郁单杭洪包诸左石崔吉钮龚程邢裴陆荣翁荀羊惠甄曲家封芮羿储靳汲邴糜松井段富巫乌焦巴弓牧隗山谷车侯宓蓬全郗班仰秋仲伊宫宁仇栾暴甘厉戎祖武符刘景詹束龙叶幸司韶郜黎蓟薄印宿白怀蒲邰从鄂索咸籍赖卓蔺屠蒙池乔阴胥能苍双闻莘党翟谭贡劳逄姬申扶堵冉宰郦雍璩桑桂濮牛寿通边扈燕冀郏浦尚农温别庄晏柴瞿阎充慕连茹习宦艾鱼容向古易慎戈廖庾终暨居衡步都耿满弘匡国文寇广禄阙东欧殳沃利蔚越夔隆师巩厍聂晁勾敖融冷訾辛阚那简饶空曾毋沙乜养鞠须丰巢关蒯相查后荆红游竺权逯盖益桓公付肖"
_TITLE = "先生|女士|小姐|老师|师傅|同志|医生|大夫|阿姨|大爷|大妈|叔叔|经理|老板|队长|所长|主任|科长|局长|书记|校长|院长"
_TITLED = re.compile(rf"(?<![一-鿿])([{_SURNAMES}][一-鿿]{{1,2}}?)(?={_TITLE})|(?<=[，。；：、,.;:（( “\"])([{_SURNAMES}][一-鿿]{{0,2}}?)(?={_TITLE})")
_NAMED = re.compile(rf"(?:我叫|本人叫|姓名|我是|联系人|本人姓名|业主|居民|村民|叫做|名叫)(?:是|为|:|：|\s)*([{_SURNAMES}][一-鿿]{{1,2}})(?=[，。；、,.;:：（(）)\s\d]|$)")
_SIGNED = re.compile(rf"(?:^|\n)\s*([{_SURNAMES}][一-鿿]{{1,2}})\s*(?=$|\n)")
_DOOR = re.compile(r"(?:[0-9一二三四五六七八九十百]{1,5}\s?(?:号楼|栋|幢|座|单元|号院)[、,，\s-]{0,2}){1,3}(?:[0-9A-Za-z一二三四五六七八九十]{1,6}\s?(?:室|号房|房|户|号|层|楼)?)?|(?<=[路街巷道村组里弄])[0-9一二三四五六七八九十百]{1,5}号(?:院|楼)?(?:[0-9一二三四五六七八九十]{1,5}(?:室|房|单元|楼|层))*")
_HINT = re.compile(r"[0-9０-９@＠]|我叫|姓名|我是|联系人|先生|女士|小姐|老师|师傅|同志|医生|大夫|阿姨|大爷|大妈|叔叔|经理|老板|队长|所长|主任|科长|局长|书记|校长|院长|栋|幢|单元|微信|业主|居民|村民|名叫|叫做|护照|通行证|号|[A-HJ-NP-Z]|\n|[一二三四五六七八九〇零幺○]{11}")
_CARD_PREFIXES = ("62", "60", "4", "51", "52", "53", "54", "55", "2221", "2720", "34", "37", "35", "30", "36", "38", "9", "8")
_NOT_MOBILE = re.compile(r"^1[3-9][0-9]{9}$")
_CHINESE_DIGITS = re.compile(r"[一二三四五六七八九〇零幺○]{11}")
_CHINESE_VALUE = {**{c: str(i) for i, c in enumerate("零一二三四五六七八九")}, "〇": "0", "○": "0", "幺": "1"}


def _numbers(text: str) -> Iterator[Finding]:
    for match in _NUMBER.finditer(text):
        raw = match.group()
        end = match.end()
        plain = raw.replace(" ", "").replace("-", "").upper()
        if raw[-1:] in " -":
            end -= 1
        found = _classify(plain, raw)
        if found:
            kind, confidence, why = found
            if plain.endswith("X") and kind != "resident_id":
                end = match.start() + len(raw.rstrip("Xx- "))
            yield Finding(kind, match.start(), end, confidence, why)
        else:
            yield from _parts(match.start(), raw)
    for match in _CHINESE_DIGITS.finditer(text):
        digits = "".join(_CHINESE_VALUE[character] for character in match.group())
        if _NOT_MOBILE.match(digits):
            yield Finding("mobile", match.start(), match.end(), 0.9, "手机号码的汉字写法")


def _classify(plain: str, raw: str) -> tuple[str, float, str] | None:
    digits = plain.lstrip("+").rstrip("X")
    if is_resident_id(plain):
        return "resident_id", (0.99 if len(plain) == 18 else 0.7), "GB 11643 校验通过" if len(plain) == 18 else "15 位身份证号的格式和日期"
    if is_credit_code(plain):
        return "credit_code", 0.99, "GB 32100 校验通过"
    local = digits[2:] if digits.startswith("86") and len(digits) == 13 else digits[4:] if digits.startswith("0086") else digits
    if _NOT_MOBILE.match(local):
        return "mobile", 0.97, "手机号码号段"
    if re.fullmatch(r"0(?:10|2[0-9]|[3-9][0-9]{2})[2-9][0-9]{6,7}", digits) and 10 <= len(digits) <= 12:
        return "phone", 0.9, "区号和固定电话"
    if re.fullmatch(r"[48]00[0-9]{7}", digits):
        return "phone", 0.6, "服务热线"
    if 15 <= len(digits) <= 19 and digits.startswith(_CARD_PREFIXES[:14]) and luhn_ok(digits) and not re.match(r"20[0-9]{2}[01][0-9]", digits):
        return "bank_card", 0.95, "发卡行标识和 Luhn 校验"
    return None


def _parts(start: int, raw: str) -> Iterator[Finding]:
    """Numbers written one after another with a space between: each by itself."""
    at = 0
    for piece in re.split(r"([ -])", raw):
        if len(piece) >= 7:
            found = _classify(piece.upper(), piece)
            if found:
                yield Finding(found[0], start + at, start + at + len(piece), found[1], found[2])
        at += len(piece)


def _matches(pattern: re.Pattern[str], kind: str, confidence: float, why: str, group: int = 0) -> Callable[[str], Iterator[Finding]]:
    def find(text: str) -> Iterator[Finding]:
        for match in pattern.finditer(text):
            chosen = group if group else next((i for i in range(1, (match.lastindex or 0) + 1) if match.group(i)), 0)
            yield Finding(kind, match.start(chosen), match.end(chosen), confidence, why)

    return find


def _accounts(text: str) -> Iterator[Finding]:
    for match in _ACCOUNT.finditer(text):
        kind = "qq" if match.group(1).lower().startswith("q") else "wechat"
        if kind == "qq" and not match.group(2).isdigit():
            continue
        yield Finding(kind, match.start(2), match.end(2), 0.85, "社交账号的上下文")


def _codes(text: str) -> Iterator[Finding]:
    for match in _CREDIT.finditer(text):
        if is_credit_code(match.group()):
            yield Finding("credit_code", match.start(), match.end(), 0.99, "GB 32100 校验通过")


def _names(text: str) -> Iterator[Finding]:
    for pattern, why in ((_TITLED, "姓氏和称谓"), (_NAMED, "姓名的上下文"), (_SIGNED, "单独成行的署名")):
        for match in pattern.finditer(text):
            group = next((i for i in range(1, (match.lastindex or 0) + 1) if match.group(i)), 0)
            if match.end(group) > match.start(group):
                yield Finding("name", match.start(group), match.end(group), 0.7, why)


_DETECTORS: tuple[Callable[[str], Iterator[Finding]], ...] = (
    _numbers,
    _codes,
    _matches(_EMAIL, "email", 0.98, "电子邮箱格式"),
    _matches(_PLATE, "plate", 0.9, "车牌号码格式"),
    _accounts,
    _matches(_PASSPORT, "passport", 0.85, "证件的上下文", 1),
    _names,
    _matches(_DOOR, "door", 0.7, "门牌、楼栋或房号"),
)


def scan_text(text: str, kinds: Collection[str] | None = None) -> list[Finding]:
    """All findings in `text`, in order, without overlaps; of the given `kinds` only, where some are given.

    Kinds: resident_id, credit_code, mobile, phone, bank_card, email, plate, wechat, qq, passport, name, door.
    """
    if not _HINT.search(text):
        return []
    plain = _WIDE.sub(lambda match: _HALF[ord(match.group())], text)
    found = [finding for detector in _DETECTORS for finding in detector(plain)]
    if kinds is not None:
        found = [finding for finding in found if finding.kind in kinds]
    found.sort(key=lambda item: (-round(item.confidence, 1), item.start - item.end, item.start))
    kept: list[Finding] = []
    for finding in found:
        if all(finding.end <= other.start or finding.start >= other.end for other in kept):
            kept.append(finding)
    return sorted(kept, key=lambda item: item.start)
