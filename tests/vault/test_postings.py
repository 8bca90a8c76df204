"""Posting lists keep what was put into them, and a part is read without the rest; sealed pages
open in their place alone."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongban.vault import postings, sealed_pages
from tongban.vault.keyring import KeyRing, KeyRingError, new_key

RING = KeyRing.parse(new_key(), new_key())
codes = st.one_of(st.integers(0, 30), st.integers(0, 2**postings.CODE_BITS - 1))
pairs = st.lists(st.tuples(codes, st.integers(0, 2**postings.DOC_BITS - 1)), max_size=200)


@given(pairs)
def test_every_code_is_read_back_with_its_documents(some):
    keys = postings.keys_of(
        np.array([code for code, _ in some], np.uint64), np.array([doc for _, doc in some], np.int64)
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(postings, "CHUNK", 5)
        content, size = postings.pack(keys, 3, {"x": np.arange(3, dtype="<u2")}, {"a": 1})
    head = postings.read_head(content[:size])
    assert (head.docs, dict(head.about)) == (3, {"a": 1})
    assert postings.all_keys(head, content).tolist() == keys.tolist()
    assert postings.column(head, "x", content[slice(*postings.stretch(head, "x"))]).tolist() == [0, 1, 2]
    for low, high in ((0, 10), (5, 5), (0, 2**postings.CODE_BITS - 1), *((code, code) for code, _ in some[:5])):
        found = set()
        for chunk in head.chunks_of(low, high):
            first, last, lengths = postings.found_in(
                head, chunk, content[int(head.chunks[chunk]) : int(head.chunks[chunk + 1])], low, high
            )
            found.update(postings.documents(content[first:last], lengths).tolist())
        assert found == {doc for code, doc in some if low <= code <= high}


@given(st.lists(st.integers(0, 2**63 - 1), max_size=50))
def test_numbers_are_packed_and_unpacked(values):
    packed, sizes = postings.varints(np.array(values, np.uint64))
    assert postings.unpacked(packed).tolist() == values
    assert int(sizes.sum()) == len(packed)


@pytest.mark.parametrize("size", [0, 1, 1_024, 1_025, 16_384, 16_385, 50_000])
def test_pages_have_few_sizes_and_hold_what_was_sealed(size):
    content = random.Random(size).randbytes(size)
    pages = sealed_pages.seal_pages(RING, "t", "name", content)
    opened = (
        b"".join(sealed_pages.open_page(RING, "t", "name", number, page) for number, page in enumerate(pages))
        if size
        else b""
    )
    assert opened[:size] == content
    assert {len(page) - 33 for page in pages} <= set(sealed_pages.CLASSES)
    if size > sealed_pages.PAGE:
        assert {len(page) - 33 for page in pages} == {sealed_pages.PAGE}


def test_a_page_opens_in_its_place_alone():
    one, other = sealed_pages.seal_pages(RING, "t", "name", bytes(20_000))
    assert sealed_pages.open_page(RING, "t", "name", 1, other)[:1] == b"\0"
    for kind, name, number, page in (("t", "name", 0, other), ("t", "other", 0, one), ("u", "name", 0, one)):
        with pytest.raises(KeyRingError):
            sealed_pages.open_page(RING, kind, name, number, page)
