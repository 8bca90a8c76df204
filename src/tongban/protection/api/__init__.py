"""The catalogue's part of /api/v1: take a report in, list fields and sources, what a scan changed.
Tokens of data officers only."""

from __future__ import annotations

from ninja import Router

from . import calls

routers: tuple[Router, ...] = (calls.router,)
OPERATIONS: dict[str, str] = calls.OPERATIONS
"""Operation → who may use it."""
