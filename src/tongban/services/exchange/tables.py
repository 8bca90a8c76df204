"""What the tables of the catalogue are: their columns, what identifies a row, what a row names, and what makes one bad.

Pure but for the models that are named. Not for files (`taking.py`, `giving.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import models as orm
from django.utils.translation import gettext as _

from tongban.registry.models import TRUST
from tongban.registry.tables import BadRow, choice, code, day, flag, number, text

from .. import models
from . import cells

CHANNELS = ("online", "counter", "post", "phone")
TRUSTS = tuple(value for value, _words in TRUST)


@dataclass(frozen=True)
class Table:
    """A table: its model, how each column is read, what identifies a row, which columns name rows of which tables.

    `needed` columns must be in a file. `many` is a column that names several rows of another table. `says` prints what
    is no plain text. `judge` looks at a whole row (BadRow). `lasting`: versions of one thing that must not overlap, by
    these columns.
    """

    model: type[orm.Model]
    columns: Mapping[str, Callable[[str], Any]]
    key: tuple[str, ...]
    links: Mapping[str, str]
    needed: tuple[str, ...]
    many: Mapping[str, str] = field(default_factory=dict)
    says: Mapping[str, Callable[[Any], str]] = field(default_factory=dict)
    judge: Callable[[Mapping[str, Any]], None] | None = None
    lasting: tuple[str, ...] = ()

    def attribute(self, column: str) -> str:
        """The model's attribute of a column."""
        return f"{column}_id" if column in self.links else column

    def key_of(self, values: Mapping[str, Any]) -> tuple[Any, ...]:
        """What identifies a row."""
        return tuple(values[name] for name in self.key)

    def say(self, column: str, value: Any) -> str:
        """A value as a cell."""
        if column in self.says:
            return self.says[column](value)
        if isinstance(value, list):
            return " ".join(map(str, value))
        if hasattr(value, "normalize"):
            return f"{value.normalize():f}"
        return "" if value is None else "1" if value is True else "0" if value is False else str(value)


def _choices(pairs: Any) -> Callable[[str], Any]:
    return choice([str(value) for value, _words in pairs])


def since(value: str) -> date:
    """From when; empty: from the beginning."""
    found: date | None = day(False)(value)
    return found or models.ALWAYS


def _lasts(values: Mapping[str, Any]) -> None:
    if values.get("until") and values["until"] < values["since"]:
        raise BadRow(_("终止日期早于起始日期"))


def _condition(values: Mapping[str, Any]) -> None:
    _lasts(values)
    cells.checked(values["fact"], values["operator"], values["arguments"])


def _fact(values: Mapping[str, Any]) -> None:
    if values["type"] == "choice" and not values["options"]:
        raise BadRow(_("选择题要有选项"))


def _article(values: Mapping[str, Any]) -> None:
    if values["code"].partition(":")[0] != values["law"]:
        raise BadRow(_("条文代码要以法律代码开头，例如 %(code)s:32") % {"code": values["law"]})


