"""Certificates: issued in the transaction of the act, and what later acts do to them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from tongban.cases.models import Act, Case
from tongban.cases.refusal import Refusal
from tongban.cases.retention import expire_due
from tongban.cases.writer import Step, Submission, perform, submit
from tongban.credentials import Refused, read_status_list, read_status_list_cwt, verify
from tongban.services import clock, stored
from tongban.services.certificates import issuing, keys, lists
from tongban.services.certificates.rows import Certificate, IssuingKey, StatusList

from .conftest import ABOVE, CIVIL, MARKET, NOON, accepted, after, applied, fresh, official, sender

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("city"), pytest.mark.both_databases]
SENIOR = {"born": "1958-03-02", "resident_here": True}


@pytest.fixture(autouse=True)
def _nothing_remembered():
    lists.forget()


def at(moment):
    return int(moment.timestamp())


def status_of(uri, now=NOON + timedelta(days=1)):
    unit, number = uri.rsplit("/", 2)[1:]
    return lists.served(unit, int(number), "jwt", now).body.decode()


def checked(certificate, now=NOON + timedelta(days=1), **more):
    def status(uri):
        return status_of(uri, now)

    return verify(certificate.sealed["sdjwt"], keys=keys.keys_of, now=at(now), status=status, **more)


def refused(certificate, **more):
    with pytest.raises(Refused) as found:
        checked(certificate, **more)
    return found.value.reason


def licence():
    case = after(accepted(), "grant", official(MARKET), NOON, text="准予")
    return case, Certificate.objects.get(case=case)


def card():
    case = after(accepted("7001", **SENIOR), "grant", official(CIVIL), NOON, text="准予")
    return case, Certificate.objects.get(case=case)


def test_what_is_granted_gets_its_certificate_and_it_verifies():
    case, made = licence()
    found = checked(made, type=f"{keys.settings.ORIGIN}/verify/types/food")
    assert found.claims["name"] == "李明"
    assert found.claims["item"] == "食品经营许可"
    assert (found.claims["number"], found.claims["until"]) == (made.number, "2031-03-01")
    assert (made.until, made.state, made.unit_id) == (date(2031, 3, 1), "good", MARKET)
    assert made.act == Act.objects.get(case=case, act="grant").sequence
    assert found.expires_at == at(NOON.replace(hour=16)) + (date(2031, 3, 1) - date(2026, 3, 2)).days * 86400


def test_over_sixty_is_a_claim_of_its_own_and_what_is_not_true_is_no_claim():
    _case, made = card()
    claims = checked(made).claims
    assert (claims["over_60"], claims["over_65"], claims["born"]) == (True, True, "1958-03-02")
    assert "over_70" not in claims
    assert "over_80" not in claims


def test_an_item_without_a_certificate_issues_none_and_imported_history_neither():
    after(accepted("7002", hardship="illness", resident_here=True), "grant", official(CIVIL), NOON, text="准予")
    assert not Certificate.objects.exists()
    case = accepted()
    Case.objects.filter(pk=case.pk).update(channel="import")
    after(case, "grant", official(MARKET), NOON, text="准予")
    assert not Certificate.objects.exists()


@pytest.mark.parametrize("what", ["Certificate", "key", "list"])
def test_where_issuing_fails_nothing_was_granted(monkeypatch, what):
    case = accepted()
    if what == "Certificate":
        monkeypatch.setattr(Certificate.objects, "create", _broken)
    elif what == "list":
        monkeypatch.setattr(lists, "draw", _broken)
    else:
        monkeypatch.setattr(keys, "signing", _no_key)
    with pytest.raises(Refusal if what == "key" else IntegrityError):
        after(case, "grant", official(MARKET), NOON, text="准予")
    assert fresh(case).state == "accepted"
    assert not Act.objects.filter(case=case, act="grant").exists()
    assert not Certificate.objects.exists()
    monkeypatch.undo()
    after(case, "grant", official(MARKET), NOON, text="准予")
    assert Certificate.objects.count() == 1


def _broken(*_args, **_more):
    raise IntegrityError("the power fails")


def _no_key(*_args):
    raise keys.CertificateKeysError("none")


def test_the_act_is_undone_with_its_certificate_where_what_comes_after_fails(monkeypatch):
    from tongban.cases import writer

    case = accepted()
    monkeypatch.setattr(writer.attachments, "take_over", _broken)
    with pytest.raises(IntegrityError):
        perform(case.pk, Step("grant", official(MARKET), {"text": "准予"}, at=NOON), files="x")
    assert (fresh(case).state, Certificate.objects.count()) == ("accepted", 0)
    assert not StatusList.objects.exists()
    assert not IssuingKey.objects.exists()


def test_two_clicks_issue_one_certificate():
    case = accepted()
    for _click in range(2):
        perform(case.pk, Step("grant", official(MARKET), {"text": "准予"}, at=NOON, nonce="n" * 64))
    assert Certificate.objects.count() == 1


def test_a_revocation_is_in_the_very_next_list():
    case, made = licence()
    assert status_of(lists.address_of(MARKET, 1))  # signed once, and remembered
    checked(made)
    after(case, "revoke", official(MARKET, "head"), NOON + timedelta(days=1), text="以欺骗取得")
    assert refused(made) == "revoked"
    assert Certificate.objects.get().state == "revoked"


def test_a_suspension_comes_and_goes():
    case, made = licence()
    act = Act.objects.filter(case=case).last()
    stored.suspended([(case, act, None)])
    assert refused(made) == "suspended"
    stored.reinstated([(case, act, None)])
    assert checked(made).claims["name"] == "李明"
    assert Certificate.objects.get().state == "good"


def test_a_licence_that_expired_is_refused_by_its_day_and_by_the_list():
    _case, made = licence()
    assert refused(made, now=NOON + timedelta(days=5 * 366)) == "expired"
    assert expire_due(date(2031, 3, 2)) == 1
    assert Certificate.objects.get().state == "expired"
    assert lists.standing(made.status_list_id, made.status_index) == lists.INVALID


def renewed(case):
    sent = Submission("renewal", case.matter_id, case.place_id, "延续", "请延续", about=case.pk,
                      visibility="confidential")  # fmt: skip
    submit(sent, sender(case), now=NOON + timedelta(days=1700))
    assert clock.deem_renewed(NOON + timedelta(days=1826)) == 1
    return Certificate.objects.order_by("-issued_at")[0]


def test_silence_renews_and_the_list_says_that_the_old_paper_is_replaced():
    case, old = licence()
    assert checked(old, now=NOON + timedelta(days=1825)).claims["until"] == "2031-03-01"
    new = renewed(case)
    old.refresh_from_db()
    assert (new.until, new.state, old.state) == (date(2036, 3, 1), "good", "replaced")
    assert refused(old) == "replaced"
    assert checked(new, now=NOON + timedelta(days=1826)).claims["until"] == "2036-03-01"
    after(fresh(case), "revoke", official(MARKET, "head"), NOON + timedelta(days=1830), text="以欺骗取得")
    assert {one.state for one in Certificate.objects.all()} == {"revoked"}
    assert refused(old) == "revoked"


def test_an_old_certificate_that_lasts_longer_than_the_new_one_stays_good():
    case, old = licence()
    Certificate.objects.filter(pk=old.pk).update(until=None)
    new = renewed(case)
    old.refresh_from_db()
    assert (new.state, old.state) == ("good", "good")
    assert checked(old).claims["until"] == "2031-03-01"


def test_where_the_new_certificate_cannot_be_issued_the_old_one_stays_as_it_is(monkeypatch):
    case, old = licence()
    act = Act.objects.filter(case=case).last()
    monkeypatch.setattr(keys, "signing", _no_key)
    with pytest.raises(Refusal), transaction.atomic():
        stored.prolonged([(case, act, None)])
    monkeypatch.undo()
    old.refresh_from_db()
    assert (old.state, Certificate.objects.count()) == ("good", 1)
    assert checked(old)


def test_what_is_renewed_while_suspended_stays_suspended_and_the_old_one_is_replaced_for_good():
    case, old = licence()
    act = Act.objects.filter(case=case).last()
    stored.suspended([(case, act, None)])
    new = issuing.issue_for(case, act)
    issuing.replace(new, act.at)
    stored.suspended([(case, act, None)])
    assert (refused(new), refused(old)) == ("suspended", "replaced")
    stored.reinstated([(case, act, None)])
    assert checked(new)
    assert refused(old) == "replaced"


def test_a_decision_that_is_set_aside_takes_its_certificate_with_it_and_the_next_one_brings_a_new_one():
    case, first = licence()
    sent = Submission("service_appeal", case.matter_id, case.place_id, "复查", "期限太短", about=case.pk,
                      visibility="confidential")  # fmt: skip
    appeal = submit(sent, sender(case), now=NOON + timedelta(days=2))[0]
    after(appeal, "set_aside", official(ABOVE, "supervisor"), NOON + timedelta(days=3), text="事实不清")
    assert refused(first) == "revoked"
    after(fresh(case), "grant", official(MARKET), NOON + timedelta(days=4), text="准予")
    assert [one.state for one in Certificate.objects.order_by("issued_at")] == ["revoked", "good"]


def test_an_erased_case_takes_the_words_of_its_certificate_away_and_the_paper_stays_good(kept_long_enough):
    from tongban.cases.actor import SYSTEM

    case, made = card()
    text = made.sealed["sdjwt"]
    perform(kept_long_enough(case).pk, Step("erase", SYSTEM))
    left = Certificate.objects.get()
    assert (left.sealed, left.claims, left.state) == (None, {}, "good")
    found = verify(text, keys=keys.keys_of, now=at(NOON + timedelta(days=1)), status=status_of)
    assert found.claims["name"] == "李明"


# --- units, keys, entries ---------------------------------------------------------------


def test_a_unit_cannot_sign_for_another():
    _case, made = card()
    row = IssuingKey.objects.get()
    assert row.unit_id == CIVIL
    keys.signing(MARKET, NOON)
    others = {keys.issuer_of(CIVIL): keys.keys_of_unit(MARKET)}
    with pytest.raises(Refused) as found:
        verify(made.sealed["sdjwt"], keys=others, now=at(NOON))
    assert found.value.reason == "signature"
    assert keys.keys_of("https://elsewhere.example/issuer/610113-MZ") == []


def test_keys_are_rotated_and_old_certificates_stay_good_without_their_secret(settings):
    old, new = (f"2026:{keys.new_secret()}", f"2027:{keys.new_secret()}")
    settings.CERTIFICATE_KEYS = old
    case, first = licence()
    assert checked(first).kid == "2026"
    settings.CERTIFICATE_KEYS = new  # the old secret has left the environment
    second = issuing.issue_for(case, Act.objects.filter(case=case).last())
    assert (checked(second).kid, checked(first).kid) == ("2027", "2026")
    assert keys.withdraw(MARKET, "2026")
    assert refused(first) == "signature"
    assert checked(second).kid == "2027"
    settings.CERTIFICATE_KEYS = f"{MARKET}@hsm:{keys.new_secret()},{new}"
    assert keys.signing_key(MARKET).kid == "hsm.own"
    assert keys.signing_key(CIVIL).kid == "2027"


def test_a_withdrawn_key_does_not_sign_again(settings):
    settings.CERTIFICATE_KEYS = f"2026:{keys.new_secret()}"
    keys.signing(MARKET, NOON)
    keys.withdraw(MARKET, "2026")
    with pytest.raises(keys.CertificateKeysError):
        keys.signing(MARKET, NOON)


def test_a_key_that_somebody_wrote_into_the_database_is_not_published():
    licence()
    forged = keys.SigningKey.generate("2026b").public.jwk
    IssuingKey.objects.create(
        unit_id=MARKET, kid="2026b", x=forged["x"], y=forged["y"], since=NOON, tag=IssuingKey.objects.get().tag
    )
    assert [one.kid for one in keys.keys_of_unit(MARKET)] == ["0"]
    assert {unit: len(found) for unit, found in keys.published().items()} == {MARKET: 1}


@pytest.mark.parametrize("text", ["x", "2026:short", "0:" + "A" * 43, "a:" + "A" * 43 + ",a:" + "A" * 43])
def test_keys_that_cannot_be_read_are_told_without_saying_the_secret(text):
    with pytest.raises(keys.CertificateKeysError) as found:
        keys.parsed(text)
    assert "AAAA" not in str(found.value)
    assert "short" not in str(found.value)


def test_entries_are_drawn_by_chance_and_a_list_that_is_nearly_full_is_followed_by_another(monkeypatch):
    case, made = licence()
    row = StatusList.objects.get()
    drawn = [lists.draw(MARKET, NOON)[1] for _one in range(5)]
    assert len({made.status_index, *drawn}) > 1
    StatusList.objects.update(taken=row.size * 3 // 4)
    again, _index = lists.draw(MARKET, NOON)
    assert (again.number, again.taken) == (2, 1)
    assert StatusList.objects.get(number=1).taken == row.size * 3 // 4


def test_the_list_is_signed_anew_only_when_it_changed_and_holds_in_both_forms():
    _case, made = licence()
    uri, now = lists.address_of(MARKET, 1), NOON + timedelta(minutes=1)
    first = lists.served(MARKET, 1, "jwt", now)
    assert lists.served(MARKET, 1, "jwt", now + timedelta(minutes=5)) is first
    with_cwt = lists.served(MARKET, 1, "cwt", now)
    assert with_cwt.etag != first.etag
    issuer = keys.issuer_of(MARKET)
    entries = read_status_list_cwt(with_cwt.body, uri=uri, keys=keys.keys_of, issuer=issuer, now=at(now))
    again = read_status_list(first.body.decode(), uri=uri, keys=keys.keys_of, issuer=issuer, now=at(now))
    assert (len(entries), entries.raw) == (131072, again.raw)
    lists.put(made.status_list_id, {made.status_index: lists.INVALID}, now)
    assert lists.served(MARKET, 1, "jwt", now).etag != first.etag
    assert lists.served(MARKET, 9, "jwt", now) is None


def test_who_has_a_case_that_is_only_applied_for_has_no_certificate():
    applied()
    assert not Certificate.objects.exists()
