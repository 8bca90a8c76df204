"""The sealed search: exact, for both scripts; it follows a case to another unit, forgets what was erased, and
survives a kill at any point."""

from __future__ import annotations

import re
import threading
from datetime import timedelta

import numpy as np
import pytest
from django.db import connection, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tongban.cases import retention, search
from tongban.cases.actor import SYSTEM, resident
from tongban.cases.index import erasing, finding, merging, reading, rebuilding, segments
from tongban.cases.index.segments import Doc
from tongban.cases.index.tables import CONTACT, WORDS, Erasure, PartUnit, Rebuild, Segment, SegmentPage
from tongban.cases.models import Act, Case
from tongban.cases.search import EVERYWHERE, Where
from tongban.cases.settling import settle
from tongban.cases.writer import Step, perform
from tongban.registry import snapshot
from tongban.text import fold
from tongban.vault.keyring import KeyRingError, new_key, ring

pytestmark = pytest.mark.django_db
ALPHABET = "噪音扰民擾施工路灯燈供暖A1b2 ，。\n"


def index(texts, part="", kind=WORDS, first=1, units=("u",)):
    """A segment of texts, as acts and cases `first`, `first` + 1, …"""
    docs = [Doc(first + number, first + number, 1, part or "610113", units) for number in range(len(texts))]
    segments.store(segments.ready(segments.draft_of_words(kind, docs, texts)), 0)


def candidates(query, place=EVERYWHERE):
    found = search.find(query, place)
    return set() if found is None else set(found.hits.cases.tolist())


def stands_in(word, text):
    return any(fold(word) in run for run in re.findall(r"[^\W_]+", fold(text)))


# --- exactness ------------------------------------------------------------------------------------------------------


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    st.lists(st.lists(st.text(ALPHABET, max_size=24), min_size=1, max_size=4), min_size=1, max_size=5),
    st.lists(st.text("噪音扰擾施工灯A1b2", min_size=1, max_size=2), min_size=1, max_size=2),
    st.booleans(),
)
def test_a_word_is_found_exactly_where_it_stands_in_however_many_segments(db, batches, words, merge):
    with transaction.atomic():
        texts = {}
        for batch in batches:
            first = len(texts) + 1
            index(batch, first=first)
            texts.update({first + number: text for number, text in enumerate(batch)})
        if merge:
            rows = reading.rows(WORDS)
            merging.replace(rows, [merging.read(rows, "")], 0)
        expected = {number for number, text in texts.items() if all(stands_in(word, text) for word in words)}
        assert candidates(" ".join(words)) == expected
        transaction.set_rollback(True)
    reading.forget()


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    st.lists(st.text(ALPHABET, min_size=1, max_size=30), min_size=1, max_size=5),
    st.text("噪音扰擾施工灯A1b2", min_size=1, max_size=6),
)
def test_longer_words_are_looked_up_in_the_letters_themselves(letter, bodies, word):
    with transaction.atomic():
        made = [letter(subject="题", body=f"x，{body}", nonce=f"{number}")[0] for number, body in enumerate(bodies)]
        while settle():
            pass
        assert set(search.case_ids(word)) == {
            case.pk for case, body in zip(made, bodies, strict=True) if stands_in(word, f"x，{body}")
        }
        transaction.set_rollback(True)
    reading.forget()
    snapshot.forget()


def test_characters_that_stand_beside_each_other_elsewhere_make_no_longer_word(letter):
    case, _ = letter(body="路灯亮，灯亮着，亮着呢")
    settle()
    assert candidates("路灯亮着") == {case.pk}, "the index alone thinks so"
    assert search.case_ids("路灯亮着") == []
    assert search.case_ids("路灯亮") == [case.pk]


def test_words_of_an_answer_are_found_and_all_words_stand_in_one_act(letter, actor):
    case, _ = letter(body="路灯不亮")
    perform(case.pk, Step("answer", actor("610113-CG", "handler"), {"text": "已經更換燈泡", "at_once": True}))
    while settle():
        pass
    assert search.case_ids("更换灯泡") == [case.pk]
    assert search.case_ids("路灯 不亮") == [case.pk]
    assert search.case_ids("路灯 灯泡") == []
    assert search.case_ids("，。") is None


def test_the_senders_name_and_contact_are_not_among_the_words(letter):
    letter(name="王小明", phone="13800138000", email="xiaoming@example.org", address="雁塔路九号")
    settle()
    for word in ("王小明", "13800138000", "xiaoming", "雁塔路", "王", "138"):
        assert search.case_ids(word) == []


