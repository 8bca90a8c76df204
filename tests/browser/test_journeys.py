"""Whole journeys in a real browser, of residents and officials together; every page on the way is looked at by axe."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from tests.browser.journeys import (
    NAMES,
    VIEWS,
    WAYS,
    Resident,
    at_desk,
    desk_act,
    double_click,
    fill_in,
    open_letter,
    seen,
    write_answer,
)
from tests.browser.test_pages import journey, opened


def published_links(page):
    """Where the links to published letters on a page lead: those nearly the same stand there too."""
    return {link.get_attribute("href") for link in page.locator("a[href^='/letters/published/']").all()}


@journey(WAYS, ("phone", "en"))
def test_a_letter_goes_through_every_hand_to_its_review(chromium, site, width, language):
    """Dispatched wrongly, returned with reasons, dispatched again, asked about, extended with approval, drafted by one
    and approved by another, rated, published once its sender agreed, and reviewed by the unit above."""
    sender = Resident(chromium, site, width, language, matter="9901", body="楼顶漏水，电话13800000000，请来看看。")
    code = sender.code
    clerk, handler, builder, head, above = (
        at_desk(chromium, site, name, width, language)
        for name in ("clerk", "handler", "handler2", "head", "supervisor")
    )

    clerk.goto(site + "/desk/?state=submitted")
    assert clerk.locator(f"a[href='/desk/c/{code}/']").count() == 1
    open_letter(clerk, site, code)
    seen(clerk)
    desk_act(clerk, site, code, "dispatch", unit="610113-CG")
    seen(clerk)

    open_letter(handler, site, code)
    fill_in(handler, "#act-return_dispatch", {"text": ""})
    seen(handler)
    assert handler.locator("[data-errors], [aria-invalid=true]").count(), "a return needs its reasons"
    desk_act(handler, site, code, "return_dispatch", text="房屋漏水由住建局负责，见三定方案。")
    seen(handler)
    handler.goto(f"{site}/desk/c/{code}/")
    assert sender.subject not in handler.locator("main").inner_text(), "what went back is no longer theirs to see"

    assert "房屋漏水由住建局负责" in open_letter(clerk, site, code)
    desk_act(clerk, site, code, "dispatch", unit="610113-ZJ", matter="0202")

    desk_act(builder, site, code, "accept")
    seen(builder)
    desk_act(builder, site, code, "ask_resident", text="请告诉我们是几号楼。")
    assert "请告诉我们是几号楼" in sender.look()
    seen(sender.page)
    assert "3号楼顶层" in sender.act("reply", text="3号楼顶层，从上个月起。")
    seen(sender.page)
    assert "3号楼顶层" in open_letter(builder, site, code)

    desk_act(builder, site, code, "request_extension", days="10", text="要等雨停才能查看屋面。")
    due = sender_deadline(sender)
    desk_act(head, site, code, "extend", days="10", text="等雨停查看屋面。")
    seen(head)
    assert "等雨停查看屋面" in sender.look()
    assert sender_deadline(sender) == due + timedelta(days=10)

    write_answer(builder, site, code, "您好，屋面已修好。联系人李工13911112222。", "draft_answer", file="检查记录.txt")
    seen(builder)
    builder.goto(f"{site}/desk/c/{code}/answer/")
    assert not builder.locator("button[value=approve_answer], button[value=answer]").count(), (
        "who drafted does not approve"
    )
    assert "屋面已修好" not in sender.look(), "a draft is not an answer"
    head.goto(f"{site}/desk/c/{code}/answer/")
    assert "屋面已修好" in head.locator("textarea[name=text]").first.input_value()
    write_answer(
        head,
        site,
        code,
        "您好，屋面已修好，依据《房屋建筑工程质量保修办法》。联系人李工13911112222。",
        "approve_answer",
    )
    assert "屋面已修好" in sender.look()
    seen(sender.page)
    with sender.page.expect_download() as download:
        sender.page.locator("ul.files a").click()
    assert download.value.suggested_filename == "检查记录.txt"

    builder.goto(f"{site}/desk/c/{code}/")
    others = published_links(builder)
    builder.goto(f"{site}/desk/c/{code}/publish/")
    seen(builder)
    shown = [field.input_value() for field in builder.locator("textarea").all()]
    assert not any(number in text for text in shown for number in ("13800000000", "13911112222")), (
        "the proposal is masked"
    )
    builder.locator("main form .btn--primary").click()
    builder.wait_for_load_state("load")
    seen(builder)
    assert builder.url.endswith("/publish/"), "nothing is published before somebody says that they read it"
    builder.check("input[name=read]")
    for tick in builder.locator("input[name=cleared]").all():
        tick.check()
    builder.locator("main form .btn--primary").click()
    builder.wait_for_url(f"**/desk/c/{code}/")
    assert published_links(builder) <= others, "its sender is asked first"
    assert "屋面已修好" in sender.look()
    seen(sender.page)
    sender.page.locator("section.asked .btn--primary").click()
    sender.page.wait_for_load_state("load")
    seen(sender.page)
    assert not sender.page.locator("section.asked").count()
    builder.reload()
    (public,) = published_links(builder) - others
    stranger = opened(chromium, site, width, language).new_page()
    stranger.goto(site + public)
    seen(stranger)
    text = stranger.locator("main").inner_text()
    assert "屋面已修好" in text
    assert "13911112222" not in text

    sender.act("rate", grade="2", text="修得太慢。")
    seen(sender.page)
    sender.act("ask_review", text="又开始漏水了。")
    seen(sender.page)
    assert "又开始漏水了" in open_letter(above, site, code)
    seen(above)
    write_answer(above, site, code, "复查意见：责令住建局一周内重修。", "answer_review")
    assert "责令住建局一周内重修" in sender.look()
    seen(sender.page)
    sender.page.goto(f"{site}/follow/{code}/looks/")
    seen(sender.page)
    for page in (clerk, handler, builder, head, above, stranger, sender.page):
        page.context.close()


def sender_deadline(sender: Resident) -> datetime:
    """The answer's deadline, as the sender's program reads it."""
    sender.look()
    found = sender.page.locator(".now__until time").get_attribute("datetime")
    return datetime.fromisoformat(found)


@journey(WAYS, ("desktop", "zh-hant"))
def test_a_repeat_is_merged_and_both_senders_get_the_answer(chromium, site, width, language):
    first = Resident(chromium, site, width, language, subject=f"文景路路灯不亮 {width} {language}")
    second = Resident(
        chromium, site, width, language, subject=f"文景路的路灯不亮 {width} {language}", phone="13800000009"
    )
    desk = at_desk(chromium, site, "handler", width, language)
    desk.goto(f"{site}/desk/c/{second.code}/merge/")
    seen(desk)
    desk.fill("input[name=case]", "0000-0000-0000")
    desk.locator("main form.panel .btn--primary").click()
    seen(desk)
    assert desk.url.endswith("/merge/"), "a letter that is not there cannot lead"
    desk.goto(f"{site}/desk/c/{second.code}/merge/?lead={first.code}")
    assert first.subject in desk.locator("main").inner_text()
    seen(desk)
    desk.locator("main form.panel .btn--primary").click()
    desk.wait_for_load_state("load")
    seen(desk)
    second.look()
    seen(second.page)
    write_answer(desk, site, first.code, "您好，文景路的灯已修好。", "answer")
    for sender in (first, second):
        assert "文景路的灯已修好" in sender.look()
        sender.page.context.close()
    desk.context.close()


@journey(WAYS, ("phone", "zh-hans"))
def test_a_unit_offers_times_and_a_resident_books_changes_and_cancels(chromium, site, width, language):
    desk = at_desk(chromium, site, "handler", width, language)
    desk.goto(site + "/desk/slots/")
    seen(desk)
    day = datetime.now() + timedelta(days=30 + NAMES.index(f"{width}-{language}"))
    offer = desk.locator("section[aria-labelledby=offer] details")
    if offer.get_attribute("open") is None:
        offer.locator("summary").click()
    for name, value in {"first": f"{day:%Y-%m-%d}T14:00", "until": "15:00", "minutes": "20"}.items():
        desk.fill(f"form.panel [name={name}]", value)
    desk.locator("button[name=do][value=offer]").click()
    desk.wait_for_load_state("load")
    seen(desk)
    week = f"{site}/desk/slots/?from={day:%Y-%m-%d}"
    rows = f"section[aria-labelledby='day-{day:%Y-%m-%d}'] tr"
    assert desk.locator(rows, has_text="14:40").count()

    sender = Resident(chromium, site, width, language)
    page = sender.page
    page.goto(site + "/letters/reception/")
    seen(page)
    page.goto(f"{site}/letters/c/{sender.code}/book/")
    seen(page)

    def choose(hour: str) -> None:
        box = page.locator("section.slot-day", has=page.get_by_text(f"{day:%Y-%m-%d}", exact=True))
        box.locator("label", has_text=hour).locator("input").first.check()
        page.locator("form:has(input[type=radio]) .btn--primary").click()
        page.wait_for_load_state("load")

    choose("14:00")
    seen(page)
    assert f"{day:%Y-%m-%d} 14:00" in page.locator("main").inner_text()
    choose("14:20")
    text = page.locator("section.booked").inner_text()
    assert f"{day:%Y-%m-%d} 14:20" in text
    assert "14:00" not in text, "the earlier time was given back"
    desk.goto(week)
    assert sender.subject in desk.locator(rows, has_text="14:20").inner_text()
    seen(desk)
    page.locator("details:has(button[name=cancel]) summary").click()
    page.locator("button[name=cancel]").click()
    page.wait_for_load_state("load")
    seen(page)
    assert not page.locator("button[name=cancel]").count()
    desk.goto(week)
    assert sender.subject not in desk.locator(rows, has_text="14:20").inner_text()
    desk.context.close()
    page.context.close()


@journey(WAYS, ("phone", "en"))
@pytest.mark.parametrize("who", ["supervisor", "province"])
def test_a_supervisor_sees_the_load_and_the_charts(chromium, site, width, language, who):
    page = at_desk(chromium, site, who, width, language)
    page.goto(site + "/desk/load/")
    seen(page)
    assert page.locator("main svg").count()
    rows = page.locator("main .table-scroll tbody tr")
    assert rows.count() > 1
    rows.first.locator("a").first.click()
    page.wait_for_url("**/desk/?**")
    seen(page)
    page.goto(site + "/figures/")
    seen(page)
    assert page.locator("main svg").count()
    assert page.locator("main table").count(), "every chart has its table"
    page.context.close()


@journey((("width", "language"), [VIEWS[1], VIEWS[3]]), ("desktop", "en"))
def test_the_tray_by_keyboard_alone(chromium, site, width, language):
    """From the top of the tray to a letter, through it to the next, and to the search box: no mouse,
    and one sees where one is."""
    letters = [Resident(chromium, site, width, language) for _ in range(3)]
    page = at_desk(chromium, site, "handler", width, language)
    page.goto(site + "/desk/")

    def focused() -> str:
        return page.evaluate(
            "document.activeElement.getAttribute('href') || document.activeElement.name || "
            "document.activeElement.tagName"
        )

    passed = []
    for _ in range(120):
        page.keyboard.press("Tab")
        passed.append(focused())
        if passed[-1].startswith("/desk/c/"):
            break
        ring = page.evaluate(
            "(() => { const style = getComputedStyle(document.activeElement); return style.outlineStyle !== 'none' "
            "|| style.boxShadow !== 'none' })()"
        )
        assert ring, f"{passed[-1]}: one does not see that it has the focus"
    assert passed[0].startswith("#"), "the first stop jumps over the navigation"
    assert passed[-1].startswith("/desk/c/"), passed
    first = passed[-1]
    page.keyboard.press("j")
    second = focused()
    assert second != first
    page.keyboard.press("k")
    assert focused() == first
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{first}")
    page.keyboard.press("n")
    page.wait_for_url(lambda address: "/desk/c/" in address and not address.endswith(first))
    page.goto(site + "/desk/")
    page.keyboard.press("/")
    page.keyboard.type(letters[0].code)
    page.keyboard.press("Enter")
    page.wait_for_load_state("load")
    assert letters[0].subject in page.locator("main").inner_text()
    page.locator(f"a[href='/desk/c/{letters[0].code}/']").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/desk/c/{letters[0].code}/")
    box = page.locator("#act-note summary")
    for _ in range(150):
        if box.evaluate("node => node === document.activeElement"):
            break
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("由键盘写的记录")
    for _ in range(3):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.tagName") == "BUTTON":
            break
    page.keyboard.press("Enter")
    page.get_by_text("由键盘写的记录").wait_for()
    page.context.close()
    for sender in letters:
        sender.page.context.close()


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_double_click_is_one_act(chromium, site, scripts):
    sender = Resident(chromium, site, "desktop", "zh-hans")
    desk = at_desk(chromium, site, "handler", "desktop", "zh-hans", scripts)
    desk_act(desk, site, sender.code, "note", double=True, text="只记一次")
    desk_act(desk, site, sender.code, "accept", double=True)
    page = open_letter(desk, site, sender.code)
    assert page.count("只记一次") == 1
    before = sender.look()
    sender.page.locator("#act-supplement summary").click()
    sender.page.fill("#act-supplement textarea", "只补充一次")
    double_click(sender.page, sender.page.locator("#act-supplement form button"))
    assert sender.look().count("只补充一次") == 1
    assert "只补充一次" not in before
    desk.context.close()
    sender.page.context.close()


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
@pytest.mark.parametrize("again", ["clicked once more", "reloaded"])
def test_going_back_after_sending_makes_no_second_letter(chromium, site, scripts, again):
    page = opened(chromium, site, "phone", "zh-hans", scripts).new_page()
    subject = f"只写一封 {scripts} {again}"
    page.goto(site + "/new/letter/")
    page.fill("#id_matter", "0104")
    page.press("#id_matter", "Enter")
    page.fill("#id_place", "610113")
    page.press("#id_place", "Enter")
    page.fill("[name=subject]", subject)
    page.fill("[name=body]", "门口的灯不亮。")
    page.locator("button[name=next]").click()
    page.locator("button[name=send]").click()
    page.wait_for_url("**/follow/sent/")
    page.go_back()
    if again == "reloaded":
        page.reload()
    if page.locator("button[name=send]").count():
        assert subject in page.locator("main").inner_text()
        page.locator("button[name=send]").click()
        page.wait_for_load_state("load")
    page.goto(site + "/follow/sent/")
    desk = at_desk(chromium, site, "handler", "desktop", "zh-hans")
    desk.goto(site + "/desk/?state=dispatched")
    found = 0
    while True:
        found += desk.locator("tbody th a", has_text=subject).count()
        following = desk.locator("a[rel=next]")
        if not following.count():
            break
        following.first.click()
        desk.wait_for_load_state("load")
    assert found == 1
    page.context.close()
    desk.context.close()
