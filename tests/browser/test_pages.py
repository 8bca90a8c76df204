"""Every page in a real browser: axe without violations, phone and desktop, three languages, elder
mode, no sideways scroll.

In the short run axe looks at each page once a width, in Simplified Chinese; what another language can spoil is looked
at in all three: how wide the page is, what language it says it is in, and whether the browser complains.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.runs import LONG
from tongban.demo.signing_in import sign_in

AXE = Axe().axe_script
RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
    "resultTypes": ["violations"],
    "preload": False,
}
ASK_AXE = """rules => axe.run(document, rules).then(all => all.violations.flatMap(
    one => one.nodes.slice(0, 2).map(node => `${one.id}: ${node.html.slice(0, 200)}`)))"""
PUBLIC = [
    "/", "/about/", "/new/letter/", "/new/letter/?about=家里暖气不热", "/follow/", "/follow/leave/",
    "/follow/leave/?done", "/letters/published/", "/letters/search/?q=路灯", "/letters/reception/",
    "/figures/", "/topics/", "/responsible/", "/responsible/?matter=0104&place=610113", "/accounts/login/", "/api/",
    "/ledger/", "/ledger/entry/0/", "/ledger/entry/5/", "/ledger/check/", "/privacy/", "/accessibility/",
    "/new/report/", "/decisions/", "/blocked/?name=qipai-le.example", "/feeds/", "/nothing-here/",
]  # fmt: skip
DESK = {
    "clerk": ["/desk/", "/desk/search/", "/desk/slots/", "CASE"],
    "handler": ["/desk/", "/desk/?mine=1&kind=letter", "CASE", "CASE/answer/"],
    "head": ["/desk/templates/", "/desk/?state=all"],
    "supervisor": ["/desk/", "/desk/load/", "/desk/topics/", "/desk/learning/"],
    "dataofficer": [
        "/protection/", "/protection/fields/", "/protection/fields/?level=general-4&q=电话", "/protection/review/",
        "/protection/review/?show=later", "/protection/sources/",
        "/protection/upload/", "FIELD", "SOURCE", "SCAN", "/protection/fields/nothing/",
    ],
    "dataofficer3": ["/protection/", "/protection/fields/", "/protection/review/", "/protection/sources/"],
    "administrator": [
        "/responsible/admin/", "/responsible/admin/tables/units/", "/responsible/admin/tables/duties/",
        "/responsible/admin/calendar/",
        "/responsible/admin/officials/", "/responsible/admin/officials/1/", "/responsible/admin/import/",
        "/responsible/admin/record/", "/responsible/admin/proposals/", "/accounts/2fa/", "/accounts/password/change/",
    ],
}  # fmt: skip
FROM = {
    "FIELD": ("/protection/review/", "main table a[href^='/protection/fields/']"),
    "SOURCE": ("/protection/sources/", "main table a[href^='/protection/sources/']"),
    "SCAN": ("/protection/", "main table a[href^='/protection/scans/']"),
}
"""Pages whose address is found on another page."""
WIDTHS = {"phone": 360, "desktop": 1280}


def opened(chromium, site, width: str, language: str, scripts: bool = True, elder: bool = False):
    context = chromium.new_context(
        viewport={"width": WIDTHS[width], "height": 800}, java_script_enabled=scripts, locale="zh-CN"
    )
    cookies = [{"name": "tongban_language", "value": language, "url": site}]
    if elder:
        cookies.append({"name": "tongban_mode", "value": "elder", "url": site})
    context.add_cookies(cookies)
    return context


def violations(page, axe: bool = True) -> list[str]:
    """What axe finds wrong with the page as it stands, and whether it scrolls sideways;
    without `axe` the latter alone."""
    if axe and not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    found = page.evaluate(ASK_AXE, RULES) if axe else []
    sideways = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth + 1")
    return [f"{page.url}: {problem}" for problem in [*found, *(["scrolls sideways"] if sideways else [])]]


def look_at(page, url: str, widths: Sequence[str] = (), language: str = "", axe: bool = True) -> list[str]:
    """What is wrong with a page, in the width that it has or in each of these; it says that it is in `language`."""
    errors: list[str] = []

    def heard(message) -> None:
        if message.type == "error" and "404" not in message.text:
            errors.append(f"{url}: console: {message.text}")

    page.on("console", heard)
    if widths:
        page.set_viewport_size({"width": WIDTHS[widths[0]], "height": 800})
    page.goto(url)
    problems = violations(page, axe)
    for width in widths[1:]:
        page.set_viewport_size({"width": WIDTHS[width], "height": 800})
        problems += [f"{width}: {problem}" for problem in violations(page, axe)]
    root = page.locator("html")
    said = (root.get_attribute("lang") or "").lower()
    if said != language if language else not said:
        problems.append(f"{url}: says that it is in {said or 'no language'}")
    if root.get_attribute("dir") not in (None, "ltr"):
        problems.append(f"{url}: is written from right to left")
    page.remove_listener("console", heard)
    return problems + errors


BOTH_WIDTHS = {"zh-hans": ("phone", "desktop"), "zh-hant": ("desktop", "phone"), "en": ("phone", "desktop")}
"""Every page in both widths: loaded in the first, then made as wide as the second."""


def axe_in(language: str) -> bool:
    """Whether axe looks at the pages in this language too."""
    return LONG or language == "zh-hans"


def test_what_is_wrong_is_seen(chromium):
    page = chromium.new_page(viewport={"width": 360, "height": 800})
    page.set_content(
        "<!doctype html><html lang=zh><title>x</title><main><img src=x><p "
        "style='color:#ddd;background:#fff;width:2000px'>看不清的字</p></main>"
    )
    assert {problem.split(": ")[1] for problem in violations(page)} == {
        "image-alt",
        "color-contrast",
        "scrolls sideways",
    }
    elsewhere = "data:text/html,<!doctype html><html lang=xx dir=rtl><title>x</title><main>x</main>"
    assert len(look_at(page, elsewhere, language="zh-hans", axe=False)) == 2
    page.close()


@pytest.mark.parametrize("language", BOTH_WIDTHS)
def test_public_pages(chromium, site, language):
    widths = BOTH_WIDTHS[language]
    context = opened(chromium, site, widths[0], language)
    page = context.new_page()
    problems = [
        problem for path in PUBLIC for problem in look_at(page, site + path, widths, language, axe_in(language))
    ]
    page.goto(site + "/letters/published/")
    page.locator("main .row-list__title").first.click()
    problems += look_at(page, page.url, widths, language, axe_in(language))
    context.close()
    assert problems == []


def test_elder_mode_is_large_and_clean(chromium, site):
    context = opened(chromium, site, "phone", "zh-hans", elder=True)
    page = context.new_page()
    problems = [problem for path in PUBLIC[:6] for problem in look_at(page, site + path)]
    size = page.evaluate("parseFloat(getComputedStyle(document.querySelector('main p')).fontSize)")
    context.close()
    assert problems == []
    assert size >= 22


SCRIPTS = ("language", "scripts"), [(language, scripts) for language in BOTH_WIDTHS for scripts in (True, False)]


def journey(ways, *short):
    """A journey in every one of the ways (names, values); in the short run once, or twice where scripts make it another
    one. Which language and width that is differs from journey to journey."""
    names, every = ways
    assert set(short) <= set(every)
    words = {True: "with scripts", False: "without scripts"}
    rows = [row for row in every if LONG or row in short]
    return pytest.mark.parametrize(
        names, rows, ids=["-".join(words.get(part, str(part)) for part in row) for row in rows]
    )


_sessions: dict[tuple[str, str], list[dict[str, str]]] = {}


def signed_in(context, site, name):
    """A page of an official of the demo; the sign-in itself happens once a session."""
    page = context.new_page()
    if (site, name) in _sessions:
        context.add_cookies(_sessions[(site, name)])
    else:
        sign_in(page, site, name)
        _sessions[(site, name)] = [cookie for cookie in context.cookies() if cookie["name"] == "tongban_session"]
    return page


@pytest.mark.parametrize("language", BOTH_WIDTHS)
@pytest.mark.parametrize("who", DESK)
def test_desk_pages(chromium, site, language, who):
    widths = BOTH_WIDTHS[language]
    context = opened(chromium, site, widths[0], language)
    page = signed_in(context, site, who)
    problems = []
    case = ""
    for path in DESK[who]:
        if path.startswith("CASE") and not case:
            page.goto(site + "/desk/")
            links = page.locator("a[href^='/desk/c/']").evaluate_all(
                "rows => rows.map(row => row.getAttribute('href'))"
            )
            assert links, f"{who} has no case"
            case = links[0]
        if path in FROM:
            page.goto(site + FROM[path][0])
            path = page.locator(FROM[path][1]).first.get_attribute("href")
        problems += look_at(
            page, site + path.replace("CASE/", case).replace("CASE", case), widths, language, axe_in(language)
        )
    context.close()
    assert problems == []


@journey(SCRIPTS, ("zh-hans", True), ("en", False))
def test_a_resident_writes_follows_and_withdraws(chromium, site, language, scripts):
    context = opened(chromium, site, "phone", language, scripts)
    page = context.new_page()
    page.goto(site + "/new/letter/")
    page.fill("#about", "小区路灯不亮，晚上看不见")
    page.locator("button[name=find]").click()
    page.locator("button[name=matter]").first.click()
    page.fill("#id_place", "610113")
    page.press("#id_place", "Enter")
    page.fill("[name=subject]", "路灯不亮")
    page.fill("[name=body]", "门口的路灯一个星期不亮了，请来看看。")
    page.locator("button[name=next]").click()
    page.locator("button[name=send]").click()
    assert page.url.endswith("/follow/sent/")
    shown = page.locator("main").inner_text()
    code = re.search(r"\b[0-9A-Z]{4}(?:-[0-9A-Z]{4}){2}\b", shown)[0]
    secret = re.search(r"\b[0-9A-Z]{4}(?:-[0-9A-Z]{4}){4}\b", shown)[0]
    page.go_back()
    page.goto(site + "/follow/receipt/")
    assert secret in page.locator("body").inner_text()
    context.close()
    context = opened(chromium, site, "desktop", language, scripts)
    page = context.new_page()
    page.goto(site + "/follow/")
    page.fill("#code", code.lower())
    page.fill("#secret", secret.lower())
    page.locator("main form button").first.click()
    assert "路灯一个星期不亮" in page.locator("main").inner_text() or "路灯" in page.locator("main").inner_text()
    if scripts:
        assert look_at(page, page.url) == []
    page.locator("#act-supplement summary").click()
    page.fill("#act-supplement textarea", "补充：在北门")
    page.locator("#act-supplement form button").click()
    assert "补充：在北门" in page.locator("main").inner_text()
    context.close()


PROOF_TOLD = {"zh-hans": "回执是真的", "zh-hant": "回執是真的", "en": "The receipt is genuine"}


@journey(SCRIPTS, ("zh-hant", True), ("zh-hans", False))
def test_a_resident_keeps_a_receipt_and_checks_it(chromium, site, language, scripts):
    context = opened(chromium, site, "phone", language, scripts)
    page = context.new_page()
    answer = context.request.post(
        site + "/api/v1/letters",
        data={"matter": "0104", "place": "610113", "subject": "路灯不亮", "body": "门口的路灯不亮了。\n请来看看。",
            "name": "王小明"},
        headers={"Idempotency-Key": f"browser-receipt-{language}-{scripts}-0001"},
    )  # fmt: skip
    receipt = answer.json()
    page.goto(site + "/follow/")
    page.fill("#code", receipt["code"])
    page.fill("#secret", receipt["secret"])
    page.locator("main form button").first.click()
    page.locator(f"a[href='/follow/{receipt['code']}/proof/']").first.click()
    for _ in range(40):
        if page.locator("a[href$='/1.tlog-proof']").count():
            break
        page.wait_for_timeout(250)
        page.reload()
    page.locator("#technical summary").click()
    assert page.locator("img.qr").evaluate("picture => picture.decode().then(() => picture.naturalWidth)") > 100
    if scripts:
        assert look_at(page, page.url) == []
        page.locator("#technical summary").click()  # looked at anew, it is folded again
    with page.expect_download() as download:
        page.locator("a[href$='/1.tlog-proof']").click()
    kept = download.value.path()
    text = kept.read_text()
    page.goto(site + "/ledger/")  # the box stands on the ledger's own page and on a page of its own
    uploads: list[str] = []
    page.on("request", lambda request: uploads.append(request.method) if request.method != "GET" else None)
    page.set_input_files("#file", {"name": "r.tlog-proof", "mimeType": "text/plain", "buffer": kept.read_bytes()})
    page.locator("main form button.btn--primary").click()
    page.get_by_text(PROOF_TOLD[language]).wait_for()
    assert "门口的路灯不亮了。" in page.locator("#result").inner_text()
    assert "王小明" in page.locator("#result").inner_text()
    assert (uploads == []) is scripts, "with scripts nothing is sent"
    if scripts:
        assert violations(page) == []
    for wrong, kind in [
        (re.sub("index [0-9]+", "index 0", text), "proof"),
        (text.replace("\n\n", "\n\nother", 1), "signature"),
        ("nonsense", "malformed"),
        ("", "empty"),
    ]:
        page.goto(site + "/ledger/check/")
        page.fill("#receipt", wrong)
        page.locator("main form button.btn--primary").click()
        page.locator("#result [role=alert]").wait_for()
        if scripts:
            assert page.locator("#result").get_attribute("data-kind") == kind
    context.close()


def test_clerk_handler_and_resident_bring_a_letter_to_its_public_answer(chromium, site):
    resident = opened(chromium, site, "phone", "zh-hans")
    page = resident.new_page()
    page.goto(site + "/new/letter/")
    page.fill("#id_matter", "0104")
    page.press("#id_matter", "Enter")
    page.fill("#id_place", "610113")
    page.press("#id_place", "Enter")
    page.fill("[name=subject]", "浏览器里写的信")
    page.fill("[name=body]", "北门的灯不亮，电话13800000000。")
    page.locator("button[name=next]").click()
    page.locator("button[name=send]").dblclick()
    page.wait_for_url("**/follow/sent/")
    code = page.get_by_role("link", name="查看来信").get_attribute("href").split("/")[2]
    desk = opened(chromium, site, "desktop", "zh-hans")
    official = signed_in(desk, site, "handler")
    official.goto(f"{site}/desk/c/{code}/")
    assert "浏览器里写的信" in official.locator("main").inner_text()
    official.goto(f"{site}/desk/c/{code}/answer/")
    official.locator("textarea[name=text]").fill("您好，灯已修好。依据《城市道路照明设施管理规定》。联系电话见首页。")
    official.locator("[name=at_once]").check()  # it was not accepted before
    official.locator("button[value=send], button[name=do][value=answer], button[name=send]").first.click()
    page.goto(f"{site}/follow/{code}/")
    assert "灯已修好" in page.locator("main").inner_text()
    page.goto(f"{site}/follow/{code}/looks/")
    assert "承办人" in page.locator("main").inner_text()
    official.goto(f"{site}/desk/c/{code}/publish/")
    assert "＊＊＊＊＊＊＊＊＊＊＊" in official.locator("main").inner_html()
    resident.close()
    desk.close()
