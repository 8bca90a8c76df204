"""The demo shows the whole house: every state a letter can be in, and every level of the province; by acts alone."""

from __future__ import annotations

import pytest
from django.utils import timezone

from tongban.cases.models import Act, Case
from tongban.demo import load
from tongban.letters.demo import load_letters
from tongban.letters.procedure import ALL
from tongban.registry import snapshot
from tongban.registry.models import Place, Unit

pytestmark = pytest.mark.django_db


@pytest.fixture
def demo(db):
    load.load_registry()
    load.load_people()
    list(load_letters(load.DemoProvince(timezone.now())))


def test_every_state_has_a_letter_and_every_letter_came_by_its_acts(demo):
    assert set(Case.objects.values_list("state", flat=True)) >= ALL - {"disputed", "closed"}
    for case in Case.objects.filter(state__in=("under_recheck", "final")):
        acts = list(Act.objects.filter(case=case).order_by("sequence").values_list("act", flat=True))
        assert {"answer", "ask_review", "answer_review", "ask_recheck"} <= set(acts)
        assert len(acts) == case.sequence


def test_townships_have_units_that_answer_for_letters(demo, client):
    assert set(Place.objects.values_list("level", flat=True)) == {"province", "city", "county", "township"}
    registry = snapshot.current()
    for place in Place.objects.filter(level="township"):
        unit = Unit.objects.get(place=place)
        assert registry.units[unit.code].parent == f"{place.parent_id}-GOV"
        assert registry.route("0102", place.code, timezone.localdate()).lead == unit.code
        assert registry.route("0104", place.code, timezone.localdate()).lead == f"{place.parent_id}-CG", (
            "what is not the township's is the county's"
        )
    assert Case.objects.filter(place__level="township").count() >= 3
    chooser = client.get("/choose/place/?in=610113").json()
    assert "小寨路街道" in [row["name"] for row in chooser["rows"]]
    assert "雁塔区 · 小寨路街道" in client.get("/figures/").content.decode()
    page = client.get("/responsible/?matter=0102&place=610113001").content.decode()
    assert "小寨路街道办事处" in page


def test_loading_the_demo_again_adds_nothing(demo):
    before = Act.objects.count()
    load.load_registry()
    list(load_letters(load.DemoProvince(timezone.now())))
    assert Act.objects.count() == before
