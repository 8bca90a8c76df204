"""Inclusion and consistency proofs: made from a reader of perfect subtrees, verified from nothing but hashes.

A reader is a function (level, index) → the hash of the perfect subtree over the entries [index·2^level,
(index+1)·2^level). Sources: RFC 6962 §2.1.1, §2.1.2; verification: RFC 9162 §2.1.3.2, §2.1.4.2.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from .errors import BadProof
from .hashing import EMPTY_ROOT, checked, node_hash

Reader = Callable[[int, int], bytes]
MOST = 2**63


def _split(size: int) -> int:
    """The largest power of two smaller than `size`."""
    return 1 << ((size - 1).bit_length() - 1)


def range_hash(reader: Reader, start: int, end: int) -> bytes:
    """The Merkle tree hash of the entries [start, end), where `start` is a multiple of the range's left subtree."""
    size = end - start
    if size <= 0 or start < 0:
        raise ValueError("an empty range has no hash here")
    if size & (size - 1) == 0 and start % size == 0:
        return checked(reader(size.bit_length() - 1, start // size))
    middle = start + _split(size)
    return node_hash(range_hash(reader, start, middle), range_hash(reader, middle, end))


def root_of(reader: Reader, size: int) -> bytes:
    """The root of the tree of `size` entries."""
    return range_hash(reader, 0, size) if size else EMPTY_ROOT


def inclusion_proof(reader: Reader, index: int, size: int) -> list[bytes]:
    """PATH(index, D[size]), from the leaf's sibling up. Raises ValueError where the entry is not in the tree."""
    if not 0 <= index < size <= MOST:
        raise ValueError(f"entry {index} is not in a tree of {size}")
    path: list[bytes] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            path.append(range_hash(reader, middle, end))
            end = middle
        else:
            path.append(range_hash(reader, start, middle))
            start = middle
    return path[::-1]


def consistency_proof(reader: Reader, old: int, new: int) -> list[bytes]:
    """PROOF(old, D[new]). Empty where `old` is 0 or equal to `new`. Raises ValueError where `old` is larger."""
    if not 0 <= old <= new <= MOST:
        raise ValueError(f"there is no consistency proof from {old} to {new}")
    if old in (0, new):
        return []
    proof: list[bytes] = []
    start, end, whole = 0, new, True
    while True:
        if old == end:
            if not whole:
                proof.append(range_hash(reader, start, end))
            return proof[::-1]
        middle = start + _split(end - start)
        if old <= middle:
            proof.append(range_hash(reader, middle, end))
            end = middle
        else:
            proof.append(range_hash(reader, start, middle))
            start, whole = middle, False


def root_from_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes]) -> bytes:
    """The root that an inclusion proof leads to (RFC 9162 §2.1.3.2). Raises BadProof, Malformed."""
    if not 0 <= index < size <= MOST:
        raise BadProof(f"entry {index} is not in a tree of {size}")
    node, last, result = index, size - 1, checked(leaf, "the hash of the entry")
    for sibling in proof:
        checked(sibling, "a hash of the proof")
        if last == 0:
            raise BadProof("the inclusion proof is too long")
        if node & 1 or node == last:
            result = node_hash(sibling, result)
            while not node & 1 and node:
                node >>= 1
                last >>= 1
        else:
            result = node_hash(result, sibling)
        node >>= 1
        last >>= 1
    if last != 0:
        raise BadProof("the inclusion proof is too short")
    return result


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> None:
    """Raises BadProof where the entry with this leaf hash is not entry `index` of the tree with this root."""
    if root_from_inclusion(leaf, index, size, proof) != checked(root, "the root"):
        raise BadProof(f"the proof does not lead from entry {index} to the root of the tree of {size}")


def verify_consistency(old: int, new: int, proof: Sequence[bytes], old_root: bytes, new_root: bytes) -> None:
    """Raises BadProof where the tree of `new` entries does not begin with the tree of `old` (RFC 9162 §2.1.4.2)."""
    checked(old_root, "the old root")
    checked(new_root, "the new root")
    if not 0 <= old <= new <= MOST:
        raise BadProof(f"a log cannot shrink from {old} to {new} entries")
    for item in proof:
        checked(item, "a hash of the proof")
    if old == new:
        if proof:
            raise BadProof("two trees of one size need no proof")
        if old_root != new_root:
            raise BadProof(f"two different roots for {old} entries")
        return
    if old == 0:
        if proof:
            raise BadProof("the empty tree needs no proof")
        if old_root != EMPTY_ROOT:
            raise BadProof("the root of the empty tree is not SHA-256 of nothing")
        return
    path = list(proof)
    if not path:
        raise BadProof("the consistency proof is empty")
    if old & (old - 1) == 0:
        path.insert(0, old_root)
    node, last = old - 1, new - 1
    while node & 1:
        node >>= 1
        last >>= 1
    first = second = path[0]
    for item in path[1:]:
        if last == 0:
            raise BadProof("the consistency proof is too long")
        if node & 1 or node == last:
            first, second = node_hash(item, first), node_hash(item, second)
            while not node & 1 and node:
                node >>= 1
                last >>= 1
        else:
            second = node_hash(second, item)
        node >>= 1
        last >>= 1
    if last != 0:
        raise BadProof("the consistency proof is too short")
    if first != old_root:
        raise BadProof(f"the proof does not lead to the root of the tree of {old}")
    if second != new_root:
        raise BadProof(f"the proof does not lead to the root of the tree of {new}")