# --- who finds ------------------------------------------------------------------------------------------------------


def reached(actor, query="夜间"):
    return candidates(query, search.where(actor, snapshot.current()))


def test_only_what_the_posts_reach_is_looked_in(letter, actor):
    mine, _ = letter()
    other, _ = letter(matter="0102")
    while settle():
        pass
    assert reached(actor("610113-CG", "handler")) == {mine.pk}
    assert reached(actor("610113-ZJ", "handler")) == {other.pk}
    assert reached(actor("610113-XF", "clerk")) == {mine.pk, other.pk}
    assert reached(actor("610113-GOV", "head")) == {mine.pk, other.pk}
    assert reached(actor("610124-XF", "clerk")) == set()
    assert reached(actor("610113-CG", "administrator")) == set()


def test_a_case_that_goes_to_another_unit_is_found_there(letter, actor):
    case, _ = letter()
    while settle():
        pass
    perform(case.pk, Step("return_dispatch", actor("610113-CG", "handler"), {"text": "不属于本单位职责"}))
    while settle():
        pass
    assert case.pk in reached(actor("610113-XF", "clerk"))
    perform(case.pk, Step("dispatch", actor("610113-XF", "clerk"), {"unit": "610113-ZJ", "assist": ["610113-CG1"]}))
    while settle():
        pass
    for unit in ("610113-ZJ", "610113-CG1"):
        assert case.pk in reached(actor(unit, "handler")), unit
    stale = search.case_ids("夜间", search.where(actor("610113-CG", "handler"), snapshot.current()))
    assert stale == [case.pk], "the index still says so; what is shown, the one permission rule decides"


def test_every_way_to_another_unit_is_followed(letter, actor):
    case, _ = letter(now=timezone.now() - timedelta(days=3))
    handler, above = actor("610113-CG", "handler"), actor("610113-GOV", "head")
    perform(case.pk, Step("change_matter", handler, {"matter": "0102"}))
    while settle():
        pass
    assert case.pk in reached(actor("610113-ZJ", "handler"))
    builder = actor("610113-ZJ", "handler")
    perform(case.pk, Step("accept", builder))
    perform(case.pk, Step("draft_answer", builder, {"text": "答复"}))
    perform(case.pk, Step("approve_answer", actor("610113-ZJ", "head"), {"text": "答复"}))
    perform(case.pk, Step("ask_review", resident(case.pk), {"text": "不服"}))
    while settle():
        pass
    assert Case.objects.get(pk=case.pk).unit_id == "610113-GOV"
    only_own = Where(frozenset(), frozenset({"610113-GOV"}))
    assert candidates("夜间", only_own) == {case.pk}
    assert above.official_id is not None


# --- merging --------------------------------------------------------------------------------------------------------


def test_small_segments_become_few_and_nothing_is_lost_or_doubled(db):
    for number in range(70):
        index([f"第{number}封 路灯"], first=number + 1)
    while merging.merge_some():
        pass
    assert Segment.objects.count() < 12
    assert len(search.find("路灯", EVERYWHERE).hits.acts) == 70
    assert SegmentPage.objects.count() == Segment.objects.count()
    assert candidates("第33封") == {34}


def test_large_ones_are_cut_by_county(db, monkeypatch):
    monkeypatch.setattr(merging, "SPLIT", 6)
    for number in range(8):
        docs = [
            Doc(2 * number + 1, 2 * number + 1, 1, "610113", ("a",)),
            Doc(2 * number + 2, 2 * number + 2, 1, "610124", ("b", "c")),
        ]
        segments.store(segments.ready(segments.draft_of_words(WORDS, docs, ["路灯甲", "路灯乙"])), 0)
    while merging.merge_some():
        pass
    assert set(Segment.objects.values_list("part", flat=True)) >= {"610113", "610124"}
    assert set(PartUnit.objects.values_list("part", "unit")) == {("610113", "a"), ("610124", "b"), ("610124", "c")}
    assert candidates("路灯", Where(frozenset({"610113"}), frozenset())) == set(range(1, 17, 2))
    assert candidates("路灯", Where(frozenset(), frozenset({"c"}))) == set(range(2, 18, 2))
    assert candidates("路灯", Where(frozenset(), frozenset({"d"}))) == set()


