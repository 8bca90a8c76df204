"""A department's own detectors, from a TOML file: an expression, anchors, examples that must and
must not match, a level.

    [staff_number]
    zh = "工号"
    pattern = "XA[0-9]{6}"
    anchors = ["xa"]          # optional: text without one of these (in lower case) is not searched
    columns = ["工号", "staff_no"]   # optional: names of columns that are one
    level = "general-2"       # optional, general-1 … core
    confidence = 0.9          # optional
    check = "luhn"            # optional: luhn, resident_id, credit_code
    matches = ["工号XA123456"]
    ignores = ["XA12"]

Every rule needs at least one example of each; `check_rules` tries them. Expressions that take too long on
a long text are refused.
"""

from __future__ import annotations

import re
import time
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .checks import is_credit_code, is_resident_id, luhn_ok
from .findings import kinds
from .grading import levels
from .patterns import Pattern
from .reasons import rule_words

CHECKS: Mapping[str, Callable[[str], bool]] = {
    "luhn": luhn_ok,
    "resident_id": is_resident_id,
    "credit_code": is_credit_code,
}
_KNOWN = {"zh", "en", "pattern", "anchors", "columns", "level", "confidence", "check", "matches", "ignores"}
_NAME = re.compile(r"[a-z][a-z0-9_]{1,39}")


WRONG: Mapping[str, str] = {
    "rules_unreadable": "无法读取",
    "no_toml": "不是有效的 TOML",
    "rule_name": "名称只能用小写字母、数字和下划线，以字母开头",
    "rule_known": "与内置类型重名",
    "rule_pattern": "缺少 pattern",
    "rule_unknown": "不认识的项",
    "rule_level": "level 应为下列之一",
    "rule_check": "check 应为下列之一",
    "rule_list": "应为字符串的列表",
    "rule_confidence": "confidence 应在 0 和 1 之间",
    "rule_expression": "pattern 不是有效的正则表达式",
    "rule_empty": "pattern 能匹配空文字",
    "rule_examples": "至少要有一个例子",
    "rule_misses": "应当匹配却没有匹配",
    "rule_hits": "不应匹配却匹配了",
    "rule_slow": "表达式在长文字上太慢，请避免嵌套的重复",
}
"""What may be wrong in a file of rules; in English in data/reasons.toml."""


@dataclass(frozen=True, slots=True)
class Wrong:
    """One thing that is wrong: the file or the rule, a key of WRONG, and what it names."""

    where: str
    key: str
    more: str = ""

    def words(self, language: str) -> str:
        """The sentence for a person, "zh" or "en"."""
        if language == "zh":
            return f"{self.where}：{WRONG[self.key]}" + (f"：{self.more}" if self.more else "")
        return f"{self.where}: {rule_words(self.key)}" + (f": {self.more}" if self.more else "")


class RuleError(ValueError):
    """What is wrong in a file of rules. As text it is Chinese; `words` has it in either language, a line for each."""

    def __init__(self, *wrong: Wrong) -> None:
        self.wrong = wrong
        super().__init__(self.words("zh"))

    def words(self, language: str) -> str:
        """All that is wrong, "zh" or "en"."""
        return "\n".join(one.words(language) for one in self.wrong)


