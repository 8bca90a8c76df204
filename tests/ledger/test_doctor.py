"""What `tongban doctor` says of the ledger."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings as live

from tongban.commands.doctor import Finding, _ledger

from .test_signing import kept_state, restore

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


def told(level: str) -> str:
    return " | ".join(f"{item.what}: {item.advice}" for item in _ledger() if item.level == level)


def test_no_key(settings):
    settings.LEDGER_KEYS = ""
    assert "no key" in told("danger")
    settings.LEDGER_KEYS = "nonsense"
    assert "not signed" in told("danger")


def test_a_signed_ledger_with_nobody_watching(grown, settings, tmp_path):
    grown(3)
    assert told("danger") == ""
    assert "nobody witnesses" in told("warning")
    settings.LEDGER_POLICY = tmp_path / "none"
    assert "policy cannot be read" in told("danger")


def test_an_old_backup_and_a_lost_second_place(grown):
    grown(10)
    backup = kept_state()
    grown(10)
    restore(backup)
    assert "tongban ledger recover" in told("danger")
    Path(live.LEDGER_GUARD).unlink()
    assert "is gone" in told("danger")


def test_a_second_place_beside_the_database(grown, settings):
    settings.LEDGER_GUARD = Path(settings.DATA) / "ledger" / "last-checkpoint"
    settings.LEDGER_GUARD.unlink(missing_ok=True)
    grown(2)
    from django.db import connection

    assert ("TONGBAN_LEDGER_GUARD" in told("warning")) is (connection.vendor == "sqlite")
    settings.LEDGER_GUARD.unlink()


def test_witnesses_that_do_not_answer(grown, settings, tmp_path, signer):
    from tongban.ledger import witnessing
    from tongban.merkle import new_signer
    from tongban.merkle.notes import COSIGNATURE

    witness = new_signer("paper.example/w", COSIGNATURE)
    (tmp_path / "policy").write_text(
        f"log {signer.verifier.vkey}\nwitness w {witness.verifier.vkey} http://127.0.0.1:9\nquorum w\n"
    )
    settings.LEDGER_POLICY = tmp_path / "policy"
    grown(2)
    witnessing.ask_all()
    assert "1 witnesses did not cosign" in told("warning")
    assert all(isinstance(item, Finding) for item in _ledger())
