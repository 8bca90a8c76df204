"""A fraud, from a phone to the register: the photo of a QR code, a decision, a block, the owner with a TXT record, the
lifting; and looking an address up without telling it."""

from __future__ import annotations

import base64
import io
import re
import signal
import socket
import subprocess
import sys
import time
from datetime import timedelta
from urllib.request import urlopen

import pytest
import segno
from django.utils import timezone

from tests.browser.conftest import environment
from tests.browser.journeys import UNFOLD, seen
from tests.browser.test_pages import journey, opened
from tests.browser.test_signing_in import first_sign_in, submit, totp
from tests.reports.test_control import nameserver
from tongban.webaddr import full_hash, parse

NAMES = {"zh-hans": "jifen-duihuan7.example", "en": "points-shop7.example", "zh-hant": "jifen-huangou7.example"}
WAYS = ("width", "language"), [("phone", "zh-hans"), ("desktop", "en"), ("phone", "zh-hant")]


def photo(site: str) -> bytes:
    raw = io.BytesIO()
    segno.make(site, error="m").save(raw, kind="png", scale=6, border=4)
    return raw.getvalue()


def at_the_desk(chromium, site, new_official, name, unit, role, language):
    """An official of the demo's reporting centre, whose account was made for this journey: signed in for the first
    time, with an authenticator app."""
    page = opened(chromium, site, "desktop", language).new_page()
    password = first_sign_in(page, site, name, new_official(name, unit, role))
    page.goto(site + "/accounts/2fa/totp/activate/")
    if page.locator("input[name=password]").count():
        page.fill("input[name=password]", password)
        submit(page)
    page.fill("input[name=code]", totp(page.locator("#authenticator_secret").input_value()))
    submit(page)
    return page


def decide(page, act, **said):
    """Fill in the form of an act on the case page and send it; say yes where a dialog asks."""
    form = page.locator(f"form[action$='/act/{act}/']").first
    form.evaluate(UNFOLD)
    for name, value in said.items():
        field = form.locator(f"[name={name}]").first
        if field.get_attribute("type") == "radio":
            form.locator(f"[name={name}][value='{value}']").check()
        else:
            field.fill(value)
    button = form.locator(".actions .btn").first
    question = button.get_attribute("data-confirm")
    with page.expect_navigation():
        button.click()
        if question:
            page.locator("dialog[open] button[value=yes]").click()


WORDS = {
    "还没有查到": ("Not found yet", "還沒有查到"),
    "已证明网站由申诉人控制": ("It is shown that the objector controls the site", "已證明網站由申訴人控制"),
    "域名的 TXT 记录": ("A TXT record of the domain", "域名的 TXT 記錄"),
    "申诉后解除": ("Lifted after an objection", "申訴後解除"),
    "已被处置": ("Listed", "已被處置"),
}
"""What the journey looks for, in English and in Traditional Chinese."""


def words(language):
    """How a page in a language says it."""
    return lambda text: text if language == "zh-hans" else WORDS[text][language == "zh-hant"]


@pytest.fixture(scope="module")
def zone():
    """The resolver that the served demo asks; the owner's record comes later."""
    records = {}
    with nameserver(records) as (address, asked):
        yield address, records, asked


@pytest.fixture(scope="module")
def reporting(folder, tmp_path_factory, zone):
    """A demo of its own, whose resolver is ours."""
    data = tmp_path_factory.mktemp("reporting")
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port = sock.getsockname()[1]
    child = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "tongban",
            "serve",
            "--demo",
            "--data",
            str(data),
            "--port",
            str(port),
            "--workers",
            "1",
        ],
        env={**environment(), "TONGBAN_RATE_LIMITS": "0", "TONGBAN_RESOLVERS": zone[0]},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    address = f"http://127.0.0.1:{port}"
    for _ in range(1_500):
        try:
            urlopen(address + "/healthz", timeout=2).read()
            break
        except OSError:
            assert child.poll() is None
            time.sleep(0.2)

    def make(name, unit, role):
        command = [sys.executable, "-m", "tongban", "official", name, "--unit", unit, "--role", role]
        run = subprocess.run(
            command, env={**environment(), "TONGBAN_DATA": str(data)}, check=True, capture_output=True, text=True
        )
        return run.stdout.strip()

    yield address, make
    child.send_signal(signal.SIGINT)
    child.wait(30)


