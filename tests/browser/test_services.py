"""The way of an application in a real browser: from the guide to the permit."""

from __future__ import annotations

import io
import re

from PIL import Image

from tests.browser.journeys import UNFOLD, at_desk, code_in, desk_act, fill_in, open_letter, seen
from tests.browser.test_pages import journey, opened
from tests.browser.test_signing_in import first_sign_in, submit, totp
from tongban.detect import checks

WAYS = ("width", "language"), [("phone", "zh-hans"), ("desktop", "en"), ("phone", "zh-hant")]
COUNTERS = ("width", "language"), [("desktop", "zh-hans"), ("desktop", "en"), ("desktop", "zh-hant")]
OLD = next(f"61011319460101001{last}" for last in "0123456789X" if checks.is_resident_id(f"61011319460101001{last}"))
NUMBER = next(f"61011319800101001{last}" for last in "0123456789X" if checks.is_resident_id(f"61011319800101001{last}"))


def picture() -> bytes:
    out = io.BytesIO()
    Image.effect_noise((400, 300), 80).convert("RGB").save(out, "PNG")
    return out.getvalue()


def go_on(page) -> None:
    page.locator("main form .btn--primary").first.click()
    page.wait_for_load_state("load")
    seen(page)


def answered(page) -> None:
    """A page of questions, answered so that the item can be granted; what registers have is typed by hand."""
    seen(page)
    if "/registers/" in page.url:
        page.locator("main button[name=answer][value=no]").first.click()
        page.wait_for_load_state("load")
        return
    for group in page.locator("main fieldset:has(input[type=radio])").all():
        (
            group.locator("[value=yes]") if group.locator("[value=yes]").count() else group.locator("[type=radio]")
        ).first.check()
    for box in page.locator("main input[type=checkbox]").all():
        box.check()
    if page.locator("[name=fact_born]").count():
        page.fill("[name=fact_born]", "1946-01-01")
    go_on(page)


def followed(page, site, code, words) -> None:
    """The following page, once it says these words: the official's browser may still be on its way."""
    for _try in range(20):
        page.goto(f"{site}/follow/{code}/")
        if words in page.locator("main").inner_text():
            break
        page.wait_for_timeout(300)
    assert words in page.locator("main").inner_text()
    seen(page)


def certificate(page, site, code, folder) -> None:
    """The certificate as a file, read by somebody else's browser: with a network, and without one."""
    page.locator(f"main a[href^='/follow/{code}/certificate/']").first.click()
    page.wait_for_load_state("load")
    seen(page)
    with page.expect_download() as saved:
        page.locator("button[name=as][value=file]").click()
    file = folder / "licence.sdjwt"
    saved.value.save_as(file)
    reader = page.context.browser.new_context(base_url=site, locale="zh-CN").new_page()
    reader.goto(f"{site}/verify/")
    reader.wait_for_selector("[data-keys-loaded='1']", state="attached")
    for offline in (False, True):
        reader.context.set_offline(offline)
        reader.evaluate("document.getElementById('result').replaceChildren()")
        reader.set_input_files("#file", file)
        reader.click("[data-send]")
        reader.wait_for_selector("#result [data-reason]")
        assert reader.locator("#result [data-reason]").get_attribute("data-reason") == "good"
        seen(reader)
    reader.context.close()


def renewed(page, market, site, code) -> None:
    """Asked for by the holder, granted by the unit; the licence lasts longer."""
    page.goto(f"{site}/follow/{code}/")
    ways = page.locator("main form[action^='/new/renewal/'], main a[href^='/new/renewal/']").first
    ways.evaluate(UNFOLD)
    ways.locator("button").first.click() if ways.evaluate("one => one.tagName === 'FORM'") else ways.click()
    page.wait_for_load_state("load")
    seen(page)
    page.locator("main textarea").first.fill("继续经营，条件没有变化。")
    go_on(page)
    if "/check/" in page.url:
        page.locator("main button[name=send]").first.click()
        page.wait_for_load_state("load")
    asked = code_in(page.locator("main").inner_text())
    desk_act(market, site, asked, "grant", text="符合条件，准予延续。")
    followed(page, site, asked, "准予延续")


