"""XLSForm (xlsform.org) in: a spreadsheet with the sheets `survey` and `choices` that people write without programming,
as a form with pages and the questions it asks. What has no meaning here is told with its row and left out.

Taken: text, integer, decimal, date, select_one, acknowledge; groups are pages; label, hint, required, relevant. A list
of choices whose names are `yes` and `no` is a question of yes or no. `relevant` may compare one question with a value,
several joined by `and` or by `or`. A question whose name is a fact of the catalogue is that fact.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from ..models import Fact
from .content import BadForm, Content

MOST_BYTES, MOST_ROWS = 5 * 2**20, 2000
TYPES = {"text": "text", "string": "text", "integer": "number", "int": "number", "decimal": "number", "date": "date",
         "acknowledge": "declared", "trigger": "declared"}  # fmt: skip
QUIET = frozenset({"note", "start", "end", "today", "deviceid", "username", "audit"})
_CODE = re.compile(r"^[0-9A-Za-z][0-9A-Za-z_-]{0,31}$")
_COMPARED = re.compile(r"""^\$\{(\w[\w-]*)\}\s*(=|!=|>=|<=)\s*(?:'([^']*)'|"([^"]*)"|(-?[0-9.]+))$""")
_SELECTED = re.compile(r"""^selected\(\s*\$\{(\w[\w-]*)\}\s*,\s*['"]([^'"]*)['"]\s*\)$""")
Cells = dict[str, str]


@dataclass
class Sheet:
    """What a spreadsheet says: the form, the facts that it brings or changes nothing of, and rows that were left out
    (number of the row, reason)."""

    content: Content
    facts: dict[str, dict[str, Any]] = field(default_factory=dict)
    rejected: list[tuple[int, str]] = field(default_factory=list)


class _Left(ValueError):
    """Why a row is left out."""


def read(raw: bytes, known: Mapping[str, Fact]) -> Sheet:
    """A workbook as a form. `known`: the facts of the catalogue. Raises BadForm where it is no XLSForm at all."""
    if len(raw) > MOST_BYTES:
        raise BadForm(_("文件太大。"))
    survey, choices = _sheets(raw)
    reader = _Reader(known, choices)
    for number, row in survey:
        try:
            reader.take(row)
        except _Left as left:
            reader.sheet.rejected.append((number, str(left)))
    found = reader.sheet
    found.content["pages"] = [page for page in found.content["pages"] if page["questions"]]
    if not found.content["pages"]:
        raise BadForm(_("表格里没有可以用的问题。"))
    return found


