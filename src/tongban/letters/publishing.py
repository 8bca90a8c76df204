"""Puts letters on the public pages: masked by the house's own scanner, after a person has looked; and finds them there.

What was masked is proposed by `proposal`; what is published is what the official confirmed, and it is scanned once
more: checked identifiers never get through. Published letters have a plain index of their own; that of an import follows by
the worker.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.db.models.expressions import RawSQL
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tongban.cases import access
from tongban.cases.models import Act, Case
from tongban.cases.procedure import Context
from tongban.cases.refusal import Refusal
from tongban.detect import Finding, mask_text, scan_text
from tongban.ledger import bulk
from tongban.text import bigrams, fts5_query, query_tokens, tsquery, tsvector

if TYPE_CHECKING:
    from .models import PublishedLetter

SQLITE = ["CREATE VIRTUAL TABLE published_index USING fts5(tokens, content='', detail=full, tokenize=\"ascii\")"]
POSTGRESQL = [
    "CREATE TABLE published_index (letter_id bigint PRIMARY KEY, doc tsvector NOT NULL)",
    "CREATE INDEX published_index_doc ON published_index USING gin (doc)",
]
NEVER = frozenset({"resident_id", "mobile", "bank_card", "email", "passport", "travel_permit", "iban", "wechat", "qq"})
"""Kinds of findings that a published text must not hold, whoever confirmed it."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """The masked letter, for an official to look at, and how many places were masked in it."""

    subject: str
    body: str
    answer: str
    masked: int


def masked(text: str, name: str = "") -> tuple[str, int]:
    """`text` with personal data masked; the sender's own name too, wherever it stands."""
    result = mask_text(text, findings_in(text))
    found, count = result.text, len(result.findings)
    if len(name) >= 2 and name in found:
        count += found.count(name)
        found = found.replace(name, name[0] + "某" * (len(name) - 1))
    return found, count


def proposal(case: Case, answer: str) -> Proposal:
    """The masked form of a letter and its answer."""
    subject, one = masked(case.subject[:200], case.sender)
    body, two = masked(case.body, case.sender)
    reply, three = masked(answer, case.sender)
    return Proposal(subject, body, reply, one + two + three)


def refuse_personal_data(payload: Mapping[str, Any]) -> None:
    """Raises Refusal where a checked identifier still stands in what is to be published."""
    for name in ("subject", "body", "answer"):
        at = personal_data_at(payload[name])
        if at is not None:
            raise Refusal("bad_input", _("公开的文字里还有个人信息（第 %(at)d 个字起），请隐去后再公开。") % {"at": at + 1}, name)


@lru_cache(maxsize=4096)
def findings_in(text: str) -> tuple[Finding, ...]:
    """What the scanner finds in a text, remembered: one in which nothing was masked is not looked at twice."""
    return tuple(scan_text(text))


def personal_data_at(text: str) -> int | None:
    """Where the first identifier stands that must not be published; None where there is none."""
    return next((finding.start for finding in findings_in(text) if finding.type in NEVER), None)


def on_publish(rows: Sequence[tuple[Case, Act, Context]]) -> None:
    """The `publish` acts were stored: write the public pages."""
    from .models import PublishedLetter

    letters = [
        bulk.fresh(
            PublishedLetter, case_id=case.pk, slug=secrets.token_hex(6), subject=act.private["subject"], body=act.private["body"],
            answer=act.private["answer"], matter_id=case.matter_id, place_id=case.place_id, unit_id=act.unit_id or case.unit_id,
            submitted_on=timezone.localdate(case.submitted_at), answered_on=timezone.localdate(case.answered_at or act.at),
            published_at=act.at, grade=case.grade,
        )
        for case, act, _context in rows
        if act.private
    ]  # fmt: skip
    for letter, number in zip(letters, bulk.take_ids(PublishedLetter, len(letters)), strict=True):
        letter.pk = number
    bulk.insert(letters)
    if len(letters) == 1:  # many at once are an import: its index follows, like that of the cases
        _index(letters)


def _index(letters: Sequence[PublishedLetter]) -> None:
    for_index = [(letter.pk, bigrams(f"{letter.subject}\n{letter.body}\n{letter.answer}")) for letter in letters]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.executemany("INSERT INTO published_index (letter_id, doc) VALUES (%s, %s::tsvector)", [(pk, tsvector(words)) for pk, words in for_index])
        else:
            cursor.executemany("INSERT INTO published_index (rowid, tokens) VALUES (%s, %s)", [(pk, " ".join(words)) for pk, words in for_index])


