"""The tables of the sealed search. Nothing in them depends on what a letter says but the number of its pages.

Only the rooms of `cases/index/` touch them; a segment is written once and never changed, so that an opened
one can be kept in memory.
"""

from __future__ import annotations

from django.db import models

PAGES = 1 << 12
"""At most so many pages a segment: a page's key is the segment's key times this and its number."""
WORDS, CONTACT = "words", "contact"


class Segment(models.Model):
    """Some acts and what is found in them. `part`: the county of their cases; empty where it is
    not sorted by county yet."""

    kind = models.CharField(max_length=8)
    generation = models.PositiveIntegerField(default=0)
    part = models.CharField(max_length=16, blank=True)
    docs = models.PositiveIntegerField()
    first_case = models.BigIntegerField()
    last_case = models.BigIntegerField()
    head = models.PositiveSmallIntegerField()
    pages = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=32)

    class Meta:
        app_label = "cases"
        indexes = [models.Index(fields=["kind", "part"], name="segment_part")]

    def __str__(self) -> str:
        return f"{self.kind} {self.part} {self.docs}"


class SegmentPage(models.Model):
    """A sealed page of a segment."""

    id = models.BigIntegerField(primary_key=True)
    sealed = models.BinaryField()

    class Meta:
        app_label = "cases"

    def __str__(self) -> str:
        return str(self.pk)


class PartUnit(models.Model):
    """That a unit leads or assists on a case of a county, now or once: where an official's search has to look."""

    part = models.CharField(max_length=16)
    unit = models.CharField(max_length=32)

    class Meta:
        app_label = "cases"
        constraints = [models.UniqueConstraint(fields=["unit", "part"], name="part_unit_once")]

    def __str__(self) -> str:
        return f"{self.part} {self.unit}"


class Erasure(models.Model):
    """An erased case whose words are to leave every segment; the row goes when they have."""

    case_id = models.BigIntegerField(primary_key=True)

    class Meta:
        app_label = "cases"

    def __str__(self) -> str:
        return str(self.pk)


class Rebuild(models.Model):
    """How far the rebuilding of the index has come. New segments carry the newest row's key as their generation."""

    last_act = models.BigIntegerField(default=0)
    up_to = models.BigIntegerField(default=0)
    finished = models.BooleanField(default=False)

    class Meta:
        app_label = "cases"

    def __str__(self) -> str:
        return f"{self.last_act} of {self.up_to}"
