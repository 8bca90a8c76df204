"""Posting lists as bytes: which documents hold which code, packed so that one code is read
without unpacking the others.

A code is a number below 2**42 (two characters of 21 bits each, or a hash), a document a number below 2**22. What
`pack` gives is four stretches of bytes: a head, the documents' columns, a dictionary in chunks of `CHUNK` codes, and
the stream of document numbers. Nothing here is secret or sealed (`sealed_pages.py` does that), and nothing here
knows what a document is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

Numbers = NDArray[np.uint64]
Columns = Mapping[str, NDArray[Any]]

DOC_BITS = 22
CODE_BITS = 42
CHUNK = 2_048
"""Codes of one chunk of the dictionary: about 8 KB, unpacked in some 50 µs."""
_DOC = np.uint64((1 << DOC_BITS) - 1)
_SHIFT = np.uint64(DOC_BITS)
_LOW, _FULL, _MORE = np.uint64(0x7F), np.uint64(0x80), np.uint8(0x80)
_LENGTH = 4


def keys_of(codes: Numbers, docs: NDArray[Any]) -> Numbers:
    """One sorted number for each different pair of code and document."""
    return different(codes << _SHIFT | docs.astype(np.uint64))


def different(numbers: NDArray[Any]) -> NDArray[Any]:
    """The different ones of some numbers, sorted. `np.unique` takes a table of hashes for it, seven
    times as long (NumPy 2.4)."""
    numbers = np.sort(numbers)
    return numbers[np.concatenate([[True], numbers[1:] != numbers[:-1]])] if len(numbers) else numbers


def pairs_of(keys: Numbers) -> tuple[Numbers, NDArray[np.int64]]:
    """The codes and documents of `keys_of`."""
    return keys >> _SHIFT, (keys & _DOC).astype(np.int64)


def varints(values: Numbers) -> tuple[bytes, NDArray[np.int64]]:
    """Numbers as bytes of seven bits, the lowest first, and how many bytes each took."""
    sizes = np.ones(len(values), np.int64)
    longer = [np.flatnonzero(values >= _FULL)]
    while len(longer[-1]):
        sizes[longer[-1]] += 1
        longer.append(longer[-1][values[longer[-1]] >> np.uint64(7 * len(longer)) >= _FULL])
    ends = np.cumsum(sizes)
    packed = np.empty(int(ends[-1]) if len(ends) else 0, np.uint8)
    starts = ends - sizes
    packed[starts] = (values & _LOW).astype(np.uint8)
    for place, some in enumerate(longer[:-1], start=1):
        packed[starts[some] + place - 1] |= _MORE
        packed[starts[some] + place] = (values[some] >> np.uint64(7 * place) & _LOW).astype(np.uint8)
    return packed.tobytes(), sizes


def unpacked(packed: bytes) -> Numbers:
    """The numbers that `varints` packed."""
    raw = np.frombuffer(packed, np.uint8)
    ends = np.flatnonzero(raw < _MORE)
    starts = np.concatenate([[0], ends[:-1] + 1]) if len(ends) else ends
    sizes = ends - starts + 1
    values: Numbers = (raw[starts] & np.uint8(0x7F)).astype(np.uint64)
    for place in range(1, int(sizes.max(initial=0))):
        longer = np.flatnonzero(sizes > place)
        values[longer] |= (raw[starts[longer] + place] & np.uint8(0x7F)).astype(np.uint64) << np.uint64(7 * place)
    return values


@dataclass(frozen=True)
class Head:
    """What has to be read of a packed file before anything else: where its stretches lie."""

    about: Mapping[str, Any]
    columns: Mapping[str, tuple[int, int, str]]
    """Of each column of the documents: its first byte, the byte behind it, its NumPy type."""
    firsts: Numbers
    """The first code of each chunk."""
    chunks: NDArray[np.int64]
    """Where each chunk begins; one more than there are chunks."""
    streams: NDArray[np.int64]
    """Where the documents of each chunk's first code begin; one more than there are chunks."""
    docs: int

    def chunks_of(self, first: int, last: int) -> range:
        """The chunks in which codes from `first` to `last` stand."""
        low = int(np.searchsorted(self.firsts, np.uint64(first), "right")) - 1
        high = int(np.searchsorted(self.firsts, np.uint64(last), "right")) - 1
        return range(max(low, 0), high + 1)


