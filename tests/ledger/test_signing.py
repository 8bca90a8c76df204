"""Signing: after the commit, in step with the second place, never a fork; keys that change; a
backup that was restored."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings as live

from tongban.ledger import integrator, keeping, log, signing
from tongban.ledger.exporting import export
from tongban.ledger.models import Head, Position, QueuedEntry, SignedCheckpoint, Tile
from tongban.ledger.recovery import recover
from tongban.merkle import Checkpoint, LogError, Note, Receipt, leaf_hash, new_signer
from tongban.merkle.errors import Forked, Malformed, Missing
from tongban.merkle.notes import sign
from tongban.merkle.sources import Folder

from .conftest import ORIGIN, drained, whole_log

pytestmark = pytest.mark.django_db


def guard() -> Path:
    return Path(live.LEDGER_GUARD)


def kept_state():
    """The log's rows as a backup would hold them."""
    return [(model, list(model.objects.all())) for model in (Head, Tile, Position, SignedCheckpoint, QueuedEntry)]


def restore(state) -> None:
    for model, rows in state:
        model.objects.all().delete()
        model.objects.bulk_create(rows)
    log.forget()


def test_the_head_is_signed_published_and_kept_in_the_second_place(grown, signer):
    grown(300)
    note, checkpoint = log.latest()
    assert (checkpoint.origin, checkpoint.size) == (ORIGIN, 300)
    assert note.opened([signer.verifier]) == checkpoint
    assert guard().read_text() == str(note)
    assert guard().with_suffix(".lock").stat().st_mode & 0o077 == 0
    assert signing.publish() is None, "nothing new, nothing signed"


def test_without_a_key_the_log_grows_unsigned(filled, settings):
    settings.LEDGER_KEYS = ""
    filled(5)
    assert keeping.keep() == 5
    assert log.latest() is None
    assert not guard().exists()


def test_a_key_of_another_name_is_refused(grown, settings):
    settings.LEDGER_KEYS = new_signer("elsewhere.example/ledger").secret()
    with pytest.raises(Malformed, match=r"named elsewhere\.example/ledger, but its origin is city"):
        grown(1)


BEHIND = r"has 300 entries, but a checkpoint of 500 .*old backup.*tongban ledger recover"


def test_after_an_old_backup_nothing_is_signed_nor_put_into_places_that_were_signed(grown, filled):
    grown(300)
    backup = kept_state()
    grown(200)
    restore(backup)
    filled(200)  # other acts than those that were signed
    with pytest.raises(signing.WouldFork, match=BEHIND):
        integrator.integrate()
    SignedCheckpoint.objects.all().delete()
    with pytest.raises(signing.WouldFork, match=BEHIND):
        signing.publish()
    assert log.standing().size == 300
    assert QueuedEntry.objects.count() == 200
    assert signing.last_signed()[1].size == 500


def forced(count: int, filled) -> None:
    """Entries in the log as by a program that did not look at the second place."""
    filled(count)
    rows = integrator._take(count)
    integrator.append([entry for _key, entry in rows], [key for key, _entry in rows])


@pytest.mark.parametrize("count", [200, 400])
def test_as_long_or_longer_but_other_than_what_was_signed_is_refused(grown, filled, count):
    grown(300)
    backup = kept_state()
    grown(200)
    restore(backup)
    forced(count, filled)
    with pytest.raises(signing.WouldFork, match=r"does not begin with the 500 entries.*tongban ledger recover"):
        signing.publish()
    assert SignedCheckpoint.objects.order_by("-size").first().size == 300


def test_the_worker_says_once_why_it_does_not_sign_and_keeps_what_waits(grown, filled, caplog):
    grown(300)
    backup = kept_state()
    grown(200)
    restore(backup)
    filled(10)
    assert keeping.keep() == keeping.keep() == 0
    assert QueuedEntry.objects.count() == 10
    said = [record for record in caplog.records if "not signed" in record.message]
    assert len(said) == 1
    assert "tongban ledger recover" in said[0].getMessage()


