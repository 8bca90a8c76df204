"""What can be wrong with a table, a fact or a parameter, said with its place."""

from __future__ import annotations


class BadTable(ValueError):
    """A table that means nothing: an empty group, an operator without a bound, two leaves of one code."""


class BadFact(ValueError):
    """A fact whose value is not of the kind that the operator asks for; `fact` is its code."""

    def __init__(self, fact: str, message: str) -> None:
        super().__init__(f"{fact}: {message}")
        self.fact = fact


class MissingParameter(LookupError):
    """No value of a parameter holds on this day in this place; a table is never judged with a guess."""


class NotExportable(ValueError):
    """A condition that JSON Logic cannot say."""
