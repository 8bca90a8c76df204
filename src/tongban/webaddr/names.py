"""A million names and address prefixes in memory, looked up by host with its subdomains and by address.

Every name stands in one sorted array of 64-bit hashes; a filter before it lets nearly all other hosts pass at once. The
hash of every suffix of every host of a batch comes from one running sum over their bytes. A hash that fits is compared
letter by letter, so that no crafted name is taken for another. Saved as one file that several processes map.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from .address import BadAddress, parse
from .hashing import hash_of, hashes_of_lines, suffix_hashes

Array = npt.NDArray[np.uint64]
MAGIC = b"tongban names 1\n"
FILTER_BITS = 24
"""2^24 bits: 2 MB, at a million names 6 in 100 others pass."""
_UNCLEAN = np.array([chr(byte) not in "abcdefghijklmnopqrstuvwxyz0123456789._-\n" for byte in range(256)])
_DIGIT = np.array([48 <= byte <= 57 for byte in range(256)])
_SIMPLE = re.compile(
    r"https?://([a-z0-9](?:[a-z0-9_-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9_-]*[a-z0-9])?)*\.[a-z]{2,63})(?=[/?#:]|"
    r"$)(?::\d{1,5}(?=[/?#]|$))?"
)
BATCH = 200_000


class BadName(ValueError):
    """A name or prefix that cannot be listed; `line` is its place in what was given, from 1."""

    def __init__(self, line: int, name: str, why: str) -> None:
        super().__init__(f"{line}: {name[:80]!r}: {why}")
        self.line = line


class BadFile(ValueError):
    """Not a file that `Names.save` wrote, or cut short."""


@dataclass(frozen=True)
class Match:
    """What was found: the listed name or prefix (`evil.example`, `shared.example/bad/`) and the number it was given."""

    name: str
    value: int


@dataclass(frozen=True)
class Names:
    """The list. `hashes` are sorted; `order` leads to a name's place in `text`, `values` belongs to it."""

    hashes: Array
    starts: npt.NDArray[np.uint32]
    lengths: npt.NDArray[np.uint32]
    values: npt.NDArray[np.int64]
    text: npt.NDArray[np.uint8]
    passing: npt.NDArray[np.uint8]
    with_paths: frozenset[str]

    def __len__(self) -> int:
        return len(self.hashes)

    @classmethod
    def build(cls, names: Iterable[str], values: Sequence[int] | None = None) -> Names:
        """From names (`evil.example`) and prefixes (`evil.example/bad/`), in canonical form or as people write them.

        A name lists its subdomains too; a prefix lists what begins with it, at host and below as `expressions` has
        it. `values` are numbers of the same length (places in the list where it is left out). The first of equal
        names counts. Raises BadName.
        """
        lines = list(names)
        if values is not None and len(values) != len(lines):
            raise ValueError(f"{len(lines)} names, {len(values)} values")
        joined = _canonical(lines)
        text, starts, lengths = _lines(joined, len(lines))
        hashes = hashes_of_lines(text, starts, lengths)
        order = np.argsort(hashes, kind="stable")
        order = order[_first_of_equal(hashes[order], order, text, starts, lengths)]
        given = np.arange(len(lines), dtype=np.int64) if values is None else np.asarray(values, dtype=np.int64)
        sorted_hashes = hashes[order]
        return cls(
            sorted_hashes,
            starts[order],
            lengths[order],
            given[order],
            text,
            _filter(sorted_hashes),
            frozenset(line.partition("/")[0] for line in joined.decode("ascii").split("\n") if "/" in line)
            if b"/" in joined
            else frozenset(),
        )

    # --- looking up ---------------------------------------------------------------------------------------------

    def find(self, host: str) -> Match | None:
        """The longest listed name that is the host or stands above it. The host is canonical (as `Address.host`)."""
        start = 0
        while True:
            found = self._exact(host[start:])
            if found is not None:
                return found
            start = host.find(".", start) + 1
            if not start:
                return None

    def find_address(self, text: str) -> Match | None:
        """The listed prefix or name that holds for an address, the most special first. Raises BadAddress."""
        address = parse(text)
        if self.with_paths and any(tail in self.with_paths for tail in _tails(address.host)):
            for expression in address.expressions():
                found = self._exact(expression) if not expression.endswith("/") or "/" in expression[:-1] else None
                if found is None and expression.endswith("/"):
                    found = self._exact(expression[:-1]) if "/" in expression[:-1] else None
                if found is not None:
                    return found
        return self.find(address.host)

    def find_hosts(self, hosts: Sequence[str]) -> npt.NDArray[np.int64]:
        """For each host the place of the longest listed name that holds for it in this list, −1
        for none. Canonical hosts."""
        answer = np.full(len(hosts), -1, dtype=np.int64)
        for begin in range(0, len(hosts), BATCH):
            self._find_batch(hosts[begin : begin + BATCH], answer[begin : begin + BATCH])
        return answer

    def find_addresses(self, addresses: Sequence[str]) -> npt.NDArray[np.int64]:
        """For each address the place of what is listed for it, −1 for none, −2 where it is no address.

        Addresses in plain form are read without a parser; every other one is read as a browser would.
        """
        hosts: list[str] = []
        append, simple = hosts.append, _SIMPLE.match
        bad: list[int] = []
        for place, text in enumerate(addresses):
            match = simple(text)
            if match is not None and "xn--" not in match[1]:
                append(match[1])
                continue
            try:
                append(parse(text).host)
            except BadAddress:
                append("")
                bad.append(place)
        answer = self.find_hosts(hosts)
        answer[bad] = -2
        if self.with_paths:
            self._find_paths(addresses, hosts, answer)
        return answer

    def match(self, place: int) -> Match:
        """What stands at a place that `find_hosts` or `find_addresses` gave."""
        return Match(self._name(place), int(self.values[place]))

    def __iter__(self) -> Iterator[Match]:
        return (self.match(place) for place in range(len(self)))

    # --- saving -------------------------------------------------------------------------------------------------

    def save(self, path: Path) -> None:
        """Write one file, whole or not at all."""
        parts: list[npt.NDArray[Any]] = [
            self.hashes, self.starts, self.lengths, self.values, self.text, self.passing,
        ]  # fmt: skip
        head = json.dumps(
            {
                "parts": [[part.dtype.str, len(part)] for part in parts],
                "with_paths": sorted(self.with_paths),
            }
        ).encode()
        fresh = path.with_name(path.name + ".new")
        with fresh.open("wb") as file:
            file.write(MAGIC + len(head).to_bytes(8, "big") + head)
            for part in parts:
                file.write(b"\0" * (-file.tell() % 8))
                file.write(np.ascontiguousarray(part).data)
        fresh.replace(path)

    @classmethod
    def load(cls, path: Path) -> Names:
        """Map a file; processes that map the same share its memory. Raises BadFile."""
        raw = np.memmap(path, dtype=np.uint8, mode="r") if path.stat().st_size else np.zeros(0, np.uint8)
        begin = len(MAGIC) + 8
        if bytes(raw[: len(MAGIC)]) != MAGIC or len(raw) < begin:
            raise BadFile(f"{path}: not a list of names")
        size = int.from_bytes(bytes(raw[len(MAGIC) : begin]), "big")
        try:
            head = json.loads(bytes(raw[begin : begin + size]))
            parts, at = [], begin + size
            for kind, number in head["parts"]:
                at += -at % 8
                end = at + np.dtype(kind).itemsize * number
                if end > len(raw):
                    raise BadFile(f"{path}: cut short")
                parts.append(raw[at:end].view(kind))
                at = end
            hashes, starts, lengths, values, text, passing = parts
        except (ValueError, KeyError, TypeError) as error:
            raise BadFile(f"{path}: not a list of names") from error
        return cls(hashes, starts, lengths, values, text, passing, frozenset(head["with_paths"]))

    # --- inside -------------------------------------------------------------------------------------------------

    def _name(self, place: int) -> str:
        start = int(self.starts[place])
        return self.text[start : start + int(self.lengths[place])].tobytes().decode("ascii")

    def _place(self, name: str) -> int:
        if not name.isascii():
            return -1
        wanted = hash_of(name)
        slot = wanted >> (64 - FILTER_BITS)
        if not self.passing[slot >> 3] >> (slot & 7) & 1:
            return -1
        place = int(np.searchsorted(self.hashes, np.uint64(wanted)))
        while place < len(self.hashes) and int(self.hashes[place]) == wanted:
            if self._name(place) == name:
                return place
            place += 1
        return -1

    def _exact(self, name: str) -> Match | None:
        place = self._place(name)
        return None if place < 0 else self.match(place)

    def _find_batch(self, hosts: Sequence[str], answer: npt.NDArray[np.int64]) -> None:
        joined = "\n".join(hosts)
        raw = np.frombuffer(joined.encode("ascii", "replace"), dtype=np.uint8)
        if not len(raw):
            return
        owners, begins, ends, hashes = suffix_hashes(raw)
        slots = hashes >> np.uint64(64 - FILTER_BITS)
        near = np.flatnonzero(self.passing[slots >> np.uint64(3)] >> (slots & np.uint64(7)).astype(np.uint8) & 1)
        if not len(near):
            return
        wanted = hashes[near]
        places = np.minimum(np.searchsorted(self.hashes, wanted), len(self.hashes) - 1)
        hit = self.hashes[places] == wanted
        for index, place in zip(near[hit].tolist(), places[hit].tolist(), strict=True):
            owner = owners[index]
            if answer[owner] >= 0:
                continue  # suffixes come from the longest on
            name = raw[begins[index] : ends[index]].tobytes()
            at = place if self._name(place).encode() == name else self._place(name.decode())
            if at >= 0:
                answer[owner] = at

    def _find_paths(self, addresses: Sequence[str], hosts: Sequence[str], answer: npt.NDArray[np.int64]) -> None:
        """Where a host has listed prefixes, they come before its name."""
        for place, host in enumerate(hosts):
            if host and any(tail in self.with_paths for tail in _tails(host)):
                found = self.find_address(addresses[place])
                if found is not None:
                    answer[place] = self._place(found.name)


