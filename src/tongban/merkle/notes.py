"""Signed notes (c2sp.org/signed-note) and cosignatures on checkpoints (c2sp.org/tlog-cosignature).

Kinds of keys: 01 Ed25519 over the note's text; 04 Ed25519 cosignature/v1 with a time; 06 ML-DSA-44 with a time,
verified where `cryptography` has it. A signature line by an unknown key is passed over; one by a known key must verify.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from .checkpoint import Checkpoint
from .errors import BadSignature, Malformed

try:
    from cryptography.hazmat.primitives.asymmetric import mldsa
except ImportError:  # an older cryptography
    mldsa = None  # type: ignore[assignment]

ED25519, COSIGNATURE, ML_DSA_44 = 0x01, 0x04, 0x06
_KEY_BYTES = {ED25519: 32, COSIGNATURE: 32, ML_DSA_44: 1312}
MOST_SIGNATURES = 64
LONGEST_NOTE = 1_000_000
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")
_PRIVATE = "PRIVATE+KEY+"


def key_id(name: str, kind: int, key: bytes) -> bytes:
    """SHA-256(name ‖ 0A ‖ kind ‖ key)[:4]."""
    return hashlib.sha256(name.encode() + b"\n" + bytes([kind]) + key).digest()[:4]


def checked_name(name: str) -> str:
    """A key name: not empty, without Unicode spaces and plus. Raises Malformed."""
    if (
        not name
        or "+" in name
        or any(unicodedata.category(item).startswith("Z") or item.isspace() for item in name)
        or _CONTROL.search(name)
    ):
        raise Malformed(f"not the name of a key: {name[:60]!r}")
    return name


def _base64(text: str, what: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise Malformed(f"{what} is not base64") from None


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature line: who, the four bytes of the key's id, and what they signed with."""

    name: str
    id: bytes
    value: bytes

    def line(self) -> str:
        """The line with its newline."""
        return f"— {self.name} {base64.b64encode(self.id + self.value).decode()}\n"

    @classmethod
    def parse(cls, line: str) -> Signature:
        """From a line without its newline. Raises Malformed."""
        parts = line.split(" ")
        if len(parts) != 3 or parts[0] != "—":
            raise Malformed("a signature line is an em dash, a name and base64")
        raw = _base64(parts[2], "a signature")
        if len(raw) < 5:
            raise Malformed("a signature is longer than its key's id")
        return cls(checked_name(parts[1]), raw[:4], raw[4:])

    @property
    def time(self) -> int:
        """The seconds since 1970 that a cosignature says; meaningless for a plain signature."""
        return int.from_bytes(self.value[:8], "big")


@dataclass(frozen=True, slots=True)
class Verifier:
    """A public key: `name`, `kind` (01, 04 or 06), `key`."""

    name: str
    kind: int
    key: bytes

    def __post_init__(self) -> None:
        checked_name(self.name)
        if self.kind not in _KEY_BYTES:
            raise Malformed(f"keys of kind {self.kind:#04x} are not known")
        if len(self.key) != _KEY_BYTES[self.kind]:
            raise Malformed(f"a key of kind {self.kind:#04x} has {_KEY_BYTES[self.kind]} bytes, not {len(self.key)}")

    @property
    def id(self) -> bytes:
        """The four bytes by which its signatures are known."""
        return key_id(self.name, self.kind, self.key)

    @property
    def vkey(self) -> str:
        """`name+hex(id)+base64(kind ‖ key)`."""
        return f"{self.name}+{self.id.hex()}+{base64.b64encode(bytes([self.kind]) + self.key).decode()}"

    def matches(self, signature: Signature) -> bool:
        """Whether the line claims to be by this key."""
        return signature.name == self.name and signature.id == self.id

    def verify(self, text: str, signature: Signature) -> None:
        """Raises BadSignature where `signature` is not this key's on `text`, Malformed where it cannot be read."""
        try:
            if self.kind == ED25519:
                Ed25519PublicKey.from_public_bytes(self.key).verify(signature.value, text.encode())
            elif self.kind == COSIGNATURE:
                Ed25519PublicKey.from_public_bytes(self.key).verify(
                    signature.value[8:], cosigned_text(text, signature.time)
                )
            else:
                self._verify_ml_dsa(text, signature)
        except InvalidSignature:
            raise BadSignature(f"the signature of {self.name} does not verify") from None
        if self.kind != ED25519 and signature.time >= 2**63:
            raise BadSignature(f"the cosignature of {self.name} says an impossible time")

    def _verify_ml_dsa(self, text: str, signature: Signature) -> None:
        if mldsa is None:
            raise BadSignature(
                f"the ML-DSA-44 signature of {self.name} cannot be checked with this version of cryptography"
            )
        mldsa.MLDSA44PublicKey.from_public_bytes(self.key).verify(
            signature.value[8:], ml_dsa_message(self.name, text, signature.time)
        )


