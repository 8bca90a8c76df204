"""A thief who can write to the database, or to the folder of files, but has no key.

He sends a letter of his own, and in the database gives his row another person's sealed words, so that the house shows
them to him under his own secret; or gives his account another official's second factor.

What held before: a sealed value did not open in another column or table. A value moved to another row of its own column
did: one resident was shown another's letter. The secrets of authenticator apps and the seeds of recovery codes lay in
clear, and a plain SHA-256 of each attachment outlived its erasure.

What holds now: every sealed value is authenticated with what its row is known by, and every file with its key and with
what only its row knows. What was moved does not open; the person meets an error, and nobody else's words. Second
factors are sealed to their official. A file's digest is keyed with what goes with the file. What remains: who can write
to the database may delete, put back an older value of the same row, and change what is not sealed.
"""

from __future__ import annotations

import hashlib
import itertools
import re
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.core import mail as post
from django.db import connection, models
from django.test import Client
from django.utils import timezone

from tongban.cases import attachments, settling
from tongban.cases.models import Act, Attachment, Case, Notice
from tongban.cases.notices import send_waiting
from tongban.cases.writer import Step, perform
from tongban.counter.models import Draft, Recovery
from tongban.desk.models import AnswerDraft, SavedView, Slot
from tongban.intake.models import ImportedFile, RejectedRow
from tongban.letters.models import RisingTopic
from tongban.record.models import Change
from tongban.services import models as services
from tongban.vault.keyring import KeyRingError
from tongban.vault.rotation import sealed_columns

pytestmark = pytest.mark.django_db
SECRET = "举报邻居家的事，请保密。"


