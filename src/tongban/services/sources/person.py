"""Who somebody is, as far as this browser has shown it: needed before a register says anything about a person.

Nothing of it lies in the database: a sealed cookie holds name and number for half an hour, and goes with the browser,
with 离开这台电脑, or by a button. Ways to show it are the sign-in of the city (`signing_in.py`) and, at a counter, the
official who has the card in hand (`helping.py`). Applying and following need none of it.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse

from tongban.gate import cookies
from tongban.vault.keyring import ring

COOKIE = "tongban_person"
SECONDS = 30 * 60
"""So long a shown identity holds. House rule."""
PURPOSE = "person"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody by name and number; `how` says by which way that was shown: `demo`, `oidc` or `counter`."""

    id_number: str
    name: str
    how: str

    @property
    def blind(self) -> str:
        """The keyed hash by which rows about this person are found."""
        return blind(self.id_number)


def blind(id_number: str) -> str:
    """The keyed hash of an ID number, however it was typed."""
    return ring().blind(normal(id_number), PURPOSE)


def normal(id_number: str) -> str:
    """An ID number as it is compared: no blanks, a capital X."""
    return id_number.replace(" ", "").upper()


def shown(request: HttpRequest) -> Person | None:
    """Who this browser has shown to be its user; None where nobody has or the time is over."""
    kept: dict[str, Any] = cookies.read_sealed(request, COOKIE)
    try:
        return Person(str(kept["id_number"]), str(kept["name"]), str(kept["how"]))
    except KeyError:
        return None


def remember(response: HttpResponse, person: Person) -> HttpResponse:
    """Let the browser keep who was shown."""
    cookies.put_sealed(response, COOKIE, asdict(person), SECONDS)
    return response


def forget(response: HttpResponse) -> HttpResponse:
    """Have the browser forget it."""
    cookies.take_away(response, COOKIE)
    return response