def cosigned_text(text: str, time: int) -> bytes:
    """What a cosignature/v1 signs."""
    return f"cosignature/v1\ntime {time}\n{text}".encode()


def ml_dsa_message(name: str, text: str, time: int) -> bytes:
    """The `cosigned_message` that an ML-DSA-44 cosignature signs (tlog-cosignature, "ML-DSA-44 signed message")."""
    head = Checkpoint.parse(text)
    cosigner, origin = name.encode(), head.origin.encode()
    if len(cosigner) > 255 or len(origin) > 255:
        raise Malformed("a cosigner's name and an origin have at most 255 bytes here")
    return b"".join(
        (
            b"subtree/v1\n\x00", bytes([len(cosigner)]), cosigner, time.to_bytes(8, "big"), bytes([len(origin)]),
            origin,
            (0).to_bytes(8, "big"), head.size.to_bytes(8, "big"), head.root,
        )
    )  # fmt: skip


@dataclass(frozen=True)
class Signer:
    """A private key with its name: `kind` 01 signs notes, 04 cosigns checkpoints."""

    verifier: Verifier
    _key: Ed25519PrivateKey

    @property
    def name(self) -> str:
        """The key's name."""
        return self.verifier.name

    def sign(self, text: str, time: int | None = None) -> Signature:
        """The signature line for `text`. A cosigner needs the `time`, in seconds since 1970."""
        if self.verifier.kind == ED25519:
            return Signature(self.name, self.verifier.id, self._key.sign(text.encode()))
        if time is None:
            raise ValueError("a cosignature says its time")
        return Signature(
            self.name, self.verifier.id, time.to_bytes(8, "big") + self._key.sign(cosigned_text(text, time))
        )

    def secret(self) -> str:
        """`PRIVATE+KEY+name+hex(id)+base64(kind ‖ seed)`, as Go's sumdb/note writes it. Keep
        it out of every database."""
        seed = self._key.private_bytes(
            serialization.Encoding.Raw, serialization.PrivateFormat.Raw, serialization.NoEncryption()
        )
        kind = bytes([self.verifier.kind])
        return f"{_PRIVATE}{self.name}+{self.verifier.id.hex()}+{base64.b64encode(kind + seed).decode()}"


def signer_from_seed(name: str, seed: bytes, kind: int = ED25519) -> Signer:
    """The signer of a 32-byte seed. Raises Malformed."""
    if len(seed) != 32 or kind not in (ED25519, COSIGNATURE):
        raise Malformed("a signer needs a seed of 32 bytes, and signs as 01 or 04")
    key = Ed25519PrivateKey.from_private_bytes(seed)
    public = key.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    return Signer(Verifier(name, kind, public), key)


def new_signer(name: str, kind: int = ED25519) -> Signer:
    """A fresh key."""
    seed = Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.Raw, serialization.PrivateFormat.Raw, serialization.NoEncryption()
    )
    return signer_from_seed(checked_name(name), seed, kind)


