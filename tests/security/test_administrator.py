"""Attacker: an administrator of the house.

What the attacker wants: to open a complaint, without anybody knowing.
Before: an administrator gave itself a post at the unit and read everything; a log line said "account changed".
Resetting an official's second factor and password, or issuing a token for their post, did the same.
Now: nobody gets a post on a page by their own hand; a post that opens cases, a token of one, and whatever would let one
person sign in to one take two people, and what is shown once is shown to the second. Each change stands in a record
that the database itself keeps from being changed, with who, what and why; that a unit's powers changed stands on the
ledger.
What one administrator with the server's own command line can do is recorded the same way, and remains.
"""

from __future__ import annotations

import hashlib
import json
import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from django.utils import timezone

import tongban
from tongban.accounts import officials, proposals
from tongban.accounts.models import ApiToken, Official, Post, Proposal
from tongban.accounts.officials import OfficialError
from tongban.cases import access
from tongban.cases.actor import Actor
from tongban.ledger.models import QueuedEntry
from tongban.record.models import Change, RecordChanged, What
from tongban.record.writing import By, ReasonMissing
from tongban.registry import exchange, snapshot

pytestmark = pytest.mark.django_db
WHY = {"reason": "雁塔区分管工作调整"}


@pytest.fixture
def villain(official):
    return official("610000-GOV", "administrator", "villain")


@pytest.fixture
def other(official):
    return official("610100-GOV", "administrator", "other")


@pytest.fixture
def desk(signed_in):
    return signed_in


def at(person):
    return tuple(Post.held_on(person.pk, timezone.localdate()))


def on_a_page(person):
    return By(person.pk, str(person), "理由", "page")


def agreed(person, proposal):
    return proposals.agree(proposal, person.pk, str(person), at(person))


def sees(person, case):
    actor = Actor("official", person.pk, at(person), name=str(person))
    return access.may_see(actor, case, snapshot.current())


# --- a post ----------------------------------------------------------------------------------------------------------
def test_an_administrator_cannot_give_itself_a_post(villain, other, desk, letter):
    case, _ = letter()
    for role in ("clerk", "handler", "head", "supervisor", "data_officer", "administrator"):
        given = {"username": "villain", "unit": "610113-CG", "role": role, **WHY}
        assert desk(villain).post(reverse("registry:officials"), given).status_code == 422
    assert not Proposal.objects.exists()
    assert at(villain) == (("610000-GOV", "administrator"),)
    assert not sees(villain, case)


def test_one_administrator_alone_gives_nobody_a_post_that_opens_cases(villain, desk, letter):
    given = {"username": "puppet", "unit": "610113-CG", "role": "handler", **WHY}
    page = desk(villain).post(reverse("registry:officials"), given, follow=True).content.decode()
    assert not re.search(r"([a-z2-9]{4}-){4}[a-z2-9]{4}", page)
    puppet, proposal = Official.objects.get(username="puppet"), Proposal.objects.get()
    assert (at(puppet), puppet.has_usable_password()) == ((), False)
    assert desk(villain).post(reverse("registry:proposals"), {"proposal": proposal.pk, "agree": "1"}).status_code == 422
    assert at(puppet) == ()


def test_nor_a_second_administrator_to_agree_with_it(villain, desk):
    given = {"username": "puppet", "unit": "610000-GOV", "role": "administrator", **WHY}
    desk(villain).post(reverse("registry:officials"), given)
    assert at(Official.objects.get(username="puppet")) == ()


def test_the_functions_refuse_it_too(villain, official):
    person = official("610113-CG", "handler")
    for attempt in (
        lambda: officials.add_official("x", "610113-CG", "clerk", by=on_a_page(villain)),
        lambda: officials.add_official("villain", "610113-CG", "data_officer", by=on_a_page(villain)),
        lambda: officials.issue_token(person.posts.get(), "x", 30, on_a_page(villain)),
        lambda: officials.reset_second_factor(person, on_a_page(villain)),
        lambda: officials.reset_password(person, on_a_page(villain)),
    ):
        with pytest.raises(OfficialError):
            attempt()
    assert not Change.objects.exists()


