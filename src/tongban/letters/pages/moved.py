"""The addresses at which a letter was written and followed before every kind of case had one page: they lead there.

They stand on receipts that people hold, in notices that were sent, and in pages that are still open. What is behind
the # of an address (the secret, in a QR code) a browser keeps over a redirect by itself (RFC 9110, 10.2.2).
"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from tongban.gate.allow import FORM, allows


def moved(name: str, **fixed: Any) -> Any:
    """A view that leads to the page `name`, with the arguments of its own address and the query; a form goes along
    (308).

    It tells nobody anything: whether there is such a case, the page that it leads to says to whom may know."""

    @allows("public", FORM)
    def view(request: HttpRequest, **given: Any) -> HttpResponse:
        query = request.META.get("QUERY_STRING", "")
        address = reverse(f"counter:{name}", kwargs={**fixed, **given}) + (f"?{query}" if query else "")
        response: HttpResponse = HttpResponseRedirect(address)
        response.status_code = 308 if request.method == "POST" else 301
        return response

    return view
