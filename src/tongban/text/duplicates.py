"""Near-copies of a letter, found at submission among a million: MinHash signatures and an index in two tables.

A signature stands for the set of three-character shingles of a letter, Traditional and Simplified alike, punctuation and
white space apart. Two letters are near-copies as far as they share their shingles (Jaccard). Measured against SimHash
on 4,326 real letters: see docs/rooms/text.md. Not for letters about the same trouble in other words (`topics`), and not
a judgement: people in the same trouble may well send the same text.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from typing import Any, Literal, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from .folding import fold

READ = 8_000
"""Characters of a letter that are compared."""
SLOTS = 128
BANDS, ROWS = 24, 4
"""Keys of a letter, and slots a key is made of: near-copies of 0.6 share a key in 96 of 100 cases, of 0.7 in 99.8."""
HOTTEST = 40
"""At most this many letters of one key are looked at, the newest first; a much-copied text stays as quick as any."""
MOST_COMPARED = 200
EACH_WITH_EACH = 5_000
NEAR = 0.6

_RUN = re.compile(r"[\W_]+")
_random = np.random.Generator(np.random.PCG64(20_260_101))
_ODD = _random.integers(0, 2**63, SLOTS, np.uint64) << np.uint64(1) | np.uint64(1)
_SHIFT = _random.integers(0, 2**63, SLOTS, np.uint64)
_BAND = _random.integers(0, 2**63, BANDS, np.uint64)
Words = NDArray[np.uint64]
Key = TypeVar("Key", bound=Hashable)


def _mixed(words: Words) -> Words:
    """SplitMix64's finaliser (Steele, Lea, Flood 2014)."""
    words = (words ^ words >> np.uint64(30)) * np.uint64(0xBF58476D1CE4E5B9)
    words = (words ^ words >> np.uint64(27)) * np.uint64(0x94D049BB133111EB)
    return words ^ words >> np.uint64(31)


def _shingles(text: str, key: int = 0) -> Words:
    plain = _RUN.sub("", fold(text[: 2 * READ]))[:READ]
    if not plain:
        return np.empty(0, np.uint64)
    codes = np.frombuffer(plain.ljust(3, "\0").encode("utf-32-le", "surrogatepass"), np.uint32).astype(np.uint64)
    return np.unique(_mixed((codes[:-2] << np.uint64(42) | codes[1:-1] << np.uint64(21) | codes[2:]) ^ np.uint64(key)))


def signature(text: str, key: int = 0) -> bytes:
    """256 bytes that stand for `text`; empty where it has no letter and no digit. About 0.3 ms for 300 characters.

    With a secret `key` of 64 bits, nobody without it can tell from a signature what a text holds. Only signatures of one key
    can be compared.
    """
    shingles = _shingles(text, key)
    if not len(shingles):
        return b""
    least = np.full(SLOTS, np.iinfo(np.uint64).max, np.uint64)
    for start in range(0, len(shingles), 1_000):
        least = np.minimum(least, (shingles[start : start + 1_000, None] * _ODD + _SHIFT).min(axis=0))
    return (_mixed(least) >> np.uint64(48)).astype("<u2").tobytes()


def bands(signature: bytes) -> list[int]:
    """Signed 64-bit keys: near-copies share at least one. None for an empty signature."""
    if not signature:
        return []
    slots = np.frombuffer(signature, "<u2")[: BANDS * ROWS].astype(np.uint64).reshape(BANDS, ROWS)
    packed = slots[:, 0] << np.uint64(48) | slots[:, 1] << np.uint64(32) | slots[:, 2] << np.uint64(16) | slots[:, 3]
    return [int(key) for key in _mixed(packed ^ _BAND).astype(np.int64)]


def similarity(a: bytes, b: bytes) -> float:
    """The shared part of two letters' shingles, 0 to 1, to about ±0.04 (one standard deviation)."""
    if not a or not b:
        return 0.0
    return float((np.frombuffer(a, "<u2") == np.frombuffer(b, "<u2")).mean())


