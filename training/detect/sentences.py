"""Invented sentences for people.py: letters, forms, addresses with doors, modern news, sport, business.

Every slot is filled at random and is its own label: {P} a Chinese person, {S} a surname before a title, {F} a foreign
person, {L} a place, {A} an address with doors, {R} a road, estate or village, {O} an organisation of any kind, {G} a
government body, {C} a club or team, {B} a brand or company. {W} a work's or product's name, {N} a number, {D} a day:
these three are no findings. Nothing here is taken from a real letter.
"""

from __future__ import annotations

import random
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Labelled = tuple[str, list[tuple[int, int, int]]]
"""A sentence and its spans (start, end, type 0–2)."""

WORDS: dict[str, Any] = tomllib.loads((Path(__file__).parent / "data" / "people_words.toml").read_text("utf-8"))
SURNAMES, GIVEN = str(WORDS["surnames"]), str(WORDS["given"])
LISTS: dict[str, list[str]] = {name: words for name, words in WORDS.items() if isinstance(words, list)}
DOUBLE = LISTS["double"]
SUFFIXES, BUREAUS, INSTITUTES, BRANDS, BODIES, CLUBS, WORKS, ROADS, ESTATES, ESTATE_ENDS, VILLAGES = (
    LISTS[name]
    for name in (
        "suffixes",
        "bureaus",
        "institutes",
        "brands",
        "bodies",
        "clubs",
        "works",
        "roads",
        "estates",
        "estate_ends",
        "villages",
    )
)


