"""Puts the demo's letters into the demo province by the one way of an act, with answer templates and reception times.

Idempotent: what is there already is left alone. Not for what the letters say: `letters.json`.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from tongban.cases import receipts
from tongban.cases.actor import NEWCOMER, Actor, resident
from tongban.cases.models import Case
from tongban.cases.refusal import Refusal
from tongban.cases.writer import Step, Submission, perform, submit
from tongban.desk import reception
from tongban.desk.models import AnswerTemplate
from tongban.gate.parts import Province
from tongban.published import masking, objection
from tongban.published.doubts import doubts_in
from tongban.registry import snapshot
from tongban.workdays import YearNotLoaded

from ..procedure import LETTER
from .letters import DemoLetter, letters, templates

RESIDENTS = frozenset(
    {"supplement", "reply", "withdraw", "rate", "ask_review", "ask_recheck", "ask_erasure", "object_publication"}
)
PLACES = {
    "video": "https://meeting.example.org/demo",
    "phone": "029-00000000",
    "hall": "政务大厅二楼 3 号接访室（演示地址）",
}


def load(province: Province) -> Iterator[str]:
    """Templates, letters and reception times; yields the key of each letter."""
    load_templates()
    yield from load_letters(province)
    load_slots(province)


def demo_letters() -> list[DemoLetter]:
    """The letters, with the places' names of the registry."""
    return letters({code: row.name for code, row in snapshot.current().places.items()})


def count() -> int:
    """How many letters there are to load."""
    return len(demo_letters())


def accounts() -> list[tuple[str, str, str]]:
    """Letters to follow: (who, tracking code and secret, address)."""
    return [
        ("a letter 一封来信", _shown_letter(), LETTER.follow),
        ("a letter to be published 等您确认公开的来信", _shown_letter(asked=True), LETTER.follow),
    ]


def _shown_letter(asked: bool = False) -> str:
    """Tracking code and secret of an answered demo letter, or of one whose sender is asked about publication; the
    secret is made again from what the demo sent."""
    for letter in demo_letters():
        case = Case.objects.filter(source=f"demo:{letter.key}", state="answered").first()
        if case is not None and objection.is_asked(case) == asked:
            receipt = receipts.issue(f"demo {letter.key}", _submission(letter).content())
            return f"{receipt.shown_code} / {receipt.shown_secret}"
    return ""


def load_templates() -> None:
    """Answer templates, where there are none."""
    if not AnswerTemplate.objects.exists():
        AnswerTemplate.objects.bulk_create(
            [AnswerTemplate(name=item["name"], text=item["text"], matter_id=item.get("matter")) for item in templates()]
        )


def load_letters(province: Province) -> Iterator[str]:
    """The demo's letters by the one way, each with what happened to it since; yields their keys."""
    known = dict(Case.objects.filter(source__startswith="demo:").values_list("source", "pk"))
    ids: dict[str, int] = {source.removeprefix("demo:"): pk for source, pk in known.items() if source}
    for letter in demo_letters():
        if letter.key not in ids:
            with transaction.atomic():
                ids[letter.key] = _one(letter, province, ids)
        yield letter.key


def _one(letter: DemoLetter, province: Province, ids: dict[str, int]) -> int:
    now = province.now
    sent_at = _by_day(now - timedelta(days=letter.days_ago), letter.key, 8, 21, now)
    case, _receipt = submit(_submission(letter), NEWCOMER, f"demo {letter.key}", sent_at)
    last = sent_at
    for number, step in enumerate(letter.path):
        day = sent_at + timedelta(days=step["after"])
        if day < now:
            last = max(last + timedelta(minutes=5), _by_day(day, f"{letter.key} {number}", 9, 17, now))
            case = _step(case, step, min(last, now), ids, province)
    return case.pk


def _by_day(moment: datetime, key: str, first: int, last: int, now: datetime) -> datetime:
    """The same day between the hours `first` and `last` (Asia/Shanghai), by chance of `key`; today's
    moments stay as they are."""
    local = timezone.localtime(moment)
    if local.date() >= timezone.localtime(now).date():
        return moment
    minutes = zlib.crc32(key.encode()) % ((last - first) * 60)
    return local.replace(hour=first, minute=0, second=0, microsecond=0) + timedelta(minutes=minutes)


def _submission(letter: DemoLetter) -> Submission:
    return Submission(
        "letter", letter.matter, letter.place, letter.subject, letter.body, against=letter.against,
        visibility=letter.visibility,
        name=letter.name, phone=letter.phone, address=letter.address, language=letter.language,
        source=f"demo:{letter.key}",
    )  # fmt: skip


def _step(case: Case, step: dict[str, Any], at: datetime, ids: dict[str, int], province: Province) -> Case:
    payload = {name: value for name, value in step.items() if name not in ("act", "after", "into")}
    act = step["act"]
    if act == "merge":
        payload["case"] = str(ids[step["into"]])
    if act in ("publish", "propose_publication"):
        answer = case.acts.filter(act__in=("answer", "approve_answer")).order_by("-sequence")[0].text
        proposal = masking.proposal({"subject": case.subject, "body": case.body, "answer": answer}, case.sender)
        payload = {"subject": proposal.subject, "body": proposal.body, "answer": proposal.answer}
        payload["cleared"] = " ".join(doubt.key for doubt in doubts_in(payload, case.sender))  # invented letters
    if act == "publish":  # the sender looks at it the same day, and agrees
        case = _perform(case, "propose_publication", province.official(case.unit_id, "handler"), payload, at)
        return _perform(case, "agree_publication", resident(case.pk), _seen(case), at)
    if act == "object_publication":
        payload |= _seen(case)
    matter = snapshot.current().matters[case.matter_id]
    if act == "answer" and matter.second_eyes:
        case = _perform(case, "draft_answer", province.official(case.unit_id, "handler"), payload, at)
        return _perform(case, "approve_answer", province.official(case.unit_id, "head"), payload, at)
    who = (
        resident(case.pk)
        if act in RESIDENTS
        else province.official(case.unit_id, "clerk" if act == "dispatch" else "handler")
    )
    return _perform(case, act, who, payload, at)


def _seen(case: Case) -> dict[str, str]:
    return {"digest": objection.kept(case)["digest"]}


def _perform(case: Case, act: str, who: Actor, payload: dict[str, Any], at: datetime) -> Case:
    try:
        return perform(case.pk, Step(act, who, payload, at=at)).case
    except Refusal as refusal:
        raise RuntimeError(f"demo letter {case.source}: {act}: {refusal.message}") from refusal


def load_slots(province: Province) -> None:
    """Reception times of the next three working days at a few units."""
    days = _working_days(timezone.localtime(province.now), 3)
    for offset, unit in enumerate(("610113-XF", "610113-CG", "610113-ZJ", "610113-GOV", "610100-XF", "610102-XF")):
        for day in days:
            start = day.replace(hour=9 + offset % 3, minute=0, second=0, microsecond=0)
            way = ("video", "phone", "hall")[offset % 3]
            reception.offer(
                unit, start, 6, 20, way, None, {"where": PLACES[way], "who": "值班负责人", "bring": "有关材料"}
            )


def _working_days(today: datetime, number: int) -> list[datetime]:
    """The next `number` working days; of a year without a calendar the days from Monday to Friday."""
    calendar, day = snapshot.current().calendar, today
    found: list[datetime] = []
    while len(found) < number:
        day += timedelta(days=1)
        try:
            working = calendar.is_working_day(day.date())
        except YearNotLoaded:
            working = day.weekday() < 5
        if working:
            found.append(day)
    return found