def _tails(host: str) -> Iterator[str]:
    while host:
        yield host
        host = host.partition(".")[2]


def _canonical(lines: list[str]) -> bytes:
    """The names, one a line. Plain ones are taken as they are; the others are read as addresses. Raises BadName."""
    raw = "\n".join(lines).encode("utf-8", "replace")
    if raw.count(b"\n") != max(len(lines) - 1, 0):
        return "\n".join(_one(number, line) for number, line in enumerate(lines, 1)).encode("ascii")
    odd = _odd_lines(raw, len(lines)).tolist()
    if not odd:
        return raw
    rows = list(lines)
    for place in odd:
        rows[place] = _one(place + 1, rows[place])
    return "\n".join(rows).encode("ascii")


def _odd_lines(raw: bytes, number: int) -> npt.NDArray[np.int64]:
    """The places of lines that are no plain names: odd letters, an empty label, no dot, `xn--`, a number at
    the end (an IP address?)."""
    if not number:
        return np.zeros(0, np.int64)
    text, starts, lengths = _lines(raw, number)
    begins, ends = starts.astype(np.int64), starts.astype(np.int64) + lengths
    dots = np.flatnonzero(text == 46)
    dots_before = np.searchsorted(dots, ends)
    last_dot = np.append(dots, -1)[dots_before - 1]
    odd = (last_dot <= begins) | (last_dot == ends - 1) | (lengths == 0)
    odd |= _DIGIT[text[np.minimum(last_dot + 1, len(text) - 1)]]
    places = [np.flatnonzero(_UNCLEAN[text]), np.flatnonzero((text[1:] == 46) & (text[:-1] == 46))]
    places += [np.array([found.start() for found in re.finditer(rb"(?:^|[\n.])xn--", raw)], dtype=np.int64) + 1]
    for found in places:
        odd[np.minimum(np.searchsorted(begins, found, side="right") - 1, number - 1)] = True
    return np.flatnonzero(odd)


