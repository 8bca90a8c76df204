"""What the journeys share: officials who signed in once, residents who wrote, a page that is looked at as it stands."""

from __future__ import annotations

import itertools
import re
from typing import Any

from tests.browser.test_pages import WIDTHS, opened, signed_in, violations

VIEWS = [("phone", "zh-hans"), ("desktop", "zh-hant"), ("phone", "en"), ("desktop", "en")]
NAMES = ["-".join(view) for view in VIEWS]
WAYS = ("width", "language"), VIEWS[:3]
_numbers = itertools.count()


def seen(page: Any) -> None:
    """The page as it stands, after whatever was done: axe finds nothing, nothing scrolls sideways, in
    the other width neither."""
    page.wait_for_load_state("load")
    found = violations(page)
    assert found == [], found
    before = page.viewport_size
    page.set_viewport_size({**before, "width": next(width for width in WIDTHS.values() if width != before["width"])})
    assert violations(page, axe=False) == []
    page.set_viewport_size(before)


def at_desk(chromium: Any, site: str, name: str, width: str, language: str, scripts: bool = True) -> Any:
    """A page of an official of the demo, signed in; the sign-in itself happens once a session."""
    return signed_in(opened(chromium, site, width, language, scripts), site, name)


class Resident:
    """Somebody who wrote a letter and follows it in a browser of their own."""

    def __init__(self, chromium: Any, site: str, width: str, language: str, **letter: str) -> None:
        self.site = site
        self.page = opened(chromium, site, width, language).new_page()
        number = next(_numbers)
        self.subject = letter.get("subject", "") or f"第{number}封：路灯不亮"
        values = {
            "matter": "0104",
            "place": "610113",
            "body": "门口的灯一个星期不亮，请来看看。",
            "name": "王小明",
            "phone": "13800000000",
            **letter,
            "subject": self.subject,
        }
        answer = self.page.request.post(
            f"{site}/api/v1/letters", data=values, headers={"Idempotency-Key": f"journey-{id(site)}-{number:09d}"}
        )
        assert answer.status == 201, answer.text()
        receipt = answer.json()
        self.code, secret = receipt["code"], receipt["secret"]
        self.page.goto(site + "/follow/")
        self.page.fill("#code", self.code)
        self.page.fill("#secret", secret)
        self.page.locator("main form button").first.click()
        self.page.wait_for_url(f"**/follow/{self.code}/")

    def look(self) -> str:
        """The letter as it stands, in words."""
        self.page.goto(f"{self.site}/follow/{self.code}/")
        return self.page.locator("main").inner_text()

    def act(self, name: str, **values: str) -> str:
        """Perform an act of the sender on the letter's page."""
        self.look()
        fill_in(self.page, f"#act-{name}", values)
        self.page.wait_for_load_state("load")
        if self.page.locator("button[name=sure]").count():  # what cannot be undone is asked about
            self.page.locator("button[name=sure]").click()
            self.page.wait_for_load_state("load")
        assert not self.page.locator("[data-errors]").count(), self.page.locator("main").inner_text()
        return self.page.locator("main").inner_text()


UNFOLD = "node => { for (let up = node.parentElement; up; up = up.parentElement) if ('open' in up) up.open = true; }"
"""Opens every fold that a node stands in."""


def fill_in(page: Any, box: str, values: dict[str, str], double: bool = False) -> None:
    """Open the box of an act, fill its form and send it; say yes where a dialog asks."""
    place = page.locator(box)
    place.evaluate(UNFOLD)
    if place.evaluate("node => node.tagName === 'DETAILS' && !node.open"):
        place.locator("> summary").click()
    for name, value in values.items():
        field = place.locator(f"[name={name}]").first
        field.evaluate(UNFOLD)
        kind = field.evaluate("node => node.type || node.tagName")
        if kind == "select-one":
            field.select_option(value)
        elif kind == "radio":
            place.locator(f"[name={name}][value='{value}']").check()
        else:
            field.fill(value)
    button = place.locator("form .actions .btn").first
    question = button.get_attribute("data-confirm")
    if double:
        double_click(page, button)
    else:
        button.click()
    if question:
        page.locator("dialog[open] button[value=yes]").click()
    page.wait_for_load_state("load")


def double_click(page: Any, button: Any) -> None:
    """Two clicks in a moment. The browser gives the first answer up for the second's, so no single navigation can be
    waited for: it is over when another document stands there and nothing more is on its way."""
    from playwright.sync_api import Error

    before = page.evaluate("performance.timeOrigin")
    button.dblclick(no_wait_after=True)
    for _ in range(100):
        page.wait_for_timeout(100)
        try:
            if page.evaluate("performance.timeOrigin") != before:
                break
        except Error:
            continue  # between two documents
    page.wait_for_load_state("networkidle")


def open_letter(page: Any, site: str, code: str) -> str:
    """The letter's page on the desk; a supervisor says first what they look for."""
    page.goto(f"{site}/desk/c/{code}/")
    if page.locator("[name=purpose]").count():
        seen(page)
        page.locator("[name=purpose]").first.check()
        page.locator("form:has([name=purpose]) .btn--primary").click()
        page.wait_for_load_state("load")
    return page.locator("main").inner_text()


def desk_act(page: Any, site: str, code: str, name: str, double: bool = False, **values: str) -> None:
    """Perform an act on the letter's page at the desk; it is done, or the test says what the page said."""
    open_letter(page, site, code)
    fill_in(page, f"#act-{name}", values, double)
    assert not page.locator("[data-errors], main .notice--danger").count(), page.locator("main").inner_text()


def write_answer(page: Any, site: str, code: str, text: str, button: str, file: str = "") -> None:
    """Send what is written in the editor, by the button called `button`; with a file of that name."""
    page.goto(f"{site}/desk/c/{code}/answer/")
    seen(page)
    page.locator("textarea[name=text]").first.fill(text)
    if page.locator("[name=at_once]").count():  # not accepted yet: this answer goes out at once, on purpose
        page.locator("[name=at_once]").check()
    if file:
        page.set_input_files(
            "input[type=file]", {"name": file, "mimeType": "text/plain", "buffer": "检查记录".encode()}
        )
        page.locator("button[name=do][value=save]").click()
        page.wait_for_load_state("load")
        assert file in page.locator("main ul.files").inner_text(), "a kept draft keeps its files"
        seen(page)
    page.locator(f"button[name=do][value={button}]").click()
    page.wait_for_load_state("load")
    assert not page.locator("[data-errors]").count(), page.locator("main").inner_text()


def code_in(text: str) -> str:
    """The tracking code that stands in a text."""
    return re.search(r"\b[0-9A-Z]{4}(?:-[0-9A-Z]{4}){2}\b", text)[0].replace("-", "")