def test_an_account_that_one_administrator_prepared_starts_anew_with_what_the_second_sees(villain, other, desk, client):
    """The villain makes an account with a role that opens nothing, signs in to it, enrols an app; then proposes a
    post."""
    from allauth.mfa.models import Authenticator

    page = desk(villain).post(
        reverse("registry:officials"), {"username": "puppet", "unit": "610113-CG", "role": "data_officer", **WHY}
    )
    known = re.search(r"([a-z2-9]{4}-){4}[a-z2-9]{4}", page.content.decode()).group()
    client.post(reverse("account_login"), {"login": "puppet", "password": known})
    mine = "a password of the villain"
    client.post(reverse("account_change_password"), {"oldpassword": known, "password1": mine, "password2": mine})
    puppet = Official.objects.get(username="puppet")
    Authenticator.objects.create(user=puppet, type=Authenticator.Type.TOTP, data={"secret": "x"})
    proposal = proposals.propose_post("puppet", "610113-CG", "handler", "", on_a_page(villain))
    desk(villain).post(
        reverse("registry:official", args=(puppet.pk,)), {"password": "1", **WHY}
    )  # once more, while it waits
    shown = agreed(other, proposal)
    puppet.refresh_from_db()
    assert (puppet.check_password(shown), puppet.check_password(mine)) == (True, False)
    assert not Authenticator.objects.exists()
    assert client.get(reverse("desk:tray")).status_code == 302


@pytest.mark.parametrize(
    ("unit", "role", "may"),
    [
        ("610100-GOV", "administrator", True),
        ("610113-GOV", "head", True),
        ("610100-GOV", "head", True),
        ("610113-GOV", "supervisor", False),
        ("610113-CG", "head", False),
        ("610113-ZJ", "head", False),
        ("610113-GOV", "clerk", False),
    ],
)
def test_who_may_be_the_second_person(villain, official, desk, unit, role, may):
    proposal = proposals.propose_post("wang", "610113-CG", "handler", "王", on_a_page(villain))
    client = desk(official(unit, role, "second"))
    shown = client.get(reverse("registry:proposals")).content.decode()
    assert (f'value="{proposal.pk}"' in shown) is may
    answer = client.post(reverse("registry:proposals"), {"proposal": proposal.pk, "agree": "1"})
    assert answer.status_code == (200 if may else 422)
    assert bool(at(Official.objects.get(username="wang"))) is may


def test_the_one_it_is_about_cannot_agree(villain, other):
    proposal = proposals.propose_post("other", "610113-CG", "handler", "", on_a_page(villain))
    with pytest.raises(OfficialError):
        agreed(other, proposal)


def test_a_proposal_is_carried_out_once_and_not_for_ever(villain, other, official):
    proposal = proposals.propose_post("wang", "610113-CG", "handler", "王", on_a_page(villain))
    with pytest.raises(OfficialError):
        proposals.propose_post("wang", "610113-CG", "handler", "王", on_a_page(villain))
    assert agreed(other, proposal)
    with pytest.raises(OfficialError):
        agreed(other, proposal)
    old = proposals.propose_post("li", "610113-CG", "handler", "李", on_a_page(villain))
    Proposal.objects.filter(pk=old.pk).update(proposed_at=timezone.now() - timedelta(days=15))
    with pytest.raises(OfficialError):
        agreed(other, old)


def test_what_an_administrator_proposed_ends_with_its_post(villain, other, official):
    official("610000-GOV", "administrator", "third")
    proposal = proposals.propose_post("wang", "610113-CG", "handler", "王", on_a_page(villain))
    officials.end_post(villain.posts.get(), by=on_a_page(other))
    with pytest.raises(OfficialError):
        agreed(other, proposal)


def test_a_proposal_is_turned_down_with_a_reason(villain, other):
    proposal = proposals.propose_post("wang", "610113-CG", "handler", "王", on_a_page(villain))
    with pytest.raises(ReasonMissing):
        proposals.refuse(proposal, By(other.pk, "other", "", "page"), at(other))
    proposals.refuse(proposal, on_a_page(other), at(other))
    assert not proposals.waiting().exists()
    assert Change.objects.order_by("-pk").first().what == What.REFUSED