class _Reader:
    """Goes through the rows of a survey."""

    def __init__(self, known: Mapping[str, Fact], choices: Mapping[str, list[list[str]]]) -> None:
        self.known, self.choices = known, choices
        self.sheet = Sheet({"pages": [_page()], "tests": []})
        self.depth = 0

    def take(self, row: Cells) -> None:
        """One row. Raises _Left."""
        kind, _space, more = " ".join(row.get("type", "").split()).partition(" ")
        kind = {"begin_group": "begin", "end_group": "end_group"}.get(kind, kind)
        if kind == "begin" or f"{kind} {more}" in ("begin group",):
            self._begin(row)
        elif kind == "end_group" or f"{kind} {more}" == "end group":
            self.depth = max(0, self.depth - 1)
            if not self.depth:
                self.sheet.content["pages"].append(_page())
        elif kind not in QUIET and kind:
            self._question(kind, more, row)

    def _begin(self, row: Cells) -> None:
        self.depth += 1
        if self.depth == 1:
            self.sheet.content["pages"].append(_page(_label(row), _label(row, english=True)))
        if row.get("relevant"):
            raise _Left(_("一整页的显示条件不支持，请写在每个问题上。"))

    def _question(self, kind: str, more: str, row: Cells) -> None:
        name = row.get("name", "").strip()
        if not _CODE.fullmatch(name):
            raise _Left(_("名称“%(name)s”只能用字母、数字和下划线，最多 32 个。") % {"name": name})
        if any(one["fact"] == name for page in self.sheet.content["pages"] for one in page["questions"]):
            raise _Left(_("名称“%(name)s”用了两次。") % {"name": name})
        said = self._fact(kind, more, row)
        before = self.known.get(name)
        if before is not None and before.type != said["type"]:
            kinds = {"name": name, "type": before.get_type_display()}
            raise _Left(_("目录里已经有问题“%(name)s”，类型是%(type)s，和这里的不一样。") % kinds)
        if not said["question"] and before is None:
            raise _Left(_("没有写问题。"))
        when = self._when(row.get("relevant", ""))
        if before is None:
            self.sheet.facts[name] = said
        required = row.get("required", "").strip().lower() in ("yes", "true", "1", "true()", "是")
        page = self.sheet.content["pages"][-1]
        page["questions"].append({"fact": name, "required": required, "when": when})

    def _fact(self, kind: str, more: str, row: Cells) -> dict[str, Any]:
        said: dict[str, Any] = {
            "question": _label(row)[:200], "question_en": _label(row, english=True)[:300],
            "hint": row.get("hint", "")[:300], "options": [],
        }  # fmt: skip
        if kind == "select_one":
            options = self.choices.get(more.split()[0] if more else "", [])
            if not options:
                raise _Left(_("没有选项表“%(list)s”。") % {"list": more})
            if {code for code, *_words in options} == {"yes", "no"}:
                return {**said, "type": "bool"}
            return {**said, "type": "choice", "options": options}
        if kind not in TYPES:
            raise _Left(_("不支持的类型：%(type)s。") % {"type": f"{kind} {more}".strip()})
        return {**said, "type": TYPES[kind]}

    def _when(self, text: str) -> list[dict[str, Any]]:
        text = " ".join(text.split())
        if not text:
            return []
        both = re.search(r"\band\b", text), re.search(r"\bor\b", text)
        if all(both) or "not(" in text:
            raise _Left(_("显示条件太复杂：%(text)s") % {"text": text[:80]})
        parts = re.split(r"\s+(?:and|or)\s+", text)
        return [{**self._leaf(part), "group": 1 if both[1] else number} for number, part in enumerate(parts, 1)]

    def _leaf(self, text: str) -> dict[str, Any]:
        text = text.strip().removeprefix("(").removesuffix(")") if text.startswith("(") else text.strip()
        selected = _SELECTED.fullmatch(text)
        compared = _COMPARED.fullmatch(text)
        if selected is not None:
            name, sign, value, number = selected[1], "=", selected[2], None
        elif compared is not None:
            name, sign, number = compared[1], compared[2], compared[5]
            value = compared[3] if compared[3] is not None else compared[4]
        else:
            raise _Left(_("看不懂的显示条件：%(text)s") % {"text": text[:80]})
        kind = self._type_of(name)
        if sign in (">=", "<=") and number is not None and kind == "number":
            return {"fact": name, "operator": "range", "arguments": {"low" if sign == ">=" else "high": float(number)}}
        if kind == "bool" and value in ("yes", "no") and sign in ("=", "!="):
            return {"fact": name, "operator": "is", "arguments": {"value": (value == "yes") is (sign == "=")}}
        if kind == "choice" and value is not None and sign in ("=", "!="):
            operator = "one_of" if sign == "=" else "none_of"
            return {"fact": name, "operator": operator, "arguments": {"values": [value]}}
        if kind == "declared" and sign == "=" and value in ("OK", "yes"):
            return {"fact": name, "operator": "declared", "arguments": {}}
        raise _Left(_("看不懂的显示条件：%(text)s") % {"text": text[:80]})

    def _type_of(self, name: str) -> str:
        asked = any(one["fact"] == name for page in self.sheet.content["pages"] for one in page["questions"])
        if not asked:
            raise _Left(_("显示条件里的“%(name)s”前面没有问过。") % {"name": name})
        said = self.sheet.facts.get(name)
        return str(said["type"]) if said is not None else self.known[name].type


def _page(title: str = "", title_en: str = "") -> dict[str, Any]:
    return {"title": title[:60], "title_en": title_en[:60], "questions": []}


def _label(row: Cells, *, english: bool = False) -> str:
    """The label in Chinese, or in English: `label::English (en)`."""
    for name, text in row.items():
        lower = name.lower()
        if lower.startswith("label::") and (("english" in lower or "(en)" in lower) is english) and text:
            return text.strip()
    return "" if english else row.get("label", "").strip()


def _sheets(raw: bytes) -> tuple[list[tuple[int, Cells]], dict[str, list[list[str]]]]:
    import openpyxl

    try:
        book = openpyxl.load_workbook(io.BytesIO(raw), read_only=True, data_only=True)
        try:
            found = {name: list(_rows(book[name])) for name in ("survey", "choices") if name in book.sheetnames}
        finally:
            book.close()
    except Exception as error:
        raise BadForm(_("这不是可以打开的 XLSX 文件。")) from error
    if "survey" not in found:
        raise BadForm(_("没有名为 survey 的工作表。"))
    choices: dict[str, list[list[str]]] = {}
    for _number, row in found.get("choices", ()):
        if row.get("name"):
            one = [row["name"], _label(row), _label(row, english=True)]
            choices.setdefault(row.get("list_name") or row.get("list name") or "", []).append(one)
    return found["survey"], choices


def _rows(sheet: Any) -> Iterator[tuple[int, Cells]]:
    header: list[str] = []
    for number, cells in enumerate(sheet.iter_rows(values_only=True, max_row=MOST_ROWS), 1):
        words = ["" if cell is None else str(cell).strip() for cell in cells]
        if number == 1:
            header = [word if word.lower().startswith("label::") else word.lower() for word in words]
        elif any(words):
            yield number, {name: word for name, word in zip(header, words, strict=False) if name}
