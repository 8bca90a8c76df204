"""Rows that every test of a file begins with, written once for the file: a transaction around its tests, which is taken
back after the last, as Django's `setUpTestData` does it. What a test writes is taken back after each, as ever."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import transaction
from pytest_django import DjangoDbBlocker


def city_of_the_file(seed: Callable[[], None], forget: Callable[[], None]) -> tuple[Any, Any]:
    """Two fixtures, to be named `_city_of_the_file` and `city` where they are used: the rows that `seed` writes, for
    each test of a file. `forget` empties what processes keep of them in memory."""

    @pytest.fixture(scope="module")
    def _city_of_the_file(
        request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: DjangoDbBlocker
    ) -> Iterator[bool]:
        with once_for_the_file(request, django_db_blocker, lambda: _afresh(seed, forget)) as done:
            yield done

    @pytest.fixture
    def city(_city_of_the_file: bool, db: None) -> None:
        forget()
        if not _city_of_the_file:
            seed()

    return _city_of_the_file, city


def _afresh(seed: Callable[[], None], forget: Callable[[], None]) -> None:
    forget()
    seed()


@contextmanager
def once_for_the_file(
    request: pytest.FixtureRequest, blocker: DjangoDbBlocker, seed: Callable[[], None]
) -> Iterator[bool]:
    """Seeds for all tests of the file that asks; False, and nothing written, where one of them ends transactions
    itself: what others see of it is what it tests, so each test there has to seed for itself."""
    if any(item.path == request.path and _ends_transactions(item) for item in request.session.items):
        yield False
        return
    with blocker.unblock():
        around = transaction.atomic()
        around.__enter__()
        seed()
    yield True
    with blocker.unblock():
        transaction.set_rollback(True)
        around.__exit__(None, None, None)


def _ends_transactions(item: pytest.Item) -> bool:
    mark = item.get_closest_marker("django_db")
    return bool(mark and mark.kwargs.get("transaction")) or "transactional_db" in getattr(item, "fixturenames", ())
