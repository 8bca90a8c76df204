"""64-bit hashes of names, so formed that those of all suffixes of a text come from one running sum.

hash(s) = Σ s[i]·P^(n−1−i) · M, mod 2^64, over the bytes of s, finished by a mixing multiplication. Not for secrets, and
not collision-free against whoever tries: a hit is always compared letter by letter.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.uint64]
Bytes = npt.NDArray[np.uint8]
BASE = 0x9E3779B97F4A7C15
_INVERSE = pow(BASE, -1, 1 << 64)
_MIX = 0xD6E8FEB86659FD93
_MASK = (1 << 64) - 1
_CHUNK = 1 << 20
"""So many bytes are summed at once; powers are kept for as many."""


class Powers:
    """BASE^−i mod 2^64 for i below a length, made once and grown when needed."""

    _kept: Array = np.ones(1, dtype=np.uint64)

    @classmethod
    def inverse(cls, number: int) -> Array:
        """The first `number` powers of the inverse of BASE."""
        if len(cls._kept) < number:
            size = max(number, 1 << 16)
            powers = np.full(size, _INVERSE, dtype=np.uint64)
            powers[0] = 1
            cls._kept = np.multiply.accumulate(powers)
        return cls._kept[:number]


def hash_of(name: str) -> int:
    """The hash of one ASCII name."""
    total = 0
    for byte in name.encode("ascii"):
        total = (total * BASE + byte + 1) & _MASK
    return _mixed(total)


def hashes_of_lines(text: Bytes, starts: npt.NDArray[np.uint32], lengths: npt.NDArray[np.uint32]) -> Array:
    """The hashes of the stretches of `text` that begin at `starts`; both ascending and not overlapping."""
    found = np.empty(len(starts), dtype=np.uint64)
    row = 0
    while row < len(starts):
        begin = int(starts[row])
        last = max(row + 1, int(np.searchsorted(starts, begin + _CHUNK)))
        end = int(starts[last - 1]) + int(lengths[last - 1])
        sums = _sums(text[begin:end])
        first, stop = (
            starts[row:last].astype(np.int64) - begin,
            starts[row:last].astype(np.int64) + lengths[row:last] - begin,
        )
        found[row:last] = _stretch(sums, first, stop)
        row = last
    return found


def suffix_hashes(raw: Bytes) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.int64], Array]:
    """Every suffix at a label of hosts that stand one a line: (line, begin, end, hash), the longest of a line first."""
    line_ends = np.append(np.flatnonzero(raw == 10), len(raw))
    cuts = np.flatnonzero((raw == 46) | (raw == 10)) + 1
    begins = np.concatenate([np.zeros(1, dtype=np.int64), cuts])
    owners = np.searchsorted(line_ends, begins)
    ends = line_ends[np.minimum(owners, len(line_ends) - 1)]
    real = begins < ends
    begins, ends, owners = begins[real], ends[real], owners[real]
    return owners, begins, ends, _stretch(_sums(raw), begins, ends)


def _sums(raw: Bytes) -> Array:
    """Running sums: S[i] = Σ_{j<i} (raw[j]+1)·BASE^−j, so that any stretch is a difference."""
    sums = np.empty(len(raw) + 1, dtype=np.uint64)
    sums[0] = 0
    np.cumsum((raw.astype(np.uint64) + np.uint64(1)) * Powers.inverse(len(raw)), out=sums[1:])
    return sums


def _stretch(sums: Array, begins: npt.NDArray[np.int64], ends: npt.NDArray[np.int64]) -> Array:
    """Σ_{begin≤j<end} (raw[j]+1)·BASE^(end−1−j): the difference, brought to the stretch's own end."""
    scale = _powers(int(ends.max()) if len(ends) else 1)[np.maximum(ends - 1, 0)]
    with np.errstate(over="ignore"):
        total = (sums[ends] - sums[begins]) * scale
        total = (total ^ (total >> np.uint64(32))) * np.uint64(_MIX)
        mixed: Array = total ^ (total >> np.uint64(32))
    return mixed


_forward: Array = np.ones(1, dtype=np.uint64)


def _powers(number: int) -> Array:
    global _forward
    if len(_forward) < number:
        powers = np.full(max(number, 1 << 16), BASE, dtype=np.uint64)
        powers[0] = 1
        _forward = np.multiply.accumulate(powers)
    return _forward


def _mixed(total: int) -> int:
    total = ((total ^ (total >> 32)) * _MIX) & _MASK
    return total ^ (total >> 32)