DAYS = {"since": since, "until": day(False)}
TABLES: dict[str, Table] = {
    "laws": Table(
        models.Law,
        {"code": code(), "name": text(120), "short": text(60), "edition": text(60, False), "source": text(200, False)},
        ("code",), {}, ("code", "name", "short"),
    ),
    "articles": Table(
        models.Article,
        {"code": cells.article(True), "law": code(), "number": text(32), "text": cells.lines(100_000),
            "since": day(False), "until": day(False), "trust": choice(TRUSTS)},
        ("code",), {"law": "laws"}, ("code", "law", "number", "trust"), judge=_article,
    ),
    "facts": Table(
        models.Fact,
        {
            "code": code(), "type": _choices(models.Fact.TYPES), "question": text(200), "question_en": text(300, False),
            "hint": text(300, False), "hint_en": text(400, False), "unit": text(16, False), "options": cells.options,
            "section": text(40, False), "section_en": text(60, False), "sensitive": flag(False),
            "sources": cells.words(), "order": number(9999, 100),
        },
        ("code",), {}, ("code", "type", "question"), says={"options": cells.say_options}, judge=_fact,
    ),
    "parameters": Table(
        models.Parameter,
        {"code": code(), "place": code(False), "value": cells.amount, "label": text(120, False),
            "article": cells.article(), "source": text(200, False), "trust": choice(TRUSTS), **DAYS},
        ("code", "place", "since"), {"place": "places", "article": "articles"}, ("code", "value", "trust"),
        judge=_lasts, lasting=("code", "place"),
    ),
    "materials": Table(
        models.Material,
        {"code": code(), "name": text(120), "name_en": text(200, False), "source": _choices(models.Material.SOURCES),
            "register": text(32, False), "hint": text(300, False), "hint_en": text(400, False)},
        ("code",), {}, ("code", "name", "source"),
    ),
    "items": Table(
        models.Item,
        {
            "matter": code(), "type": _choices(models.Item.TYPES), "subject": _choices(models.Item.SUBJECTS),
            "catalog_code": text(12, False), "task_code": text(36, False), "summary": cells.lines(1000),
            "summary_en": cells.lines(2000), "result": text(200, False), "result_en": text(300, False),
            "certificate": text(32, False), "valid_months": cells.maybe_number(1200), "visits": number(99, 0),
            "immediate": flag(False), "by_promise": flag(False), "unasked": flag(False), "renewable": flag(False),
            "events": cells.words(), "basis": cells.articles, **DAYS,
        },
        ("matter", "since"), {"matter": "matters"}, ("matter", "type", "subject"), many={"basis": "articles"},
        judge=_lasts, lasting=("matter",),
    ),
    "offerings": Table(
        models.Offering,
        {
            "matter": code(), "unit": code(), "place": code(), "promised": cells.maybe_number(3650),
            "channels": cells.words(CHANNELS), "window": text(200, False), "window_en": text(300, False),
            "hours": text(120, False), "phone": text(40, False), "fee": text(200, False),
            "fee_basis": text(200, False), **DAYS,
        },
        ("matter", "unit", "place", "since"), {"matter": "matters", "unit": "units", "place": "places"},
        ("matter", "unit", "place"), judge=_lasts,
    ),
    "conditions": Table(
        models.Condition,
        {
            "matter": code(), "group": number(999), "position": number(999, 1), "fact": code(), "operator": text(16),
            "arguments": cells.arguments, "words": text(300), "words_en": text(400, False),
            "article": cells.article(), **DAYS,
        },
        ("matter", "group", "position", "since"), {"matter": "matters", "fact": "facts", "article": "articles"},
        ("matter", "group", "fact", "operator", "words"), says={"arguments": cells.say_arguments}, judge=_condition,
        lasting=("matter", "group", "position"),
    ),
    "needs": Table(
        models.Need,
        {"matter": code(), "material": code(), "how": _choices(models.Need.HOW), "copies": number(99, 1),
            "when": cells.when, "article": cells.article(), "order": number(9999, 100), **DAYS},
        ("matter", "material", "since"), {"matter": "matters", "material": "materials", "article": "articles"},
        ("matter", "material", "how"), says={"when": cells.say_when}, judge=_lasts, lasting=("matter", "material"),
    ),
    "bundles": Table(
        models.Bundle,
        {"matter": code(), "summary": cells.lines(1000), "summary_en": cells.lines(2000), "active": flag(True)},
        ("matter",), {"matter": "matters"}, ("matter",),
    ),
    "bundle_steps": Table(
        models.BundleStep,
        {"bundle": code(), "matter": code(), "order": number(9999, 100), "after": cells.words(), "when": cells.when},
        ("bundle", "matter"), {"bundle": "bundles", "matter": "matters"}, ("bundle", "matter"),
        says={"when": cells.say_when},
    ),
}  # fmt: skip
"""In the order in which a folder is taken in: what is named stands before what names it."""
HEADERS = {
    "代码": "code", "名称": "name", "简称": "short", "版本": "edition", "来源": "source", "法律": "law", "条": "number",
    "条文": "text", "可信度": "trust", "起始日期": "since", "终止日期": "until", "类型": "type", "问题": "question",
    "说明": "hint", "计量单位": "unit", "选项": "options", "分组": "section", "敏感": "sensitive", "次序": "order",
    "行政区划": "place", "地点": "place", "数值": "value", "依据": "article", "英文名称": "name_en", "核验": "register",
    "事项": "matter", "服务对象": "subject", "基本编码": "catalog_code", "实施编码": "task_code",
    "一句话说明": "summary",
    "结果": "result", "证照种类": "certificate", "有效期（月）": "valid_months", "最多跑几次": "visits",
    "即办": "immediate", "告知承诺": "by_promise", "免申即享": "unasked", "可以延续": "renewable", "人生事件": "events",
    "设定依据": "basis", "单位": "unit", "实施单位": "unit", "承诺办结": "promised", "办理渠道": "channels",
    "窗口地址": "window", "办公时间": "hours", "咨询电话": "phone", "收费标准": "fee", "收费依据": "fee_basis",
    "组": "group", "比较": "operator", "取值": "arguments", "条件": "words", "材料": "material", "要求": "how",
    "一件事": "bundle", "启用": "active", "须在哪些事项之后": "after", "份数": "copies", "什么情况下需要": "when",
}  # fmt: skip
"""Headings that are accepted besides the names of the columns."""
