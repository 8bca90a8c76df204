"""Pages for acts that doors bring (`parts.ActPage`): found by the kind of the case and the name of the page, and
handed what the desk knows of opening a case and acting on it.

A code that does not exist, a kind without such a page and a case of another unit are answered alike.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse

from tongban.cases.models import Case
from tongban.cases.procedure import Edge
from tongban.cases.receipts import plain
from tongban.cases.writer import Performed
from tongban.gate.allow import FORM, allows
from tongban.gate.door import loaded, parts

from . import acting, offers, opening
from .opening import Found
from .parts import ActPage


@dataclass(frozen=True, slots=True)
class Handed:
    """What a page gets, in the order in which it is used: `repeated` answers a form that was sent before; `find`
    raises Http404; `refuse_erased` and `take_step` raise Refusal; `ask_first` leads away where the look is not
    recorded yet; `refused` puts a refusal into the form and gives the case as it is now and what others did
    meanwhile."""

    template: str
    repeated: Callable[[HttpRequest, str], HttpResponse | None] = acting.repeated
    find: Callable[[HttpRequest, str], Found] = opening.find
    refuse_erased: Callable[[Found], None] = acting.refuse_erased
    offered: Callable[[Found], Sequence[Edge]] = offers.offered
    ask_first: Callable[[Found], HttpResponse | None] = opening.ask_first
    take_step: Callable[..., Performed] = acting.take_step
    refused: Callable[..., tuple[Found, Any]] = acting.refused
    done: Callable[..., HttpResponse] = acting.done


@allows("official", FORM)
def act_page(request: HttpRequest, code: str, page: str) -> HttpResponse:
    """The page called `page` for the kind of this case."""
    kind = Case.objects.filter(code=plain(code)).values_list("kind", flat=True).first()
    found = next((one for one in parts(ActPage) if one.name == page and kind and one.is_for(kind)), None)
    if found is None:
        raise Http404
    response: HttpResponse = loaded(found.page)(request, code, Handed(found.template))
    return response
