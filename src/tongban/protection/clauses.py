"""The rules behind a grade, in sentences: what is the case, what follows, and where it is written.

The scanner names a rule by a code (`volume:100000`, detect/reasons.py); the numbers, levels and sources come from
detect/data/classes.toml, so that a sentence says exactly what the rule does. Not for deciding anything.
"""

from __future__ import annotations

import re
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tongban.detect.findings import kinds
from tongban.detect.grading import PROFILES, rules

from .words import LEVELS, in_script, level_name, page_language, profile_name, reason, sensitive_name, type_name

HARMS = {
    "none": gettext_lazy("没有危害"),
    "slight": gettext_lazy("轻微危害"),
    "general": gettext_lazy("一般危害"),
    "serious": gettext_lazy("严重危害"),
}
"""What a leak does to persons and organisations (GB/T 43697-2024, 6)."""
TRUST = re.compile(r"\s*\[([VXM])\]")


def clause(code: str) -> str:
    """A rule as a sentence in the language of the page. What is no known code stays, with its level in words."""
    name, *given = code.split(":")
    told = ""
    if name == "volume" and len(given) == 1:
        told = _volume(given[0])
    elif name == "class" and len(given) == 2:
        told = _class(*given)
    elif name == "level" and len(given) == 2:
        told = _level(*given)
    if told:
        return told
    before, arrow, level = reason(code).rpartition(" → ")
    return f"{before}{arrow}{level_name(level)}" if level in LEVELS else reason(code)


def _volume(persons: str) -> str:
    rule: dict[str, Any] = next((row for row in rules()["volume"] if str(row["persons"]) == persons), {})
    if not rule:
        return ""
    given = {"many": people(int(persons)), "where": _where(str(rule["source"]))}
    if "least" in rule:
        return _("涉及 %(many)s人以上 → 至少为%(level)s（%(where)s）") % {**given, "level": level_name(rule["least"])}
    highest = [level for level in rules()["levels"]["order"] if level.startswith("general")][-1]
    return _("涉及 %(many)s人以上 → 提高 %(steps)d 级，最高到%(level)s（%(where)s）") % {
        **given,
        "steps": rule["raise"],
        "level": level_name(highest),
    }


def _class(profile: str, name: str) -> str:
    if profile not in PROFILES:
        return ""
    return _("属于敏感个人信息（%(name)s）→ 至少为%(level)s（%(where)s）") % {
        "name": sensitive_name(name),
        "level": level_name(rules()["profiles"][profile]["least"]),
        "where": profile_name(profile),
    }


def _level(type: str, level: str) -> str:
    if level not in LEVELS:
        return ""
    kind = kinds().get(type)
    if kind is None:
        return _("%(type)s → %(level)s（本单位的规则）") % {"type": type, "level": level_name(level)}
    given = {"type": type_name(type), "level": level_name(level), "harm": HARMS[kind.harm]}
    if rules()["levels"]["harm"][kind.harm] != level:  # a rule on sensitive personal data lifted it
        return _("%(type)s → %(level)s") % given
    return _("%(type)s：泄露会造成%(harm)s → %(level)s（GB/T 43697-2024 第 6 章）") % given


def people(number: int) -> str:
    """A large number as it is said: 100000 → “10 万”; in English 100,000."""
    if page_language() == "en":
        return f"{number:,}"
    return f"{number:,} " if number % 10_000 else in_script(f"{number // 10_000:,} 万")


def _where(source: str) -> str:
    """The place of a rule, without the marks of trust, which are told in words."""
    marks = TRUST.findall(source)
    told = in_script(TRUST.sub("", source))
    if page_language() == "en":
        told = _english(source)
    return _("%(where)s；条文待核对") % {"where": told} if "V" not in marks and marks else told


def _english(source: str) -> str:
    """The source of a rule on volume in English, from the words that the scanner has for it."""
    rule = next((row for row in rules()["volume"] if row["source"] == source), None)
    return TRUST.sub("", reason(f"volume:{rule['persons']}")) if rule is not None else source
