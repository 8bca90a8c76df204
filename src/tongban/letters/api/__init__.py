"""The letters' part of the APIs: /api/v1 (`sender`, `published`) and Open311 (`open311`, `georeport`).

These files speak HTTP; the rules are the kernel's. `portal/api.py` puts the routers under one document.
"""

from __future__ import annotations

from ninja import Router

from . import published, sender

routers: tuple[Router, ...] = (sender.router, published.router)
OPERATIONS: dict[str, str] = {
    **sender.OPERATIONS,
    **published.OPERATIONS,
}
"""Operation → who may use it: public, resident (the receipt's secret) or token (an official's post)."""
