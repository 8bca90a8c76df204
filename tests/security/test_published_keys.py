"""Attacker: a stranger who has read the source of Tongban.

What the attacker wants: a house that was started without secrets of its own. With the published signing key a session
of any official can be forged; with the published vault keys a stolen database is open.
Before: `tongban serve` alone refused. Started by granian, as a worker, or by any command that opens the database, the
house ran on the published secrets without a word.
Now: the settings do not load with them, whoever loads them, but for the demo; one line says what to do.
"""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tongban.config.environment import PUBLISHED, Environment, PublishedKeys, refuse_published
from tongban.vault.keyring import new_key

NAMES = ("secret_key", "vault_keys", "vault_index_key")
STARTS = {
    "the settings": ["-c", "import tongban.config.settings"],
    "the server's entry point": ["-c", "import tongban.config.wsgi"],
    "the worker": ["-m", "tongban", "worker", "--once"],
    "a command": ["-m", "tongban", "official", "x", "--unit", "x", "--role", "head"],
    "Django's commands": ["-m", "tongban", "manage", "shell", "-c", "1"],
}


def start(tmp_path, words, **more):
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("TONGBAN_", "DJANGO_", "DATABASE_"))
    }
    return subprocess.run(
        [sys.executable, *words],
        capture_output=True,
        text=True,
        timeout=60,
        cwd=tmp_path,
        env=kept | {"TONGBAN_DATA": str(tmp_path)} | more,
    )


@pytest.mark.parametrize("who", STARTS)
def test_nothing_starts_on_published_secrets(tmp_path, who):
    done = start(tmp_path, STARTS[who])
    assert done.returncode != 0
    assert "tongban keys new" in done.stderr.strip().splitlines()[-1]
    if who != "the settings":
        assert len(done.stderr.strip().splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


def test_one_published_secret_is_enough(tmp_path):
    own = {"TONGBAN_SECRET_KEY": "s" * 60, "TONGBAN_VAULT_KEYS": new_key()}
    done = start(tmp_path, STARTS["the settings"], **own)
    assert "(TONGBAN_VAULT_INDEX_KEY)" in done.stderr
    assert start(tmp_path, STARTS["the settings"], **own, TONGBAN_VAULT_INDEX_KEY=new_key()).returncode == 0


def test_the_demo_starts_when_it_is_said_to_be_one(tmp_path):
    assert start(tmp_path, STARTS["the settings"], TONGBAN_DEMO="1").returncode == 0


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("value", ["", " ", "published", "published,own"])
def test_which_values_are_refused(name, value):
    published = str(Environment.model_fields[name].default)
    given = dict.fromkeys(NAMES, "own")
    given[name] = value.replace("published", published)
    with pytest.raises(PublishedKeys):
        refuse_published(Environment(**given))
    assert published in PUBLISHED


def test_a_house_that_ran_on_them_can_be_rotated_away():
    published = Environment.model_fields["vault_keys"].default
    refuse_published(Environment(secret_key="own", vault_keys=f"own,{published}", vault_index_key="own"))
