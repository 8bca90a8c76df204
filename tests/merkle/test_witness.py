"""The decision of a witness, in the order of the specification, and the words it is asked and answers with."""

from __future__ import annotations

import pytest

from tests.merkle.conftest import ORIGIN
from tongban.merkle import Checkpoint, Note, consistency_proof, leaf_hash, new_signer
from tongban.merkle.audit import reader
from tongban.merkle.errors import BadSignature, LogError, Malformed
from tongban.merkle.notes import COSIGNATURE, sign
from tongban.merkle.sources import Folder
from tongban.merkle.witness import Refused, Request, decide, read_cosignatures


@pytest.fixture
def grown(written, signer):
    """A request from 300 entries to 1000, and the checkpoint at 300."""
    folder, new = written(1000)
    _small, old = written(300, "small")
    proof = consistency_proof(reader(Folder(folder), 1000), 300, 1000)
    return Request(300, tuple(proof), sign(new, [signer])), old, new


def status(request, keys, last):
    with pytest.raises(Refused) as caught:
        decide(request, keys, last)
    return caught.value.status


def test_what_has_only_grown_is_cosigned_and_the_request_survives_the_wire(grown, signer):
    request, old, new = grown
    again = Request.parse(str(request).encode())
    assert again == request
    assert decide(again, [signer.verifier], old) == new
    assert decide(Request(0, (), request.checkpoint), [signer.verifier], None) == new


def test_every_refusal_has_its_status(grown, signer):
    request, old, new = grown
    keys = [signer.verifier]
    other = new_signer("other.example/ledger")
    forged = new_signer(ORIGIN)
    assert status(request, [other.verifier], old) == 404
    assert status(Request(300, request.proof, sign(new, [forged])), keys, old) == 403
    assert status(Request(1001, (), request.checkpoint), keys, old) == 400
    assert status(Request(0, (), request.checkpoint), keys, old) == 409
    assert status(Request(1000, (), sign(Checkpoint(ORIGIN, 1000, leaf_hash(b"fork")), [signer])), keys, new) == 409
    assert status(Request(300, request.proof[:-1], request.checkpoint), keys, old) == 422
    assert (
        status(Request(300, request.proof, sign(Checkpoint(ORIGIN, 1000, leaf_hash(b"fork")), [signer])), keys, old)
        == 422
    )
    assert status(Request(0, request.proof, request.checkpoint), keys, None) == 422


def test_a_smaller_tree_is_never_cosigned_again(grown, signer):
    request, old, new = grown
    assert status(Request(1000, (), sign(old, [signer])), [signer.verifier], new) == 400
    assert status(Request(300, (), sign(old, [signer])), [signer.verifier], new) == 409


@pytest.mark.parametrize("raw", [
    b"", b"old x\n\n", b"old 01\n\nx\n", b"new 1\n\nx\n", b"old 1\nAAAA\n\nx\n", b"old 0\n" + b"A" * 43 + b"=\n",
    b"\xff", b"old 0\n" + (b"A" * 43 + b"=\n") * 64 + b"\nx\n\n",
])  # fmt: skip
def test_what_is_no_request_is_refused(raw):
    with pytest.raises(Malformed):
        Request.parse(raw)


def test_of_an_answer_only_the_known_and_good_cosignatures_are_taken(signer):
    cosigner, stranger = new_signer("paper.example/w", COSIGNATURE), new_signer("stranger.example", COSIGNATURE)
    note = Note(Checkpoint(ORIGIN, 1, leaf_hash(b"x")).body, ())
    answer = stranger.sign(note.text, 5).line() + cosigner.sign(note.text, 6).line()
    assert [item.time for item in read_cosignatures(answer.encode(), note, cosigner.verifier)] == [6]
    with pytest.raises(BadSignature):
        read_cosignatures(stranger.sign(note.text, 5).line().encode(), note, cosigner.verifier)
    with pytest.raises(BadSignature):
        read_cosignatures(cosigner.sign("other\n1\n", 6).line().encode(), note, cosigner.verifier)
    for raw in (b"", b"junk\n", b"\xff\n", answer.encode()[:-1]):
        with pytest.raises(LogError):
            read_cosignatures(raw, note, cosigner.verifier)
