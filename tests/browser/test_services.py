"""The way of an application in a real browser: from the guide to the permit."""

from __future__ import annotations

import io
import re

from PIL import Image

from tests.browser.journeys import at_desk, desk_act, fill_in, open_letter, seen
from tests.browser.test_pages import journey, opened
from tongban.detect import checks

WAYS = ("width", "language"), [("phone", "zh-hans"), ("desktop", "en"), ("phone", "zh-hant")]
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


@journey(WAYS, ("phone", "zh-hans"))
def test_a_licence_is_applied_for_missing_once_corrected_and_granted(chromium, site, width, language):
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
    stranger = opened(chromium, site, width, language).new_page()
    assert stranger.goto(f"{site}/follow/{code}/").status == 404
    city.goto(f"{site}/desk/c/{code}/")
    assert "李明" not in city.locator("main").inner_text(), "another unit does not see it"
