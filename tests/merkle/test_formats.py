"""Paths, bundles, notes, checkpoints, receipts and policies: what is read, and everything that is not."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongban.merkle import (
    Checkpoint,
    Note,
    Policy,
    Receipt,
    decode_bundle,
    encode_bundle,
    leaf_hash,
    new_signer,
    parse_signer,
    parse_verifier,
    tile_path,
)
from tongban.merkle.errors import BadProof, BadSignature, LogError, Malformed
from tongban.merkle.notes import COSIGNATURE, Signature, Verifier, ml_dsa_message, mldsa, sign
from tongban.merkle.tiles import parse_path, tiles_of, width_at

ORIGIN = "city.example/ledger"
ROOT = leaf_hash(b"only")
PETER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
PETER_SECRET = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
PETER_NOTE = (
    "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n\n"
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)


@given(st.integers(0, 10**12), st.integers(-1, 63), st.integers(1, 256))
def test_a_path_says_what_it_was_made_from(number, level, width):
    place = parse_path(tile_path(level, number, width))
    assert (place.level, place.number, place.width) == (level, number, width)


def test_the_path_of_the_specification():
    assert tile_path(0, 1234067) == "tile/0/x001/x234/067"
    assert tile_path(-1, 1234067, 5) == "tile/entries/x001/x234/067.p/5"


@pytest.mark.parametrize("path", [
    "tile/64/000", "tile/00/000", "tile/0/1", "tile/0/x000/001", "tile/0/000.p/0", "tile/0/000.p/256",
    "tile/0/000.p/01", "tile/0/../000",
    "tile/0/000/", "tile/x/000", "tile/0/001/000", "tile/-1/000", "TILE/0/000", "tile/0/٠٠٠", "",
])  # fmt: skip
def test_other_spellings_of_a_path_are_refused(path):
    with pytest.raises(Malformed):
        parse_path(path)


@given(st.integers(0, 200_000), st.integers(0, 200_000))
def test_the_tiles_between_two_sizes_are_those_that_grew(one, other):
    old, new = sorted((one, other))
    listed = {(place.level, place.number): place.width for place in tiles_of(new, old)}
    for (level, number), width in listed.items():
        assert width == width_at(level, number, new) > width_at(level, number, old)
    for level in (-1, 0, 1, 2):
        last = (new >> (8 * max(level, 0))) // 256
        if width_at(level, last, new) > width_at(level, last, old):
            assert (level, last) in listed


@given(st.lists(st.binary(max_size=300), max_size=20))
def test_a_bundle_gives_its_entries_back(entries):
    raw = encode_bundle(entries)
    assert decode_bundle(raw, len(entries)) == entries
    with pytest.raises(Malformed):
        decode_bundle(raw, len(entries) + 1)
    with pytest.raises(Malformed):
        decode_bundle(raw + b"\x00")


def test_an_entry_beyond_the_length_field_is_refused():
    with pytest.raises(Malformed):
        encode_bundle([b"x" * 65536])


def test_a_note_signed_by_go_is_read_and_the_same_key_signs_the_same():
    note = Note.parse(PETER_NOTE)
    verifier = parse_verifier(PETER)
    assert list(note.signed_by([verifier])) == [verifier]
    signer = parse_signer(PETER_SECRET)
    assert signer.verifier == verifier
    assert signer.sign(note.text) == note.signatures[0]
    assert signer.secret() == PETER_SECRET
    assert str(note) == PETER_NOTE


def test_signatures_of_unknown_keys_are_passed_over_and_a_known_key_that_fails_is_not():
    note = Note.parse(PETER_NOTE)
    stranger = new_signer("PeterNeumann")
    assert note.with_signatures([stranger.sign(note.text)]).signed_by([parse_verifier(PETER)])
    forged = Note(note.text.replace("your", "our"), note.signatures)
    with pytest.raises(BadSignature):
        forged.signed_by([parse_verifier(PETER)])
    with pytest.raises(BadSignature, match="none of which is trusted"):
        sign(Checkpoint(ORIGIN, 1, ROOT), [stranger]).opened([parse_verifier(PETER)])


@pytest.mark.parametrize("raw", [
    b"", b"text\n", b"text\n\n", b"text\n\n\xe2\x80\x94 name\n", b"text\n\n- name AAAAAAA=\n",
    b"te\x01xt\n\n\xe2\x80\x94 n AAAAAAA=\n", b"text\n\n\xe2\x80\x94 n AAAAAAA=",
    b"te\r\nxt\n\n\xe2\x80\x94 n AAAAAAA=\n", b"\xff\n\n\xe2\x80\x94 n AAAAAAA=\n", b"text\n\n\xe2\x80\x94 n AAAAAA\n",
    b"text\n\n\xe2\x80\x94 n AAAA\n", b"text\n\n\xe2\x80\x94 a+b AAAAAAA=\n",
    b"text\n\n" + b"\xe2\x80\x94 n AAAAAAA=\n" * 65, b"x" * 1_000_001,
])  # fmt: skip
def test_what_is_no_note_is_refused(raw):
    with pytest.raises(Malformed):
        Note.parse(raw)


def test_sixteen_signatures_are_read():
    checkpoint = Checkpoint(ORIGIN, 1, ROOT)
    signers = [new_signer(f"w{number}.example", COSIGNATURE) for number in range(16)]
    note = Note(checkpoint.body, tuple(signer.sign(checkpoint.body, 1_700_000_000) for signer in signers))
    assert len(Note.parse(str(note)).signed_by([signer.verifier for signer in signers])) == 16


@given(st.text(max_size=200))
def test_no_text_at_all_breaks_the_readers(text):
    for read in (Note.parse, Receipt.parse, Checkpoint.parse, Policy.parse, parse_verifier, parse_signer):
        try:
            read(text)
        except LogError:
            continue


@pytest.mark.parametrize("vkey", [
    "", "name", "name+00000000+AQ==", PETER.replace("c74f20a3", "c74f20a4"), PETER.replace("+AR", "+AW"),
    "na me" + PETER[12:], PETER[:-4],
])  # fmt: skip
def test_what_is_no_vkey_is_refused(vkey):
    with pytest.raises(Malformed):
        parse_verifier(vkey)


@pytest.mark.parametrize("body", [
    "", "origin\n1\n", "origin\n01\nAAAA\n", f"origin\n-1\n{base64.b64encode(ROOT).decode()}\n",
    f"origin\n1\n{base64.b64encode(ROOT[:31]).decode()}\n",
    f"origin\n1\n{base64.b64encode(ROOT + b'x').decode()}\n", f"\n1\n{base64.b64encode(ROOT).decode()}\n",
    f"origin\n1\n{base64.b64encode(ROOT).decode()}",
    f"origin\n1\n{base64.b64encode(ROOT).decode()}\n\n", f"origin\n{2**63}\n{base64.b64encode(ROOT).decode()}\n",
    "origin\n１\nAAAA\n",
])  # fmt: skip
def test_what_is_no_checkpoint_is_refused(body):
    with pytest.raises(Malformed):
        Checkpoint.parse(body)


def test_a_cosignature_says_its_time_and_is_on_that_text_alone():
    cosigner = new_signer("paper.example/w", COSIGNATURE)
    body = Checkpoint(ORIGIN, 5, ROOT).body
    signature = cosigner.sign(body, 1_679_315_147)
    assert signature.time == 1_679_315_147
    cosigner.verifier.verify(body, signature)
    later = Signature(signature.name, signature.id, (1_679_315_148).to_bytes(8, "big") + signature.value[8:])
    with pytest.raises(BadSignature):
        cosigner.verifier.verify(body, later)
    with pytest.raises(BadSignature):
        cosigner.verifier.verify(Checkpoint(ORIGIN, 6, ROOT).body, signature)


@pytest.mark.skipif(mldsa is None, reason="this version of cryptography has no ML-DSA")
def test_an_ml_dsa_cosignature_is_accepted_and_a_changed_one_is_not():
    key = mldsa.MLDSA44PrivateKey.generate()
    verifier = Verifier("paper.example/pq", 0x06, key.public_key().public_bytes_raw())
    body = Checkpoint(ORIGIN, 5, ROOT).body
    time = 1_700_000_000
    signature = Signature(
        verifier.name, verifier.id, time.to_bytes(8, "big") + key.sign(ml_dsa_message(verifier.name, body, time))
    )
    note = Note.parse(str(Note(body, (signature,))))
    assert note.signed_by([parse_verifier(verifier.vkey)])
    with pytest.raises(BadSignature):
        Note(Checkpoint(ORIGIN, 6, ROOT).body, (signature,)).signed_by([verifier])


def test_a_receipt_is_what_it_was_and_opens_for_its_entry_alone():
    signer = new_signer(ORIGIN)
    sibling = leaf_hash(b"other")
    from tongban.merkle import node_hash

    note = sign(Checkpoint(ORIGIN, 2, node_hash(ROOT, sibling)), [signer])
    receipt = Receipt(0, (sibling,), note, b"{}")
    again = Receipt.parse(str(receipt))
    assert again == receipt
    again.verify(ROOT, [signer.verifier])
    with pytest.raises(BadProof):
        again.verify(sibling, [signer.verifier])
    with pytest.raises(BadSignature):
        again.verify(ROOT, [new_signer(ORIGIN).verifier])


@pytest.mark.parametrize("change", [
    lambda text: text.replace("c2sp.org/tlog-proof@v1", "c2sp.org/tlog-proof@v2"),
    lambda text: text.replace("index 0", "index 00"),
    lambda text: text.replace("index 0\n", ""), lambda text: text.replace("extra ", "extra !"),
    lambda text: text.replace("\n\n", "\n", 1), lambda text: text[:-2],
    lambda text: text.replace("index 0\n", "index 0\n" + base64.b64encode(ROOT[:31]).decode() + "\n"),
])  # fmt: skip
def test_a_damaged_receipt_is_refused(change):
    note = sign(Checkpoint(ORIGIN, 1, ROOT), [new_signer(ORIGIN)])
    with pytest.raises(Malformed):
        Receipt.parse(change(str(Receipt(0, (), note, b"{}"))))


def policy(*lines: str) -> Policy:
    return Policy.parse("\n".join(lines) + "\n")


def test_a_policy_counts_its_witnesses():
    log, keys = new_signer(ORIGIN), [new_signer(f"w{number}.example", COSIGNATURE) for number in range(3)]
    lines = [
        f"log {log.verifier.vkey}",
        "# people we trust",
        *(f"witness W{n} {key.verifier.vkey} https://w{n}.example/" for n, key in enumerate(keys)),
    ]
    found = policy(*lines, "group two 2 W0 W1", "group all-three all two W2", "quorum all-three")
    note = sign(Checkpoint(ORIGIN, 1, ROOT), [log])
    assert found.missing([]) == 3
    with pytest.raises(BadSignature, match="3 cosignatures are missing"):
        found.opened(note)
    full = note.with_signatures([key.sign(note.text, 1_700_000_000) for key in keys])
    assert found.opened(full).size == 1
    assert found.missing(["W0", "W2"]) == 1
    assert found.cosigners(full) == ["W0", "W1", "W2"]
    forged = note.with_signatures(
        [Signature(key.name, key.verifier.id, key.sign("other\n1\n", 1).value) for key in keys]
    )
    assert found.cosigners(forged) == []
    assert policy(*lines, "quorum none").opened(note).size == 1


@pytest.mark.parametrize("lines", [
    [], ["quorum none", "quorum none"], ["quorum nobody"], ["log x"], [f"log {PETER}", f"log {PETER}", "quorum none"],
    [f"witness none {PETER}", "quorum none"],
    [f"witness W {PETER}", "quorum none"], ["group g any W", "quorum g"], ["something", "quorum none"],
])  # fmt: skip
def test_a_policy_that_cannot_be_is_refused_with_its_line(lines):
    with pytest.raises(Malformed):
        policy(*lines)
