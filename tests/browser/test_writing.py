"""Writing step by step in a real browser: every step and the page to check with axe, on a phone and a desktop, in three
languages; changing one thing from the page to check; with and without scripts."""

from __future__ import annotations

import pytest

from tests.browser.test_pages import opened, violations


@pytest.mark.parametrize(
    ("width", "language", "scripts"),
    [("phone", "zh-hans", True), ("desktop", "zh-hans", False), ("phone", "zh-hant", True), ("phone", "en", True)],
)
def test_each_step_and_the_page_to_check(chromium, site, width, language, scripts):
    page = opened(chromium, site, width, language, scripts).new_page()
    found = []

    def seen(what: str) -> None:
        if scripts:
            found.extend(f"{what}: {one}" for one in violations(page))

    page.goto(site + "/new/letter/")
    page.fill("#id_matter", "0104")
    page.press("#id_matter", "Enter")
    seen("place")
    page.locator("main form button.btn--primary").first.click()
    page.fill("#id_place", "610113")
    page.press("#id_place", "Enter")
    seen("text")
    page.locator("button[name=next]").click()
    page.fill("[name=subject]", "要改的标题")
    page.fill("[name=body]", "门口的路灯一个星期不亮了。")
    page.set_input_files("[name=files]", {"name": "图.txt", "mimeType": "text/plain", "buffer": "说明".encode()})
    page.locator("button[name=next]").click()
    page.wait_for_url("**/new/letter/check/")
    seen("check")
    shown = page.locator("main").inner_text()
    assert "要改的标题" in shown
    assert "图.txt" in shown
    page.locator("dd", has_text="要改的标题").locator("a").click()
    assert page.input_value("[name=subject]") == "要改的标题"
    page.fill("[name=subject]", "改好的标题")
    page.locator("button[name=next]").click()
    page.wait_for_url("**/new/letter/check/")
    assert "改好的标题" in page.locator("main").inner_text()
    page.locator("button[name=send]").click()
    page.wait_for_url("**/follow/sent/")
    seen("sent")
    assert found == []


def test_a_place_is_chosen_from_a_list_by_keys_alone(chromium, site):
    page = opened(chromium, site, "phone", "zh-hans").new_page()
    page.goto(site + "/new/letter/")
    page.fill("#id_matter", "路灯")
    page.locator("[role=option]").first.wait_for()
    assert page.get_attribute("#id_matter", "aria-expanded") == "true"
    page.press("#id_matter", "ArrowDown")
    assert page.locator("[role=option][aria-selected=true]").get_attribute("id") == page.get_attribute(
        "#id_matter", "aria-activedescendant"
    )
    assert violations(page) == []
    page.press("#id_matter", "Escape")
    assert page.get_attribute("#id_matter", "aria-expanded") == "false"
    page.press("#id_matter", "ArrowDown")
    page.locator("[role=option]").first.wait_for()
    page.press("#id_matter", "ArrowDown")
    page.press("#id_matter", "Enter")
    assert "路灯照明" in page.input_value("#id_matter")
    assert "已选" in page.locator("[data-told]").inner_text()
    page.press("#id_matter", "Enter")
    page.wait_for_url("**/new/letter/where/")
