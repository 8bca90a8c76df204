"""Why the kernel says no, in words for the person who asked.

Every door turns a refusal into its own answer: a page with the message, or an API error with the code and status.
"""

from __future__ import annotations

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


class Refusal(Exception):
    """`code` is one of STATUS; `message` is translated text; `field` names the input that is wrong, if one is."""

    def __init__(self, code: str, message: Any, field: str | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.message = message
        self.field = field

    @property
    def status(self) -> int:
        return STATUS[self.code]
