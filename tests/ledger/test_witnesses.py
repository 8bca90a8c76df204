"""Witnesses as client and server, over real HTTP: growth is cosigned, anything else refused; nothing waits for one."""

from __future__ import annotations

import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tongban.ledger import log, signing, witnessing
from tongban.ledger.models import SignedCheckpoint, WitnessView
from tongban.ledger.witness_server import Witness, server
from tongban.merkle import Checkpoint, LogError, Policy, Receipt, leaf_hash, new_signer
from tongban.merkle.notes import COSIGNATURE, sign
from tongban.merkle.witness import Request

from .conftest import ORIGIN
from .test_signing import forced, kept_state, restore

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


class Running:
    """A witness that answers on a port of its own, and can be stopped and started again with what it remembers."""

    def __init__(self, name: str, logs, store: Path) -> None:
        self.signer = new_signer(name, COSIGNATURE)
        self.logs, self.store, self.port = logs, store, 0
        self.start()

    def start(self) -> None:
        self.served = server(Witness(self.signer, self.logs, self.store), "127.0.0.1", self.port)
        self.port = self.served.server_address[1]
        threading.Thread(target=self.served.serve_forever, daemon=True).start()

    def stop(self) -> None:
        self.served.shutdown()
        self.served.server_close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@pytest.fixture
def witness(signer, tmp_path) -> Iterator[Callable[[str], Running]]:
    made: list[Running] = []

    def make(name: str) -> Running:
        made.append(Running(name, [signer.verifier], tmp_path / f"{name.split('.')[0]}.sqlite3"))
        return made[-1]

    yield make
    for running in made:
        running.stop()


@pytest.fixture
def policy(settings, signer, tmp_path):
    """Write a policy that wants so many of these witnesses."""

    def write(witnesses: list[Running], quorum: int) -> Policy:
        lines = [f"log {signer.verifier.vkey}"]
        lines += [f"witness w{i} {item.signer.verifier.vkey} {item.url}" for i, item in enumerate(witnesses)]
        lines += [f"group all {quorum} " + " ".join(f"w{i}" for i in range(len(witnesses))), "quorum all"]
        path = tmp_path / "policy"
        path.write_text("\n".join(lines) + "\n")
        settings.LEDGER_POLICY = path
        return Policy.parse(path.read_text())

    return write


def test_two_witnesses_cosign_and_the_log_says_how_many_are_missing(grown, witness, policy):
    one, two = witness("one.example/w"), witness("two.example/w")
    found = policy([one, two], 2)
    grown(300)
    two.stop()
    assert witnessing.ask_all() == 1
    watched = witnessing.watch()
    assert watched.missing == 1
    assert [state.size for state in watched.witnesses] == [300, 0]
    assert "no answer" in watched.witnesses[1].error
    with pytest.raises(LogError, match="1 cosignatures are missing"):
        found.opened(log.latest()[0])
    two.start()
    assert witnessing.ask_all() == 1, "the one that has cosigned is not asked again"
    assert witnessing.watch().missing == 0
    assert found.opened(log.latest()[0]).size == 300
    grown(700)
    assert witnessing.ask_all() == 2
    assert found.opened(log.latest()[0]).size == 1000


def test_receipts_carry_the_newest_cosigned_checkpoint(grown, witness, policy):
    one = witness("one.example/w")
    found = policy([one], 1)
    grown(300)
    witnessing.ask_all()
    grown(10)
    receipt = log.receipt(5)
    assert found.opened(receipt.checkpoint).size == 300
    assert Receipt.parse(str(receipt)).verify(leaf_hash(log.entry_at(5)), signing.verifiers()).size == 300
    assert Checkpoint.parse(log.receipt(305).checkpoint.text).size == 310, (
        "what no witness has seen yet has its receipt too"
    )


def test_a_log_that_forgot_what_the_witness_saw_catches_up(grown, witness, policy):
    one = witness("one.example/w")
    policy([one], 1)
    grown(300)
    witnessing.ask_all()
    WitnessView.objects.all().delete()
    grown(300)
    assert witnessing.ask_all() == 1
    assert WitnessView.objects.get().size == 600


def test_a_witness_that_was_restarted_remembers(grown, witness, policy):
    one = witness("one.example/w")
    policy([one], 1)
    grown(300)
    witnessing.ask_all()
    one.stop()
    one.start()
    grown(1)
    assert witnessing.ask_all() == 1


def test_a_fork_is_refused_by_the_witness_and_shown(grown, filled, witness, policy):
    one = witness("one.example/w")
    policy([one], 1)
    grown(300)
    backup = kept_state()
    grown(100)
    witnessing.ask_all()
    restore(backup)
    Path(signing.settings.LEDGER_GUARD).unlink()
    SignedCheckpoint.objects.all().delete()
    forced(250, filled)
    signing.publish()
    assert witnessing.ask_all() == 0
    assert "the witness refuses with 422" in WitnessView.objects.get().error
    restore(backup)
    Path(signing.settings.LEDGER_GUARD).unlink()
    WitnessView.objects.all().delete()
    SignedCheckpoint.objects.all().delete()
    signing.publish()
    assert witnessing.ask_all() == 0
    assert (
        "has seen 400 entries, more than the 300 we show: has a backup been restored?"
        in WitnessView.objects.get().error
    )


