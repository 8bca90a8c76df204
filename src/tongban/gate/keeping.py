"""How long a public page may be kept by the cache in front of Django (`portal/pagecache.py`)."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings

HEADER = "Public-For"


def public_for(seconds: int) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Marks a view whose answer is the same for everybody who is not signed in."""

    def wrap(view: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(view)
        def inner(request: Any, *args: Any, **kwargs: Any) -> Any:
            response = view(request, *args, **kwargs)
            if (
                request.method == "GET"
                and response.status_code == 200
                and not request.COOKIES.get(settings.SESSION_COOKIE_NAME)
            ):
                response[HEADER] = str(seconds)
                response["Cache-Control"] = f"public, max-age={min(seconds, 10)}"
                response["Vary"] = "Cookie, Accept-Language"
            return response

        return inner

    return wrap