def test_of_an_act_indexed_twice_the_later_counts(db):
    for version, unit in ((1, "a"), (3, "b"), (2, "c"), (0, "d")):
        segments.store(
            segments.ready(segments.draft_of_words(WORDS, [Doc(7, 7, version, "610113", (unit,))], ["路灯"])), 0
        )
    assert len(search.find("路灯", EVERYWHERE).hits.acts) == 1
    assert merging.merge_some() == 4
    assert candidates("路灯", Where(frozenset(), frozenset({"b"}))) == {7}
    assert candidates("路灯", Where(frozenset(), frozenset({"a", "c", "d"}))) == set()


def test_a_merge_that_another_process_overtook_changes_nothing(db, monkeypatch):
    for number in range(4):
        index(["路灯"], first=number + 1)
    real = merging.merged

    def overtaken(group):
        drafts = real(group)
        monkeypatch.setattr(merging, "merged", real)
        assert merging.merge_some() == 4
        return drafts

    monkeypatch.setattr(merging, "merged", overtaken)
    assert merging.merge_some() == 0
    assert (Segment.objects.count(), candidates("路灯")) == (1, {1, 2, 3, 4})


def test_a_search_that_a_merge_runs_under_looks_again(db, monkeypatch):
    for number in range(4):
        index(["路灯"], first=number + 1)
    real, listed = finding.rows, []

    def rows(kind, parts=None):
        found = real(kind, parts)
        if not listed:
            listed.append(merging.merge_some())
        return found

    monkeypatch.setattr(finding, "rows", rows)
    assert candidates("路灯") == {1, 2, 3, 4}
    assert listed == [4]


@pytest.mark.parametrize("where", ["seal", "discard", "store"])
def test_a_kill_in_the_middle_of_a_merge_leaves_what_was(db, monkeypatch, where):
    for number in range(4):
        index(["路灯"], first=number + 1)

    def killed(*_arguments, **_more):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(segments, {"seal": "ready", "discard": "discard", "store": "store"}[where], killed)
        with pytest.raises(KeyboardInterrupt), transaction.atomic():
            merging.merge_some()
    assert (Segment.objects.count(), SegmentPage.objects.count(), candidates("路灯")) == (4, 4, {1, 2, 3, 4})
    assert merging.merge_some() == 4


def test_a_kill_in_the_middle_of_settling_leaves_the_acts_for_the_next_worker(letter, monkeypatch):
    case, _ = letter()

    def killed(*_arguments, **_more):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(segments.SegmentPage.objects, "bulk_create", killed)
        with pytest.raises(KeyboardInterrupt), transaction.atomic():
            settle()
    assert (Segment.objects.count(), Act.objects.filter(settled=False).count()) == (0, 1)
    settle()
    assert search.case_ids("夜间施工") == [case.pk]


def test_what_another_worker_settled_meanwhile_is_not_indexed_twice(letter, monkeypatch):
    from tongban.cases import settling

    first, second = letter()[0], letter(nonce="2", body="另一封夜间")[0]
    real = settling.taking.take

    def slow(acts):
        taken = real(acts)
        Act.objects.filter(case=first).update(settled=True)
        return taken

    monkeypatch.setattr(settling.taking, "take", slow)
    assert settle() == 1
    assert [int(row.docs) for row in reading.rows(WORDS)] == [1]
    assert search.case_ids("夜间") == [second.pk]


# --- erasing --------------------------------------------------------------------------------------------------------


def pairs_of_case(case_id):
    """How many pairs of code and act the segments hold of a case."""
    found = 0
    for kind in (WORDS, CONTACT):
        for row in reading.rows(kind):
            draft = merging.read([row], row.part)
            _codes, docs = segments.postings.pairs_of(draft.keys)
            found += int(np.isin(draft.docs.case[docs], [case_id]).sum())
    return found


def erase(case):
    """Closed long ago, and its time of keeping over."""
    Case.objects.filter(pk=case.pk).update(
        state="closed",
        phase="over",
        retain_until=timezone.localdate() - timedelta(days=1),
        step_since=timezone.now() - timedelta(days=2000),
    )
    assert retention.erase_due() == 1


def test_an_erased_case_leaves_the_segments_and_others_stay(letter):
    case, other = letter(phone="13800138000")[0], letter(nonce="2", phone="13800138000")[0]
    while settle():
        pass
    assert pairs_of_case(case.pk) > 10
    erase(case)
    assert search.case_ids("夜间施工") == [other.pk], "at once"
    assert search.by_contact("phone", "13800138000", EVERYWHERE) == [other.pk]
    while merging.keep_up():
        pass
    assert (pairs_of_case(case.pk), Erasure.objects.count()) == (0, 0)
    assert search.case_ids("夜间施工") == [other.pk]
    assert pairs_of_case(other.pk) > 10


