"""The learning loop in the browser: a clerk puts letters right, the office learns, and the next letter's
suggestion is the clerk's."""

from __future__ import annotations

import subprocess
import sys

from tests.browser.conftest import environment
from tests.browser.journeys import Resident, at_desk, desk_act, open_letter, seen

TROUBLES = [
    "共享单车把人行道堵死了，盲道上也停满了共享单车，请清理。",
    "地铁口的共享单车堆成山，行人只能走到机动车道上。",
    "共享单车乱停乱放没有人管，小区门口进不去。",
    "公交站台被共享单车占满，老人上车要绕行，请运营公司清走。",
]


def test_a_clerk_corrects_the_office_learns_and_the_next_suggestion_is_right(chromium, site, folder):
    view = ("desktop", "zh-hans")
    clerk, handler = at_desk(chromium, site, "clerk", *view), at_desk(chromium, site, "handler", *view)
    for body in TROUBLES:
        sender = Resident(chromium, site, *view, matter="9901", body=body)
        desk_act(clerk, site, sender.code, "dispatch", unit="610113-CG", matter="0103")
        desk_act(handler, site, sender.code, "accept")
    done = subprocess.run(
        [sys.executable, "-m", "tongban", "text", "train", "--here"],
        env={**environment(), "TONGBAN_DATA": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    clerk.wait_for_timeout(5_500)  # the house looks for a new model every five seconds
    after = Resident(chromium, site, *view, matter="9901", body="学校门口全是乱停的共享单车，孩子放学很危险，请清理。")
    open_letter(clerk, site, after.code)
    panel = clerk.locator("section[aria-labelledby=fitting]")
    first = panel.locator("li").first.inner_text()
    clerk.goto(f"{site}/desk/c/{sender.code}/")
    corrected = clerk.locator("dt:text-is('事项') + dd").first.inner_text()
    assert corrected.split("›")[-1].strip() in first, (first, corrected)
    assert "单车" in first, "the letter's own words that speak for it"
    supervisor = at_desk(chromium, site, "supervisor", *view)
    supervisor.goto(site + "/desk/learning/")
    seen(supervisor)
    assert "学过的来信" in supervisor.locator("main").inner_text()
