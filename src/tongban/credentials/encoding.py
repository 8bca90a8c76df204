"""base64url without padding, base45, and compact JSON: strict where they are read."""

from __future__ import annotations

from binascii import a2b_base64, b2a_base64
from typing import Any

import orjson

_TO_URL = bytes.maketrans(b"+/", b"-_")
_FROM_URL = bytes.maketrans(b"-_+/=", b"+/!!!")
"""The standard's own signs and padding become what no base64 has."""
_LAST = {1: "", 2: "AQgw", 3: "AEIMQUYcgkosw048"}
"""Letters that can end a text of such a length: their other bits are zero."""
_PADDING = (b"", b"", b"==", b"=")
_B45 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
_PLACE = {letter: place for place, letter in enumerate(_B45)}


def b64(raw: bytes) -> str:
    """base64url without padding (RFC 7515 §2)."""
    return b2a_base64(raw, newline=False).translate(_TO_URL, b"=").decode("ascii")


def unb64(text: str) -> bytes:
    """The bytes; ValueError for padding, other letters, or bits that no encoder would set."""
    over = len(text) % 4
    if over and text[-1] not in _LAST[over]:
        raise ValueError("base64url with bits set behind its end, or of a wrong length")
    return a2b_base64(text.encode("ascii").translate(_FROM_URL) + _PADDING[over], strict_mode=True)


def b45(raw: bytes) -> str:
    """RFC 9285: two bytes as three letters of the QR code's alphanumeric mode."""
    made = []
    for place in range(0, len(raw) - 1, 2):
        rest, first = divmod(raw[place] * 256 + raw[place + 1], 45)
        third, second = divmod(rest, 45)
        made.append(_B45[first] + _B45[second] + _B45[third])
    if len(raw) % 2:
        second, first = divmod(raw[-1], 45)
        made.append(_B45[first] + _B45[second])
    return "".join(made)


def unb45(text: str) -> bytes:
    """The bytes; ValueError for other letters, a wrong length or a value out of range."""
    try:
        numbers = [_PLACE[letter] for letter in text]
    except KeyError as error:
        raise ValueError("not base45") from error
    if len(numbers) % 3 == 1:
        raise ValueError("base45 of a wrong length")
    made = bytearray()
    for place in range(0, len(numbers) - 2, 3):
        value = numbers[place] + numbers[place + 1] * 45 + numbers[place + 2] * 2025
        made += value.to_bytes(2, "big") if value < 65_536 else _too_large()
    if len(numbers) % 3:
        value = numbers[-2] + numbers[-1] * 45
        made += value.to_bytes(1, "big") if value < 256 else _too_large()
    return bytes(made)


def _too_large() -> bytes:
    raise ValueError("base45 with a value out of range")


def json_bytes(value: Any) -> bytes:
    """Compact JSON. TypeError for what JSON cannot hold."""
    return orjson.dumps(value)


def json_object(raw: bytes) -> dict[str, Any]:
    """A JSON object; ValueError for anything else."""
    value = orjson.loads(raw)
    if not isinstance(value, dict):
        raise ValueError("not a JSON object")
    return value