def _parts(text: str, what: str) -> tuple[str, bytes, int, bytes]:
    name, plus, rest = text.partition("+")
    id_text, plus2, encoded = rest.partition("+")
    if not plus or not plus2:
        raise Malformed(f"{what} is name+id+base64")
    if not re.fullmatch("[0-9a-f]{8}", id_text):
        raise Malformed(f"the id in {what} is eight hex digits")
    raw = _base64(encoded, what)
    if not raw:
        raise Malformed(f"{what} holds no key")
    return name, bytes.fromhex(id_text), raw[0], raw[1:]


def parse_verifier(vkey: str) -> Verifier:
    """From a vkey. Raises Malformed: also where the id is not the key's."""
    name, given, kind, key = _parts(vkey.strip(), "a vkey")
    verifier = Verifier(name, kind, key)
    if verifier.id != given:
        raise Malformed(f"the id in the vkey of {name} is not the id of its key")
    return verifier


def parse_signer(secret: str) -> Signer:
    """From what `Signer.secret` gave. Raises Malformed; the text of the error never holds the key."""
    text = secret.strip()
    if not text.startswith(_PRIVATE):
        raise Malformed(f"a private key begins with {_PRIVATE}")
    name, given, kind, seed = _parts(text.removeprefix(_PRIVATE), "a private key")
    signer = signer_from_seed(name, seed, kind)
    if signer.verifier.id != given:
        raise Malformed(f"the id in the private key of {name} is not the id of its key")
    return signer


@dataclass(frozen=True, slots=True)
class Note:
    """A signed text. `text` ends with a newline."""

    text: str
    signatures: tuple[Signature, ...]

    def __str__(self) -> str:
        return self.text + "\n" + "".join(item.line() for item in self.signatures)

    @classmethod
    def parse(cls, raw: bytes | str) -> Note:
        """From its bytes. Raises Malformed."""
        if len(raw) > LONGEST_NOTE:
            raise Malformed("a note this long is not read")
        try:
            whole = raw.decode() if isinstance(raw, bytes) else raw
        except UnicodeDecodeError:
            raise Malformed("a note is UTF-8") from None
        if _CONTROL.search(whole):
            raise Malformed("a note has no control characters but newlines")
        text, blank, lines = whole.rpartition("\n\n")
        if not blank or not lines.endswith("\n"):
            raise Malformed("a note is a text, an empty line and signature lines, each with its newline")
        found = lines[:-1].split("\n")
        if len(found) > MOST_SIGNATURES:
            raise Malformed(f"a note with more than {MOST_SIGNATURES} signatures is not read")
        return cls(text + "\n", tuple(Signature.parse(line) for line in found))

    def signed_by(self, verifiers: Iterable[Verifier]) -> dict[Verifier, Signature]:
        """The signatures of the given keys that are on the note, verified. Raises BadSignature
        where one of them fails."""
        found: dict[Verifier, Signature] = {}
        for verifier in verifiers:
            for signature in self.signatures:
                if verifier.matches(signature):
                    verifier.verify(self.text, signature)
                    found[verifier] = signature
        return found

    def opened(self, verifiers: Sequence[Verifier]) -> Checkpoint:
        """The checkpoint in a note that at least one of the given keys has signed. Raises BadSignature, Malformed."""
        checkpoint = Checkpoint.parse(self.text)
        if not self.signed_by(verifiers):
            known = ", ".join(f"{item.name}+{item.id.hex()}" for item in verifiers) or "nobody"
            signers = ", ".join(f"{item.name}+{item.id.hex()}" for item in self.signatures)
            raise BadSignature(f"the checkpoint is signed by {signers}, none of which is trusted here ({known})")
        return checkpoint

    def with_signatures(self, more: Iterable[Signature]) -> Note:
        """The note with further signatures; a newer one by the same key takes the older one's place."""
        kept = {(item.name, item.id): item for item in self.signatures}
        kept.update({(item.name, item.id): item for item in more})
        return replace(self, signatures=tuple(kept.values()))


def sign(checkpoint: Checkpoint, signers: Sequence[Signer]) -> Note:
    """The checkpoint, signed by each of the keys."""
    return Note(checkpoint.body, tuple(signer.sign(checkpoint.body) for signer in signers))