def test_a_lost_guard_file_is_not_taken_for_a_new_log(grown):
    grown(10)
    guard().unlink()
    with pytest.raises(
        signing.WouldFork, match=r"is gone, but checkpoints up to 10 entries.*tongban ledger guard --accept"
    ):
        grown(5)
    assert log.latest()[1].size == 10


@pytest.mark.parametrize("content", [b"", b"nonsense", b"\xff\xfe", b"city.example/ledger\n3\nAAAA\n\n"])
def test_a_damaged_guard_file_is_not_overwritten(grown, content):
    grown(10)
    guard().write_bytes(content)
    with pytest.raises(signing.WouldFork, match="Put the right file back; do not delete it"):
        grown(5)
    assert guard().read_bytes() == content


def test_the_guard_of_another_log_is_refused(grown, settings):
    grown(10)
    other = new_signer("other.example/ledger")
    settings.LEDGER_RETIRED = other.verifier.vkey
    guard().write_text(str(sign(Checkpoint("other.example/ledger", 3, b"\x01" * 32), [other])))
    with pytest.raises(signing.WouldFork, match="belongs to the log other"):
        grown(5)


def test_signed_but_not_yet_published_is_published_next_time(grown, filled):
    """Killed between the second place and the database."""
    grown(10)
    filled(5)
    drained()
    signing.publish()
    SignedCheckpoint.objects.filter(size=15).delete()
    signing.publish()
    assert str(log.latest()[0]) == guard().read_text()


def test_keys_rotate_with_an_overlap_and_old_receipts_stay_good(grown, signer, settings):
    grown(10)
    old = log.receipt(3)
    fresh = new_signer(ORIGIN)
    settings.LEDGER_KEYS = f"{fresh.secret()},{signer.secret()}"
    grown(5)
    note = log.latest()[0]
    assert note.opened([signer.verifier]).size == note.opened([fresh.verifier]).size == 15
    settings.LEDGER_KEYS, settings.LEDGER_RETIRED = fresh.secret(), signer.verifier.vkey
    grown(5)
    note = log.latest()[0]
    with pytest.raises(LogError):
        note.opened([signer.verifier])
    assert note.opened([fresh.verifier]).size == 20
    leaf = leaf_hash(log.entry_at(3))
    assert Receipt.parse(str(old)).verify(leaf, signing.verifiers()).size == 10
    with pytest.raises(LogError):
        Receipt.parse(str(old)).verify(leaf, [fresh.verifier])


def test_old_signed_checkpoints_are_forgotten_but_the_newest_is_kept(grown):
    from datetime import timedelta

    from django.utils import timezone

    for _ in range(5):
        grown(3)
    SignedCheckpoint.objects.update(signed_at=timezone.now() - timedelta(days=30))
    assert signing.forget_old() >= 3
    assert log.latest()[1].size == 15
    grown(1)
    assert log.latest()[1].size == 16