@journey(WAYS, ("phone", "zh-hans"))
def test_a_fraud_from_a_phone_to_a_block_that_its_owner_undoes(chromium, reporting, zone, width, language):
    site, new_official = reporting
    name, says = NAMES[language], words(language)
    target = f"http://{name}/login"
    _address, records, asked = zone
    # The photo of a QR code, from a phone.
    phone = opened(chromium, site, width, language).new_page()
    phone.goto(site + "/new/report/")
    seen(phone)
    phone.fill("#id_body", "门口传单上的二维码，说扫码兑积分，要输银行卡密码。")
    phone.set_input_files("#files", {"name": "码.png", "mimeType": "image/png", "buffer": photo(target)})
    with phone.expect_navigation():
        phone.locator("button[name=next]").click()
    assert phone.input_value("#id_found") == target
    seen(phone)
    with phone.expect_navigation():
        phone.locator("button[name=next]").click()
    phone.fill("#id_matter", "6001")
    seen(phone)
    with phone.expect_navigation():
        phone.locator("main form button.btn--primary").last.click()
    assert "/new/report/check/" in phone.url
    seen(phone)
    with phone.expect_navigation():
        phone.locator("button[name=send]").first.click()
    seen(phone)
    code = re.search(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}", phone.inner_text("main")).group().replace("-", "")
    # Verified and decided.
    desk = at_the_desk(chromium, site, new_official, f"hotline-{language}", "610000-WX", "handler", language)
    desk.goto(f"{site}/desk/c/{code}/")
    seen(desk)
    decide(desk, "accept")
    until = (timezone.localdate() + timedelta(days=30)).isoformat()
    desk.goto(f"{site}/desk/c/{code}/")
    said = {"until": until, "basis": "《反电信网络诈骗法》第二十五条第二款", "text": "按传单走了一遍"}
    decide(desk, "decide", scope="host", statement="骗取卡号，受害人李小红13812345678", **said)
    assert "李某某" in desk.inner_text("main"), "what will be hidden is shown before it is public"
    seen(desk)
    decide(desk, "decide", scope="host", statement="仿冒积分兑换，骗取银行卡号和密码。", **said)
    seen(desk)
    # In force: explained, in the feed, found without telling.
    owner = opened(chromium, site, "desktop", language).new_page()
    owner.goto(f"{site}/blocked/?name={target}")
    seen(owner)
    assert "仿冒积分兑换" in owner.inner_text("main")
    number = re.search(r"\d{4}-\d{6}", owner.inner_text("main")).group()
    assert name in urlopen(f"{site}/feeds/domains").read().decode()
    assert looked_up(owner, site, says, f"https://www.{name}/any")
    # The owner objects, without an account, and shows control by a TXT record.
    owner.goto(site + "/new/report_objection/")
    owner.fill("#id_number", number)
    owner.locator("[name=role][value=owner]").check()
    owner.fill("#id_body", "这是我们商场自己的积分网站，传单是我们发的。")
    with owner.expect_navigation():
        owner.locator("button[name=next]").click()
    with owner.expect_navigation():
        owner.locator("button[name=send]").first.click()
    text = owner.inner_text("main")
    objection = re.search(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}", text).group().replace("-", "")
    owner.goto(f"{site}/follow/{objection}/")
    seen(owner)
    with owner.expect_navigation():
        owner.locator(f"a[href='/follow/{objection}/control/']").click()
    seen(owner)
    assert not [one for one in asked if name in one[0]], "nothing is asked before the button"
    with owner.expect_navigation():
        owner.locator("button[value=dns]").click()
    assert says("还没有查到") in owner.inner_text("main")
    value = re.search(r"tongban-objection=[0-9a-f]+", owner.inner_text("main")).group()
    records[(f"_tongban.{name}", "TXT")] = [f'"{value}"']
    with owner.expect_navigation():
        owner.locator("button[value=dns]").click()
    assert owner.url.endswith(f"/follow/{objection}/")
    assert says("已证明网站由申诉人控制") in owner.inner_text("main")
    seen(owner)
    # The unit above grants it, and it is lifted at once.
    above = at_the_desk(chromium, site, new_official, f"above-{language}", "610000-GOV", "handler", language)
    above.goto(f"{site}/desk/c/{objection}/")
    seen(above)
    assert says("域名的 TXT 记录") in above.inner_text("main")
    decide(above, "grant", text="确是商场自己的网站，申诉成立。")
    assert name not in urlopen(f"{site}/feeds/domains").read().decode()
    assert not looked_up(owner, site, says, target, fresh=True)
    owner.goto(f"{site}/decisions/{number}/")
    assert says("申诉后解除") in owner.inner_text("main")
    seen(owner)
    owner.goto(f"{site}/decisions/")
    owner.locator("a[href*='/decisions/months/']").first.click()
    owner.wait_for_load_state("load")
    assert number in owner.inner_text("main"), "the mistakes of the month have their numbers"
    seen(owner)
    for page in (phone, desk, owner, above):
        page.context.close()


