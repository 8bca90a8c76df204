"""The sender's part of /api/v1, made for each kind of case: sending one, following it, acting on it, its proofs.

A door makes a `SenderApi` for its kind and declares its router (`gate.parts.ApiRoutes`). These files speak HTTP; the
rules are the kernel's.
"""

from __future__ import annotations

from .routes import SenderApi

__all__ = ["SenderApi"]
