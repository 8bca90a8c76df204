"""Why a file is not taken, as a word that crosses from the child to the web worker."""

from __future__ import annotations


class Refused(Exception):
    """`reason`: `too_large`, `animated`, `damaged`, `too_much`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
