"""The short ways of judging a number say what the long way says: `judged` of all its parts,
and `context` byte by byte."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.detect.making import cards, credit_codes, grouped, mobiles, resident_ids, vins, wide
from tongban.detect import context, groups, judging, loops, tables

MANY = settings(max_examples=1_000, deadline=None)
words = st.sampled_from(" ".join(tables.WORDS_OF).split())
before = st.lists(
    words | st.sampled_from([*"见，。\n ：+＋(（.·é😀a1", "1.", "a+", "(+", "\ud800"]) | st.text(max_size=3), max_size=6
).map("".join)
after = st.sampled_from(["", "，", "。", "\n", ".", ".5", "、", "号", ")"])
plain = (
    mobiles
    | resident_ids
    | cards
    | credit_codes
    | st.builds("{}{}".format, st.sampled_from(["86", "0086", "0"]), mobiles)
)
phones = st.builds(
    "{}{}".format, st.sampled_from(["029", "010", "0911", "0731", "400", "800"]), st.integers(1_000_000, 99_999_999)
)
digits = (plain | phones | st.text("0123456789", min_size=7, max_size=19)).filter(
    lambda number: number.isdigit() and 7 <= len(number) <= 19
)
sizes = st.sampled_from(
    [(3, 4), (3,), (4,), (4, 4, 4), (4, 4, 4, 4), (6, 8), (1,), (7,), (8,), (1, 3), (2, 3, 4), (11,), (17,)]
)


def cut_at(raw: bytes, at: int) -> tuple[list[int], int, int, int]:
    """(room, groups, characters, digits) of the groups at a byte."""
    room = groups.new_room()
    count, total, found_digits, _end, _cut = groups.groups_at(raw, at, len(raw), room)
    return room, count, total, found_digits


def long_way(raw: bytes, at: int, floor: int) -> list[tuple[int, int, int]]:
    """(start, end, answer) of what `judged` makes of the groups at a byte, the first of them first."""
    room, count, total, _digits = cut_at(raw, at)
    possible = judging.possible_steps(room, count)
    found = judging.judged(raw, room, count, total, possible, len(raw), floor, 0) if possible else 0
    return [(room[groups.STARTS + k], room[groups.ENDS + k], room[groups.ANSWERS + k]) for k in range(found)]


@MANY
@given(before, digits, after)
def test_digits_alone_are_judged_as_their_one_group_is(head, number, tail):
    raw, at = (head + number + tail).encode("utf-8", "surrogatepass"), len(head.encode("utf-8", "surrogatepass"))
    end = at + len(number)
    if (at and chr(raw[at - 1]).isalnum() and raw[at - 1] < 0x80) or not loops.ends_at(raw, end, len(raw)):
        return  # there `scan` takes the long way
    start, answer = judging.judged_digits(raw, at, len(number), groups.new_room(), len(raw), 0)
    assert long_way(raw, at, 0) == ([(start, end, answer)] if answer else [])


@MANY
@given(before, digits, sizes, after, st.sampled_from(["-", " ", "－", ")"]), st.booleans())
def test_groups_as_people_write_them_are_judged_as_all_their_parts_are(head, number, cut, tail, separator, broad):
    spelled, rest = [], number
    for size in cut:
        spelled, rest = [*spelled, rest[:size]], rest[size:]
    text = separator.join(part for part in [*spelled, rest] if part)
    raw, at = (
        (head + (wide(text) if broad else text) + tail).encode("utf-8", "surrogatepass"),
        len(head.encode("utf-8", "surrogatepass")),
    )
    room, count, total, found_digits = cut_at(raw, at)
    if count < 2 or (found_digits < 7 and total < 17):
        return  # there `scan` asks `judged_word`, or nobody
    start, answer = judging.judged_whole(raw, room, count, total, found_digits, len(raw), 0)
    if answer:
        assert long_way(raw, at, 0) == [(start, groups.after(raw, room, total - 1), answer)]


@MANY
@given(
    before,
    digits | credit_codes | resident_ids | vins | st.text("0123456789ABCXabcx", min_size=7, max_size=24),
    st.sampled_from(["", "a", "XA", "X", "x"]),
    st.sampled_from(["", "x", "X", "ab", "XAB"]),
    after,
    st.sampled_from([0, 1, 2]),
)
def test_a_word_alone_is_judged_as_its_one_group_is(head, number, ahead, behind, tail, broad):
    text = ahead + number + behind
    spelled = (
        wide(text)
        if broad == 2
        else "".join(wide(c) if place % 3 == 0 else c for place, c in enumerate(text))
        if broad
        else text
    )
    raw, at = (head + spelled + tail).encode("utf-8", "surrogatepass"), len(head.encode("utf-8", "surrogatepass"))
    room, count, total, found_digits = cut_at(raw, at)
    if count != 1 or (found_digits < 7 and total < 17):
        return  # there `scan` asks others, or nobody
    start, end, answer = judging.judged_word(raw, room, total, len(raw), 0)
    assert long_way(raw, at, 0) == ([(start, end, answer)] if answer else [])


cards_of_nineteen = cards.filter(lambda number: len(number) == 19).map(grouped(4, 4, 4, 4))


@given(
    mobiles.map(grouped(3, 4))
    | st.builds("029-8{}".format, st.integers(1_000_000, 9_999_999))
    | resident_ids.map(grouped(6, 8))
    | cards_of_nineteen.map("卡号{}".format)
)
def test_the_short_way_is_taken_for_what_people_write_most(text):
    raw, at = text.encode(), 6 if text.startswith("卡号") else 0
    room, count, total, found_digits = cut_at(raw, at)
    assert judging.judged_whole(raw, room, count, total, found_digits, len(raw), 0)[1]


def byte_by_byte(raw: bytes, start: int) -> int:
    """`context`, asked at every byte."""
    answer, digits_seen = context.NOTHING, 0
    for at in range(start, max(start - 19, 1), -1):
        stop = context.STOPS[raw[at - 1]]
        if stop == 1 or (stop == 3 and raw[max(0, at - 3) : at - 1] == b"\xe3\x80"):
            break
        digits_seen += stop == 2
        if digits_seen > 3:
            break
        gap = start - at
        for kind, text in zip(range(0, 35, 5), tables.WORDS_OF, strict=True):
            known = (answer >> kind) & context.FAR
            if gap < known and any(raw[:at].lower().endswith(word.encode()) for word in text.split()):
                answer += (gap - context.FAR) << kind if known == context.FAR else (gap - known) << kind
    return answer


@MANY
@given(before)
def test_words_before_a_number_are_those_that_stand_there_byte_by_byte(head):
    raw = head.encode("utf-8", "surrogatepass")
    assert context.context(raw + b"1", len(raw)) == byte_by_byte(raw, len(raw))
