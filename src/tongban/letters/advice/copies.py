"""Letters that are nearly the same, found among all: an index of keyed signatures beside the cases.

The worker adds new letters; erasing a letter removes its signature in the same transaction. A signature is made with a secret key, so
the table alone tells nobody what a letter holds. Complaints about conduct are indexed too; who may see them, `access` decides.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection, transaction

from tongban.cases.models import Case
from tongban.text import DuplicateIndex
from tongban.vault.keyring import ring

NAME = "letter_copy"
WINDOW = 2_000
"""Letters so close to the newest indexed one are looked at again: two that were sent at once may be stored in either order."""


def index() -> DuplicateIndex:
    """The index in this deployment's database."""
    key = int.from_bytes(ring().derive("copies")[:8], "big")
    return DuplicateIndex(connection, "postgresql" if connection.vendor == "postgresql" else "sqlite", NAME, "%s", key)


def text_of(case: Case) -> str:
    """What is compared of a letter."""
    return f"{case.subject}\n{case.body}"


def index_new(batch: int = 200) -> int:
    """Adds letters that are not there yet; returns how many. Safe beside other workers and to kill."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT COALESCE(MAX(id), 0) FROM {NAME}_signature")  # noqa: S608 - our own table
        newest = int(cursor.fetchone()[0])
        cursor.execute(
            f"SELECT c.id FROM cases_case c LEFT JOIN {NAME}_signature s ON s.id = c.id "  # noqa: S608
            "WHERE c.id > %s AND s.id IS NULL AND c.kind = 'letter' AND c.erased_at IS NULL ORDER BY c.id LIMIT %s",
            [newest - WINDOW, batch],
        )
        missing = [row[0] for row in cursor.fetchall()]
    if not missing:
        return 0
    letters = [(case.pk, text_of(case)) for case in Case.objects.filter(pk__in=missing, erased_at__isnull=True)]
    with transaction.atomic():
        still = set(Case.objects.select_for_update().filter(pk__in=missing, erased_at__isnull=True).values_list("pk", flat=True))
        return index().add([row for row in letters if row[0] in still])


def near(case: Case, most: int = 12) -> list[tuple[int, float]]:
    """(case id, likeness 0–1) of letters nearly the same as this one, the nearest first; itself left out."""
    return [(number, share) for number, share in index().find(text_of(case), top=most + 1) if number != case.pk][:most]


def forget(case_ids: Sequence[int]) -> None:
    """Removes erased letters from the index, in the caller's transaction."""
    index().remove(list(case_ids))
