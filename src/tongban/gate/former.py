"""Addresses that the house had before (`TONGBAN_FORMER_ORIGINS`): what was signed under one of them names it for good.

Who asks there for something that such papers name (`@answers_there`) is answered as then, under that address; everybody
else is sent to where the house is now. Not for the name of the log, which does not change with the address.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

View = TypeVar("View", bound=Callable[..., HttpResponse])


def origins() -> tuple[str, ...]:
    """The address of the house, then those it had before."""
    return (settings.ORIGIN, *settings.FORMER_ORIGINS)


def own(address: str) -> tuple[str, str]:
    """Which of the house's addresses one begins with, and the path behind it; two empty texts for another house's."""
    for origin in origins():
        if address.startswith(f"{origin}/"):
            return origin, address.removeprefix(origin)
    return "", ""


def _host(origin: str) -> str:
    return origin.partition("://")[2]


def came_to(request: HttpRequest) -> str:
    """The former address that a request came to, by its host; empty for the present one, also where a former one had
    the same host (http before https)."""
    asked = request.get_host() if settings.FORMER_ORIGINS else ""
    if asked == _host(settings.ORIGIN):
        return ""
    return next((one for one in settings.FORMER_ORIGINS if _host(one) == asked), "")


def origin_of(request: HttpRequest) -> str:
    """Under which of its addresses the house is asked: a former one where the request says so (`?of=ADDRESS`) or came
    there; else the present one."""
    said = request.GET.get("of")
    return said if said in settings.FORMER_ORIGINS else came_to(request) or settings.ORIGIN


def answers_there(view: View) -> View:
    """Marks a view that answers at former addresses too."""
    view.answers_there = True  # type: ignore[attr-defined]
    return view


class ToThePresentAddress:
    """Sends whoever asks at a former address for anything else to the present one."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, _args: Any, _kwargs: Any) -> HttpResponse | None:
        if not came_to(request) or getattr(view, "answers_there", False):
            return None
        moved = HttpResponseRedirect(f"{settings.ORIGIN}{request.get_full_path()}")
        moved.status_code = 308  # RFC 9110, 15.4.9: for good, and with the same method
        return moved
