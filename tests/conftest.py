"""What tests of every room share: a small registry, officials, signed-in clients, a submitted letter."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, settings

from tests import runs
from tongban.accounts.models import Official, Post
from tongban.cases.actor import NEWCOMER, Actor
from tongban.cases.models import Case
from tongban.cases.receipts import Receipt
from tongban.cases.writer import Submission, submit
from tongban.ledger import log as ledger_log
from tongban.published import similar
from tongban.registry import models as rows
from tongban.registry import snapshot
from tongban.registry.snapshot import Snapshot

# Playwright keeps an event loop in the thread where later tests use the database; nothing of the house is asynchronous.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

# A slow machine is no fault of the code: speed is measured by `tongban bench`, never by a test. What a commit has to
# pass draws the same examples each time; the long run draws new ones and says by which seed (--hypothesis-seed).
settings.register_profile(
    "short", deadline=None, derandomize=True, database=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile(
    "long",  # said aloud: where CI is set, hypothesis' own default is to draw the same examples each time
    deadline=None,
    derandomize=False,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("long" if runs.LONG else "short")

LONGEST = (
    "browser", "house/test_killed_house", "house/test_tutorial", "doors/test_benches", "house/test_refused_acts",
    "house/test_refusals", "api/test_schemathesis", "house/test_backup", "reports/test_resolvers",
    "house/test_killed_import",
)  # fmt: skip
LONGEST_WITHOUT_DATABASE = (
    "detect/test_clusters",
    "detect/test_going_on",
    "detect/sources/test_databases",
    "detect/test_loops",
    "detect/test_judging",
)
"""Rooms and files that take long, the longest first: processes with whole files end together when these do not come
last. What uses no database is for whoever is done with the rest."""


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    return runs.workers(config)


def pytest_cmdline_main(config: pytest.Config) -> None:
    runs.add_worker_on_postgresql(config)


def pytest_sessionstart(session: pytest.Session) -> None:
    runs.compile_ahead(session.config)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    node.workerinput["two_databases"] = runs.on_two_databases(node.config)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    return runs.scheduler(config, log) if config.getoption("dist") == "loadfile" else None


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers",
        f"{runs.MARK}(name=values…): runs on PostgreSQL too where a server is named; with these values of its "
        "parameters alone",
    )


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    terminalreporter.write_line(runs.described(config))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """The tests that are for both databases stand twice in a run on two databases: under their name, and
    with @postgresql behind it."""
    if runs.on_two_databases(metafunc.config) and runs.is_for_both(metafunc):
        metafunc.parametrize(
            "_on_its_database", ["", "postgresql"], indirect=True, ids=[pytest.HIDDEN_PARAM, runs.AGAIN]
        )


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What this run is for; the longest files first, then as they were; what needs no database last."""
    items[:] = [item for item in items if not runs.is_left_out(item)]
    longest = [f"tests/{name}" for name in LONGEST], [f"tests/{name}" for name in LONGEST_WITHOUT_DATABASE]

    def place(item: pytest.Item) -> tuple[bool, int]:
        free = item.nodeid.startswith(runs.WITHOUT_DATABASE)
        names = longest[free]
        return free, next((place for place, name in enumerate(names) if item.nodeid.startswith(name)), len(names))

    items.sort(key=place)


@pytest.fixture(autouse=True)
def _on_its_database(request: pytest.FixtureRequest) -> None:
    """A test that is named after PostgreSQL runs there."""
    if getattr(request, "param", "") == "postgresql":
        assert connection.vendor == "postgresql"


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
        rows.Duty.objects.create(
            unit_id=unit, matter_id=matter, place_id="610113", since=date(2000, 1, 1), basis="三定方案"
        )
    for step, days, unit in LIMITS:
        rows.TimeLimit.objects.create(step=step, days=days, unit=unit, basis="《信访工作条例》", trust="V")
    snapshot.touch()
    return snapshot.current()


def matters_serve(*kinds: str) -> None:
    """Let every matter of the small registry be for these kinds of case too."""
    rows.Matter.objects.filter(parent=None).update(kinds=["letter", *kinds])
    snapshot.touch()


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
        user = Official.objects.filter(username=name).first() or Official.objects.create_user(
            name, password="a long password", display_name=f"官员{name}"
        )
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
            "kind": "letter",
            "matter": "0101",
            "place": "610113",
            "subject": "工地夜间施工噪音",
            "body": "每天夜里十二点以后还在施工，请处理。",
        }
        values.update(overrides)
        return submit(Submission(**values), NEWCOMER, nonce, now)

    return make


@pytest.fixture
def kept_long_enough() -> Callable[[Case], Case]:
    """Lets a closed case grow old: its time of keeping is over, and so is the time to ask for a review."""

    def age(case: Case) -> Case:
        long_ago = timezone.now() - timedelta(days=2000)
        answered = long_ago if Case.objects.get(pk=case.pk).answered_at else None
        Case.objects.filter(pk=case.pk).update(retain_until=date(2020, 1, 1), step_since=long_ago, answered_at=answered)
        return Case.objects.get(pk=case.pk)

    return age
