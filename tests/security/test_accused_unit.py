"""An official of the unit that a letter turns out to be about: a bribery letter filed under another matter.

Did not hold: `against` could be set only when a letter was sent. A letter about the conduct of a unit that came under
another matter stood open in that unit's tray, and changing its matter to a complaint about conduct set no bar.

Holds now: at any time, by the sender, the clerk or the handler, the letter is marked as being about a unit. From then
on every role of that unit and of those below it finds neither the letter nor a trace of it: in lists, counts, the
letter's own pages, files, search, the API and its export, slots, merged letters, near copies, published pages,
notices. What they had seen before is shown to the unit above, and only that unit can take the mark away.
"""

from __future__ import annotations

from datetime import timedelta

import orjson
import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.publishing import publish
from tongban.accounts.models import ApiToken, Post
from tongban.cases import access, attachments, escalation, filing
from tongban.cases.actor import Actor, resident
from tongban.cases.looks import look
from tongban.cases.models import Act, Assist, Case, Notice
from tongban.cases.refusal import Refusal
from tongban.cases.settling import settle
from tongban.cases.writer import Step, perform
from tongban.desk.models import AnswerDraft, Slot
from tongban.letters.models import PublishedLetter, RisingTopic
from tongban.letters.procedure import EDGES
from tongban.registry import snapshot

pytestmark = pytest.mark.django_db
ACCUSED, ABOVE = "610113-CG", "610113-GOV"
ROLES = ("clerk", "handler", "head", "supervisor", "data_officer")
WORDS = ("施工队给队长送钱", "夜里的秘密", "13800000000", "证据.txt")
MARK = {"against": ACCUSED, "text": "反映的是执法人员收钱"}


@pytest.fixture
def bribery(letter):
    """A letter about bribes at the office that handles noise, filed under noise, with a file."""
    attachments.keep("证据.txt", "夜里的秘密".encode(), "draft-1")
    case, receipt = letter(
        subject="施工队给队长送钱",
        body="夜里的秘密，城管收钱不管。",
        name="王小明",
        phone="13800000000",
        email="someone@example.org",
        draft="draft-1",
    )
    assert case.unit_id == ACCUSED
    return case, receipt


@pytest.fixture
def token(official):
    def make(unit, role):
        user = official(unit, role)
        return ApiToken.issue(
            Post.objects.get(official=user, unit_id=unit, role=role), "test", timezone.now() + timedelta(days=1)
        )[1]

    return make


def routes(case, file_key, slot):
    """(method, address, form) of every page of the desk on which a letter can show itself."""
    pages = [
        *(reverse(name, args=[case.code]) for name in ("desk:case", "desk:answer", "desk:merge")),
        reverse("desk:page", args=[case.code, "publish"]),
    ]
    lists = [
        "",
        "?state=all",
        "?state=done&scope=own",
        "?scope=assist&state=all",
        "?scope=below&state=all",
        "?scope=area&state=all",
        "?mine=1&state=all",
    ]
    searches = [case.code, "13800000000", "秘密", "送钱"]
    acts = [edge.act for edge in EDGES if edge.button][::4]
    return [
        *(("GET", reverse("desk:tray") + view, {}) for view in lists),
        *(("SEARCH", typed, {}) for typed in searches),
        *(("GET", page, {}) for page in pages),
        *(
            ("POST", page, {"text": "x", "do": "save", "contact": "1", "case": "x", "purpose": "督办"})
            for page in pages
        ),
        *(("POST", reverse("desk:act", args=[case.code, name]), {"text": "x"}) for name in acts),
        ("GET", reverse("desk:file", args=[case.code, file_key]), {}),
        ("GET", reverse("desk:slots"), {}),
        ("GET", reverse("desk:slot_record", args=[slot]), {}),
        ("GET", "/desk/load/", {}),
    ]


def programs(case, file_key):
    """(method, path, body) of every call of the officials' API."""
    code = case.code
    acts = [
        ("POST", f"/desk/cases/{code}/acts", {"act": name, "version": 1, "payload": {}})
        for name in ("accept", "note", "unmark_against")
    ]
    reads = [
        "/desk/cases",
        "/desk/cases?show=all",
        f"/desk/cases?q={code}",
        f"/desk/cases/{code}",
        f"/desk/cases/{code}/files/{file_key}",
        "/desk/export",
    ]
    return [*(("GET", path, None) for path in reads), *acts]


