"""What the demo shows: adoptions in every state, one refused and under review, one permitted
and public. All invented."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from tongban.cases.actor import NEWCOMER, resident
from tongban.cases.models import Case
from tongban.cases.writer import Step, Submission, perform, submit
from tongban.gate.parts import Province
from tongban.workdays import shanghai_day

LEAD, ASKED, MATTER, PLACE = "610113-CG", ("610113-ZJ", "610113-WJ"), "0190", "610113"
SHOWN = (
    ("new", "南湖 3 号", 0), ("taken", "南湖 7 号", 1), ("asked", "曲江 11 号", 2), ("half", "曲江 12 号", 3),
    ("ready", "青龙寺 2 号", 4), ("refused", "青龙寺 5 号", 5), ("permitted", "植物园 9 号", 6),
)  # fmt: skip


def load(province: Province) -> Iterator[str]:
    """Yields the name of each adoption that was made or found."""
    for name, bench, far in SHOWN:
        if not Case.objects.filter(source=f"demo:bench:{name}").exists():
            _one(province, name, bench, far)
        yield name


def _one(province: Province, name: str, bench: str, far: int) -> None:
    at = province.now - timedelta(days=12)
    said = {"bench": bench, "plate": "坐一会儿吧，风正好", "since": shanghai_day(province.now).isoformat()}
    sent = Submission("bench", MATTER, PLACE, f"认养{bench}座椅", "", inputs=said, source=f"demo:bench:{name}")
    case, _receipt = submit(sent, NEWCOMER, f"demo bench {name}", at)

    def act(case_id: int, unit: str, role: str, what: str, day: int, **words: Any) -> None:
        moment: datetime = at + timedelta(days=day)
        perform(case_id, Step(what, province.official(unit, role), words, at=moment))

    if far >= 1:
        act(case.pk, LEAD, "handler", "take_up", 1)
    if far >= 2:
        act(case.pk, LEAD, "handler", "ask", 2, units=list(ASKED), text="这张座椅能否认养，请提出意见。")
    for number, part in enumerate(Case.objects.filter(part_of=case).order_by("pk")):
        if far >= 3 + number:
            act(part.pk, part.unit_id, "handler", "opine", 3 + number, view="yes", text="没有不同意见。")
    if far == 5:
        act(case.pk, LEAD, "head", "refuse", 6, text="这张座椅下月要移走。")
        asked = Submission("bench_review", MATTER, PLACE, "", "移走以后会有新的座椅。", about=case.pk)
        submit(asked, resident(case.pk), f"demo bench review {name}", at + timedelta(days=7))
    if far == 6:
        act(case.pk, LEAD, "head", "permit", 6, start=shanghai_day(province.now).isoformat(), text="准予认养一年。")
        act(case.pk, LEAD, "handler", "publish", 7, subject=bench, body=said["plate"])
