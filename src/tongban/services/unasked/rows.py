"""The rows of a register for an item: a CSV or XLSX, or a query of a database; each row a person, each column a fact.

A column is named by a fact's code or by its question; `name`, `id_number`, `phone` and `email` say who it is. Dates are
ISO 8601, yes and no are 是/否, yes/no, 1/0. What cannot be read rejects the row, with its line and the reason.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from tongban.detect import checks
from tongban.tables import broken_columns, read_table

from .. import questions
from ..models import Fact

WHO = {"name": "name", "姓名": "name", "id_number": "id_number", "身份证号": "id_number", "公民身份号码": "id_number",
       "phone": "phone", "电话": "phone", "手机": "phone", "email": "email", "电子邮箱": "email"}  # fmt: skip
YES, NO = frozenset({"是", "有", "yes", "true", "1", "y"}), frozenset({"否", "无", "no", "false", "0", "n"})


@dataclass(frozen=True, slots=True)
class Person:
    """One row: its line (of a query its number), who it is, and the facts that the register knows."""

    line: int
    who: dict[str, str]
    facts: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row that cannot be taken: its line and why."""

    line: int
    reason: str


def from_file(path: Path, facts: Iterable[Fact]) -> Iterator[Person | Rejected]:
    """The people of a CSV or XLSX. Raises `UnreadableTable`."""
    facts = tuple(facts)
    headings = {**WHO, **{fact.question: fact.code for fact in facts}}
    for line, row in read_table(path.read_bytes(), headings):
        broken = broken_columns(row)
        yield (
            Rejected(line, _("有读不出来的字：%(columns)s") % {"columns": "、".join(broken)})
            if broken
            else read(line, row, facts)
        )


def from_query(variable: str, query: str, facts: Iterable[Fact]) -> Iterator[Person | Rejected]:
    """The people of a query. `variable` names the environment's variable that holds the address of the database
    (sqlite:///path or postgresql://…), which no file and no command line shows; nothing can be written there. Raises
    LookupError where it is not set, and what the database says."""
    address = os.environ.get(variable, "")
    if not address:
        raise LookupError(_("环境变量 %(name)s 没有设置。") % {"name": variable})
    facts = tuple(facts)
    headings = {**WHO, **{fact.question: fact.code for fact in facts}}
    for number, row in enumerate(_rows(address, query), 1):
        plain = {headings.get(name, name.lower()): _text(value) for name, value in row.items()}
        yield read(number, plain, facts)


def read(line: int, row: Mapping[str, str], facts: Iterable[Fact]) -> Person | Rejected:
    """A row as a person."""
    who = {name: str(row.get(name) or "").strip() for name in ("name", "id_number", "phone", "email")}
    who["id_number"] = who["id_number"].upper()
    if not who["name"]:
        return Rejected(line, _("没有姓名"))
    if not (checks.is_resident_id(who["id_number"]) or checks.is_credit_code(who["id_number"])):
        return Rejected(line, _("身份证号或统一社会信用代码不对"))
    found = {}
    for fact in facts:
        text = str(row.get(fact.code) or "").strip()
        if not text:
            continue
        value = _value(fact, text)
        if value is None:
            return Rejected(line, _("“%(label)s”读不懂：%(text)s") % {"label": fact.question, "text": text[:40]})
        found[fact.code] = value
    return Person(line, who, found)


def _value(fact: Fact, text: str) -> Any:
    word = text.lower()
    if fact.type in ("bool", "declared"):
        return True if word in YES else False if word in NO else None
    if fact.type == "choice":
        known = {code: code for code, *_words in fact.options}
        return known.get(text) or {words: code for code, words, *_rest in fact.options}.get(text)
    if fact.type == "date":
        return questions.value_of(fact, text[:10].replace("/", "-"))
    return questions.value_of(fact, text)


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, date | datetime):
        return value.isoformat()[:10]
    return format(value, "f") if isinstance(value, Decimal) else str(value)


def _rows(address: str, query: str) -> Iterator[dict[str, Any]]:
    if address.startswith("sqlite:///"):
        import sqlite3

        with closing(sqlite3.connect(f"file:{address.removeprefix('sqlite:///')}?mode=ro", uri=True)) as found:
            rows = found.execute(query)
            names = [column[0] for column in rows.description or ()]
            yield from (dict(zip(names, row, strict=True)) for row in rows)
        return
    import psycopg
    from psycopg.rows import dict_row

    with psycopg.connect(address, row_factory=dict_row) as connection:
        connection.read_only = True
        with connection.cursor(name="unasked") as cursor:
            cursor.execute(query.encode())
            yield from cursor
