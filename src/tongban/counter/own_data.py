"""What a sender can take away or look up of their case: who looked at it, a file, everything that is held."""

from __future__ import annotations

import io
import itertools
import zipfile
from typing import Any

import orjson
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext_lazy

from tongban.accounts.names import role_name
from tongban.cases import attachments, filing, proofs
from tongban.cases.models import Act, Attachment, Case
from tongban.cases.procedure import Edge, procedure_of
from tongban.gate.allow import FORM, allows

from . import story
from .parts import own_files_of, words_for
from .proven import proven_case

WRITTEN = ("subject", "body", "name", "phone", "email", "address")
HELD = (
    ("subject", gettext_lazy("标题")), ("body", gettext_lazy("内容")), ("name", gettext_lazy("姓名")),
    ("phone", gettext_lazy("电话")), ("email", gettext_lazy("电子邮箱")), ("address", gettext_lazy("地址")),
)  # fmt: skip
"""What a sender wrote, as the page of their data names it."""
LATEST_LOOKS = 5


@allows("resident")
def looks(request: HttpRequest, code: str) -> HttpResponse:
    """谁看过: unit, role, time and purpose of every look, the last first; no official's name."""
    found = proven_case(request, code)
    rows = [{**look, "role": role_name(look["role"])} for look in reversed(story.looks_at(story.acts_of(found)))]
    return render(request, "counter/looks.html", {"case": found, "words": words_for(found.kind), "rows": rows})


@allows("resident")
def file(request: HttpRequest, code: str, key: str) -> HttpResponse:
    """An attachment, as a download that no browser renders."""
    item = filing.senders_file(proven_case(request, code), key)
    if item is None:
        raise Http404
    return download(item)


def download(item: Attachment) -> HttpResponse:
    """A file as a download. Raises Http404 where it was erased."""
    try:
        content = attachments.content_of(item)
    except FileNotFoundError:
        raise Http404 from None
    response = HttpResponse(content, content_type=item.media_type)
    response["Content-Disposition"] = content_disposition_header(True, item.name) or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cache-Control"] = "no-store"
    return response


def data_of(found: Case) -> dict[str, Any]:
    """Everything the house holds on a case that is its sender's to have. Salts open what the sender may know of an act;
    never the seed of one, from which the official's number could be found by trying (`cases/proofs.py`)."""
    held = found.private or {}
    written = {name: value for name, value in held.items() if name in WRITTEN}
    if held.get("extra"):
        written["extra"] = held["extra"]
    procedure, acts = procedure_of(found), []
    for act in story.acts_of(found):
        edge = procedure.named(act.act)
        said = _said(edge, act) if act.actor == "resident" and edge is not None else {}
        if said and edge is not None and "" in edge.sources:
            written["inputs"], said = said, {}
        acts.append(
            {
                "sequence": act.sequence,
                "act": act.act,
                "at": timezone.localtime(act.at).isoformat(),
                "by": act.actor,
                "unit": act.unit_id,
                "role": act.role,
                "public": act.public,
                "text": act.text if edge is not None and edge.shown == "words" else "",
                "purpose": (act.private or {}).get("purpose", "") if act.act == "look" else "",
                "salt": proofs.opening_for_sender(found, act).get("salt", ""),
                **({"inputs": said} if said else {}),
            }
        )
    return {
        "code": found.code,
        "kind": found.kind,
        "state": found.state,
        "matter": found.matter_id,
        "place": found.place_id,
        "unit": found.unit_id,
        "submitted_at": timezone.localtime(found.submitted_at).isoformat(),
        "kept_until": str(found.retain_until or ""),
        words_for(found.kind).written: written,
        "acts": acts,
    }


def _said(edge: Edge, act: Act) -> dict[str, Any]:
    """What the sender gave an act beside its words and what is public."""
    private = act.private or {}
    names = (item.name for item in edge.inputs if item.private and item.name != "text")
    return {name: private[name] for name in names if name in private}


def held(found: Case, told: list[story.Told]) -> list[dict[str, str]]:
    """What the house holds of a sender in words, a line each: label and text. What is empty is left out; what was
    given beside it stands with the opening act."""
    private = found.private or {}
    rows = [{"label": str(label), "text": str(private.get(name) or "")} for name, label in HELD]
    opening = next((entry for entry in told if "" in entry.edge.sources), None)
    rows += [{"label": "", "text": line} for line in (opening.lines if opening is not None else [])]
    return [row for row in rows if row["text"]]


@allows("resident", FORM)
def my_data(request: HttpRequest, code: str) -> HttpResponse:
    """GET says what is held, why, until when, and who looked; POST gives a ZIP with all of it, files included."""
    found = proven_case(request, code)
    words = words_for(found.kind)
    if request.method != "POST":
        acts = story.acts_of(found)
        told = story.told(found, acts)
        looked = [{**look, "role": role_name(look["role"])} for look in reversed(story.looks_at(acts))]
        context = {
            "case": found,
            "words": words,
            "rows": held(found, told),
            "acts": sum(act.act != "look" for act in acts),
            "files": [item for entry in told for item in entry.files],
            "own": own_files_of(found),
            "looks": looked[:LATEST_LOOKS],
            "looked": len(looked),
            "kept": story.kept(found),
            "may_erase": any(edge.act == "ask_erasure" for edge in story.offered(found)),
        }
        return render(request, "counter/my_data.html", context)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(words.file, orjson.dumps(data_of(found), option=orjson.OPT_INDENT_2))
        files = itertools.chain.from_iterable(filing.for_sender(found).values())
        for number, item in enumerate(files, start=1):
            archive.writestr(f"files/{number}-{item.name}", attachments.content_of(item))
        for own in own_files_of(found):
            archive.writestr(own.path, own.content)
    response = HttpResponse(out.getvalue(), content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="tongban-{found.code}.zip"'
    response["Cache-Control"] = "no-store"
    return response
