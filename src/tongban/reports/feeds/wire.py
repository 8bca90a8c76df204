"""Dynamic updates (RFC 2136) in the form they travel in, signed by TSIG (RFC 8945). Pure.

dnspython reads, signs and checks; the records of a large update are written here, because a million names as objects
take minutes and as bytes seconds.
"""

from __future__ import annotations

import random
import struct
import time
from collections.abc import Iterable, Iterator, Sequence

import dns.message
import dns.name
import dns.rdataclass
import dns.rdatatype
import dns.tsig
from dns.rdtypes.ANY.TSIG import TSIG

from .forms import STATE, TTL
from .zone import Change, State

UPDATE = 5 << 11
FUDGE = 300
MOST_BYTES = 60_000
"""Of the records in one message; a message has at most 65,535."""
ZONE = b"\xc0\x0c"
"""A pointer to the name in the first section: the zone."""
CNAME, SOA, TXT, ANY = 5, 6, 16, 255
IN, NONE_CLASS, ANY_CLASS = 1, 254, 255


class BadName(ValueError):
    """A name that no DNS message can carry: a label that is empty or longer than 63 bytes."""


def labels(name: str) -> bytes:
    """The labels of a name in ASCII, without an end. Raises BadName."""
    found = bytearray()
    for label in name.encode("ascii", "replace").split(b"."):
        if not 0 < len(label) < 64:
            raise BadName(name)
        found.append(len(label))
        found += label
    return bytes(found)


def absolute(name: str) -> bytes:
    """A name that ends in a dot, in full: `.` is one byte."""
    return b"\0" if name == "." else labels(name.removesuffix(".")) + b"\0"


def _text(value: str) -> bytes:
    raw = value.encode("ascii")
    pieces = [raw[at : at + 255] for at in range(0, len(raw), 255)]
    return b"".join(bytes([len(piece)]) + piece for piece in pieces)


def _record(owner: bytes, kind: int, of: int, ttl: int, data: bytes) -> bytes:
    return owner + struct.pack("!HHIH", kind, of, ttl, len(data)) + data


def records(change: Change) -> tuple[bytes, int]:
    """The update records of one change, and how many they are. A CNAME that is added takes the place of one that was
    there (RFC 2136 §3.4.2.2). Raises BadName."""
    owner = labels(change.name) + ZONE
    below = b"\x01*" + owner
    if change.answer is None:
        return _record(owner, ANY, ANY_CLASS, 0, b"") + _record(below, ANY, ANY_CLASS, 0, b""), 2
    data = absolute(change.answer)
    return _record(owner, CNAME, IN, TTL, data) + _record(below, CNAME, IN, TTL, data), 2


def bodies(changes: Iterable[Change], most: int = MOST_BYTES) -> Iterator[tuple[bytes, int, int]]:
    """The changes as bodies of messages: (records, how many records, how many changes). Raises BadName."""
    body, count, number = bytearray(), 0, 0
    for change in changes:
        raw, more = records(change)
        if body and len(body) + len(raw) > most:
            yield bytes(body), count, number
            body, count, number = bytearray(), 0, 0
        body += raw
        count += more
        number += 1
    if body:
        yield bytes(body), count, number


def update(
    zone: str, before: str | None, body: bytes, count: int, after: State | str | None, label: str = STATE
) -> tuple[int, bytes]:
    """One update message without signature, with its number: only where the zone still says `before` (None: nothing) at
    `label`, make the changes in `body`; with `after` say so from now on."""
    owner = labels(label) + ZONE
    needed = _record(owner, TXT, NONE_CLASS, 0, b"")
    if before is not None:
        needed = _record(owner, TXT, IN, 0, _text(before))
    if after is not None:
        body += _record(owner, TXT, ANY_CLASS, 0, b"") + _record(owner, TXT, IN, TTL, _text(str(after)))
        count += 2
    number = random.SystemRandom().randrange(65536)
    head = struct.pack("!HHHHHH", number, UPDATE, 1, 1, count, 0)
    question = absolute(zone.rstrip(".") + ".") + struct.pack("!HH", SOA, IN)
    return number, head + question + needed + body


def signed(number: int, wire: bytes, key: dns.tsig.Key) -> tuple[bytes, bytes]:
    """The message with its signature behind it, and the signature alone, by which the answer is checked."""
    blank = b"\0" * dns.tsig.mac_sizes[key.algorithm]
    now = int(time.time())
    about = TSIG(  # type: ignore[no-untyped-call]
        dns.rdataclass.ANY, dns.rdatatype.TSIG, key.algorithm, now, FUDGE, blank, number, 0, b""
    )
    made, _context = dns.tsig.sign(  # type: ignore[no-untyped-call]
        wire, key, about, now, b""
    )
    raw = made.to_wire()
    owner = key.name.to_wire()
    assert raw is not None
    assert owner is not None
    record = owner + struct.pack("!HHIH", 250, ANY_CLASS, 0, len(raw)) + raw
    more = struct.unpack_from("!H", wire, 10)[0] + 1
    return wire[:10] + struct.pack("!H", more) + wire[12:] + record, made.mac


def names_of(message: dns.message.Message, zone: dns.name.Name) -> Sequence[tuple[str, str]]:
    """The owners of CNAMEs in a message of a zone transfer, below the zone, with their answers."""
    found = []
    for rrset in message.answer:
        if rrset.rdtype == dns.rdatatype.CNAME:
            owner = b".".join(rrset.name.relativize(zone).labels).decode("ascii", "replace").lower()
            found.append((owner, rrset[0].target.to_text()))
    return found
