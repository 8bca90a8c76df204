"""The demo's catalogue: some forty items of a district, each condition resting on an article that is there, nothing
that the linter finds wrong, English for all, questions shared, nothing asked that a register has."""

from __future__ import annotations

import csv
from collections import Counter
from importlib.resources import files

import pytest

from tongban.registry import snapshot
from tongban.services import laws, linting, models, reading

from .test_laws import FOLDERS, with_texts

DATA = files("tongban.services").joinpath("data")


def table(name):
    return list(csv.DictReader(DATA.joinpath(f"catalogue/{name}.csv").read_text(encoding="utf-8").splitlines()))


def test_there_are_some_forty_items_of_every_sort():
    items = table("items")
    assert 40 <= len(items) <= 50
    assert {row["type"] for row in items} >= {"license", "confirmation", "payment", "record", "public"}
    for flag in ("immediate", "by_promise", "unasked", "renewable"):
        assert any(row[flag] == "1" for row in items), flag


def test_a_bundle_has_an_item_that_can_be_had_by_promise_and_its_basis_says_why():
    """优化营商环境条例 Arts 40, 44: a written promise stands for a proof that the applicant would bring."""
    steps = {row["matter"] for row in table("bundle_steps")}
    found = [row for row in table("items") if row["matter"] in steps and row["by_promise"] == "1"]
    assert [row["matter"] for row in found] == ["7034"]
    assert {"yhys:40", "yhys:44"} <= set(found[0]["basis"].split())
    papers = {row["material"] for row in table("needs") if row["matter"] == "7034" and row["how"] == "required"}
    assert papers == {"premises_note"}


def test_every_condition_cites_an_article_and_says_itself_in_english():
    for row in table("conditions"):
        assert row["article"], row
        assert row["words"], row
        assert row["words_en"], row


def test_english_stands_beside_every_chinese_word():
    for name, pairs in {
        "items": ("summary", "result"),
        "facts": ("question", "section", "hint"),
        "materials": ("name", "hint"),
        "offerings": ("window",),
    }.items():
        for row in table(name):
            for column in pairs:
                assert bool(row[column]) == bool(row[f"{column}_en"]), (name, row)
    for row in table("facts"):
        assert all(len(one.split("=")) == 3 for one in row["options"].split(" | ") if one), row


def test_questions_are_shared_so_that_nobody_answers_one_twice():
    asked = {(row["matter"], row["fact"]) for row in table("conditions")}
    shared = Counter(fact for _matter, fact in asked)
    assert sum(number > 1 for number in shared.values()) >= 15
    assert shared["born"] >= 6
    assert len(shared) == len(table("facts"))


@with_texts
def test_every_article_that_is_cited_as_read_is_in_the_texts():
    names = {row["code"]: row["name"].removeprefix(laws.COUNTRY) for row in table("laws")}
    texts = {}
    for path in FOLDERS[0].glob("*.md"):
        found = laws.read(path)
        texts[found.name.removeprefix(laws.COUNTRY)] = dict(found.articles)
    for row in table("articles"):
        there = row["number"] in texts.get(names[row["law"]], {})
        assert there is (row["trust"] == "V"), row
        assert laws.code_of(row["law"], row["number"]) == row["code"]


@pytest.mark.django_db
@pytest.mark.usefixtures("city")
@pytest.mark.both_databases
def test_the_linter_finds_nothing_in_it():
    assert [f"{one.level} {one.matter} {one.words}" for one in linting.findings()] == []


@pytest.mark.django_db
@pytest.mark.usefixtures("city")
def test_every_item_has_a_unit_that_is_responsible_and_a_table_that_can_be_judged():
    holds, registry = reading.current(), snapshot.current()
    for code in holds.items:
        for row in models.Offering.objects.filter(matter=code):
            assert registry.route(code, row.place_id, holds.day).lead == row.unit_id
            assert holds.table(code, row.place_id) is not None
            limit = registry.limit("application", code, row.place_id)
            assert (limit.days, limit.unit) == (row.promised, "working")
    assert len(holds.catalogue("610113").tables) == len(holds.items)


@pytest.mark.django_db
@pytest.mark.usefixtures("city")
def test_a_number_that_a_place_sets_is_the_nearest():
    holds = reading.current()
    line = snapshot.current().line("places", "610113")
    assert holds.parameters.row("low_income_line", line, holds.day).place == "610100"
    assert holds.parameters.row("old_age", line, holds.day).value == 70
