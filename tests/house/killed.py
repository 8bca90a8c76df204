"""Runs beside a served house, in its environment: makes a handler's token before, and looks through the rows after.

`python -m tests.house.killed prepare` prints the token; `… examine` does what waits, then
prints what is there, as JSON.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from datetime import date, timedelta
from typing import Any


def prepare() -> str:
    """A handler of the unit that letters about noise in Yanta go to, and a token."""
    from django.utils import timezone

    from tongban.accounts.models import ApiToken, Official, Post

    user = Official.objects.create_user("handler", password=None)
    post = Post.objects.create(official=user, unit_id="610113-CG", role="handler", since=date(2020, 1, 1))
    return ApiToken.issue(post, "load", timezone.now() + timedelta(days=1))[1]


def examine() -> dict[str, Any]:
    """What a house that was killed and started again holds, once its worker has done what waited."""
    from django.utils import timezone

    from tongban.cases import notices
    from tongban.cases.entries import committed
    from tongban.cases.models import Act, Case, Notice
    from tongban.commands.doctor import examine as doctor
    from tongban.commands.working import work
    from tongban.ledger import entry, integrator, log
    from tongban.ledger.models import Position, QueuedEntry

    queued, placed = (
        {bytes(key) for key in QueuedEntry.objects.values_list("key", flat=True)},
        {bytes(key) for key in Position.objects.values_list("key", flat=True)},
    )
    acts = list(Act.objects.select_related("case").order_by("pk"))
    keys = [bytes(act.entry_key or b"") for act in acts]
    found: dict[str, Any] = {
        "acts": len(acts),
        "keys": len(set(keys)),
        "in both": len(queued & placed),
        "in neither": len(set(keys) - queued - placed),
        "of no act": len((queued | placed) - set(keys)),
        "waited": len(queued),
    }
    work(once=True)
    for hours in range(1, 200):  # the tries that a dead worker left for later
        if not notices.send_waiting(timezone.now() + timedelta(hours=hours * 7)):
            break
    wrong = []
    for act in acts:
        number = log.index_of(bytes(act.entry_key or b""))
        said = json.loads(log.entry_at(number)) if number is not None else {}
        if said.get("commit") != entry.commitment(entry.salt(bytes(act.salt or b"")), committed(act.case, act)):
            wrong.append(act.pk)
    found |= {
        "size": log.standing().size,
        "not as its act": wrong,
        "root": integrator.rebuilt_root() == log.standing().root,
        "unsettled": Act.objects.filter(settled=False).count(),
        "cases": list(Case.objects.values_list("code", flat=True)),
        "done": Counter(f"{act.case.code} {act.act}" for act in acts),
        "sequences": all(
            list(case.acts.order_by("sequence").values_list("sequence", flat=True)) == list(range(1, case.sequence + 1))
            for case in Case.objects.all()
        ),
        "notices": [
            [notice.case.code if notice.case else "", notice.state, notice.tries]
            for notice in Notice.objects.select_related("case")
        ],
        "doctor": [
            f"{item.what}: {item.advice}" for item in doctor() if item.level == "danger" and "ledger" in item.what
        ],
    }
    return found


if __name__ == "__main__":
    import django

    django.setup()
    print(json.dumps({"prepare": prepare, "examine": examine}[sys.argv[1]]()))
