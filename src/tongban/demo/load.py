"""Loads the demo province into an empty database: the registry, officials, and what each door shows of
itself (`gate.parts.Demo`).

Everything is idempotent: what is there already is left alone. Not for real deployments: its passwords are published.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from datetime import date, datetime
from importlib import resources
from pathlib import Path

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone
from rich.console import Console
from rich.progress import Progress

from tongban.accounts.models import Official, Post
from tongban.accounts.proving import has_factor
from tongban.cases.actor import Actor
from tongban.cases.settling import settle
from tongban.gate.door import loaded, parts
from tongban.gate.parts import Demo
from tongban.registry import models as rows
from tongban.registry import snapshot
from tongban.registry.exchange import import_rows
from tongban.registry.reading import read_table

from . import generate
from .signing_in import PASSWORD

PEOPLE = (
    ("clerk", "雁塔区信访局 受理员", "610113-XF", "clerk", "陈分办（演示）"),
    ("handler", "雁塔区城管局 承办人", "610113-CG", "handler", "周承办（演示）"),
    ("handler2", "雁塔区住建局 承办人", "610113-ZJ", "handler", "吴承办（演示）"),
    ("head", "雁塔区住建局 负责人", "610113-ZJ", "head", "郑复核（演示）"),
    ("market", "雁塔区市场监管局 承办人", "610113-SJ", "handler", "秦市监（演示）"),
    ("civil", "雁塔区民政局 承办人", "610113-MZ", "handler", "尤民政（演示）"),
    ("supervisor", "雁塔区政府 督办员", "610113-GOV", "supervisor", "冯督办（演示）"),
    ("province", "陕西省政府 督办员", "610000-GOV", "supervisor", "蒋督办（演示）"),
    ("dataofficer", "雁塔区住建局 数据安全员", "610113-ZJ", "data_officer", "沈数安（演示）"),
    ("dataofficer2", "雁塔区卫健局 数据安全员", "610113-WJ", "data_officer", "许数安（演示）"),
    ("dataofficer3", "雁塔区政府 数据安全员", "610113-GOV", "data_officer", "何数安（演示）"),
    ("administrator", "系统管理员", "610000-GOV", "administrator", "韩管理（演示）"),
)
BEGINS = {"administrator": "/responsible/admin/"}
"""Where officials of a role begin who do not begin at the desk; doors say theirs."""


def accounts() -> list[tuple[str, str, str]]:
    """(who, sign-in name, path) for the list that `serve --demo` prints."""
    found = [("resident 群众", "—", "/")]
    for part in parts(Demo):
        found += loaded(part.accounts)() if part.accounts else []
    begins = starting_pages()
    found += [
        (f"{role}: {label}", username, begins.get(role, "/desk/")) for username, label, _unit, role, _name in PEOPLE
    ]
    return found


def starting_pages() -> dict[str, str]:
    """Where officials of a role begin, where it is not the desk."""
    return BEGINS | {role: path for part in parts(Demo) for role, path in part.begins}


def load_registry() -> None:
    """Places, units, matters, duties and limits, where the registry is empty."""
    if rows.Place.objects.exists():
        return
    with transaction.atomic():
        rows.Place.objects.bulk_create(
            [
                rows.Place(code=r.code, name=r.name, name_en=r.name_en, level=r.level, parent_id=r.parent,
                           latitude=r.latitude, longitude=r.longitude, position_trust=r.position_trust)
                for r in generate.places()
            ]
        )  # fmt: skip
        rows.Unit.objects.bulk_create(
            [
                rows.Unit(code=r.code, name=r.name, name_en=r.name_en, place_id=r.place, parent_id=r.parent,
                    coordinating=r.coordinating,
                          oversight=r.oversight, phone=r.phone, address=r.address)
                for r in sorted(generate.units(), key=lambda unit: (not unit.code.endswith("-GOV"), unit.code))
            ]
        )  # fmt: skip
        rows.Matter.objects.bulk_create(
            [
                rows.Matter(code=r.code, parent_id=r.parent, name=r.name, name_en=r.name_en, description=r.description,
                    conduct=r.conduct,
                            second_eyes=r.second_eyes, publishable=r.publishable, retention_days=r.retention_days,
                            delicate=r.delicate)
                for r in generate.matters()
            ]
        )  # fmt: skip
        rows.Duty.objects.bulk_create(
            [
                rows.Duty(
                    unit_id=r.unit,
                    matter_id=r.matter,
                    place_id=r.place,
                    role=r.role,
                    since=r.since,
                    until=r.until,
                    basis=r.basis,
                )
                for r in generate.duties()
            ],
            batch_size=500,
        )
        rows.TimeLimit.objects.bulk_create(
            [
                rows.TimeLimit(
                    matter_id=r.matter,
                    place_id=r.place,
                    step=r.step,
                    days=r.days,
                    unit=r.unit,
                    basis=r.basis,
                    trust=r.trust,
                )
                for r in generate.limits()
            ]
        )
        snapshot.touch()


def load_tables() -> None:
    """What the doors need of the registry beside the demo's own: matters that are for their kinds of case, limits."""
    for name in (name for part in parts(Demo) for name in part.registry):
        package, _sign, file = name.partition(":")
        report = import_rows(Path(file).stem, list(read_table(resources.files(package).joinpath(file).read_bytes())))
        if report.rejected:
            raise ValueError(f"{name}: line {report.rejected[0].line}: {report.rejected[0].reason}")


