"""Names, addresses and organisations in running text: what is found, what is joined, and that
cutting changes nothing."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tongban.detect.findings import Finding
from tongban.detect.people import AT_ONCE, TYPES, find_people, load

SENTENCES = (Path(__file__).parent / "people_sentences.txt").read_text("utf-8").splitlines()
MARKED = re.compile(r"\[([^\]|]*)\|([nao])\]")
KIND = {"n": "name", "a": "address", "o": "organisation"}


def marked(line: str) -> tuple[str, set[tuple[int, int, str]]]:
    """The sentence without its marks, and what they say."""
    text, spans, at = "", set(), 0
    for mark in MARKED.finditer(line):
        text += line[at : mark.start()]
        spans.add((len(text), len(text) + len(mark[1]), KIND[mark[2]]))
        text, at = text + mark[1], mark.end()
    return text + line[at:], spans


def spans(text: str) -> set[tuple[int, int, str]]:
    return {(f.start, f.end, f.type) for f in find_people(text)}


def words(text: str, kind: str) -> list[str]:
    return [text[f.start : f.end] for f in find_people(text, types={kind})]


@pytest.mark.parametrize(("kind", "least"), [("name", 0.90), ("address", 0.85), ("organisation", 0.85)])
def test_sentences_written_for_this_test_are_mostly_read_right(kind: str, least: float) -> None:
    right = found = meant = 0
    for line in SENTENCES:
        text, gold = marked(line)
        got = {s for s in spans(text) if s[2] == kind}
        want = {s for s in gold if s[2] == kind}
        right, found, meant = right + len(got & want), found + len(got), meant + len(want)
    assert 2 * right / (found + meant) >= least


def test_a_letter_with_name_and_address() -> None:
    text = "您好，我叫王建军，住在西安市雁塔区小寨东路3号院5号楼2单元501室，楼上长期漏水。"
    assert words(text, "name") == ["王建军"]
    assert words(text, "address") == ["西安市雁塔区小寨东路3号院5号楼2单元501室"]
    assert [f.why for f in find_people(text)] == ["姓名用字和上下文", "地名、道路和门牌"]


@pytest.mark.parametrize(
    "door",
    ["88号", "３号楼２单元５０１室", "5栋2单元1203", "12号院3号楼", "88号附3号", "十二号", "B座1801室", "7号楼#502"],
)
def test_doors_and_rooms_belong_to_the_address(door: str) -> None:
    text = f"我家住在北京市朝阳区建国路{door}，请尽快处理。"
    assert words(text, "address")[0].startswith("北京市朝阳区建国路")
    assert any(w.endswith(door[-2:]) for w in words(text, "address"))


@pytest.mark.parametrize(
    ("after", "is_in"),
    [("科技大厦1203", True), ("科技大厦1203室", True), ("科技大厦1203万元", False), ("科技大厦2031年建成", False)],
)
def test_a_room_behind_a_building_belongs_to_the_address(after: str, is_in: bool) -> None:
    found = "".join(words(f"我家住在西安市雁塔区科技路48号{after}，请尽快处理。", "address"))
    assert (("1203" in found) or ("2031" in found)) is is_in


def test_before_a_title_the_surname_is_the_name() -> None:
    assert words("尊敬的胡书记：您好！", "name") == ["胡"]
    assert words("门卫刘师傅和欧阳老师都看见了。", "name") == ["刘", "欧阳"]


def test_a_village_and_its_group_belong_to_the_township() -> None:
    assert words("我是黄花镇华楚村五组的村民，", "address") == ["黄花镇华楚村五组"]
    assert words("石桥镇的农村公路很窄。", "address") == ["石桥镇"]


def test_a_day_behind_a_city_is_no_door() -> None:
    assert words("代表团将于本月到北京12号返回。", "address") in (["北京"], [])


def test_only_the_types_that_are_asked_for() -> None:
    text, _ = marked(SENTENCES[0])
    assert {f.type for f in find_people(text, types=["name"])} == {"name"}
    assert find_people(text, types=()) == []
    with pytest.raises(ValueError, match="没有 phone"):
        find_people(text, types=["phone"])


def test_findings_are_in_order_and_apart_and_say_why() -> None:
    text = "".join(marked(line)[0] for line in SENTENCES)
    found = find_people(text)
    assert all(a.end <= b.start for a, b in pairwise(found))
    assert all(isinstance(f, Finding) and f.type in TYPES and 0 <= f.confidence <= 1 and f.why for f in found)


def test_sure_findings_are_right_more_often_than_doubtful_ones() -> None:
    sure, doubtful = [], []
    for line in SENTENCES:
        text, gold = marked(line)
        for f in find_people(text):
            (sure if f.confidence >= 0.9 else doubtful).append((f.start, f.end, f.type) in gold)
    assert sum(sure) / len(sure) > sum(doubtful) / max(1, len(doubtful))


def test_traditional_characters_are_read_as_simplified_ones() -> None:
    assert words("記者李紅光報道，歐盟委員會主席訪問了廣東省廣州市。", "name") == ["李紅光"]
    assert words("記者李紅光報道，歐盟委員會主席訪問了廣東省廣州市。", "address") == ["廣東省廣州市"]


def test_full_width_text_and_line_breaks_keep_their_places() -> None:
    text = "姓名：王建军\r\n地址：西安市雁塔区科技路１８号\r\n"
    assert words(text, "name") == ["王建军"]
    assert words(text, "address") == ["西安市雁塔区科技路１８号"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "\n\n",
        "😀",
        "😀王建军😀",
        "\ud800",
        "我叫王建军\udfff，",
        "\x00",
        "a" * 5000,
        "，" * 700,
        "王" * 2000,
        "123456" * 200,
    ],
)
def test_odd_text_is_borne(text: str) -> None:
    for f in find_people(text):
        assert 0 <= f.start < f.end <= len(text)


def test_emoji_move_nothing() -> None:
    assert words("😀😀您好，我叫王建军，谢谢。", "name") == ["王建军"]


pieces = st.lists(
    st.sampled_from([marked(line)[0] for line in SENTENCES] + ["\n", "😀。", "谢谢！", "１２３；"]),
    min_size=1,
    max_size=12,
)


@settings(max_examples=60, deadline=None)
@given(pieces, pieces)
def test_cutting_at_the_end_of_a_sentence_changes_nothing(left: list[str], right: list[str]) -> None:
    a, b = "\n".join(left) + "\n", "\n".join(right)
    assert spans(a + b) == spans(a) | {(s + len(a), e + len(a), t) for s, e, t in spans(b)}


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="王李建军北京市路号0１ABC，。\n公司在说 \U0001f600", max_size=600))
def test_any_text_gives_spans_within_it(text: str) -> None:
    found = find_people(text)
    assert all(0 <= f.start < f.end <= len(text) for f in found)
    assert all(a.end <= b.start for a, b in pairwise(found))


def test_text_longer_than_one_piece_is_read_the_same() -> None:
    once = "".join(marked(line)[0] for line in SENTENCES) + "\n"
    times = AT_ONCE // len(once) + 2
    whole = find_people(once * times)
    one = find_people(once)
    assert len(whole) == times * len(one)
    assert whole[-1].end == len(once) * (times - 1) + one[-1].end


def test_plain_python_finds_the_same_as_compiled_code() -> None:
    script = (
        "import sys; sys.path[:0] = sys.argv[1:2]\n"
        "from tongban.detect.people import find_people\n"
        "print([(f.type, f.start, f.end, f.confidence) for f in find_people(sys.stdin.read())])"
    )
    text = "\n".join(marked(line)[0] for line in SENTENCES)
    source = str(Path(__file__).parents[2] / "src")
    plain = {**os.environ, "TONGBAN_DETECT_PLAIN": "1", "PYTHONUTF8": "1"}
    answer = subprocess.run(
        [sys.executable, "-c", script, source],
        input=text,
        env=plain,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
    )
    assert answer.stdout.strip() == str([(f.type, f.start, f.end, f.confidence) for f in find_people(text)])


def test_the_model_is_read_once() -> None:
    assert load() is load()
