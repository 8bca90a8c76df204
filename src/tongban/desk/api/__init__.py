"""The desk's part of /api/v1: officials' programs, for every kind of case.

These files speak HTTP; the rules are the kernel's.
"""

from __future__ import annotations

from .officials import OPERATIONS, router

__all__ = ["OPERATIONS", "router"]
