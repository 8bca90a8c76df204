"""/verify/ in a real browser: what its script accepts and refuses, without a network too, and without JavaScript."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from urllib.request import urlopen

import pytest

from .conftest import FORMER, environment

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def beside(site, folder):
    """Runs `certificates_made.py` with the demo's own secrets and address."""
    page = urlopen(f"{site}/verify/").read().decode()
    origin = page.split('data-origins="')[1].split(" ")[0]
    secrets = dict(line.split("=", 1) for line in (folder / "demo.env").read_text().splitlines() if "=" in line)
    env = {
        **environment(), **secrets, "TONGBAN_DEMO": "1", "TONGBAN_DATA": str(folder), "TONGBAN_ORIGIN": origin,
        "DJANGO_SETTINGS_MODULE": "tongban.config.settings", "PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path]),
    }  # fmt: skip

    def run(*arguments, **more):
        command = [sys.executable, "-m", "tests.browser.certificates_made", *arguments]
        told = subprocess.run(command, env=env | more, cwd=ROOT, check=False, capture_output=True, text=True)
        assert told.returncode == 0, told.stderr
        return json.loads(told.stdout or "{}")

    return run


@pytest.fixture(scope="module")
def made(beside):
    return beside()


@pytest.fixture
def page(site, chromium):
    context = chromium.new_context(locale="zh-CN", viewport={"width": 390, "height": 844})
    page = context.new_page()
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda told: errors.append(told.text) if "Content Security" in told.text else None)
    page.goto(f"{site}/verify/")
    page.wait_for_selector("[data-keys-loaded='1']", state="attached")
    yield page
    context.close()
    assert errors == []


def check(page, text):
    """What the page says of a text: the reason, and the words. What is very long comes as a file."""
    page.evaluate("document.getElementById('result').replaceChildren()")
    long = len(text) > 20_000
    page.evaluate("text => { document.getElementById('text').value = text; }", "" if long else text)
    page.set_input_files("#file", [{"name": "a.sdjwt", "mimeType": "", "buffer": text.encode()}] if long else [])
    page.click("[data-send]")
    page.wait_for_selector("#result [data-reason]")
    return page.locator("#result [data-reason]").get_attribute("data-reason"), page.locator("#result").inner_text()


def test_a_certificate_of_an_address_that_the_house_had_before_holds_until_it_is_revoked(page, beside):
    old = beside(TONGBAN_ORIGIN=FORMER)
    for text in (old["file"], old["code"]):
        reason, said = check(page, text)
        assert reason == "good", said
        assert "现在有效" in said
        assert "老年人优待证" in said
        assert "雁塔区民政局" in said
    beside("revoke", old["number"], TONGBAN_ORIGIN=FORMER)
    assert check(page, old["file"])[0] == "revoked"


def test_the_browser_accepts_both_forms_and_sends_nothing_of_them(page, made):
    asked = []
    page.on("request", lambda request: asked.append((request.method, request.url)))
    for text in (made["file"], made["code"]):
        reason, said = check(page, text)
        assert reason == "good"
        assert "现在有效" in said
        assert "没有上传" in said
        assert "已满六十周岁" in said
        assert "雁塔区民政局" in said
    assert "李秀兰" not in check(page, made["file"])[1]
    assert all(method == "GET" for method, _url in asked)
    assert all(url.split("/", 3)[3].startswith(("status/", "verify/keys.json")) for _method, url in asked), asked


def test_the_browser_refuses_every_tampering_for_the_reason_that_the_library_gives(page, made):
    found = {name: check(page, text)[0] for name, (text, _reason) in made["tampered"].items()}
    assert found == {name: reason for name, (_text, reason) in made["tampered"].items()}


def test_without_a_network_it_goes_on_and_says_what_it_could_not_ask(page, made, beside):
    page.context.set_offline(True)
    reason, said = check(page, made["file"])
    assert (reason, page.locator("#result section").get_attribute("data-status")) == ("good", "unknown")
    assert "没有查到是不是被撤销" in said
    page.context.set_offline(False)
    assert page.wait_for_function("navigator.serviceWorker.ready")
    assert "现在有效" in check(page, made["file"])[1]
    page.context.set_offline(True)
    said = check(page, made["code"])[1]
    assert "按先前取得的列表核对" in said
    page.wait_for_function("caches.open('verify-1').then(async (kept) => (await kept.keys()).length > 5)")
    page.reload()  # the whole page opens without a network
    page.wait_for_selector("[data-keys-loaded='1']", state="attached")
    assert check(page, made["code"])[0] == "good"
    assert check(page, made["tampered"]["a key of one's own"][0])[0] == "signature"


def test_a_revocation_is_told_by_the_next_check(page, beside):
    one = beside()
    assert check(page, one["file"])[0] == "good"
    beside("revoke", one["number"])
    assert check(page, one["file"])[0] == "revoked"
    assert check(page, one["code"])[0] == "revoked"


