"""What the public notices of hearings bring to the house."""

from __future__ import annotations

from collections.abc import Set
from typing import Any

from django.utils.translation import gettext_lazy as _

from tongban.cases.beside import Beside
from tongban.cases.models import Case
from tongban.desk.parts import ActPage
from tongban.gate.parts import KeptBeside, NavLink, Timed

from . import announcing


def barred(case: Case, units: Set[str], officials: Set[int]) -> None:
    """The case is about a unit from now on: nothing of it stays public."""
    announcing.forget(case)


PARTS: tuple[Any, ...] = (
    ActPage(
        ("application",),
        "announce",
        _("公告听证"),
        "tongban.services.hearings.pages:announce",
        "services/hearings/announce.html",
    ),
    KeptBeside(Beside("hearing notices", announcing.forget, barred)),
    NavLink("services:hearings", _("听证公告"), 46, foot=True),
    Timed("hearing notices", announcing.forget_old, 3600),
)
