"""When a mandate is over, whoever was charged with it follows what they applied for no more; its giver does, by showing
who they are. The receipt's secret was in other hands from the beginning."""

from __future__ import annotations

import re
from datetime import date, timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.test import Client
from django.utils import timezone

from tongban.cases import recovering
from tongban.cases.actor import SYSTEM
from tongban.cases.models import Act, Case
from tongban.cases.writer import Step, perform
from tongban.counter import recovering as asking
from tongban.services.models import Mandate, Mandated
from tongban.services.sources import mandated

from .bundling import finish as finish_bundle
from .bundling import parts, shop  # noqa: F401
from .conftest import sender
from .registers import LI, WANG, ZHENG, consent, finish, registers, said, show  # noqa: F401
from .test_bundles_for_others import given as given_for_a_bundle
from .test_bundles_for_others import revoke, take_up
from .test_mandates_and_helpers import given, taken_up

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


@pytest.fixture
def applied(registers):  # noqa: F811
    """The mandate, the taker's browser, the case, and its secret as the taker's receipt shows it."""
    mandate = given()
    client, _ = taken_up(mandate)
    consent(client, "no")
    case = finish(client, born="1958-03-02", resident_here="yes")
    shown = re.search(r"\b[0-9A-Z]{4}(?:-[0-9A-Z]{4}){4}\b", said(client.get("/follow/receipt/")))
    return mandate, client, case, shown[0]


def opens(client, case):
    return client.get(f"/follow/{case.code}/").status_code == 200


def giver():
    client = Client()
    show(client, LI)
    return client


def try_secret(case, secret):
    return Client().post("/follow/", {"code": case.code, "secret": secret}).status_code


def test_the_giver_opens_what_was_applied_for_without_its_secret(applied):
    mandate, _client, case, _secret = applied
    mine = giver()
    assert case.code[:4] in said(mine.get("/mandates/"))
    answer = mine.post(f"/mandates/{mandate.code}/open/", {"case": case.code})
    assert answer["Location"] == f"/follow/{case.code}/"
    assert opens(mine, case)
    for other in (ZHENG, WANG):
        stranger = Client()
        show(stranger, other)
        assert stranger.post(f"/mandates/{mandate.code}/open/", {"case": case.code}).status_code == 404
    assert Client().post(f"/mandates/{mandate.code}/open/", {"case": case.code}).status_code == 404


def test_no_case_opens_by_a_mandate_that_it_was_not_opened_by(applied):
    mandate, _client, _case, _secret = applied
    mine = giver()
    own = Client()
    show(own, ZHENG)
    own.post("/ask/write/application/", {"matter": "7001"})
    own.post("/new/application/place/", {"place": "610113"})
    consent(own, "no")
    other = finish(own, ZHENG, "郑玉芬", born="1944-06-18", resident_here="yes")
    assert mine.post(f"/mandates/{mandate.code}/open/", {"case": other.code}).status_code == 404


def test_a_mandate_that_is_taken_back_closes_the_case_to_its_taker_at_once(applied):
    mandate, client, case, secret = applied
    assert opens(client, case)
    assert try_secret(case, secret) == 302
    assert giver().post(f"/mandates/{mandate.code}/revoke/").status_code == 302
    assert not opens(client, case), "neither by what this browser has shown"
    assert try_secret(case, secret) != 302, "nor by the secret"
    act = Act.objects.get(case=case, act="end_mandate")
    assert act.actor == "system"
    assert "digest" not in str(act.public) + str(act.private)
    assert case.private["link"] != Case.objects.get(pk=case.pk).private["link"], "nor its later entries on the ledger"
    mine = giver()
    mine.post(f"/mandates/{mandate.code}/open/", {"case": case.code})
    assert "受托人手里的密码已作废" in said(mine.get(f"/follow/{case.code}/"))


def test_one_that_runs_out_is_closed_by_the_worker_and_only_once(applied):
    mandate, client, case, secret = applied
    assert mandated.end_over() == 0
    assert opens(client, case)
    Mandate.objects.filter(pk=mandate.pk).update(since=date(2020, 1, 1), until=timezone.localdate() - timedelta(days=1))
    assert (mandated.end_over(), mandated.end_over()) == (1, 0)
    assert not opens(client, case)
    assert try_secret(case, secret) != 302
    assert Act.objects.filter(case=case, act="end_mandate").count() == 1


def test_no_contact_left_on_the_case_is_enough_for_a_new_secret_afterwards(applied):
    """It may be the taker's: they typed it."""
    mandate, _client, case, _secret = applied
    case.private = {**case.private, "phone": "13800000000"}
    case.save(update_fields=["private"])
    contact, now = ("phone", "13800000000"), timezone.now()
    renewed = recovering.new_secret(case.pk, case.secret_digest, contact, now)
    assert renewed is not None, "while it holds, it is"
    assert giver().post(f"/mandates/{mandate.code}/revoke/").status_code == 302
    case.refresh_from_db()
    assert recovering.new_secret(case.pk, case.secret_digest, contact, now) is None
    assert asking._found({"by": list(contact), "code": case.code}) is None
    assert try_secret(case, renewed.secret) != 302


def test_the_takers_account_opens_it_no_more(applied):
    mandate, client, case, _secret = applied
    show(client, WANG)
    assert client.post(f"/my/take/{case.code}/").status_code == 302
    assert case.code[:4] in said(client.get("/my/"))
    giver().post(f"/mandates/{mandate.code}/revoke/")
    assert case.code[:4] not in said(client.get("/my/"))
    assert client.post("/my/", {"open": case.code}).status_code == 404


def test_an_application_of_ones_own_is_not_touched(registers):  # noqa: F811
    mine = giver()
    mine.post("/ask/write/application/", {"matter": "7001"})
    mine.post("/new/application/place/", {"place": "610113"})
    consent(mine, "no")
    case = finish(mine, born="1958-03-02", resident_here="yes")
    assert not Mandated.objects.exists()
    assert mandated.end_over() == 0
    assert opens(mine, case)


def test_the_secret_of_a_bundle_and_of_its_parts_ends_with_its_mandate(shop):  # noqa: F811
    mandate = given_for_a_bundle()
    client, _ = take_up(mandate)
    client.post("/new/bundle/registers/", {"answer": "no"})
    whole = finish_bundle(client)
    every = [whole, *parts(whole).values()]
    assert Mandated.objects.count() == len(every) > 1
    before = {case.pk: case.secret_digest for case in every}
    revoke(mandate)
    after_it = dict(Case.objects.filter(pk__in=before).values_list("pk", "secret_digest"))
    assert all(after_it[number] != digest for number, digest in before.items())
    assert [case.pk for case in mandated.of(mandate)] == [whole.pk], "its parts stand on its page"


def test_an_erased_case_names_no_mandate(applied, kept_long_enough):
    mandate, client, case, _secret = applied
    perform(case.pk, Step("withdraw", sender(case)))
    kept_long_enough(case)
    perform(case.pk, Step("erase", SYSTEM))
    assert not Mandated.objects.exists()
    assert giver().post(f"/mandates/{mandate.code}/revoke/").status_code == 302


def test_cases_of_before_are_found_by_the_migration(applied):
    mandate, _client, case, _secret = applied
    Mandated.objects.all().delete()
    import_module("tongban.services.migrations.0060_mandated").of_those_that_are_there(apps, None)
    assert list(Mandated.objects.values_list("case_id", "mandate_id", "ended")) == [(case.pk, mandate.pk, False)]
