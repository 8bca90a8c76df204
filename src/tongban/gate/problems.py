"""How the API says no: one shape for every error, with a code for programs and words for people."""

from __future__ import annotations

from typing import Any

from ninja import Schema


class Problem(Schema):
    """An error. `field` names the input that is wrong, where one is."""

    code: str
    message: str
    field: str | None = None


class Limited(Exception):
    """Too many requests; `wait` seconds."""

    def __init__(self, wait: int) -> None:
        super().__init__(wait)
        self.wait = wait


def problems(*statuses: int) -> dict[int, Any]:
    """The declaration of error answers for an operation."""
    return dict.fromkeys(statuses, Problem)
