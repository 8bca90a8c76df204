"""What can be done to a log in a folder, each kind refused with words that say what is wrong."""

from __future__ import annotations

import shutil

import pytest

from tests.merkle.conftest import ORIGIN, put, write_log
from tongban.merkle import Checkpoint, Note, decode_bundle, encode_bundle, leaf_hash, new_signer
from tongban.merkle.audit import Progress, check_growth, check_log, read_checkpoint
from tongban.merkle.errors import BadProof, BadSignature, Forked, Malformed, Missing
from tongban.merkle.notes import sign
from tongban.merkle.sources import Folder

NUMBER = 70_000
BUNDLE, TILE, ABOVE = "tile/entries/005", "tile/0/005", "tile/1/000"


@pytest.fixture(scope="module")
def original(tmp_path_factory):
    folder = tmp_path_factory.mktemp("original") / "log"
    signer = new_signer(ORIGIN)
    checkpoint = write_log(folder, [b"entry %d" % number for number in range(NUMBER)], signer)
    return folder, checkpoint, signer


@pytest.fixture
def log(original, tmp_path):
    folder, checkpoint, signer = original
    copy = tmp_path / "log"
    shutil.copytree(folder, copy)
    return copy, checkpoint, signer


def whole_check(folder, signer):
    source = Folder(folder)
    _note, checkpoint = read_checkpoint(source, [signer.verifier])
    return check_log(source, checkpoint)


def test_the_untouched_log_is_good_and_its_check_resumes(log):
    folder, checkpoint, signer = log
    kept = []
    progress = check_log(Folder(folder), checkpoint, keep=lambda at: kept.append(at.dumps()))
    assert progress.edge.size == NUMBER
    seen = []
    check_log(Folder(folder), checkpoint, Progress.loads(kept[0]), seen=lambda first, entries: seen.append(first))
    assert 0 < seen[0] < NUMBER


def edit(folder, path, change):
    raw = (folder / path).read_bytes()
    put(folder, path, change(raw))


def swap(raw):
    entries = decode_bundle(raw)
    entries[3], entries[4] = entries[4], entries[3]
    return encode_bundle(entries)


TAMPERINGS = {
    "a changed byte in an entry": (BUNDLE, lambda raw: raw[:9] + b"E" + raw[10:], BadProof, "entry 128"),
    "a changed byte in a tile": (TILE, lambda raw: bytes([raw[0] ^ 1]) + raw[1:], BadProof, "entry 1280 is not"),
    "a changed byte in a tile above": (
        ABOVE,
        lambda raw: raw[:40] + bytes([raw[40] ^ 1]) + raw[41:],
        BadProof,
        "hash 1 of tile/1/000",
    ),
    "a dropped entry": (
        BUNDLE,
        lambda raw: encode_bundle(decode_bundle(raw)[:-1]),
        Malformed,
        "255 entries instead of 256",
    ),
    "an added entry": (BUNDLE, lambda raw: raw + encode_bundle([b"more"]), Malformed, "257 entries instead of 256"),
    "two entries swapped": (BUNDLE, swap, BadProof, "entry 1283"),
    "a truncated bundle": (BUNDLE, lambda raw: raw[:-1], Malformed, "ends in the middle"),
    "a truncated tile": (TILE, lambda raw: raw[:-32], Malformed, "255 hashes instead of 256"),
    "a 31-byte hash in a tile": (TILE, lambda raw: raw[:-1], Malformed, "hashes of 32 bytes"),
    "a changed byte in the checkpoint": (
        "checkpoint",
        lambda raw: raw.replace(b"70000", b"70001"),
        BadSignature,
        "does not verify",
    ),
    "a 31-byte root": (
        "checkpoint",
        lambda raw: b"\n".join([*raw.split(b"\n")[:2], b"A" * 40 + b"AA==", *raw.split(b"\n")[3:]]),
        Malformed,
        "31 bytes instead of 32",
    ),
    "an emptied tile": (TILE, lambda raw: b"", Malformed, "1 to 256 hashes"),
}


@pytest.mark.parametrize("kind", TAMPERINGS)
def test_a_tampered_log_is_refused_with_what_is_wrong(log, kind):
    folder, _checkpoint, signer = log
    path, change, error, words = TAMPERINGS[kind]
    edit(folder, path, change)
    with pytest.raises(error, match=words):
        whole_check(folder, signer)


@pytest.mark.parametrize("path", [BUNDLE, TILE, "tile/0/273.p/112", "checkpoint"])
def test_a_missing_piece_is_named(log, path):
    folder, _checkpoint, signer = log
    (folder / path).unlink()
    with pytest.raises(Missing, match=path.split(".")[0]):
        whole_check(folder, signer)


def test_the_wrong_key_is_refused(log):
    folder, _checkpoint, _signer = log
    with pytest.raises(BadSignature, match="none of which is trusted"):
        whole_check(folder, new_signer(ORIGIN))


def test_a_root_that_the_entries_do_not_lead_to_is_refused_though_it_is_signed(log):
    folder, checkpoint, signer = log
    put(folder, "checkpoint", str(sign(Checkpoint(ORIGIN, checkpoint.size, leaf_hash(b"lie")), [signer])).encode())
    with pytest.raises(BadProof, match="another root"):
        whole_check(folder, signer)


def test_a_fork_a_rollback_and_an_old_checkpoint_are_refused(log, written, signer):
    folder, checkpoint, log_signer = log
    forked = folder.parent / "forked"
    other = write_log(
        forked,
        [b"entry %d" % number for number in range(999)]
        + [b"another"]
        + [b"entry %d" % number for number in range(1000, NUMBER + 10)],
        log_signer,
    )
    with pytest.raises(Forked, match="forked"):
        check_growth(Folder(forked), checkpoint, other)
    short = folder.parent / "short"
    rolled = write_log(short, [b"entry %d" % number for number in range(100)], log_signer)
    with pytest.raises(Forked, match="rolled back: it had 70000 entries and now shows 100"):
        check_growth(Folder(short), checkpoint, rolled)
    with pytest.raises(Forked, match="rolled back"):
        check_log(Folder(short), rolled, check_log(Folder(folder), checkpoint))
    check_growth(Folder(folder), rolled, checkpoint)


def test_another_log_under_the_same_roof_is_refused(log):
    folder, checkpoint, _signer = log
    with pytest.raises(Forked, match="two logs"):
        check_growth(Folder(folder), Checkpoint("other.example", 5, leaf_hash(b"x")), checkpoint)


def test_a_note_without_the_logs_own_signature_is_refused(log):
    folder, checkpoint, signer = log
    stranger = new_signer("stranger.example")
    note = Note(checkpoint.body, (stranger.sign(checkpoint.body),))
    put(folder, "checkpoint", str(note).encode())
    with pytest.raises(BadSignature):
        whole_check(folder, signer)


def test_no_path_leads_out_of_the_folder(log):
    folder, _checkpoint, _signer = log
    for path in ("../secret", "/etc/passwd", "tile/../../x"):
        with pytest.raises(Malformed):
            Folder(folder).get(path)