class TestExport:
    def test_a_folder_that_any_static_host_can_serve(self, grown, tmp_path, signer):
        grown(600)
        checkpoint, written = export(tmp_path / "out")
        assert checkpoint.size == 600
        found = {str(path.relative_to(tmp_path / "out")) for path in (tmp_path / "out").rglob("*") if path.is_file()}
        assert found == {
            "checkpoint", "log.vkey", "tile/entries/000", "tile/entries/001", "tile/entries/002.p/88",
            "tile/0/000", "tile/0/001", "tile/0/002.p/88", "tile/1/000.p/2",
        }  # fmt: skip
        assert written == 7
        assert (tmp_path / "out" / "log.vkey").read_text() == f"{signer.verifier.vkey}\n"
        self.checked(tmp_path / "out", [signer.verifier])

    def checked(self, folder, keys):
        from tongban.merkle.audit import check_log, read_checkpoint

        found = []
        _note, checkpoint = read_checkpoint(Folder(folder), keys)
        check_log(Folder(folder), checkpoint, None, lambda _first, rows: found.extend(rows))
        assert found == whole_log()[: checkpoint.size]

    def test_a_second_export_writes_only_what_is_new_and_touches_no_full_tile(self, grown, tmp_path, signer):
        out = tmp_path / "out"
        grown(600)
        export(out)
        before = {path: path.stat().st_mtime_ns for path in out.rglob("*") if path.is_file() and ".p" not in str(path)}
        assert export(out)[1] == 0
        grown(300)
        checkpoint, written = export(out)
        assert (checkpoint.size, written) == (900, 5)
        for path, moment in before.items():
            if path.name not in ("checkpoint", "log.vkey"):
                assert path.stat().st_mtime_ns == moment
        self.checked(out, [signer.verifier])

    def test_an_interrupted_export_goes_on(self, grown, tmp_path, signer):
        out = tmp_path / "out"
        grown(900)

        def stop(number: int) -> None:
            if number == 2:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            export(out, stop)
        assert not (out / "checkpoint").exists(), "the checkpoint goes last"
        export(out)
        self.checked(out, [signer.verifier])

    def test_nothing_signed_nothing_exported(self, db, tmp_path):
        with pytest.raises(Missing, match="nothing has been signed yet"):
            export(tmp_path / "out")

    def test_a_folder_of_a_longer_or_other_log_is_not_overwritten(self, grown, tmp_path, signer):
        out = tmp_path / "out"
        grown(300)
        backup = kept_state()
        grown(200)
        export(out)
        restore(backup)
        with pytest.raises(LogError, match="holds 500 entries, more than the log's 300"):
            export(out)
        (out / "checkpoint").write_text(str(sign(Checkpoint(ORIGIN, 200, b"\x07" * 32), [signer])))
        with pytest.raises(LogError, match="does not begin with"):
            export(out)


class TestRecovery:
    def test_what_was_signed_comes_back_from_a_copy_and_signing_goes_on(self, grown, filled, tmp_path):
        grown(300)
        backup = kept_state()
        grown(470)
        entries, keys = whole_log(), log.latest()
        export(tmp_path / "out")
        restore(backup)
        filled(7)
        count, checkpoint = recover(Folder(tmp_path / "out"))
        assert (count, checkpoint) == (470, keys[1])
        assert whole_log() == entries
        drained()
        signing.publish()
        assert log.latest()[1].size == 777
        assert integrator.rebuilt_root() == log.standing().root

    def test_what_still_waits_in_the_restored_queue_is_not_logged_twice(self, grown, filled, tmp_path):
        grown(300)
        keys = filled(40)
        backup = kept_state()
        drained()
        signing.publish()
        export(tmp_path / "out")
        restore(backup)
        assert recover(Folder(tmp_path / "out"))[0] == 40
        assert not QueuedEntry.objects.exists()
        assert [log.index_of(key) for key in keys] == list(range(300, 340))

    def test_a_copy_that_does_not_lead_to_the_signed_root_is_refused_and_nothing_changes(self, grown, tmp_path):
        grown(300)
        backup = kept_state()
        grown(100)
        export(tmp_path / "out")
        bundle = tmp_path / "out" / "tile/entries/001.p/144"
        bundle.write_bytes(bundle.read_bytes().replace(b'"number":399', b'"number":999'))
        restore(backup)
        with pytest.raises(Forked, match="does not continue the database's 300 entries"):
            recover(Folder(tmp_path / "out"))
        assert log.standing().size == 300

    def test_a_copy_that_ends_too_soon(self, grown, tmp_path):
        grown(300)
        backup = kept_state()
        export(tmp_path / "out")
        grown(100)
        restore(backup)
        with pytest.raises(LogError):
            recover(Folder(tmp_path / "out"))
        assert log.standing().size == 300

    def test_nothing_missing_nothing_done_and_without_a_guard_it_says_so(self, grown, filled, tmp_path):
        with pytest.raises(LogError, match="no signed checkpoint in the second place"):
            recover(Folder(tmp_path))
        grown(10)
        assert recover(Folder(tmp_path))[0] == 0


def test_notes_parse_what_was_written(grown):
    grown(2)
    assert Note.parse(guard().read_bytes()).text.startswith(f"{ORIGIN}\n2\n")