def load_people() -> None:
    """The demo's officials, each with a post."""
    hashed = ""
    for username, _label, unit, role, name in PEOPLE:
        if Official.objects.filter(username=username).exists():
            continue
        hashed = hashed or make_password(
            PASSWORD
        )  # once: the password is published, and argon2 takes a quarter of a second
        user = Official.objects.create_user(username, display_name=name)
        user.password = hashed
        user.save(update_fields=["password"])
        Post.objects.create(official=user, unit_id=unit, role=role, since=generate.SINCE)
    enrol_people()


def enrol_people() -> None:
    """An authenticator app for each of the demo's officials, where this deployment asks for one (`people.py` shows its
    codes); where it does not, the apps that an earlier start gave them are taken away."""
    names = [row[0] for row in PEOPLE]
    enrolled = Authenticator.objects.filter(type=Authenticator.Type.TOTP, user__username__in=names)
    if not settings.SECOND_FACTOR:
        for row in enrolled:
            row.delete()
        return
    have = set(enrolled.values_list("user_id", flat=True))
    for user in Official.objects.filter(username__in=names).exclude(pk__in=have):
        if not has_factor(user):
            totp.TOTP.activate(user, totp.generate_totp_secret())


def load_demo(console: Console) -> None:
    """Everything, with progress."""
    with Progress(console=console, transient=True) as progress:
        load_registry()
        load_tables()
        load_people()
        province = DemoProvince(timezone.now())
        shown = [(part, loaded(part.count)() if part.count else 1) for part in parts(Demo)]
        task = progress.add_task("Demo province", total=1 + sum(count for _part, count in shown))
        for part, _count in shown:
            for _ in loaded(part.load)(province):
                progress.advance(task)
        while settle():
            pass
        progress.advance(task)


@dataclass(frozen=True)
class DemoProvince:
    """What doors are given to load theirs (`gate.parts.Province`)."""

    now: datetime

    def official(self, unit: str, role: str) -> Actor:
        """Somebody at the unit with the role; made where the demo has nobody there yet (they cannot sign in)."""
        post = Post.objects.filter(unit_id=unit, role=role).select_related("official").first()
        if post is None:
            user, made = Official.objects.get_or_create(
                username=f"{unit}-{role}".lower(), defaults={"display_name": _invented(unit, role)}
            )
            if made:
                user.set_unusable_password()
                user.save()
            post = Post.objects.create(official=user, unit_id=unit, role=role, since=date(2010, 1, 1))
        return Actor("official", official_id=post.official_id, posts=((unit, role),), name=str(post.official))


def _invented(unit: str, role: str) -> str:
    surname = "韩杨朱秦尤许何吕施张孔曹严华金魏陶姜"[zlib.crc32(unit.encode()) % 18]
    return surname + {"clerk": "分办", "handler": "承办", "head": "复核"}.get(role, "") + "（演示）"
