"""Officials of the desk, signed in, by the name of what they are to the letter."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tongban.accounts.models import Post
from tongban.cases.models import Act, Case

POSTS = {
    "handler": ("610113-CG", "handler"),
    "head": ("610113-CG", "head"),
    "clerk": ("610113-CG", "clerk"),
    "above": ("610113-GOV", "head"),
    "supervisor": ("610113-GOV", "supervisor"),
    "coordinator": ("610113-XF", "clerk"),
    "other unit": ("610113-ZJ", "handler"),
    "below": ("610113-CG1", "handler"),
    "elsewhere": ("610124-XF", "clerk"),
    "administrator": ("610113-CG", "administrator"),
}


@pytest.fixture
def desk(official: Callable[..., Any], signed_in: Callable[..., Client]) -> Callable[[str], Client]:
    """A signed-in client by the name of a post above, or "stranger" (not signed in), or "expired"."""

    def make(who: str) -> Client:
        if who == "stranger":
            return Client()
        if who == "expired":
            user = official("610113-CG", "handler", "expired")
            Post.objects.filter(official=user).update(
                until=timezone.localdate() - timedelta(days=1), since=date(2020, 1, 1)
            )
            return signed_in(user)
        return signed_in(official(*POSTS[who]))

    return make


@pytest.fixture
def act(settings: Any) -> Callable[..., Any]:
    """Fill in and send the form of an act as the page shows it."""

    def send(client: Client, case: Case, name: str, **values: Any) -> Any:
        hidden = {
            "version": Case.objects.get(pk=case.pk).version,
            "nonce": f"nonce-{Act.objects.count()}-{name}-0123456789",
        }
        return client.post(reverse("desk:act", args=[case.code, name]), {**hidden, **values})

    return send


@pytest.fixture
def url() -> Callable[..., str]:
    """The address of a desk page about a case."""

    def make(name: str, case: Case, *more: Any) -> str:
        if name == "publish":  # a page that the door brings
            return reverse("desk:page", args=[case.code, name])
        return reverse(f"desk:{name}", args=[case.code, *more])

    return make
