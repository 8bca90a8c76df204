"""A data officer with a browser: a report goes in, is corrected, reviewed, decided and exported,
with and without scripts."""

from __future__ import annotations

import io
import json
from dataclasses import asdict

import openpyxl

from tests.browser.test_pages import SCRIPTS, journey, look_at, opened, signed_in
from tests.protection.conftest import CENSUS, IDENTITY, ILLNESS, PLAIN, report

TOLD = {"zh-hans": "不是扫描报告", "zh-hant": "不是掃描報告", "en": "not a scan report"}


@journey(SCRIPTS, ("zh-hant", True), ("zh-hans", False))
def test_a_report_becomes_a_list(chromium, site, language, scripts):
    context = opened(chromium, site, "phone", language, scripts)
    page = signed_in(context, site, "dataofficer")
    name = f"系统 {language} {scripts}"
    page.goto(site + "/protection/upload/")
    page.fill("[name=source]", name)
    page.set_input_files("[name=report]", {"name": "r.json", "mimeType": "application/json", "buffer": b"[1]"})
    page.locator("main form button.btn--primary").click()
    assert TOLD[language] in page.locator("main").inner_text()
    assert page.locator("[name=source]").input_value() == name
    if scripts:
        assert look_at(page, page.url) == []
        page.goto(site + "/protection/upload/")
        page.fill("[name=source]", name)
    made = report(PLAIN, IDENTITY, ILLNESS, CENSUS)
    raw = json.dumps({"tongban_scan": 1, **asdict(made)}).encode()
    page.set_input_files("[name=report]", {"name": "r.json", "mimeType": "application/json", "buffer": raw})
    page.locator("main form button.btn--primary").click()
    page.wait_for_url("**/protection/scans/**")
    if scripts:
        assert look_at(page, page.url) == []
    page.locator("main a[href^='/protection/sources/']", has_text=name).click()
    page.locator("main a[href^='/protection/fields/?source=']").first.click()
    listed = page.url
    page.locator("main table a", has_text="note").click()
    field = page.url
    page.locator("summary").filter(
        has_text="改判" if language == "zh-hans" else "改判" if language == "zh-hant" else "Decide otherwise"
    ).first.click()
    page.select_option("#decide_level", "important")
    page.locator("button[name=do][value=decide]").click()
    assert page.locator("#decide_level").input_value() == "important"
    assert page.locator(".errors").count() >= 1
    page.fill("#decide_reason", "只有两个字段，已列入目录")
    page.locator("button[name=do][value=decide]").click()
    assert "只有两个字段，已列入目录" in page.locator("main").inner_text()
    if scripts:
        assert look_at(page, field) == []
    page.goto(listed)
    with page.expect_download() as download:
        page.locator("main a[href^='/protection/export/xlsx/']").click()
    book = openpyxl.load_workbook(io.BytesIO(download.value.path().read_bytes()))
    assert [sheet.title for sheet in book] == ["分类分级清单", "重要数据目录"]
    assert [sheet.max_row for sheet in book] == [5, 3]
    context.close()


def test_a_clerk_finds_no_catalogue(chromium, site):
    context = opened(chromium, site, "desktop", "zh-hans")
    page = signed_in(context, site, "clerk")
    assert page.locator("a[href='/protection/']").count() == 0
    page.goto(site + "/protection/")
    assert "数据安全员" in page.locator("main").inner_text()
    context.close()