@journey(WAYS, ("phone", "zh-hans"))
def test_a_licence_is_applied_for_corrected_granted_verified_and_renewed(chromium, site, width, language, tmp_path):
    page = opened(chromium, site, width, language).new_page()
    page.goto(f"{site}/services/7003/?place=610113")
    seen(page)
    page.locator("main form .btn--primary").first.click()
    page.wait_for_load_state("load")
    for _page in range(12):
        if "/materials/" in page.url:
            break
        answered(page)
    assert "/materials/" in page.url, page.locator("main").inner_text()
    for slot in page.locator("input[type=file]").all():
        slot.set_input_files({"name": "plan.png", "mimeType": "image/png", "buffer": picture()})
    go_on(page)
    page.fill("[name=name]", "李明")
    page.fill("[name=id_number]", NUMBER[:-1] + ("0" if NUMBER[-1] != "0" else "1"))
    go_on(page)
    assert page.locator("[data-errors]").count(), "a wrong check digit and no declaration"
    page.fill("[name=id_number]", NUMBER)
    page.check("[name=declared]")
    go_on(page)
    assert NUMBER not in page.locator("main").inner_text(), "the number is shown masked"
    go_on(page)
    found = re.search(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}", page.locator("main").inner_text())
    assert found
    code = found[0].replace("-", "")

    market, city = (at_desk(chromium, site, name, width, language) for name in ("market", "handler"))
    assert NUMBER not in open_letter(market, site, code), "the number stands with the contact"
    seen(market)
    desk_act(market, site, code, "tell_missing", text="布局图上看不出操作间，请补一张。")

    followed(page, site, code, "布局图上看不出操作间")
    fill_in(page, "#act-correct", {"text": "已重新拍照。"})
    desk_act(market, site, code, "accept")
    assert not market.locator("#act-tell_missing").count(), "what is missing is told once"
    desk_act(market, site, code, "grant", text="符合《食品安全法》第三十三条，准予许可。")
    seen(market)

    followed(page, site, code, "准予许可")
    certificate(page, site, code, tmp_path)
    renewed(page, market, site, code)
    stranger = opened(chromium, site, width, language).new_page()
    assert stranger.goto(f"{site}/follow/{code}/").status == 404
    city.goto(f"{site}/desk/c/{code}/")
    assert "李明" not in city.locator("main").inner_text(), "another unit does not see it"


def written(page, number, name, contact=True) -> str:
    """From the first question to the receipt; gives the tracking code."""
    for _page in range(14):
        if "/materials/" in page.url or "/applicant/" in page.url:
            break
        answered(page)
    assert "/materials/" in page.url or "/applicant/" in page.url, page.locator("main").inner_text()
    if "/materials/" in page.url:
        for slot in page.locator("main input[type=file]").all():
            slot.set_input_files({"name": "photo.png", "mimeType": "image/png", "buffer": picture()})
        go_on(page)
    if contact:
        page.fill("[name=name]", name)
        page.fill("[name=id_number]", number)
    page.check("[name=declared]")
    go_on(page)
    assert "/check/" in page.url, page.locator("main").inner_text()
    page.locator("main button[name=send]").first.click()
    page.wait_for_load_state("load")
    seen(page)
    return code_in(page.locator("main").inner_text())


@journey(WAYS, ("phone", "zh-hant"))
def test_opening_a_restaurant_is_one_thing_with_one_page_of_progress(chromium, site, width, language):
    page = opened(chromium, site, width, language).new_page()
    page.goto(f"{site}/services/")
    seen(page)
    page.locator("main a[href='/services/7091/']").click()
    page.wait_for_load_state("load")
    seen(page)
    page.locator("main form .btn--primary").first.click()
    page.wait_for_load_state("load")
    page.fill("#id_place", "610113")
    go_on(page)
    code = written(page, NUMBER, "李明")
    page.goto(f"{site}/follow/{code}/")
    seen(page)
    steps = page.locator("ol.steps-list > li")
    assert steps.count() == 2
    assert steps.nth(0).locator("a[href^='/follow/']").count() == 1, "the first has begun"
    assert steps.nth(1).locator("a[href^='/follow/']").count() == 0, "the second waits for it"
    part = steps.nth(0).locator("a").get_attribute("href").strip("/").split("/")[-1]
    page.goto(f"{site}/follow/{part}/")
    seen(page)
    market = at_desk(chromium, site, "market", width, language)
    desk_act(market, site, part, "accept")
    desk_act(market, site, part, "grant", text="登记完成。")
    for _try in range(60):  # the worker begins what waited, each half minute
        page.goto(f"{site}/follow/{code}/")
        if page.locator("ol.steps-list > li").nth(1).locator("a[href^='/follow/']").count():
            break
        page.wait_for_timeout(1000)
    assert page.locator("ol.steps-list > li a[href^='/follow/']").count() == 2
    seen(page)


