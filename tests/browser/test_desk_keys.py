"""The keys of the tray do what the list of keys says."""

from __future__ import annotations

from tests.browser.test_pages import opened, signed_in


def test_the_tray_is_worked_with_the_keys_of_its_list(chromium, site):
    context = opened(chromium, site, "desktop", "zh-hans")
    page = signed_in(context, site, "handler")
    page.goto(f"{site}/desk/")
    page.keyboard.press("?")
    assert page.locator("[data-keys-list]").evaluate("list => list.open")
    page.keyboard.press("j")
    page.keyboard.press("j")
    second = page.locator("table[data-keynav] tbody tr").nth(1)
    assert second.evaluate("row => row.contains(document.activeElement)")
    page.keyboard.press("x")
    assert second.locator("input[type=checkbox]").is_checked()
    page.keyboard.press("k")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.matches('[data-key-search]')")
    page.keyboard.press("Escape")
    page.locator("[data-choose-all]").check()
    rows = page.locator("table[data-keynav] tbody tr").count()
    assert page.locator("tbody input[type=checkbox]:checked").count() == rows
    page.locator("h1").click()
    page.keyboard.press("j")
    address = page.evaluate("document.activeElement.href")
    page.keyboard.press("Enter")
    page.wait_for_url(address)
    context.close()