def near_copies(items: Iterable[tuple[Key, str]], threshold: float = NEAR) -> list[list[Key]]:
    """Every key in exactly one group; near-copies, and near-copies of near-copies, in the same one.

    For splits: put each group on one side. Up to 5,000 items each is compared with each; of more, those that share a
    key of `bands`, which finds nearly all copies of 0.6 and above. Items without words stand alone.
    """
    keys, signatures = [], []
    for key, text in items:
        keys.append(key)
        signatures.append(signature(text))
    head = list(range(len(keys)))

    def find(i: int) -> int:
        while head[i] != i:
            head[i] = head[head[i]]
            i = head[i]
        return i

    spoken = [i for i, one in enumerate(signatures) if one]
    pairs = _all_pairs(signatures, spoken, threshold) if len(spoken) <= EACH_WITH_EACH else _pairs_by_band(signatures, spoken, threshold)
    for one, other in pairs:
        head[find(one)] = find(other)
    groups: dict[int, list[Key]] = {}
    for i, key in enumerate(keys):
        groups.setdefault(find(i), []).append(key)
    return list(groups.values())


def _slots(signatures: Sequence[bytes], rows: Sequence[int]) -> NDArray[np.uint16]:
    return np.frombuffer(b"".join(signatures[i] for i in rows), "<u2").reshape(len(rows), SLOTS)


def _all_pairs(signatures: Sequence[bytes], rows: Sequence[int], threshold: float) -> Iterable[tuple[int, int]]:
    slots = _slots(signatures, rows)
    for place, row in enumerate(rows[:-1]):
        like = (slots[place + 1 :] == slots[place]).mean(axis=1)
        for other in np.flatnonzero(like >= threshold).tolist():
            yield row, rows[place + 1 + other]


def _pairs_by_band(signatures: Sequence[bytes], rows: Sequence[int], threshold: float) -> Iterable[tuple[int, int]]:
    seen: dict[int, list[int]] = {}
    for row in rows:
        met: set[int] = set()
        for key in bands(signatures[row]):
            there = seen.setdefault(key, [])
            met.update(there)
            if len(there) < HOTTEST:
                there.append(row)
        if met:
            others = sorted(met)
            like = (_slots(signatures, others) == np.frombuffer(signatures[row], "<u2")).mean(axis=1)
            for other in np.flatnonzero(like >= threshold).tolist():
                yield row, others[other]


class Cursor(Protocol):
    """What is used of a DB-API cursor."""

    def execute(self, sql: str, parameters: Sequence[Any] = ..., /) -> Any: ...
    def executemany(self, sql: str, parameters: Sequence[Sequence[Any]], /) -> Any: ...
    def fetchall(self) -> list[Any]: ...
    def close(self) -> None: ...


class Connection(Protocol):
    """What is used of a DB-API connection."""

    def cursor(self) -> Any: ...