def _one(number: int, line: str) -> str:
    if "\n" in line or not line.strip():
        raise BadName(number, line, "no name")
    try:
        address = parse(line.strip())
    except BadAddress as error:
        raise BadName(number, line, str(error)) from None
    if "/" not in line.strip().partition("://")[2] and "/" not in line.strip().partition("://")[0]:
        return address.host
    expression = address.expressions()[0]
    host, _slash, path = expression.partition("/")
    return host if not path else expression


def _lines(joined: bytes, number: int) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint32], npt.NDArray[np.uint32]]:
    text = np.frombuffer(joined, dtype=np.uint8)
    ends = np.append(np.flatnonzero(text == 10), len(text)).astype(np.uint32) if number else np.zeros(0, np.uint32)
    starts = np.concatenate([np.zeros(1, np.uint32), ends[:-1] + np.uint32(1)]) if number else np.zeros(0, np.uint32)
    return text, starts, ends - starts


def _first_of_equal(
    hashes: Array,
    order: npt.NDArray[np.intp],
    text: npt.NDArray[np.uint8],
    starts: npt.NDArray[np.uint32],
    lengths: npt.NDArray[np.uint32],
) -> npt.NDArray[np.bool_]:
    """Which rows, by hash, stay: of equal names the first given. Different names of one hash all stay."""
    keep = np.ones(len(hashes), dtype=bool)
    for place in np.flatnonzero(hashes[1:] == hashes[:-1]).tolist():
        row = order[place + 1]
        name = text[starts[row] : starts[row] + lengths[row]].tobytes()
        before = place
        while before >= 0 and hashes[before] == hashes[place + 1]:
            other = order[before]
            if text[starts[other] : starts[other] + lengths[other]].tobytes() == name:
                keep[place + 1] = False
                break
            before -= 1
    return keep


def _filter(hashes: Array) -> npt.NDArray[np.uint8]:
    bits = np.zeros(1 << FILTER_BITS, dtype=bool)
    bits[hashes >> np.uint64(64 - FILTER_BITS)] = True
    return np.packbits(bits, bitorder="little")


__all__ = ["BadFile", "BadName", "Match", "Names"]
