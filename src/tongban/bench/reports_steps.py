"""Steps of `tongban bench reports`, each in a process of its own: `city`, `fill NUMBER`, `zone NUMBER`, `publish`,
`manuals`, `acts NUMBER`. The door is reached by name: the bench imports none."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

from .memory import forget_peak, peak_bytes

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tongban.bench.settings")
HERE = "tongban.reports"
BASIS = "《反电信网络诈骗法》第二十五条第二款"


def loaded(name: str) -> Any:
    """Something of the door."""
    from tongban.gate.door import loaded as found

    return found(f"{HERE}.{name}")


def name(number: int) -> str:
    """The listed name with this number."""
    return f"n{number}.list{number % 997}.example"


def city() -> None:
    """What the demo takes into the registry: units, matters and duties of this door."""
    from tongban.demo.load import load_registry, load_tables

    load_registry()
    load_tables()


def fill(number: int) -> None:
    """So many decisions in the register, without their cases."""
    from django.apps import apps
    from django.utils import timezone

    listed, now = apps.get_model("reports", "Listed"), timezone.now()
    for begin in range(0, number, 5_000):
        listed.objects.bulk_create(
            listed(
                number=f"2020-{one:07d}",
                name=name(one),
                host=name(one),
                branch=b"".join(label + b"\0" for label in reversed(name(one).encode().split(b"."))),
                scope="host",
                harm="6001",
                basis=BASIS,
                statement="x",
                unit_id="610000-WX",
                state="in_force",
                since=now,
                until=(now + timedelta(days=80)).date(),
                changed=now,
                version=one + 1,
            )
            for one in range(begin, min(begin + 5_000, number))
        )


def zone(number: int) -> None:
    """RPZ of so many rows that are there one after the other, and the same lines written with nothing else."""
    import django

    django.setup()
    Row, Publication = loaded("feeds.forms:Row"), loaded("feeds.forms:Publication")
    published = loaded("feeds.publishing:published")
    names = [name(one) for one in range(number)]
    now, until = datetime.now(UTC), date(2030, 1, 1)

    def rows() -> Iterator[Any]:
        for one in names:
            yield Row("2026-000001", one, "host", "6001", BASIS, now, until, now)

    about = Publication(now, 1, "x", "y")
    told: dict[str, Any] = {"names": number}
    with open(os.devnull, "w", encoding="utf-8") as nowhere:
        began = time.process_time()
        for one in names:
            nowhere.write(f"{one} CNAME .\n*.{one} CNAME .\n")
        told["floor_cpu_s"] = round(time.process_time() - began, 2)
        forget_peak()
        began, by_the_clock = time.process_time(), time.perf_counter()
        for piece in published("rpz", rows(), about):
            nowhere.write(piece)
        told["cpu_s"] = round(time.process_time() - began, 2)
        told["seconds"] = round(time.perf_counter() - by_the_clock, 2)
    told["megabytes_with_the_names"] = peak_bytes() // 2**20
    told["ratio_to_floor"] = round(told["cpu_s"] / max(told["floor_cpu_s"], 0.01), 2)
    print(json.dumps(told))


def publish() -> None:
    """The form RPZ from the register: where it lies, how long it took, how much memory."""
    forget_peak()
    began, by_the_clock = time.process_time(), time.perf_counter()
    made = loaded("feeds.publishing:publication")("rpz")
    cpu, took = time.process_time() - began, time.perf_counter() - by_the_clock
    told = {
        "file": str(made.file),
        "rows": made.rows,
        "cpu_s": round(cpu, 2),
        "seconds": round(took, 2),
        "writing_s": made.seconds,
        "megabytes": peak_bytes() // 2**20,
        "bytes": made.size,
    }
    print(json.dumps(told))


def manuals() -> None:
    """The set-up files as the house prints them."""
    text: Callable[[str], str] = loaded("feeds.manuals:text")
    print(json.dumps({one: text(one) for one in ("bind", "bind-options", "named-gate", "unbound")}))


def acts(rounds: int) -> None:
    """Decide, and lift, each when a line comes in; says what was done the moment that it is committed."""
    from django.utils import timezone

    from tongban.accounts.models import Official, Post
    from tongban.cases.actor import NEWCOMER, Actor
    from tongban.cases.models import Case
    from tongban.cases.writer import Step, Submission, perform, submit

    user, _made = Official.objects.get_or_create(username="bench-reports")
    Post.objects.get_or_create(official=user, unit_id="610000-WX", role="handler", since=date(2020, 1, 1))
    actor = Actor("official", official_id=user.pk, posts=(("610000-WX", "handler"),))
    for number in range(rounds):
        host = f"live{number}-{os.getpid()}.example"
        sent = Submission(
            "report", "6001", "610000", "举报", "要输密码", inputs={"found": f"http://{host}/x"},
            visibility="confidential",
        )  # fmt: skip
        case, _receipt = submit(sent, NEWCOMER)
        perform(case.pk, Step("accept", actor, {}))
        said = {
            "scope": "host",
            "until": (timezone.localdate() + timedelta(days=30)).isoformat(),
            "basis": BASIS,
            "statement": "仿冒银行",
            "text": "看过了",
        }
        sys.stdin.readline()
        perform(case.pk, Step("decide", actor, said))
        print("decided", host, flush=True)
        sys.stdin.readline()
        perform(Case.objects.get(part_of=case).pk, Step("lift", actor, {"text": "网站已经关闭"}))
        print("lifted", host, flush=True)


if __name__ == "__main__":
    if sys.argv[1] == "zone":
        zone(int(sys.argv[2]))
    else:
        import django

        django.setup()
        steps: dict[str, Callable[..., None]] = {
            "city": city,
            "fill": fill,
            "publish": publish,
            "manuals": manuals,
            "acts": acts,
        }
        steps[sys.argv[1]](*map(int, sys.argv[2:]))