# --- somebody else's post --------------------------------------------------------------------------------------------
@pytest.mark.parametrize("how", ["factor", "password", "token"])
def test_one_administrator_cannot_act_in_the_post_of_another(villain, other, official, desk, how):
    person = official("610113-CG", "handler", "victim")
    before = person.password
    given = {how: "1", "post": person.posts.get().pk, "name": "对接", "days": "30", **WHY}
    page = desk(villain).post(reverse("registry:official", args=(person.pk,)), given, follow=True).content.decode()
    person.refresh_from_db()
    assert (person.password, ApiToken.objects.count()) == (before, 0)
    assert not re.search(r"tb_[\w-]{20,}|([a-z2-9]{4}-){4}[a-z2-9]{4}", page)
    shown = agreed(other, Proposal.objects.get())
    assert bool(shown) is (how != "factor")


def test_a_password_behind_a_second_factor_is_reset_by_one(villain, official, desk, settings):
    from allauth.mfa.models import Authenticator

    settings.SECOND_FACTOR = True
    person = official("610113-CG", "handler", "forgetful")
    Authenticator.objects.create(user=person, type=Authenticator.Type.TOTP, data={"secret": "x"})
    assert officials.reset_password(person, on_a_page(villain))
    assert Change.objects.get().what == What.PASSWORD_RESET


# --- the record ------------------------------------------------------------------------------------------------------
def test_every_change_is_told_with_who_and_why(villain, other, official, desk):
    agreed(other, proposals.propose_post("wang", "610113-CG", "handler", "王芳", on_a_page(villain)))
    wang = Official.objects.get(username="wang")
    agreed(other, proposals.propose_token(wang.posts.get(), "对接", 30, on_a_page(villain)))
    officials.revoke_token(ApiToken.objects.get(), on_a_page(villain))
    agreed(other, proposals.propose_factor(wang, on_a_page(villain)))
    agreed(other, proposals.propose_password(wang, on_a_page(villain)))
    officials.end_post(wang.posts.get(), by=on_a_page(other))
    officials.deactivate(wang, on_a_page(other))
    row = {"code": "610113-CG", "place": "610113", "name": "新名称"}
    exchange.import_rows("units", [(2, row)], by=on_a_page(villain))
    told = [(change.what, change.by, change.second) for change in Change.objects.order_by("pk")]
    one, two = villain.pk, other.pk
    assert told == [
        ("account_made", one, None),
        ("proposed", one, None),
        ("post_granted", one, two),
        ("proposed", one, None),
        ("token_issued", one, two),
        ("token_revoked", one, None),
        ("proposed", one, None),
        ("factor_reset", one, two),
        ("proposed", one, None),
        ("password_reset", one, two),
        ("post_ended", two, None),
        ("account_closed", two, None),
        ("registry_changed", one, None),
    ]
    assert all(change.private["reason"] for change in Change.objects.all())
    page = desk(other).get(reverse("registry:record")).content.decode()
    assert page.count("<tr>") >= 13
    assert all(word in page for word in ("王芳", "设立岗位", "理由", "新名称"))
    assert "王芳" in desk(other).get(reverse("registry:record"), {"q": "610113-CG"}).content.decode()


def test_what_changes_nothing_is_not_told_and_a_page_has_to_say_why(villain, desk, registry):
    row = {
        "code": "610113-CG",
        "place": "610113",
        "name": "雁塔区城市管理局",
        "name_en": "Unit 610113-CG",
        "parent": "610113-GOV",
    }
    exchange.import_rows("units", [(2, row)], by=on_a_page(villain))
    assert not Change.objects.exists()
    url = reverse("registry:admin_edit", args=("units", "610113-CG"))
    assert desk(villain).post(url, {**row, "name": "没有理由"}).status_code == 422
    assert registry.units["610113-CG"].name == snapshot.load().units["610113-CG"].name
    with pytest.raises(ReasonMissing):
        proposals.propose_post("wang", "610113-CG", "handler", "", By(villain.pk, "v", "  ", "page"))
    assert not Official.objects.filter(username="wang").exists()


def test_the_command_on_the_server_is_told_too(registry):
    officials.add_official("first", "610000-GOV", "administrator", by=By(reason="开通"))
    exchange.set_day(timezone.localdate(), True, "临时上班")
    made, granted, day = Change.objects.order_by("pk")
    assert [(row.what, row.way, row.by) for row in (made, granted, day)] == [
        ("account_made", "command", None),
        ("post_granted", "command", None),
        ("calendar_changed", "command", None),
    ]
    assert granted.private["reason"] == "开通"


