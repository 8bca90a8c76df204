"""An explanation is true and the smallest: each way it names leads to a yes, and no fewer changes do."""

from datetime import date

from hypothesis import given, settings

from tongban.rules import Catalogue, Distance, Group, Is, Leaf, OneOf, Range, Setting, Table, explain, questions

from .making import DAY, SETTING, brute, facts, fewest_changes, small_tables

BORN = Leaf("born", Distance("years", low=60), "须年满60周岁", "老年人权益保障法 第二条")
LOCAL = Leaf("local", Is(True), "须有本市户籍", "办法 第三条")
PERMIT = Leaf("permit", Is(True), "或持有居住证", "居住证暂行条例 第二条")
POOR = Leaf("income", Range(high=800), "收入不高于低保标准", "社会救助暂行办法 第九条")
TABLE = Table("allowance", (Group((BORN,)), Group((LOCAL, PERMIT)), Group((POOR,))))


def test_what_fails_is_named_with_its_article_and_every_way_open():
    said = explain(TABLE, {"born": date(1950, 1, 1), "local": False, "permit": False, "income": 500}, Setting(DAY))
    assert said.value is False
    assert [(leaf.words, leaf.article) for leaf in said.leaves] == [
        ("须有本市户籍", "办法 第三条"),
        ("或持有居住证", "居住证暂行条例 第二条"),
    ]
    assert [way.leaves for way in said.ways] == [(LOCAL,), (PERMIT,)]


def test_what_is_not_known_is_asked_and_no_no():
    said = explain(TABLE, {"local": True, "income": 500}, Setting(DAY))
    assert (said.value, said.unknown, said.failed) == (None, ("born",), ())
    assert [way.facts for way in said.ways] == [("born",)]


def test_nobody_is_told_to_be_older():
    said = explain(TABLE, {"born": date(1990, 1, 1), "local": True, "income": 500}, Setting(DAY), fixed=("born",))
    assert (said.value, said.ways) == (False, ())
    assert said.failed == (Group((BORN,)),)


def test_a_way_does_not_break_what_is_met():
    """To be unemployed would meet the second group and break the first."""
    table = Table(
        "t",
        (
            Group((Leaf("status", OneOf(frozenset({"employed", "retired"}))),)),
            Group((Leaf("status", OneOf(frozenset({"unemployed", "retired"}))),)),
        ),
    )
    said = explain(table, {"status": "employed"}, Setting(DAY))
    assert [way.facts for way in said.ways] == [("status",)]
    none = Table("t", (Group((Leaf("status", Is("employed")),)), Group((Leaf("status", Is("retired")),))))
    assert explain(none, {"status": "employed"}, Setting(DAY)).ways == ()


@settings(max_examples=150)
@given(small_tables, facts)
def test_it_agrees_with_the_slow_way(table, known):
    said = explain(table, known, SETTING)
    assert said.value is brute(table, known)
    assert len(said.met) + len(said.failed) + len(said.open) == len(table.groups)
    if said.value is True:
        assert said.ways == ()
        return
    fewest = fewest_changes(table, known)
    if fewest is not None:
        assert said.ways, (table, known)
    for way in said.ways:
        assert 0 < len(way.facts) <= (fewest if fewest is not None else 4)
        assert all(set(group.leaves) & set(way.leaves) for group in (*said.failed, *said.open))


def test_the_fact_that_decides_most_is_asked_first():
    catalogue = Catalogue(
        [TABLE, Table("b", (Group((BORN,)),)), Table("c", (Group((POOR,)), Group((PERMIT,))))], Setting(DAY)
    )
    order = [fact for fact, _weight in questions(catalogue, {})]
    assert order == ["born", "income", "permit", "local"]
    assert "born" not in [fact for fact, _weight in questions(catalogue, {}, skipped=["born"])]
    assert [fact for fact, _weight in questions(catalogue, {"born": date(1990, 1, 1)})] == ["income", "permit"]