@journey(WAYS, ("desktop", "en"))
def test_what_can_i_get_leads_to_an_application_without_asking_again(chromium, site, width, language):
    page = opened(chromium, site, width, language).new_page()
    page.goto(f"{site}/services/mine/")
    seen(page)
    page.fill("#id_place", "610113")
    go_on(page)
    for _question in range(40):
        if "/result/" in page.url:
            break
        if page.locator("[name=fact_born]").count():
            page.fill("[name=fact_born]", "1946-01-01")
        elif page.locator("main input[type=radio]").count():
            page.locator("main input[type=radio]").first.check()
        else:
            page.locator("main button[name=skip]").click()
            page.wait_for_load_state("load")
            continue
        go_on(page)
        if _question == 8:
            page.locator("main a[href$='/result/']").first.click()
            page.wait_for_load_state("load")
    seen(page)
    assert "/result/" in page.url
    mine = page.locator("main a[href='/services/7001/']")
    assert mine.count(), page.locator("main").inner_text()
    page.locator("li:has(a[href='/services/7001/']) form button").first.click()
    page.wait_for_load_state("load")
    seen(page)
    assert "/new/application/" in page.url
    assert not page.locator("[name=fact_born]").count(), "what was answered is not asked again"


@journey(COUNTERS, ("desktop", "zh-hant"))
def test_a_clerk_types_for_somebody_of_eighty(chromium, site, width, language, new_official):
    name = f"window-{width}-{language}"
    clerk = first_signed_in(chromium, site, name, new_official(name, "610113-MZ", "clerk"), width, language)
    clerk.goto(f"{site}/desk/helping/")
    seen(clerk)
    clerk.fill("[name=name]", "王秀英")
    clerk.fill("[name=id_number]", OLD)
    clerk.check("[name=seen]")
    clerk.locator("main form:has([name=seen]) .btn--primary").click()
    clerk.wait_for_load_state("load")
    seen(clerk)
    clerk.fill("#id_matter", "7001")
    go_on(clerk)
    if clerk.locator("#id_place").count():
        clerk.fill("#id_place", "610113")
        go_on(clerk)
    code = written(clerk, OLD, "王秀英", contact=False)
    secret = re.search(r"(?:[0-9A-Z]{4}-){4}[0-9A-Z]{4}", clerk.locator("main").inner_text())
    assert secret, "the receipt is there to print"
    resident = opened(chromium, site, "phone", language).new_page()
    resident.goto(f"{site}/follow/")
    resident.fill("#code", code)
    resident.fill("#secret", secret[0])
    resident.locator("main form button").first.click()
    resident.wait_for_url(f"**/follow/{code}/")
    seen(resident)
    clerk.goto(f"{site}/desk/helping/")
    clerk.locator("button[name=end]").click()
    clerk.wait_for_load_state("load")
    assert clerk.goto(f"{site}/follow/{code}/").status == 404, "the next one finds nothing"


def first_signed_in(chromium, site, name, password, width, language):
    """An official whose account was made for this journey, signed in with an authenticator app."""
    page = opened(chromium, site, width, language).new_page()
    password = first_sign_in(page, site, name, password)
    page.goto(site + "/accounts/2fa/totp/activate/")
    if page.locator("input[name=password]").count():
        page.fill("input[name=password]", password)
        submit(page)
    page.fill("input[name=code]", totp(page.locator("#authenticator_secret").input_value()))
    submit(page)
    return page
