"""Names of children that stand with a school, a class or an age: GB/T 45574-2025 counts data of those under fourteen
as sensitive.

A child's name with the school tells strangers where to find the child, so both the name and the class are found. Not
for names of grown-ups (`people_basic`, `people`), nor for schools alone: a letter may complain of a school by its
name.

>>> [(f.type, f.start, f.end) for f in find_minors("学生张小明，就读于育才小学三年级二班")]
[('minor', 2, 5), ('minor', 13, 18)]
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from .findings import Finding
from .people_basic import SURNAMES
from .reasons import code, words

REASON = code("child")
_OWN = "儿子|兒子|女儿|女兒|孙子|孙女|孫子|孫女|外孙女?|侄子|侄女|外甥女?|弟弟|妹妹|长子|长女|次子|次女|小儿|小女"
_CHILD = f"{_OWN}|学生|學生|孩子|小孩|小朋友|幼儿|男孩|女孩|男童|女童|儿童|幼童|宝宝|娃娃?|考生"
_SCHOOL = re.compile(
    r"小学|小學|幼儿园|幼兒園|幼稚园|托儿所|托班|附小|附中|初中|中学|中學|学校|學校|[一二三四五六七八九1-9]年[级級]|"
    r"[初小][一二三]|[小中大]班|学前班"
    r"|(?<![0-9])(?:1[0-3]|[1-9])周?岁|(?<![十二三四五六七八九])(?:十[一二三]?|[一二三四五六七八九])周?岁"
)
_CLASS = re.compile(
    r"(?:(?:[一二三四五六七八九]|[1-9])年[级級]|初[一二三]|[0-9]{4}级)\s?[(]?(?:[一二三四五六七八九十]{1,3}|"
    r"[0-9]{1,2})?[)]?\s?班"
    r"|(?<=园)[小中大][一二三四五六七八九0-9]{1,2}班"
)
_USUAL = (
    "王李张張刘劉陈陳杨楊黄黃赵趙吴吳周徐孙孫马馬朱胡郭何高林罗羅郑鄭梁谢謝宋唐许許韩韓冯馮邓鄧曹彭肖蕭田董袁潘蒋蔣蔡"
    "余杜叶葉程苏蘇魏吕呂丁任沈姚卢盧姜崔钟鍾谭譚陆陸汪范"
    "石廖贾賈夏韦付白邹鄒孟熊秦邱江尹薛闫閻段雷侯龙龍史陶黎贺賀毛郝龚龔邵钱錢严嚴覃武戴莫孔汤湯温康施文牛樊葛邢齐齊乔"
    "喬伍庞龐颜顏倪庄聂聶章鲁魯岳翟殷詹申欧歐耿关關兰焦俞柳甘祝"
    "符舒阮柯纪梅童凌毕裴霍涂苗翁冉骆駱蓝藍辛靳柴蒙鲍鮑喻祁蒲滕屈饶饒牟艾穆卓吉缪芦麦褚娄窦戚岑晏瞿桂佟臧闵邬卞姬仇栾"
    "隋刁荣巫寇桑郎甄丛仲虞敖巩佘邝"
)
"""Surnames that seldom begin another word: enough where no 叫 or 姓名 stands before the name."""
_GIVEN = "[一-龥]"
_SIGN = "[Xx×○]"
_ENDS = (
    r"(?=[\s,.:;、,。!?()/\"'“”]|$|[0-9]|同学|同學|小朋友|在|就读|就讀|今年|现|現|于|於|上[小中学幼初]|读|讀"
    r"|被|和|与|與|是|因|从|從|的|自|将|已|想|要|户|出生|入学|转学|报名|年龄|年[满方]|没|受|遭|放学|上学)"
)
_SAID = r"(?:[叫名姓是为為:,、\s(]|名字|姓名|名叫|小名|大名){0,6}"
_NAMED = re.compile(
    rf"(?:{_CHILD}){_SAID}(?:叫|名叫|姓名|名字|名为)"
    rf"(?:[是为叫:\s]){{0,2}}(?P<called>[{SURNAMES}]{_GIVEN}{{1,2}}?{_ENDS})"
    rf"|(?:{_OWN})[:,、\s(是为]{{0,2}}(?P<own>[{_USUAL}](?:{_SIGN}{{1,2}}(?![A-Za-z])|{_GIVEN}{{1,2}}?{_ENDS}))"
    rf"|(?:{_CHILD})(?:[:、\s(]{{1,2}}(?P<apart>[{_USUAL}](?:{_SIGN}{{1,2}}(?![A-Za-z])|{_GIVEN}{{1,2}}?{_ENDS}))"
    rf"|(?P<plain>[{_USUAL}](?:{_SIGN}{{1,2}}(?![A-Za-z])|{_GIVEN}{{2}}{_ENDS})))"
)
_OF_CLASS = re.compile(rf"班(?:的?(?:学生|同学|學生|小朋友)|的|[:,\s])(?P<plain>[{_USUAL}]{_GIVEN}{{1,2}}?){_ENDS}")
_CALLED = re.compile(rf"(?:(?<![一-龥])|(?<=班))(?P<plain>[{_USUAL}]{_GIVEN}{{1,2}}?)(?=同学|同學|小朋友)")
_MORE = re.compile(rf"[、和与及,]\s?(?P<plain>[{_USUAL}]{_GIVEN}{{1,2}}?){_ENDS}")
_HINT = re.compile(f"{_CHILD}|班|同学|同學")
_FOLLOWS = re.compile(rf"[:,、\s(是为的]{{0,3}}(?:学生|小朋友)?[:,\s]?[{_USUAL}叫名姓小大为]")
_BREAK = re.compile(r"[。!?！？\n]")
_NO_CHILD = frozenset(
    re.split(
        r"\s+",
        "马上 黄昏 高兴 高中 高考 高度 江边 石头 钱款 钱都 毛病 夏天 夏季 马路 温暖 程度 计划 童年 汤圆 季节 文明 "
        "文化 文具 毕业 习惯 严重 严格 严禁 周末 周边 周日 周围 白天 任教 任何 任课 江水 纪律 荣誉 关心 关注 关系 "
        "康复 雷锋 林地 田地 许多 许可 高额 高温 白领 白白 周岁 周一 周六 申请 章程 施工 莫名 毛毛 辛苦 金额 童话 "
        "关键 文件 甘愿 焦虑 庄严 龙头 孔子 段时 何时 何去 高质 孙女 孙子 孫女 孫子 何况 何人 吉祥 卓越 荣幸 武术 "
        "温饱 温馨 牛奶",
    )
)
"""Words that begin with a surname's character."""


