"""What tests of interested parties and hearings share: one is named, heard, the hearing is fixed."""

from __future__ import annotations

from datetime import timedelta

from tongban.cases.models import Case

from .conftest import MARKET, NOON, accepted, after, fresh, official, sender

DAY = timedelta(days=1)
CONCERNS = "餐馆的排烟口正对您家的窗户，距离不到十米。"
BY_PAPER = {"party": "王芳", "address": "小寨东路 3 号 2 单元 502", "text": CONCERNS}
BY_MAIL = {**BY_PAPER, "email": "wangfang@example.org"}
OVER = NOON.replace(hour=16, minute=1) + 7 * DAY
"""A minute after the end of the fifth working day from `NOON`."""
HEARING = {"at": "2026-03-18T10:00", "minutes": 90, "way": "hall", "where": "小寨东路 1 号二楼会议室",
           "comes": "主持人 周正", "prepare": "营业执照原件"}  # fmt: skip


def named(case=None, at=NOON, **said):
    """The application, and the case of the party that was named last."""
    case = case or accepted()
    after(case, "name_party", official(MARKET), at, **{**BY_MAIL, **said})
    return fresh(case), Case.objects.filter(part_of=case, kind="interested").latest("pk")


def by_paper(case=None, at=NOON, **said):
    return named(case, at, **{"email": "", "phone": "", **said})


def right_told(case, at=NOON):
    """The applicant was told of the right to a hearing, and wants none."""
    after(case, "tell_hearing", official(MARKET), at, text="关系到邻居的重大利益")
    return after(case, "waive_hearing", sender(case), at)
