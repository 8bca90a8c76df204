"""Versions of an item's form: one draft beside those that were published. What was published never changes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tongban.record.models import What
from tongban.record.writing import By, write

from .. import questions, reading
from ..models import Form
from . import content as contents
from . import trying
from .content import BadForm, Content


def published(matter: str) -> Form | None:
    """The newest published version."""
    return Form.objects.filter(matter=matter, published_at__isnull=False).order_by("-version").first()


def draft(matter: str) -> Form | None:
    """The version that is being worked on; None where nobody does."""
    return Form.objects.filter(matter=matter, published_at__isnull=True).order_by("-version").first()


def start(matter: str, content: Content | None = None) -> Form:
    """Begin a draft: with `content`, else with what is published, else with what the item's conditions need."""
    with transaction.atomic():
        found = draft(matter)
        if found is None:
            last = Form.objects.filter(matter=matter).order_by("-version").first()
            found = Form(matter_id=matter, version=last.version + 1 if last is not None else 1)
            newest = published(matter)
            found.content = dict(newest.content) if newest is not None else derived(matter)
        if content is not None:
            found.content = {**content, "tests": content.get("tests") or (found.content or {}).get("tests") or []}
        found.save()
    return found


def derived(matter: str) -> Content:
    """The form that an item has without one: what its conditions ask, a page for each section."""
    pages = []
    for page in questions.pages_of(matter):
        first = page.questions[0].fact
        asked = [{"fact": one.fact.code, "required": one.required, "when": list(one.when)} for one in page.questions]
        pages.append({"title": first.section, "title_en": first.section_en, "questions": asked})
    return {"pages": pages, "tests": []} if pages else contents.empty()


def save(form: Form, content: Content, seen: str) -> None:
    """Keep a change to a draft; `seen` is the state that the page showed. Raises BadForm where somebody else changed it
    meanwhile, or it was published."""
    with transaction.atomic():
        held = Form.objects.select_for_update().filter(pk=form.pk, published_at__isnull=True).first()
        if held is None or contents.state_of(held.content) != seen:
            raise BadForm(_("这张表刚刚被别人改过。请看过现在的内容再改。"))
        held.content = content
        held.save(update_fields=["content"])
    form.content = content


def discard(matter: str) -> None:
    """Throw the draft away."""
    Form.objects.filter(matter=matter, published_at__isnull=True).delete()


def publish(form: Form, by: By, seen: str) -> Form:
    """Make a draft the form of its item. Raises BadForm with what stands against it: a form whose own tests fail is not
    published; and ReasonMissing."""
    facts = reading.current().facts
    against = contents.problems(form.content, facts)
    failed = [one for one in trying.run(form.matter_id, form.content) if not one.passed]
    against += [_("测试没有通过：%(name)s") % {"name": one.name} for one in failed]
    if against:
        raise BadForm(" ".join(against))
    with transaction.atomic():
        held = Form.objects.select_for_update().filter(pk=form.pk, published_at__isnull=True).first()
        if held is None or contents.state_of(held.content) != seen:
            raise BadForm(_("这张表刚刚被别人改过。请看过现在的内容再改。"))
        held.digest, held.published_at = contents.digest(held.content), timezone.now()
        held.save(update_fields=["digest", "published_at"])
        details: Mapping[str, Any] = {"matter": held.matter_id, "version": held.version, "digest": held.digest}
        write(What.REGISTRY_CHANGED, by, table="form", rows=1, details=details)
        reading.touch()
    return held


def moved(values: Mapping[str, Any]) -> tuple[str, list[str], list[str]]:
    """For a draft of an application (`Writing.moved`): which version of which form it is written for now, what changed
    since the version that it holds, in words, and the pages on which something changed."""
    matter = str(values.get("matter") or "")
    version = questions.version_of(matter) if matter else 0
    mark = f"{matter}:{version}"
    was_matter, _colon, was = str(values.get("version") or "").partition(":")
    if not matter or was_matter != matter or mark == values.get("version") or not was.isdigit():
        return mark, [], []
    old = Form.objects.filter(matter=matter, version=int(was)).first()
    new = questions.form_of(matter)
    before = old.content if old is not None else derived_from_conditions(matter)
    found = contents.changes(before, new.content if new is not None else {}, reading.current().facts)
    pages = (new.content if new is not None else {}).get("pages", ())
    codes = {code for code, _words in found}
    steps = [f"q{n}" for n, page in enumerate(pages, 1) if codes & {one["fact"] for one in page["questions"]}]
    return mark, [words for _code, words in found], steps


def derived_from_conditions(matter: str) -> Content:
    """What an item asked while it had no form of its own."""
    pages = questions.without_form(matter)
    asked = [{"fact": one.fact.code, "required": one.required, "when": []} for page in pages for one in page.questions]
    return {"pages": [{"title": "", "title_en": "", "questions": asked}], "tests": []}
