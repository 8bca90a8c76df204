"""What somebody answered so far, in a sealed cookie of their browser and nowhere else.

The cookie ends with the browser, after two hours at the latest, and with 离开这台电脑 (`LeftBehind` in `apps.py`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest, HttpResponse

from tongban.gate import cookies

from .. import questions, reading

COOKIE = "tongban_mine"
SECONDS = 2 * 60 * 60
"""House rule: long enough to look for a paper, short enough for a library's computer."""
MOST_BYTES = 3900
"""A browser keeps a cookie of 4,096 bytes with its name (RFC 6265bis, 5.5)."""
LONGEST = 100
SUBJECTS = ("person", "firm")


@dataclass
class Answers:
    """`given`: code of a fact → the answer as inputs store it; `skipped`: answered "I don't know"; `asked`: the codes
    in the order in which they were asked, answered or not."""

    place: str = ""
    subject: str = "person"
    given: dict[str, str] = field(default_factory=dict)
    skipped: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    @property
    def facts(self) -> dict[str, Any]:
        """The answers as `rules/` takes them. What is in the catalogue no more is left out."""
        return questions.facts_of({f"{questions.PREFIX}{code}": value for code, value in self.given.items()})

    def answer(self, fact: str, value: str) -> None:
        """Keep an answer; a second one replaces it."""
        self._ask(fact)
        self.given[fact] = value[:LONGEST]
        self.skipped = [code for code in self.skipped if code != fact]

    def skip(self, fact: str) -> None:
        """Keep that it is not known."""
        self._ask(fact)
        self.given.pop(fact, None)
        self.skipped = [*(code for code in self.skipped if code != fact), fact]

    def among(self, facts: Iterable[str]) -> list[str]:
        """Of what was asked, these, in the order in which they were asked."""
        wanted = set(facts)
        return [code for code in self.asked if code in wanted]

    def _ask(self, fact: str) -> None:
        if fact not in self.asked:
            self.asked.append(fact)

    def keep(self, response: HttpResponse) -> bool:
        """Give it to the browser; False, and nothing given, where it no longer fits into a cookie."""
        value = {"p": self.place, "s": self.subject, "g": self.given, "k": self.skipped, "a": self._order()}
        if len(cookies.sealed(COOKIE, value, SECONDS)) > MOST_BYTES:
            return False
        cookies.put_sealed(response, COOKIE, value, SECONDS)
        return True

    def _order(self) -> list[str]:
        """The order of asking as far as the answers do not say it: most often nothing."""
        return [] if self.asked == [*self.given, *self.skipped] else self.asked


def kept(request: HttpRequest) -> Answers:
    """What this browser has answered; nothing where it has not. Answers to questions that are gone are left out."""
    value = cookies.read_sealed(request, COOKIE)
    known = reading.current().facts
    given = {code: str(one) for code, one in dict(value.get("g") or {}).items() if code in known}
    skipped = [code for code in value.get("k") or () if code in known]
    asked = [code for code in value.get("a") or [*given, *skipped] if code in known]
    subject = value.get("s") if value.get("s") in SUBJECTS else SUBJECTS[0]
    return Answers(str(value.get("p") or ""), str(subject), given, skipped, asked)


def forget(response: HttpResponse) -> HttpResponse:
    """Have the browser forget it."""
    cookies.take_away(response, COOKIE)
    return response


def brought(request: HttpRequest, values: dict[str, Any]) -> dict[str, Any]:
    """What goes along into an application that is begun from here (`Writing.brings`): the answers to what its form
    asks, under the names of its inputs, and which of its pages are answered by them. Nothing unless the form that was
    sent asks for it."""
    if "along" not in request.POST:
        return {}
    answers = kept(request)
    found: dict[str, Any] = {}
    for code, value in answers.given.items():
        if reading.current().facts[code].type != "declared":
            found[f"{questions.PREFIX}{code}"] = value
        elif value == "yes":
            found[f"{questions.PREFIX}{code}"] = "on"
    steps = questions.steps({**values, **found})
    names = {item.name for step in steps for item in step.inputs}
    found = {name: value for name, value in found.items() if name in names}
    done = [step.name for step in steps if step.files is None and all(item.name in found for item in step.inputs)]
    return {**found, "done": done}