def test_a_case_erased_before_it_was_settled_is_never_indexed(letter):
    case, _ = letter()
    erase(case)
    while settle():
        pass
    assert pairs_of_case(case.pk) == 0


def test_a_kill_in_the_middle_of_taking_out_is_made_good(letter, monkeypatch):
    case, _ = letter()
    while settle():
        pass
    erase(case)

    def killed(*_arguments):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(merging, "replace", killed)
        with pytest.raises(KeyboardInterrupt):
            erasing.take_out()
    assert Erasure.objects.count() == 1
    assert erasing.take_out() == 1
    assert pairs_of_case(case.pk) == 0


def test_a_merge_takes_erased_cases_out_too(db):
    for number in range(4):
        index(["路灯"], first=number + 1)
    Erasure.objects.create(case_id=2)
    assert merging.merge_some() == 4
    assert candidates("路灯") == {1, 3, 4}


# --- rebuilding and keys --------------------------------------------------------------------------------------------


def test_the_index_is_built_anew_from_the_acts_and_is_the_same(letter, actor):
    case, _ = letter(phone="13800138000")
    letter(nonce="2", subject="题", body="路灯")
    perform(case.pk, Step("answer", actor("610113-CG", "handler"), {"text": "已经停工", "at_once": True}))
    waiting, _ = letter(nonce="3", body="还没有轮到的夜间")
    settled = list(Act.objects.exclude(case=waiting).values_list("pk", flat=True))
    while settle():
        pass
    Segment.objects.all().delete()
    SegmentPage.objects.all().delete()
    assert search.case_ids("夜间") == []
    assert list(rebuilding.rebuild(2))
    assert search.case_ids("停工") == [case.pk]
    assert set(search.case_ids("夜间")) == {case.pk, waiting.pk}
    assert search.by_contact("phone", "13800138000", EVERYWHERE) == [case.pk]
    assert len(settled) == 3


def test_a_rebuilding_that_was_stopped_goes_on_and_is_searched_meanwhile(letter):
    cases = [letter(nonce=f"{number}")[0] for number in range(5)]
    while settle():
        pass
    before = set(Segment.objects.values_list("pk", flat=True))
    steps = rebuilding.rebuild(2)
    next(steps)
    steps.close()
    assert len(search.case_ids("夜间")) == 5
    new, _ = letter(nonce="new")
    while settle():
        pass
    assert set(search.case_ids("夜间")) == {*(case.pk for case in cases), new.pk}
    first = Rebuild.objects.get()
    assert (first.finished, first.last_act > 0) == (False, True)
    assert next(iter([done for done, _total in rebuilding.rebuild(2)])) > first.last_act
    assert not Segment.objects.filter(pk__in=before).exists()
    assert set(search.case_ids("夜间")) == {*(case.pk for case in cases), new.pk}
    assert Rebuild.objects.get().finished


def test_the_search_works_with_the_new_key_alone_after_a_rotation(letter, settings):
    case, _ = letter(phone="13800138000")
    while settle():
        pass
    old, new = settings.VAULT_KEYS, new_key()
    settings.VAULT_KEYS = f"{new},{old}"
    assert sum(rebuilding.reseal()) == SegmentPage.objects.count()
    from tongban.vault.rotation import rotate, sealed_columns

    for model, field in sealed_columns():
        list(rotate(model, field))
    settings.VAULT_KEYS = new
    reading.forget()
    assert search.case_ids("夜间施工") == [case.pk]
    assert search.by_contact("phone", "13800138000", EVERYWHERE) == [case.pk]


def test_a_page_that_was_changed_or_moved_is_refused(letter):
    letter()
    letter(nonce="2")
    settle(1)
    settle(1)
    one, other = SegmentPage.objects.order_by("pk")[:2]
    SegmentPage.objects.filter(pk=one.pk).update(sealed=bytes(other.sealed))
    reading.forget()
    with pytest.raises(KeyRingError):
        candidates("夜间")
    assert ring() is not None


# --- several at once ------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_workers_side_by_side_index_every_act_once(letter):
    cases = [letter(nonce=f"{number}", body=f"夜间第{number}封")[0] for number in range(24)]

    def work():
        try:
            for _ in range(200):
                if not settle(3) and not Act.objects.filter(settled=False).exists():
                    break
            while merging.keep_up():
                pass
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert not Act.objects.filter(settled=False).exists()
    assert sorted(search.case_ids("夜间")) == [case.pk for case in cases]
    assert sum(row.docs for row in reading.rows(WORDS)) == 24
    assert SYSTEM.kind == "system"