def _indexed(ids: Sequence[int]) -> set[int]:
    """Those of the published letters that are in the index already."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT letter_id FROM published_index WHERE letter_id = ANY(%s)", [list(ids)])
        else:
            cursor.execute("SELECT id FROM published_index_docsize WHERE id IN (SELECT value FROM json_each(%s))", [str(list(ids))])
        return {row[0] for row in cursor.fetchall()}


def index_published(acts: Sequence[Act]) -> None:
    """A settler: puts letters that were published many at once into their index, where they still are public."""
    from .models import PublishedLetter

    cases = [act.case_id for act in acts if act.act == "publish" and act.case.kind == "letter"]
    letters = list(PublishedLetter.objects.select_for_update().filter(case_id__in=cases).order_by("pk")) if cases else []
    there = _indexed([letter.pk for letter in letters]) if letters else set()
    _index([letter for letter in letters if letter.pk not in there])


def on_unpublish(rows: Sequence[tuple[Case, Act, Context]]) -> None:
    """The letters leave the public pages and their index."""
    from .models import PublishedLetter

    letters = list(PublishedLetter.objects.select_for_update().filter(case_id__in=[case.pk for case, _act, _context in rows]))
    there = _indexed([letter.pk for letter in letters]) if letters else set()
    for letter in letters:
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute("DELETE FROM published_index WHERE letter_id = %s", [letter.pk])
            elif letter.pk in there:  # FTS5 without content breaks where it is told to forget what it never had
                words = " ".join(bigrams(f"{letter.subject}\n{letter.body}\n{letter.answer}"))
                cursor.execute("INSERT INTO published_index (published_index, rowid, tokens) VALUES ('delete', %s, %s)", [letter.pk, words])
        letter.delete()


def on_merge(rows: Sequence[tuple[Case, Act, Context]]) -> None:
    """Checks, inside the transaction, that the lead letter can be one."""
    for case, _act, context in rows:
        lead = Case.objects.select_for_update().filter(pk=case.lead_case_id).first()
        if lead is None or lead.pk == case.pk or lead.kind != case.kind or not lead.is_open or lead.lead_case_id:
            raise Refusal("bad_input", _("不能并入这封来信：它不存在、已经办结，或者自己也已并案。"), "case")
        if context.actor.kind == "official" and not access.may_see(context.actor, lead, context.registry):
            raise Refusal("bad_input", _("不能并入这封来信：它不存在、已经办结，或者自己也已并案。"), "case")
        if lead.against_id != case.against_id:
            raise Refusal("not_allowed", _("反映单位行为的来信不能与其他来信并案。"), "case")
        if Case.objects.filter(lead_case_id=case.pk).exists():
            raise Refusal("bad_input", _("已有来信并入了这封来信，请把另一封并入这封。"), "case")


def on_erase(rows: Sequence[tuple[Case, Act, Context]]) -> None:
    """What the door itself keeps of an erased letter goes too: the public page, unsent answers, its signature."""
    from .advice import copies
    from .models import AnswerDraft

    on_unpublish(rows)
    copies.forget([case.pk for case, _act, _context in rows])
    AnswerDraft.objects.filter(case_id__in=[case.pk for case, _act, _context in rows]).delete()


def on_assign(rows: Sequence[tuple[Case, Act, Context]]) -> None:
    """A handler holds a working post at the unit that has the case."""
    from django.db.models import Q

    from tongban.accounts.models import Post

    for case, act, _context in rows:
        held = Post.objects.filter(official_id=case.handler_id, unit_id=case.unit_id, role__in=("clerk", "handler", "head"), official__is_active=True)
        if not held.filter(Q(until__isnull=True) | Q(until__gte=timezone.localdate(act.at))).exists():
            raise Refusal("bad_input", _("请选择在主办单位有承办岗位的工作人员。"), "official")


def letter_ids(query: str) -> Any | None:
    """A subquery of the ids of published letters in which every word of `query` stands; None for an empty query."""
    phrases = query_tokens(query)
    if not phrases:
        return None
    if connection.vendor == "postgresql":
        return RawSQL("SELECT letter_id FROM published_index WHERE doc @@ %s::tsquery", [tsquery(phrases)])
    return RawSQL("SELECT rowid FROM published_index WHERE published_index MATCH %s", [fts5_query(phrases)])
