"""Sign-in and the second factor: the routes that are open, and pages that run under the content security policy."""

from __future__ import annotations

import itertools
import re
import time

import pytest
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from allauth.mfa.totp.internal.auth import yield_hotp_counters_from_time as counters
from django.conf import settings
from django.core.cache import cache
from django.urls import NoReverseMatch, reverse

pytestmark = pytest.mark.django_db
OPEN = ["account_login", "account_inactive"]
SIGNED_IN = [
    "account_logout", "account_change_password", "account_reauthenticate", "mfa_index", "mfa_activate_totp",
    "mfa_list_webauthn", "mfa_add_webauthn",
    "mfa_view_recovery_codes", "mfa_generate_recovery_codes", "mfa_deactivate_totp",
]  # fmt: skip


def code(secret: str) -> str:
    return totp.format_hotp_value(totp.hotp_value(secret, next(iter(counters()))))


def inline(html: str) -> list[str]:
    """What the policy would stop: inline scripts that run, styles, handlers, scripts of other hosts."""
    scripts = [
        tag for tag in re.findall(r"<script\b[^>]*>", html) if "src=" not in tag and "application/json" not in tag
    ]
    foreign = re.findall(r'<(?:script|link|img)\b[^>]*(?:src|href)="(?:https?:)?//', html)
    return scripts + foreign + re.findall(r"<style\b|\sstyle=|\son[a-z]+=", html)


@pytest.fixture
def person(official):
    return official("610113-CG", "handler", "li.ming")


@pytest.fixture(autouse=True)
def _no_rate_limits_between_tests():
    cache.clear()


@pytest.fixture
def signed(client, person):
    """Signed in, and the password given again: changes of the account ask for it."""
    client.post(reverse("account_login"), {"login": "li.ming", "password": "a long password"})
    client.post(reverse("account_reauthenticate"), {"password": "a long password"})
    return client


def enrol(client):
    """Set an authenticator app up; its secret."""
    page = client.get(reverse("mfa_activate_totp")).content.decode()
    secret = re.search(r'id="authenticator_secret"[^>]*value="([A-Z2-7]+)"', page).group(1)
    assert client.post(reverse("mfa_activate_totp"), {"code": code(secret)}).status_code == 302
    return secret


@pytest.mark.parametrize(
    "name", ["account_signup", "account_email", "account_reset_password", "mfa_signup_webauthn", "account_set_password"]
)
def test_nobody_signs_up_and_no_mail_resets_a_password(name):
    with pytest.raises(NoReverseMatch):
        reverse(name)


def test_an_official_signs_in_and_out(client, person):
    page = client.get(reverse("account_login"))
    assert page.status_code == 200
    assert "sign up" not in page.content.decode().lower()
    wrong = client.post(reverse("account_login"), {"login": "li.ming", "password": "wrong"})
    assert 'role="alert"' in wrong.content.decode()
    assert client.post(reverse("account_login"), {"login": "li.ming", "password": "a long password"})[
        "Location"
    ] == reverse("desk:tray")
    assert client.get(reverse("desk:tray")).status_code == 200
    client.post(reverse("account_logout"))
    assert client.get(reverse("desk:tray")).status_code == 302


@pytest.mark.parametrize("name", OPEN)
@pytest.mark.parametrize("language", ["zh-hans", "zh-hant", "en"])
def test_open_pages_wear_the_house_and_obey_the_policy(client, db, name, language):
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    response = client.get(reverse(name))
    html = response.content.decode()
    assert response.status_code == 200
    assert 'id="main"' in html
    assert inline(html) == []
    assert "script-src 'self'" in response["Content-Security-Policy"]


@pytest.mark.parametrize("name", SIGNED_IN)
def test_pages_of_the_account_wear_the_house_and_obey_the_policy(signed, person, name):
    if name in ("mfa_generate_recovery_codes", "mfa_view_recovery_codes", "mfa_deactivate_totp"):
        enrol(signed)  # by the page: a factor that comes from elsewhere ends this session
    if name == "mfa_view_recovery_codes":
        signed.post(reverse("mfa_generate_recovery_codes"))
    response = signed.get(reverse(name))
    html = response.content.decode()
    assert response.status_code == 200, response.headers.get("Location")
    assert 'id="main"' in html
    assert html.count("<h1") == 1
    assert inline(html) == []


@pytest.mark.parametrize("name", SIGNED_IN)
def test_pages_of_the_account_are_closed_to_strangers(client, db, name):
    assert client.get(reverse(name)).status_code == 302


def test_changes_of_the_account_ask_for_the_password_again(client, person):
    client.post(reverse("account_login"), {"login": "li.ming", "password": "a long password"})
    for name in ("mfa_activate_totp", "mfa_add_webauthn"):
        assert client.get(reverse(name))["Location"].startswith(reverse("account_reauthenticate"))


def test_a_second_factor_is_asked_for_where_the_deployment_wants_it(signed, settings):
    settings.SECOND_FACTOR = True
    assert signed.get(reverse("desk:tray"))["Location"] == reverse("mfa_index")


