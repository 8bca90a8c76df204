"""What a form holds, and the changes to it: pure functions of {"pages": [{"title", "title_en", "questions": [{"fact",
"required", "when"}]}], "tests": [...]}; each gives a new content and leaves the old one alone.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from typing import Any

import orjson
from django.utils.translation import gettext as _

from tongban.registry.names import spoken

from ..models import Fact

Content = dict[str, Any]
MOST_PAGES, MOST_QUESTIONS = 30, 200
LONGEST_TITLE = 60


class BadForm(ValueError):
    """What is wrong with a form, in words."""


def empty() -> Content:
    """A form with one page and no questions."""
    return {"pages": [{"title": "", "title_en": "", "questions": []}], "tests": []}


def digest(content: Mapping[str, Any]) -> str:
    """SHA-256 of what a form asks, as canonical JSON, hexadecimal; its tests are not part of it."""
    return hashlib.sha256(orjson.dumps(content.get("pages", []), option=orjson.OPT_SORT_KEYS)).hexdigest()


def state_of(content: Mapping[str, Any]) -> str:
    """Of all that a draft holds: which state of it a page showed."""
    return hashlib.sha256(orjson.dumps(content, option=orjson.OPT_SORT_KEYS)).hexdigest()[:16]


def facts_asked(content: Mapping[str, Any]) -> list[str]:
    """The codes of what is asked, in order."""
    return [one["fact"] for page in content.get("pages", ()) for one in page.get("questions", ())]


def earlier(content: Mapping[str, Any], page: int, number: int) -> list[str]:
    """What is asked before a question: only on that can it hang."""
    pages = content["pages"]
    before = [one["fact"] for one in (q for part in pages[:page] for q in part["questions"])]
    return before + [one["fact"] for one in pages[page]["questions"][:number]]


# --- changes ----------------------------------------------------------------------------------------------------------


def _changed(content: Content, change: Callable[[Content], None]) -> Content:
    copy = deepcopy(content)
    change(copy)
    return copy


def with_page(content: Content, title: str, title_en: str = "") -> Content:
    """With one page more, at the end."""
    if len(content["pages"]) >= MOST_PAGES:
        raise BadForm(_("最多 %(n)d 页。") % {"n": MOST_PAGES})
    page = {"title": title[:LONGEST_TITLE], "title_en": title_en[:LONGEST_TITLE], "questions": []}
    return _changed(content, lambda copy: copy["pages"].append(page))


def with_title(content: Content, page: int, title: str, title_en: str) -> Content:
    """With another title of a page."""
    said = {"title": title[:LONGEST_TITLE], "title_en": title_en[:LONGEST_TITLE]}
    return _changed(content, lambda copy: copy["pages"][page].update(said))


def without_page(content: Content, page: int) -> Content:
    """Without a page and what it asks."""
    if len(content["pages"]) == 1:
        raise BadForm(_("至少要有一页。"))
    return _checked_order(_changed(content, lambda copy: copy["pages"].pop(page)))


def with_question(content: Content, page: int, fact: str) -> Content:
    """With one question more at the end of a page; each fact is asked once."""
    asked = facts_asked(content)
    if fact in asked:
        raise BadForm(_("这个问题已经在表里了。"))
    if len(asked) >= MOST_QUESTIONS:
        raise BadForm(_("最多 %(n)d 个问题。") % {"n": MOST_QUESTIONS})
    question = {"fact": fact, "required": True, "when": []}
    return _changed(content, lambda copy: copy["pages"][page]["questions"].append(question))


def without_question(content: Content, page: int, number: int) -> Content:
    """Without a question. Raises BadForm where another hangs on it."""
    return _checked_order(_changed(content, lambda copy: copy["pages"][page]["questions"].pop(number)))


def moved(content: Content, page: int, number: int, step: int) -> Content:
    """With a question one place up (`step` -1) or down (1), over the edge onto the next page."""

    def move(copy: Content) -> None:
        question = copy["pages"][page]["questions"].pop(number)
        to, at = page, number + step
        if at < 0 and page > 0:
            to, at = page - 1, len(copy["pages"][page - 1]["questions"])
        elif at > len(copy["pages"][page]["questions"]) and page + 1 < len(copy["pages"]):
            to, at = page + 1, 0
        copy["pages"][to]["questions"].insert(max(at, 0), question)

    return _checked_order(_changed(content, move))


def with_rule(content: Content, page: int, number: int, required: bool, when: Sequence[Mapping[str, Any]]) -> Content:
    """With a question required or not, and asked only if the rows of a condition hold."""
    said = {"required": required, "when": [dict(row) for row in when]}
    return _checked_order(_changed(content, lambda copy: copy["pages"][page]["questions"][number].update(said)))


def _checked_order(content: Content) -> Content:
    """The same, where no question hangs on what is asked after it, or not at all. Raises BadForm."""
    before: set[str] = set()
    for page in content["pages"]:
        for one in page["questions"]:
            if any(row["fact"] not in before for row in one.get("when") or ()):
                raise BadForm(_("有的问题要看前面的答案才问，顺序不能这样放。"))
            before.add(one["fact"])
    return content


def problems(content: Content, facts: Mapping[str, Fact]) -> list[str]:
    """Why a form cannot be published, in words."""
    asked = facts_asked(content)
    found = [] if asked else [_("表里还没有问题。")]
    found += [_("问题“%(fact)s”不在目录里了。") % {"fact": code} for code in asked if code not in facts]
    for number, page in enumerate(content["pages"], 1):
        if not page["questions"]:
            found.append(_("第 %(n)d 页没有问题。") % {"n": number})
        if len(content["pages"]) > 1 and not page["title"].strip():
            found.append(_("第 %(n)d 页没有标题。") % {"n": number})
    try:
        _checked_order(content)
    except BadForm as error:
        found.append(str(error))
    return found


# --- what changed -----------------------------------------------------------------------------------------------------


def changes(old: Mapping[str, Any], new: Mapping[str, Any], facts: Mapping[str, Fact]) -> list[tuple[str, str]]:
    """What a new version asks otherwise: code of the fact and words, for whoever is filling in the old one."""
    before, after = _questions(old), _questions(new)
    found = []
    for code, one in after.items():
        was = before.get(code)
        said = {"label": _label(code, facts)}
        if was is None:
            found.append((code, _("新问：%(label)s") % said))
        elif bool(was.get("required", True)) != bool(one.get("required", True)):
            words = _("现在必须回答：%(label)s") if one.get("required", True) else _("现在可以不答：%(label)s")
            found.append((code, words % said))
        elif (was.get("when") or []) != (one.get("when") or []):
            found.append((code, _("什么情况下要答，有了变化：%(label)s") % said))
    gone = [code for code in before if code not in after]
    return found + [(code, _("不再问：%(label)s") % {"label": _label(code, facts)}) for code in gone]


def _questions(content: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    return {one["fact"]: one for page in content.get("pages", ()) for one in page.get("questions", ())}


def _label(code: str, facts: Mapping[str, Fact]) -> str:
    fact = facts.get(code)
    return spoken(fact.question, fact.question_en) if fact is not None else code
