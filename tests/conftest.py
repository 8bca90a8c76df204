"""What tests of every room share: a small registry, officials, signed-in clients, a submitted letter."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from hypothesis import HealthCheck, settings

from tongban.accounts.models import Official, Post
from tongban.cases.actor import NEWCOMER, Actor
from tongban.cases.models import Case
from tongban.cases.receipts import Receipt
from tongban.cases.writer import Submission, submit
from tongban.ledger import log as ledger_log
from tongban.letters import similar
from tongban.registry import models as rows
from tongban.registry import snapshot
from tongban.registry.snapshot import Snapshot

# Playwright keeps an event loop in the thread where later tests use the database; nothing of the house is asynchronous.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

# A slow machine is no fault of the code: speed is measured by `tongban bench`, never by a test.
settings.register_profile("tongban", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("tongban")

LONGEST = (
    "house/test_postgresql_doors", "house/test_postgresql_rooms", "browser/test_pages", "browser/test_journeys", "browser/test_signing_in", "browser/test_protection", "browser/test_learning",
    "house/test_refused_acts", "house/test_refusals", "house/test_killed_house", "detect/test_clusters", "house/test_tutorial", "house/test_killed_import", "detect/test_going_on",
    "house/test_backup", "detect/sources/test_databases",
)  # fmt: skip
"""Files that take long, the longest first: processes with whole files end together when these do not come last."""


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Whole files to a process; the browser's files all to one, for they share a demo and a Chromium that take long to start."""
    from xdist.scheduler import LoadFileScheduling

    class Files(LoadFileScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return "browser" if nodeid.startswith("tests/browser/") else super()._split_scope(nodeid)

    return Files(config, log) if config.getoption("dist") == "loadfile" else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files first, then as they were."""
    places = {name: place for place, name in enumerate(LONGEST)}

    def place(item: pytest.Item) -> int:
        return places.get("/".join(item.path.relative_to(Path(__file__).parent).with_suffix("").parts) if item.path.is_relative_to(Path(__file__).parent) else "", len(places))

    items.sort(key=place)


PLACES = [
    ("610000", "陕西省", "Shaanxi Province", "province", None),
    ("610100", "西安市", "Xi'an City", "city", "610000"),
    ("610113", "雁塔区", "Yanta District", "county", "610100"),
    ("610124", "周至县", "Zhouzhi County", "county", "610100"),
]
UNITS = [
    ("610000-GOV", "陕西省人民政府", "610000", None, {}),
    ("610000-JW", "陕西省纪委监委信访室", "610000", None, {"oversight": True}),
    ("610100-GOV", "西安市人民政府", "610100", "610000-GOV", {}),
    ("610113-GOV", "雁塔区人民政府", "610113", "610100-GOV", {}),
    ("610113-XF", "雁塔区信访局", "610113", "610113-GOV", {"coordinating": True}),
    ("610113-CG", "雁塔区城市管理局", "610113", "610113-GOV", {"phone": "029-00000001"}),
    ("610113-CG1", "雁塔区城市管理局一中队", "610113", "610113-CG", {}),
    ("610113-ZJ", "雁塔区住房和城乡建设局", "610113", "610113-GOV", {}),
    ("610124-GOV", "周至县人民政府", "610124", "610100-GOV", {}),
    ("610124-XF", "周至县信访局", "610124", "610124-GOV", {"coordinating": True}),
]
MATTERS = [
    ("01", None, "城市管理", {}),
    ("0101", "01", "噪音扰民", {"description": "施工噪音、广场舞、夜间喧哗"}),
    ("0102", "01", "房屋质量", {"description": "漏水、裂缝、验收", "second_eyes": True}),
    ("0103", "01", "无人负责的事项", {}),
    ("09", None, "作风", {"conduct": True, "publishable": False}),
    ("0901", "09", "工作人员态度", {"conduct": True, "publishable": False}),
]
LIMITS = [
    ("register", 15, "calendar"),
    ("accept", 15, "calendar"),
    ("answer", 60, "calendar"),
    ("object", 5, "working"),
    ("extend_max", 30, "calendar"),
    ("review_ask", 30, "calendar"),
    ("review_answer", 30, "calendar"),
    ("recheck_ask", 30, "calendar"),
    ("recheck_answer", 30, "calendar"),
]


def fill_registry() -> Snapshot:
    """Write the small registry and return its snapshot."""
    for code, name, name_en, level, parent in PLACES:
        rows.Place.objects.create(code=code, name=name, name_en=name_en, level=level, parent_id=parent)
    for code, name, place, parent, more in UNITS:
        rows.Unit.objects.create(code=code, name=name, name_en=f"Unit {code}", place_id=place, parent_id=parent, **more)
    for code, parent, name, more in MATTERS:
        rows.Matter.objects.create(code=code, parent_id=parent, name=name, name_en=f"Matter {code}", **more)
    for unit, matter in (("610113-CG", "0101"), ("610113-ZJ", "0102")):
        rows.Duty.objects.create(unit_id=unit, matter_id=matter, place_id="610113", since=date(2000, 1, 1), basis="三定方案")
    for step, days, unit in LIMITS:
        rows.TimeLimit.objects.create(step=step, days=days, unit=unit, basis="《信访工作条例》", trust="V")
    snapshot.touch()
    return snapshot.current()


@pytest.fixture(autouse=True)
def _no_memory_between_tests() -> Iterator[None]:
    snapshot.forget()
    ledger_log.forget()
    similar.forget()
    yield
    snapshot.forget()
    ledger_log.forget()
    similar.forget()


@pytest.fixture
def registry(db: None) -> Snapshot:
    return fill_registry()


@pytest.fixture
def official(registry: Snapshot) -> Callable[..., Official]:
    def make(unit: str, role: str, username: str | None = None) -> Official:
        name = username or f"{unit}-{role}"
        user = Official.objects.filter(username=name).first() or Official.objects.create_user(name, password="a long password", display_name=f"官员{name}")
        Post.objects.get_or_create(official=user, unit_id=unit, role=role, since=date(2020, 1, 1))
        return user

    return make


@pytest.fixture
def actor(official: Callable[..., Official]) -> Callable[..., Actor]:
    def make(unit: str, role: str, username: str | None = None) -> Actor:
        user = official(unit, role, username)
        posts = tuple((post.unit_id, post.role) for post in user.posts.order_by("id"))
        return Actor("official", official_id=user.pk, posts=posts, name=str(user))

    return make


@pytest.fixture
def signed_in() -> Callable[[Official], Client]:
    def make(user: Official) -> Client:
        client = Client()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return make


@pytest.fixture
def letter(registry: Snapshot) -> Callable[..., tuple[Case, Receipt]]:
    def make(**overrides: Any) -> tuple[Case, Receipt]:
        nonce = overrides.pop("nonce", None)
        now = overrides.pop("now", None)
        values: dict[str, Any] = {
            "kind": "letter", "matter": "0101", "place": "610113", "subject": "工地夜间施工噪音", "body": "每天夜里十二点以后还在施工，请处理。",
        }  # fmt: skip
        values.update(overrides)
        return submit(Submission(**values), NEWCOMER, nonce, now)

    return make
