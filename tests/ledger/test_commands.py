"""The commands against a real server and a folder: verify, audit, export, recover, guard, key."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings as live
from typer.testing import CliRunner

from tongban.cases.actor import resident
from tongban.cases.settling import settle
from tongban.cases.writer import Step, perform
from tongban.commands.main import app
from tongban.ledger import keeping, log
from tongban.ledger.exporting import export
from tongban.ledger.models import QueuedEntry
from tongban.merkle import new_signer
from tongban.scorecards import statements
from tongban.scorecards.models import Tally

from .conftest import ORIGIN
from .test_signing import kept_state, restore

pytestmark = pytest.mark.both_databases


def run(*arguments, code: int = 0):
    answer = CliRunner().invoke(app, ["ledger", *map(str, arguments)])
    assert answer.exit_code == code, (answer.output, answer.exception)
    return answer.output


@pytest.fixture
def copy(db, grown, tmp_path) -> Path:
    grown(700)
    export(tmp_path / "copy")
    return tmp_path / "copy"


class TestVerify:
    def test_a_folder(self, copy, signer, tmp_path):
        assert "✓ city.example/ledger: 700 entries, every signature, tile and entry checked" in run(
            "verify", copy, "--key", signer.verifier.vkey
        )
        assert "The key comes from the log itself" in run("verify", copy)
        assert "✗" in run("verify", copy, "--key", new_signer(ORIGIN).verifier.vkey, code=1)
        assert "✗" in run("verify", tmp_path / "nothing", code=1)

    def test_growth_since_a_kept_checkpoint(self, copy, grown, signer, tmp_path):
        kept = tmp_path / "kept"
        run("verify", copy, "--key", signer.verifier.vkey, "--save", kept)
        grown(300)
        export(copy)
        assert "1000 entries" in run("verify", copy, "--since", kept, "--key", signer.verifier.vkey)
        old = (copy / "checkpoint").read_bytes()
        (copy / "checkpoint").write_bytes(kept.read_bytes())
        kept.write_bytes(old)
        assert "rolled back" in run("verify", copy, "--since", kept, "--key", signer.verifier.vkey, code=1)

    def test_it_goes_on_where_it_stopped(self, copy, grown, signer, tmp_path, monkeypatch):
        state = tmp_path / "state.json"
        run("verify", copy, "--key", signer.verifier.vkey, "--state", state)
        assert json.loads(state.read_text())["progress"]["size"] == 700
        grown(300)
        export(copy)
        (copy / "tile/entries/000").unlink()  # what was checked is not read again
        assert "1000 entries" in run("verify", copy, "--key", signer.verifier.vkey, "--state", state)
        assert "✗" in run("verify", copy, "--key", signer.verifier.vkey, code=1)
        state.write_text("{")
        assert "delete it to begin anew" in " ".join(
            run("verify", copy, "--key", signer.verifier.vkey, "--state", state, code=1).split()
        )

    def test_a_policy_with_a_witness_that_has_not_cosigned(self, copy, signer, tmp_path):
        from tongban.merkle.notes import COSIGNATURE

        witness = new_signer("paper.example/w", COSIGNATURE)
        (tmp_path / "policy").write_text(f"log {signer.verifier.vkey}\nwitness w {witness.verifier.vkey}\nquorum w\n")
        assert "1 cosignatures are missing" in run("verify", copy, "--policy", tmp_path / "policy", code=1)

    @pytest.mark.parametrize("change", ["tile/entries/001", "tile/0/002.p/188", "tile/1/000.p/2", "checkpoint"])
    def test_a_changed_byte_anywhere(self, copy, signer, change):
        raw = bytearray((copy / change).read_bytes())
        raw[30] ^= 1
        (copy / change).write_bytes(raw)
        assert "✗" in run("verify", copy, "--key", signer.verifier.vkey, code=1)


@pytest.mark.django_db(transaction=True)
class TestOverTheNetwork:
    @pytest.fixture
    def lived(self, letter, actor):
        """Letters of a month that is over, answered and rated, settled, stated, signed."""
        for i in range(5):
            sent = datetime(2026, 3, 2 + i, 4, tzinfo=UTC)
            case, _ = letter(subject=f"题{i}", now=sent)
            if i:
                perform(
                    case.pk,
                    Step(
                        "answer",
                        actor("610113-CG", "handler"),
                        {"text": "已处理", "at_once": True},
                        at=sent + timedelta(days=i),
                    ),
                )
            if i > 2:
                perform(
                    case.pk,
                    Step("rate", resident(case.pk), {"grade": str(i), "text": "好"}, at=sent + timedelta(days=9)),
                )
        while settle():
            pass
        assert statements.write() == 1
        keeping.keep()

    def test_verify_and_audit_agree_with_the_published_figures(self, lived, live_server, signer):
        where = f"{live_server.url}/ledger/"
        assert "12 entries, every signature" in run("verify", where, "--key", signer.verifier.vkey)
        assert "the published figures of 1 units agree" in run(
            "audit", where, "--key", signer.verifier.vkey, "--patience", 0
        )

    def test_audit_lists_each_figure_that_was_changed(self, lived, live_server, signer):
        for tally in Tally.objects.filter(measure="received"):
            tally.count += 2
            tally.save()
        Tally.objects.filter(measure="answered").delete()
        told = run("audit", f"{live_server.url}/ledger/", "--key", signer.verifier.vkey, "--patience", 0, code=1)
        assert "610113-CG" in told
        assert "received: published 7, from the log 5" in told
        assert "answered: published 0, from the log 4" in told

    def test_audit_of_a_folder_against_a_site_goes_on_where_it_stopped(self, lived, live_server, signer, tmp_path):
        export(tmp_path / "copy")
        state = tmp_path / "state"
        told = run(
            "audit",
            tmp_path / "copy",
            "--site",
            live_server.url,
            "--key",
            signer.verifier.vkey,
            "--state",
            state,
            "--patience",
            0,
        )
        assert "12 entries checked" in told
        assert "12 entries checked" in run(
            "audit",
            tmp_path / "copy",
            "--site",
            live_server.url,
            "--key",
            signer.verifier.vkey,
            "--state",
            state,
            "--patience",
            0,
        )
        assert "say where the figures are published" in run(
            "audit", tmp_path / "copy", "--key", signer.verifier.vkey, code=1
        )

    def test_a_unit_that_hides_an_unanswered_letter_is_found(self, lived, live_server, signer):
        """The figures are recounted from what everybody can read: a letter dropped from them is missed."""
        tally = Tally.objects.get(measure="received")
        tally.count -= 1
        tally.save()
        assert "received: published 4, from the log 5" in run(
            "audit", f"{live_server.url}/ledger/", "--key", signer.verifier.vkey, "--patience", 0, code=1
        )


@pytest.mark.django_db
class TestOperators:
    def test_integrate_export_and_key(self, filled, tmp_path):
        filled(300)
        assert "300 entries integrated; signed at 300" in run("integrate")
        assert "0 entries integrated" in run("integrate")
        assert "300 entries" in run("export", tmp_path / "out")
        assert (tmp_path / "out" / "checkpoint").exists()
        told = run("key", "city.example/ledger")
        assert "TONGBAN_LEDGER_KEYS=PRIVATE+KEY+city.example/ledger+" in told
        assert "✗" in run("key", "a name with spaces", code=1)

    def test_recover_and_guard(self, grown, filled, tmp_path):
        grown(300)
        backup = kept_state()
        grown(100)
        run("export", tmp_path / "out")
        restore(backup)
        assert "400 entries" in run("guard")
        filled(3)
        assert "tongban ledger recover" in " ".join(run("integrate", code=1).split())
        assert QueuedEntry.objects.count() == 3
        assert "100 entries brought back; the log has 400 again" in run("recover", tmp_path / "out")
        assert "3 entries integrated; signed at 403" in run("integrate")
        Path(live.LEDGER_GUARD).unlink()
        filled(1)
        assert "guard --accept" in " ".join(run("integrate", code=1).split())
        assert "403 entries" in run("guard", "--accept")
        assert "signed at 404" in run("integrate")
        assert log.latest()[1].size == 404