def post(url: str, body: bytes) -> tuple[int, str, str]:
    try:
        with urllib.request.urlopen(urllib.request.Request(f"{url}/add-checkpoint", data=body), timeout=10) as answer:
            return answer.status, answer.headers["Content-Type"], answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.headers["Content-Type"], error.read().decode()


def test_the_server_answers_in_the_words_of_the_specification(grown, signer, witness):
    one = witness("one.example/w")
    grown(300)
    note = log.latest()[0]
    assert post(one.url, str(Request(5, (), note)).encode())[0] == 409
    status, _type, text = post(one.url, str(Request(0, (), note)).encode())
    assert status == 200
    assert text.startswith("— one.example/w ")
    status, kind, text = post(one.url, str(Request(0, (), note)).encode())
    assert (status, kind, text) == (409, "text/x.tlog.size", "300\n")
    stranger = new_signer("other.example/log")
    forged = sign(Checkpoint(ORIGIN, 400, b"\x02" * 32), [new_signer(ORIGIN)])
    assert post(one.url, str(Request(300, (), forged)).encode())[0] == 403
    assert (
        post(one.url, str(Request(0, (), sign(Checkpoint("other.example/log", 4, b"\x02" * 32), [stranger]))).encode())[
            0
        ]
        == 404
    )
    assert (
        post(
            one.url, str(Request(300, (b"\x05" * 32,), sign(Checkpoint(ORIGIN, 400, b"\x02" * 32), [signer]))).encode()
        )[0]
        == 422
    )
    assert post(one.url, str(Request(301, (), note)).encode())[0] == 400
    assert post(one.url, b"nonsense")[0] == 400
    assert post(one.url, b"x" * 300_000)[0] == 413


def test_four_at_once_at_one_witness_never_two_sizes_back(grown, signer, witness):
    """The memory of a witness is one row, read and written in one turn."""
    one = witness("one.example/w")
    grown(300)
    small = log.latest()[0]
    grown(300)
    big = log.latest()[0]
    answers: list[int] = []
    threads = [
        threading.Thread(target=lambda note=note: answers.append(post(one.url, str(Request(0, (), note)).encode())[0]))
        for note in (small, big, small, big)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [200, 409, 409, 409]


@pytest.mark.parametrize("text", ["", "quorum all\n", "witness a\nquorum none\n"])
def test_a_policy_that_cannot_be_read_stops_nothing(grown, settings, tmp_path, text):
    (tmp_path / "policy").write_text(text)
    settings.LEDGER_POLICY = tmp_path / "policy"
    grown(10)
    assert log.latest()[1].size == 10
    with pytest.raises(LogError):
        witnessing.policy()
    assert witnessing.watch() is None
    settings.LEDGER_POLICY = tmp_path / "nowhere"
    with pytest.raises(LogError, match="cannot be read"):
        witnessing.policy()


def test_the_command_serves_a_witness(grown, signer, tmp_path):
    import os
    import re
    import signal

    made = subprocess.run(
        [sys.executable, "-m", "tongban", "witness", "key", "paper.example/witness"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    secret, public = re.search("TONGBAN_WITNESS_KEY=(.*)", made)[1], re.search("public: (.*)", made)[1]
    environment = {**os.environ, "TONGBAN_WITNESS_KEY": secret}
    command = [
        sys.executable,
        "-m",
        "tongban",
        "witness",
        "serve",
        "--log",
        signer.verifier.vkey,
        "--data",
        str(tmp_path / "w.sqlite3"),
        "--port",
    ]
    import socket

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    listening = lambda: signal.signal(signal.SIGINT, signal.default_int_handler)  # noqa: E731 -- also where the tests run in the background
    child = subprocess.Popen(
        [*command, str(port)], env=environment, stderr=subprocess.PIPE, text=True, preexec_fn=listening
    )
    assert "watches 1 logs" in child.stderr.readline()
    grown(40)
    note = log.latest()[0]
    status, _type, text = post(f"http://127.0.0.1:{port}", str(Request(0, (), note)).encode())
    assert status == 200
    from tongban.merkle import parse_verifier
    from tongban.merkle.witness import read_cosignatures

    assert read_cosignatures(text.encode(), note, parse_verifier(public))
    child.send_signal(signal.SIGINT)
    assert child.wait(10) == 0
    child.stderr.close()
    without = subprocess.run(
        [*command, str(port)], env={**os.environ, "TONGBAN_WITNESS_KEY": ""}, capture_output=True, text=True
    )
    assert without.returncode == 1
    assert "tongban witness key NAME" in without.stderr
