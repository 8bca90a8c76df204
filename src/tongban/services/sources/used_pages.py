"""谁用过我的数据: which registers were asked about me, for what, by whom, what came, and the proof of each; of one
application (with its secret), or of all (for who has shown who they are).

What is wrong is disputed from here: that begins a case of its own at the unit that keeps the register
(`correction.py`). Looks by officials have a page of their own (`counter/own_data.py`); it is linked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import TruncMonth
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from tongban.cases import proofs
from tongban.cases.models import Case
from tongban.cases.procedure import Edge
from tongban.counter.drafts import BrowserDraft
from tongban.counter.parts import writing_of
from tongban.counter.proven import proven_case
from tongban.gate import cookies
from tongban.gate.allow import POST, allows
from tongban.gate.keeping import public_for
from tongban.gate.rates import limited
from tongban.ledger import log
from tongban.registry.names import spoken

from .. import reading, rules
from ..models import Source
from . import consent_page, correction, person
from .proving import receipt_for
from .rows import Pull

MOST = 200
KINDS = ("application", "bundle")


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact that was asked: its question, what came (empty where that is not for this page), whether it came, and
    whether the applicant said that it is wrong."""

    code: str
    question: str
    value: str
    came: bool
    contested: bool


@dataclass(frozen=True, slots=True)
class Use:
    """One question to one register, as its person reads it."""

    key: str
    source: str
    unit: str
    at: datetime
    by: str
    outcome: str
    matter: str
    consent: str
    facts: tuple[Fact, ...]
    index: int | None
    case: str


def uses(rows: QuerySet[Pull], sent: dict[str, Any] | None = None) -> list[Use]:
    """Rows in words, the last first. `sent` is what the application keeps (`extra`), where the page is of one."""
    known = reading.current().facts
    values = {one["key"]: one["facts"] for one in (sent or {}).get("pulled") or ()}
    contested = set((sent or {}).get("contested") or ())
    found = []
    for row in rows.select_related("source", "case").order_by("-at", "-id")[:MOST]:
        private, came = row.private or {}, values.get(row.key, {})
        facts = tuple(
            Fact(
                code,
                spoken(known[code].question, known[code].question_en) if code in known else code,
                consent_page.in_words(code, came[code]) if code in came and code in known else "",
                code in (private.get("got") or ()),
                code in contested and code in came,
            )
            for code in private.get("facts") or ()
        )
        found.append(
            Use(
                row.key,
                spoken(row.source.name, row.source.name_en),
                row.source.unit_id,
                row.at,
                str(row.get_by_display()),
                str(row.get_outcome_display()),
                row.matter_id,
                private.get("consent", ""),
                facts,
                log.index_of(bytes(row.entry_key)) if row.entry_key else None,
                row.case.code if row.case is not None else "",
            )
        )
    return found


@allows("resident")
def of_case(request: HttpRequest, code: str) -> HttpResponse:
    """Of one application, for whoever has shown its secret."""
    found = _application(request, code)
    context = {
        "case": found,
        "uses": uses(pulls_of(found), rules.sent(found)),
        "minutes": proofs.longest_wait(),
        "may_dispute": found.erased_at is None,
    }
    return render(request, "services/registers/used_case.html", context)


@allows("resident")
def proof_of_case(request: HttpRequest, code: str, key: str) -> HttpResponse:
    """The proof of one question, as a file."""
    found = _application(request, code)
    row = pulls_of(found).filter(key=key).first()
    return _file(row, str(rules.sent(found).get("id_number") or ""))


@allows("public")
def of_me(request: HttpRequest) -> HttpResponse:
    """Of every application, and of what was begun and never sent, for who has shown who they are."""
    me = person.shown(request)
    rows = Pull.objects.filter(person=me.blind) if me is not None else Pull.objects.none()
    context = {"me": me, "uses": uses(rows), "minutes": proofs.longest_wait()}
    response = render(request, "services/registers/used.html", context)
    response["Cache-Control"] = "no-store"
    return response


