"""Roles in words, for pages and programs."""

from __future__ import annotations

from .models import Role


def role_name(role: str) -> str:
    """A role in the language of the page; a word that is no role stays as it is."""
    return str(Role(role).label) if role in Role.values else role
