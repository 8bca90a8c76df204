"""Attacker: somebody who knows an official's password: from a note on the desk, from the administrator who gave it,
from a phishing page that also took one code of the authenticator app.

What the attacker wants: the desk.
Before: the gate asked whether the account has a second factor, not whether this session showed one, so a session opened
with the password before the factor was enrolled opened the desk afterwards; enrolment ended no session; a first
password was good for ever; a code of the app worked once in each process, and the code that enrolled the app worked
again.
Now: the session's own record counts; a new factor and a new password end the other sessions; a first password has to be
changed at the first sign-in and expires; a code works once, whichever process asks.
"""

from __future__ import annotations

import re
from datetime import timedelta
from types import SimpleNamespace

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.core.cache import caches
from django.core.cache.backends.locmem import LocMemCache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tongban.accounts import officials
from tongban.accounts.models import Official

pytestmark = pytest.mark.django_db
PASSWORD = "a long password"
OWN = "a quite different one"


@pytest.fixture(autouse=True)
def _strict(settings):
    settings.SECOND_FACTOR = True


@pytest.fixture
def person(official):
    return official("610113-CG", "handler", "li.ming")


@pytest.fixture
def clock(monkeypatch):
    """The half minute that codes are made for, and `turn()` to the next one."""
    state = SimpleNamespace(now=2_000_000_000)
    monkeypatch.setattr(totp, "time", SimpleNamespace(time=lambda: state.now))
    state.turn = lambda: setattr(state, "now", state.now + 30)
    state.code = lambda secret: totp.format_hotp_value(totp.hotp_value(secret, state.now // 30))
    return state


def sign_in(password=PASSWORD, name="li.ming"):
    client = Client()
    client.post(reverse("account_login"), {"login": name, "password": password})
    return client


def enrol(client, clock, password=PASSWORD):
    client.post(reverse("account_reauthenticate"), {"password": password})
    page = client.get(reverse("mfa_activate_totp")).content.decode()
    secret = re.search(r'id="authenticator_secret"[^>]*value="([A-Z2-7]+)"', page).group(1)
    assert client.post(reverse("mfa_activate_totp"), {"code": clock.code(secret)}).status_code == 302
    return secret


def desk(client):
    answer = client.get(reverse("desk:tray"))
    return answer.status_code if answer.status_code != 302 else answer["Location"].partition("?")[0]


# --- the session's own record ----------------------------------------------------------------------------------------
def test_a_session_opened_before_enrolment_does_not_open_the_desk_afterwards(person, clock):
    thief, owner = sign_in(), sign_in()
    assert desk(thief) == reverse("mfa_index")
    enrol(owner, clock)
    assert desk(owner) == 200  # the session that enrolled has shown the factor
    assert desk(thief) == reverse("account_login")  # the other one is over


def test_a_session_that_showed_nothing_is_asked_though_the_account_has_a_factor(person, clock):
    owner = sign_in()
    secret = enrol(owner, clock)
    person.refresh_from_db()
    bare = Client()
    bare.force_login(person, backend="django.contrib.auth.backends.ModelBackend")  # however it came to be
    assert desk(bare) == reverse("mfa_reauthenticate")
    for name in (
        "mfa_index",
        "mfa_view_recovery_codes",
        "mfa_deactivate_totp",
        "mfa_add_webauthn",
        "mfa_generate_recovery_codes",
    ):
        assert bare.get(reverse(name))["Location"].startswith(reverse("mfa_reauthenticate")), name
    clock.turn()
    assert bare.post(reverse("mfa_reauthenticate"), {"code": clock.code(secret)}).status_code == 302
    assert desk(bare) == 200


def test_a_factor_that_was_taken_away_does_not_count_any_more(person, clock):
    owner = sign_in()
    enrol(owner, clock)
    officials.reset_second_factor(person)
    assert desk(owner) == reverse("account_login")
    assert desk(sign_in()) == reverse("mfa_index")


def test_another_key_ends_the_sessions_too(person, clock):
    owner = sign_in()
    enrol(owner, clock)
    Authenticator.objects.create(user=person, type=Authenticator.Type.WEBAUTHN, data={"name": "key", "credential": {}})
    assert desk(owner) == reverse("account_login")


def test_a_new_password_ends_the_other_sessions(person, clock):
    owner = sign_in()
    secret = enrol(owner, clock)
    clock.turn()
    other = sign_in()
    other.post(reverse("mfa_authenticate"), {"code": clock.code(secret)})
    assert (desk(owner), desk(other)) == (200, 200)
    given = {"oldpassword": PASSWORD, "password1": OWN, "password2": OWN}
    assert owner.post(reverse("account_change_password"), given).status_code == 302
    assert (desk(owner), desk(other)) == (200, reverse("account_login"))


# --- first passwords -------------------------------------------------------------------------------------------------
@pytest.fixture
def first(registry):
    return officials.add_official("wang", "610113-CG", "handler")


def test_a_first_password_has_to_be_changed_before_anything_else(first, clock):
    client = sign_in(first, "wang")
    assert desk(client) == reverse("account_change_password")
    assert client.get(reverse("mfa_activate_totp"))["Location"] == reverse("account_change_password")
    same = client.post(
        reverse("account_change_password"), {"oldpassword": first, "password1": first, "password2": first}
    )
    assert "初始密码" in same.content.decode()
    client.post(reverse("account_change_password"), {"oldpassword": first, "password1": OWN, "password2": OWN})
    assert Official.objects.get(username="wang").first_password_until is None
    assert desk(client) == reverse("mfa_index")
    enrol(client, clock, OWN)
    assert desk(client) == 200


def test_a_first_password_has_to_be_changed_also_where_no_second_factor_is_asked_for(first, settings):
    settings.SECOND_FACTOR = False
    assert desk(sign_in(first, "wang")) == reverse("account_change_password")


def test_a_first_password_expires(first, settings):
    wang = Official.objects.get(username="wang")
    lasts = wang.first_password_until - timezone.now()
    assert timedelta(hours=settings.FIRST_PASSWORD_HOURS - 1) < lasts <= timedelta(hours=settings.FIRST_PASSWORD_HOURS)
    early = sign_in(first, "wang")
    Official.objects.filter(pk=wang.pk).update(first_password_until=timezone.now() - timedelta(seconds=1))
    late = Client().post(reverse("account_login"), {"login": "wang", "password": first})
    assert "初始密码已过期" in late.content.decode()
    assert (
        "初始密码已过期"
        not in Client().post(reverse("account_login"), {"login": "wang", "password": "x"}).content.decode()
    )
    early.post(reverse("account_change_password"), {"oldpassword": first, "password1": OWN, "password2": OWN})
    wang.refresh_from_db()
    assert not wang.check_password(OWN)


def test_a_password_that_an_administrator_reset_is_a_first_password(person):
    given = officials.reset_password(person)
    assert person.first_password_until is not None
    assert desk(sign_in(given)) == reverse("account_change_password")


def test_an_account_without_a_password_is_told_so(person, settings):
    person.set_unusable_password()
    person.save()
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    answer = client.get(reverse("account_change_password"))
    assert (answer.status_code, "没有密码" in answer.content.decode()) == (403, True)
    assert client.get(reverse("account_reauthenticate")).status_code in (302, 403)


# --- one code, once --------------------------------------------------------------------------------------------------
def another_process():
    """What a process keeps in memory is gone; what all processes share stays."""
    for alias in caches:
        if isinstance(caches[alias], LocMemCache):
            caches[alias].clear()


def test_a_code_works_once_whichever_process_asks(person, clock):
    secret = enrol(sign_in(), clock)
    clock.turn()
    first, second = sign_in(), sign_in()
    code = clock.code(secret)
    assert first.post(reverse("mfa_authenticate"), {"code": code}).status_code == 302
    another_process()
    assert second.post(reverse("mfa_authenticate"), {"code": code}).status_code == 200
    assert (desk(first), desk(second)) == (200, reverse("account_login"))


def test_the_code_that_enrolled_the_app_does_not_sign_anybody_in(person, clock):
    secret = enrol(sign_in(), clock)
    another_process()
    thief = sign_in()
    assert thief.post(reverse("mfa_authenticate"), {"code": clock.code(secret)}).status_code == 200
    assert desk(thief) == reverse("account_login")