def raw(row: models.Model, *columns: str) -> tuple[object, ...]:
    """What lies in columns of a row, as the thief reads it."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(columns)} FROM {row._meta.db_table} WHERE id = %s", [row.pk])
        return tuple(cursor.fetchone())


def written(row: models.Model, **values: object) -> None:
    """Columns of a row written past the house."""
    with connection.cursor() as cursor:
        sets = ", ".join(f"{name} = %s" for name in values)
        cursor.execute(f"UPDATE {row._meta.db_table} SET {sets} WHERE id = %s", [*values.values(), row.pk])


def moved(source: models.Model, target: models.Model, *columns: str) -> None:
    written(target, **dict(zip(columns, raw(source, *columns), strict=True)))


def all_of_the_database() -> bytes:
    found = b""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            for value in itertools.chain.from_iterable(cursor.fetchall()):
                found += b"\0" + (bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode())
    return found


@pytest.fixture
def two(letter):
    """The victim's letter, and the thief's with its receipt."""
    victim, _theirs = letter(subject="邻里", body=SECRET, name="王小明", nonce="victim")
    thief, receipt = letter(subject="路灯不亮", nonce="thief")
    return victim, thief, receipt


def followed(case: Case, secret: str) -> Client:
    browser = Client(raise_request_exception=False)
    browser.post("/follow/", {"code": case.code, "secret": secret})
    return browser


def test_the_words_of_another_letter_are_not_shown_under_the_thiefs_own_secret(two):
    victim, thief, receipt = two
    browser = followed(thief, receipt.secret)
    assert "路灯不亮" in browser.get(f"/follow/{thief.code}/").content.decode(), (
        "the page shows what is sealed in the row"
    )
    moved(victim, thief, "private")
    answer = browser.get(f"/follow/{thief.code}/")
    assert answer.status_code == 500
    for word in (SECRET, "王小明", "邻里"):
        assert word not in answer.content.decode()
    with pytest.raises(KeyRingError, match=rf"cases.Case {thief.pk}: private does not open"):
        Case.objects.get(pk=thief.pk).private  # noqa: B018


def test_nor_is_a_letter_opened_to_him_by_giving_it_his_secret(two):
    victim, thief, receipt = two
    moved(thief, victim, "secret_digest")
    answer = followed(victim, receipt.secret).get(f"/follow/{victim.code}/")
    assert answer.status_code == 500
    assert SECRET not in answer.content.decode()


def test_the_words_of_an_act_do_not_move_to_another_letter_even_with_all_that_may_change_beside_them(two, actor):
    victim, thief, _receipt = two
    said = [
        perform(case.pk, Step("note", actor("610113-CG", "handler"), {"text": text})).act
        for case, text in ((victim, SECRET), (thief, "巡查"))
    ]
    assert [Act.objects.get(pk=act.pk).text for act in said] == [SECRET, "巡查"]
    key = raw(said[0], "entry_key")
    written(said[0], entry_key=None)
    moved(said[0], said[1], "private", "salt", "official_id", "unit_id")
    written(said[1], entry_key=key[0])
    with pytest.raises(KeyRingError, match="cases.Act"):
        Act.objects.get(pk=said[1].pk).text  # noqa: B018


def test_a_file_opens_for_its_own_case_and_row_alone(two, settings, tmp_path, letter):
    settings.ATTACHMENT_ROOT = tmp_path
    _victim, thief, _receipt = two
    attachments.keep("秘密.txt", SECRET.encode(), "d1")
    attachments.keep("巡查.txt", "巡查记录".encode(), "d2")
    theirs, _ = letter(subject="有附件", nonce="with", draft="d1")
    own, _ = letter(subject="也有附件", nonce="also", draft="d2")
    one, other = (Attachment.objects.get(case=case) for case in (theirs, own))
    assert attachments.content_of(one).decode() == SECRET

    moved(one, other, "private")  # the sealed row
    with pytest.raises(KeyRingError):
        attachments.content_of(Attachment.objects.get(pk=other.pk))

    path = attachments.path_of(one.key)  # the file itself
    fresh = attachments.keep("新.txt", b"new", "d3")
    attachments.path_of(fresh.key).write_bytes(path.read_bytes())
    with pytest.raises(KeyRingError):
        attachments.content_of(Attachment.objects.get(pk=fresh.pk))

    written(fresh, draft="the thief's")  # a file that waits, to the thief's own draft
    with pytest.raises(KeyRingError):
        letter(subject="又有附件", nonce="again", draft="the thief's")

    written(one, case_id=thief.pk)  # the whole row, to another case
    with pytest.raises(KeyRingError):
        attachments.content_of(Attachment.objects.get(pk=one.pk))


def pairs(letter, official) -> list[tuple[models.Model, models.Model]]:
    """Two rows of each model with something sealed, the second one the thief's."""
    (one, _), (two, _) = letter(nonce="1"), letter(nonce="2")
    user, file, now = official("610113-CG", "handler"), ImportedFile.objects.create(digest="f"), timezone.now()
    sealed = {"text": SECRET}
    return [
        (one, two),
        (Act.objects.get(case=one), Act.objects.get(case=two)),
        tuple(attachments.keep(f"{name}.txt", name.encode(), name) for name in "ab"),  # type: ignore[list-item]
        tuple(
            Notice.objects.create(case=case, channel="email", private=sealed, next_try_at=now + timedelta(days=1))
            for case in (one, two)
        ),  # type: ignore[list-item]
        tuple(
            Draft.objects.create(digest=name, private=sealed, files=name, expires_at=now + timedelta(days=1))
            for name in "ab"
        ),  # type: ignore[list-item]
        tuple(
            RisingTopic.objects.create(
                private=sealed,
                since=now,
                until=now,
                letters=2,
                senders=2,
                senders_before=0,
                growth=1,
                significance=1,
                public=False,
                worked_out_at=now,
            )
            for _ in "ab"
        ),  # type: ignore[list-item]
        tuple(Change.objects.create(at=now, what="post", way="page", private=sealed) for _ in "ab"),  # type: ignore[list-item]
        tuple(AnswerDraft.objects.create(case=case, official=user, private=sealed) for case in (one, two)),  # type: ignore[list-item]
        tuple(
            Slot.objects.create(unit_id="610113-CG", starts_at=now + timedelta(days=day), private=sealed)
            for day in (1, 2)
        ),  # type: ignore[list-item]
        tuple(
            Recovery.objects.create(handle=name, private=sealed, expires_at=now + timedelta(minutes=10))
            for name in "ab"
        ),  # type: ignore[list-item]
        tuple(SavedView.objects.create(official=user, private=sealed) for _ in "ab"),  # type: ignore[list-item]
        tuple(RejectedRow.objects.create(file=file, line=line, reason="", private=sealed) for line in (1, 2)),  # type: ignore[list-item]
        *pairs_of_services(one, two, sealed),
    ]


