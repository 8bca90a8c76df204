"""Who gets what: the unit's data officer, those above, and strangers of every sort, who get
nothing. One rule everywhere."""

from __future__ import annotations

import pytest
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from tests.conftest import UNITS
from tests.protection.conftest import UNIT
from tongban.accounts.models import Role
from tongban.cases.actor import Actor
from tongban.protection import access
from tongban.protection.models import Decision, Field, Scan, Source
from tongban.registry import snapshot

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
SECRETS = ("许可系统", "id_no", "61＊＊", "db.example", "archive")
EVERYBODY_ELSE = ("clerk", "head", "administrator")


def routes(catalogue):
    """(method, address, data) of every route of the room; lists first."""
    row, scan, source = catalogue["applicants.id_no"], Scan.objects.get(), Source.objects.get()
    lists = [
        ("GET", reverse(f"protection:{name}"), {}) for name in ("overview", "fields", "review", "sources", "upload")
    ]
    lists += [
        ("GET", reverse("protection:export", args=[form]), {})
        for form in ("xlsx", "csv", "json", "dcat", "openmetadata")
    ]
    lists += [
        ("GET", reverse("protection:fields") + query, {})
        for query in (f"?unit={UNIT}", f"?source={source.code}", "?q=resident", "?gone=any")
    ]
    lists += [
        ("GET", reverse("protection:export", args=["json"]) + f"?unit={UNIT}", {}),
        ("GET", reverse("protection:overview") + f"?unit={UNIT}", {}),
    ]
    ones = [
        ("GET", reverse(f"protection:{name}", args=[found.code]), {})
        for name, found in (("field", row), ("scan", scan), ("source", source))
    ]
    ones += [
        (
            "POST",
            reverse("protection:field", args=[row.code]),
            {"do": act, "version": row.version, "reason": "x", "level": "core"},
        )
        for act in ("accept", "decide", "later", "withdraw")
    ]
    ones += [
        ("POST", reverse("protection:source", args=[source.code]), {"do": act, "reason": "x", "purpose": "x"})
        for act in ("save", "remove")
    ]
    return lists, ones


def untouched():
    assert not Decision.objects.exists()
    assert Source.objects.get().removed_at is None
    assert Source.objects.get().purpose == ""


def test_a_stranger_is_sent_to_sign_in(desk, catalogue):
    lists, ones = routes(catalogue)
    for method, address, data in lists + ones:
        answer = desk("stranger").generic(method, address) if method == "GET" else desk("stranger").post(address, data)
        assert answer.status_code == 302
        assert "/accounts/login/" in answer["Location"]
    untouched()


@pytest.mark.parametrize("who", EVERYBODY_ELSE)
def test_without_the_post_of_a_data_officer_every_page_is_refused(desk, catalogue, who):
    lists, ones = routes(catalogue)
    client = desk(who)
    for method, address, data in lists + ones:
        answer = client.get(address) if method == "GET" else client.post(address, data)
        assert answer.status_code == 403, address
        assert not [words for words in SECRETS if words in answer.content.decode()]
    untouched()


@pytest.mark.parametrize("who", ["other", "below"])
def test_another_units_officer_sees_nothing_of_it(desk, catalogue, who):
    lists, ones = routes(catalogue)
    client = desk(who)
    for _method, address, _data in lists:
        answer = client.get(address)
        assert answer.status_code == 200, address
        body = answer.content.decode("utf-8", "replace")
        assert not [words for words in SECRETS if words in body], address
    for method, address, data in ones:
        answer = client.get(address) if method == "GET" else client.post(address, data)
        assert answer.status_code == 404, address
        assert not [words for words in SECRETS if words in answer.content.decode()]
    untouched()


def test_an_officer_above_sees_but_does_not_change(desk, catalogue):
    lists, ones = routes(catalogue)
    client = desk("above")
    for method, address, data in lists + ones:
        answer = client.get(address) if method == "GET" else client.post(address, data)
        assert answer.status_code == (200 if method == "GET" else 403), address
    assert "id_no" in client.get(reverse("protection:fields")).content.decode()
    assert UNIT not in client.get(reverse("protection:upload")).content.decode()
    untouched()


def test_nobody_uploads_for_another_unit(desk, catalogue):
    from django.core.files.uploadedfile import SimpleUploadedFile

    from tests.protection.conftest import IDENTITY, report

    raw = report(IDENTITY, day=9).as_json().encode()
    for who in ("other", "above"):
        answer = desk(who).post(
            reverse("protection:upload"), {"unit": UNIT, "report": SimpleUploadedFile("r.json", raw)}
        )
        assert answer.status_code == 422
    assert Scan.objects.count() == 1


def test_the_navigation_shows_the_catalogue_to_officers_only(desk):
    assert 'href="/protection/"' in desk("officer").get("/desk/").content.decode()
    assert 'href="/protection/"' not in desk("clerk").get("/desk/").content.decode()


def test_a_post_that_is_over_opens_nothing(desk, catalogue, officer):
    from datetime import date

    from tongban.accounts.models import Post

    client = desk("officer")
    Post.objects.filter(official_id=officer.official_id).update(until=date(2024, 1, 1))
    assert client.get(reverse("protection:fields")).status_code == 403


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    posts=some.lists(
        some.tuples(some.sampled_from([row[0] for row in UNITS] + ["nobody"]), some.sampled_from(Role.values)),
        max_size=4,
    ),
    kind=some.sampled_from(["official", "resident"]),
)
def test_the_rule_for_one_and_the_rule_for_lists_say_the_same(registry, catalogue, posts, kind):
    actor = Actor(kind, official_id=1, posts=tuple(posts))
    picture = snapshot.current()
    sees = access.may_see(actor, UNIT, picture)
    assert access.sources_for(actor, picture).exists() is sees
    assert access.scans_for(actor, picture).exists() is sees
    assert (access.fields_for(actor, picture).count() == Field.objects.count()) is sees
    assert access.fields_for(actor, picture).exists() is sees
    line = picture.line("units", UNIT)
    assert sees is (kind == "official" and any(role == "data_officer" and unit in line for unit, role in posts))
    assert access.may_change(actor, UNIT, picture) is (kind == "official" and (UNIT, "data_officer") in posts)
