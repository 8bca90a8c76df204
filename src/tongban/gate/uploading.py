"""Who sends what is uploaded: the official who is signed in, or the address (of IPv6 the /64, which is one house)."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from tongban.cases.uploads.quotas import SENDER

from .rates import client_address


class UploadsBySender:
    """Lets the count of uploads know whose they are (`cases/uploads/quotas.py`), whichever view takes them."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method in ("GET", "HEAD"):
            return self.get_response(request)
        token = SENDER.set(lambda: sender_of(request))
        try:
            return self.get_response(request)
        finally:
            SENDER.reset(token)


def sender_of(request: HttpRequest) -> str:
    """`official:7`, or the address."""
    user = getattr(request, "user", None)
    if user is not None and user.is_authenticated:
        return f"official:{user.pk}"
    try:
        address = ipaddress.ip_address(client_address(request))
    except ValueError:
        return "nowhere"
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is None:
        return str(ipaddress.ip_network((int(address), 64), strict=False))
    return str(getattr(address, "ipv4_mapped", None) or address)
