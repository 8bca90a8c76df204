"""The letters' part of the APIs: /api/v1 (`submit`, `track`, `proving`, `published`, `officials`) and Open311 (`open311`, `georeport`).

These files speak HTTP; the rules are the kernel's. `portal/api.py` puts the routers under one document.
"""

from __future__ import annotations

from ninja import Router

from . import officials, proving, published, submit, track

routers: tuple[Router, ...] = (submit.router, track.router, proving.router, published.router, officials.router)
OPERATIONS: dict[str, str] = {**submit.OPERATIONS, **track.OPERATIONS, **proving.OPERATIONS, **published.OPERATIONS, **officials.OPERATIONS}
"""Operation → who may use it: public, resident (the receipt's secret) or token (an official's post)."""
