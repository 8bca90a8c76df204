"""Trees of every shape: what the tiles say, what the definition says, and proofs that hold only where they should."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongban.merkle import (
    EMPTY_ROOT,
    Edge,
    Tiles,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    node_hash,
    root_of,
    verify_consistency,
    verify_inclusion,
)
from tongban.merkle.errors import BadProof, Malformed

LEAVES = [leaf_hash(b"%d" % number) for number in range(70_000)]


def definition(leaves: list[bytes]) -> bytes:
    """MTH, as RFC 6962 §2.1 writes it."""
    if not leaves:
        return EMPTY_ROOT
    if len(leaves) == 1:
        return leaves[0]
    k = 1 << ((len(leaves) - 1).bit_length() - 1)
    return node_hash(definition(leaves[:k]), definition(leaves[k:]))


def grown(sizes: list[int]) -> tuple[Edge, dict[tuple[int, int], bytes]]:
    edge, tiles, at = Edge(0), {}, 0
    for size in sizes:
        tiles.update(edge.append(LEAVES[at : at + size]))
        at += size
    return edge, tiles


def reader(tiles: dict[tuple[int, int], bytes], size: int) -> Tiles:
    return Tiles(lambda level, number, width: tiles[(level, number)][: 32 * width], size)


@given(st.lists(st.integers(0, 700), max_size=6))
def test_however_it_grew_the_root_is_that_of_the_definition(sizes):
    edge, tiles = grown(sizes)
    assert edge.root() == definition(LEAVES[: edge.size])
    assert root_of(reader(tiles, edge.size), edge.size) == edge.root()
    again = Edge(edge.size, edge.tiles)
    assert again.root() == edge.root()


@given(st.integers(1, 1500), st.data())
def test_any_entry_of_any_tree_is_proved_and_no_other_in_its_place(size, data):
    _edge, tiles = grown([1500])
    index = data.draw(st.integers(0, size - 1))
    found = reader(tiles, size)
    root, proof = root_of(found, size), inclusion_proof(found, index, size)
    verify_inclusion(LEAVES[index], index, size, proof, root)
    other = data.draw(st.integers(0, size - 1).filter(lambda i: i != index)) if size > 1 else None
    if other is not None:
        with pytest.raises(BadProof):
            verify_inclusion(LEAVES[other], index, size, proof, root)
        with pytest.raises(BadProof):
            verify_inclusion(LEAVES[index], other, size, proof, root)
    with pytest.raises(BadProof):
        verify_inclusion(LEAVES[index], index, size, [*proof, LEAVES[0]], root)
    if proof:
        with pytest.raises(BadProof):
            verify_inclusion(LEAVES[index], index, size, proof[:-1], root)


@given(st.integers(0, 1500), st.integers(0, 1500), st.data())
def test_any_pair_of_sizes_is_proved_and_a_changed_proof_is_not(one, other, data):
    old, new = sorted((one, other))
    _edge, tiles = grown([1500])
    before, after = root_of(reader(tiles, old), old), root_of(reader(tiles, new), new)
    proof = consistency_proof(reader(tiles, new), old, new)
    verify_consistency(old, new, proof, before, after)
    if proof:
        at = data.draw(st.integers(0, len(proof) - 1))
        broken = [*proof]
        broken[at] = bytes([broken[at][0] ^ 1]) + broken[at][1:]
        for wrong in (broken, proof[:-1], [*proof, LEAVES[0]], []):
            with pytest.raises(BadProof):
                verify_consistency(old, new, wrong, before, after)
    if old not in (0, new):
        with pytest.raises(BadProof):
            verify_consistency(old, new, proof, LEAVES[5], after)
        with pytest.raises(BadProof):
            verify_consistency(old, new, proof, before, LEAVES[5])


def test_seventy_thousand_entries_have_the_tiles_that_the_specification_counts():
    """tlog-tiles: 273 full level 0 tiles and one of 112, one full level 1 tile and one of 17, one level 2 tile of 1."""
    edge, tiles = grown([70_000])
    widths = {key: len(raw) // 32 for key, raw in tiles.items()}
    assert sum(1 for (level, _), width in widths.items() if level == 0 and width == 256) == 273
    assert (widths[(0, 273)], widths[(1, 0)], widths[(1, 1)], widths[(2, 0)]) == (112, 256, 17, 1)
    assert edge.root() == definition(LEAVES)


def test_256_entries_have_a_full_tile_and_one_hash_above_it():
    _edge, tiles = grown([256])
    assert {key: len(raw) // 32 for key, raw in tiles.items()} == {(0, 0): 256, (1, 0): 1}


@pytest.mark.parametrize("length", [0, 31, 33, 64])
def test_a_hash_of_another_length_is_refused_everywhere(length):
    bad = b"x" * length
    with pytest.raises(Malformed):
        node_hash(bad, LEAVES[0])
    with pytest.raises(Malformed):
        verify_inclusion(bad, 0, 1, [], LEAVES[0])
    with pytest.raises(Malformed):
        verify_inclusion(LEAVES[0], 0, 2, [bad], LEAVES[0])
    with pytest.raises(Malformed):
        verify_consistency(1, 2, [bad], LEAVES[0], LEAVES[1])
    with pytest.raises(Malformed):
        Edge(1, [[bad]])


def test_an_edge_that_does_not_fit_its_size_is_refused():
    with pytest.raises(Malformed):
        Edge(300, [[LEAVES[0]] * 44])
    with pytest.raises(Malformed):
        Edge(3, [[LEAVES[0]] * 2])


def test_a_tile_that_is_too_narrow_is_refused():
    _edge, tiles = grown([300])
    narrow = Tiles(lambda level, number, width: tiles[(level, number)][: 32 * (width - 1)], 300)
    with pytest.raises(Malformed):
        root_of(narrow, 300)


def test_there_is_no_proof_for_what_is_not_there():
    _edge, tiles = grown([10])
    for index, size in ((10, 10), (-1, 10), (0, 0)):
        with pytest.raises(ValueError, match="not in a tree"):
            inclusion_proof(reader(tiles, 10), index, size)
    with pytest.raises(ValueError, match="no consistency proof"):
        consistency_proof(reader(tiles, 10), 11, 10)
    with pytest.raises(BadProof):
        verify_consistency(11, 10, [], LEAVES[0], LEAVES[0])
    with pytest.raises(BadProof):
        verify_consistency(0, 10, [], LEAVES[0], LEAVES[0])
