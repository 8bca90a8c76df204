"""How what is no plain text stands in a cell: arguments of a condition, rows of a condition, choices, lists of words.

Each has a reader (BadRow where it cannot be understood) and a printer, and printing what was read gives it again. Pure.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

from tongban.registry.tables import BadRow
from tongban.rules import BadTable, from_rows

ARTICLE = re.compile(r"[0-9A-Za-z][0-9A-Za-z_-]{0,31}:[0-9]{1,4}(?:-[0-9]{1,2})?")
LISTS = ("values", "places")
_NUMBER = re.compile(r"-?[0-9]{1,12}(?:\.[0-9]{1,4})?")
_PLAIN = re.compile(r"[^;；,，{}\[\]\"=$\n]+")
_OR = re.compile(r"(?:或|or)\s+")


def article(required: bool = False) -> Callable[[str], Any]:
    """A reader of an article's code: the law's code, a colon, the number (`xzxk:32`)."""

    def read(value: str) -> str | None:
        value = value.strip()
        if not value and not required:
            return None
        if not ARTICLE.fullmatch(value):
            raise BadRow(_("不是条文代码（法律代码、冒号、条数，例如 xzxk:32）"))
        return value

    return read


def words(known: Sequence[str] = ()) -> Callable[[str], Any]:
    """A reader of several words with spaces between them, each once and in order; only those of `known` if given."""

    def read(value: str) -> list[str]:
        found = list(dict.fromkeys(one for one in re.split(r"[\s,，;；、]+", value) if one))
        for one in found:
            if known and one not in known:
                raise BadRow(_("没有“%(word)s”，只能是 %(values)s") % {"word": one[:40], "values": " / ".join(known)})
        return found

    return read


def articles(value: str) -> list[str]:
    """Several articles' codes."""
    read = article(required=True)
    return [read(one) for one in words()(value)]


def lines(most: int) -> Callable[[str], Any]:
    """A reader of text that may have lines."""

    def read(value: str) -> str:
        text = "\n".join(" ".join(line.split()) for line in value.strip().splitlines())
        if len(text) > most:
            raise BadRow(_("超过 %(most)d 个字") % {"most": most})
        return text

    return read


def amount(value: str) -> Decimal:
    """A reader of numbers, at most four places behind the point."""
    try:
        found = Decimal(value.strip().replace(",", ""))
    except InvalidOperation:
        raise BadRow(_("不是数字")) from None
    if not found.is_finite() or abs(found) >= 10**10 or found != round(found, 4):
        raise BadRow(_("不是数字"))
    return found


def maybe_number(most: int) -> Callable[[str], Any]:
    """A reader of whole numbers; empty is none."""

    def read(value: str) -> int | None:
        word = value.strip()
        if not word:
            return None
        if not re.fullmatch(r"\d{1,6}", word, re.ASCII) or int(word) > most:
            raise BadRow(_("只能是不超过 %(most)d 的整数") % {"most": most})
        return int(word)

    return read


# --- choices ----------------------------------------------------------------------------------------------------------


def options(value: str) -> list[list[str]]:
    """Choices, one a line or with | between them: code=words=words in English."""
    found = []
    for one in re.split(r"[\n|]", value):
        if not one.strip():
            continue
        parts = [part.strip() for part in one.split("=")]
        if len(parts) not in (2, 3) or not all(parts[:2]) or not re.fullmatch(r"[0-9A-Za-z_-]{1,32}", parts[0]):
            raise BadRow(_("选项要写成“代码=文字=英文”，用 | 隔开"))
        found.append([parts[0], parts[1], parts[2] if len(parts) == 3 else ""])
    if len({one[0] for one in found}) != len(found):
        raise BadRow(_("选项的代码重复"))
    return found


def say_options(value: Sequence[Sequence[str]]) -> str:
    """Choices as a cell."""
    return " | ".join("=".join(one).rstrip("=") for one in value)


# --- conditions -------------------------------------------------------------------------------------------------------


def arguments(value: str) -> dict[str, Any]:
    """What an operator compares with: `unit=years; low=60`, `values=a, b`, `high=$min_income`; or JSON."""
    text = value.strip()
    if text.startswith("{"):
        try:
            found = json.loads(text)
        except ValueError:
            raise BadRow(_("不是正确的 JSON")) from None
        return dict(found)
    found = {}
    for one in re.split(r"[;；]", text):
        if not one.strip():
            continue
        name, sign, said = (part.strip() for part in one.partition("="))
        if not sign or not said or not re.fullmatch(r"[a-z_]+", name):
            raise BadRow(_("取值要写成“名称=值”，用分号隔开，例如 unit=years; low=60"))
        found[name] = _meant(name, said)
    return found


def _meant(name: str, said: str) -> Any:
    if name in LISTS:
        return [one.strip() for one in re.split(r"[,，]", said) if one.strip()]
    if said in ("true", "false"):
        return said == "true"
    if said.startswith("$"):
        return {"parameter": said[1:]}
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", said):
        try:
            return {"date": date.fromisoformat(said).isoformat()}
        except ValueError:
            raise BadRow(_("不是日期（例如 2026-03-01）")) from None
    if name in ("low", "high") and _NUMBER.fullmatch(said):
        return int(said) if "." not in said else {"decimal": said}
    return said


def say_arguments(value: Mapping[str, Any]) -> str:
    """Arguments as a cell: short where that says the same, else JSON."""
    short = "; ".join(f"{name}={_said(one)}" for name, one in value.items())
    try:
        same = arguments(short) == dict(value)
    except BadRow:
        same = False
    return short if same else json.dumps(value, ensure_ascii=False, sort_keys=True)


def _said(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping) and len(value) == 1:
        ((name, one),) = value.items()
        return f"${one}" if name == "parameter" else str(one)
    if isinstance(value, list):
        return ", ".join(str(one) for one in value)
    text = str(value)
    return text if _PLAIN.fullmatch(text) or isinstance(value, int) else f'"{text}"'


def checked(fact: str, operator: str, value: Mapping[str, Any]) -> None:
    """Raise BadRow where `rules/` does not take this for a condition."""
    try:
        from_rows([{"table": "row", "group": 1, "fact": fact, "operator": operator, "arguments": dict(value)}])
    except (BadTable, TypeError, ValueError, AttributeError) as error:
        raise BadRow(_("条件读不懂：%(error)s") % {"error": error}) from None


def when(value: str) -> list[dict[str, Any]]:
    """Rows of a condition, one a line: `fact operator arguments`. All lines have to hold; a line that begins with 或
    (or) is another way for the line above."""
    found: list[dict[str, Any]] = []
    group = 0
    for line in value.splitlines():
        text = line.strip()
        if not text:
            continue
        other = _OR.match(text)
        if other is None or not found:
            group += 1
        parts = (text[other.end() :] if other is not None else text).split(None, 2)
        if len(parts) < 2:
            raise BadRow(_("条件要写成“问题代码 比较 取值”，每行一个"))
        given = arguments(parts[2]) if len(parts) == 3 else {}
        checked(parts[0], parts[1], given)
        found.append({"group": group, "fact": parts[0], "operator": parts[1], "arguments": given})
    return found


def say_when(value: Sequence[Mapping[str, Any]]) -> str:
    """Rows of a condition as a cell."""
    said, before = [], None
    for row in sorted(value, key=lambda one: int(one.get("group", 1))):
        group = row.get("group", 1)
        text = f"{row['fact']} {row['operator']} {say_arguments(row.get('arguments') or {})}".strip()
        said.append(f"或 {text}" if group == before else text)
        before = group
    return "\n".join(said)
