"""What was said in the box of the home page, in this browser alone: a sealed cookie, for an hour.

Words typed there never stand in an address, in the database or in a log. Which place they name is read from the
registry's names. Not for the page itself (`portal/ask.py`) nor for what a room answers (`parts.Answering`).
"""

from __future__ import annotations

import re
from functools import lru_cache

from django.http import HttpRequest, HttpResponse

from tongban.registry.snapshot import Snapshot
from tongban.text import fold

from . import cookies
from .parts import Asked

COOKIE = "tongban_asked"
SECONDS = 3600
LONGEST = 600
"""Characters: what fits into a cookie (4,096 bytes, RFC 6265bis 5.5) sealed, in whatever script."""
_ENDING = re.compile(r"(特别行政区|自治[州县旗]|街道|地区|新区|[省市区县镇乡])$")
SHORTEST = 2


def keep(response: HttpResponse, asked: Asked) -> HttpResponse:
    """Let the browser keep what was said."""
    cookies.put_sealed(response, COOKIE, {"text": asked.text, "place": asked.place}, SECONDS)
    return response


def kept(request: HttpRequest) -> Asked | None:
    """What this browser said within the last hour; None where nothing."""
    found = cookies.read_sealed(request, COOKIE)
    text, place = found.get("text"), found.get("place")
    return Asked(text, place) if isinstance(text, str) and isinstance(place, str) and text else None


def place_named(text: str, registry: Snapshot) -> str:
    """The place that a text names, the lowest and the longest name first; empty where it names none, or two that lie
    apart.

    A name without its ending counts from two characters on ("雁塔" for 雁塔区), English names whole.
    """
    folded = fold(text)
    named = [code for code, row in registry.places.items() if _names(folded, row.name, row.name_en)]
    lowest = [code for code in named if not any(code in registry.line("places", other)[1:] for other in named)]
    if len(lowest) > 1:  # the full name tells 长安区 from a road called so
        whole = [code for code in lowest if fold(registry.places[code].name) in folded]
        under = [code for code in lowest if any(above in named for above in registry.line("places", code)[1:-1])]
        lowest = whole or under or lowest
    return lowest[0] if len(lowest) == 1 else ""


@lru_cache(maxsize=4096)
def _written(name: str, name_en: str) -> tuple[str, str, str]:
    """How a place is written, folded: its name, the name without its ending ("" where too short), in English."""
    name = fold(name)
    short = _ENDING.sub("", name)
    return name, short if len(short) >= SHORTEST else "", fold(name_en)


def _names(folded: str, name: str, name_en: str) -> bool:
    name, short, english = _written(name, name_en)
    if name in folded or (short and short in folded):
        return True
    return bool(english) and english in folded and re.search(rf"\b{re.escape(english)}\b", folded) is not None