def pairs_of_services(one: Case, two: Case, sealed: dict[str, str]) -> list[tuple[models.Model, models.Model]]:
    """The same of what the door of services seals."""
    now, today = timezone.now(), timezone.localdate()
    unit, matter = "610113-CG", one.matter_id
    states = services.StatusList.objects.create(unit_id=unit, number=1, size=8, bits=b"\0\0", changed_at=now)
    register = services.Source.objects.create(code="population", name="人口", unit_id=unit, kind="file")
    roll = services.UnaskedList.objects.create(
        matter_id=matter, place_id=one.place_id, unit_id=unit, source="x", day=today, edition=1, looked_at=2, open=0,
        rejected=0, known=0,
    )  # fmt: skip
    certificates = [
        services.Certificate.objects.create(
            number=str(index), kind="senior", case=case, unit_id=unit, act=1, issued_at=now, status_list=states,
            status_index=index, sealed=sealed,
        )
        for index, case in enumerate((one, two))
    ]  # fmt: skip
    copies = (
        services.WalletCopy.objects.create(
            certificate=certificate, issued_at=now, status_list=states, status_index=index, entry_key=b"k",
            private=sealed,
        )
        for index, certificate in enumerate(certificates, 2)
    )  # fmt: skip
    pulls = (services.Pull.objects.create(source=register, matter_id=matter, at=now, private=sealed) for _ in "ab")
    mandates = (
        services.Mandate.objects.create(giver=name, taker="t", since=today, until=today, made_at=now, private=sealed)
        for name in "ab"
    )
    accounts = (services.Account.objects.create(person=name, private=sealed) for name in "ab")
    rows = (
        services.UnaskedRow.objects.create(roll=roll, line=line, person=str(line), private=sealed) for line in (1, 2)
    )
    return [tuple(found) for found in (certificates, copies, pulls, mandates, accounts, rows)]  # type: ignore[misc]


def test_no_sealed_value_of_the_house_opens_in_another_row(letter, official, settings, tmp_path):
    settings.ATTACHMENT_ROOT = tmp_path
    met, columns = set(), {model: field.name for model, field in sealed_columns()}
    for source, target in pairs(letter, official):
        model = type(source)
        if isinstance(source, Act):
            for act in (source, target):  # an act without private words: give it some
                act.private = {"text": "x"}
                written(act, private=Act._meta.get_field("private").sealed(act))
        column = columns[model]
        assert getattr(model._base_manager.get(pk=target.pk), column) is not None
        moved(source, target, column)
        with pytest.raises(KeyRingError, match="belongs to another row"):
            getattr(model._base_manager.get(pk=target.pk), column)
        met.add(model)
    assert met == set(columns), "a new sealed column belongs into this test"


def test_a_value_that_does_not_open_holds_up_neither_the_worker_nor_other_notices(two, caplog):
    victim, thief, _receipt = two
    moved(victim, thief, "private")
    broken, whole = (
        Notice.objects.create(
            channel="email", private={"to": f"{n}@x.cn", "subject": "s", "text": "t"}, next_try_at=timezone.now()
        )
        for n in "ab"
    )
    written(broken, seal="0" * 32)
    while settling.settle():
        pass
    assert not Act.objects.filter(settled=False).exists()
    assert "is not indexed" in caplog.text
    send_waiting()
    assert [Notice.objects.get(pk=row.pk).state for row in (broken, whole)] == ["waiting", "sent"]
    assert [sent.to for sent in post.outbox] == [["b@x.cn"]]