def test_the_record_cannot_be_changed_by_the_code_nor_in_the_database(registry):
    officials.add_official("first", "610000-GOV", "administrator")
    row = Change.objects.first()
    with pytest.raises(RecordChanged):
        row.save()
    with pytest.raises(RecordChanged):
        row.delete()
    for attempt in (
        lambda: Change.objects.update(by=7),
        lambda: Change.objects.update(unit="x"),
        lambda: Change.objects.update(at=timezone.now()),
        lambda: Change.objects.update(salt=b"x"),
        lambda: Change.objects.filter(pk=row.pk)._raw_delete("default"),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            attempt()
    assert Change.objects.count() == 2


def test_a_change_of_keys_goes_over_the_record(registry, settings):
    from tongban.vault.keyring import new_key
    from tongban.vault.rotation import rotate

    officials.add_official("first", "610000-GOV", "administrator", by=By(reason="开通"))
    old, new = settings.VAULT_KEYS, new_key()
    settings.VAULT_KEYS = f"{new},{old}"
    assert sum(rotate(Change, Change._meta.get_field("private"))) == 2
    settings.VAULT_KEYS = new
    assert [row.private["reason"] for row in Change.objects.all()] == ["开通", "开通"]


def test_names_and_reasons_are_sealed(villain, other):
    agreed(other, proposals.propose_post("wang", "610113-CG", "handler", "王芳芳", on_a_page(villain)))
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM record_change")
        stored = repr(
            [[bytes(cell) if isinstance(cell, memoryview) else cell for cell in row] for row in cursor.fetchall()]
        )
    for word in ("王芳芳", str(villain), "理由", "reason"):
        assert word not in stored


# --- the ledger ------------------------------------------------------------------------------------------------------
def test_anyone_can_see_when_a_units_powers_changed_and_nobody_whose(villain, other):
    QueuedEntry.objects.all().delete()
    agreed(other, proposals.propose_post("wang", "610113-CG", "handler", "王芳芳", on_a_page(villain)))
    wang, today = Official.objects.get(username="wang"), timezone.localdate()
    officials.end_post(wang.posts.get(), by=on_a_page(other))
    granted, ended = [json.loads(bytes(row.entry)) for row in QueuedEntry.objects.order_by("key")]
    commits = [entry.pop("commit") for entry in (granted, ended)]
    for entry in (granted, ended):
        entry.pop("v")
    said = {"kind": "post", "at": today.isoformat(), "unit": "610113-CG", "role": "handler", "since": today.isoformat()}
    assert granted == {**said, "act": "granted"}
    assert ended == {**said, "act": "ended", "until": (today - timedelta(days=1)).isoformat()}
    change = Change.objects.get(what=What.POST_GRANTED)
    from tongban.ledger.entry import canonical
    from tongban.ledger.posts import committed

    covered = committed(change, change.private)
    assert covered["official"] == wang.pk
    assert commits[0] == hashlib.sha256(bytes(change.salt) + canonical(covered)).hexdigest()
    assert QueuedEntry.objects.filter(key=bytes(change.entry_key)).exists()


def test_closing_an_account_tells_the_end_of_each_post(villain, official):
    person = official("610113-CG", "handler", "both")
    official("610113-ZJ", "head", "both")
    QueuedEntry.objects.all().delete()
    officials.deactivate(person, on_a_page(villain))
    told = {
        (entry["act"], entry["unit"], entry["role"])
        for entry in (json.loads(bytes(row.entry)) for row in QueuedEntry.objects.all())
    }
    assert told == {("ended", "610113-CG", "handler"), ("ended", "610113-ZJ", "head")}


# --- the class -------------------------------------------------------------------------------------------------------
def test_no_other_code_writes_posts_tokens_or_passwords():
    source = Path(tongban.__file__).parent
    writes = re.compile(
        r"\b(?:Post|ApiToken|Official)\.objects(?:\.\w+\([^)]*\))*\.(?:update|create|bulk_create|bulk_update|"
        r"get_or_create|update_or_create"
        r"|delete|create_user)\(|\.set_password\(|ApiToken\.issue\("
    )
    found = {
        str(path.relative_to(source))
        for path in source.rglob("*.py")
        if writes.search(path.read_text(encoding="utf-8"))
    }
    allowed = {"accounts/officials.py", "accounts/models.py", "accounts/proving.py", "demo/load.py"}
    benches = {"bench/tray.py", "bench/reports_steps.py", "services/certificates/measuring.py"}
    """What measures fills a database of its own."""
    assert found <= allowed | benches
