"""Asks the witnesses of the policy to cosign the newest checkpoint (c2sp.org/tlog-witness, as a client).

What each one has seen is kept; one that does not answer is asked again later and shown. Nothing waits for a witness.
"""

from __future__ import annotations

import urllib.error
import urllib.request
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from tongban.merkle import LogError, Note, Policy, consistency_proof
from tongban.merkle.checkpoint import decimal
from tongban.merkle.errors import Malformed
from tongban.merkle.policy import Witness
from tongban.merkle.witness import Request, read_cosignatures

from . import log
from .models import SignedCheckpoint, WitnessView

TIMEOUT = 10
LARGEST_ANSWER = 200_000


@lru_cache(maxsize=4)
def _parsed(path: str, changed: float) -> Policy:
    return Policy.parse(Path(path).read_text(encoding="utf-8"))


def policy() -> Policy | None:
    """The deployment's policy file (TONGBAN_LEDGER_POLICY), or None. Raises Malformed."""
    path = settings.LEDGER_POLICY
    if not path:
        return None
    try:
        return _parsed(str(path), Path(path).stat().st_mtime)
    except OSError:
        raise Malformed(f"the policy file {path} cannot be read") from None


def _post(url: str, body: bytes) -> tuple[int, bytes]:
    if not url.startswith(("http://", "https://")):
        raise LogError("a witness's address begins with http:// or https://")
    headers = {"Content-Type": "text/plain; charset=utf-8"}
    request = urllib.request.Request(url.rstrip("/") + "/add-checkpoint", body, headers)  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT) as answer:  # noqa: S310
            return answer.status, answer.read(LARGEST_ANSWER)
    except urllib.error.HTTPError as error:
        return error.code, error.read(LARGEST_ANSWER)
    except (urllib.error.URLError, TimeoutError, OSError) as error:
        raise LogError(f"no answer ({getattr(error, 'reason', error)})") from None


def ask(witness: Witness, note: Note, size: int, view: WitnessView) -> Note:
    """One witness's cosignature on the checkpoint; the note with it. Raises LogError with what the witness said."""
    old = view.size
    for _attempt in range(2):
        proof = consistency_proof(log.reader(size), old, size) if old <= size else []
        status, answer = _post(str(witness.url), str(Request(old, tuple(proof), note)).encode())
        if status == 200:
            return note.with_signatures(read_cosignatures(answer, note, witness.verifier))
        if status != 409:
            raise LogError(f"the witness refuses with {status}: {answer[:150].decode(errors='replace').strip()}")
        seen = decimal(answer.decode(errors="replace").strip(), "the witness's size")
        if seen > size:
            raise LogError(
                f"the witness has seen {seen} entries, more than the {size} we show: has a backup been restored?"
            )
        if seen == old:
            raise LogError(
                f"the witness has seen another log of {seen} entries: this log is forked, or its key signs two logs"
            )
        old = seen
    raise LogError("the witness keeps answering with another size")


def ask_all() -> int:
    """Ask every witness that has not cosigned the newest checkpoint; returns how many
    cosigned. Never raises LogError."""
    found, head = policy(), log.latest()
    if found is None or head is None:
        return 0
    note, checkpoint = head
    cosigned = 0
    have = set(found.cosigners(note))
    for witness in found.witnesses.values():
        if witness.name in have or not witness.url:
            continue
        view, _ = WitnessView.objects.get_or_create(pk=witness.verifier.vkey, defaults={"name": witness.name})
        view.tried_at = timezone.now()
        try:
            fresh = ask(witness, note, checkpoint.size, view)
        except LogError as error:
            view.error = str(error)[:300]
            view.save()
            continue
        with transaction.atomic():
            row = SignedCheckpoint.objects.select_for_update().get(pk=checkpoint.size)
            row.note = str(
                Note.parse(row.note).with_signatures(
                    item for item in fresh.signatures if witness.verifier.matches(item)
                )
            )
            row.save(update_fields=["note"])
            view.size, view.cosigned_at, view.error, view.name = checkpoint.size, timezone.now(), "", witness.name
            view.save()
        cosigned += 1
    return cosigned


@dataclass(frozen=True, slots=True)
class WitnessState:
    """One witness as the public page shows it."""

    name: str
    size: int
    at: object
    error: str


@dataclass(frozen=True, slots=True)
class Watch:
    """The witnesses of the log, how many cosigned the newest checkpoint that has the quorum, and what is missing."""

    witnesses: tuple[WitnessState, ...]
    cosigned: tuple[str, ...]
    missing: int


def watch() -> Watch | None:
    """How the log is watched; None where no policy is set."""
    try:
        found = policy()
    except Malformed:
        return None
    head = log.latest()
    if found is None or head is None:
        return None
    views = {view.pk: view for view in WitnessView.objects.all()}
    states = []
    for witness in found.witnesses.values():
        view = views.get(witness.verifier.vkey)
        states.append(
            WitnessState(
                witness.verifier.name,
                view.size if view else 0,
                view.cosigned_at if view else None,
                view.error if view else "",
            )
        )
    cosigned = found.cosigners((log.cosigned() or head)[0])
    return Watch(tuple(states), tuple(cosigned), found.missing(cosigned))
