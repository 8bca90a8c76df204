"""Topics of more letters than can be compared each with each: the same groups, and memory that does
not grow with the pairs."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from tongban.bench.memory import forget_peak, peak_bytes
from tongban.bench.topic_letters import letters as invented
from tongban.commands.main import app
from tongban.text import Letter, cluster, weighing, wide
from tongban.text.scores import b_cubed
from tongban.text.topics import days_of, fading
from tongban.text.weighing import BITS, Spread, terms_of, weighed

SCRIPT = """
import sys
sys.path[:0] = sys.argv[2:3]
from tongban.bench.memory import peak_bytes
from tongban.bench.topic_letters import letters
from tongban.text import cluster
groups = cluster([letter for letter, _ in letters(int(sys.argv[1]))], 0.15, at_once=500).groups
print(sum(map(len, groups)), peak_bytes() >> 20)
"""


def plain(**counts):
    """Every term as rare as any, but those told: how many of 99 letters hold them."""
    spread = Spread(np.full(1 << BITS, 50, np.int32), 99, np.zeros(1 << BITS, bool))
    for word, count in counts.items():
        spread.counts[terms_of([word])[1]] = count
    return spread


def truth_of(pairs):
    return {letter.id: event for letter, event in pairs}


def test_in_parts_the_groups_are_those_of_all_at_once():
    pairs = list(invented(900))
    letters = [letter for letter, _ in pairs]
    whole, parted = cluster(letters, 0.15), cluster(letters, 0.15, at_once=300)
    assert b_cubed(whole.groups, truth_of(pairs))[2] > 0.9
    assert (
        b_cubed(parted.groups, {number: place for place, group in enumerate(whole.groups) for number in group})[2]
        > 0.95
    )


def test_memory_grows_with_the_letters_and_not_with_their_pairs():
    source = str(Path(__file__).parents[2] / "src")
    seen = {}
    for count in (1_500, 6_000):
        done = subprocess.run(
            [sys.executable, "-c", SCRIPT, str(count), source], capture_output=True, text=True, check=True
        )
        letters, seen[count] = map(int, done.stdout.split())
        assert letters == count
    assert seen[6_000] < seen[1_500] + 90, seen  # a square of 6,000 alone is 144 MB, and linking takes two
    assert seen[6_000] < 1_000


def test_one_text_sent_by_everybody_brings_no_more_pairs_than_any():
    same = [Letter(number, "柳巷夜市烧烤油烟扰民，窗户不敢开。", None, "", str(number)) for number in range(3_000)]
    rows = wide._rows([letter.text for letter in same], plain(), lambda _done, _of: None)
    near = wide._nearest(rows, days_of(same), 0.1, fading, lambda _done, _of: None)
    assert near.likes.shape == (3_000, wide.STRONGEST)
    assert (near.likes > 0).sum() >= 3_000
    assert not (near.others == np.arange(3_000)[:, None])[near.likes > 0].any()
    assert sum(map(len, wide._parts(near, 500))) == 3_000


def test_no_part_is_larger_than_may_be_and_the_weakest_pair_is_the_one_that_is_lost():
    pairs = [(0, 1, 0.9), (1, 2, 0.8), (2, 3, 0.2), (3, 4, 0.7), (4, 5, 0.6)]
    near = wide.Near(np.zeros((7, 1), np.int32), np.zeros((7, 1), np.float32))
    for one, other, like in pairs:
        near.others[one], near.likes[one] = other, like
    assert sorted(part.tolist() for part in wide._parts(near, 3)) == [[0, 1, 2], [3, 4, 5]]
    assert sorted(part.tolist() for part in wide._parts(near, 6)) == [[0, 1, 2, 3, 4, 5]]


@pytest.mark.parametrize("block", [1, 3, 1_000])
def test_an_owner_counts_once_wherever_the_blocks_end(monkeypatch, block):
    monkeypatch.setattr(weighing, "BLOCK", block)
    texts = ["路灯坏了", "路灯又坏", "停车收费", "路灯", "停车难"]
    spread = Spread.of_owners(texts, np.array([4, 2, 4, 4, 2]))
    lamp, car, charge = (int(terms_of([word])[1][0]) for word in ("路灯", "停车", "收费"))
    assert (spread.letters, *spread.counts[[lamp, car, charge]].tolist()) == (2, 2, 2, 1)
    assert spread.mute[[lamp, car, charge]].tolist() == [False, False, True]
    groups = plain().of_groups(texts, np.array([0, 0, 1, 0, 1]))
    assert (groups.letters, *groups.counts[[lamp, car, charge]].tolist()) == (2, 1, 1, 1)


def test_what_nearly_every_letter_says_stays_out_of_the_second_round():
    texts = [f"长安市{word}" for word in ("路灯坏了", "停车太贵", "暖气不热", "公交太少", "垃圾成堆", "路灯不亮")]
    first = Spread.of_owners(texts, np.arange(6))
    second = first.of_groups(texts, np.arange(6))
    city, lamp = (int(terms_of([word])[1][0]) for word in ("长安", "路灯"))
    assert first.rarity(np.array([city, lamp])).tolist()[0] == 0
    assert second.rarity(np.array([city, lamp])).tolist()[0] == 0
    assert second.rarity(np.array([lamp]))[0] > 0
    one_trouble = first.of_groups(texts, np.array([0, 0, 0, 0, 0, 1]))
    assert one_trouble.counts[city] == 2


@pytest.mark.parametrize("block", [2, 1_000])
def test_a_letter_weighs_the_same_in_any_block_and_keeps_its_heaviest_terms(monkeypatch, block):
    monkeypatch.setattr(weighing, "BLOCK", block)
    texts = ["路灯坏了三天没人修", "", "路灯", "停车费又涨了"]
    found = [vectors.letter(i) for vectors in weighed(texts, plain(路灯=1), kept=2) for i in range(len(vectors))]
    assert [len(terms) for terms, _ in found] == [2, 0, 1, 2]
    assert [round(float(weights @ weights), 4) for _, weights in found] == [1, 0, 1, 1]
    assert found[2][0][0] in found[0][0]


def test_how_far_it_is_is_told_to_the_end():
    told = {}
    cluster(
        [letter for letter, _ in invented(300)],
        0.15,
        at_once=100,
        progress=lambda what, done, of: told.__setitem__(what, (done, of)),
    )
    assert len(told) == 8
    assert all(done == of == 300 for done, of in told.values())


def test_b_cubed_of_a_known_case():
    assert b_cubed([[1, 2, 3], [4]], {1: 0, 2: 0, 3: 1, 4: 1}) == (0.6667, 0.75, 0.7059)
    assert b_cubed([[1, 2], [3, 9]], {1: 0, 2: 0, 3: 1}) == (1.0, 1.0, 1.0)


def test_the_bench_says_how_right_both_ways_are_and_how_far_they_agree():
    # in a process of its own: in one that has held more before, topics may find room in what was
    # given back, and need none
    done = subprocess.run(
        [sys.executable, "-m", "tongban", "bench", "text", "--topics", "300", "--threshold", "0.12"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    assert [line.get("how") for line in lines if line.get("step") == "topics"] == ["all at once", "in parts"]
    assert lines[-1]["b_cubed_f1"] > 0.95
    assert all(line["beside_the_letters_bytes"] > 0 for line in lines if line.get("step") == "topics")


def test_the_mark_of_memory_begins_anew_where_it_is_asked_to():
    if not Path("/proc/self/clear_refs").exists():
        pytest.skip("this system keeps one mark for the whole life of a process")
    forget_peak()
    before, much = peak_bytes(), 200 << 20
    held = b"x" * much
    assert peak_bytes() - before > much // 2
    del held
    assert peak_bytes() - before > much // 2, "a mark, not what is held now"
    forget_peak()
    assert peak_bytes() - before < much // 2


def test_the_bench_needs_letters_or_a_number():
    assert CliRunner().invoke(app, ["bench", "text"]).exit_code == 2
