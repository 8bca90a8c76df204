"""A clerk who wants an answered letter gone, and with it the sender's way to a review.

Held before: who may not see a letter could not erase it. Did not hold: one clerk of the coordinating unit or one head
erased an answered letter at once, by page, by token or by a call of the kernel, without a request, a reason or a
second person.

Holds now: nothing is erased without the sender's request or an ended time of keeping; never while the sender can
still ask for a review or a recheck; never by one person; and the tombstone says on what ground, on whose proposal and
why.
"""

from __future__ import annotations

from datetime import timedelta

import orjson
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tongban.accounts.models import ApiToken, Post
from tongban.cases import retention
from tongban.cases.actor import SYSTEM, resident
from tongban.cases.models import Act, Case
from tongban.cases.refusal import Refusal
from tongban.cases.writer import Step, perform
from tongban.registry import models as rows
from tongban.registry import snapshot

pytestmark = pytest.mark.django_db
LEAD = "610113-CG"
REASON = {"reason": "来信人书面申请"}


@pytest.fixture
def answered(letter, actor):
    """An answered letter; `age` days ago it was answered."""

    def make(age: int = 0, **values):
        now = timezone.now() - timedelta(days=age + 5)
        case, receipt = letter(now=now, name="王小明", phone="13800000000", **values)
        step = Step(
            "answer", actor(LEAD, "handler"), {"text": "已责令停工。", "at_once": True}, at=now + timedelta(days=5)
        )
        perform(case.pk, step)
        return Case.objects.get(pk=case.pk), receipt

    return make


def refused(case, step):
    with pytest.raises(Refusal) as refusal:
        perform(case.pk, step)
    assert Case.objects.get(pk=case.pk).erased_at is None
    return refusal.value


def asked(case):
    perform(case.pk, Step("ask_erasure", resident(case.pk), {"text": "请删除"}))


def test_no_official_erases_alone_whatever_the_post_and_the_ground(answered, actor):
    for ground in ("none", "asked"):
        case, _ = answered(age=60, nonce=ground)
        if ground == "asked":
            asked(case)
        for unit, role in (
            (LEAD, "head"),
            ("610113-XF", "head"),
            ("610113-XF", "clerk"),
            ("610113-GOV", "head"),
            (LEAD, "clerk"),
        ):
            assert refused(case, Step("erase", actor(unit, role))).code == "not_allowed"


def test_without_a_request_nothing_is_even_proposed_before_the_time_of_keeping_is_over(answered, actor):
    case, _ = answered(age=60)
    refusal = refused(case, Step("propose_erasure", actor(LEAD, "handler"), REASON))
    assert "没有申请删除" in str(refusal.message)
    assert refused(case, Step("erase", SYSTEM)).code == "not_allowed", "the worker erases by the clock alone"


def test_while_a_review_can_be_asked_for_nothing_is_erased_even_at_the_senders_wish(answered, actor):
    case, _ = answered(age=29)
    asked(case)
    assert "还可以申请复查" in str(refused(case, Step("propose_erasure", actor(LEAD, "clerk"), REASON)).message)
    perform(case.pk, Step("ask_review", resident(case.pk), {"text": "没有解决"}))
    assert refused(case, Step("propose_erasure", actor("610113-GOV", "clerk"), REASON)).code == "wrong_state"
    perform(case.pk, Step("answer_review", actor("610113-GOV", "head"), {"text": "维持"}))
    refusal = refused(case, Step("propose_erasure", actor("610113-GOV", "clerk"), REASON))
    assert "还可以申请复查或复核" in str(refusal.message)


def test_closing_a_letter_early_neither_shortens_nor_lengthens_the_time_to_ask_for_a_review(answered, actor):
    case, _ = answered(age=29)
    perform(case.pk, Step("close", actor(LEAD, "handler")))
    asked(case)
    assert refused(case, Step("propose_erasure", actor(LEAD, "clerk"), REASON)).code == "not_allowed"
    late, _ = answered(age=31, nonce="late")
    perform(late.pk, Step("close", actor(LEAD, "handler")))
    assert "期限已过" in str(refused(late, Step("ask_review", resident(late.pk), {"text": "晚了"})).message)


def test_a_limit_taken_out_of_the_registry_opens_no_way(answered, actor):
    case, _ = answered(age=60)
    asked(case)
    rows.TimeLimit.objects.filter(step="review_ask").delete()
    snapshot.touch()
    assert refused(case, Step("propose_erasure", actor(LEAD, "clerk"), REASON)).code == "not_allowed"