def find_minors(text: str) -> Iterator[Finding]:
    """Names of children and their classes in half-width text; only in sentences that name a school, a class or an age
    under fourteen."""
    end = 0
    for hint in _HINT.finditer(text):
        if hint.start() < end or (
            hint.group() not in ("同学", "同學", "小朋友") and not _FOLLOWS.match(text, hint.end())
        ):
            continue  # of the sentence before, or no name can follow
        begin = max(text.rfind(sign, end, hint.start()) for sign in "。!?！？\n") + 1 or end
        stop = _BREAK.search(text, hint.start())
        end = stop.start() if stop else len(text)
        if _SCHOOL.search(text, begin, end):
            yield from _of_sentence(text, begin, end)


def _of_sentence(text: str, begin: int, end: int) -> Iterator[Finding]:
    names = sorted(set(_names(text, begin, end)))
    classes = [match.span() for match in _CLASS.finditer(text, begin, end)] if names else []
    for start, stop in names + classes:
        yield Finding("minor", start, stop, 0.7, words(REASON, "zh"), REASON)


def _names(text: str, begin: int, end: int) -> Iterator[tuple[int, int]]:
    for pattern in (_NAMED, _OF_CLASS, _CALLED):
        for match in pattern.finditer(text, begin, end):
            span = match.span(match.lastgroup or 0)
            while _is_name(text[span[0] : span[1]]):
                yield span
                more = _MORE.match(text, span[1], end)
                if more is None:
                    break
                span = more.span("plain")


def _is_name(name: str) -> bool:
    return (
        name not in _NO_CHILD
        and name[:2] not in _NO_CHILD
        and name[1:] not in ("某", "某某")
        and name[1] not in "的了们家在是有和与校园班同老"
    )
