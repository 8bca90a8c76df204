"""Attacker: an official of the unit that is complained of, who also holds a post elsewhere, or whose unit got a new
name.

What the attacker wants: the complaint, or any sign that there is one.
Before: a token carried one post, and only the unit of that post was asked whether it is barred. An official of the
accused bureau with a second post at the government above it read the complaint by the token of the second post. A unit
that followed the accused one after a reorganisation was not barred at all. A reminder by e-mail went to the accused
too.
Now: a token has the rights of its post and the bars of every post that its official holds today, asked at each call; a
complaint about a unit bars the units that followed it.
"""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from tongban.accounts.models import ApiToken, Post
from tongban.cases import access
from tongban.cases.actor import Actor
from tongban.cases.models import Notice
from tongban.registry import exchange, models, snapshot
from tongban.registry.snapshot import build
from tongban.registry.snapshot_rows import SuccessionRow, UnitRow
from tongban.workdays import Calendar

pytestmark = pytest.mark.django_db
COMPLAINT = {"matter": "0901", "against": "610113-CG"}


@pytest.fixture
def ask(client):
    def send(token: str, path: str):
        return client.get(f"/api/v1{path}", headers={"Authorization": f"Bearer {token}"})

    return send


def token_at(person, unit, role):
    post = Post.objects.get(official=person, unit_id=unit, role=role)
    return ApiToken.issue(post, "test", timezone.now() + timedelta(days=1))[1]


# --- a second post ---------------------------------------------------------------------------------------------------
def test_the_token_of_a_post_above_is_barred_where_its_official_also_sits_in_the_accused_unit(official, letter, ask):
    case, _ = letter(**COMPLAINT)
    assert case.unit_id == "610113-GOV"
    person = official("610113-GOV", "head", "both")
    token = token_at(person, "610113-GOV", "head")
    assert ask(token, f"/desk/cases/{case.code}").status_code == 200
    official("610113-CG1", "handler", "both")  # from now on a squad of the accused bureau as well
    assert ask(token, f"/desk/cases/{case.code}").status_code == 404
    assert case.code not in ask(token, "/desk/cases").content.decode()
    Post.objects.filter(official=person, unit_id="610113-CG1").update(until=timezone.localdate() - timedelta(days=1))
    assert ask(token, f"/desk/cases/{case.code}").status_code == 200


def test_the_second_post_gives_the_token_no_right(official, letter, ask):
    case, _ = letter()
    assert case.unit_id == "610113-CG"
    person = official("610113-ZJ", "handler", "both")
    token = token_at(person, "610113-ZJ", "handler")
    official("610113-CG", "handler", "both")
    assert ask(token, f"/desk/cases/{case.code}").status_code == 404


def test_a_post_that_is_over_ends_its_token_though_others_are_held(official, ask):
    person = official("610113-ZJ", "handler", "both")
    official("610113-CG", "handler", "both")
    token = token_at(person, "610113-ZJ", "handler")
    Post.objects.filter(unit_id="610113-ZJ").update(until=timezone.localdate() - timedelta(days=1))
    assert ask(token, "/desk/cases").status_code == 401


# --- a reorganisation ------------------------------------------------------------------------------------------------
def succeeded(unit, successor):
    row = {"unit": unit, "successor": successor, "since": "2026-01-01", "basis": "机构改革方案"}
    report = exchange.import_rows("successions", [(2, row)])
    assert report.rejected == []


def test_the_unit_that_followed_the_accused_one_neither_sees_nor_handles_the_complaint(
    official, letter, ask, signed_in
):
    case, _ = letter(**COMPLAINT)
    models.Unit.objects.create(code="610113-NEW", name="雁塔区综合执法局", place_id="610113", parent_id="610113-GOV")
    models.Unit.objects.create(code="610113-NEW1", name="综合执法一队", place_id="610113", parent_id="610113-NEW")
    snapshot.touch()
    person = official("610113-GOV", "head", "moved")
    official("610113-NEW1", "handler", "moved")
    token, desk = token_at(person, "610113-GOV", "head"), signed_in(person)
    page = reverse("desk:case", args=(case.code,))
    assert (ask(token, f"/desk/cases/{case.code}").status_code, desk.get(page).status_code) == (200, 200)
    succeeded("610113-CG1", "610113-NEW")  # a part of the accused bureau went into the new one
    assert (ask(token, f"/desk/cases/{case.code}").status_code, desk.get(page).status_code) == (404, 404)
    assert {"610113-CG", "610113-CG1", "610113-NEW", "610113-NEW1"} <= snapshot.current().barred("610113-CG")


def test_a_new_complaint_goes_past_a_superior_that_followed_the_accused_unit(letter, registry):
    succeeded("610113-CG", "610113-GOV")
    case, _ = letter(**COMPLAINT)
    assert case.unit_id == "610100-GOV"


def test_a_succession_comes_in_by_file_and_can_be_switched_off(registry):
    succeeded("610113-CG", "610113-ZJ")
    assert "610113-ZJ" in snapshot.current().barred("610113-CG")
    assert [row[:2] for row in exchange.export_rows("successions")][1:] == [["610113-CG", "610113-ZJ"]]
    off = {"unit": "610113-CG", "successor": "610113-ZJ", "since": "2026-01-01", "basis": "误录", "active": "0"}
    exchange.import_rows("successions", [(2, off)])
    assert "610113-ZJ" not in snapshot.current().barred("610113-CG")
    own = {"unit": "610113-CG", "successor": "610113-CG", "since": "2026-01-01", "basis": "x"}
    assert exchange.import_rows("successions", [(2, own)]).rejected


CODES = [f"u{number}" for number in range(8)]


@given(
    st.lists(st.none() | st.sampled_from(CODES), min_size=8, max_size=8),
    st.lists(st.tuples(st.sampled_from(CODES), st.sampled_from(CODES)), max_size=6),
)
def test_who_is_barred_and_what_bars_are_one_rule_seen_from_two_sides(parents, followed):
    units = [UnitRow(code, code, "", "p", parent) for code, parent in zip(CODES, parents, strict=True)]
    registry = build([], units, [], [], [], Calendar({}, []), 0, [SuccessionRow(*pair) for pair in followed])
    for unit in CODES:
        assert registry.bars_of(unit) == {code for code in CODES if unit in registry.barred(code)}
        assert set(access.bars(Actor("official", 1, (("u0", "head"),), also_at=(unit,)), registry)) >= registry.bars_of(
            unit
        )
    for unit, successor in followed:
        assert successor in registry.barred(unit)


# --- reminders -------------------------------------------------------------------------------------------------------
def test_a_reminder_never_goes_to_somebody_who_also_sits_in_the_accused_unit(official, letter):
    from tongban.cases.escalation import tell

    case, _ = letter(**COMPLAINT)
    for name in ("clean", "both"):
        person = official("610113-GOV", "head", name)
        person.email = f"{name}@example.org"
        person.save()
    official("610113-CG", "head", "both")
    tell(case, "overdue", snapshot.current(), timezone.now())
    assert {row.private["to"] for row in Notice.objects.all()} == {"clean@example.org"}


def test_what_a_token_acts_as(official):
    from tongban.gate.calling import actor_of_token

    person = official("610113-GOV", "head", "both")
    official("610113-CG", "clerk", "both")
    Post.objects.create(
        official=person, unit_id="610113-ZJ", role="head", since=date(2020, 1, 1), until=date(2020, 2, 1)
    )
    actor = actor_of_token(ApiToken.find(token_at(person, "610113-GOV", "head")))
    assert (actor.posts, actor.also_at) == ((("610113-GOV", "head"),), ("610113-CG",))
