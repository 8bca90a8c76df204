"""What a door declares for the desk: panels of the case page, and pages of its own for acts.

Read by this room alone. What is heavy is named as "package.module:function" and loaded when it is used.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tongban.cases.inputs.one import Words

if TYPE_CHECKING:
    from tongban.cases.models import Case


@dataclass(frozen=True, slots=True)
class Panel:
    """A piece of the page about one case, for cases of `kinds` (empty: of every kind).

    `place`: "main" (between the sender and the story), "side", "facts" (rows of the list of facts: its template
    writes `<dt>` and `<dd>`); on the page of writing an answer "answer-head", "answer" (under the case) and
    "answer-form" (under the editor). `template` is included with `data`, `title`, `found` and `case`. `data` is what
    `context` gives: a function (Found) → anything, on the answer's page (Found, form); None leaves the panel out.
    Without `context` it always stands. It is asked once the look is recorded, and has to keep to what exists for who
    looks (`found.actor`).
    """

    kinds: tuple[str, ...]
    name: str
    title: Words
    template: str
    context: str = ""
    place: str = "side"
    order: int = 100


@dataclass(frozen=True, slots=True)
class Particular:
    """Something personal of the sender that stands with the contact and is shown by the same look, in cases of `kinds`:
    `value` names a function (case) → text, empty for nothing."""

    kinds: tuple[str, ...]
    label: Words
    value: str


@dataclass(frozen=True, slots=True)
class ActPage:
    """A page of a door's own for the acts whose line in the table says `page=name`, in cases of `kinds` (empty: all).

    `link` is what the case page calls it, where one of the acts is offered: words, or a function of the case. `page`
    names a function (request, code, `actpages.Handed`) → response: the desk hands it what opening a case and acting
    on it takes, and `template`, so that a room beside the desk can be the page (`tongban.published.act_page:page`).
    What is filled in there is not repeated in the story.
    """

    kinds: tuple[str, ...]
    name: str
    link: Words | Callable[[Case], Words]
    page: str
    template: str = ""
    order: int = 100

    def words(self, case: Case) -> str:
        """What the link to it says."""
        return str(self.link(case) if callable(self.link) else self.link)

    def is_for(self, kind: str) -> bool:
        """Whether cases of this kind have it."""
        return not self.kinds or kind in self.kinds