def answers_of(client, text, case, file_key, slot, reading=False):
    """Everything that an official gets to read anywhere, as one text a route; with `reading` without performing
    anything."""
    found = {}
    for method, address, form in routes(case, file_key, slot):
        if reading and method == "POST":
            continue
        if method == "SEARCH":
            response = client.post(reverse("desk:search"), {"q": address}, follow=True)
        else:
            response = client.post(address, form) if method == "POST" else client.get(address)
        found[(method, address)] = (response.status_code, response.content.decode())
    for number, (method, path, body) in enumerate(programs(case, file_key)):
        if reading and method == "POST":
            continue
        headers = {"Authorization": f"Bearer {text}", "Idempotency-Key": f"accused-{number:012d}"}
        sent = orjson.dumps(body) if body is not None else b""
        response = Client().generic(method, f"/api/v1{path}", sent, content_type="application/json", headers=headers)
        content = b"".join(response.streaming_content) if response.streaming else response.content
        found[(method, path, (body or {}).get("act"))] = (response.status_code, content.decode())
    return found


def traces(case, answers):
    """Where the letter shows itself."""
    shown = [case.code, f"{case.code[:4]}-{case.code[4:8]}-{case.code[8:]}", *WORDS]
    asked_with = {address: [word for word in shown if word in str(address)] for address in answers}
    return [
        address
        for address, (_status, text) in answers.items()
        if any(word in text and word not in asked_with[address] for word in shown)
    ]


def test_every_role_of_the_accused_unit_finds_it_before_and_nothing_of_it_afterwards(
    bribery, official, signed_in, token
):
    case, _ = bribery
    key = case.attachments.get().key
    slot = Slot.objects.create(unit_id=ACCUSED, starts_at=timezone.now() + timedelta(days=1), booked_case=case)
    people = [*((ACCUSED, role) for role in ROLES), ("610113-CG1", "head")]
    clients = {post: (signed_in(official(*post)), token(*post)) for post in people}
    before = traces(case, answers_of(*clients[(ACCUSED, "handler")], case, key, slot.pk, reading=True))
    assert len(before) > 10, "before, it stands in the tray, in the search, on its pages, in the API and its export"
    perform(case.pk, Step("mark_against", resident(case.pk), MARK))
    for post, (client, text) in clients.items():
        answers = answers_of(client, text, case, key, slot.pk)
        assert traces(case, answers) == [], post
        about = [
            status
            for address, (status, _text) in answers.items()
            if case.code in address[1] and address[0] != "SEARCH" and "q=" not in address[1]
        ]
        assert set(about) == {404}, post
    above = signed_in(official(ABOVE, "head"))
    assert "施工队给队长送钱" in above.get(reverse("desk:case", args=[case.code])).content.decode()


@pytest.mark.parametrize("who", ["resident", "clerk", "handler", "coordinator", "above"])
def test_whoever_marks_it_the_letter_goes_to_the_unit_above_and_begins_there_anew(
    who, bribery, actor, official, signed_in
):
    case, _ = bribery
    perform(case.pk, Step("accept", actor(ACCUSED, "handler")))
    perform(case.pk, Step("draft_answer", actor(ACCUSED, "handler"), {"text": "查无此事。"}))
    marking = {
        "resident": resident(case.pk),
        "clerk": actor(ACCUSED, "clerk"),
        "handler": actor(ACCUSED, "handler"),
        "coordinator": actor("610113-XF", "clerk"),
        "above": actor(ABOVE, "head"),
    }[who]
    act = perform(case.pk, Step("mark_against", marking, MARK)).act
    case.refresh_from_db()
    assert (case.against_id, case.unit_id, case.state, case.handler_id) == (ACCUSED, ABOVE, "dispatched", None)
    assert "drafter" not in case.private
    assert act.for_unit == ABOVE, "the ledger does not name the unit complained of"
    assert signed_in(official(ACCUSED, "head")).get(reverse("desk:case", args=[case.code])).status_code == 404


def test_counts_and_load_tell_nothing(bribery, letter, official, signed_in):
    case, _ = bribery
    letter(nonce="another", subject="另一封", body="另一封的内容")
    head = signed_in(official(ACCUSED, "head"))
    perform(case.pk, Step("mark_against", resident(case.pk), MARK))
    response = head.get(reverse("desk:tray"))
    assert "另一封" in response.content.decode()
    assert response.context["tray_count"] == "1"
    assert {tab.count for tab in response.context["groups"]} <= {"1", ""}
    load = head.get("/desk/load/").context["rows"]
    assert [(row.unit, row.open.n) for row in load if row.open.n] == [(ACCUSED, 1)]
    snap = snapshot.current()
    for unit in (ACCUSED, "610113-CG1"):
        for role in ROLES:
            someone = Actor("official", official_id=1, posts=((unit, role),))
            assert not access.cases_for(someone, snap).filter(pk=case.pk).exists()
            assert access.standing(someone, Case.objects.get(pk=case.pk), snap) == {}