@dataclass
class Slots:
    """What the slots are filled with: given names, foreign names, places, provinces' trees, and a source of chance."""

    given: list[str]
    foreign: list[str]
    places: list[str]
    tree: dict[str, list[str]]
    people: list[str]
    organisations: list[str]
    roads: list[str]
    villages: list[str]
    chance: random.Random

    def pick(self, kind: str) -> str:
        """Something for the slot."""
        return str(getattr(self, "slot_" + kind)())

    def slot_P(self) -> str:  # noqa: N802
        r = self.chance
        if r.random() < 0.12:
            return r.choice(self.people)
        surname = (
            SURNAMES[min(int(r.expovariate(1 / 45)), len(SURNAMES) - 1)] if r.random() < 0.97 else r.choice(DOUBLE)
        )
        way = r.random()
        if way < 0.55:
            return surname + r.choice(self.given)
        return surname + r.choice(GIVEN) + (r.choice(GIVEN) if way < 0.85 else "")

    def slot_S(self) -> str:  # noqa: N802
        r = self.chance
        return SURNAMES[min(int(r.expovariate(1 / 45)), len(SURNAMES) - 1)] if r.random() < 0.93 else r.choice(DOUBLE)

    def slot_F(self) -> str:  # noqa: N802
        r = self.chance
        way = r.random()
        if way < 0.6:
            return r.choice(self.foreign)
        dot = r.choice("·····•・.")
        return dot.join(r.choice(self.foreign) for _ in range(2 if way < 0.95 else 3))

    def slot_L(self) -> str:  # noqa: N802
        return self.chance.choice(self.places)

    def slot_R(self) -> str:  # noqa: N802
        r = self.chance
        way = r.random()
        if way < 0.4:
            return (
                r.choice(ROADS if r.random() < 0.5 else self.roads)
                + r.choice(["", "", "", "东", "西", "南", "北", "中", "一", "二"])
                + r.choice(["路", "路", "路", "大道", "街", "大街", "巷"])
            )
        if way < 0.75:
            return r.choice(ESTATES) + r.choice(["", "", r.choice(ESTATES)]) + r.choice(ESTATE_ENDS)
        return self.village() + r.choice(["村", "村", "镇", "镇", "乡", "街道", "社区", "庄", "湾", "坪"])

    def village(self) -> str:
        """What stands before 村 or 镇."""
        r = self.chance
        return r.choice(VILLAGES if r.random() < 0.3 else self.villages)

    def door(self) -> str:
        """Number, building, unit, room."""
        r = self.chance
        n = r.randint
        digits = r.choice([0, 0, 0, 1])
        made = r.choice([
            f"{n(1, 300)}号", f"{n(1, 40)}号楼{n(1, 6)}单元{n(1, 33)}0{n(1, 6)}室",
            f"{n(1, 40)}栋{n(1, 6)}单元{n(101, 2804)}", f"{n(1, 99)}号院{n(1, 20)}号楼",
            f"{n(1, 300)}号{n(1, 30)}幢{n(101, 2804)}室", f"{n(1, 12)}组", f"{n(1, 300)}弄{n(1, 60)}号{n(101, 604)}室",
            f"{n(1, 40)}栋", f"{n(1, 40)}号楼", f"{n(1, 300)}号附{n(1, 9)}号",
            f"{n(1, 40)}栋{n(101, 2804)}房", f"{r.choice('ABCDEF')}座{n(101, 2804)}室",
            f"{r.choice('一二三四五六七八九十')}栋{r.choice('一二三')}单元", f"{n(1, 40)}#{n(101, 2804)}",
        ])  # fmt: skip
        return made.translate({48 + d: 0xFF10 + d for d in range(10)}) if digits else made

    def slot_A(self) -> str:  # noqa: N802
        r = self.chance
        head = ""
        if r.random() < 0.75:
            province = r.choice(list(self.tree))
            parts = [province, r.choice(self.tree[province])]
            head = "".join(parts[r.choice([0, 1, 1]) :])
        village = r.random() < 0.25
        body = (
            self.village() + r.choice(["镇", "乡", "街道"]) + self.village() + r.choice(["村", "村", "社区"])
            if village
            else self.slot_R()
        )
        if not village and r.random() < 0.2:
            body += self.slot_R()
        return head + body + (self.door() if r.random() < 0.75 else "")

    def slot_G(self) -> str:  # noqa: N802
        r = self.chance
        if r.random() < 0.4:
            return r.choice(BODIES)
        return self.slot_L() + r.choice(BUREAUS)

    def slot_B(self) -> str:  # noqa: N802
        r = self.chance
        if r.random() < 0.5:
            return r.choice(BRANDS)
        core = "".join(r.choice(GIVEN + "鑫源达通利泰宏盛恒丰科创联众汇邦") for _ in range(r.choice([2, 2, 2, 3])))
        return (self.slot_L() if r.random() < 0.5 else "") + core + r.choice(SUFFIXES)

    def slot_C(self) -> str:  # noqa: N802
        return self.chance.choice(CLUBS)

    def slot_O(self) -> str:  # noqa: N802
        r = self.chance
        way = r.random()
        if way < 0.3:
            return self.slot_G()
        if way < 0.55:
            return self.slot_B()
        if way < 0.7:
            return r.choice(self.organisations)
        return self.slot_L() + r.choice(INSTITUTES)

    def slot_W(self) -> str:  # noqa: N802
        return self.chance.choice(WORKS)

    def slot_N(self) -> str:  # noqa: N802
        r = self.chance
        return r.choice(
            [
                str(r.randint(1, 30)),
                str(r.randint(1, 9999)),
                f"{r.random() * 100:.1f}",
                f"{r.random() * 100:.2f}",
                r.choice("一二三四五六七八九十"),
            ]
        )

    def slot_D(self) -> str:  # noqa: N802
        r = self.chance
        return r.choice(
            [
                f"{r.randint(1, 12)}月{r.randint(1, 28)}日",
                f"{r.randint(2003, 2024)}年",
                f"{r.randint(2003, 2024)}年{r.randint(1, 12)}月",
                "昨天",
                "今年",
                "上周",
                "近日",
                "周三",
                "日前",
                "昨晚",
                "北京时间昨天",
                f"{r.randint(1, 28)}日",
            ]
        )


TYPE_OF = {"P": 0, "S": 0, "F": 0, "L": 1, "A": 1, "R": 1, "O": 2, "G": 2, "B": 2, "C": 2}
_SLOT = re.compile(r"\{([A-Z])\}")


def fill(template: str, slots: Slots) -> Labelled:
    """The template with its slots filled; {p} has become {P} or {F} before."""
    text, at = "", 0
    spans: list[tuple[int, int, int]] = []
    for found in _SLOT.finditer(template):
        text += template[at : found.start()]
        piece = slots.pick(found.group(1))
        if found.group(1) in TYPE_OF:
            kind = TYPE_OF[found.group(1)]
            if spans and spans[-1][1] == len(text) and spans[-1][2] == kind == 1:
                spans[-1] = (spans[-1][0], len(text) + len(piece), kind)
            else:
                spans.append((len(text), len(text) + len(piece), kind))
        text += piece
        at = found.end()
    return text + template[at:], spans


def sentences(templates: list[str], count: int, slots: Slots) -> list[Labelled]:
    """So many sentences; half of the slots {p} are Chinese people."""
    made = []
    for _ in range(count):
        template = re.sub(
            r"\{p\}", lambda _: "{P}" if slots.chance.random() < 0.5 else "{F}", slots.chance.choice(templates)
        )
        made.append(fill(template, slots))
    return made
