"""Loads the demo province into an empty database: the registry, accounts, and letters by the one way.

Everything is idempotent: what is there already is left alone. Not for real deployments: its passwords are published.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone
from rich.console import Console
from rich.progress import Progress

from tongban.accounts.models import Official, Post
from tongban.cases import receipts
from tongban.cases.actor import NEWCOMER, Actor, resident
from tongban.cases.models import Case
from tongban.cases.refusal import Refusal
from tongban.cases.settling import settle
from tongban.cases.writer import Step, Submission, perform, submit
from tongban.letters import publishing, reception
from tongban.letters.models import AnswerTemplate
from tongban.registry import models as rows
from tongban.registry import snapshot
from tongban.workdays import YearNotLoaded

from . import generate
from .catalogue import load_catalogue

PASSWORD = "tongban-demo-2026"  # noqa: S105 -- the demo's published password
PEOPLE = (
    ("clerk", "雁塔区信访局 受理员", "610113-XF", "clerk", "陈分办（演示）"),
    ("handler", "雁塔区城管局 承办人", "610113-CG", "handler", "周承办（演示）"),
    ("handler2", "雁塔区住建局 承办人", "610113-ZJ", "handler", "吴承办（演示）"),
    ("head", "雁塔区住建局 负责人", "610113-ZJ", "head", "郑复核（演示）"),
    ("supervisor", "雁塔区政府 督办员", "610113-GOV", "supervisor", "冯督办（演示）"),
    ("province", "陕西省政府 督办员", "610000-GOV", "supervisor", "蒋督办（演示）"),
    ("dataofficer", "雁塔区住建局 数据安全员", "610113-ZJ", "data_officer", "沈数安（演示）"),
    ("dataofficer2", "雁塔区卫健局 数据安全员", "610113-WJ", "data_officer", "许数安（演示）"),
    ("dataofficer3", "雁塔区政府 数据安全员", "610113-GOV", "data_officer", "何数安（演示）"),
    ("administrator", "系统管理员", "610000-GOV", "administrator", "韩管理（演示）"),
)
WHERE = {"administrator": "/responsible/admin/", "data_officer": "/protection/"}
RESIDENTS = frozenset({"supplement", "reply", "withdraw", "rate", "ask_review", "ask_recheck", "ask_erasure"})


def accounts() -> list[tuple[str, str, str]]:
    """(who, sign-in name, path) for the list that `serve --demo` prints."""
    found = [("resident 群众", "—", "/"), ("a letter 一封来信", _shown_letter(), "/letters/track/")]
    for username, label, _unit, role, _name in PEOPLE:
        found.append((f"{role}: {label}", username, WHERE.get(role, "/desk/")))
    return found


def _shown_letter() -> str:
    """Tracking code and secret of an answered demo letter; the secret is made again from what the demo sent."""
    for letter in generate.letters():
        case = Case.objects.filter(source=f"demo:{letter.key}", state="answered").first()
        if case is not None:
            receipt = receipts.issue(f"demo {letter.key}", _submission(letter).content())
            return f"{receipt.shown_code} / {receipt.shown_secret}"
    return ""


def load_registry() -> None:
    """Places, units, matters, duties and limits, where the registry is empty."""
    if rows.Place.objects.exists():
        return
    with transaction.atomic():
        rows.Place.objects.bulk_create(
            [rows.Place(code=r.code, name=r.name, name_en=r.name_en, level=r.level, parent_id=r.parent) for r in generate.places()]
        )
        rows.Unit.objects.bulk_create(
            [
                rows.Unit(code=r.code, name=r.name, name_en=r.name_en, place_id=r.place, parent_id=r.parent, coordinating=r.coordinating,
                          oversight=r.oversight, phone=r.phone, address=r.address)
                for r in sorted(generate.units(), key=lambda unit: (not unit.code.endswith("-GOV"), unit.code))
            ]
        )  # fmt: skip
        rows.Matter.objects.bulk_create(
            [
                rows.Matter(code=r.code, parent_id=r.parent, name=r.name, name_en=r.name_en, description=r.description, conduct=r.conduct,
                            second_eyes=r.second_eyes, publishable=r.publishable, retention_days=r.retention_days)
                for r in generate.matters()
            ]
        )  # fmt: skip
        rows.Duty.objects.bulk_create(
            [
                rows.Duty(unit_id=r.unit, matter_id=r.matter, place_id=r.place, role=r.role, since=r.since, until=r.until, basis=r.basis)
                for r in generate.duties()
            ],
            batch_size=500,
        )
        rows.TimeLimit.objects.bulk_create(
            [
                rows.TimeLimit(matter_id=r.matter, place_id=r.place, step=r.step, days=r.days, unit=r.unit, basis=r.basis, trust=r.trust)
                for r in generate.limits()
            ]
        )
        snapshot.touch()


def load_people() -> None:
    """The demo's officials, each with a post, and the answer templates."""
    hashed = ""
    for username, _label, unit, role, name in PEOPLE:
        if Official.objects.filter(username=username).exists():
            continue
        hashed = hashed or make_password(PASSWORD)  # once: the password is published, and argon2 takes a quarter of a second
        user = Official.objects.create_user(username, display_name=name)
        user.password = hashed
        user.save(update_fields=["password"])
        Post.objects.create(official=user, unit_id=unit, role=role, since=generate.SINCE)
    if not AnswerTemplate.objects.exists():
        AnswerTemplate.objects.bulk_create(
            [AnswerTemplate(name=item["name"], text=item["text"], matter_id=item.get("matter")) for item in generate.templates()]
        )


