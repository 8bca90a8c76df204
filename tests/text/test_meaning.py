"""The second look at a letter: what it learns is what it says it is, and it stays out where there are few letters."""

from __future__ import annotations

import io
import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tongban.text import MatterModel, ModelFileError, load, meaning, save, sparse, train
from tongban.text.features import Letters
from tongban.text.margins import Tree
from tongban.text.model_card import card, markdown
from tongban.text.model_file import fingerprint

from .letters_of_our_own import NAMES, SENTENCES, TREE, letters

words = st.lists(
    st.sampled_from([sentence for some in SENTENCES.values() for sentence in some] + ["，", "ABC ", "\n"]), max_size=8
).map("".join)


@pytest.fixture(scope="module")
def model() -> MatterModel:
    return train(letters(560), TREE, texts=NAMES, made="2026-01-01")


def test_it_speaks_of_siblings_with_many_letters_only(model):
    assert model.meaning is not None
    assert (
        [model.tree.codes[code] for code in model.meaning.codes]
        == model.about["second_look"]
        == sorted(code for code in TREE if TREE[code] is None)
    )
    assert "a second look (docs/rooms/text.md) at 2 matters: 市政, 民生" in markdown(card(model))
    small = train(letters(200), TREE, texts=NAMES)
    assert small.meaning is None
    assert "second look" not in markdown(card(small))
    assert train([], TREE, texts=NAMES).meaning is None


@given(st.lists(words, max_size=5))
@settings(max_examples=25, deadline=None)
def test_many_at_once_are_as_one_by_one(model, texts):
    for text, found in zip(texts, model.suggest_many(texts), strict=True):
        alone = model.suggest(text)
        assert [each.code for each in alone] == [each.code for each in found]
        assert [each.score for each in alone] == pytest.approx([each.score for each in found], abs=2e-4)


def test_the_same_letters_and_seed_give_the_same_file(model):
    assert fingerprint(train(letters(560), TREE, texts=NAMES, made="2026-01-01")) == fingerprint(model)


def test_a_loaded_model_answers_as_the_saved_one_and_keeps_no_letter(model, tmp_path):
    file = tmp_path / "model.npz"
    digest = save(model, file)
    loaded = load(file)
    assert fingerprint(loaded) == digest
    texts = [each.whole for each in letters(40, 7)]
    assert list(loaded.suggest_many(texts)) == list(model.suggest_many(texts))
    with np.load(file) as opened:
        assert json.loads(opened["header"].tobytes())["version"] == 2
        held = {name: opened[name].shape for name in opened.files if name.startswith("meaning.")}
    assert len(held) == 9
    assert not any(
        size >= 500
        for name, shape in held.items()
        for size in shape
        if name not in ("meaning.features", "meaning.places", "meaning.scales")
    )


def test_a_model_without_it_is_written_as_before_and_read(tmp_path):
    file = tmp_path / "model.npz"
    small = train(letters(80), TREE)
    save(small, file)
    with np.load(file) as opened:
        assert json.loads(opened["header"].tobytes())["version"] == 1
        assert not any(name.startswith("meaning.") for name in opened.files)
    assert load(file).meaning is None


@pytest.mark.parametrize(("name", "change"), [
    ("squares", lambda array: array[:, :, :-1]), ("signs", lambda array: array[:-1]),
    ("base", lambda array: array[:-1]),
    ("codes", lambda array: array + 100), ("features", lambda array: array[:-1]), ("places", None),
])  # fmt: skip
def test_a_file_whose_parts_do_not_fit_is_refused(model, tmp_path, name, change):
    file = tmp_path / "model.npz"
    save(model, file)
    with np.load(io.BytesIO(file.read_bytes())) as opened:
        arrays = dict(opened)
    array = arrays.pop(f"meaning.{name}")
    if change is not None:
        arrays[f"meaning.{name}"] = change(array)
    np.savez_compressed(file, **arrays)
    with pytest.raises(ModelFileError, match="damaged"):
        load(file)


def _some(count: int, width: int, seed: int) -> np.ndarray:
    found = np.random.default_rng(seed).standard_normal((count, width)).astype(np.float32)
    return found / np.linalg.norm(found, axis=1, keepdims=True)


def test_its_forms_are_kernel_ridge_regression(monkeypatch):
    monkeypatch.setattr(meaning, "NEAR_ENOUGH", 1e-5)
    where, other, meant = _some(80, 6, 0), _some(9, 6, 1), np.eye(3, dtype=bool)[np.arange(80) % 3]
    squares, signs, slopes, base = meaning._forms(where, meant, 6)
    said = (
        np.einsum("ncs,cs->nc", (other @ squares.reshape(-1, 6).T).reshape(9, 3, 6) ** 2, signs)
        + other @ slopes.T
        + base
    )

    def near(cosine):
        return 1 + 2 * cosine + 2 * cosine**2

    wanted = np.where(meant, 1.0, -1.0)
    pull = np.linalg.solve(near(where @ where.T) + meaning.RIDGE * np.eye(80), wanted - wanted.mean(axis=0))
    assert said == pytest.approx(near(other @ where.T) @ pull + wanted.mean(axis=0), abs=0.01)


