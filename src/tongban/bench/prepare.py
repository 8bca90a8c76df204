"""Fills a bench database: `registry`, `tray NUMBER` (open cases in one tray), `published NUMBER`."""

from __future__ import annotations

import os
import sys

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tongban.bench.settings")


def registry() -> None:
    """Migrate and load the demo province's registry."""
    from django.core.management import call_command

    call_command("migrate", verbosity=0, run_syncdb=True)
    from tongban.demo.load import load_registry

    load_registry()


def histories(number: int, answered: bool):  # type: ignore[no-untyped-def]
    """Letters of the bench's own making, spread over a year."""
    from datetime import timedelta

    from django.utils import timezone

    from tongban.cases.actor import SYSTEM
    from tongban.cases.writer import History, Step, Submission
    from tongban.intake.parts import default_matter
    from tongban.registry import snapshot

    picture = snapshot.current()
    matter = default_matter(picture, "letter")
    now = timezone.now()
    for index in range(number):
        at = now - timedelta(minutes=5 * index % 500_000 + 10)
        subject, body = (
            f"路灯不亮已经{index % 30}天",
            f"第{index}号：小区门口的路灯不亮，晚上出行不便，希望尽快维修。" * 3,
        )
        steps = []
        if answered:
            reply = f"您好，路灯已于次日修复，编号{index}。感谢您的监督。" * 3
            steps = [
                Step("answer", SYSTEM, {"text": reply}, at=at),
                Step("publish", SYSTEM, {"subject": subject, "body": body, "answer": reply}, at=at),
            ]
        yield History(
            Submission("letter", matter, "610113", subject, body, channel="import", source=f"bench:{answered}:{index}"),
            at,
            steps,
        )


def fill(number: int, answered: bool) -> None:
    """Write so many cases by the one way."""
    from itertools import islice

    from tongban.cases.actor import SYSTEM
    from tongban.cases.settling import settle
    from tongban.cases.writer import submit_many

    rows = histories(number, answered)
    while batch := list(islice(rows, 1000)):
        submit_many(batch, SYSTEM)
    while settle(2000):
        pass


def main() -> None:
    """The command."""
    import django

    django.setup()
    what = sys.argv[1]
    if what == "registry":
        registry()
    elif what == "tray":
        fill(int(sys.argv[2]), answered=False)
    elif what == "published":
        fill(int(sys.argv[2]), answered=True)


if __name__ == "__main__":
    main()
