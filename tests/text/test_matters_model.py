"""The learned suggester: what it says, when it is silent, and that nobody can talk it into another
matter by repeating a word."""

from __future__ import annotations

import time

import numpy as np
import opencc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tongban.text import Example, MatterModel, ModelFileError, fold, load, save, train
from tongban.text.characters import MOST_CHARACTERS
from tongban.text.model_file import fingerprint

from .letters_of_our_own import NAMES, SENTENCES, TREE, letters

words = st.lists(
    st.sampled_from([sentence for some in SENTENCES.values() for sentence in some] + ["，", "😀", "ABC ", "\n"]),
    max_size=8,
).map("".join)


@pytest.fixture(scope="module")
def model() -> MatterModel:
    return train(letters(), TREE, texts=NAMES)


@pytest.mark.parametrize("code", sorted(SENTENCES))
def test_a_new_letter_gets_its_matter_with_a_confidence_and_words_of_its_own(model, code):
    letter = "您好，我家门口" + SENTENCES[code][0] + "，" + SENTENCES[code][3] + "，请处理。"
    first, *others = model.suggest(letter)
    assert first.code == code
    assert 0.5 < first.score <= 1
    assert all(first.score >= other.score for other in others)
    assert first.words
    assert all(word in letter and len(word) >= 2 for word in first.words)


@given(words)
@settings(max_examples=60, deadline=None)
def test_traditional_and_simplified_get_the_same_answer(model, text):
    traditional = opencc.OpenCC("s2t").convert(text)
    if len(fold(traditional)) == len(text) and fold(traditional) == fold(text):
        assert [(each.code, each.score) for each in model.suggest(traditional)] == [
            (each.code, each.score) for each in model.suggest(text)
        ]


@given(words)
@settings(max_examples=60, deadline=None)
def test_a_text_cut_into_words_reads_as_one_that_is_not(model, text):
    assert [(each.code, each.score) for each in model.suggest(" ".join(text))] == [
        (each.code, each.score) for each in model.suggest(text)
    ]


@given(st.lists(words, max_size=5))
@settings(max_examples=30, deadline=None)
def test_many_at_once_are_as_one_by_one(model, texts):
    one_by_one = [[(each.code, each.score) for each in model.suggest(text)] for text in texts]
    assert [[(each.code, each.score) for each in found] for found in model.suggest_many(texts)] == one_by_one


@pytest.mark.parametrize("text", ["", "   \n", "😀😀😀", "！？……", "\x00\ud800"])
def test_where_nothing_is_said_it_is_silent(model, text):
    assert model.suggest(text) == []
    assert model.decide(text, 0.5) is None


def test_english_does_not_make_it_decide(model):
    assert model.decide("Dear sir, the lamp near my house has been broken for two weeks.", 0.01) is None


def test_a_letter_of_a_megabyte_takes_no_longer_than_what_is_read_of_it(model):
    long = "巷口的路灯又不亮了，请修。" * 80_000
    began = time.perf_counter()
    assert model.suggest(long)[0].code == "照明"
    assert time.perf_counter() - began < 5
    assert len(long) > 1_000_000 > MOST_CHARACTERS


def test_repeating_one_word_of_another_matter_does_not_turn_a_letter(model):
    honest = (
        "尊敬的领导：老板拖欠我们三个月工资，干完活不给工钱，包工头躲着不见，公司不发加班费也不签合同，工地欠薪，"
        "工友们回不了家。"
    )
    assert model.suggest(honest)[0].code == "工资"
    assert model.suggest(honest + "路灯" * 500)[0].code == "工资"


def test_a_repeated_word_stops_counting(model):
    few, many = (model.space.letters(["老板拖欠工资。" + "路灯，" * count]) for count in (60, 900))
    weigh = [{int(c): float(v) for c, v in zip(some.columns, some.values, strict=True)} for some in (few, many)]
    assert weigh[0].keys() == weigh[1].keys()
    assert all(abs(weigh[0][feature] - weigh[1][feature]) < 1e-6 for feature in weigh[0])


def test_the_threshold_grows_as_the_error_that_is_accepted_falls(model):
    thresholds = [model.threshold(error) for error in (0.3, 0.1, 0.03)]
    assert thresholds == sorted(thresholds)
    sure = model.suggest("巷口的路灯又不亮了，晚上没有路灯走路害怕")[0]
    decided = model.decide("巷口的路灯又不亮了，晚上没有路灯走路害怕", 0.05)
    assert decided is not None
    assert (decided.code, decided.score) == (sure.code, sure.score)


def test_names_alone_suggest_and_decide_nothing():
    cold = train([], TREE, texts=NAMES)
    assert cold.suggest("门口的路灯不亮")[0].code == "照明"
    assert cold.suggest("被拖欠工资怎么办")[0].code == "工资"
    assert cold.threshold(0.5) == float("inf")
    assert cold.decide("门口的路灯不亮", 0.5) is None


def test_a_matter_without_letters_is_found_by_its_name():
    few = train([each for each in letters() if each.code != "入学"], TREE, texts=NAMES)
    assert "入学" in [each.code for each in few.suggest("小学报名和学区怎么定，学位够不够")]


def test_letters_of_a_level_above_teach_that_level():
    raised = [Example(each.id, each.text, TREE[each.code] or "", each.subject) for each in letters()]
    model = train(raised, TREE, texts=NAMES)
    found = model.suggest("工友们的工资被拖欠三个月")[0]
    assert TREE[found.code] == "民生"
    decided = model.decide("工友们的工资被拖欠三个月，老板拖欠我们三个月工资", 0.05)
    assert decided is None or decided.code in {"民生", found.code}


@pytest.mark.parametrize(
    ("tree", "examples", "said"),
    [
        ({"a": None}, [Example("1", "路灯", "b")], "not in the tree: b"),
        ({"a": "b"}, [Example("1", "路灯", "a")], "parent that is not there"),
        ({"a": "b", "b": "a"}, [Example("1", "路灯", "a")], "stand above themselves"),
        ({"a": None}, [], "nothing to learn from"),
    ],
)
def test_what_cannot_be_learned_is_said(tree, examples, said):
    with pytest.raises(ValueError, match=said):
        train(examples, tree)


def test_the_same_letters_and_seed_give_the_same_file(tmp_path, model):
    again = train(letters(), TREE, texts=NAMES, made=model.about["made"])
    assert fingerprint(again) == fingerprint(model)


@given(words)
@settings(max_examples=25, deadline=None)
def test_a_loaded_model_answers_as_the_saved_one(saved, text):
    model, loaded = saved
    assert loaded.suggest(text) == model.suggest(text)
    assert loaded.decide(text, 0.05) == model.decide(text, 0.05)


@pytest.fixture(scope="module")
def saved(model, tmp_path_factory):
    file = tmp_path_factory.mktemp("models") / "model.npz"
    digest = save(model, file)
    loaded = load(file)
    assert fingerprint(loaded) == digest
    first = file.read_bytes()
    save(loaded, file)
    assert file.read_bytes() == first
    return model, loaded


def test_a_damaged_file_is_refused(tmp_path, model):
    file = tmp_path / "model.npz"
    save(model, file)
    whole = file.read_bytes()
    file.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ModelFileError, match="damaged"):
        load(file)
    with np.load(__import__("io").BytesIO(whole)) as opened:
        arrays = dict(opened)
    arrays["weights"] = arrays["weights"] + np.float16(1)
    np.savez_compressed(file, **arrays)
    with pytest.raises(ModelFileError, match="hash"):
        load(file)
    with pytest.raises(ModelFileError, match="nowhere"):
        load(tmp_path / "nowhere.npz")
