"""Readers of other people's lists: bytes of a file to rows (`id`, `found`, `body`), each with its line or number in the
file. Pure. What is no address is still a row: it is rejected later, with its line and the reason, and kept.

Sources: urlhaus.abuse.ch/api (CSV: id,dateadded,url,url_status,last_online,threat,tags,urlhaus_link,reporter);
phishtank.org/developer_info.php (JSON: phish_id, url, verified, online, submission_time, target); hosts(5);
STIX 2.1 §4.7 (indicator, pattern `[url:value = '…']`); MISP core format (Event.Attribute, Object.Attribute).
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

Found = Mapping[str, str]
Rows = list[tuple[int, Found]]
URLHAUS = ("id", "dateadded", "url", "url_status", "last_online", "threat", "tags", "urlhaus_link", "reporter")
_STIX = re.compile(r"\b(url|domain-name|ipv4-addr|ipv6-addr):value\s*=\s*'((?:[^'\\]|\\.)*)'")
_MISP = frozenset({"url", "domain", "hostname", "link", "uri", "domain|ip"})
LOCAL = frozenset({"localhost", "localhost.localdomain", "local", "broadcasthost", "ip6-localhost", "ip6-loopback"})
ZERO = frozenset({"0.0.0.0", "127.0.0.1", "::", "::1", "0"})  # noqa: S104  # words of a hosts file, nothing is bound


class UnreadableList(ValueError):
    """The file is not of this format; the words say what is wrong."""


def urlhaus(content: bytes) -> Rows:
    """URLhaus' CSV: comment lines begin with `#`; the columns are those of the dump. A row that is too short stays, and
    is rejected for it."""
    rows: Rows = []
    text = _text(content)
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        values = next(csv.reader(io.StringIO(line)))
        if values[:1] == ["id"]:
            continue
        named = dict(zip(URLHAUS, values, strict=False))
        told = ("threat", "tags", "url_status", "dateadded")
        rows.append((number, _row(named.get("id", ""), named.get("url", ""), named, told)))
    return rows


def phishtank(content: bytes) -> Rows:
    """PhishTank's JSON: an array of objects; the number is the place in the array, from 1."""
    found = _json(content)
    if not isinstance(found, list):
        raise UnreadableList("PhishTank's JSON is an array of objects")
    told = ("target", "verified", "online", "submission_time")
    return [
        (number, _row(_word(one, "phish_id"), _word(one, "url"), one if isinstance(one, dict) else {}, told))
        for number, one in enumerate(found, 1)
    ]


def hosts(content: bytes) -> Rows:
    """A hosts file: an address, then names; `#` begins a comment. The names of the machine itself are passed over."""
    rows: Rows = []
    for number, line in enumerate(_text(content).splitlines(), 1):
        words = line.partition("#")[0].split()
        names = words[1:] if len(words) > 1 and words[0] in ZERO else words
        rows += [(number, _row("", name, {}, ())) for name in names if name.lower() not in LOCAL | ZERO]
    return rows


def plain(content: bytes) -> Rows:
    """One address or name a line; `#` at the beginning or after a space begins a comment."""
    rows: Rows = []
    for number, line in enumerate(_text(content).splitlines(), 1):
        word = re.split(r"(?:^|\s)#", line, maxsplit=1)[0].strip()
        if word:
            rows.append((number, _row("", word, {}, ())))
    return rows


def stix(content: bytes) -> Rows:
    """A STIX 2.1 bundle, or an array of objects: each URL and name in the pattern of an indicator that is not revoked.
    The number is the place of the object, from 1."""
    found = _json(content)
    objects = found.get("objects") if isinstance(found, dict) else found
    if not isinstance(objects, list):
        raise UnreadableList("a STIX 2.1 bundle has `objects`")
    rows: Rows = []
    for number, one in enumerate(objects, 1):
        if not isinstance(one, dict) or one.get("type") != "indicator" or one.get("revoked") is True:
            continue
        named = _STIX.findall(str(one.get("pattern", "")))
        for place, (_kind, value) in enumerate(named or [("", "")]):
            value = re.sub(r"\\(.)", r"\1", value)
            own = f"{_word(one, 'id').rpartition('--')[2]}{f'-{place}' if place else ''}"
            rows.append((number, _row(own, value, one, ("name", "description", "valid_from"))))
    return rows


def misp(content: bytes) -> Rows:
    """A MISP event, or an array of events: attributes of URLs, domains and host names, also those of objects. The
    number is the place of the attribute among all, from 1."""
    found = _json(content)
    events = found if isinstance(found, list) else found.get("response", [found]) if isinstance(found, dict) else []
    rows: Rows = []
    for number, one in enumerate(_attributes(events), 1):
        if one.get("type") not in _MISP or one.get("deleted") is True:
            continue
        value = _word(one, "value").partition("|")[0] if one.get("type") == "domain|ip" else _word(one, "value")
        rows.append((number, _row(_word(one, "uuid"), value, one, ("category", "comment"))))
    return rows


def _attributes(events: Iterable[Any]) -> Iterator[dict[str, Any]]:
    events = list(events)
    if not events or not all(isinstance(one, dict) and isinstance(one.get("Event"), dict) for one in events):
        raise UnreadableList("a MISP file has an `Event`")
    for one in events:
        event = one["Event"]
        inside = [row for thing in event.get("Object") or () for row in thing.get("Attribute") or ()]
        yield from (row for row in [*(event.get("Attribute") or ()), *inside] if isinstance(row, dict))


def _row(own: str, value: str, named: Mapping[str, Any], told: Iterable[str]) -> Found:
    """`id` is the list's own, or one made of what was found, so that the same line is one report in every edition."""
    key = own.strip() or hashlib.sha256(value.strip().encode("utf-8", "surrogatepass")).hexdigest()[:24]
    said = [f"{name}: {_flat(named.get(name))}" for name in told if named.get(name) not in (None, "", [])]
    return {"id": key, "found": value.strip(), "body": "\n".join(said)[:2000]}


def _flat(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _word(one: Any, name: str) -> str:
    value = one.get(name) if isinstance(one, dict) else None
    return "" if value is None else str(value)


def _text(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("utf-8-sig", "replace")


def _json(content: bytes) -> Any:
    try:
        return json.loads(content)
    except ValueError as error:
        raise UnreadableList(f"this is no JSON: {error}") from None


READERS: dict[str, Callable[[bytes], Rows]] = {
    "urlhaus": urlhaus,
    "phishtank": phishtank,
    "hosts": hosts,
    "plain": plain,
    "stix": stix,
    "misp": misp,
}
"""What `--from` takes."""
HARM: dict[str, str] = {"urlhaus": "6004", "phishtank": "6001"}
"""The kind of harm that a list is about, where the command names none."""