@dataclass(frozen=True, slots=True)
class Rules:
    """Own detectors, what their types are called, their levels, and names of columns."""

    patterns: tuple[Pattern, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    levels: Mapping[str, str] = field(default_factory=dict)
    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def load(path: str | Path) -> Rules:
    """Reads and checks a file of rules. Raises RuleError naming the rule and what is wrong with it."""
    try:
        table = tomllib.loads(Path(path).read_text("utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise RuleError(Wrong(str(path), "rules_unreadable", type(error).__name__)) from None
    except tomllib.TOMLDecodeError as error:
        raise RuleError(Wrong(str(path), "no_toml", str(error))) from None
    made = [(_rule(name, row), name, row) for name, row in table.items()]
    rules = Rules(
        tuple(pattern for pattern, _name, _row in made),
        {name: str(row.get("zh", name)) for _pattern, name, row in made},
        {name: str(row["level"]) for _pattern, name, row in made if "level" in row},
        {name: tuple(map(str, row.get("columns", ()))) for _pattern, name, row in made},
    )
    wrong = problems(rules, table)
    if wrong:
        raise RuleError(*wrong)
    return rules


def _rule(name: str, row: Any) -> Pattern:
    if not _NAME.fullmatch(name):
        raise RuleError(Wrong(f"[{name}]", "rule_name"))
    if name in kinds():
        raise RuleError(Wrong(f"[{name}]", "rule_known"))
    if not isinstance(row, dict) or not isinstance(row.get("pattern"), str) or not row["pattern"]:
        raise RuleError(Wrong(f"[{name}]", "rule_pattern"))
    unknown = sorted(set(row) - _KNOWN)
    if unknown:
        raise RuleError(Wrong(f"[{name}]", "rule_unknown", ", ".join(unknown)))
    if row.get("level", levels()[0]) not in levels():
        raise RuleError(Wrong(f"[{name}]", "rule_level", ", ".join(levels())))
    if row.get("check") is not None and (not isinstance(row["check"], str) or row["check"] not in CHECKS):
        raise RuleError(Wrong(f"[{name}]", "rule_check", ", ".join(CHECKS)))
    for item in ("anchors", "columns", "matches", "ignores"):
        if not isinstance(row.get(item, []), list) or not all(isinstance(value, str) for value in row.get(item, [])):
            raise RuleError(Wrong(f"[{name}]", "rule_list", item))
    confidence = row.get("confidence", 0.9)
    if not isinstance(confidence, int | float) or not 0 < confidence <= 1:
        raise RuleError(Wrong(f"[{name}]", "rule_confidence"))
    try:
        expression = re.compile(row["pattern"])
    except (re.error, OverflowError, RecursionError) as error:
        raise RuleError(Wrong(f"[{name}]", "rule_expression", str(error))) from None
    if expression.search("") is not None and expression.fullmatch("") is not None:
        raise RuleError(Wrong(f"[{name}]", "rule_empty"))
    anchors = tuple(anchor.lower() for anchor in row.get("anchors", ()))
    return Pattern(
        name,
        expression,
        float(confidence),
        anchors,
        CHECKS.get(row.get("check", "")),
        f"自定义规则：{row.get('zh', name)}",
    )


def problems(rules: Rules, table: Mapping[str, Mapping[str, Any]]) -> list[Wrong]:
    """What the examples say against the rules; empty where all is well."""
    found: list[Wrong] = []
    for pattern in rules.patterns:
        row = table[pattern.type]
        for item in ("matches", "ignores"):
            if not row.get(item):
                found.append(Wrong(f"[{pattern.type}]", "rule_examples", item))
        for text in row.get("matches", ()):
            if not _finds(pattern, text):
                found.append(Wrong(f"[{pattern.type}]", "rule_misses", text))
        for text in row.get("ignores", ()):
            if _finds(pattern, text):
                found.append(Wrong(f"[{pattern.type}]", "rule_hits", text))
        slow = _slow(pattern, row)
        if slow:
            found.append(Wrong(f"[{pattern.type}]", "rule_slow", slow))
    return found


def _finds(pattern: Pattern, text: str) -> bool:
    from .patterns import find_patterns

    return any(True for _ in find_patterns(text, (pattern,)))


_LENGTHS = (*dict.fromkeys(round(8 * 1.1**step) for step in range(46)), 2_000, 20_000)
"""Characters of the hostile texts: in small steps at first, so that what grows without bound is stopped
before it takes for ever."""


def _slow(pattern: Pattern, row: Mapping[str, Any]) -> str:
    """Doubling a hostile text should double the time; where it does far more, the expression is refused."""
    examples = [str(text) for text in row.get("matches", ())]
    letters = dict.fromkeys(c for c in "".join(examples) + pattern.expression.pattern if c.isalnum())
    seeds = [*examples, "a", "0", "a0", " ", *list(letters)[:40]]
    for seed in seeds:
        before = 0.0
        for length in _LENGTHS:
            text = (seed * (length // max(1, len(seed)) + 1))[:length] + "\x00"
            begun = time.process_time()
            for _ in pattern.expression.finditer(text):
                pass
            took = time.process_time() - begun
            if took > (0.1 if length < 600 else 0.5) or (took > 0.05 and before and took > 30 * before):
                return f"{length}: {took:.2f} s"
            before = took
    return ""
