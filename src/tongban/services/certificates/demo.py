"""Certificates to verify in the demo: a good one, a revoked one, a forged one; on the demo's /verify/ a button each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import orjson
from django.conf import settings
from django.utils.translation import gettext as _

from tongban.cases.actor import NEWCOMER
from tongban.cases.models import Case
from tongban.cases.writer import Step, Submission, perform, submit
from tongban.credentials import present
from tongban.credentials.encoding import b64, unb64
from tongban.gate.parts import Province

from .. import reading
from .rows import Certificate

PLACE = "610113"
MADE = {
    "senior": ("7001", "610113-MZ", "李秀兰", {"born": "1958-03-02", "resident_here": True}, "610113195803020023"),
    "revoked": ("7003", "610113-SJ", "某某面馆", {"has_premises": True, "clean": True}, "92610113MA6TYL1U0R"),
}
SOURCE = "demo:certificate:"


def load(province: Province) -> Iterator[str]:
    """Yields the name of each certificate that was made or found."""
    for name in MADE:
        if not Case.objects.filter(source=f"{SOURCE}{name}").exists():
            _one(province, name)
        yield name


def count() -> int:
    """How many there are."""
    return len(MADE)


def _one(province: Province, name: str) -> None:
    matter, unit, holder, facts, number = MADE[name]
    at, item = province.now - timedelta(days=3), reading.current().items[matter]
    extra = {"facts": facts, "id_number": number, "item": item.since.isoformat()}
    if item.valid_months:
        extra["valid_months"] = item.valid_months
    sent = Submission(
        "application", matter, PLACE, item.matter.name, "", visibility="confidential", name=holder,
        address="西安市雁塔区小寨东路（演示）", source=f"{SOURCE}{name}", extra=extra,
    )  # fmt: skip
    case, _receipt = submit(sent, NEWCOMER, f"demo certificate {name}", at)
    handler = province.official(unit, "handler")
    perform(case.pk, Step("accept", handler, at=at + timedelta(hours=1)))
    perform(case.pk, Step("grant", handler, {"text": "准予办理。"}, at=at + timedelta(hours=2)))
    if name == "revoked":
        reason = {"text": "经查，申请时提供的场所证明不实，依法撤销（演示）。"}
        perform(case.pk, Step("revoke", province.official(unit, "head"), reason, at=at + timedelta(days=1)))


@dataclass(frozen=True, slots=True)
class Sample:
    """A certificate to try the page with: its words and its text."""

    words: str
    text: str


def samples() -> list[Sample]:
    """What the demo's page offers to try; nothing elsewhere."""
    if not settings.DEMO:
        return []
    rows = Certificate.objects.filter(case__source__startswith=SOURCE, sealed__isnull=False).select_related("case")
    found = {str(row.case.source).removeprefix(SOURCE): str((row.sealed or {})["sdjwt"]) for row in rows}
    if set(found) < set(MADE):
        return []
    return [
        Sample(_("老年证，只出示“已满六十周岁”"), present(found["senior"], ["over_60"])),
        Sample(_("被撤销的食品经营许可证"), found["revoked"]),
        Sample(_("改过名字的老年证"), _forged(present(found["senior"], ["name"]))),
    ]


def _forged(text: str) -> str:
    """The same with another name in it."""
    signed, shown, rest = text.split("~")
    salt, name, _value = orjson.loads(unb64(shown))
    return "~".join([signed, b64(orjson.dumps([salt, name, "张三"])), rest])
