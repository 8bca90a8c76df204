"""Why the kernel says no, in words for the person who asked.

Every door turns a refusal into its own answer: a page with the message, or an API error with the code and status.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

STATUS = {
    "not_found": 404,
    "not_allowed": 403,
    "wrong_state": 409,
    "stale": 409,
    "conflict": 409,
    "waiting": 409,
    "bad_input": 422,
    "not_yet": 503,
}


@dataclass(frozen=True, slots=True)
class WrongInput:
    """One of several inputs that are wrong: its name, a word for programs (`required`, `not_asked`, `wrong`), and
    words for people."""

    field: str
    code: str
    message: str


class Refusal(Exception):
    """`code` is one of STATUS; `message` is translated text; `field` names the input that is wrong, if one is; where
    several are, `errors` has each of them."""

    def __init__(self, code: str, message: Any, field: str | None = None, errors: Sequence[WrongInput] = ()) -> None:
        super().__init__(code)
        self.code = code
        self.message = message
        self.field = field
        self.errors = tuple(errors)

    @property
    def status(self) -> int:
        return STATUS[self.code]
