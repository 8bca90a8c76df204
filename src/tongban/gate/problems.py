"""How the API says no: one shape for every error, with a code for programs and words for people."""

from __future__ import annotations

from typing import Any

from ninja import Schema


class WrongOut(Schema):
    """One of several inputs that are wrong; `code` is `required`, `not_asked` or `wrong`."""

    field: str
    code: str
    message: str


class Problem(Schema):
    """An error. `field` names the input that is wrong, where one is; `errors` names each where several were looked at
    together."""

    code: str
    message: str
    field: str | None = None
    errors: list[WrongOut] | None = None


class Limited(Exception):
    """Too many requests; `wait` seconds."""

    def __init__(self, wait: int) -> None:
        super().__init__(wait)
        self.wait = wait


def problems(*statuses: int) -> dict[int, Any]:
    """The declaration of error answers for an operation."""
    return dict.fromkeys(statuses, Problem)
