"""Whom one trusts (c2sp.org/tlog-policy): logs, witnesses, groups of witnesses, and the quorum."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from .checkpoint import Checkpoint
from .errors import BadSignature, Malformed
from .notes import COSIGNATURE, ED25519, ML_DSA_44, Note, Verifier, parse_verifier


@dataclass(frozen=True, slots=True)
class Witness:
    """A witness of the policy: its name in the policy, its key, where it takes checkpoints."""

    name: str
    verifier: Verifier
    url: str | None


@dataclass(frozen=True, slots=True)
class Policy:
    """Logs, witnesses by name, groups by name as (how many, of whom), and the name of the quorum."""

    logs: tuple[Verifier, ...]
    witnesses: Mapping[str, Witness]
    groups: Mapping[str, tuple[int, tuple[str, ...]]] = field(default_factory=dict)
    quorum: str = "none"

    @classmethod
    def parse(cls, text: str) -> Policy:
        """From a policy file. Raises Malformed with the number of the line."""
        logs: list[Verifier] = []
        witnesses: dict[str, Witness] = {}
        groups: dict[str, tuple[int, tuple[str, ...]]] = {}
        quorum: str | None = None
        members: set[str] = set()
        for number, line in enumerate(text.split("\n"), start=1):
            words = [word for word in re.split(r"[ \t]+", line) if word]
            if not words or words[0].startswith("#"):
                continue
            try:
                if words[0] == "log" and len(words) in (2, 3):
                    logs.append(_key(words[1], (ED25519, ML_DSA_44), logs))
                elif words[0] == "witness" and len(words) in (3, 4):
                    known = [item.verifier for item in witnesses.values()]
                    _new(words[1], witnesses, groups)
                    witnesses[words[1]] = Witness(
                        words[1], _key(words[2], (COSIGNATURE, ML_DSA_44), known), words[3] if len(words) == 4 else None
                    )
                elif words[0] == "group" and len(words) >= 4:
                    _new(words[1], witnesses, groups)
                    of = words[3:]
                    for name in of:
                        if name not in witnesses and name not in groups:
                            raise Malformed(f"{name} is not defined above")
                        if name in members:
                            raise Malformed(f"{name} is in a group already")
                        members.add(name)
                    if len(set(of)) != len(of):
                        raise Malformed("a member is named twice")
                    need = (
                        len(of)
                        if words[2] == "all"
                        else 1
                        if words[2] == "any"
                        else int(words[2])
                        if re.fullmatch("[1-9][0-9]*", words[2])
                        else 0
                    )
                    if not 1 <= need <= len(of):
                        raise Malformed(f"{words[2]} of {len(of)} cannot be")
                    groups[words[1]] = (need, tuple(of))
                elif words[0] == "quorum" and len(words) == 2:
                    if quorum is not None:
                        raise Malformed("there is one quorum line")
                    if words[1] != "none" and words[1] not in witnesses and words[1] not in groups:
                        raise Malformed(f"{words[1]} is not defined above")
                    quorum = words[1]
                else:
                    raise Malformed("a line is log, witness, group or quorum")
            except Malformed as error:
                raise Malformed(f"policy, line {number}: {error}") from None
        if quorum is None:
            raise Malformed("a policy says its quorum; write `quorum none` for none")
        return cls(tuple(logs), witnesses, groups, quorum)

    def met(self, cosigned: Collection[str], name: str | None = None) -> bool:
        """Whether the witnesses with these names make the quorum (or the group `name`)."""
        name = self.quorum if name is None else name
        if name == "none":
            return True
        if name in self.witnesses:
            return name in cosigned
        need, of = self.groups[name]
        return sum(self.met(cosigned, member) for member in of) >= need

    def missing(self, cosigned: Collection[str], name: str | None = None) -> int:
        """How many cosignatures are missing at least."""
        name = self.quorum if name is None else name
        if name == "none":
            return 0
        if name in self.witnesses:
            return 0 if name in cosigned else 1
        need, of = self.groups[name]
        return sum(sorted(self.missing(cosigned, member) for member in of)[:need])

    def cosigners(self, note: Note) -> list[str]:
        """The names of the witnesses whose cosignature is on the note and verifies; one that fails does not count."""
        found = []
        for witness in self.witnesses.values():
            try:
                if note.signed_by([witness.verifier]):
                    found.append(witness.name)
            except (BadSignature, Malformed):
                continue
        return found

    def opened(self, note: Note) -> Checkpoint:
        """The checkpoint, where one of the logs has signed and the quorum of witnesses has
        cosigned. Raises BadSignature."""
        checkpoint = note.opened(self.logs)
        signers = [key for key in note.signed_by(self.logs) if key.name == checkpoint.origin]
        if not signers:
            raise BadSignature(f"the checkpoint of {checkpoint.origin} is not signed by a key of that name")
        cosigned = self.cosigners(note)
        if not self.met(cosigned):
            raise BadSignature(f"{self.missing(cosigned)} cosignatures are missing for the quorum {self.quorum}")
        return checkpoint


def _key(vkey: str, kinds: Collection[int], known: Collection[Verifier]) -> Verifier:
    verifier = parse_verifier(vkey)
    if verifier.kind not in kinds:
        raise Malformed(f"a key of kind {verifier.kind:#04x} cannot do this")
    if any(verifier.key == item.key for item in known):
        raise Malformed("the same key stands here twice")
    return verifier


def _new(name: str, witnesses: Mapping[str, Witness], groups: Mapping[str, object]) -> None:
    if name == "none" or name in witnesses or name in groups:
        raise Malformed(f"the name {name} is taken")
