"""In the demo every role is asked for a second factor, and its own page shows the codes; nowhere else is there such a
page."""

from __future__ import annotations

import re

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from tongban.accounts.models import Official
from tongban.demo import load, people
from tongban.demo.signing_in import PASSWORD

pytestmark = pytest.mark.django_db


@pytest.fixture
def demo(settings):
    cache.clear()
    settings.DEMO = settings.SECOND_FACTOR = True
    load.load_registry()
    load.load_people()


def shown(client: Client) -> dict[str, str]:
    page = client.get(reverse("demo:people")).content.decode()
    return dict(re.findall(r'data-code-of="([a-z0-9]+)">(\d{6})<', page))


def test_outside_the_demo_there_is_no_such_page(settings):
    settings.DEMO, settings.SECOND_FACTOR = True, True
    load.load_registry()
    load.load_people()
    settings.DEMO = False
    response = Client().get(reverse("demo:people"))
    assert response.status_code == 404
    assert not re.search(r"\b\d{6}\b", re.sub(r"<svg.*?</svg>|#[0-9a-f]{6}", "", response.content.decode(), flags=re.S))


def test_every_official_of_the_demo_has_a_code_and_the_page_is_kept_nowhere(demo):
    assert set(shown(Client())) == {row[0] for row in load.PEOPLE}
    assert Client().get(reverse("demo:people"))["Cache-Control"] == "no-store"


@pytest.mark.parametrize("name", [row[0] for row in load.PEOPLE])
def test_the_password_alone_opens_nothing_and_the_shown_code_does(demo, name, monkeypatch):
    monkeypatch.setattr(people.time, "time", lambda: 1_800_000_010.0)
    client = Client()
    client.post(reverse("account_login"), {"login": name, "password": PASSWORD})
    assert client.get("/desk/").status_code == 302
    assert client.post(reverse("mfa_authenticate"), {"code": "000000"}).status_code == 200
    code = shown(client)[name]
    assert client.post(reverse("mfa_authenticate"), {"code": code}).status_code == 302
    assert client.get("/desk/").status_code == 200
    assert name not in shown(client), "a code that was used is not offered again"


def test_only_the_demos_own_officials_stand_there(demo):
    stranger = Official.objects.create_user("stranger", password="a long password")
    load.totp.TOTP.activate(stranger, load.totp.generate_totp_secret())
    assert "stranger" not in Client().get(reverse("demo:people")).content.decode()


def test_a_demo_without_a_second_factor_asks_for_none(demo, settings):
    assert Authenticator.objects.exists()
    settings.SECOND_FACTOR = False
    load.load_people()
    assert not Authenticator.objects.exists()
    client = Client()
    client.post(reverse("account_login"), {"login": "clerk", "password": PASSWORD})
    assert client.get("/desk/").status_code == 200
