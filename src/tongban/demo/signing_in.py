"""How a tool that drives a browser signs an official of a served demo in: screenshots, journeys, a careful look.

Needs no Django. Not for people: they read their code on the demo's own page (`people.py`).
"""

from __future__ import annotations

from typing import Any

PASSWORD = "tongban-demo-2026"  # noqa: S105 -- the demo's published password
PATIENCE = 40
"""Seconds to wait for a code that was not used yet; one is good for thirty."""


def sign_in(page: Any, site: str, name: str, password: str = PASSWORD) -> None:
    """Name and password into the form of a page of Playwright's, and the code of the demo's own page where one is asked
    for. An official who is not of the demo stays at the page that asks."""
    page.goto(f"{site}/accounts/login/")
    page.fill("input[name=login]", name)
    page.fill("input[name=password]", password)
    page.locator("main form .btn--primary").first.click()
    page.wait_for_load_state("load")
    for _ in range(PATIENCE):
        if "/accounts/2fa/authenticate/" not in page.url:
            return
        told = page.request.get(f"{site}/demo/").text()
        if f"<code>{name}</code>" not in told:
            return
        code = told.partition(f'data-code-of="{name}">')[2][:6]
        if code.isdecimal():
            page.fill("input[name=code]", code)
            page.locator("main form .btn--primary").first.click()
            page.wait_for_load_state("load")
        else:
            page.wait_for_timeout(1000)