def test_two_officials_erase_what_its_sender_asked_to_have_erased(answered, actor, client, signed_in, official):
    case, receipt = answered(age=60)
    asked(case)
    clerk, head = actor(LEAD, "clerk"), actor(LEAD, "head")
    assert refused(case, Step("propose_erasure", clerk)).field == "reason"
    perform(case.pk, Step("propose_erasure", head, REASON))
    assert "另一位" in str(refused(case, Step("erase", head)).message)
    assert refused(case, Step("erase", clerk)).code == "not_allowed", "a clerk proposes and does not confirm"
    perform(case.pk, Step("propose_erasure", clerk, REASON))
    perform(case.pk, Step("erase", head))
    case.refresh_from_db()
    assert case.private is None
    act = Act.objects.get(case=case, act="erase")
    assert act.public == {
        "ground": "asked",
        "proposed_unit": LEAD,
        "proposed_role": "clerk",
        "reason": "来信人书面申请",
    }
    words = (
        "依据：提交人申请删除",
        "理由：来信人书面申请",
        "提出：雁塔区城市管理局",
        "确认：雁塔区城市管理局 单位负责人",
    )
    client.post("/follow/", {"code": case.code, "secret": receipt.secret})
    for page in (
        client.get(f"/follow/{case.code}/"),
        signed_in(official(LEAD, "head")).get(reverse("desk:case", args=[case.code])),
    ):
        text = page.content.decode()
        assert all(word in text for word in words), text
    seen = client.get(f"/follow/{case.code}/").content.decode()
    assert "官员" not in seen, "the sender reads units and roles, never a name"


def test_the_reason_on_the_tombstone_names_nobody(answered, actor):
    case, _ = answered(age=60)
    asked(case)
    for reason in ("王小明来电申请", "申请人电话13800000000"):
        assert refused(case, Step("propose_erasure", actor(LEAD, "clerk"), {"reason": reason})).field == "reason"


def test_a_token_is_no_way_around_and_no_second_person(answered, actor, official):
    case, _ = answered(age=60)
    asked(case)
    head = official(LEAD, "head")
    token = ApiToken.issue(Post.objects.get(official=head), "test", timezone.now() + timedelta(days=1))[1]

    def call(act, **payload):
        version = Case.objects.get(pk=case.pk).version
        body = orjson.dumps({"act": act, "version": version, "payload": payload})
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": f"erasing-{act}-0123456789"}
        address = f"/api/v1/desk/cases/{case.code}/acts"
        return Client().generic("POST", address, body, content_type="application/json", headers=headers)

    assert call("erase").status_code == 403
    assert call("propose_erasure", **REASON).status_code == 200
    assert call("erase").status_code == 403, "the same person by page and by token is one person"
    headers = {"Authorization": f"Bearer {token}"}
    may = Client().get(f"/api/v1/desk/cases/{case.code}", headers=headers).json()["may"]
    assert "erase" not in {edge["act"] for edge in may}


def test_the_button_is_there_only_for_who_can_confirm(answered, actor, official, signed_in):
    case, _ = answered(age=60)
    address = reverse("desk:case", args=[case.code])
    head = signed_in(official(LEAD, "head"))
    assert "/act/propose_erasure/" not in head.get(address).content.decode()
    asked(case)
    assert "/act/propose_erasure/" in head.get(address).content.decode()
    assert "申请删除" in head.get(address).content.decode()
    perform(case.pk, Step("propose_erasure", actor(LEAD, "handler"), REASON))
    assert "/act/erase/" in head.get(address).content.decode()
    assert "/act/erase/" not in signed_in(official(LEAD, "handler")).get(address).content.decode()


def test_the_worker_erases_by_the_clock_and_passes_over_what_can_still_be_contested(answered, kept_long_enough):
    old, _ = answered(age=60)
    kept_long_enough(old)
    contested, _ = answered(age=1, nonce="contested")
    Case.objects.filter(pk=contested.pk).update(retain_until="2020-01-01")
    assert retention.erase_due() == 1
    assert Case.objects.get(pk=old.pk).erased_at is not None
    assert Case.objects.get(pk=contested.pk).erased_at is None
    assert Act.objects.get(case=old, act="erase").public == {"ground": "kept_long_enough"}
    assert retention.erase_due() == 0
