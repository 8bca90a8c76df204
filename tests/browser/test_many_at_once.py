"""Officials keep a view under a name and act on several cases at once, in the browser, with a phone and without
JavaScript."""

from __future__ import annotations

import pytest

from tests.browser.test_pages import opened, signed_in, violations


@pytest.mark.parametrize(("width", "scripts"), [("phone", True), ("desktop", False)])
def test_several_cases_get_a_note_of_urgency_at_once_and_each_says_what_came_of_it(chromium, site, width, scripts):
    context = opened(chromium, site, width, "zh-hans", scripts)
    page = signed_in(context, site, "supervisor")
    page.goto(f"{site}/desk/?scope=below")
    boxes = page.locator("input[type=checkbox][name=case]")
    assert boxes.count() >= 2
    for number in range(2):
        boxes.nth(number).check()
    page.locator("#bulk button[value=urge]").click()
    assert page.locator("fieldset input[name=case]:checked").count() == 2
    problems = [] if not scripts else violations(page)
    page.fill("[name=text]", "请在本周内答复。")
    page.locator("button[name=go]").click()
    assert "2 件已办理" in page.locator("main").inner_text()
    problems += [] if not scripts else violations(page)
    context.close()
    assert problems == []


def test_a_view_is_kept_under_a_name_found_again_and_taken_away(chromium, site):
    context = opened(chromium, site, "phone", "zh-hans")
    page = signed_in(context, site, "handler")
    page.goto(f"{site}/desk/?mine=1")
    page.fill("#view-name", "我承办的")
    page.locator("form[action$='/desk/views/'] button").first.click()
    page.goto(f"{site}/desk/")
    page.locator("a", has_text="我承办的").click()
    assert "mine=1" in page.url
    page.locator("button[name=remove]").click()
    page.goto(f"{site}/desk/")
    assert page.locator("a", has_text="我承办的").count() == 0
    context.close()
