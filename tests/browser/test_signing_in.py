"""Officials sign in as they do: password, an authenticator app, a passkey; on a phone and at a
desk, in three languages."""

from __future__ import annotations

import re
import time
from typing import Any

from tests.browser.journeys import WAYS, seen
from tests.browser.test_pages import journey, opened, sign_in


def totp(secret: str) -> str:
    """What the app shows now, and for some seconds more."""
    from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value

    while time.time() % 30 > 24:
        time.sleep(0.5)
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def first_sign_in(page: Any, site: str, name: str, given: str) -> str:
    """Sign in with a first password and change it, as the house asks; the new one."""
    sign_in(page, site, name, given)
    assert page.url.endswith("/accounts/password/change/"), "a first password opens nothing else"
    seen(page)
    own = f"{given}-of-my-own"
    page.fill("input[name=oldpassword]", given)
    for field in ("password1", "password2"):
        page.fill(f"input[name={field}]", own)
    submit(page)
    assert page.url.endswith("/accounts/2fa/"), "and then a second factor is asked for"
    return own


def submit(page: Any) -> None:
    with page.expect_navigation():
        page.locator("main form button").first.click()


def sign_out(page: Any, site: str) -> None:
    page.goto(site + "/accounts/logout/")
    if page.locator("main form button").count():
        seen(page)
        submit(page)
    page.goto(site + "/desk/")
    assert "/accounts/login/" in page.url


@journey(WAYS, ("phone", "zh-hans"))
def test_an_official_enrols_an_authenticator_app_and_signs_in_with_it(chromium, site, new_official, width, language):
    name = f"app-{width}-{language}"
    given = new_official(name, "610113-CG", "handler")
    page = opened(chromium, site, width, language).new_page()
    password = first_sign_in(page, site, name, given)
    page.goto(site + "/accounts/2fa/")
    seen(page)
    page.locator("a[href='/accounts/2fa/totp/activate/']").first.click()
    page.wait_for_load_state("load")
    if page.locator("input[name=password]").count():
        seen(page)
        page.fill("input[name=password]", password)
        submit(page)
    seen(page)
    secret = page.locator("#authenticator_secret").input_value()
    page.fill("input[name=code]", "000000")
    submit(page)
    assert page.url.endswith("/totp/activate/"), "a wrong code enrols nothing"
    seen(page)
    secret = page.locator("#authenticator_secret").input_value()
    page.fill("input[name=code]", totp(secret))
    submit(page)
    seen(page)
    assert not page.url.endswith("/totp/activate/")
    spare = re.search(r"\b\d{8}\b", page.locator("main").inner_html() + page.locator("main").inner_text())
    assert spare, "recovery codes are shown"
    sign_out(page, site)
    sign_in(page, site, name, password)
    assert "/accounts/2fa/authenticate/" in page.url, "the password alone does not open the desk"
    page.goto(site + "/desk/")
    assert "/accounts/" in page.url
    seen(page)
    page.fill(
        "input[name=code]", spare.group()
    )  # the code that enrolled the app is used up, and the next is half a minute away
    submit(page)
    assert page.url.endswith("/desk/")
    seen(page)
    page.context.close()


@journey(WAYS, ("phone", "en"))
def test_an_official_registers_a_passkey_and_signs_in_with_it(chromium, site, new_official, width, language):
    site = site.replace("127.0.0.1", "localhost")  # a passkey belongs to a name, never to an address of numbers
    name = f"key-{width}-{language}"
    given = new_official(name, "610113-CG", "handler")
    page = opened(chromium, site, width, language).new_page()
    chrome = page.context.new_cdp_session(page)
    chrome.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    key = chrome.send("WebAuthn.addVirtualAuthenticator", {"options": options})["authenticatorId"]
    password = first_sign_in(page, site, name, given)
    page.goto(site + "/accounts/2fa/webauthn/")
    seen(page)
    page.locator("a[href='/accounts/2fa/webauthn/add/']").first.click()
    page.wait_for_load_state("load")
    if page.locator("input[name=password]").count():
        page.fill("input[name=password]", password)
        submit(page)
    seen(page)
    page.fill("input[name=name]", "我的密钥")
    if page.locator("input[name=passwordless]").count():
        page.check("input[name=passwordless]")
    page.locator("#mfa_webauthn_add").click()
    page.wait_for_url(re.compile(r"/accounts/2fa/(webauthn|recovery-codes)/"))
    page.wait_for_url(lambda address: not address.endswith("/add/"))
    seen(page)
    assert len(chrome.send("WebAuthn.getCredentials", {"authenticatorId": key})["credentials"]) == 1
    sign_out(page, site)
    page.goto(site + "/accounts/login/")
    seen(page)
    page.locator("#passkey_login").click()
    page.wait_for_url("**/desk/")
    seen(page)
    page.context.close()
