"""Callers of the API: a client that sends and reads JSON, officials' tokens, a published letter."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import orjson
import pytest
from django.test import Client
from django.utils import timezone

from tests.api.calls import new_key
from tests.publishing import publish
from tongban.accounts.models import ApiToken, Post
from tongban.cases.models import Case
from tongban.cases.writer import Step, perform
from tongban.letters.models import PublishedLetter


@pytest.fixture
def call(registry: Any) -> Callable[..., Any]:
    """Send a call; `token`, `secret` and `key` become headers; a POST gets a fresh
    Idempotency-Key unless `key` is given."""

    def send(
        method: str,
        path: str,
        body: Any = None,
        *,
        token: str = "",
        secret: str = "",
        key: str | None = None,
        **headers: str,
    ) -> Any:
        given = dict(headers)
        if token:
            given["Authorization"] = f"Bearer {token}"
        if secret:
            given["Authorization"] = f"Receipt {secret}"
        if method == "POST" and key != "":
            given["Idempotency-Key"] = key or new_key()
        data = body if isinstance(body, bytes | str) else orjson.dumps(body) if body is not None else b""
        kind = given.pop("Content-Type", "application/json")
        return Client().generic(method, f"/api/v1{path}", data, content_type=kind, headers=given)

    return send


@pytest.fixture
def token(official: Callable[..., Any]) -> Callable[..., str]:
    """The token of a post."""

    def make(unit: str, role: str, username: str | None = None, days: int = 30) -> str:
        user = official(unit, role, username)
        post = Post.objects.get(official=user, unit_id=unit, role=role)
        return ApiToken.issue(post, "test", timezone.now() + timedelta(days=days))[1]

    return make


@pytest.fixture
def answered(letter: Callable[..., Any], actor: Callable[..., Any]) -> Callable[..., Any]:
    """An answered letter and its receipt."""

    def make(**overrides: Any) -> Any:
        case, receipt = letter(**overrides)
        perform(case.pk, Step("answer", actor("610113-CG", "handler"), {"text": "已责令停工整改。", "at_once": True}))
        return Case.objects.get(pk=case.pk), receipt

    return make


@pytest.fixture
def published(answered: Callable[..., Any], actor: Callable[..., Any]) -> Callable[..., PublishedLetter]:
    """A published letter."""

    def make(**overrides: Any) -> PublishedLetter:
        case, _ = answered(**overrides)
        words = {"subject": case.subject, "body": case.body, "answer": "已责令停工整改。"}
        publish(case, actor("610113-CG", "handler"), words)
        return PublishedLetter.objects.get(case=case)

    return make