def past_the_cache(route):
    route.continue_(headers={**route.request.headers, "Cache-Control": "no-cache"})


def looked_up(page, site, says, address, fresh=False) -> bool:
    """Ask the page for an address; no request of the browser holds it."""
    sent = []

    def heard(request):
        sent.append(f"{request.url} {request.post_data or ''}")

    page.goto(f"{site}/listed/")
    seen(page)
    if fresh:  # what a browser may keep for a minute
        language = [one for one in page.context.cookies() if one["name"] == "tongban_language"]
        page.context.clear_cookies()
        page.context.add_cookies(language)
        page.route("**/api/v1/listed**", past_the_cache)
    page.on("request", heard)
    page.fill("#address", address)
    page.locator("[data-listed] button").click()
    page.wait_for_selector("#listed-result section")
    page.remove_listener("request", heard)
    page.unroute("**/api/v1/listed**")
    assert sent
    assert not [one for one in sent if parse(address).registrable in one or "/any" in one], sent
    seen(page)
    return says("已被处置") in page.inner_text("#listed-result")


ODD = (
    "http://a.b.c.d.e.f.example.com/1/2/3/4/5/6.html?param=1",
    "HTTP://EXAMPLE.com:80/%25%32%35/a%2Fb/../c//d/./e",
    "http://example.com/a b/中文?查=询#frag",
    "http://1.2.3.4/x/",
    "http://0x7f.1/",
    "https://sub.公司.cn/路径",
    "http://user:pass@host.example.co.uk/a/b?x=%7e",
    "http://example.com/%%%25%32%35asd%%",
    "hxxps://evil[.]example/",
    "evil.example/path",
    "http://[2001:db8::1]/a",
    "http://example.com/..%2f..",
)


def test_the_browser_forms_the_same_hashes_as_the_house_and_sends_two_bytes_of_each(chromium, site):
    page = opened(chromium, site, "phone", "zh-hans").new_page()
    everything = base64.b64encode(b"\xff" * 8192).decode()
    asked = []

    def answer(route):
        path = route.request.url.rsplit("/api/v1/listed", 1)[1]
        if not path:
            route.fulfill(json={"buckets": everything, "keep_seconds": 0})
            return
        asked.append(path.removeprefix("/"))
        route.fulfill(json={"prefix": path[1:], "hashes": [], "keep_seconds": 0})

    page.route("**/api/v1/listed**", answer)
    for address in ODD:
        asked.clear()
        page.goto(f"{site}/listed/")
        page.fill("#address", address)
        page.locator("[data-listed] button").click()
        page.wait_for_selector("#listed-result section")
        wanted = {full_hash(one).hex()[:4] for one in parse(address).expressions()}
        assert wanted <= set(asked), address
        assert all(len(one) == 4 for one in asked)
        assert len(asked) == len(set(asked)), "each once"
    page.context.close()


def test_without_javascript_the_server_answers_and_the_page_says_so(chromium, site):
    page = opened(chromium, site, "phone", "zh-hans", scripts=False).new_page()
    page.goto(f"{site}/listed/")
    assert "本站会看到您查的网址" in page.inner_text("main")
    page.fill("#address", "www.fanli-shuadan.example/app")
    with page.expect_navigation():
        page.locator("[data-listed] button").click()
    assert "已被处置" in page.inner_text("main")
    assert "fanli" not in page.url
    page.context.close()


@pytest.mark.parametrize("language", ["zh-hant", "en"])
@pytest.mark.parametrize("path", ["/listed/", "/report-harm-to-children/", "/decisions/", "/new/report/"])
def test_the_pages_in_other_languages(chromium, site, language, path):
    page = opened(chromium, site, "phone", language).new_page()
    page.goto(site + path)
    seen(page)
    page.context.close()
