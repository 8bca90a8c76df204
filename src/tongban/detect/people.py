"""Names of people, addresses and organisations in Chinese running text: what only the words around tell.

A linear-chain CRF over characters, decided sentence by sentence (`people_loops`), trained by `training/detect` (beside
`src/`) on what data/people.md lists. Doors and rooms behind a place are added by rule. Not for numbers and codes
(`loops`), not for proof: a name that no context shows is missed, and `confidence` says how sure the model is.

>>> [(f.type, f.start, f.end) for f in find_people("我叫王小明，住在西安市雁塔区小寨东路3号院5号楼2单元501室。")]
[('name', 2, 5), ('address', 8, 31)]
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection
from typing import Any

import numpy as np

from . import compiled, people_loops
from .findings import Finding
from .people_model import Model, folded, load

__all__ = ["TYPES", "find_people", "load"]

TYPES = ("name", "address", "organisation")
WHY = ("姓名用字和上下文", "地名用字和上下文", "机构名称用字和上下文")
WITH_DOOR = "地名、道路和门牌"
AT_ONCE = 1 << 18
"""Characters that are read together; the border is moved to the end of a sentence."""
ROOM = 1 << 14
SMALL = 1 << 14
"""Below so many characters compiling (or loading what is compiled) costs more than it brings."""
_fast_loops: Any = None
_NUMBER = (
    r"(?:[0-9０-９]{1,5}(?:[-－~—][0-9０-９]{1,5})?|[一二三四五六七八九十百]{1,4}|[A-Za-zＡ-Ｚ][0-9０-９]{0,4}|"
    r"[甲乙丙丁东西南北])"
)
_PART = r"(?:号楼|號樓|号院|號院|单元|單元|号|號|栋|棟|幢|座|室|弄|组|組|层|層|楼|樓|房|户|戶|门|門|#|＃)"
_DOOR = re.compile(
    rf"(?:(?:[ 　]?(?:第|附)?{_NUMBER}{_PART}(?:之[一二三四五六七八九十])?)+(?:(?<=[元栋棟幢座楼樓层層号號#＃])"
    r"[ 　]?[#＃]?[0-9０-９]{3,4}(?:室|房)?)?)"
)
_DOOR_BEGINS = frozenset(
    (
        "0123456789０１２３４５６７８９一二三四五六七八九十百甲乙丙丁东西南北第附 "
        "　ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
    )
    + "".join(map(chr, range(0xFF21, 0xFF3B)))
)
_DOOR_ENDS = frozenset("0123456789０１２３４５６７８９号號室栋棟幢弄")
_ROAD = re.compile(r"[路街道巷弄村庄里园園区區苑城厦院号號同镇鎮乡鄉组組社坊寨期]$")
_VILLAGE = re.compile(r"(?:(?![的农農各和与與及在等])[一-鿿]){1,4}?村(?![委民支干幹里裡级級组組集书書部主])")
_BUILDING = re.compile(r"(?:中心|大厦|大楼|广场|公寓)(?=(?:[A-Za-z]?[座栋])?[0-9０-９]{3,4})")
_ROOM_ALONE = re.compile(
    r"(?<=大厦|中心|广场|大楼|公寓)[0-9０-９]{3,4}(?:室|房)?(?![0-9０-９元万亿年月日人个名多余米平亩.%])"
)
_SURE_DOOR = re.compile(r"(?:号楼|號樓|号院|號院|单元|單元|栋|棟|幢|座|室|弄)")


def _confidences(unit: float) -> list[float]:
    """How likely a finding is right, by its margin in whole numbers: a little flatter than what fits the newspaper that
    was held back (0.56, −0.37), as text of other kinds is harder."""
    return [round(1 / (1 + math.exp(-(0.45 * margin / unit - 0.25))), 2) for margin in range(int(12 * unit) + 1)]


def _with_door(text: str, start: int, end: int) -> int:
    """The end of the address with village, doors and rooms behind it; a number alone (12号) counts only
    behind a road or an estate."""
    if text[end - 1] in "镇鎮乡鄉道办辦":
        village = _VILLAGE.match(text, end)
        end = village.end() if village else end
    building = _BUILDING.match(text, end)
    end = building.end() if building else end
    if text[end : end + 1] not in _DOOR_BEGINS:
        return end
    room = _ROOM_ALONE.match(text, end)
    if room:
        return room.end()
    door = _DOOR.match(text, end)
    if door and (_SURE_DOOR.search(door.group()) or _ROAD.search(text, start, end)):
        return door.end()
    return end


def _findings(
    text: str,
    offset: int,
    spans: list[list[int]],
    wanted: tuple[bool, bool, bool],
    sure: list[float],
    found: list[Finding],
) -> None:
    """Adds the spans of one piece of text; places that adjoin become one address."""
    taken, nth, most = 0, 0, len(sure) - 1
    while nth < len(spans):
        start, end, kind, margin = spans[nth]
        nth += 1
        if not wanted[kind]:
            continue
        start, end, why = start + offset, end + offset, WHY[kind]
        if start < taken:  # a door reached into what the model took for something else
            start = taken
            if start >= end:
                continue
        if kind == 1:
            while True:
                longer = _with_door(text, start, end)
                if longer > end:
                    end, why = longer, WITH_DOOR
                elif nth < len(spans) and spans[nth][2] == 1 and spans[nth][0] + offset <= end:
                    end, margin = max(end, spans[nth][1] + offset), max(margin, spans[nth][3])
                    nth += 1
                else:
                    break
            taken = end
            if text[end - 1] in _DOOR_ENDS:
                why = WITH_DOOR
        found.append(Finding(TYPES[kind], start, end, sure[min(margin, most)], why))


def _border(text: str, begin: int) -> int:
    """Where the piece that begins at `begin` ends: behind the last line or sentence in reach."""
    end = begin + AT_ONCE
    if end >= len(text):
        return len(text)
    cut = max(text.rfind(mark, begin, end) for mark in "。\n！？")
    return cut + 1 if cut > begin else end


def find_people(text: str, *, types: Collection[str] | None = None) -> list[Finding]:
    """The names, addresses and organisations in `text`, in order, none over another.

    `types`: of TYPES, those that are asked for; all without it. Spans are in characters of `text` as it was given.
    ValueError: a type that there is not.
    """
    if types is not None and not set(types) <= set(TYPES):
        raise ValueError(f"只有这些类型：{', '.join(TYPES)}；没有 {', '.join(sorted(set(types) - set(TYPES)))}")
    wanted = (
        types is None or "name" in types,
        types is None or "address" in types,
        types is None or "organisation" in types,
    )
    sure: list[float] = []
    found: list[Finding] = []
    begin = 0
    while begin < len(text):
        end = _border(text, begin)
        machine = _fast(end - begin)
        model = load(machine is not None)
        sure = sure or _confidences(model.unit)
        _findings(text, begin, _spans(text[begin:end], model, machine), wanted, sure, found)
        begin = end
    return found


def _fast(length: int) -> Any:
    """The compiled loops, where they are worth it for so many characters and can be had; else None."""
    global _fast_loops
    if _fast_loops is None and length >= SMALL and compiled.possible():
        _fast_loops = compiled.load("people_loops")
    return _fast_loops


def _spans(text: str, model: Model, machine: Any) -> list[list[int]]:
    """start, end, type, margin of what the model finds in the text."""
    codes = folded(text, model.fold)
    n = len(codes)
    given = codes if machine else codes.tolist()
    room = np.zeros((ROOM, 4), np.int32) if machine else people_loops.sheet(min(ROOM, n + 1), 4)
    find_spans = (machine or people_loops).find_spans
    out: list[list[int]] = []
    at = 0
    while at < n:
        count, at = find_spans(
            given, at, n, model.kinds, model.keys, model.values, model.gate, model.weights, model.steps, room
        )
        out += room[:count].tolist() if machine else [list(span) for span in room[:count]]
    return out
