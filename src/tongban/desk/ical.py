"""A booked reception as a calendar file (RFC 5545), for the sender's calendar and the official's.

What it is about does not stand in it: the unit, the time, and where. Lines end with CRLF and are folded at 75 octets,
between characters; texts are escaped; times are in UTC. Pure.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

FOLD = 75


@dataclass(frozen=True, slots=True)
class Event:
    """What a calendar shows. `uid` stays the same for one time, `sequence` grows with its changes; `url` is an https
    address or empty."""

    uid: str
    starts_at: datetime
    ends_at: datetime
    stamp: datetime
    sequence: int
    summary: str
    location: str = ""
    description: str = ""
    url: str = ""


def calendar(event: Event) -> bytes:
    """The file."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Tongban//Reception//ZH",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        "BEGIN:VEVENT",
        f"UID:{escaped(event.uid)}",
        f"DTSTAMP:{moment(event.stamp)}",
        f"DTSTART:{moment(event.starts_at)}",
        f"DTEND:{moment(event.ends_at)}",
        f"SEQUENCE:{event.sequence}",
        f"SUMMARY:{escaped(event.summary)}",
    ]
    lines += [f"LOCATION:{escaped(event.location)}"] if event.location else []
    lines += [f"DESCRIPTION:{escaped(event.description)}"] if event.description else []
    lines += [f"URL:{_one_line(event.url)}"] if event.url else []
    lines += ["STATUS:CONFIRMED", "CLASS:PRIVATE", "END:VEVENT", "END:VCALENDAR"]
    return b"".join(folded(line) for line in lines)


def moment(at: datetime) -> str:
    """A time in UTC, as `20261130T013000Z`. Raises ValueError for one without a time zone."""
    if at.tzinfo is None:
        raise ValueError(f"a moment needs a time zone: {at!r}")
    return at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def escaped(text: str) -> str:
    """A text value (RFC 5545, 3.3.11): backslash, semicolon and comma escaped, line ends as \\n, no other control
    characters."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    plain = plain.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")
    return _one_line(plain)


def _one_line(text: str) -> str:
    return "".join(sign for sign in text if sign == "\t" or (ord(sign) >= 32 and ord(sign) != 127))


def folded(line: str) -> bytes:
    """A content line in octets, folded so that no line is longer than 75 of them, never within a character."""
    out, room, part = [], FOLD, b""
    for sign in line:
        octets = sign.encode("utf-8", "replace")
        if len(part) + len(octets) > room:
            out.append(part)
            part, room = b"", FOLD - 1  # the space that begins the next line counts
        part += octets
    return b"\r\n ".join([*out, part]) + b"\r\n"
