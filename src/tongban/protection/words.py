"""Words for what the catalogue holds: levels, categories, types, differences, reasons to look again. Not for rules."""

from __future__ import annotations

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from tongban.detect import reasons
from tongban.detect.findings import kinds
from tongban.detect.grading import PROFILES, rules
from tongban.gate.templatetags.tongban_names import traditional

LEVELS = {
    "general-1": _("一般数据 1 级"),
    "general-2": _("一般数据 2 级"),
    "general-3": _("一般数据 3 级"),
    "general-4": _("一般数据 4 级"),
    "important": _("重要数据"),
    "core": _("核心数据"),
}
CATEGORIES = {
    "person": _("个人信息"),
    "organisation": _("组织数据"),
    "machine": _("设备与网络数据"),
    "secret": _("口令与密钥"),
    "own": _("本单位自定义"),
    "none": _("未发现"),
}
"""Whose data it is: the subject of the type (detect/data/types.toml), a department's own types,
and fields without a type."""
SUBJECTS_OF_PERSONS = ("person",)
SERIOUS = ("important", "core")
TONES = {"general-4": "warning", "important": "danger", "core": "danger"}
DIFFERENCES = {
    "new": _("新增"), "back": _("重新出现"), "gone": _("不再出现"), "type": _("类型改变"), "raised": _("级别升高"),
    "lowered": _("级别降低"),
    "sensitive": _("敏感类别改变"), "grown": _("涉及人数越过规模界限"),
}  # fmt: skip
REASONS = {"uncertain": _("扫描器把握不足"), "serious": _("判为重要或核心数据"), "changed": _("与上次不同")}
REVIEWS = {
    "": _("不需要复核"),
    "waiting": _("待复核"),
    "later": _("稍后再看"),
    "accepted": _("已认可"),
    "decided": _("已改判"),
}
ACTS = {
    "accept": _("认可"),
    "decide": _("改判"),
    "later": _("稍后再看"),
    "withdraw": _("撤回改判"),
    "undo": _("撤销"),
}


def category_of(type: str) -> str:
    """The category of a type: whose data it is."""
    if not type:
        return "none"
    kind = kinds().get(type)
    return kind.subject if kind is not None and kind.subject in CATEGORIES else "own"


def type_name(type: str) -> str:
    """A type in the language of the page; a department's own type as it is named."""
    kind = kinds().get(type)
    if kind is None:
        return type
    language = get_language() or ""
    return kind.en if language.startswith("en") else traditional(kind.zh) if language == "zh-hant" else kind.zh


def level_name(level: str) -> str:
    """A level in words."""
    return str(LEVELS.get(level, level))


def sensitive_classes() -> list[str]:
    """Every class of sensitive personal data that one of the profiles has, as the standards write them."""
    return sorted({name for profile in PROFILES for name in rules()["profiles"][profile]["sensitive"].values()})


def profile_name(profile: str) -> str:
    """The standard behind a profile."""
    found = rules()["profiles"].get(profile)
    return str(found["zh"]) if found else profile


def sensitive_name(name: str) -> str:
    """A class of sensitive personal data, in the language of the page."""
    return in_script(reasons.class_words(name, page_language()))


def page_language() -> str:
    """ "zh" or "en", as the page speaks."""
    return "en" if (get_language() or "").startswith("en") else "zh"


def in_script(text: str) -> str:
    """Chinese words in the script of the page."""
    return traditional(text) if get_language() == "zh-hant" else text


def reason(text: str) -> str:
    """A reason of the scanner in the language of the page; what older reports wrote as it stands."""
    return in_script(reasons.words(text, page_language()))


def left(key: str, why: str) -> str:
    """Why something was not read, in the language of the page."""
    return in_script(reasons.left_words(key, why, "", page_language()))


def share_text(value: float) -> str:
    """A share as per cent: 0.4 → 40%; what is above nothing is never said to be 0%."""
    return f"{value:.1%}".replace(".0%", "%") if value == 0 or value >= 0.0005 else "< 0.1%"
