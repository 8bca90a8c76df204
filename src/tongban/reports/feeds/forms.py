"""The forms of the feed: pure functions from rows to text. Each row names its decision; nothing is in a feed that has
none. What a form cannot say is left out of it: a resolver knows names, not pages.
"""

from __future__ import annotations

import hashlib
import json
import re
import uuid
from array import array
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import chain, islice
from typing import NamedTuple

from tongban.tables.writing import csv_lines
from tongban.webaddr import full_hash, parse

PREFIX = 4
"""Bytes of a hash prefix (Safe Browsing v5): a million names are 4 MB, and a client's question tells little."""
TTL = 5
"""Seconds for which somebody downstream may keep an answer: a lifted name opens again at once, so it stays short."""
STATE = "zzz-tongban-feed"
"""The name in a zone at which it says how far it has come. It sorts behind every name there is: a resolver that has
read the zone as far as this has read all of it (`manual/named-gate.sh` waits for it)."""
RECENT = "zzz-tongban-recent"
"""The same in the small zone that stands before the large one (`zone.py`)."""
SPACE = uuid.UUID("5a6e1f0a-7d6f-5c1b-9b1d-0f6f1c2d3e4f")
"""The namespace of our STIX and MISP identifiers: one decision has the same one in every publication."""
BATCH = 10_000
"""Rows written at once."""
LONGEST_NAME = 200
"""Characters of a name that a zone can carry whatever the zone is called: with `*.` before it and the zone's own name
behind it a name has at most 255 bytes."""
ODD = re.compile(r"[^a-z0-9._\-\n]")
"""Signs that a browser lets stand in a host and a zone file or a list reads as something else: `;`, `"`, `$`, `*` …"""
WILD = re.compile(r"[*^|$,]")
"""Signs that mean something in a rule of AdGuard's: an address with a star in it would take its whole site."""


class Row(NamedTuple):
    """One decision as a feed carries it. `name` is `host/path?query` for scope `url`, else a host."""

    number: str
    name: str
    scope: str
    harm: str
    basis: str
    since: datetime
    until: date
    changed: datetime
    state: str = "in_force"
    version: int = 0

    @property
    def resolvable(self) -> bool:
        """Whether a resolver can carry it out."""
        return self.scope != "url"


@dataclass(frozen=True, slots=True)
class Publication:
    """What a form may say of the whole: when it was made, its serial, who publishes, where the explaining page is."""

    made: datetime
    serial: int
    publisher: str
    page: str
    passing: Sequence[str] = ()
    """Names that a resolver always answers (protected)."""
    action: str = "."
    """What a resolver answers for a listed name: `.` says that it does not exist; a name ending in a dot is that of
    the explaining page."""
    mark: str = ""
    """What whoever pushes on from this publication has to know (`zone.State`)."""


def batches(rows: Iterable[Row]) -> Iterator[list[Row]]:
    """The rows, so many at a time."""
    more = iter(rows)
    while batch := list(islice(more, BATCH)):
        yield batch


def names(rows: Iterable[Row]) -> Iterator[list[str]]:
    """The names that a resolver can carry out, so many at a time; none that is too long for a zone."""
    for batch in batches(rows):
        yield [row[1] for row in batch if row[2] != "url" and len(row[1]) <= LONGEST_NAME]


def above(name: str) -> Iterator[str]:
    """The names above a name, the nearest first, as far as they have a dot."""
    at = name.find(".") + 1
    while at and "." in name[at:]:
        yield name[at:]
        at = name.find(".", at) + 1


def between(held: Collection[str], deep: Iterable[str] | None = None) -> Iterator[tuple[str, str]]:
    """The names between a name that is held and the nearest one above it that is held as well, each with that one.
    `deep` are those of the held names that can have such (three dots or more), where they are known already."""
    for name in [one for one in held if one.count(".") > 2] if deep is None else deep:
        path: list[str] = []
        for upper in above(name):
            if upper in held:
                yield from ((one, upper) for one in path)
                break
            path.append(upper)


def plain(found: list[str]) -> list[str]:
    """The names without signs that a list would read as something else. Nobody has such a name but to get past."""
    return [name for name in found if not ODD.search(name)] if ODD.search("\n".join(found)) else found


def escaped(found: list[str]) -> list[str]:
    """The names as a zone file says them (RFC 1035 §5.1)."""
    if not ODD.search("\n".join(found)):
        return found
    return [ODD.sub(lambda sign: f"\\{sign[0]}", name) for name in found]


