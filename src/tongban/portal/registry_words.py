"""The registry's tables in words: headings, help for each column, values, keys, changes and reasons of rejected rows.

For the administrator's pages and the page of the record. Not for names of units, places and matters as such
(`registry/names.py`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tongban.cases.procedure import procedures
from tongban.gate.templatetags.tongban_names import matter_name, place_name, unit_name
from tongban.registry import exchange

NAMES = {
    "places": gettext_lazy("行政区划"),
    "units": gettext_lazy("单位"),
    "successions": gettext_lazy("单位沿革"),
    "matters": gettext_lazy("事项"),
    "duties": gettext_lazy("责任清单"),
    "limits": gettext_lazy("时限"),
}
NAMERS = {"places": place_name, "units": unit_name, "matters": matter_name}
STEPS = {
    "register": gettext_lazy("登记"),
    "accept": gettext_lazy("受理"),
    "answer": gettext_lazy("答复"),
    "object": gettext_lazy("提出异议"),
    "extend_max": gettext_lazy("最多延长"),
    "review_ask": gettext_lazy("申请复查"),
    "review_answer": gettext_lazy("复查答复"),
    "recheck_ask": gettext_lazy("申请复核"),
    "recheck_answer": gettext_lazy("复核答复"),
}
"""The steps of the law on letters; a step that a kind of case adds is shown as it is called there."""
CODE = gettext_lazy("字母、数字、- 和 _，最长 32 位。保存以后不能改。")
HELP = {
    ("places", "code"): gettext_lazy("按国家标准 GB/T 2260 的代码，例如 610113。保存以后不能改。"),
    ("places", "parent"): gettext_lazy("省一级不填。"),
    ("places", "position_trust"): gettext_lazy("有经纬度的才填。"),
    ("units", "code"): CODE,
    ("units", "place"): gettext_lazy("这个单位属于哪个地方。"),
    ("units", "parent"): gettext_lazy("主管这个单位的单位。"),
    ("units", "coordinating"): gettext_lazy("责任清单没有写明的件由它分办，一个地方一个。"),
    ("units", "oversight"): gettext_lazy("可以督办下级单位的件。"),
    ("units", "second_eyes"): gettext_lazy("答复由另一人复核以后才能发出。"),
    ("units", "until"): gettext_lazy("这一天仍然有效。撤销以后，过去的情况仍可查到。"),
    ("matters", "code"): CODE,
    ("matters", "parent"): gettext_lazy("最上一级不填。"),
    ("matters", "description"): gettext_lazy("给来信人看的话：哪些情况选这一项。"),
    ("matters", "conduct"): gettext_lazy("反映单位或工作人员行为的来信，被反映的单位看不到，也不能办理。"),
    ("matters", "second_eyes"): gettext_lazy("答复由另一人复核以后才能发出。"),
    ("matters", "publishable"): gettext_lazy("答复以后可以去掉个人信息公开。"),
    ("matters", "retention_days"): gettext_lazy("办结以后保存多少天，到期删除。"),
    ("matters", "active"): gettext_lazy("停用以后不能再选，已有的件不受影响。"),
    ("matters", "kinds"): gettext_lazy("一项都不勾的，与上级事项相同。"),
    ("successions", "basis"): gettext_lazy("机构改革方案的文号。"),
    ("successions", "active"): gettext_lazy("写错的一行停用，不删除。"),
    ("duties", "since"): gettext_lazy("从这一天起由该单位负责。"),
    ("duties", "until"): gettext_lazy("这一天仍由该单位负责；不知道哪天为止的不填。"),
    ("duties", "basis"): gettext_lazy("法律条款或者三定方案的文号，会公开。"),
    ("limits", "matter"): gettext_lazy("不选的，适用于所有事项。"),
    ("limits", "place"): gettext_lazy("不选的，适用于所有地方。"),
    ("limits", "basis"): gettext_lazy("规定这个时限的条款。"),
    ("limits", "trust"): gettext_lazy("您核对过条款原文没有。"),
}
"""What a column means, where its heading alone does not say it."""
PREFIX = re.compile(r"([a-z_]+)(?:：|: ?)(.+)", re.DOTALL)


def heading(name: str, column: str) -> str:
    """A column's heading in words."""
    if name not in exchange.TABLES or column not in exchange.TABLES[name].columns:
        return column
    return str(getattr(exchange.TABLES[name].model._meta.get_field(column), "verbose_name", column))


