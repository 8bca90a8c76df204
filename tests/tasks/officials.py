"""Tasks 7 to 10: officials on their first day, from the sign-in page. docs/ten-tasks.md says what counts as done."""

from __future__ import annotations

import re
from itertools import groupby
from typing import Any

from tests.tasks.walking import Cannot, Lost, Walk

PASSWORD = "tongban-demo-2026"
FILLED = {
    "核实情况": "我局 11 月 30 日到丈八路和电子二路路口查看，灯杆下的电缆接头烧断。",
    "处理结果": "已换接头，当晚恢复照明。",
    "法律法规和条款": "《城市照明管理规定》第二十一条",
    "下一步和时间": "12 月 7 日前把这条路的接头查一遍。",
    "姓名": "路灯管理所值班人员",
    "电话": "029-00000000",
}
FIELDS = 5
CHANGED, LEVEL, REASON = "内容", "一般数据 2 级", "回访意见里只有姓，没有全名。"
"""The fifth field is decided otherwise: its name, its level, the reason."""


def sign_in(walk: Walk, name: str) -> None:
    """From the sign-in page to where the role begins. A second factor is read where the demo shows it."""
    walk.start("/accounts/login/")
    walk.write("[name=login]", name)
    walk.enter(walk.write("[name=password]", PASSWORD))
    if "/login" in walk.page.url:
        raise Lost(f"not signed in: {walk.page.url}")
    for _ in range(3):
        code = walk.page.locator("main input[name=code]")
        if not code.count():
            return
        walk.enter(walk.write("main input[name=code]", code_of_the_demo(walk, name)))


def code_of_the_demo(walk: Walk, name: str) -> str:
    """What the authenticator would show: the demo has a page for it, to which the page that asks leads. A person with a
    telephone looks at that; so it is counted as six digits typed, and the page is not."""
    for _ in range(60):
        told = walk.page.request.get(f"{walk.site}/demo/").text()
        number = told.partition(f'data-code-of="{name}">')[2][:6]
        if number.isdecimal():
            return number
        walk.page.wait_for_timeout(1000)
    raise Lost("a second factor is asked, and the demo's page shows none")


def dispatch_ten(walk: Walk, found: dict[str, Any]) -> None:
    """7. Dispatch ten letters to the three units that they belong to."""
    sign_in(walk, "clerk")
    for unit, rows in groupby(found["ten"], key=lambda row: row[0]):
        for _unit, code in rows:
            walk.tick(walk.page.locator(f"main input[name=case][value^='{code.replace('-', '')}']").first)
        walk.press_on(walk.page.locator("main button[name=act][value=dispatch]").first)
        walk.choose("main [name=unit]", unit)
        walk.press_on(walk.page.locator("main form .btn--primary").last)
        walk.read()
        if not walk.page.url.rstrip("/").endswith("/desk"):
            walk.press("返回待办件", "回到待办件", "待办件", "返回")
    left = [code for _unit, code in found["ten"] if walk.page.locator("main tr, main li", has_text=code).count()]
    if left:
        raise Lost(f"still to dispatch: {left}")


def answer_with_a_template(walk: Walk, found: dict[str, Any]) -> None:
    """8. Accept a letter and answer it with the bureau's template."""
    sign_in(walk, "handler")
    walk.press(found["waiting"]["subject"])
    accept = walk.page.locator("#act-accept")
    if accept.count():
        if accept.evaluate("box => box.tagName === 'DETAILS' && !box.open"):
            walk.press_on(accept.locator("> summary"))
        walk.press_on(accept.locator("form button").last)
    else:
        walk.press("受理")
    walk.press("写答复")
    walk.press("办结答复")
    field = walk.field("main textarea[name=text]")
    text = field.input_value()
    for gap, words in FILLED.items():
        if f"{{{gap}}}" in text:
            walk.cost.fields += 1
            walk.cost.typed += len(words)
            text = text.replace(f"{{{gap}}}", words)
    walk.read_to(field)
    field.fill(text)
    walk.press_on(walk.page.locator("button[name=do][value=answer]"))
    if walk.page.locator("[data-errors]").count():
        raise Lost(walk.page.locator("[data-errors]").first.inner_text())
    walk.read("已答复")


def approve(walk: Walk, found: dict[str, Any]) -> None:
    """9. Read an answer that a colleague drafted, and let it go out."""
    sign_in(walk, "head")
    walk.press(found["drafted"]["subject"])
    if not walk.page.locator("button[name=do][value=approve_answer]").count():
        walk.press("复核答复", "复核")
    walk.press_on(walk.page.locator("button[name=do][value=approve_answer]"))
    if walk.page.locator("[data-errors]").count():
        raise Lost(walk.page.locator("[data-errors]").first.inner_text())
    walk.read("已答复")


def decide_five(walk: Walk, found: dict[str, Any]) -> None:
    """10. Accept four fields as the scanner graded them, and decide the fifth otherwise, with a reason."""
    sign_in(walk, "dataofficer")
    if "/protection" not in walk.page.url:
        walk.read()
        walk.press_on(walk.page.locator("a[href='/protection/']:visible").first)
    walk.press(r"复核 \d+ 个字段", "待复核")
    rows = walk.page.locator("main tr").filter(has=walk.page.locator("input[type=checkbox]"))
    others = rows.filter(has_not=walk.page.locator("a", has_text=re.compile(f"^{CHANGED}$")))
    if others.count() != FIELDS - 1:
        raise Lost(f"{others.count()} other fields wait")
    for number in range(FIELDS - 1):
        walk.tick(others.nth(number).locator("input[type=checkbox]"))
    walk.press("认可勾选的")
    if not walk.page.url.rstrip("/").endswith("/review"):
        walk.press("接着办理")
    walk.press(f"^{CHANGED}$")
    if not walk.page.locator("#decide_level").first.is_visible():
        walk.press("改判")
    walk.choose("#decide_level", LEVEL)
    walk.write("#decide_reason", REASON)
    walk.press_on(walk.page.locator("button[name=do][value=decide]"))
    if REASON not in walk.read(REASON):
        raise Cannot("the decision does not stand on the page")


TASKS = (dispatch_ten, answer_with_a_template, approve, decide_five)
