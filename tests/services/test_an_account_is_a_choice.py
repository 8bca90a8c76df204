"""An account holds what its person took in, each with its secret in hand, and nothing else."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client

from tongban.cases import renewing
from tongban.cases.actor import resident
from tongban.cases.models import Case
from tongban.cases.writer import Step, perform
from tongban.services.models import Account

from .registers import LI, WANG, begin, consent, finish, registers, said, show  # noqa: F401

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("registers"), pytest.mark.both_databases]


@pytest.fixture
def taken():
    """Li applied, and took the application into her account."""
    client = Client()
    show(client)
    begin(client)
    consent(client, "no")
    case = finish(client, born="1958-03-02", resident_here="yes")
    assert case.code not in said(client.get("/my/"))  # nothing comes in by itself
    assert client.post(f"/my/take/{case.code}/").status_code == 302
    return case


def test_another_browser_of_the_same_person_opens_it_without_code_and_secret(taken):
    phone = Client()
    assert phone.get(f"/follow/{taken.code}/").status_code == 404
    show(phone)
    assert "老年人优待证办理" in said(phone.get("/my/"))
    assert phone.get(f"/follow/{taken.code}/").status_code == 404  # a list opens nothing
    assert phone.post("/my/", {"open": taken.code}).url == f"/follow/{taken.code}/"
    assert phone.get(f"/follow/{taken.code}/").status_code == 200


def test_nobody_else_sees_or_opens_it(taken):
    stranger = Client()
    assert stranger.post("/my/", {"open": taken.code}).status_code == 404
    show(stranger, WANG)
    assert "老年人优待证办理" not in said(stranger.get("/my/"))
    assert stranger.post("/my/", {"open": taken.code}).status_code == 404
    assert stranger.post(f"/my/take/{taken.code}/").status_code == 404  # the secret was not shown here
    assert stranger.post(f"/my/leave-out/{taken.code}/").status_code == 404


def test_without_showing_who_one_is_nothing_is_taken_in(taken):
    client = Client()
    begin(client)
    consent(client, "no")
    case = finish(client, number=WANG, name="王强", born="1980-07-15", resident_here="yes")
    assert client.post(f"/my/take/{case.code}/").status_code == 200
    assert Account.objects.count() == 1


def test_a_secret_that_was_renewed_ends_it(taken):
    perform(taken.pk, Step("recover", resident(taken.pk), renewing.of("another")))
    phone = Client()
    show(phone)
    assert phone.post("/my/", {"open": taken.code}).status_code == 404


def test_it_can_be_taken_out_and_the_account_closed(taken):
    phone = Client()
    show(phone)
    phone.post("/my/", {"open": taken.code})
    phone.post(f"/my/leave-out/{taken.code}/")
    assert phone.post("/my/", {"open": taken.code}).status_code == 404
    phone.post(f"/my/take/{taken.code}/")
    phone.post("/my/", {"close": "1"})
    assert not Account.objects.exists()
    assert Case.objects.filter(pk=taken.pk).exists()


def test_a_stolen_database_ties_no_case_to_a_person(taken):
    with connection.cursor() as cursor:
        cursor.execute("SELECT person, private FROM services_account")
        person, private = cursor.fetchone()
    assert LI not in person
    assert LI.encode() not in bytes(private)
    assert f"[{taken.pk},".encode() not in bytes(private)