def test_what_hangs_on_the_letter_leaves_the_unit_with_it(bribery, actor, official, letter):
    case, _ = bribery
    handler, above = actor(ACCUSED, "handler"), actor(ABOVE, "head")
    other, _ = letter(nonce="assisted", matter="0103")
    perform(
        other.pk,
        Step("dispatch", actor("610113-XF", "clerk"), {"unit": "610113-ZJ", "assist": [ACCUSED, "610113-CG1"]}),
    )
    perform(other.pk, Step("mark_against", above, MARK))
    assert not Assist.objects.filter(case=other).exists()

    perform(case.pk, Step("accept", handler))
    AnswerDraft.objects.create(case=case, official_id=handler.official_id, private={"text": "查无此事"})
    slot = Slot.objects.create(unit_id=ACCUSED, starts_at=timezone.now() + timedelta(days=1), booked_case=case)
    topic = RisingTopic.objects.create(
        private={"name": "送钱", "words": ["送钱"], "case_ids": [case.pk]}, since=timezone.now(), until=timezone.now(),
        letters=2, senders=2,
        senders_before=0, growth=1, significance=1, public=True, worked_out_at=timezone.now(),
    )  # fmt: skip
    perform(case.pk, Step("mark_against", resident(case.pk), MARK))
    slot.refresh_from_db()
    assert slot.booked_case_id is None
    assert not AnswerDraft.objects.exists()
    assert not RisingTopic.objects.filter(pk=topic.pk).exists()
    assert Case.objects.get(pk=case.pk).handler_id is None


def test_no_notice_of_it_goes_to_the_unit_any_more(bribery, actor, official):
    case, _ = bribery
    perform(case.pk, Step("accept", actor(ACCUSED, "handler")))
    handler = official(ACCUSED, "handler")
    handler.email = "handler@example.org"
    handler.save()
    Case.objects.filter(pk=case.pk).update(due_at=timezone.now() - timedelta(days=2))
    assert escalation.raise_rungs() == 1
    assert Notice.objects.filter(case=case, official=handler, state="waiting").count() == 1
    perform(case.pk, Step("mark_against", resident(case.pk), MARK))
    assert not Notice.objects.filter(case=case, official=handler).exists()
    # somebody who holds a post at both units is barred as well, whichever post the notice would go to
    Post.objects.create(official=handler, unit_id=ABOVE, role="head", since="2020-01-01")
    Case.objects.filter(pk=case.pk).update(due_at=timezone.now() - timedelta(days=20), rung="on_time", handler=handler)
    escalation.raise_rungs()
    assert not Notice.objects.filter(case=case, official=handler).exists()
    assert mail.outbox == []


def test_merged_letters_come_apart_and_keep_no_sign_of_it(bribery, letter, actor, official, signed_in):
    lead, _ = bribery
    follower, _ = letter(nonce="follower", subject="也嫌吵")
    handler = actor(ACCUSED, "handler")
    perform(follower.pk, Step("merge", handler, {"case": str(lead.pk)}))
    perform(lead.pk, Step("mark_against", resident(lead.pk), MARK))
    follower.refresh_from_db()
    assert (follower.state, follower.lead_case_id, follower.unit_id) == ("dispatched", None, ACCUSED)
    client = signed_in(official(ACCUSED, "handler"))
    page = client.get(reverse("desk:case", args=[follower.code])).content.decode()
    api = str(
        [
            (row.act, row.public, row.private)
            for row in Act.objects.filter(case=follower).exclude(act__in=("merge", "submit"))
        ]
    )
    for words in (lead.code, "反映", "收钱", "mark"):
        assert words not in api
    assert lead.code not in page
    assert "执法人员收钱" not in page
    # and the other way round: a follower that is marked leaves its group
    second, _ = letter(nonce="second", subject="第二封")
    perform(second.pk, Step("merge", handler, {"case": str(follower.pk)}))
    perform(second.pk, Step("mark_against", resident(second.pk), MARK))
    second.refresh_from_db()
    assert (second.state, second.lead_case_id, second.unit_id) == ("dispatched", None, ABOVE)
    assert (
        "并入"
        not in client.get(reverse("desk:case", args=[follower.code])).content.decode().split("<h1>")[1].split("</p>")[0]
    )


