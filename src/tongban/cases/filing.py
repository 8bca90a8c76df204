"""Files that come with an act, and which files of a case its sender is given.

A file waits in a set of its own (named by case, person and form) until the act takes it over, so that a refused form
loses nothing. What is internal stays so: the sender is given the files of acts whose words are theirs to read, those of
the last draft with the act that sends it (`Edge.hands_over`), and, merged, those of the common answer. Not for checking
or keeping contents: `attachments.py`.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Sequence
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from . import attachments
from .actor import Actor
from .models import Act, Attachment, Case
from .procedure import Procedure, procedure_of
from .refusal import Refusal


def waiting_in(case: Case, actor: Actor, form: str) -> str:
    """The name of the set in which the files of one form wait; another person's, or another case's, has another."""
    who = str(actor.official_id) if actor.official_id is not None else actor.kind
    return hashlib.sha256("\x00".join(("files of an act", str(case.pk), who, form)).encode()).hexdigest()


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
            problems.append(f"{file.name}{_('：')}{refusal.message}")
    return problems


def keep_one(file: Any, name: str) -> Attachment:
    """Keep one uploaded file in a set; the same content sent again is the same file. Raises Refusal."""
    if file.size and file.size > settings.ATTACHMENT_MAX_BYTES:
        most = settings.ATTACHMENT_MAX_BYTES // 2**20
        raise Refusal("bad_input", _("每个文件不能超过 %(mb)d MB。") % {"mb": most}, "files")
    return attachments.keep(file.name or "file", file.read(), name)


def keep_sent(files: Iterable[tuple[str, str]], name: str, purposes: Sequence[str] = (), most: int = 0) -> None:
    """Keep files that came as (name, base64) in a set; `purposes` says what each is for, `most` how many the set may
    hold where that is more than the house takes at once. Raises Refusal."""
    for number, (title, content) in enumerate(files):
        try:
            raw = base64.b64decode(content, validate=True)
        except ValueError:
            raise Refusal("bad_input", _("文件内容应当是 base64。"), "files") from None
        attachments.keep(title, raw, name, purposes[number] if number < len(purposes) else "", most)


def remove(name: str, key: str) -> None:
    """Take a file out of a set again."""
    for item in kept(name).filter(key=key):
        attachments.discard(item)


# --- what the sender is given -------------------------------------------------------------------------------------


def for_sender(case: Case) -> dict[int, list[Attachment]]:
    """The files that the sender is given, by the number of the act under which they stand."""
    procedure = procedure_of(case)
    drafts = frozenset(edge.hands_over for edge in procedure.edges if edge.hands_over)
    told = procedure.acts(lambda edge: edge.shown == "words" or "" in edge.sources)
    acts = list(Act.objects.filter(case=case, act__in=told | drafts).only("pk", "act", "sequence").order_by("sequence"))
    shown: dict[int, int] = {}
    last: dict[str, int] = {}
    for act in acts:
        if act.act in drafts:
            last[act.act] = act.pk
            continue
        shown[act.pk] = act.pk
        edge = procedure.named(act.act)
        draft = last.get(edge.hands_over) if edge is not None else None
        if draft is not None:
            shown[draft] = act.pk
    found = _of_the_group(case, procedure, acts)
    for item in Attachment.objects.filter(case=case, act_id__in=shown).exclude(private=None).order_by("pk"):
        found.setdefault(shown[item.act_id or 0], []).append(item)
    return found


def _of_the_group(case: Case, procedure: Procedure, acts: list[Act]) -> dict[int, list[Attachment]]:
    """The files of the answers that this case got as one of a group, in order from the first: later ones may
    be the lead case's alone."""
    common = {edge.act: edge.with_merged for edge in procedure.edges if edge.with_merged}
    own = [act.pk for act in acts if act.act in common.values()]
    lead = case.lead_case
    if not own or lead is None or lead.lead_case_id is not None:
        return {}
    answers = for_sender(lead)
    of_lead = Act.objects.filter(case=lead, act__in=common).order_by("sequence").values_list("pk", flat=True)
    return {mine: list(answers.get(leads, ())) for mine, leads in zip(own, of_lead, strict=False)}


def senders_file(case: Case, key: str) -> Attachment | None:
    """The file with this key, where it is the sender's to have."""
    return next((item for items in for_sender(case).values() for item in items if item.key == key), None)


def file_of(case: Case, key: str) -> Attachment | None:
    """The file of a case with this key, whoever it is for; None where there is none, or where it was erased."""
    if not (key.isascii() and key.isalnum()):
        return None
    return Attachment.objects.filter(case=case, key=key).exclude(private=None).first()


def told(items: Iterable[Attachment]) -> list[dict[str, Any]]:
    """Files as the API lists them."""
    return [
        {
            "key": item.key,
            "name": item.name,
            "media_type": item.media_type,
            "size": item.size,
            "warning": attachments.warning(item),
        }
        for item in items
    ]


def handed_out(item: Attachment | None) -> dict[str, Any]:
    """A file as the API gives it. Raises Refusal where there is none, or where it was erased."""
    try:
        if item is None or item.private is None:
            raise FileNotFoundError
        content = attachments.content_of(item)
    except FileNotFoundError:
        raise Refusal("not_found", _("没有这个文件。")) from None
    return {**told([item])[0], "content": base64.b64encode(content).decode()}
