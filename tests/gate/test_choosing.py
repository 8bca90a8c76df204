"""Choosing by typing: the field without JavaScript, what a browser is answered, and what is refused."""

from __future__ import annotations

import pytest
from django import forms
from django.http import QueryDict
from django.test import Client
from django.utils import translation

from tongban.gate.choosing import Choosing, Chosen
from tongban.registry import models as rows
from tongban.registry import snapshot

pytestmark = pytest.mark.django_db


@pytest.fixture
def towns(registry):
    """The small registry with a township, a district beside, and positions."""
    rows.Place.objects.create(code="610113002", name="大雁塔街道", level="township", parent_id="610113")
    rows.Place.objects.create(code="610103", name="碑林区", level="county", parent_id="610100")
    rows.Place.objects.filter(code="610113").update(latitude=34.2, longitude=108.95)
    snapshot.touch()
    return snapshot.current()


class PlaceAndNote(Choosing):
    place = Chosen("place", label="地点")
    note = forms.CharField(label="说明")


def form(query: str) -> PlaceAndNote:
    return PlaceAndNote(QueryDict(query))


@pytest.mark.parametrize("typed", ["610113", "雁塔区小寨东路", "西安市 › 雁塔区", "西安市雁塔区"])
def test_words_that_mean_one_thing_are_taken(towns, typed):
    found = form(f"place={typed}&note=x")
    assert found.is_valid(), found.errors
    assert found.cleaned_data["place"] == "610113"


def test_words_that_mean_several_are_answered_with_a_list_and_stay(towns):
    found = form("place=雁塔&note=x")
    assert not found.is_valid()
    assert "“雁塔”可能是下面这几个，请选一个。" in found.errors["place"]
    shown = str(found["place"])
    assert 'value="雁塔"' in shown
    assert 'type="radio"' in shown
    assert "大雁塔街道" in shown
    chosen = form("place=雁塔&place-was=&place=610113002&note=x")
    assert chosen.is_valid()
    assert chosen.cleaned_data["place"] == "610113002"


def test_words_that_mean_nothing_are_told(towns):
    found = form("place=东京&note=x")
    assert "没有找到“东京”" in found.errors["place"][0]
    assert "没有这一项" in form("place=雁塔&place=nothing&note=x").errors["place"][0]
    assert "请选择地点" in form("place=&note=x").errors["place"][0]


def test_looking_something_up_is_no_mistake_and_goes_nowhere(towns):
    for query in ("place=雁塔&place-find=1&note=", "place=&place-in=610100&note=", "place=610113&place-find=1&note=x"):
        found = form(query)
        assert not found.is_valid(), query
        assert found.choosing
        assert not found.errors, "the other fields are not told wrong meanwhile"
    assert "碑林区" in str(form("place=&place-in=610100&note=")["place"])


def test_what_the_field_showed_is_the_same_thing_again_in_every_language(towns):
    with translation.override("en"):
        shown = str(PlaceAndNote(initial={"place": "610113"})["place"])
        assert 'name="place-was" value="610113"' in shown
        line = PlaceAndNote.base_fields["place"].label_of("610113")
        assert form(f"place={line}&place-was=610113&note=x").is_valid()
    changed = form("place=碑林区&place-was=610113&note=x")
    assert changed.is_valid()
    assert changed.cleaned_data["place"] == "610103", "words that were changed count"


def test_only_what_may_be_chosen_is_offered_and_taken(towns):
    field = Chosen("unit", only=lambda: ["610113-CG"])
    assert field.clean("610113-CG") == "610113-CG"
    with pytest.raises(forms.ValidationError):
        field.clean("610113-GOV")
    shown = str(type("F", (Choosing,), {"unit": field})()["unit"])
    assert "610113-CG" in shown
    assert "610113-GOV" not in shown
    assert 'data-ask=""' in shown, "no public address says what may be chosen"


def test_a_browser_is_answered_while_somebody_types(towns):
    client = Client()
    answer = client.get("/choose/place/", {"q": "雁塔"})
    assert answer["Cache-Control"] == "public, max-age=60"
    assert answer.json()["found"][0]["code"] == "610113"
    assert client.get("/choose/matter/", {"q": "漏水", "for": "letter"}).json()["found"][0]["said"]
    assert client.get("/choose/matter/", {"q": "漏水", "for": "nothing"}).json() == {"found": [], "total": 0}
    step = client.get("/choose/place/", {"in": "610113"}).json()
    assert [one["name"] for one in step["above"]] == ["陕西省", "西安市", "雁塔区"]
    assert client.get("/choose/case/", {"q": "1"}).status_code == 404
    assert client.post("/choose/place/", {"q": "雁塔"}).status_code == 405


def test_a_position_comes_by_post_and_is_answered_politely_where_nothing_is_near(towns):
    client = Client()
    assert client.get("/choose/near/?latitude=34.2&longitude=108.95").status_code == 405
    near = client.post("/choose/near/", {"latitude": "34.2", "longitude": "108.95"}).json()
    assert near["found"][0]["code"] == "610113"
    far = client.post("/choose/near/", {"latitude": "39.9", "longitude": "116.4"}).json()
    assert (far["found"], "请直接输入地名" in far["message"]) == ([], True)
    for wrong in ({}, {"latitude": "nan", "longitude": "0"}, {"latitude": "x", "longitude": "0"}, {"latitude": "91"}):
        assert client.post("/choose/near/", wrong).status_code == 422
    assert Client(enforce_csrf_checks=True).post("/choose/near/", {}).status_code == 403


def test_pages_may_ask_for_the_position_and_nobody_else(towns):
    assert "geolocation=(self)" in Client().get("/follow/")["Permissions-Policy"]
