"""Reasons as codes with what they name, and their words in Chinese and English (data/reasons.toml).

A report holds codes: `kind:mobile`, `level:mobile:general-3`, `volume:100000`. Reports of version 1 held Chinese
sentences; what is no code is shown as it stands. Not for deciding anything.
"""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .findings import Finding, kinds
from .grading import rules

if TYPE_CHECKING:
    from .sources import SourceError

COLON = "："
"""Stands for a colon inside what a reason names."""


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads((Path(__file__).parent / "data" / "reasons.toml").read_text("utf-8"))


def code(name: str, *given: object) -> str:
    """The code of a reason."""
    return ":".join([name, *(str(one).replace(":", COLON) for one in given)])


def words(reason: str, language: str) -> str:
    """A reason in Chinese ("zh") or English ("en")."""
    name, *given = reason.split(":")
    row = _table()["reasons"].get(name)
    if row is None or len(given) != row.get("given", 0):
        return reason
    shown = [_named(what, one, language) for what, one in zip(row.get("names", [""] * len(given)), given, strict=True)]
    return str(row[language]).format(*shown)


def _named(what: str, given: str, language: str) -> str:
    if what == "type" and given in kinds():
        return kinds()[given].zh if language == "zh" else kinds()[given].en
    if what == "why" and given in kinds():
        return why_words(kinds()[given].why, language)
    if what == "profile" and given in rules()["profiles"]:
        return str(rules()["profiles"][given][language])
    if what == "class":
        return class_words(given, language)
    if what == "volume":
        found = next((rule for rule in rules()["volume"] if str(rule["persons"]) == given), None)
        if found is not None:
            return str(found["source"] if language == "zh" else _table()["volumes"].get(given, found["source"]))
    return given


def why_words(why: str, language: str) -> str:
    """Why something was found: Chinese as a finding has it, or English; what an own rule says stays as it is."""
    return why if language == "zh" else str(_table()["whys"].get(why, why))


def finding_words(finding: Finding, language: str) -> str:
    """Why something was found, in Chinese or English: by its code where it has one."""
    return words(finding.reason, language) if finding.reason else why_words(finding.why, language)


def class_words(name: str, language: str) -> str:
    """A class of sensitive personal data, which the standards write in Chinese."""
    return name if language == "zh" else str(_table()["classes"].get(name, name))


def left_words(key: str, why: str, more: str, language: str) -> str:
    """Why something was not read: `why` in Chinese as it was written, else the words of the key and what it names."""
    if language == "zh" or key not in _table()["left"]:
        return why
    return str(_table()["left"][key]) + (f" ({_table()['more'].get(more, more)})" if more else "")


def wrong_words(error: SourceError, language: str) -> str:
    """Why a source as a whole cannot be read, or a copy not be written."""
    if language == "zh":
        return str(error)
    told = _table()["wrong"].get(error.key) or _table()["left"][error.key]
    return f"{told}: {error.more}" if error.more else str(told)


def rule_words(key: str) -> str:
    """What is wrong in a file of own rules, in English."""
    return str(_table()["rules"][key])