def load_demo(console: Console) -> None:
    """Everything, with progress."""
    with Progress(console=console, transient=True) as progress:
        task = progress.add_task("Demo province", total=3 + len(generate.letters()))
        load_registry()
        progress.advance(task)
        load_people()
        progress.advance(task)
        for _ in load_letters(timezone.now()):
            progress.advance(task)
        load_slots()
        for _ in load_catalogue(timezone.now()):
            pass
        while settle():
            pass
        progress.advance(task)


def load_letters(now: datetime) -> Iterator[str]:
    """The demo's letters by the one way, each with what happened to it since; yields their keys."""
    known = dict(Case.objects.filter(source__startswith="demo:").values_list("source", "pk"))
    ids: dict[str, int] = {source.removeprefix("demo:"): pk for source, pk in known.items()}
    for letter in generate.letters():
        if letter.key not in ids:
            with transaction.atomic():
                ids[letter.key] = _one(letter, now, ids)
        yield letter.key


def _one(letter: generate.DemoLetter, now: datetime, ids: dict[str, int]) -> int:
    sent_at = _by_day(now - timedelta(days=letter.days_ago), letter.key, 8, 21, now)
    case, _receipt = submit(_submission(letter), NEWCOMER, f"demo {letter.key}", sent_at)
    last = sent_at
    for number, step in enumerate(letter.path):
        day = sent_at + timedelta(days=step["after"])
        if day < now:
            last = max(last + timedelta(minutes=5), _by_day(day, f"{letter.key} {number}", 9, 17, now))
            case = _step(case, step, min(last, now), ids)
    return case.pk


def _by_day(moment: datetime, key: str, first: int, last: int, now: datetime) -> datetime:
    """The same day between the hours `first` and `last` (Asia/Shanghai), by chance of `key`; today's moments stay as they are."""
    local = timezone.localtime(moment)
    if local.date() >= timezone.localtime(now).date():
        return moment
    minutes = zlib.crc32(key.encode()) % ((last - first) * 60)
    return local.replace(hour=first, minute=0, second=0, microsecond=0) + timedelta(minutes=minutes)


def _submission(letter: generate.DemoLetter) -> Submission:
    return Submission(
        "letter", letter.matter, letter.place, letter.subject, letter.body, against=letter.against, visibility=letter.visibility,
        name=letter.name, phone=letter.phone, address=letter.address, language=letter.language, source=f"demo:{letter.key}",
    )  # fmt: skip


def _step(case: Case, step: dict[str, Any], at: datetime, ids: dict[str, int]) -> Case:
    payload = {name: value for name, value in step.items() if name not in ("act", "after", "into")}
    act = step["act"]
    if act == "merge":
        payload["case"] = str(ids[step["into"]])
    if act == "publish":
        answer = case.acts.filter(act__in=("answer", "approve_answer")).order_by("-sequence")[0].text
        proposal = publishing.proposal(case, answer)
        payload = {"subject": proposal.subject, "body": proposal.body, "answer": proposal.answer}
    matter = snapshot.current().matters[case.matter_id]
    if act == "answer" and matter.second_eyes:
        case = _perform(case, "draft_answer", _official(case.unit_id, "handler"), payload, at)
        return _perform(case, "approve_answer", _official(case.unit_id, "head"), payload, at)
    who = resident(case.pk) if act in RESIDENTS else _official(case.unit_id, "clerk" if act == "dispatch" else "handler")
    return _perform(case, act, who, payload, at)


def _perform(case: Case, act: str, who: Actor, payload: dict[str, Any], at: datetime) -> Case:
    try:
        return perform(case.pk, Step(act, who, payload, at=at)).case
    except Refusal as refusal:
        raise RuntimeError(f"demo letter {case.source}: {act}: {refusal.message}") from refusal


def _official(unit: str, role: str) -> Actor:
    """Somebody at the unit with the role; made where the demo has nobody there yet (they cannot sign in)."""
    post = Post.objects.filter(unit_id=unit, role=role).select_related("official").first()
    if post is None:
        user, made = Official.objects.get_or_create(username=f"{unit}-{role}".lower(), defaults={"display_name": _invented(unit, role)})
        if made:
            user.set_unusable_password()
            user.save()
        post = Post.objects.create(official=user, unit_id=unit, role=role, since=date(2010, 1, 1))
    return Actor("official", official_id=post.official_id, posts=((unit, role),), name=str(post.official))


def _invented(unit: str, role: str) -> str:
    surname = "韩杨朱秦尤许何吕施张孔曹严华金魏陶姜"[zlib.crc32(unit.encode()) % 18]
    return surname + {"clerk": "分办", "handler": "承办", "head": "复核"}.get(role, "") + "（演示）"


def load_slots() -> None:
    """Reception times of the next three working days at a few units."""
    days = _working_days(timezone.localtime(), 3)
    for offset, unit in enumerate(("610113-XF", "610113-CG", "610113-ZJ", "610113-GOV", "610100-XF", "610102-XF")):
        for day in days:
            start = day.replace(hour=9 + offset % 3, minute=0, second=0, microsecond=0)
            reception.offer(unit, start, 6, 20, ("video", "phone", "hall")[offset % 3], None)


def _working_days(today: datetime, number: int) -> list[datetime]:
    """The next `number` working days; of a year without a calendar the days from Monday to Friday."""
    calendar, found, day = snapshot.current().calendar, [], today
    while len(found) < number:
        day += timedelta(days=1)
        try:
            working = calendar.is_working_day(day.date())
        except YearNotLoaded:
            working = day.weekday() < 5
        if working:
            found.append(day)
    return found