def test_what_the_unit_above_corrects_does_not_reach_letters_that_were_once_merged_into_it(bribery, letter, actor):
    lead, _ = bribery
    follower, _ = letter(nonce="follower", subject="也嫌吵")
    handler = actor(ACCUSED, "handler")
    perform(follower.pk, Step("merge", handler, {"case": str(lead.pk)}))
    perform(lead.pk, Step("answer", handler, {"text": "查无此事。", "at_once": True}))
    assert Case.objects.get(pk=follower.pk).state == "answered"
    perform(lead.pk, Step("mark_against", resident(lead.pk), MARK))
    attachments.keep("处分.txt", "给予处分".encode(), "set-of-files")
    corrected = {"text": "经查属实，已给予执法人员处分。", "reason": "另行调查"}
    perform(lead.pk, Step("correct_answer", actor(ABOVE, "head"), corrected), files="set-of-files")
    assert not Act.objects.filter(case=follower, act="correct_answer_merged").exists()
    files = filing.for_sender(Case.objects.get(pk=follower.pk))
    assert [item.name for items in files.values() for item in items] == []


def test_another_matter_alone_leaves_a_group_together(letter, actor):
    lead, _ = letter()
    follower, _ = letter(nonce="follower")
    handler = actor(ACCUSED, "handler")
    perform(follower.pk, Step("merge", handler, {"case": str(lead.pk)}))
    perform(lead.pk, Step("change_matter", handler, {"matter": "0102"}))
    assert Case.objects.get(pk=follower.pk).state == "merged"


def test_a_published_letter_and_its_copies_are_found_no_more(bribery, letter, actor, official, signed_in, client):
    case, _ = bribery
    copy, _ = letter(nonce="copy", subject="施工队给队长送钱", body="夜里的秘密，城管收钱不管。大家都知道。")
    handler = actor(ACCUSED, "handler")
    perform(case.pk, Step("answer", handler, {"text": "查无此事。", "at_once": True}))
    publish(case, handler, {"subject": "送钱", "body": "送钱的事", "answer": "查无此事"})
    slug = PublishedLetter.objects.get().slug
    while settle():
        pass
    desk_of_accused = signed_in(official(ACCUSED, "handler"))
    assert case.code in desk_of_accused.get(reverse("desk:case", args=[copy.code])).content.decode()
    perform(case.pk, Step("mark_against", resident(case.pk), MARK))
    case.refresh_from_db()
    assert (case.state, case.unit_id, case.published, case.is_open) == ("answered", ABOVE, False, False)
    assert client.get(f"/letters/published/{slug}/?fresh").status_code == 404
    assert not PublishedLetter.objects.exists()
    assert case.code not in desk_of_accused.get(reverse("desk:case", args=[copy.code])).content.decode()
    with pytest.raises(Refusal):
        publish(case, actor(ABOVE, "head"), {"subject": "送钱", "body": "送钱", "answer": "无"})


def test_changing_the_matter_to_conduct_bars_the_unit_in_the_same_act(bribery, actor, official, signed_in):
    case, _ = bribery
    handler = actor(ACCUSED, "handler")
    with pytest.raises(Refusal) as refusal:
        perform(case.pk, Step("change_matter", handler, {"matter": "0901"}))
    assert refusal.value.field == "against"
    AnswerDraft.objects.create(case=case, official_id=handler.official_id, private={"text": "查无此事"})
    perform(case.pk, Step("change_matter", handler, {"matter": "0901", "against": ACCUSED}))
    case.refresh_from_db()
    assert (case.matter_id, case.against_id, case.unit_id) == ("0901", ACCUSED, ABOVE)
    assert signed_in(official(ACCUSED, "head")).get(reverse("desk:case", args=[case.code])).status_code == 404
    assert not AnswerDraft.objects.exists()


@pytest.mark.parametrize("state", ["answered", "closed", "refused", "withdrawn", "reviewed", "final", "under_review"])
def test_it_can_be_marked_for_as_long_as_it_exists(state, bribery, official, signed_in):
    case, _ = bribery
    Case.objects.filter(pk=case.pk).update(
        state=state, phase="work" if state == "under_review" else "over", answered_at=timezone.now()
    )
    perform(case.pk, Step("mark_against", resident(case.pk), MARK))
    case.refresh_from_db()
    assert (case.state, case.unit_id, case.against_id) == (state, ABOVE, ACCUSED)
    assert signed_in(official(ACCUSED, "head")).get(reverse("desk:case", args=[case.code])).status_code == 404
    assert signed_in(official(ABOVE, "head")).get(reverse("desk:case", args=[case.code])).status_code == 200


