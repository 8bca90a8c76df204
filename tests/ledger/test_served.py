"""The log as the public gets it under /ledger/: paths, widths, caching, and nothing before it is signed."""

from __future__ import annotations

import gzip

import pytest
from django.test import Client

from tongban.ledger import log
from tongban.merkle import decode_bundle
from tongban.merkle.audit import check_log, read_checkpoint
from tongban.merkle.errors import Missing

from .conftest import drained, whole_log

pytestmark = pytest.mark.django_db


class Pages:
    """The site itself as a source of a log."""

    def __init__(self) -> None:
        self.client = Client()

    def get(self, path: str) -> bytes:
        answer = self.client.get(f"/ledger/{path}")
        if answer.status_code == 404:
            raise Missing(path)
        assert answer.status_code == 200
        return answer.content


def test_a_stranger_checks_the_whole_log_over_the_pages(grown, signer):
    grown(700)
    found: list[bytes] = []
    _note, checkpoint = read_checkpoint(Pages(), [signer.verifier])
    check_log(Pages(), checkpoint, None, lambda _first, rows: found.extend(rows))
    assert found == whole_log()


def test_tiles_are_immutable_and_the_checkpoint_is_not(grown, client):
    grown(300)
    for path in ("tile/0/000", "tile/0/001.p/44", "tile/1/000.p/1", "tile/entries/000", "tile/entries/001.p/44"):
        answer = client.get(f"/ledger/{path}")
        assert answer.status_code == 200, path
        assert "immutable" in answer["Cache-Control"]
        assert answer["Content-Type"] == "application/octet-stream"
        assert answer["Access-Control-Allow-Origin"] == "*"
        assert not answer.cookies
    answer = client.get("/ledger/checkpoint")
    assert answer["Cache-Control"] == "public, max-age=1"
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert client.get("/ledger/log.vkey").content.decode().startswith("city.example/ledger+")


def test_bundles_are_compressed_for_whom_that_helps(grown, client):
    grown(300)
    plain = client.get("/ledger/tile/entries/000").content
    answer = client.get("/ledger/tile/entries/000", headers={"Accept-Encoding": "gzip, br"})
    assert answer["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in answer["Vary"]
    assert gzip.decompress(answer.content) == plain
    assert len(decode_bundle(plain, 256)) == 256


@pytest.mark.parametrize(
    "path",
    [
        "tile/0/001", "tile/0/000.p/256", "tile/0/000.p/0", "tile/0/001.p/45", "tile/0/0", "tile/0/000.p/01",
        "tile/64/000", "tile/0/x001/000", "tile/2/000.p/1",
        "tile/entries/001.p/45", "tile/entries/002", "tile/-1/000", "tile/0/000/", "tile/0/../0/000", "tile/0/000.p",
        "tile/00/000", "tile/0/x000/001",
    ],
)  # fmt: skip
def test_what_the_signed_log_does_not_have_is_not_there(grown, client, path):
    grown(300)
    assert client.get(f"/ledger/{path}").status_code == 404


def test_what_is_integrated_but_not_signed_is_not_served(grown, filled, client):
    grown(300)
    filled(10)
    drained()
    assert log.standing().size == 310
    assert client.get("/ledger/tile/0/001.p/44").status_code == 200
    assert client.get("/ledger/tile/0/001.p/54").status_code == 404
    assert client.get("/ledger/tile/entries/001.p/54").status_code == 404


def test_before_the_first_signature_there_is_nothing(db, client, filled):
    filled(3)
    drained()
    for path in ("checkpoint", "tile/0/000.p/3", "tile/entries/000.p/3"):
        assert client.get(f"/ledger/{path}").status_code == 404
    assert client.get("/ledger/").status_code == 200


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_the_log_is_only_read(grown, client, method):
    grown(3)
    for path in ("checkpoint", "tile/0/000.p/3", "log.vkey"):
        assert getattr(client, method)(f"/ledger/{path}").status_code == 405
