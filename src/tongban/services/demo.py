"""What the demo shows of services: a small catalogue of one district, and applications in several states."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from importlib.resources import files
from typing import Any

from tongban.cases.actor import NEWCOMER
from tongban.cases.models import Case
from tongban.cases.writer import Step, Submission, perform, submit
from tongban.gate.parts import Province

from . import models, reading

PLACE = "610113"
SHOWN = (
    ("card", "7001", "李秀兰", {"born": "1958-03-02", "resident_here": True}, 3),
    ("young", "7001", "王强", {"born": "1980-07-15", "resident_here": True}, 0),
    ("relief", "7002", "赵建国", {"hardship": "illness", "resident_here": True}, 1),
    ("food", "7003", "小寨面馆", {"has_premises": True, "clean": True}, 2),
)
UNITS = {"7001": "610113-MZ", "7002": "610113-MZ", "7003": "610113-SJ"}


def load(province: Province) -> Iterator[str]:
    """Yields the name of each application that was made or found."""
    seed()
    for name, matter, person, facts, far in SHOWN:
        if not Case.objects.filter(source=f"demo:application:{name}").exists():
            _one(province, name, matter, person, facts, far)
        yield name


def _one(province: Province, name: str, matter: str, person: str, facts: dict[str, Any], far: int) -> None:
    at = province.now - timedelta(days=2)
    item = reading.current().items[matter]
    extra: dict[str, Any] = {"facts": facts, "id_number": "", "item": item.since.isoformat()}
    if item.valid_months:
        extra["valid_months"] = item.valid_months
    sent = Submission(
        "application",
        matter,
        PLACE,
        item.matter.name,
        "",
        visibility="confidential",
        name=person,
        source=f"demo:application:{name}",
        extra=extra,
    )
    case, _receipt = submit(sent, NEWCOMER, f"demo application {name}", at)
    handler = province.official(UNITS[matter], "handler")
    if far >= 1:
        perform(case.pk, Step("accept", handler, at=at + timedelta(hours=3)))
    if far == 2:
        asked = {"units": ["610113-CG", "610113-WJ"], "text": "门头和油烟排放是否符合要求？"}
        perform(case.pk, Step("ask_opinions", handler, asked, at=at + timedelta(hours=4)))
    if far == 3:
        perform(case.pk, Step("grant", handler, {"text": "准予办理。"}, at=at + timedelta(hours=5)))


def seed() -> None:
    """The catalogue of the demo, where there is none."""
    if models.Item.objects.exists():
        return
    data = json.loads(files(__package__).joinpath("data/seed.json").read_text(encoding="utf-8"))
    for code, name, short in data["laws"]:
        models.Law.objects.get_or_create(code=code, defaults={"name": name, "short": short})
    for code, law, number, trust in data["articles"]:
        models.Article.objects.get_or_create(code=code, defaults={"law_id": law, "number": number, "trust": trust})
    for code, type_, question, english, section, section_en, order, options in data["facts"]:
        models.Fact.objects.get_or_create(
            code=code,
            defaults={
                "type": type_, "question": question, "question_en": english, "section": section,
                "section_en": section_en, "order": order, "options": options,
            },
        )  # fmt: skip
    for row in data["items"]:
        models.Item.objects.create(matter_id=row.pop("matter"), **row)
    for matter, group, fact, operator, arguments, words, english, article in data["conditions"]:
        models.Condition.objects.create(
            matter_id=matter, group=group, fact_id=fact, operator=operator, arguments=arguments, words=words,
            words_en=english, article_id=article,
        )  # fmt: skip
    for code, name, english, source, register in data["materials"]:
        models.Material.objects.create(code=code, name=name, name_en=english, source=source, register=register)
    for matter, material, how, order in data["needs"]:
        models.Need.objects.create(matter_id=matter, material_id=material, how=how, order=order)
    for matter, unit, place, promised in data["offerings"]:
        models.Offering.objects.create(
            matter_id=matter, unit_id=unit, place_id=place, promised=promised, channels=["online", "counter"]
        )
    reading.touch()
