"""What the regulation asks of a letter's way; each rule has a test named after it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone

from tests.publishing import publish
from tongban.cases import escalation, retention
from tongban.cases.actor import SYSTEM, resident
from tongban.cases.models import Act, Case, Notice
from tongban.cases.refusal import Refusal
from tongban.cases.writer import Step, perform
from tongban.letters.housekeeping import close_quiet_letters
from tongban.registry import models as rows
from tongban.registry import snapshot
from tongban.workdays import shanghai_day

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
START = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)


def refused(case, step):
    with pytest.raises(Refusal) as caught:
        perform(case.pk, step)
    return caught.value


def later(days):
    return START + timedelta(days=days)


def test_article_22_a_letter_without_a_unit_is_dispatched_within_15_days(letter):
    case, _ = letter(matter="0103", now=START)
    assert shanghai_day(case.due_at) == date(2026, 3, 17)


def test_article_23_a_unit_tells_within_15_days_whether_it_accepts(letter):
    case, _ = letter(now=START)
    assert shanghai_day(case.due_at) == date(2026, 3, 17)
    assert shanghai_day(case.answer_due_at) == date(2026, 5, 1)


def test_article_23_a_wrong_dispatch_is_returned_within_5_working_days_with_reasons(letter, actor):
    handler = actor("610113-CG", "handler")
    case, _ = letter(now=START)
    assert refused(case, Step("return_dispatch", handler, {}, at=later(1))).field == "text"
    late, _ = letter(now=START, subject="另一封")
    assert refused(late, Step("return_dispatch", handler, {"text": "不是我们的"}, at=later(8))).code == "not_allowed"
    returned = perform(case.pk, Step("return_dispatch", handler, {"text": "不是我们的"}, at=later(7))).case
    assert (returned.state, returned.unit_id) == ("returned", "610113-XF")


def test_article_24_a_dispute_goes_to_the_common_superior_who_decides_for_good(letter, actor):
    case, _ = letter(now=START)
    perform(case.pk, Step("return_dispatch", actor("610113-CG", "handler"), {"text": "不是我们的"}, at=later(1)))
    perform(case.pk, Step("dispatch", actor("610113-XF", "clerk"), {"unit": "610113-ZJ"}, at=later(2)))
    case = perform(
        case.pk, Step("return_dispatch", actor("610113-ZJ", "handler"), {"text": "也不是"}, at=later(3))
    ).case
    assert (case.state, case.unit_id) == ("disputed", "610113-GOV")
    case = perform(
        case.pk,
        Step("decide_dispute", actor("610113-GOV", "head"), {"unit": "610113-CG", "text": "归城管"}, at=later(4)),
    ).case
    assert (case.state, case.unit_id) == ("dispatched", "610113-CG")
    assert (
        refused(case, Step("return_dispatch", actor("610113-CG", "handler"), {"text": "还是不"}, at=later(5))).code
        == "not_allowed"
    )


def test_article_30_a_complaint_is_never_given_to_the_unit_complained_of(letter, actor):
    case, _ = letter(matter="0901", against="610113-CG", now=START)
    assert case.unit_id == "610113-GOV"
    for unit in ("610113-CG", "610113-CG1"):
        refusal = refused(case, Step("change_matter", actor(unit, "handler"), {"matter": "0101"}))
        assert refusal.code == "not_found"
    moved, _ = letter(matter="0103", against="610113-CG", subject="x", now=START)
    head = actor("610113-GOV", "head")
    assert moved.unit_id == "610113-GOV"
    case = perform(moved.pk, Step("change_matter", head, {"matter": "0101"}, at=later(1))).case
    assert case.unit_id == "610113-GOV"


def test_article_30_somebody_with_a_second_hat_at_the_unit_complained_of_sees_nothing(letter, official):
    from tongban.accounts.models import Post
    from tongban.cases.access import cases_for, standing
    from tongban.cases.actor import Actor

    case, _ = letter(matter="0901", against="610113-CG")
    user = official("610113-GOV", "supervisor")
    Post.objects.create(official=user, unit_id="610113-CG", role="handler", since=date(2020, 1, 1))
    both = Actor("official", user.pk, (("610113-GOV", "supervisor"), ("610113-CG", "handler")))
    assert not standing(both, case, snapshot.current())
    assert not cases_for(both, snapshot.current()).filter(pk=case.pk).exists()


def test_article_34_at_most_30_more_days_with_approval_and_notice(letter, actor):
    case, _ = letter(now=START, email="a@example.org")
    handler, head = actor("610113-CG", "handler"), actor("610113-CG", "head")
    perform(case.pk, Step("accept", handler, at=later(1)))
    before = Case.objects.get(pk=case.pk).answer_due_at
    perform(case.pk, Step("request_extension", handler, {"days": 20, "text": "需要鉴定"}, at=later(2)))
    assert refused(case, Step("extend", handler, {"days": 20, "text": "x"}, at=later(2))).code == "not_allowed"
    waiting = Notice.objects.count()
    case = perform(case.pk, Step("extend", head, {"days": 20, "text": "需要鉴定"}, at=later(3))).case
    assert case.answer_due_at == before + timedelta(days=20)
    assert Notice.objects.count() == waiting + 1
    assert refused(case, Step("extend", head, {"days": 11, "text": "x"}, at=later(4))).field == "days"


def test_articles_35_and_36_review_and_recheck_go_up_and_end(letter, actor):
    case, _ = letter(now=START)
    perform(case.pk, Step("answer", actor("610113-CG", "handler"), {"text": "答复", "at_once": True}, at=later(5)))
    case = perform(case.pk, Step("ask_review", resident(case.pk), {"text": "不满意"}, at=later(20))).case
    assert (case.state, case.unit_id) == ("under_review", "610113-GOV")
    assert shanghai_day(case.due_at) == shanghai_day(later(50))
    perform(case.pk, Step("answer_review", actor("610113-GOV", "head"), {"text": "维持"}, at=later(30)))
    case = perform(case.pk, Step("ask_recheck", resident(case.pk), {"text": "仍不满意"}, at=later(40))).case
    assert (case.state, case.unit_id) == ("under_recheck", "610100-GOV")
    case = perform(case.pk, Step("answer_recheck", actor("610100-GOV", "head"), {"text": "终结"}, at=later(50))).case
    assert (case.state, case.is_open) == ("final", False)
    assert refused(case, Step("ask_review", resident(case.pk), {"text": "再来"}, at=later(51))).code == "wrong_state"


def test_article_35_a_review_is_asked_within_30_days(letter, actor):
    case, _ = letter(now=START)
    perform(case.pk, Step("answer", actor("610113-CG", "handler"), {"text": "答复", "at_once": True}, at=later(5)))
    assert refused(case, Step("ask_review", resident(case.pk), {"text": "不满意"}, at=later(36))).code == "not_allowed"


def test_waiting_for_the_resident_stops_the_clock(letter, actor):
    case, _ = letter(now=START)
    handler = actor("610113-CG", "handler")
    perform(case.pk, Step("accept", handler, at=later(1)))
    before = Case.objects.get(pk=case.pk).answer_due_at
    waiting = perform(case.pk, Step("ask_resident", handler, {"text": "请补充地址"}, at=later(2))).case
    assert waiting.due_at is None
    again = perform(case.pk, Step("reply", resident(case.pk), {"text": "科技路"}, at=later(9))).case
    assert again.answer_due_at == before + timedelta(days=7)
    assert again.paused_at is None


def test_an_answer_that_needs_second_eyes_is_approved_by_somebody_else(letter, actor):
    case, _ = letter(matter="0102", now=START)
    drafter, other = actor("610113-ZJ", "handler", "one"), actor("610113-ZJ", "head", "two")
    perform(case.pk, Step("accept", drafter, at=later(1)))
    assert refused(case, Step("answer", drafter, {"text": "答复", "at_once": True}, at=later(2))).code == "not_allowed"
    perform(case.pk, Step("draft_answer", drafter, {"text": "拟稿"}, at=later(2)))
    assert refused(case, Step("approve_answer", drafter, {"text": "拟稿"}, at=later(3))).code == "not_allowed"
    case = perform(case.pk, Step("approve_answer", other, {"text": "定稿"}, at=later(3))).case
    assert case.state == "answered"


def test_every_sender_of_merged_letters_is_answered(letter, actor):
    lead, _ = letter(now=START)
    others = [letter(now=START, subject=f"同样的问题{i}", email=f"s{i}@example.org")[0] for i in range(3)]
    handler = actor("610113-CG", "handler")
    for other in others:
        perform(other.pk, Step("merge", handler, {"case": str(lead.pk)}, at=later(1)))
    told = Notice.objects.count()
    perform(lead.pk, Step("answer", handler, {"text": "一并答复", "at_once": True}, at=later(5)))
    for other in Case.objects.filter(pk__in=[o.pk for o in others]):
        assert other.state == "answered"
        assert other.acts.get(act="answer_merged").text == "一并答复"
        assert other.acts.get(act="answer_merged").public["in_time"] is True
    assert Notice.objects.count() == told + 3


def test_a_letter_cannot_be_merged_into_itself_a_closed_one_or_a_complaint(letter, actor):
    case, _ = letter(now=START)
    handler, head = actor("610113-CG", "handler"), actor("610113-GOV", "head")
    closed, _ = letter(now=START, subject="旧的")
    perform(closed.pk, Step("answer", handler, {"text": "答复", "at_once": True}, at=later(1)))
    complaint, _ = letter(matter="0901", against="610113-ZJ", now=START)
    for target in (case.pk, closed.pk, complaint.pk, 10**9):
        assert refused(case, Step("merge", handler, {"case": str(target)}, at=later(2))).code in (
            "bad_input",
            "not_allowed",
        )
    assert refused(complaint, Step("merge", head, {"case": str(case.pk)}, at=later(2))).code == "not_allowed"


def test_the_ladder_is_said_on_the_case_and_to_those_who_can_help(letter, actor, official):
    case, _ = letter(now=START)
    perform(case.pk, Step("accept", actor("610113-CG", "handler"), at=later(1)))
    for unit, role in (("610113-CG", "handler"), ("610113-CG", "head"), ("610113-GOV", "supervisor")):
        user = official(unit, role)
        user.email = f"{role}@example.org"
        user.save()
    told = []
    for day in (58, 60, 62, 80):
        escalation.raise_rungs(later(day))
        told.append({notice.private["to"] for notice in Notice.objects.all()})
    assert told == [
        {"handler@example.org"},
        {"handler@example.org"},
        {"handler@example.org", "head@example.org"},
        {"handler@example.org", "head@example.org", "supervisor@example.org"},
    ]
    rungs = [act.public["rung"] for act in Act.objects.filter(case=case, act="escalate").order_by("sequence")]
    assert rungs == ["due_soon", "due", "overdue", "long_overdue"]
    assert escalation.raise_rungs(later(81)) == 0


def test_a_year_without_calendar_never_stops_a_letter_and_its_deadline_follows(letter):
    rows.TimeLimit.objects.filter(step="answer").update(days=40, unit="working")
    snapshot.touch()
    case, _ = letter(now=datetime(2026, 12, 1, tzinfo=UTC))
    assert (case.answer_due_at, case.awaiting_calendar) == (None, 2027)
    assert escalation.catch_up_with_calendar() == 0
    rows.CalendarYear.objects.create(year=2027, source="国办发明电〔2026〕示例")
    rows.CalendarDay.objects.create(date=date(2027, 1, 1), working=False)
    snapshot.touch()
    assert escalation.catch_up_with_calendar() == 1
    case = Case.objects.get(pk=case.pk)
    assert case.awaiting_calendar is None
    assert shanghai_day(case.answer_due_at).year == 2027


def test_what_may_no_longer_be_kept_is_really_deleted(letter, actor):
    case, receipt = letter(name="王小明", phone="13800000000", now=START)
    handler = actor("610113-CG", "handler")
    perform(case.pk, Step("answer", handler, {"text": "王小明您好", "at_once": True}, at=later(1)))
    publish(case, handler, {"subject": "噪音", "body": "噪音", "answer": "已处理"}, later(2))
    perform(case.pk, Step("close", SYSTEM, at=later(3)))
    from tongban.cases import search
    from tongban.cases.settling import settle
    from tongban.letters.models import PublishedLetter

    settle()
    assert Case.objects.filter(pk__in=search.case_ids("王小明")).count() == 1
    assert retention.erase_due(date(2030, 1, 1)) == 0
    assert retention.erase_due(date(2031, 4, 1)) == 1
    case = Case.objects.get(pk=case.pk)
    assert case.private is None
    assert case.erased_at is not None
    assert not case.acts.exclude(private=None, salt=None).exists()
    assert [act.act for act in case.acts.order_by("sequence")][-1] == "erase"
    assert Case.objects.filter(pk__in=search.case_ids("王小明")).count() == 0
    assert not PublishedLetter.objects.filter(case=case).exists()
    assert retention.erase_due(date(2031, 4, 1)) == 0


def test_an_answered_letter_closes_by_itself_once_the_time_for_review_is_over(letter, actor):
    now = timezone.now()
    case, _ = letter(now=now - timedelta(days=50))
    fresh, _ = letter(now=now - timedelta(days=50), subject="另一封")
    handler = actor("610113-CG", "handler")
    perform(case.pk, Step("answer", handler, {"text": "答复", "at_once": True}, at=now - timedelta(days=40)))
    perform(fresh.pk, Step("answer", handler, {"text": "答复", "at_once": True}, at=now - timedelta(days=10)))
    assert close_quiet_letters() == 1
    assert Case.objects.get(pk=case.pk).state == "closed"
    assert Case.objects.get(pk=fresh.pk).state == "answered"


def test_a_published_text_with_an_identifier_is_refused(letter, actor):
    case, _ = letter(now=START)
    handler = actor("610113-CG", "handler")
    perform(case.pk, Step("answer", handler, {"text": "答复", "at_once": True}, at=later(1)))
    refusal = refused(
        case,
        Step("propose_publication", handler, {"subject": "题", "body": "请打13800000000", "answer": "好"}, at=later(2)),
    )
    assert (refusal.code, refusal.field) == ("bad_input", "body")


def test_a_confidential_letter_or_a_complaint_is_never_published(letter, actor):
    handler, head = actor("610113-CG", "handler"), actor("610113-GOV", "head")
    secret, _ = letter(visibility="confidential", now=START)
    perform(secret.pk, Step("answer", handler, {"text": "答复", "at_once": True}, at=later(1)))
    complaint, _ = letter(matter="0901", against="610113-CG", now=START)
    perform(complaint.pk, Step("accept", head, at=later(1)))
    perform(complaint.pk, Step("answer", head, {"text": "答复", "at_once": True}, at=later(2)))
    texts = {"subject": "题", "body": "文", "answer": "答"}
    assert refused(secret, Step("propose_publication", handler, texts, at=later(3))).code == "not_allowed"
    assert refused(complaint, Step("propose_publication", head, texts, at=later(3))).code == "not_allowed"
