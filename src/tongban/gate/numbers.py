"""Whole numbers that come in with a request: the one way in which this house reads them.

Python takes more for a number than people and databases do: `"²".isdigit()` is true and `int("²")` fails,
`int("1_0")` is 10, 5,000 digits raise, 20 digits do not fit a column. Here a number is 1 to 18 of the digits 0 to 9,
and nothing else.
"""

from __future__ import annotations

import re

LONGEST = 18
"""So many digits always fit the databases' integers of 64 bits."""
_NUMBER = re.compile(rf"[0-9]{{1,{LONGEST}}}")


def number(text: object, most: int = 10**LONGEST - 1) -> int | None:
    """The number that a parameter, a hidden input or a piece of an address says; None where it says none up to
    `most`."""
    if not isinstance(text, str) or _NUMBER.fullmatch(text) is None:
        return None
    value = int(text)
    return value if value <= most else None
