"""One HTTPS request to a vendor, and its answer as JSON: no redirects, a short time, a small answer."""

from __future__ import annotations

import http.client
import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from typing import Any

from .gateways import NotSent

SECONDS = 10
LARGEST = 65_536


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """A signed request is for one address; it is not sent on to another."""

    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        return None


_OPENER = urllib.request.build_opener(_NoRedirects)


def endpoint(given: str, host: str) -> str:
    """The vendor's address: the public one, or the one that the deployment names (http alone to this very machine)."""
    if not given:
        return f"https://{host}"
    if given.startswith(("https://", "http://127.0.0.1:", "http://localhost:")):
        return given.rstrip("/")
    raise NotSent("bad endpoint", "TONGBAN_SMS_ENDPOINT: https://…")


def call(url: str, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
    """POST, and the JSON of the answer, also of one that says no. Raises NotSent where there is none."""
    request = urllib.request.Request(url, data=body, headers=dict(headers), method="POST")  # noqa: S310
    try:
        try:
            with _OPENER.open(request, timeout=SECONDS) as answer:
                raw = answer.read(LARGEST)
        except urllib.error.HTTPError as error:
            raw = error.read(LARGEST)
    except (OSError, http.client.HTTPException) as error:
        raise NotSent(f"network: {type(error).__name__}") from None
    try:
        found = json.loads(raw)
    except ValueError:
        raise NotSent("no json") from None
    if not isinstance(found, dict):
        raise NotSent("no json")
    return found