def rpz(rows: Iterable[Row], about: Publication) -> Iterator[str]:
    """A response policy zone (draft-vixie-dnsop-dns-rpz): the name and all below it do not exist, or lead to the
    explaining page; protected names pass, whatever another list says."""
    yield (
        f"$TTL {TTL}\n@ SOA localhost. hostmaster.localhost. {about.serial} 30 10 2419200 {TTL}\n@ NS localhost.\n"
        f"; {about.publisher}; {about.page}\n"
    )
    if about.mark:
        yield f'{STATE} TXT "{about.mark}"\n'
    passing = set(about.passing)
    for name in [*about.passing, *sorted({name for name, _upper in between(passing)} - passing)]:
        yield f"{name} CNAME rpz-passthru.\n*.{name} CNAME rpz-passthru.\n"
    action = about.action
    seen, deep = array("q"), []  # hashes: a million names are to cost eight megabytes here, and no more
    for found in names(rows):
        yield "".join([f"{name} CNAME {action}\n*.{name} CNAME {action}\n" for name in escaped(found)])
        seen.extend(map(hash, found))
        deep += [name for name in found if name.count(".") > 2]
    yield from (f"{name} CNAME {action}\n*.{name} CNAME {action}\n" for name in escaped(_between(deep, seen)))


def _between(deep: Sequence[str], seen: Iterable[int]) -> list[str]:
    candidates = {hash(upper): upper for name in deep for upper in above(name)}
    held = {candidates[one] for one in seen if one in candidates} if candidates else set()
    return sorted({name for name, _upper in between(held | set(deep), deep)} - held) if held else []


def unbound(rows: Iterable[Row], about: Publication) -> Iterator[str]:
    """Unbound's own form: `local-zone` takes the name and all below it."""
    yield f"# {about.publisher}; {about.page}\nserver:\n"
    for found in names(rows):
        yield "".join([f'local-zone: "{name}." always_nxdomain\n' for name in plain(found)])


def hosts(rows: Iterable[Row], about: Publication) -> Iterator[str]:
    """A hosts file. It knows no subdomains."""
    yield f"# {about.publisher}; {about.page}\n# a hosts file takes no subdomains\n"
    for found in names(rows):
        yield "".join([f"0.0.0.0 {name}\n" for name in plain(found)])


def domains(rows: Iterable[Row], about: Publication) -> Iterator[str]:
    """Plain names, one a line."""
    for found in names(rows):
        yield "".join([f"{name}\n" for name in plain(found)])


def adblock(rows: Iterable[Row], about: Publication) -> Iterator[str]:
    """AdGuard's and uBlock's form: names with all below them, and single addresses."""
    yield f"! Title: {about.publisher}\n! Homepage: {about.page}\n! Version: {about.serial}\n"
    for row in rows:
        if not row.resolvable:
            yield "" if WILD.search(row.name) else f"||{row.name}|\n"
        elif not ODD.search(row.name):
            yield f"||{row.name}^\n"


def table(rows: Iterable[Row], about: Publication) -> Iterator[str]:
    """CSV with the law and the end of each decision."""
    heads = ("number", "name", "scope", "harm", "basis", "since", "until", "state", "version", "changed")
    yield from csv_lines(
        chain(
            (heads,),
            (
                (
                    row.number,
                    row.name,
                    row.scope,
                    row.harm,
                    row.basis,
                    _stamp(row.since),
                    row.until.isoformat(),
                    row.state,
                    row.version,
                    _stamp(row.changed),
                )
                for row in rows
            ),
        )
    )


def lines(rows: Iterable[Row], about: Publication) -> Iterator[str]:
    """One JSON object a line."""
    for row in rows:
        yield (
            json.dumps(
                {
                    "number": row.number,
                    "name": row.name,
                    "scope": row.scope,
                    "harm": row.harm,
                    "basis": row.basis,
                    "since": _stamp(row.since),
                    "until": row.until.isoformat(),
                    "state": row.state,
                    "version": row.version,
                    "changed": _stamp(row.changed),
                },
                ensure_ascii=False,
            )
            + "\n"
        )


