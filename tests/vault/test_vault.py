"""What is sealed is unreadable without its key, cannot be moved or changed, and survives a change
of keys: rows and files."""

from __future__ import annotations

import dataclasses

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from allauth.mfa.utils import decrypt
from django.db import connection
from typer.testing import CliRunner

from tongban.accounts import factors
from tongban.cases import attachments, settling
from tongban.cases.models import Act, Attachment, Case
from tongban.cases.writer import Step, perform
from tongban.commands.main import app
from tongban.vault import rotation
from tongban.vault.keyring import KeyRing, KeyRingError, new_key, ring
from tongban.vault.rotation import rotate, sealed_columns

pytestmark = pytest.mark.both_databases

INDEX = new_key()


@pytest.fixture
def keys() -> KeyRing:
    return KeyRing.parse(new_key(), INDEX)


def test_a_value_opens_in_its_own_column_alone_and_not_once_it_was_changed(keys):
    sealed = keys.seal("王小明".encode(), b"cases_case.private")
    assert keys.open(sealed, b"cases_case.private").decode() == "王小明"
    assert "王小明".encode() not in sealed
    for wrong, purpose in (
        (sealed, b"cases_act.private"),
        (sealed[:-1] + bytes([sealed[-1] ^ 1]), b"cases_case.private"),
        (b"\x02" + sealed[1:], b"cases_case.private"),
    ):
        with pytest.raises(KeyRingError):
            keys.open(wrong, purpose)


def test_the_first_key_seals_and_every_key_of_the_ring_opens():
    old, new = new_key(), new_key()
    sealed = KeyRing.parse(old, INDEX).seal(b"x", b"p")
    both = KeyRing.parse(f"{new},{old}", INDEX)
    assert both.open(sealed, b"p") == b"x"
    assert not both.sealed_with_current(sealed)
    assert both.sealed_with_current(both.seal(b"x", b"p"))
    with pytest.raises(KeyRingError, match="lacks key"):
        KeyRing.parse(new, INDEX).open(sealed, b"p")


@pytest.mark.parametrize("text", ["", ",", "not base64", "c2hvcnQ="])
def test_a_ring_without_a_right_key_is_refused(text):
    with pytest.raises(KeyRingError):
        KeyRing.parse(text, INDEX)


def test_the_blind_index_finds_equal_values_of_one_purpose_and_stays_when_keys_change(keys):
    assert keys.blind("029", "phone") == dataclasses.replace(keys, keys=(b"k" * 32,)).blind("029", "phone")
    assert (
        len(
            {
                keys.blind("029", "phone"),
                keys.blind("029", "email"),
                keys.blind("030", "phone"),
                KeyRing.parse(new_key(), new_key()).blind("029", "phone"),
            }
        )
        == 4
    )
    assert keys.derive("search") != keys.derive("receipt")


@pytest.mark.django_db
def test_after_a_rotation_rows_and_files_open_with_the_new_key_alone(letter, settings, tmp_path):
    settings.ATTACHMENT_ROOT = tmp_path
    old, new = settings.VAULT_KEYS, new_key()
    case, _receipt = letter(name="王小明")
    kept = attachments.keep("照片.txt", "楼顶漏水的说明".encode(), "a draft")
    settings.VAULT_KEYS = f"{new},{old}"
    done = CliRunner().invoke(app, ["keys", "rotate"])
    assert done.exit_code == 0, done.output
    settings.VAULT_KEYS = new
    assert Case.objects.get(pk=case.pk).sender == "王小明"
    assert attachments.content_of(Attachment.objects.get(pk=kept.pk)).decode() == "楼顶漏水的说明"
    assert [path.name for path in attachments.path_of(kept.key).parent.iterdir()] == [kept.key]
    for model, field in sealed_columns():
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {field.column} FROM {model._meta.db_table} WHERE {field.column} IS NOT NULL")
            assert all(ring().sealed_with_current(bytes(row[0])) for row in cursor.fetchall())