def options(name: str, column: str) -> list[tuple[str, str]]:
    """(value, words) of a column that takes one of a few; empty for any other."""
    if (name, column) == ("limits", "step"):
        from tongban.registry.tables import STEPS as known

        return [(step, str(STEPS.get(step, step))) for step in known]
    choices = getattr(exchange.TABLES[name].model._meta.get_field(column), "choices", None) or ()
    return [(str(value), str(label)) for value, label in choices]


def value_words(name: str, column: str, cell: str) -> str:
    """A cell, as files and the record have it, as a person reads it."""
    table = exchange.TABLES.get(name)
    if table is None or column not in table.columns:
        return cell or "—"
    if column == "kinds":
        return "、".join(kind_words(kind) for kind in cell.split()) or _("同上级事项")
    if not cell:
        return "—"
    if column in table.links:
        return _named(table.links[column], cell)
    if table.model._meta.get_field(column).get_internal_type() == "BooleanField":
        return _("是") if cell == "1" else _("否")
    return dict(options(name, column)).get(cell, cell)


def kind_words(kind: str) -> str:
    """A kind of case."""
    return str(procedures()[kind].label) if kind in procedures() else kind


def _named(table: str, code: str) -> str:
    """What a code names, with the code."""
    words = NAMERS[table](code)
    return f"{words} {code}" if words != code else code


def key_words(name: str, key: str) -> str:
    """What identifies a row, from the text in which files and the record name it."""
    table, parts = exchange.TABLES.get(name), key.split(" ")
    if table is None or len(parts) != len(table.key):
        return key
    if name in NAMERS:
        return _named(name, key)
    cells = zip(table.key, ("" if part == "—" else part for part in parts), strict=True)
    return " · ".join(value_words(name, column, cell) for column, cell in cells if cell)


@dataclass(frozen=True, slots=True)
class Told:
    """A row that was or would be added, changed or ended: its line in the file (0: none), what it is, what happens,
    and (heading, before, after) of each column that differs."""

    line: int
    key: str
    what: str
    fields: tuple[tuple[str, str, str], ...]

    @property
    def tone(self) -> str:
        """How it is marked."""
        return {"added": "success", "ended": "warning"}.get(self.what, "info")

    @property
    def label(self) -> str:
        """What happens, in a word."""
        return {"added": _("新增"), "ended": _("终止")}.get(self.what, _("修改"))


def told(name: str, key: str, fields: Mapping[str, Iterable[str]], added: bool | None = None, line: int = 0) -> Told:
    """A change in words. `added` None: as the record has it, where an added row has nothing before."""
    pairs = {column: tuple(pair) for column, pair in fields.items()}
    new = not any(before for before, _after in pairs.values()) if added is None else added
    if added is None and new:
        key_columns = exchange.TABLES[name].key if name in exchange.TABLES else ()
        new = any(column in pairs for column in key_columns)
    ended = not new and (
        (bool(pairs.get("until", ("", ""))[1]) and not pairs["until"][0]) or pairs.get("active", ("", ""))[1] == "0"
    )
    shown = tuple(
        (heading(name, column), value_words(name, column, before), value_words(name, column, after))
        for column, (before, after) in pairs.items()
        if not new or after
    )
    return Told(line, key_words(name, key), "added" if new else "ended" if ended else "changed", shown)


def rejected(name: str, reason: str) -> tuple[str, str]:
    """(heading of the column, what is wrong with it) of a rejected row; no heading where it is about the row."""
    found = PREFIX.fullmatch(reason)
    if found is None or found[1] not in exchange.TABLES[name].columns:
        return "", reason
    return heading(name, found[1]), found[2]


def wrong_column(name: str, reason: str) -> str:
    """The column that a reason is about; empty for the whole row."""
    found = PREFIX.fullmatch(reason)
    return found[1] if found is not None and found[1] in exchange.TABLES[name].columns else ""


def row_key(name: str, row: Any) -> str:
    """What files and the record call this row."""
    table = exchange.TABLES[name]
    return " ".join(exchange.shown(getattr(row, table.attribute(column))) or "—" for column in table.key)