class DuplicateIndex:
    """Signatures in `<name>_signature` and keys in `<name>_band`, within the caller's transaction: it never commits.

    `placeholder` is `%s` on PostgreSQL and `?` on SQLite, unless told (Django's cursors take `%s` on both). `key`: see `signature`.
    """

    def __init__(self, connection: Connection, dialect: Literal["sqlite", "postgresql"], name: str = "letter_copy", placeholder: str = "", key: int = 0) -> None:
        if not re.fullmatch(r"[a-z_][a-z0-9_]{0,40}", name):
            raise ValueError(f"{name!r} is not a table name: lower-case letters, digits and _ only")
        self._connection, self._dialect, self._mark = connection, dialect, placeholder or ("?" if dialect == "sqlite" else "%s")
        self._signatures, self._bands = f"{name}_signature", f"{name}_band"
        self._key = key

    def create(self) -> None:
        """The two tables, where they are not there yet."""
        blob, tail = ("BLOB", " WITHOUT ROWID") if self._dialect == "sqlite" else ("BYTEA", "")
        self._run(f"CREATE TABLE IF NOT EXISTS {self._signatures} (id BIGINT PRIMARY KEY, signature {blob} NOT NULL)")
        self._run(f"CREATE TABLE IF NOT EXISTS {self._bands} (band BIGINT NOT NULL, id BIGINT NOT NULL, PRIMARY KEY (band, id)){tail}")

    def drop(self) -> None:
        """Forgets the tables with all they hold."""
        self._run(f"DROP TABLE IF EXISTS {self._bands}")
        self._run(f"DROP TABLE IF EXISTS {self._signatures}")

    def add(self, letters: Iterable[tuple[int, str]]) -> int:
        """Adds (id, text) pairs and says how many; an id that is there already is written anew."""
        signed = {number: signature(text, self._key) for number, text in letters}
        self.remove(list(signed))
        rows = [(number, one) for number, one in signed.items() if one]
        keys = sorted({(key, number) for number, one in rows for key in bands(one)})
        self._many(f"INSERT INTO {self._signatures} (id, signature) VALUES ({self._mark}, {self._mark})", rows)  # noqa: S608 - checked name
        self._many(f"INSERT INTO {self._bands} (band, id) VALUES ({self._mark}, {self._mark})", keys)  # noqa: S608
        return len(rows)

    def remove(self, ids: Sequence[int]) -> None:
        """Forgets letters; ids that are not there are passed over."""
        for start in range(0, len(ids), 500):
            some = ids[start : start + 500]
            found = self._read(f"SELECT id, signature FROM {self._signatures} WHERE id IN ({self._marks(some)})", some)  # noqa: S608
            keys = [(key, number) for number, one in found for key in bands(bytes(one))]
            self._many(f"DELETE FROM {self._bands} WHERE band = {self._mark} AND id = {self._mark}", keys)  # noqa: S608
            self._many(f"DELETE FROM {self._signatures} WHERE id = {self._mark}", [(number,) for number, _ in found])  # noqa: S608

    def find(self, text: str, threshold: float = NEAR, top: int = 10) -> list[tuple[int, float]]:
        """(id, likeness) of at most `top` near-copies of `text`, the nearest first, then the newest."""
        asked = signature(text, self._key)
        keys = bands(asked)
        if not keys:
            return []
        of_one = f"SELECT id FROM (SELECT id FROM {self._bands} WHERE band = {self._mark} ORDER BY id DESC LIMIT {HOTTEST}) AS newest"  # noqa: S608
        met = Counter(row[0] for row in self._read(" UNION ALL ".join([of_one] * len(keys)), keys))
        nearest = sorted(met, key=lambda number: (-met[number], -number))[:MOST_COMPARED]
        if not nearest:
            return []
        found = self._read(f"SELECT id, signature FROM {self._signatures} WHERE id IN ({self._marks(nearest)})", nearest)  # noqa: S608
        liked = [(number, similarity(asked, bytes(one))) for number, one in found]
        return sorted([pair for pair in liked if pair[1] >= threshold], key=lambda pair: (-pair[1], -pair[0]))[:top]

    def _marks(self, values: Sequence[object]) -> str:
        return ", ".join([self._mark] * len(values))

    def _run(self, sql: str) -> None:
        self._read(sql, (), rows=False)

    def _many(self, sql: str, rows: Sequence[Sequence[Any]]) -> None:
        if rows:
            cursor: Cursor = self._connection.cursor()
            try:
                cursor.executemany(sql, rows)
            finally:
                cursor.close()

    def _read(self, sql: str, parameters: Sequence[Any], rows: bool = True) -> list[Any]:
        cursor: Cursor = self._connection.cursor()
        try:
            cursor.execute(sql, parameters)
            return list(cursor.fetchall()) if rows else []
        finally:
            cursor.close()