def test_one_that_was_renewed_is_said_to_be_replaced(page, beside):
    one = beside()
    beside("renew", one["number"])
    reason, said = check(page, one["file"])
    assert reason == "replaced"
    assert "换发新证" in said


def test_a_bound_copy_is_said_to_be_signed_by_its_holder_or_not(page, beside):
    made = beside("bound", "10")
    reason, said = check(page, made["proved"])
    assert (reason, page.locator("#result [data-bound]").get_attribute("data-bound")) == ("good", "proved")
    assert "https://museum.example" in said
    assert "n-1" in said
    assert check(page, made["unproved"])[0] == "good"
    assert page.locator("#result [data-bound]").get_attribute("data-bound") == "unproved"
    assert "verdict--unsure" in page.locator("#result section").get_attribute("class")
    assert check(page, beside("bound", "400")["proved"])[0] == "holder"


def test_a_file_and_the_sheet_are_read_in_the_browser(page, site, made, tmp_path):
    holder = page.context.new_page()
    holder.goto(f"{site}/follow/")
    holder.fill("[name=code]", made["receipt"][0])
    holder.fill("[name=secret]", made["receipt"][1])
    holder.click("main form button")
    holder.click(f"a[href*='{made['number']}']")
    for way in ("file", "pdf"):
        with holder.expect_download() as came:
            holder.click(f"button[value={way}]")
        kept = tmp_path / f"card.{way}"
        came.value.save_as(kept)
        page.evaluate("document.getElementById('result').replaceChildren()")
        page.set_input_files("#file", kept)
        page.click("[data-send]")
        page.wait_for_selector("#result [data-reason]")
        said = page.locator("#result").inner_text()
        assert "李秀兰" in said
        assert "1958" not in said
        assert "没有上传" in said
    holder.close()


def test_a_camera_that_sees_a_code_is_enough(site, chromium, made):
    """The browser's own reader of codes, where there is one: this one here has none, so the test brings it."""
    context = chromium.new_context(locale="zh-CN", viewport={"width": 390, "height": 844})
    context.add_init_script(
        "window.BarcodeDetector = class { static async getSupportedFormats() { return ['qr_code']; }"
        f" async detect() {{ return [{{ rawValue: {json.dumps(made['code'])} }}]; }} }};"
        "navigator.mediaDevices.getUserMedia = async () => document.createElement('canvas').captureStream();"
        "HTMLMediaElement.prototype.play = async () => {};"
    )
    page = context.new_page()
    page.goto(f"{site}/verify/")
    page.click("[data-camera-start]")
    page.wait_for_selector("#result [data-reason=good]")
    assert page.locator("[data-camera-view]").is_hidden()
    context.close()


def test_without_javascript_the_server_checks_and_says_that_it_sees_it(site, chromium, made):
    context = chromium.new_context(locale="zh-CN", java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{site}/verify/")
    assert "本站会看到证照的内容" in page.locator("noscript").inner_text()
    page.fill("[name=text]", made["code"])
    page.click("[data-send]")
    assert "本站看到了证照的内容" in page.locator("#result").inner_text()
    page.fill("[name=text]", made["tampered"]["a code by a stranger"][0])
    page.click("[data-send]")
    page.wait_for_selector("#result [data-reason=signature]")
    context.close()


@pytest.mark.parametrize("width", [390, 1280])
def test_the_pages_pass_axe(site, chromium, made, width):
    from axe_playwright_python.sync_playwright import Axe

    context = chromium.new_context(locale="zh-CN", viewport={"width": width, "height": 900})
    page = context.new_page()
    page.goto(f"{site}/verify/")
    page.wait_for_selector("[data-keys-loaded='1']", state="attached")
    assert check(page, made["code"])[0] == "good"
    problems = {"verify": Axe().run(page).response["violations"]}
    page.goto(f"{site}/follow/")
    page.fill("[name=code]", made["receipt"][0])
    page.fill("[name=secret]", made["receipt"][1])
    page.click("main form button")
    page.click(f"a[href*='{made['number']}']")
    problems["certificate"] = Axe().run(page).response["violations"]
    page.click("button[value=screen]")
    page.wait_for_selector("img[src^='data:']")
    problems["screen"] = Axe().run(page).response["violations"]
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    context.close()
    told = {name: [(one["id"], one["nodes"][0]["html"]) for one in found] for name, found in problems.items()}
    assert told == {"verify": [], "certificate": [], "screen": []}


def test_the_demo_has_certificates_to_try_the_page_with(page):
    for number, reason in enumerate(("good", "revoked", "disclosure")):
        page.evaluate("document.getElementById('result').replaceChildren()")
        page.locator("[data-sample] button").nth(number).click()
        page.wait_for_selector(f"#result [data-reason={reason}]")
