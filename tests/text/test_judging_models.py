"""Splits keep near copies together, figures are what they say, cards tell what changed, and one can go back."""

from __future__ import annotations

import csv
import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from tongban.letters.commands.text import text as command
from tongban.text import train
from tongban.text.confidence import Curve, isotonic
from tongban.text.evaluating import disagreement, evaluate
from tongban.text.grouping import folds, groups
from tongban.text.model_card import card, divergence, drift, markdown
from tongban.text.models_folder import go_back, in_use, keep
from tongban.text.scores import accuracy, confusions, coverage_at, macro_f1

from .letters_of_our_own import NAMES, TREE, letters


def test_copies_and_near_copies_share_a_group():
    text = "尊敬的领导，城南老街整条街的路灯坏了一半，晚上没有路灯走路害怕，请尽快派人来修"
    other = "孩子今年上小学，报名需要什么材料，外地户口能不能在这里入学，学位够不够"
    found = groups([text, other, text, text + "，谢谢", other.replace("今年", "明年"), ""])
    assert found[0] == found[2] == found[3]
    assert found[1] == found[4]
    assert len({found[0], found[1], found[5]}) == 3


@given(
    st.lists(st.tuples(st.integers(0, 12), st.integers(0, 3)), min_size=1, max_size=80),
    st.integers(2, 5),
    st.integers(0, 9),
)
@settings(max_examples=80)
def test_a_split_keeps_every_group_on_one_side(pairs, count, seed):
    group, labels = (np.array(column, np.int64) for column in zip(*pairs, strict=True))
    fold = folds(group, labels, count, seed)
    assert set(fold.tolist()) <= set(range(count))
    assert all(len(np.unique(fold[group == which])) == 1 for which in np.unique(group))
    assert (fold == folds(group, labels, count, seed)).all()


def test_figures_are_what_they_say():
    truth, said = np.array([0, 0, 1, 1, 2]), np.array([0, 1, 1, 1, 0])
    assert accuracy(truth, said) == pytest.approx(0.6)
    assert macro_f1(truth, said) == pytest.approx((0.5 + 0.8 + 0) / 3)
    assert confusions(truth, said) == [(0, 1, 1), (2, 0, 1)]
    assert coverage_at(1.0, truth == said, np.array([5.0, 1, 4, 3, 2])) == pytest.approx(0.6)
    assert disagreement(np.array([0, 0, 0, 3, 4]), np.array([1, 1, 2, 0, 0])) == {
        "groups": 1,
        "letters": 3,
        "groups_that_disagree": 1,
        "letters_in_the_minority": 1,
    }


@given(st.lists(st.tuples(st.floats(-2, 4), st.booleans()), min_size=100, max_size=300))
@settings(max_examples=40)
def test_confidence_never_falls_as_the_lead_grows_and_thresholds_keep_their_word(pairs):
    leads = np.array([[lead] for lead, _ in pairs])
    right = np.array([[hit] for _, hit in pairs])
    curve = Curve.learned(leads, right)
    assert (np.diff(isotonic(leads.ravel(), right.ravel())[1]) >= 0).all()
    assert (np.diff(curve.probability(np.linspace(-3, 5, 50))) > 0).all()
    for error in (0.5, 0.2, 0.05):
        above = curve.probability(curve.seen) >= curve.threshold(error)
        assert not above.any() or (~curve.right[above]).mean() <= error


def test_the_model_is_better_than_what_stands_beside_it():
    found = evaluate(letters(160), {**TREE}, count=2)
    figures = found["methods"]
    assert figures["model"]["accuracy"] >= figures["search"]["accuracy"]
    assert figures["model"]["macro_f1"] > 0.9
    assert set(figures) == {"model", "naive Bayes", "search"}


def test_too_few_letters_to_judge_by():
    with pytest.raises(ValueError, match="too few"):
        evaluate(letters(8), TREE)


def test_the_card_tells_what_lacks_letters_and_what_changed():
    before = train(letters(120), TREE, texts=NAMES, made="2026-01-01")
    after = train([each for each in letters(240) if each.code != "噪声"], TREE, texts=NAMES, made="2026-06-01")
    facts = card(after, before, 1234, {"噪声": "噪声扰民"})
    assert facts["lack_examples"] == {"噪声": 0}
    assert facts["drift"]["matters"] > 0.05
    assert facts["drift"]["matters_changed"][0][0] == "噪声"
    assert drift(after, after)["words"] == 0
    shown = markdown(facts)
    assert "噪声扰民 (噪声) | 0 |" in shown
    assert "2026-01-01" in shown
    json.dumps(facts)


@given(st.dictionaries(st.sampled_from("abcd"), st.floats(0.01, 1), min_size=1))
def test_divergence_is_nothing_from_itself_and_at_most_one(counts):
    total = sum(counts.values())
    shares = {name: value / total for name, value in counts.items()}
    assert divergence(shares, shares) == pytest.approx(0)
    assert divergence(shares, {"z": 1.0}) == pytest.approx(1)


def test_one_can_go_back_to_the_last_model(tmp_path):
    first, second = (train(letters(40, seed), TREE, texts=NAMES) for seed in (1, 2))
    keep(first, tmp_path)
    keep(second, tmp_path)
    text = letters(1, 5)[0].text
    assert in_use(tmp_path).suggest(text) == second.suggest(text)
    go_back(tmp_path)
    assert in_use(tmp_path).suggest(text) == first.suggest(text)
    go_back(tmp_path)
    assert in_use(tmp_path).suggest(text) == second.suggest(text)
    assert sorted(each.name for each in tmp_path.iterdir()) == ["current", "previous"]


@pytest.fixture
def files(tmp_path):
    with (tmp_path / "letters.csv").open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["row", "label", "subject", "detail"])
        writer.writerows([each.id, each.code, each.subject, each.text] for each in letters(120))
        writer.writerow(["x", "", "", "没有事项"])
    with (tmp_path / "matters.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["code", "parent", "name", "description"])
        writer.writerows([code, parent or "", code, ""] for code, parent in TREE.items())
    return tmp_path


def test_the_command_trains_keeps_and_goes_back(files):
    run = CliRunner()
    arguments = [
        "train",
        str(files / "letters.csv"),
        "--models",
        str(files / "models"),
        "--matters",
        str(files / "matters.csv"),
    ]
    for _ in range(2):
        found = run.invoke(command, arguments)
        assert found.exit_code == 0, found.output
        assert "120 letters" in found.output
    assert "line 122: no label" in found.output
    assert (files / "models/previous/card.json").exists()
    assert run.invoke(command, ["back", str(files / "models")]).exit_code == 0
    judged = run.invoke(command, ["evaluate", str(files / "letters.csv"), "--folds", "2"])
    assert judged.exit_code == 0, judged.output
    assert '"macro_f1"' in judged.output


def test_the_command_says_what_is_wrong_with_a_file(files):
    (files / "bad.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    (files / "gb.csv").write_bytes("label,text\n照明,路灯\n".encode("gb18030"))
    run = CliRunner()
    for name, said in (("bad.csv", "needs the columns"), ("gb.csv", "UTF-8"), ("none.csv", "No such file")):
        found = run.invoke(command, ["train", str(files / name), "--models", str(files / "models")])
        assert found.exit_code == 1
        assert said in found.output