def _sparse(full: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rows, columns = np.nonzero(full)
    return (
        np.concatenate([[0], np.cumsum(np.bincount(rows, minlength=len(full)))]),
        columns,
        full[rows, columns].astype(np.float32),
    )


@given(st.integers(1, 9), st.integers(1, 12), st.integers(0, 99), st.booleans())
@settings(max_examples=40, deadline=None)
def test_sparse_products_are_those_of_full_matrices(height, width, seed, quick):
    chance = np.random.default_rng(seed)
    full = np.where(chance.random((height, width)) < 0.6, chance.standard_normal((height, width)), 0).astype(np.float32)
    right, left = (
        chance.standard_normal((width, 5)).astype(np.float32),
        chance.standard_normal((height, 3)).astype(np.float32),
    )
    matrix = _sparse(full)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sparse, "FAST", quick)
        assert sparse.times(*matrix, right) == pytest.approx(full @ right, abs=1e-4)
        assert sparse.times(*sparse.turned(*matrix, width), left) == pytest.approx(full.T @ left, abs=1e-4)


@given(st.integers(1, 9), st.integers(0, 99))
@settings(max_examples=30, deadline=None)
def test_where_a_letter_lies_is_the_same_however_it_is_reckoned(height, seed):
    chance = np.random.default_rng(seed)
    full = np.where(chance.random((height, 12)) < 0.6, chance.random((height, 12)), 0).astype(np.float32)
    some = Letters(*_sparse(full), np.ones(height, np.float32))
    rows = np.where(np.arange(12) % 3 == 1, -1, np.cumsum(np.arange(12) % 3 != 1) - 1)
    places, scales = chance.integers(-127, 128, (8, 5)).astype(np.int8), chance.random(8).astype(np.float32)
    wanted = full[:, rows >= 0] @ (places * scales[:, None])
    for quick in (True, False):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(sparse, "FAST", quick)
            assert sparse.placed(some, rows, places, scales) == pytest.approx(wanted, abs=1e-3)
            assert sparse.placed(some, rows, places, scales, np.array([height - 1])) == pytest.approx(
                wanted[-1:], abs=1e-3
            )


def test_its_directions_are_those_in_which_letters_differ_most():
    chance = np.random.default_rng(3)
    full = (chance.standard_normal((300, 8)) * 3.0 ** -np.arange(8)) @ np.linalg.qr(chance.standard_normal((40, 8)))[
        0
    ].T
    matrix = _sparse(full)
    found = meaning._directions(matrix, sparse.turned(*matrix, 40), 0)
    true = np.linalg.svd(full)[2][: found.shape[1]]
    assert 6 <= found.shape[1] <= 8
    assert np.abs(np.diag(true @ found))[:6] == pytest.approx(np.ones(6), abs=1e-2)


def test_a_feature_tells_as_much_as_its_letters_differ_from_the_usual_ones():
    own = np.array([0] * 50 + [1] * 50)
    full = np.zeros((100, 3), np.float32)
    full[:20, 0] = full[40:60, 1] = full[:4, 2] = 1
    stops, rows, _values = sparse.turned(*_sparse(full), 3)
    one_sided, even, rare = meaning._divergence(stops, rows, own, np.array([0.5, 0.5]), meaning.PRIOR)
    assert even == pytest.approx(0, abs=1e-9)
    assert one_sided > rare > 0.01
    assert one_sided == pytest.approx(25 / 30 * np.log(25 / 15) + 5 / 30 * np.log(5 / 15))


def test_it_is_left_out_where_it_does_harm():
    tree = Tree.of({"a": None, "b": None, "a1": "a", "a2": "a"})
    labels = np.array([tree.codes.index(code) for code in ("a1", "a2", "b", "a1")])
    good, bad = (np.where(tree.paths(labels), side, -side).astype(np.float32) for side in (1.0, -1.0))
    both = good.copy()
    below = [tree.codes.index(code) for code in ("a1", "a2")]
    both[:, below] = bad[:, below]
    kept = meaning.worth_keeping(good, both, tree, labels)
    assert [code for code, keep in zip(tree.codes, kept, strict=True) if keep] == ["a", "b"]


def test_a_part_of_what_it_speaks_of_can_be_dropped(model):
    keep = np.arange(len(model.tree.codes)) == model.meaning.codes[1]
    part = model.meaning.kept_for(keep)
    some = model.space.letters([each.whole for each in letters(6, 3)])
    assert part.margins(some)[:, 0] == pytest.approx(model.meaning.margins(some)[:, 1], abs=1e-5)
    margins = np.ones((6, len(model.tree.codes)), np.float32)
    assert (part.beside(margins, some)[:, ~keep] == 1).all()
    assert (part.beside(margins, some)[:, keep] != 1).any()
    assert model.meaning.kept_for(np.zeros(len(keep), bool)) is None


def _lesson(count: int) -> tuple[Letters, int, Tree, np.ndarray]:
    chance = np.random.default_rng(5)
    labels = np.arange(count) % 2
    full = (chance.random((count, 30)) < np.where(labels[:, None] == np.arange(30) % 2, 0.5, 0.1)).astype(np.float32)
    return Letters(*_sparse(full), np.ones(count, np.float32)), 30, Tree.of({"a": None, "b": None}), labels


def test_of_very_many_letters_some_teach_it(monkeypatch):
    some, features, tree, labels = _lesson(700)
    monkeypatch.setattr(meaning, "MOST_LETTERS", 300)
    monkeypatch.setattr(meaning, "LEAST_LETTERS", 200)
    first, again = (meaning.learn(some, features, tree, labels, np.arange(600), seed=4) for _ in range(2))
    assert (first.squares == again.squares).all()
    said = first.margins(some)[600:].argmax(axis=1)
    assert (said == labels[600:]).mean() > 0.9


def test_siblings_or_a_matter_with_few_letters_are_left_to_the_first():
    some, features, tree, labels = _lesson(600)
    assert meaning.learn(some, features, tree, labels, np.arange(499)) is None
    few = np.where(np.arange(600) < 590, 0, labels)
    assert meaning.learn(some, features, tree, few, np.arange(600)) is None  # one matter alone needs no telling apart