@allows("public")
def proof_of_me(request: HttpRequest, key: str) -> HttpResponse:
    """The proof of one question about whoever this browser has shown to be."""
    me = person.shown(request)
    row = Pull.objects.filter(person=me.blind, key=key).first() if me is not None else None
    return _file(row, me.id_number if me is not None else "")


def _application(request: HttpRequest, code: str) -> Case:
    found = proven_case(request, code)
    if found.kind not in KINDS:
        raise Http404
    return found


def pulls_of(case: Case) -> QuerySet[Pull]:
    """The questions to registers that an application came of; of a part of a bundle those of which it was given
    something."""
    keys = [one["key"] for one in rules.sent(case).get("pulled") or ()]
    return Pull.objects.filter(Q(case=case) | Q(key__in=keys, case=case.part_of_id))


def _file(row: Pull | None, id_number: str) -> HttpResponse:
    receipt = receipt_for(row, id_number) if row is not None else None
    if row is None or receipt is None:
        raise Http404
    response = HttpResponse(str(receipt), content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="register-{row.source_id}-{row.key[:8]}.tlog-proof"'
    response["Cache-Control"] = "no-store"
    return response


@allows("resident", POST)
@limited("submit")
def dispute(request: HttpRequest, code: str) -> HttpResponse:
    """Begin a correction of one value: what the register says goes along, and nothing else of the application."""
    found = _application(request, code)
    key, fact = request.POST.get("key", ""), request.POST.get("fact", "")
    sent = rules.sent(found)
    value = next(
        (one["facts"][fact] for one in sent.get("pulled") or () if one["key"] == key and fact in one["facts"]), None
    )
    row = pulls_of(found).filter(key=key).select_related("source").first()
    writing, known = writing_of("correction"), reading.current().facts.get(fact)
    matter = str(row.source.settings.get("correction") or "") if row is not None else ""
    if row is None or value is None or writing is None or known is None or not matter:
        raise Http404
    draft = BrowserDraft(request, writing)
    disputed = {
        "source": row.source_id,
        "fact": fact,
        "question": spoken(known.question, known.question_en),
        "value": consent_page.in_words(fact, value),
        "at": timezone.localtime(row.at).isoformat(timespec="seconds"),
        "id_number": str(sent.get("id_number") or ""),
    }
    response = draft.forget(redirect("counter:new", "correction"))
    draft = BrowserDraft(_fresh(request, writing.cookie), writing)
    kept = {correction.KEPT: disputed, "matter": matter, "place": found.place_id}
    begins = _("登记里“%(question)s”是“%(value)s”。") % disputed
    also = {"name": (found.private or {}).get("name") or "", "body": f"{begins}\n"}
    return draft.save(response, **kept, **also)


def _fresh(request: HttpRequest, cookie: str) -> HttpRequest:
    """The request as if this browser had no draft of that kind."""
    request.COOKIES.pop(cookies.named(cookie), None)
    return request


def links(case: Case, acts: Sequence[Edge]) -> list[tuple[str, Any]]:
    """The link of the following page, where a register was asked (`FollowLink`)."""
    count = pulls_of(case).count()
    if not count:
        return []
    return [(reverse("registers:of_case", args=[case.code]), _("谁用过我的数据（%(n)d）") % {"n": count})]


@allows("public")
@public_for(30)
def registers(request: HttpRequest) -> HttpResponse:
    """Every register that is asked here: what it knows, who keeps it, how often it was asked in each month."""
    counts: dict[str, list[tuple[datetime, int]]] = {}
    grouped = Pull.objects.annotate(month=TruncMonth("at")).values("source_id", "month").annotate(n=Count("id"))
    for row in grouped.order_by("source_id", "-month"):
        counts.setdefault(row["source_id"], []).append((row["month"], row["n"]))
    known = reading.current().facts.values()
    rows = [
        {
            "source": source,
            "facts": [one for one in known if source.code in one.sources],
            "counts": counts.get(source.code, [])[:12],
        }
        for source in Source.objects.filter(active=True).select_related("unit")
    ]
    return render(request, "services/registers/registers.html", {"rows": rows})
