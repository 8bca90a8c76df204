"""On a phone: words in the box are answered, the letter begins with them, and the way back keeps them."""

from __future__ import annotations

from tests.browser.journeys import seen
from tests.browser.test_pages import opened


def test_what_is_said_once_is_answered_and_becomes_the_letter(chromium, site):
    page = opened(chromium, site, "phone", "zh-hans", scripts=False).new_page()
    page.goto(site)
    box = page.get_by_label("说说发生了什么")
    assert box.bounding_box()["y"] + box.bounding_box()["height"] < page.viewport_size["height"], "on the first screen"
    box.fill("雁塔区电梯困人，没人管")
    page.get_by_role("button", name="问一问").click()
    assert page.url == f"{site}/ask/"
    assert page.get_by_role("link", name="电梯一个月困人三次").count() == 1
    page.get_by_role("button", name="写信给").first.click()
    assert page.url == f"{site}/new/letter/text/"
    assert page.locator("textarea[name=body]").input_value() == "雁塔区电梯困人，没人管"
    page.go_back()
    assert page.url == f"{site}/ask/"
    assert page.get_by_label("说说发生了什么").input_value() == "雁塔区电梯困人，没人管"
    page.reload()
    assert page.get_by_role("link", name="电梯一个月困人三次").count() == 1


def test_the_answer_is_open_to_everybody(chromium, site):
    page = opened(chromium, site, "phone", "zh-hans").new_page()
    page.goto(site)
    page.get_by_label("说说发生了什么").fill("网上被骗了三万块")
    page.get_by_role("button", name="问一问").click()
    assert page.get_by_role("link", name="96110").first.is_visible()
    seen(page)