def test_an_authenticator_app_is_set_up_and_then_asked_for(signed, person, client):
    page = signed.get(reverse("mfa_activate_totp")).content.decode()
    secret = re.search(r'id="authenticator_secret"[^>]*value="([A-Z2-7]+)"', page).group(1)
    assert 'src="data:image/svg' in page
    assert signed.post(reverse("mfa_activate_totp"), {"code": "000000"}).status_code == 200
    assert not Authenticator.objects.exists()
    assert signed.post(reverse("mfa_activate_totp"), {"code": code(secret)}).status_code == 302
    assert get_adapter().is_mfa_enabled(person)
    codes = signed.get(reverse("mfa_view_recovery_codes")).content.decode()
    assert len(re.findall(r"\b[0-9a-f]{8}\b", codes)) >= 10
    assert signed.get(reverse("mfa_download_recovery_codes")).status_code == 200
    signed.post(reverse("account_logout"))
    client.post(reverse("account_login"), {"login": "li.ming", "password": "a long password"})
    assert client.get(reverse("desk:tray")).status_code == 302
    asked = client.get(reverse("mfa_authenticate"))
    assert asked.status_code == 200
    assert inline(asked.content.decode()) == []


def test_a_key_is_listed_with_its_name(client, person):
    key = Authenticator.objects.create(
        user=person, type=Authenticator.Type.WEBAUTHN, data={"name": "办公室的密钥", "credential": {}}
    )
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    session = client.session
    shown = {"method": "mfa", "at": time.time(), "id": key.pk, "type": "webauthn", "reauthenticated": True}
    session.update({"account_authentication_methods": [shown], "account_authentication_methods_user": str(person.pk)})
    session.save()
    html = client.get(reverse("mfa_list_webauthn")).content.decode()
    assert "办公室的密钥" in html
    assert inline(html) == []


def test_a_password_is_changed_only_to_a_long_one(signed, person):
    url = reverse("account_change_password")
    short = signed.post(url, {"oldpassword": "a long password", "password1": "short", "password2": "short"})
    assert 'role="alert"' in short.content.decode()
    signed.post(
        url, {"oldpassword": "a long password", "password1": "another long word", "password2": "another long word"}
    )
    person.refresh_from_db()
    assert person.check_password("another long word")


def test_a_stranger_who_knows_the_name_cannot_keep_the_official_out(client, person):
    """Wrong passwords from elsewhere, until that address is stopped; the official signs in from the office."""
    for _ in range(12):
        elsewhere = client.post(
            reverse("account_login"), {"login": person.username, "password": "wrong"}, REMOTE_ADDR="203.0.113.9"
        )
    right = {"login": person.username, "password": "a long password"}
    assert elsewhere.status_code != 302
    assert client.post(reverse("account_login"), right, REMOTE_ADDR="203.0.113.9").status_code != 302
    assert client.post(reverse("account_login"), right, REMOTE_ADDR="198.51.100.7")["Location"] == reverse("desk:tray")


def test_an_address_that_is_stopped_uses_up_nothing_of_what_a_name_has(client, person, monkeypatch):
    """Ten a minute from one address, for twelve minutes: after the first ten they no longer count against the name."""
    from types import SimpleNamespace

    from allauth.core.internal import ratelimit

    spelt = list(
        dict.fromkeys(map("".join, itertools.product(*zip(person.username, person.username.upper(), strict=True))))
    )  # one name to allauth
    for minute in range(12):
        later = time.time() + 61 * minute
        monkeypatch.setattr(
            ratelimit,
            "time",
            SimpleNamespace(time=lambda later=later: later, monotonic=time.monotonic, sleep=time.sleep),
        )
        for _ in range(10):
            client.post(
                reverse("account_login"), {"login": spelt[minute], "password": "wrong"}, REMOTE_ADDR="203.0.113.9"
            )
    right = {"login": person.username, "password": "a long password"}
    assert client.post(reverse("account_login"), right, REMOTE_ADDR="203.0.113.9").status_code != 302
    assert client.post(reverse("account_login"), right, REMOTE_ADDR="198.51.100.7")["Location"] == reverse("desk:tray")


def test_one_name_is_not_guessed_at_from_many_addresses_for_ever(client, person):
    for number in range(100):
        client.post(
            reverse("account_login"), {"login": person.username, "password": "wrong"}, REMOTE_ADDR=f"203.0.113.{number}"
        )
    right = {"login": person.username, "password": "a long password"}
    assert client.post(reverse("account_login"), right, REMOTE_ADDR="198.51.100.7").status_code != 302


def test_behind_a_proxy_failures_are_counted_for_the_address_that_the_proxy_saw(client, person, settings, rf):
    from allauth.account.adapter import get_adapter
    from axes.helpers import get_client_ip_address
    from axes.models import AccessAttempt

    settings.TRUSTED_PROXIES = settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    forwarded = {"X-Forwarded-For": "6.6.6.6, 203.0.113.9"}  # the left one is what the client made up
    request = rf.get("/", headers=forwarded)
    assert get_client_ip_address(request) == get_adapter().get_client_ip(request) == "203.0.113.9"
    client.post(reverse("account_login"), {"login": person.username, "password": "wrong"}, headers=forwarded)
    assert AccessAttempt.objects.get().ip_address == "203.0.113.9"


def test_the_settings_trust_as_many_proxies_in_every_place():
    from tongban.config import settings as ours

    assert ours.TRUSTED_PROXIES == ours.ALLAUTH_TRUSTED_PROXY_COUNT == ours.ENV.trusted_proxies
    assert ours.AXES_CLIENT_IP_CALLABLE == "tongban.gate.rates.client_address"
