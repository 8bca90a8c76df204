"""Files that officials add to an act, and which files of a letter its sender is given.

A file waits in a set of its own (named by case, official and form) until the act takes it over, so that a refused form
loses nothing. What is internal stays so: the files of a note are for colleagues; those of a draft are the sender's once
the answer was approved. Not for checking or keeping contents: `cases/attachments.py`.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from tongban.cases import attachments
from tongban.cases.models import Act, Attachment, Case
from tongban.cases.refusal import Refusal

from .procedure import EDGES

TAKING = frozenset(
    edge.act for edge in EDGES
    if edge.button and any(need.name == "text" and need.kind == "text" for need in edge.needs) and any(":" in who for who in edge.who)
)  # fmt: skip
"""The acts of officials that say something in words: these can carry files."""


def waiting_in(case: Case, official_id: int, form: str) -> str:
    """The name of the set in which the files of one form wait; another official's, or another letter's, has another."""
    return hashlib.sha256("\x00".join(("files of an act", str(case.pk), str(official_id), form)).encode()).hexdigest()


def kept(name: str) -> QuerySet[Attachment]:
    """The files that wait in a set, in the order they came."""
    return Attachment.objects.filter(draft=name, case=None).order_by("pk")


def keep(files: Iterable[Any], name: str) -> list[str]:
    """Keep uploaded files in a set; what was wrong with those that were not taken, in words."""
    problems = []
    for file in files:
        try:
            keep_one(file, name)
        except Refusal as refusal:
            problems.append(f"{file.name}：{refusal.message}")
    return problems


def keep_one(file: Any, name: str) -> Attachment:
    """Keep one uploaded file in a set; the same content sent again is the same file. Raises Refusal."""
    if file.size and file.size > settings.ATTACHMENT_MAX_BYTES:
        raise Refusal("bad_input", _("每个文件不能超过 %(mb)d MB。") % {"mb": settings.ATTACHMENT_MAX_BYTES // 2**20}, "files")
    return attachments.keep(file.name or "file", file.read(), name)


def keep_sent(files: Iterable[tuple[str, str]], name: str) -> None:
    """Keep files that came as (name, base64) in a set. Raises Refusal."""
    for title, content in files:
        try:
            raw = base64.b64decode(content, validate=True)
        except ValueError:
            raise Refusal("bad_input", _("文件内容应当是 base64。"), "files") from None
        attachments.keep(title, raw, name)


def remove(name: str, key: str) -> None:
    """Take a file out of a set again."""
    for item in kept(name).filter(key=key):
        attachments.discard(item)


def for_sender(case: Case) -> dict[int, list[Attachment]]:
    """The files that the sender is given, by the act under which they stand: those of acts whose words are the sender's,
    those of the last draft before the answer that was approved from it, and, merged, those of the common answer."""
    acts = list(Act.objects.filter(case=case, act__in=_SEEN | {"draft_answer"}).only("pk", "act", "sequence").order_by("sequence"))
    shown: dict[int, int] = {}
    draft = None
    for act in acts:
        if act.act == "draft_answer":
            draft = act.pk
            continue
        shown[act.pk] = act.pk
        if act.act == "approve_answer" and draft is not None:
            shown[draft] = act.pk
    found: dict[int, list[Attachment]] = {}
    merged = next((act.pk for act in reversed(acts) if act.act in MERGED), None)
    if merged is not None and case.lead_case is not None and case.lead_case.lead_case_id is None:
        answers = for_sender(case.lead_case)
        last = Act.objects.filter(case=case.lead_case, act__in=ANSWERING).order_by("-sequence").values_list("pk", flat=True).first()
        found[merged] = list(answers.get(last or 0, ()))
    for item in Attachment.objects.filter(case=case, act_id__in=shown).exclude(private=None).order_by("pk"):
        found.setdefault(shown[item.act_id or 0], []).append(item)
    return found


ANSWERING = ("answer", "approve_answer")
MERGED = ("answer_merged", "approve_answer_merged")
_SEEN = frozenset(edge.act for edge in EDGES if edge.shown == "words") | {"submit"}


def senders_file(case: Case, key: str) -> Attachment | None:
    """The file with this key, where it is the sender's to have."""
    return next((item for items in for_sender(case).values() for item in items if item.key == key), None)


def told(items: Iterable[Attachment]) -> list[dict[str, Any]]:
    """Files as the API lists them."""
    return [{"key": item.key, "name": item.name, "media_type": item.media_type, "size": item.size} for item in items]


def handed_out(item: Attachment | None) -> dict[str, Any]:
    """A file as the API gives it. Raises Refusal where there is none, or where it was erased."""
    try:
        if item is None or item.private is None:
            raise FileNotFoundError
        content = attachments.content_of(item)
    except FileNotFoundError:
        raise Refusal("not_found", _("没有这个文件。")) from None
    return {**told([item])[0], "content": base64.b64encode(content).decode()}
