"""Taking a spreadsheet in as the draft of an item's form, with the facts that it brings."""

from __future__ import annotations

from django.db import transaction

from .. import reading
from ..models import Fact, Form
from . import versions, xlsform
from .xlsform import Sheet

ORDER = 500
"""Where facts of a form stand among those of the catalogue: after them."""


def take_in(matter: str, raw: bytes, *, dry_run: bool = False) -> tuple[Sheet, Form | None]:
    """The rows of an XLSForm as the draft of the item's form; the tests of an earlier draft stay. Raises BadForm."""
    sheet = xlsform.read(raw, reading.current().facts)
    if dry_run:
        return sheet, None
    with transaction.atomic():
        for number, (code, said) in enumerate(sheet.facts.items()):
            Fact.objects.create(code=code, order=ORDER + number, **said)
        if sheet.facts:
            reading.touch()
        return sheet, versions.start(matter, sheet.content)


def new_fact(code: str, type_: str, question: str, question_en: str, options: list[list[str]]) -> Fact:
    """A question that the catalogue does not have yet."""
    with transaction.atomic():
        made = Fact.objects.create(
            code=code, type=type_, question=question[:200], question_en=question_en[:300], options=options, order=ORDER
        )
        reading.touch()
    return made