def test_what_a_row_is_known_by_names_one_row():
    """The identities are unique in the database, or random."""
    for model, field in sealed_columns():
        unique = [{one.name} for one in model._meta.fields if one.unique] + [{"seal"}]
        unique += [set(rule.fields) for rule in model._meta.constraints if isinstance(rule, models.UniqueConstraint)]
        known_by = {re.sub(r"_id$|\..*", "", path) for path in field.identity}
        assert any(names <= known_by for names in unique), f"{model.__name__}: {field.identity}"


def test_a_sealed_value_is_not_written_without_its_row(two):
    victim, _thief, _receipt = two
    with pytest.raises(TypeError, match="save the row"):
        Case.objects.filter(pk=victim.pk).update(private={"subject": "x"})


def test_reading_the_acts_of_a_letter_costs_no_query_for_each(two, actor, django_assert_num_queries):
    victim, _thief, _receipt = two
    for number in range(3):
        perform(victim.pk, Step("note", actor("610113-CG", "handler"), {"text": f"第{number}次"}))
    case = Case.objects.get(pk=victim.pk)
    with django_assert_num_queries(2):
        for acts in (Act.objects.filter(case=case), case.acts.all()):
            assert [act.text for act in acts.order_by("sequence")][1:] == ["第0次", "第1次", "第2次"]


def code_of(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, 60_000_000))


def test_an_officials_second_factor_is_unreadable_and_works_for_them_alone(official, monkeypatch):
    monkeypatch.setattr(totp, "yield_hotp_counters_from_time", lambda: iter([60_000_000]))
    victim, thief = official("610113-CG", "handler"), official("610113-CG", "head")
    secret, own = generate_totp_secret(), generate_totp_secret()
    TOTP.activate(victim, secret)
    TOTP.activate(thief, own)
    codes = RecoveryCodes.activate(victim).generate_codes()
    RecoveryCodes.activate(thief)

    def rows(user):
        return Authenticator.objects.get(user=user, type="totp"), Authenticator.objects.get(
            user=user, type="recovery_codes"
        )

    app, recovery = rows(victim)
    assert app.wrap().validate_code(code_of(secret))
    assert recovery.wrap().generate_codes() == codes
    assert recovery.wrap().validate_code(codes[0])
    assert len(rows(victim)[1].wrap().get_unused_codes()) == len(codes) - 1, "what allauth stores keeps what is sealed"
    there = all_of_the_database()
    assert b"sealed:" in there
    assert secret.encode() not in there
    assert not re.search(rb"\b[0-9a-f]{80}\b", there), "no seed of recovery codes stands readable"

    for mine, theirs in zip(rows(thief), rows(victim), strict=True):
        moved(mine, theirs, "data")
    app, recovery = rows(victim)
    with pytest.raises(KeyRingError):
        app.wrap().validate_code(code_of(own))
    with pytest.raises(KeyRingError):
        recovery.wrap().validate_code("00000000")
    written(app, data=f'{{"secret": "{own}"}}')
    with pytest.raises(KeyRingError):
        rows(victim)[0].wrap().validate_code(code_of(own))


def test_what_is_left_of_a_file_after_erasure_does_not_tell_which_file_it_was(
    letter, settings, tmp_path, django_capture_on_commit_callbacks
):
    settings.ATTACHMENT_ROOT = tmp_path
    content = "一份许多人都有的文件".encode()
    kept = attachments.keep("材料.txt", content, "a draft")
    assert attachments.keep("材料.txt", content, "a draft") == kept, "the same file twice in one draft is one"
    assert attachments.keep("材料.txt", content, "another draft") != kept
    letter(draft="a draft")
    assert hashlib.sha256(content).hexdigest().encode() not in all_of_the_database()
    attachments.discard(Attachment.objects.get(pk=kept.pk))
    left = Attachment.objects.get(pk=kept.pk)
    assert left.private is None
    assert not attachments.path_of(kept.key).exists()
    with pytest.raises(FileNotFoundError):
        attachments.content_of(left)
