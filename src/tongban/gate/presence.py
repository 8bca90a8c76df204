"""Who is signed in, for pages that have to say so: what posts they hold, what they may open, whom they can ask.

Not for deciding who may do what: `allow.py`.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone

from tongban.accounts.models import Official, Post
from tongban.accounts.names import role_name
from tongban.registry.names import unit_name

from .allow import actor_of
from .navigation import desk_links
from .parts import DeskLink

MOST_NAMED = 3


@dataclass(frozen=True, slots=True)
class Present:
    """An official who is signed in: their name, their posts in words, the desk's links that are theirs, and the names
    of administrators, who give posts."""

    name: str
    posts: tuple[str, ...]
    links: tuple[DeskLink, ...]
    administrators: tuple[str, ...]


def present(request: HttpRequest) -> Present | None:
    """Whoever is signed in; None where nobody is."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return None
    actor = actor_of(request)
    posts = tuple(f"{unit_name(unit)} {role_name(role)}" for unit, role in actor.posts)
    return Present(actor.name, posts, tuple(desk_links(actor)), administrators())


def administrators() -> tuple[str, ...]:
    """The names of some who are administrators today and can sign in."""
    today = timezone.localdate()
    held = Post.objects.filter(role="administrator", since__lte=today).filter(
        Q(until__isnull=True) | Q(until__gte=today)
    )
    found = Official.objects.filter(is_active=True, pk__in=held.values("official_id")).order_by("pk")
    return tuple(str(official) for official in found[:MOST_NAMED])
