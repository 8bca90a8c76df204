"""The demo's registers: invented people in three files of this package, and the rows that make them known.

Their numbers have right check digits and the county code 610199, which is nobody's: no living person has one of them.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import timedelta
from importlib.resources import files

from django.utils import timezone
from django.utils.translation import override

from tongban.cases.actor import NEWCOMER
from tongban.cases.models import Case
from tongban.cases.writer import Submission, submit
from tongban.gate.parts import Province

from .. import models, reading
from . import consent_page, prefilling, pulling
from .person import Person
from .rows import Mandate

REGISTERS = (
    ("population", "人口登记", "Population register", "610113-GA"),
    ("firms", "经营主体登记", "Register of businesses", "610113-SJ"),
    ("social", "社会保险登记", "Social insurance register", "610113-RS"),
)
CARD, PLACE = "7001", "610113"
CORRECTION = {"population": "7901", "firms": "7902", "social": "7903"}


def _rows(name: str) -> list[dict[str, str]]:
    text = files(__package__).joinpath(f"data/{name}.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def people() -> list[Person]:
    """Everybody in the demo's population register."""
    return [Person(row["id_number"], row["name"], "demo") for row in _rows("population")]


def columns() -> dict[str, dict[str, str]]:
    """By register: code of a fact → the column that answers it."""
    found: dict[str, dict[str, str]] = {}
    for row in _rows("columns"):
        found.setdefault(row["register"], {})[row["fact"]] = row["column"]
    return found


def seed() -> None:
    """Make the three registers known, and say of facts that name no source which register knows them."""
    named, made = columns(), 0
    for code, name, english, unit in REGISTERS:
        _row, new = models.Source.objects.get_or_create(
            code=code,
            defaults={
                "name": name,
                "name_en": english,
                "unit_id": unit,
                "kind": "file",
                "facts": sorted(named.get(code, {})),
                "settings": {
                    "address": f"package:{code}",
                    "columns": named.get(code, {}),
                    "correction": CORRECTION[code],
                },
            },
        )
        made += new
    changed = bool(made)
    for code, facts in named.items():
        for fact in models.Fact.objects.filter(code__in=facts):
            if not fact.sources:
                fact.sources = [code]
                fact.save(update_fields=["sources"])
                changed = True
    if changed:
        reading.touch()


def load(province: Province) -> Iterator[str]:
    """What the demo makes of it; yields the name of each thing: the registers, an application with what came from them,
    a correction that is asked for, and a mandate."""
    seed()
    for code, *_rest in REGISTERS:
        yield code
    yield _application(province)
    yield _correction(province)
    yield _mandate()


def count() -> int:
    """How often `load` yields."""
    return len(REGISTERS) + 3


def _of(name: str) -> Person:
    return next(one for one in people() if one.name == name)


def _application(province: Province) -> str:
    """郑玉芬 applied for her card, and let the population register be asked."""
    source, person, item = "demo:registers:application", _of("郑玉芬"), reading.current().items.get(CARD)
    if item is None or Case.objects.filter(source=source).exists():
        return source
    with override("zh-hans"):
        known = [fact for facts in prefilling.offered(CARD).values() for fact in facts]
        came = pulling.pull(person, CARD, known, consent_page.consent_words(CARD)) if known else []
    pulled = [{"source": one.source, "key": one.key, "at": one.at, "outcome": one.outcome, "facts": one.facts}
              for one in came]  # fmt: skip
    facts = {code: value for one in came for code, value in one.facts.items()}
    extra = {"facts": facts, "id_number": person.id_number, "item": item.since.isoformat(), "pulled": pulled,
             "contested": []}  # fmt: skip
    sent = Submission("application", CARD, PLACE, item.matter.name, "", visibility="confidential", name=person.name,
                      source=source, extra=extra)  # fmt: skip
    prefilling.attach(submit(sent, NEWCOMER, source, province.now)[0])
    return source


def _correction(province: Province) -> str:
    """周敏 moved here and the population register does not say so yet."""
    source, person = "demo:registers:correction", _of("周敏")
    if not Case.objects.filter(source=source).exists():
        extra = {"source": "population", "fact": "resident_here", "question": "您住在本区吗", "value": "否",
                 "at": province.now.isoformat(timespec="seconds"), "id_number": person.id_number,
                 "should": "是"}  # fmt: skip
        sent = Submission(
            "correction",
            CORRECTION["population"],
            PLACE,
            "更正：您住在本区吗",
            "上个月迁来，有居住证明。",
            visibility="confidential",
            name=person.name,
            source=source,
            extra=extra,
        )
        submit(sent, NEWCOMER, source, province.now)
    return source


def _mandate() -> str:
    """孙长河, who is ninety, lets 王强 apply for him."""
    giver, taker = _of("孙长河"), _of("王强")
    if not Mandate.objects.filter(giver=giver.blind, taker=taker.blind).exists():
        today = timezone.localdate()
        made = Mandate(giver=giver.blind, taker=taker.blind, items=[CARD], registers=True, since=today,
                       until=today + timedelta(days=180), made_at=timezone.now())  # fmt: skip
        made.private = {"giver": {"name": giver.name, "id_number": giver.id_number},
                        "taker": {"name": taker.name, "id_number": taker.id_number}}  # fmt: skip
        made.save(force_insert=True)
    return "mandate"
