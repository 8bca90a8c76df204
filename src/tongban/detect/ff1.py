"""Format-preserving encryption FF1 (NIST SP 800-38G, 2016) over numerals of any radix, with AES from `cryptography`.

Not for domains below a million values (the standard's own limit since Rev. 1): `replacing`
widens or leaves such values.
"""

from __future__ import annotations

from collections.abc import Sequence

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

LEAST = 1_000_000


def encrypt(key: bytes, tweak: bytes, numerals: Sequence[int], radix: int) -> list[int]:
    """As many numerals below `radix` as were given. `key`: 16, 24 or 32 bytes. ValueError for
    too few or wrong numerals."""
    return _ff1(key, tweak, numerals, radix, range(10), 1)


def decrypt(key: bytes, tweak: bytes, numerals: Sequence[int], radix: int) -> list[int]:
    """The reverse of `encrypt`."""
    return _ff1(key, tweak, numerals, radix, range(9, -1, -1), -1)


def _ff1(key: bytes, tweak: bytes, numerals: Sequence[int], radix: int, rounds: range, sign: int) -> list[int]:
    n = len(numerals)
    if not 2 <= radix <= 65_536 or n < 2 or radix**n < LEAST or any(not 0 <= numeral < radix for numeral in numerals):
        raise ValueError("numerals too few, or not below the radix")
    u = n // 2
    v = n - u
    b = (((radix**v - 1).bit_length()) + 7) // 8
    d = 4 * ((b + 3) // 4) + 4
    fixed = (
        bytes([1, 2, 1])
        + radix.to_bytes(3, "big")
        + bytes([10, u % 256])
        + n.to_bytes(4, "big")
        + len(tweak).to_bytes(4, "big")
    )
    padded = tweak + bytes((-len(tweak) - b - 1) % 16)
    cipher = Cipher(algorithms.AES(key), modes.ECB())  # noqa: S305 - the block function that the standard's PRF is made of
    mac = cipher.encryptor().update
    first = int.from_bytes(mac(fixed))
    a, c = _number(numerals[:u], radix), _number(numerals[u:], radix)
    for i in rounds:
        size = u if i % 2 == 0 else v
        source = c if sign == 1 else a
        message = padded + bytes([i]) + source.to_bytes(b, "big")
        block = first
        for at in range(0, len(message), 16):
            block = int.from_bytes(mac((block ^ int.from_bytes(message[at : at + 16])).to_bytes(16)))
        stream = block.to_bytes(16)
        for j in range(1, (d + 15) // 16):
            stream += mac((block ^ j).to_bytes(16))
        y = int.from_bytes(stream[:d], "big")
        if sign == 1:
            a, c = c, (a + y) % radix**size
        else:
            a, c = (c - y) % radix**size, a
    return _numerals(a, radix, u) + _numerals(c, radix, v)


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