def test_what_they_had_seen_is_shown_to_the_unit_above(bribery, actor, official, signed_in, token):
    case, _ = bribery
    handler = official(ACCUSED, "handler")
    handler.email = "handler@example.org"
    handler.save()
    look(case, actor(ACCUSED, "handler"), "办理")
    perform(case.pk, Step("accept", actor(ACCUSED, "handler")))
    Case.objects.filter(pk=case.pk).update(due_at=timezone.now() - timedelta(days=2))
    escalation.raise_rungs()
    Notice.objects.filter(case=case).update(state="sent", private=None)
    export = Client().get("/api/v1/desk/export", headers={"Authorization": f"Bearer {token(ACCUSED, 'clerk')}"})
    assert case.code in b"".join(export.streaming_content).decode()
    perform(case.pk, Step("mark_against", resident(case.pk), MARK))
    page = signed_in(official(ABOVE, "head")).get(reverse("desk:case", args=[case.code])).content.decode()
    seen = page.split('id="seen"')[1].split("</section>")[0]
    for words in ("官员610113-CG-handler", "查看：办理", "受理", "收到时限提醒", "导出清单", "官员610113-CG-clerk"):
        assert words in seen, words


def test_only_the_unit_above_takes_the_mark_away_and_says_why(bribery, actor):
    case, _ = bribery
    perform(case.pk, Step("mark_against", resident(case.pk), MARK))
    for wrong in (
        actor(ACCUSED, "head"),
        resident(case.pk),
        actor("610113-XF", "head"),
        actor("610113-ZJ", "head"),
        actor(ABOVE, "clerk"),
    ):
        with pytest.raises(Refusal):
            perform(case.pk, Step("unmark_against", wrong, {"text": "不是"}))
    with pytest.raises(Refusal) as refusal:
        perform(case.pk, Step("unmark_against", actor(ABOVE, "head")))
    assert refusal.value.field == "text"
    with pytest.raises(Refusal):
        perform(case.pk, Step("mark_against", resident(case.pk), {"against": "610113-ZJ"}))
    perform(case.pk, Step("unmark_against", actor(ABOVE, "head"), {"text": "反映的是施工队，不是执法人员"}))
    case.refresh_from_db()
    assert (case.against_id, case.unit_id) == (None, ABOVE)


def test_a_complaint_about_conduct_cannot_lose_its_bar(letter, actor):
    case, _ = letter(matter="0901", against=ACCUSED)
    with pytest.raises(Refusal):
        perform(case.pk, Step("unmark_against", actor(ABOVE, "head"), {"text": "x"}))


def test_a_program_of_the_accused_unit_that_repeats_an_old_call_learns_nothing(bribery, token):
    case, _ = bribery
    headers = {"Authorization": f"Bearer {token(ACCUSED, 'handler')}", "Idempotency-Key": "the-same-key-0123456"}
    body = orjson.dumps({"act": "accept", "version": case.version, "payload": {}})

    def call():
        return Client().generic(
            "POST", f"/api/v1/desk/cases/{case.code}/acts", body, content_type="application/json", headers=headers
        )

    assert call().status_code == 200
    assert call().json()["again"] is True
    perform(case.pk, Step("mark_against", resident(case.pk), MARK))
    assert call().status_code == 404


def test_the_sender_marks_it_on_the_page_and_by_program_and_reads_what_follows(bribery, client):
    case, receipt = bribery
    client.post("/follow/", {"code": case.code, "secret": receipt.secret})
    page = client.get(f"/follow/{case.code}/").content.decode()
    assert "标明被反映单位" in page
    assert "雁塔区城市管理局" in page
    form = {"version": case.version, "nonce": "n" * 32, "sure": "1", **MARK}
    assert client.post(f"/follow/{case.code}/act/mark_against/", form).status_code == 302
    page = client.get(f"/follow/{case.code}/").content.decode()
    assert "已标明被反映的单位，今后由上级单位办理" in page
    assert 'id="act-mark_against"' not in page
    assert Case.objects.get(pk=case.pk).unit_id == ABOVE
    assert Notice.objects.filter(case=case, channel="email", official=None).exists(), "told by e-mail too"
    assert filing.senders_file(Case.objects.get(pk=case.pk), case.attachments.get().key)
