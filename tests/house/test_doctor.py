"""What `tongban doctor` says of a deployment that somebody could walk into."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from tongban.accounts import officials
from tongban.accounts.models import Official
from tongban.commands import doctor

pytestmark = pytest.mark.django_db


def told(findings, level=None):
    return " | ".join(f"{item.what}: {item.advice}" for item in findings if level is None or item.level == level)


def test_host_names(settings):
    settings.ORIGIN, settings.ALLOWED_HOSTS = "https://mail.city.example", ["mail.city.example"]
    assert doctor._hosts() == []
    settings.ALLOWED_HOSTS = ["*"]
    assert "any host name" in told(doctor._hosts(), "danger")
    settings.ALLOWED_HOSTS = ["127.0.0.1"]
    assert "its own name, mail.city.example" in told(doctor._hosts(), "danger")
    settings.ORIGIN, settings.ALLOWED_HOSTS = "http://mail.city.example", ["mail.city.example"]
    assert "not https" in told(doctor._hosts(), "warning")


def test_proxies(settings):
    settings.SESSION_COOKIE_SECURE, settings.TRUSTED_PROXIES = True, 0
    assert "count as one address" in told(doctor._proxies())
    settings.TRUSTED_PROXIES = 1
    assert doctor._proxies() == []
    settings.TRUSTED_PROXIES = 9
    assert "make its address up" in told(doctor._proxies())


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("DEBUG", True, "debug pages"),
        ("SECOND_FACTOR", False, "without a second factor"),
        ("SESSION_COOKIE_SECURE", False, "without HTTPS"),
        ("RATE_LIMITS", False, "limits are off"),
        ("DEMO", True, "passwords are published"),
    ],
)
def test_settings_that_open_the_house(settings, name, value, words):
    setattr(settings, name, value)
    assert words in told(doctor._web())


def test_administrators_alone(registry, official):
    assert "no administrator" in told(doctor._people())
    official("610000-GOV", "administrator")
    assert "one administrator only" in told(doctor._people())
    other = official("610100-GOV", "administrator")
    assert "administrator" not in told(doctor._people())
    other.posts.update(until=timezone.localdate() - timedelta(days=1))
    assert "one administrator only" in told(doctor._people())


def test_first_passwords_that_wait(registry):
    officials.add_official("new", "610113-CG", "handler")
    officials.add_official("late", "610113-CG", "handler")
    Official.objects.filter(username="late").update(first_password_until=timezone.now() - timedelta(hours=1))
    assert "1 first passwords expired" in told(doctor._people())
    assert "1 officials have not changed" in told(doctor._people())


def test_a_published_key_that_is_still_in_the_ring(monkeypatch):
    from tongban.config import settings as ours
    from tongban.config.environment import Environment

    published = Environment.model_fields["vault_keys"].default
    monkeypatch.setattr(
        ours, "ENV", Environment(secret_key="own", vault_keys=f"own,{published}", vault_index_key="own")
    )
    assert "still has a key from the source" in told(doctor._secrets(), "danger")
    monkeypatch.setattr(ours, "ENV", Environment(secret_key="own", vault_keys=published, vault_index_key="own"))
    assert "TONGBAN_VAULT_KEYS" in told(doctor._secrets(), "danger")


def test_text_messages(settings):
    settings.NOTICE_SMS, settings.DEMO = "", False
    assert "no SMS provider" in told(doctor._web(), "warning")
    settings.NOTICE_SMS = "aliyun"
    settings.SMS = {**settings.SMS, "key_id": "a", "key_secret": "", "sign": "b", "templates": "progress=1,code=2"}
    said = told(doctor._web(), "danger")
    assert "TONGBAN_SMS_KEY_SECRET" in said
    assert "renewed=…" in said
    settings.SMS = {**settings.SMS, "key_secret": "secret", "templates": "progress=1,code=2,renewed=3"}
    assert "SMS" not in told(doctor._web())


def test_little_room(monkeypatch, settings, tmp_path):
    from types import SimpleNamespace

    settings.DATA = tmp_path
    for free, level in ((2**27, "danger"), (2**30, "warning"), (2**40, None)):
        monkeypatch.setattr(doctor.shutil, "disk_usage", lambda path, free=free: SimpleNamespace(free=free))
        assert [item.level for item in doctor._disk()] == ([level] if level else [])


def test_a_second_place_on_the_same_disk(settings, tmp_path):
    from django.db import connection

    settings.DATA, settings.LEDGER_GUARD = tmp_path / "data", tmp_path / "elsewhere" / "guard"
    for folder in (settings.DATA, Path(settings.LEDGER_GUARD).parent):
        folder.mkdir()
    assert ("on the disk of the database" in doctor._second_place().what) is (connection.vendor == "sqlite")


def test_entries_that_wait_too_long(monkeypatch):
    from django.db import transaction

    from tongban.ledger.queue import enqueue

    assert doctor._delay() == []
    with transaction.atomic():
        enqueue([{"kind": "letter", "act": "step"}])
    assert doctor._delay() == []
    now = doctor.time.time()
    monkeypatch.setattr(doctor.time, "time", lambda: now + 7200)
    assert "120 minutes" in told(doctor._delay())