def pack(keys: Numbers, docs_in_all: int, columns: Columns, about: Mapping[str, Any]) -> tuple[bytes, int]:
    """The bytes of a packed file, and how many of them are its head. `keys` are sorted and different."""
    codes, docs = pairs_of(keys)
    begins = np.flatnonzero(np.concatenate([[True], codes[1:] != codes[:-1]])) if len(codes) else np.empty(0, np.int64)
    deltas = np.diff(docs, prepend=-1) - 1
    deltas[begins] = docs[begins]
    stream, sizes = varints(deltas.astype(np.uint64))
    lengths = np.add.reduceat(sizes, begins) if len(begins) else np.empty(0, np.int64)
    terms = codes[begins]
    dictionary, chunks = [], [0]
    for start in range(0, len(terms), CHUNK):
        some = terms[start : start + CHUNK]
        steps = np.diff(some, prepend=some[:1])
        chunk = varints(steps)[0] + varints(lengths[start : start + CHUNK].astype(np.uint64))[0]
        dictionary.append(chunk)
        chunks.append(chunks[-1] + len(chunk))
    offsets = np.concatenate([[0], np.cumsum(lengths)])
    streams = offsets[np.append(np.arange(0, len(terms), CHUNK), len(terms))]
    stretches, places, here = [], {}, 0
    for name, column in columns.items():
        raw = np.ascontiguousarray(column).tobytes()
        places[name] = (here, here + len(raw), column.dtype.str)
        stretches.append(raw)
        here += len(raw)
    parts = [
        orjson.dumps({"about": dict(about), "columns": places, "docs": docs_in_all}),
        terms[::CHUNK].astype("<u8").tobytes(),
        (np.array(chunks) + here).astype("<i8").tobytes(),
        (streams + here + chunks[-1]).astype("<i8").tobytes(),
    ]
    head = b"".join(len(part).to_bytes(_LENGTH, "little") + part for part in parts)
    return b"".join([len(head).to_bytes(_LENGTH, "little"), head, *stretches, *dictionary, stream]), _LENGTH + len(head)


def read_head(packed: bytes) -> Head:
    """The head from the first bytes of a packed file."""
    size = int.from_bytes(packed[:_LENGTH], "little") + _LENGTH
    parts, place = [], _LENGTH
    while place < size:
        length = int.from_bytes(packed[place : place + _LENGTH], "little")
        parts.append(packed[place + _LENGTH : place + _LENGTH + length])
        place += _LENGTH + length
    told = orjson.loads(parts[0])
    columns = {name: (first + size, last + size, kind) for name, (first, last, kind) in told["columns"].items()}
    chunks, streams = np.frombuffer(parts[2], "<i8") + size, np.frombuffer(parts[3], "<i8") + size
    return Head(told["about"], columns, np.frombuffer(parts[1], "<u8"), chunks, streams, told["docs"])


def read_chunk(packed: bytes) -> tuple[Numbers, NDArray[np.int64]]:
    """The steps between the codes of a chunk, and the bytes of each code's documents."""
    both = unpacked(packed)
    half = len(both) // 2
    return both[:half], both[half:].astype(np.int64)


def found_in(head: Head, chunk: int, packed: bytes, first: int, last: int) -> tuple[int, int, NDArray[np.int64]]:
    """Of the codes from `first` to `last` in a chunk: the stretch of the stream with their
    documents, and each one's length."""
    steps, lengths = read_chunk(packed)
    codes = np.cumsum(steps, dtype=np.uint64) + head.firsts[chunk]
    low, high = (
        int(np.searchsorted(codes, np.uint64(first), "left")),
        int(np.searchsorted(codes, np.uint64(last), "right")),
    )
    begin = int(head.streams[chunk]) + int(lengths[:low].sum())
    mine = lengths[low:high]
    return begin, begin + int(mine.sum()), mine


def documents(packed: bytes, lengths: NDArray[np.int64]) -> NDArray[np.int64]:
    """The different documents of a stretch of the stream, sorted; `lengths` as `found_in` gave them."""
    if not len(lengths):
        return np.empty(0, np.int64)
    docs = _absolute(packed, lengths)[0]
    return docs if len(lengths) == 1 else different(docs)


def _absolute(packed: bytes, lengths: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The documents of each code one after the other, and how many each code has."""
    deltas = unpacked(packed).astype(np.int64) + 1
    ends = np.flatnonzero(np.frombuffer(packed, np.uint8) < _MORE)
    counts = np.diff(np.searchsorted(ends, np.cumsum(lengths) - 1, "right"), prepend=0)
    sums = np.cumsum(deltas)
    begins = np.cumsum(counts) - counts
    before = np.where(begins > 0, sums[begins - 1], 0)
    return sums - np.repeat(before, counts) - 1, counts


def all_keys(head: Head, packed: bytes) -> Numbers:
    """Every pair of a packed file, as `keys_of` gives them."""
    codes, lengths = [], []
    for number in range(len(head.firsts)):
        steps, some = read_chunk(packed[int(head.chunks[number]) : int(head.chunks[number + 1])])
        codes.append(np.cumsum(steps, dtype=np.uint64) + head.firsts[number])
        lengths.append(some)
    if not codes:
        return np.empty(0, np.uint64)
    docs, counts = _absolute(packed[int(head.streams[0]) : int(head.streams[-1])], np.concatenate(lengths))
    return np.repeat(np.concatenate(codes), counts) << _SHIFT | docs.astype(np.uint64)


def column(head: Head, name: str, packed: bytes) -> NDArray[Any]:
    """A column of the documents from its own bytes."""
    return np.frombuffer(packed, head.columns[name][2])


def stretch(head: Head, name: str) -> tuple[int, int]:
    """The first byte of a column and the byte behind it."""
    first, last, _kind = head.columns[name]
    return first, last
