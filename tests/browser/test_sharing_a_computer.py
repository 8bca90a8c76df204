"""A computer that others use too, and a telephone that reads the receipt's code: in a real browser, with scripts and
without."""

from __future__ import annotations

import re

import pytest

from tests.browser.test_pages import opened


def write_a_letter(page, site: str) -> tuple[str, str]:
    """Write and send a letter; (code, secret) as the page shows them."""
    page.goto(site + "/new/letter/")
    page.fill("#about", "小区路灯不亮，晚上看不见")
    page.locator("button[name=find]").click()
    assert "?" not in page.url, "what was typed stands in no address"
    page.locator("button[name=matter]").first.click()
    page.fill("#id_place", "610113")
    page.press("#id_place", "Enter")
    page.fill("[name=subject]", "共用电脑上写的信")
    page.fill("[name=body]", "门口的路灯一个星期不亮了。")
    page.locator("button[name=next]").click()
    page.locator("button[name=send]").click()
    page.wait_for_url("**/follow/sent/")
    shown = page.locator("main").inner_text()
    return re.search(r"\b[0-9A-Z]{4}(?:-[0-9A-Z]{4}){2}\b", shown)[0], re.search(
        r"\b[0-9A-Z]{4}(?:-[0-9A-Z]{4}){4}\b", shown
    )[0]


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_leaving_the_computer_leaves_nothing_to_the_next_person(chromium, site, scripts):
    context = opened(chromium, site, "desktop", "zh-hans", scripts)
    page = context.new_page()
    code, secret = write_a_letter(page, site)
    page.get_by_role("link", name="查看来信").click()
    assert "共用电脑上写的信" in page.locator("main").inner_text()
    page.get_by_role("button", name="离开这台电脑，清除痕迹").click()
    if scripts:
        page.locator("dialog[open] button[value=yes]").click()
    page.wait_for_url("**/follow/leave/?done")
    assert "痕迹已经清除" in page.locator("main").inner_text()
    assert [cookie["name"] for cookie in context.cookies() if cookie["name"] != "tongban_language"] == []
    page.go_back()
    page.wait_for_load_state("load")
    assert secret not in page.locator("body").inner_text()
    for path in (f"/follow/{code.replace('-', '')}/", "/follow/sent/", "/follow/receipt/"):
        page.goto(site + path)
        text = page.locator("body").inner_text()
        assert secret not in text
        assert "共用电脑上写的信" not in text


def test_the_code_of_a_receipt_fills_in_code_and_secret(chromium, site):
    page = opened(chromium, site, "desktop", "zh-hans").new_page()
    code, secret = write_a_letter(page, site)
    assert "这个二维码就是打开来信的钥匙" in page.locator("figure").inner_text()
    phone = opened(chromium, site, "phone", "zh-hans").new_page()
    asked = []
    phone.on("request", lambda request: asked.append(request.url))
    phone.goto(f"{site}/follow/?code={code.replace('-', '')}#{secret.replace('-', '')}")
    assert phone.input_value("#code") == code.replace("-", "")
    assert phone.input_value("#secret") == secret.replace("-", "")
    assert secret.replace("-", "") not in phone.url, "it does not stay in the address bar, nor in the history"
    phone.get_by_role("button", name="查进度", exact=True).click()
    assert "共用电脑上写的信" in phone.locator("main").inner_text()
    assert not [url for url in asked if secret.replace("-", "") in url.split("#")[0]]


def test_the_code_of_a_receipt_on_paper_from_before_still_fills_in_code_and_secret(chromium, site):
    """The address that stood in the QR codes of letters before every kind of case had one page: over the redirect the
    browser keeps what is behind the #, and sends it to nobody."""
    page = opened(chromium, site, "desktop", "zh-hans").new_page()
    code, secret = (text.replace("-", "") for text in write_a_letter(page, site))
    phone = opened(chromium, site, "phone", "zh-hans").new_page()
    asked = []
    phone.on("request", lambda request: asked.append(request.url))
    phone.goto(f"{site}/letters/track/?code={code}#{secret}")
    assert phone.url.startswith(f"{site}/follow/")
    assert (phone.input_value("#code"), phone.input_value("#secret")) == (code, secret)
    assert secret not in phone.url
    phone.get_by_role("button", name="查进度", exact=True).click()
    phone.wait_for_url(f"{site}/follow/{code}/")
    assert "共用电脑上写的信" in phone.locator("main").inner_text()
    assert not [url for url in asked if secret in url.split("#")[0]]
