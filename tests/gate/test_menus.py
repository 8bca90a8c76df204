"""A menu shows what its reader may open; a page that says no says so to whoever reads it."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from tongban.accounts.models import Role
from tongban.gate.door import parts
from tongban.gate.parts import DeskLink

pytestmark = pytest.mark.django_db
AT = {"administrator": "610000-GOV", "supervisor": "610113-GOV"}


@pytest.fixture
def client_of(official, signed_in):
    """A signed-in official with this role alone."""

    def make(role: str) -> Client:
        return signed_in(official(AT.get(role, "610113-CG"), role))

    return make


@pytest.mark.parametrize("role", Role.values)
def test_every_link_that_a_role_is_shown_opens_for_it(client_of, role):
    client = client_of(role)
    page = client.get(reverse("mfa_index")).content.decode()
    shown = [link for link in parts(DeskLink) if f'href="{reverse(link.name)}"' in page]
    assert shown, "nobody is left without a page"
    assert {link.name: client.get(reverse(link.name)).status_code for link in shown} == {
        link.name: 200 for link in shown
    }


def test_every_link_is_shown_to_some_role():
    roles = set(Role.values)
    for link in parts(DeskLink):
        assert not link.role or set(link.role.split()) <= roles, link.name


@pytest.mark.parametrize(("address", "status"), [("/responsible/admin/", 403), ("/desk/c/00000000000Z/", 404)])
def test_a_page_that_says_no_names_the_reader_the_posts_and_whom_to_ask(client_of, official, address, status):
    official("610000-GOV", "administrator", "chief")
    response = client_of("handler").get(address)
    page = response.content.decode()
    assert response.status_code == status
    assert "您现在以“官员610113-CG-handler”登录" in page
    assert "雁塔区城市管理局 承办人" in page
    assert "官员chief" in page
    assert 'href="/desk/search/"' in page
    assert "/responsible/admin/" not in page.replace(address, "")


def test_a_stranger_reads_nothing_of_officials_on_such_a_page(official):
    official("610000-GOV", "administrator", "chief")
    page = Client().get("/no-such-page/").content.decode()
    assert "官员" not in page
    assert "您现在以" not in page
    assert "回执上的查询码和密码" in page


def test_an_empty_tray_leads_on(client_of):
    page = client_of("administrator").get("/desk/").content.decode()
    assert 'href="/responsible/admin/"' in page.split("<main", 1)[1]
    own = client_of("handler").get("/desk/").content.decode().split("<main", 1)[1]
    assert "本单位没有未结的件" in own
    assert 'href="?scope=assist&amp;' in own