def prefixes(rows: Iterable[Row], about: Publication) -> Iterator[str]:
    """Prefixes of SHA-256 hashes of expressions, sorted, in hex: a client compares and tells nothing."""
    found = sorted({full_hash(expression(row)).hex()[: PREFIX * 2] for row in rows})
    yield from (f"{one}\n" for one in found)


def expression(row: Row) -> str:
    """The Safe Browsing expression of a row, as browsers write it: a host stands for all its addresses."""
    return f"{row.name}/" if row.resolvable else parse(f"http://{row.name}").expressions()[0]


def stix(rows: Iterable[Row], about: Publication) -> Iterator[str]:
    """A STIX 2.1 bundle of indicators with `valid_until`."""
    made = _stamp(about.made)
    author = f"identity--{uuid.uuid5(SPACE, about.publisher)}"
    yield (
        '{"type":"bundle","id":"bundle--'
        + str(uuid.uuid5(SPACE, f"{about.publisher} {about.serial}"))
        + '","objects":['
    )
    yield json.dumps(
        {
            "type": "identity",
            "spec_version": "2.1",
            "id": author,
            "created": made,
            "modified": made,
            "name": about.publisher,
            "identity_class": "organization",
        },
        ensure_ascii=False,
    )
    for row in rows:
        kind, value = ("url", f"http://{row.name}") if not row.resolvable else ("domain-name", row.name)
        quoted = value.replace("\\", "\\\\").replace("'", "\\'")
        yield "," + json.dumps(
            {
                "type": "indicator",
                "spec_version": "2.1",
                "id": f"indicator--{uuid.uuid5(SPACE, row.number)}",
                "created_by_ref": author,
                "created": _stamp(row.since),
                "modified": _stamp(row.changed),
                "indicator_types": ["malicious-activity"],
                "pattern": f"[{kind}:value = '{quoted}']",
                "pattern_type": "stix",
                "valid_from": _stamp(row.since),
                "valid_until": f"{row.until.isoformat()}T16:00:00.000Z",
                "labels": [row.harm],
                **({} if row.state == "in_force" else {"revoked": True}),
                "external_references": [
                    {"source_name": "tongban", "external_id": row.number, "description": row.basis}
                ],
            },
            ensure_ascii=False,
        )
    yield "]}\n"


def misp(rows: Iterable[Row], about: Publication) -> Iterator[str]:
    """One MISP event with an attribute a decision."""
    attributes = [
        {
            "uuid": str(uuid.uuid5(SPACE, f"misp {row.number}")),
            "category": "Network activity",
            "type": "domain" if row.resolvable else "url",
            "value": row.name if row.resolvable else f"http://{row.name}",
            "to_ids": row.state == "in_force",
            "comment": f"{row.number}; {row.basis}",
            "last_seen": f"{row.until.isoformat()}T16:00:00+00:00",
            "timestamp": str(int(row.changed.timestamp())),
        }
        for row in rows
    ]
    yield (
        json.dumps(
            {
                "Event": {
                    "uuid": str(uuid.uuid5(SPACE, about.publisher)),
                    "info": about.publisher,
                    "date": about.made.date().isoformat(),
                    "timestamp": str(about.serial),
                    "published": True,
                    "analysis": "2",
                    "threat_level_id": "3",
                    "Orgc": {"name": about.publisher, "uuid": str(uuid.uuid5(SPACE, f"org {about.publisher}"))},
                    "Attribute": attributes,
                }
            },
            ensure_ascii=False,
        )
        + "\n"
    )


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


Form = Callable[[Iterable[Row], Publication], Iterator[str]]
FORMS: dict[str, tuple[Form, str, str]] = {
    "rpz": (rpz, "zone", "text/dns"),
    "unbound": (unbound, "conf", "text/plain"),
    "hosts": (hosts, "txt", "text/plain"),
    "domains": (domains, "txt", "text/plain"),
    "adblock": (adblock, "txt", "text/plain"),
    "csv": (table, "csv", "text/csv"),
    "jsonl": (lines, "jsonl", "application/x-ndjson"),
    "prefixes": (prefixes, "txt", "text/plain"),
    "stix": (stix, "json", "application/stix+json;version=2.1"),
    "misp": (misp, "json", "application/json"),
}
"""Name → the function, the ending of its file, its media type."""


def digest(text: Iterable[str]) -> str:
    """SHA-256 of a form, in hex."""
    found = hashlib.sha256()
    for piece in text:
        found.update(piece.encode())
    return found.hexdigest()
