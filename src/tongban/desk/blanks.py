"""Places in a template that somebody still has to fill in: `{核实情况}`, `｛电话｝`, `【联系人】`, `____`.

`unfilled` names those that stand in a text, so that no answer goes out with them; `filled` puts in what the house
knows. Pure. Not for what a good answer says: `advice/noting.py`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

NAMES = frozenset((
    "核实情况", "处理结果", "处理情况", "办理结果", "法律法规和条款", "法律依据", "依据", "下一步和时间", "下一步",
    "单位", "单位名称", "本单位", "主管单位", "姓名", "联系人", "电话", "联系电话", "咨询电话",
    "事项", "条件", "材料", "地点", "时限", "文件和条款", "原因", "日期", "时间",
    "措施", "情况", "条", "条款", "巡查安排", "温度", "人数", "金额", "来信人",
    "答复内容", "内容", "地址", "网址",
))  # fmt: skip
"""What places are called in answer templates: in square brackets these are places, other words are a citation."""
UNIT, PHONE = ("单位", "单位名称", "本单位"), ("电话", "联系电话", "咨询电话")
_BRACED = re.compile(r"[{｛﹛]([^{}｛｝﹛﹜]{0,60})[}｝﹜]")
_LONE = re.compile(r"[{}｛｝﹛﹜]")
_BRACKETED = re.compile(r"[【\[［〔]\s*([^【】\[\]［］〔〕]{1,20}?)\s*[】\]］〕]")
_ASKED = re.compile(r"(?:请|待|需)?(?:填写|填入|补充|插入)|^(?:此处|这里|某某|XX+|××+)")
_BLANK = re.compile(r"[_＿]{2,}")


def unfilled(text: str) -> list[str]:
    """The places of a template that stand in a text, as they are written there, in their order and each once.

    Any brace counts, because an answer has none; square brackets count where a known place or a request to fill in
    stands in them (`【2019】` and `【答复】` do not).
    """
    found = {match.start(): match[0] for match in _BRACED.finditer(text)}
    taken = [(match.start(), match.end()) for match in _BRACED.finditer(text)]
    for match in _LONE.finditer(text):
        if not any(start <= match.start() < end for start, end in taken):
            found[match.start()] = text[match.start() : match.start() + 12].split("\n")[0]
    for match in _BRACKETED.finditer(text):
        if match[1] in NAMES or _ASKED.search(match[1]):
            found[match.start()] = match[0]
    for match in _BLANK.finditer(text):
        found[match.start()] = match[0]
    return list(dict.fromkeys(found[at] for at in sorted(found)))


def filled(template: str, unit: str, phone: str) -> str:
    """A template with the unit's own name and phone put in; a place for which nothing is known stays as it is."""
    known: Mapping[str, str] = {**dict.fromkeys(UNIT, unit), **dict.fromkeys(PHONE, phone)}
    return _BRACED.sub(lambda match: known.get(match[1].strip()) or match[0], template)