@pytest.mark.django_db
def test_after_a_rotation_what_hangs_on_letters_and_second_factors_open_with_the_new_key_alone(
    letter, actor, official, settings, tmp_path
):
    settings.ATTACHMENT_ROOT = tmp_path
    new = new_key()
    attachments.keep("记录.txt", b"content", "a draft")
    case, _receipt = letter(draft="a draft")
    act = perform(case.pk, Step("note", actor("610113-CG", "handler"), {"text": "已到现场。"})).act
    user = official("610113-CG", "handler")
    TOTP.activate(user, "JBSWY3DPEHPK3PXP")
    codes = RecoveryCodes.activate(user).generate_codes()
    settings.VAULT_KEYS = f"{new},{settings.VAULT_KEYS}"
    assert CliRunner().invoke(app, ["keys", "rotate"]).exit_code == 0
    settings.VAULT_KEYS = new
    assert attachments.content_of(Attachment.objects.get(case=case)) == b"content"
    assert Act.objects.get(pk=act.pk).text == "已到现场。"
    assert decrypt(Authenticator.objects.get(user=user, type="totp").data["secret"]) == "JBSWY3DPEHPK3PXP"
    assert Authenticator.objects.get(user=user, type="recovery_codes").wrap().generate_codes() == codes
    assert list(factors.reseal()) == [1, 1], "done is passed over"


@pytest.mark.django_db
def test_whatever_another_room_seals_is_rotated_once_it_is_registered(monkeypatch):
    monkeypatch.setattr(rotation, "_registered", dict(rotation._registered))
    seen = []
    rotation.register("segments of an index", lambda: (seen.append(number) or number for number in (3, 4)), lambda: 7)
    done = CliRunner().invoke(app, ["keys", "rotate"])
    assert (done.exit_code, seen) == (0, [3, 4]), done.output
    assert {"files", "second factors", "segments of an index", "cases.Case.private"} <= {
        kind.name for kind in rotation.everything()
    }


@pytest.mark.django_db
def test_a_rotation_that_broke_off_goes_on_and_a_deleted_file_stays_deleted(letter, settings, tmp_path):
    settings.ATTACHMENT_ROOT = tmp_path
    gone, kept = (attachments.keep(f"{name}.txt", name.encode(), "a draft") for name in ("一", "二"))
    attachments.path_of(gone.key).unlink()
    settings.VAULT_KEYS = f"{new_key()},{settings.VAULT_KEYS}"
    assert list(attachments.reseal()) == [1, 1]
    first = attachments.path_of(kept.key).read_bytes()
    assert list(attachments.reseal()) == [1, 1]
    assert attachments.path_of(kept.key).read_bytes() == first, "what has the newest key is left alone"
    assert not attachments.path_of(gone.key).exists()
    letter(), letter(nonce="another")
    assert list(rotate(Case, Case._meta.get_field("private"), batch=1)) == [1, 1]


@pytest.mark.django_db
def test_no_word_of_a_letter_nor_its_sender_stands_readable_in_any_table(letter, actor):
    case, receipt = letter(
        subject="三号楼墙角渗湿",
        body="屋面没有做完。",
        name="王小明",
        phone="13800138000",
        email="xiaoming@example.org",
        address="雁塔路九号",
    )
    perform(case.pk, Step("answer", actor("610113-CG", "handler"), {"text": "已经补做。", "at_once": True}))
    settling.settle()
    raw = b""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            for row in cursor.fetchall():
                raw += b"\0".join(
                    bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode() for value in row
                )
    assert case.code.encode() in raw, "what was looked at is the database"
    for word in ("墙角", "屋面", "补做", "王小明", "13800138000", "xiaoming", "雁塔路", receipt.secret):
        assert word.encode() not in raw, word


@pytest.mark.django_db
def test_a_value_sealed_before_it_is_written_is_stored_as_it_was_sealed_and_opens_as_ever(letter):
    from tongban.vault.fields import Sealed, seal_now

    case, _receipt = letter()
    words, case.private = dict(case.private), {**case.private, "subject": "别的题目"}
    seal_now([case])
    sealed = case.__dict__["private"]
    assert isinstance(sealed, Sealed)
    case.save()
    assert type(case).objects.values_list("private", flat=True).get() == sealed
    assert case.private == type(case).objects.get().private == {**words, "subject": "别的题目"}
