"""Keyed permutations without fixed points, also of a part of a domain: how `reversible` turns one number into another
and back.

The permutation is FF1's, or a keyed shuffle where the domain is below the million values that FF1 needs. It is not
applied as it is: x becomes P⁻¹(P(x) + 1), one step on a cycle that goes through the whole domain in the order that
the key gives. So no value becomes itself, and a walk that goes on until it meets a wanted value again is a
permutation of the wanted values alone. The way back is the same walk in the other direction; nothing else may stop
it, or what is turned does not come back.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Sequence
from functools import lru_cache

import numpy as np
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from . import ff1


def next_on_cycle(
    key: bytes,
    tweak: bytes,
    numerals: Sequence[int],
    radix: int,
    wanted: Callable[[list[int]], bool],
    backwards: bool = False,
) -> list[int]:
    """The next wanted numerals on the cycle from `numerals`, which are wanted themselves; the one before with
    `backwards`.

    The same as `numerals` only where nothing else is wanted. `key`: 32 bytes; `tweak`: another cycle for each. The
    walk is as long
    on average as the domain is larger than its wanted part.
    """
    size = radix ** len(numerals)
    if size < ff1.LEAST:
        ranks, order = _shuffle(key, tweak, size)
        rank = int(ranks[_number(numerals, radix)])
    else:
        rank = _number(ff1.encrypt(key, tweak, numerals, radix), radix)
    while True:
        rank = (rank + (-1 if backwards else 1)) % size
        at = _numerals(rank, radix, len(numerals))
        made = (
            _numerals(int(order[rank]), radix, len(numerals))
            if size < ff1.LEAST
            else ff1.decrypt(key, tweak, at, radix)
        )
        if wanted(made):
            return made


@lru_cache(maxsize=16)
def _shuffle(key: bytes, tweak: bytes, size: int) -> tuple[np.ndarray, np.ndarray]:
    """(value → rank, rank → value) of all values below `size`, sorted by 64 bits each of a key stream (AES in counter
    mode)."""
    own = hmac.new(key, b"small domain\x00" + size.to_bytes(4, "big") + tweak, hashlib.sha256).digest()
    stream = Cipher(algorithms.AES(own), modes.CTR(bytes(16))).encryptor().update(bytes(8 * size))
    order = np.argsort(np.frombuffer(stream, ">u8"), kind="stable")
    ranks = np.empty(size, np.int64)
    ranks[order] = np.arange(size)
    return ranks, order


def _number(numerals: Sequence[int], radix: int) -> int:
    value = 0
    for numeral in numerals:
        value = value * radix + numeral
    return value


def _numerals(value: int, radix: int, length: int) -> list[int]:
    found = [0] * length
    for at in range(length - 1, -1, -1):
        value, found[at] = divmod(value, radix)
    return found
