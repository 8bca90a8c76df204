"""Other people's programs check our log: aics-tlog, Go's sumdb, and aics-witness as a witness of it.

They come as packages: Debian's golang-go and golang-golang-x-mod-dev; aics-tlog and aics-witness from PyPI, unpacked
into a folder that TONGBAN_TEST_AICS names (they ask for Python 3.12 and run on 3.11). `.ci/run` sees to both.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.ledger.conftest import ORIGIN, filled, grown, signer  # noqa: F401 (fixtures)
from tongban.ledger import log, witnessing
from tongban.ledger.exporting import export
from tongban.ledger.models import WitnessView
from tongban.merkle import Checkpoint, Policy, consistency_proof, new_signer
from tongban.merkle.notes import sign
from tongban.merkle.witness import Request

HERE = Path(__file__).parent
GO_MODULES = Path("/usr/share/gocode/src/golang.org/x/mod/sumdb/tlog")
AICS = os.environ.get("TONGBAN_TEST_AICS", "")
needs_go = pytest.mark.skipif(
    not (shutil.which("go") and GO_MODULES.exists()),
    reason="Go is missing: install Debian's golang-go and golang-golang-x-mod-dev",
)
needs_aics = pytest.mark.skipif(
    not AICS,
    reason="aics-tlog is missing: unpack aics-tlog and aics-witness into a folder and set TONGBAN_TEST_AICS to it",
)
pytestmark = pytest.mark.django_db


def receipt_at(index: int) -> str:
    return str(log.receipt(index, json.dumps({"v": 2, "entry": log.entry_at(index).decode()}).encode()))


@pytest.fixture
def exported(grown, tmp_path):  # noqa: F811
    """A log of 70,000 entries in a folder, its checkpoint at 50,000, and receipts from both trees."""
    grown(50_000)
    (tmp_path / "old").write_text(str(log.latest()[0]))
    receipts = {index: receipt_at(index) for index in (0, 255, 256, 49_999)}
    grown(20_000)
    receipts |= {index: receipt_at(index) for index in (1, 65_535, 65_536, 69_999)}
    for index, text in receipts.items():
        (tmp_path / f"{index}.tlog-proof").write_text(text)
    export(tmp_path / "log")
    return tmp_path / "log", tmp_path / "old", sorted(map(str, tmp_path.glob("*.tlog-proof")))


def swapped(folder: Path) -> None:
    """One entry becomes another of the same length, deep in the log."""
    bundle = folder / "tile/entries/100"
    bundle.write_bytes(bundle.read_bytes().replace(b'"number":25700', b'"number":99999'))


def with_go(tmp_path: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    environment = {
        **os.environ,
        "GO111MODULE": "off",
        "GOPATH": "/usr/share/gocode",
        "GOCACHE": str(tmp_path.parent / "gocache"),
        "GOFLAGS": "",
    }
    return subprocess.run(
        ["go", "run", str(HERE / "verify.go"), *map(str, arguments)], env=environment, capture_output=True, text=True
    )


def with_aics(*arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(HERE / "audit_with_aics.py"), *map(str, arguments)],
        env={**os.environ, "PYTHONPATH": AICS},
        capture_output=True,
        text=True,
    )


@needs_go
def test_go_audits_70000_entries_and_the_receipts(exported, signer, tmp_path):  # noqa: F811
    folder, old, receipts = exported
    done = with_go(tmp_path, folder, signer.verifier.vkey, old, *receipts)
    assert done.stdout == "70000 entries, grown from 50000, 8 receipts\n", done.stderr
    assert "note" in with_go(tmp_path, folder, new_signer(ORIGIN).verifier.vkey, old).stderr
    swapped(folder)
    assert "entry 25700 is not the one in the tree" in with_go(tmp_path, folder, signer.verifier.vkey, old).stderr


@needs_aics
def test_aics_tlog_audits_70000_entries_and_the_receipts(exported, signer):  # noqa: F811
    folder, old, receipts = exported
    done = with_aics(folder, signer.verifier.vkey, old, *receipts)
    assert done.stdout == "70000 entries, 274 bundles, 277 tiles, grown from 50000, 8 receipts\n", done.stderr
    assert with_aics(folder, new_signer(ORIGIN).verifier.vkey, old).returncode == 1
    swapped(folder)
    assert "VerificationError" in with_aics(folder, signer.verifier.vkey, old).stderr


@pytest.fixture
def their_witness(signer, tmp_path):  # noqa: F811
    """aics-witness, watching our log: its vkey and address."""
    config, environment = tmp_path / "witness.json", {**os.environ, "PYTHONPATH": AICS}

    def run(*arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "aics_witness", *arguments, "--config", str(config)],
            env=environment,
            capture_output=True,
            text=True,
            cwd=tmp_path,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    told = run("init", "--name", "paper.example/w1", "--listen", f"127.0.0.1:{port}")
    vkey = re.search(r"paper\.example/w1\+[0-9a-f]{8}\+\S+", told)[0]
    run("add-log", "--origin", ORIGIN, "--vkey", signer.verifier.vkey)
    child = subprocess.Popen(
        [sys.executable, "-m", "aics_witness", "serve", "--config", str(config)],
        env=environment,
        cwd=tmp_path,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    for _ in range(100):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                break
        time.sleep(0.1)
    yield vkey, f"http://127.0.0.1:{port}"
    child.terminate()
    child.wait(10)


@needs_aics
def test_aics_witness_cosigns_our_checkpoints_and_refuses_a_forged_one(  # the fixtures are imported above
    grown,  # noqa: F811
    signer,  # noqa: F811
    settings,
    tmp_path,
    their_witness,
):
    vkey, url = their_witness
    (tmp_path / "policy").write_text(f"log {signer.verifier.vkey}\nwitness paper {vkey} {url}\nquorum paper\n")
    settings.LEDGER_POLICY = tmp_path / "policy"
    policy = Policy.parse((tmp_path / "policy").read_text())
    for size in (300, 900):
        grown(size)
        assert witnessing.ask_all() == 1, WitnessView.objects.get().error
        assert policy.opened(log.latest()[0]) == log.latest()[1]
    from tests.ledger.test_witnesses import post

    old = log.latest()[1]
    grown(100)
    proof = tuple(consistency_proof(log.reader(1300), old.size, 1300))
    wrong_key = sign(log.latest()[1], [new_signer(ORIGIN)])
    other_tree = sign(Checkpoint(ORIGIN, 1300, b"\x09" * 32), [signer])
    assert post(url, str(Request(old.size, proof, wrong_key)).encode())[0] == 403
    assert post(url, str(Request(old.size, proof, other_tree)).encode())[0] == 422
    assert witnessing.ask_all() == 1, "and goes on with the true one"
