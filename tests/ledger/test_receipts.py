"""Receipts: on the resident's pages, as files, on paper, by the API; checked offline, by page and by command."""

from __future__ import annotations

import base64
import json
import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from tests.api.calls import problem
from tests.api.conftest import call  # noqa: F401 (a fixture)
from tongban.cases.actor import SYSTEM
from tongban.cases.models import Act
from tongban.cases.settling import settle
from tongban.cases.writer import Step, perform
from tongban.ledger import keeping, log, signing
from tongban.ledger.entry import commitment
from tongban.ledger.opening import open_receipt
from tongban.merkle import Receipt, new_signer
from tongban.merkle.errors import BadProof, BadSignature, LogError, Malformed
from tongban.scorecards import statements

from .conftest import ORIGIN, drained

pytestmark = pytest.mark.django_db


@pytest.fixture
def answered(letter, actor):
    """An answered letter on the signed log, and its receipt."""
    case, receipt = letter(name="王小明", phone="13912345678")
    perform(case.pk, Step("answer", actor("610113-CG", "handler"), {"text": "已责令停工。", "at_once": True}))
    keeping.keep()
    return case, receipt


@pytest.fixture
def sender(answered):
    """A browser that has shown the secret."""
    case, receipt = answered
    client = Client()
    assert client.post("/follow/", {"code": receipt.code, "secret": receipt.secret}).status_code == 302
    return client


def proof(sender: Client, case, sequence: int) -> str:
    answer = sender.get(f"/follow/{case.code}/proof/{sequence}.tlog-proof")
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_receipt_proves_what_was_written_and_what_was_answered(answered, sender, signer):
    case, _ = answered
    first = open_receipt(proof(sender, case, 1), [signer.verifier])
    assert (first.entry["act"], first.act["act"], first.act["public"]["matter"]) == ("sent", "submit", case.matter_id)
    assert (first.words["sent"]["name"], first.words["sent"]["body"]) == (
        "王小明",
        "每天夜里十二点以后还在施工，请处理。",
    )
    second = open_receipt(proof(sender, case, 2), [signer.verifier])
    assert (second.entry["act"], second.act["act"], second.act["unit"]) == ("answered", "answer", "610113-CG")
    assert second.words["private"]["text"] == "已责令停工。"
    assert second.act["public"] == {"days": 0, "in_time": True}
    assert (first.checkpoint.size, second.index) == (2, 1)


def test_the_page_shows_every_act_with_its_files(answered, sender):
    case, _ = answered
    page = sender.get(f"/follow/{case.code}/proof/").content.decode()
    assert page.count(".tlog-proof</a>") == page.count(">下载回执（PDF）</a>") == 2
    assert "/ledger/entry/0/" in page
    assert f"/follow/{case.code}/proof/1.svg" in page


def test_the_qr_code_leads_to_the_public_entry_and_the_sheet_holds_the_whole_proof(answered, sender):
    case, _ = answered
    code = sender.get(f"/follow/{case.code}/proof/1.svg")
    assert code["Content-Type"] == "image/svg+xml"
    assert b'xmlns="http://www.w3.org/2000/svg"' in code.content, "without it a browser shows no picture"
    sheet = sender.get(f"/follow/{case.code}/proof/1.pdf")
    assert sheet["Content-Type"] == "application/pdf"
    assert sheet["Content-Disposition"].startswith("attachment")
    assert sheet["Cache-Control"] == "no-store"
    assert sheet.content.startswith(b"%PDF-")
    assert len(sheet.content) > 3000


def test_files_are_downloads_that_nobody_keeps(answered, sender):
    case, _ = answered
    answer = sender.get(f"/follow/{case.code}/proof/1.tlog-proof")
    assert answer["Content-Disposition"] == f'attachment; filename="{case.code}-1.tlog-proof"'
    assert answer["Cache-Control"] == "no-store"
    assert answer["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("path", ["", "1.tlog-proof", "1.pdf", "1.svg"])
def test_a_stranger_and_an_official_get_nothing(answered, signed_in, official, path):
    case, _ = answered
    for client in (Client(), signed_in(official("610113-CG", "handler"))):
        answer = client.get(f"/follow/{case.code}/proof/{path}")
        assert answer.status_code in (302, 404)
        assert "王小明" not in answer.content.decode(errors="replace")
    assert Client().get(f"/follow/AAAAAAAAAAAA/proof/{path}").status_code == answer.status_code


def test_the_secret_of_one_letter_opens_no_proof_of_another(answered, sender, letter):
    other, _ = letter(body="另一封")
    keeping.keep()
    assert sender.get(f"/follow/{other.code}/proof/1.tlog-proof").status_code in (302, 404)


def test_an_act_that_still_waits_is_said_to_wait(answered, sender, actor):
    case, _ = answered
    perform(case.pk, Step("note", actor("610113-CG", "handler"), {"text": "x"}))
    page = sender.get(f"/follow/{case.code}/proof/").content.decode()
    assert page.count("正在入账") >= 2
    assert "最迟 1 分钟内入账" in page
    answer = sender.get(f"/follow/{case.code}/proof/3.tlog-proof")
    assert answer.status_code == 404
    assert "还在入账，最迟 1 分钟内可以取得回执" in answer.content.decode()
    drained()  # in the log, but not signed
    assert sender.get(f"/follow/{case.code}/proof/3.pdf").status_code == 404
    assert sender.get(f"/follow/{case.code}/proof/99.tlog-proof").status_code == 404


@pytest.mark.parametrize(("act", "payload"), [("note", {"text": "内部的话"}), ("look", {"purpose": "办理质量检查"})])
def test_what_stays_inside_is_proved_without_its_words(answered, sender, signer, actor, act, payload):
    """A note of the desk has its entry like every act; its words are nobody's but the desk's, and so is who wrote
    it."""
    case, _ = answered
    perform(case.pk, Step(act, actor("610113-CG", "handler"), payload))
    keeping.keep()
    text = proof(sender, case, 3)
    assert not any(
        words in json.dumps(json.loads(Receipt.parse(text).extra), ensure_ascii=False) for words in payload.values()
    )
    opened = open_receipt(text, [signer.verifier])
    assert (opened.entry["act"], opened.act["act"], opened.act["unit"], opened.words) == (
        "step",
        act,
        "610113-CG",
        None,
    )
    told = json.loads(Receipt.parse(text).extra)
    written = Act.objects.get(case=case, sequence=3)
    assert bytes(written.salt).hex() not in json.dumps(told), "the seed opens everything"
    tried = [commitment(bytes.fromhex(told["salt"]), {"official": number}) for number in range(written.official_id + 5)]
    assert opened.act["official"] not in tried, "the official's number could be found by trying"


def test_after_erasure_the_receipt_shows_the_entry_and_no_words(answered, sender, signer, kept_long_enough):
    case, _ = answered
    kept = proof(sender, case, 1)
    kept_long_enough(case)
    perform(case.pk, Step("erase", SYSTEM))
    keeping.keep()
    opened = open_receipt(proof(sender, case, 1), [signer.verifier])
    assert (opened.act, opened.words) == (None, None)
    assert open_receipt(kept, [signer.verifier]).words["sent"]["name"] == "王小明", (
        "who kept a receipt can still open it"
    )


def changed(text: str, **extra) -> str:
    receipt = Receipt.parse(text)
    return str(
        Receipt(
            receipt.index,
            receipt.proof,
            receipt.checkpoint,
            json.dumps({**json.loads(receipt.extra), **extra}).encode(),
        )
    )


def test_every_change_of_a_receipt_is_found(answered, sender, signer):
    case, _ = answered
    text = proof(sender, case, 1)
    extra = json.loads(Receipt.parse(text).extra)
    said = {**extra["words"]["said"], "sent": {**extra["words"]["said"]["sent"], "name": "李四"}}
    for other, error in [
        (changed(text, words={**extra["words"], "said": said}), BadProof),
        (changed(text, words={**extra["words"], "salt": "00" * 32}), BadProof),
        (changed(text, words={"salt": extra["words"]["salt"]}), BadProof),
        (changed(text, words="nonsense"), Malformed),
        (changed(text, act={**extra["act"], "unit": "610113-ZJ"}), BadProof),
        (changed(text, act={**extra["act"], "words": None}), BadProof),
        (changed(text, act="nonsense"), BadProof),
        (changed(text, salt="00" * 32), BadProof),
        (changed(text, entry=extra["entry"].replace('"sent"', '"step"')), BadProof),
        (changed(text, entry="nonsense"), Malformed),
        (changed(text, salt="zz"), Malformed),
        (text.replace("index 0\n", "index 1\n"), BadProof),
        (text.replace("\n2\n", "\n3\n"), BadSignature),
        (text[:-40], LogError),
        ("", Malformed),
    ]:
        with pytest.raises(error):
            open_receipt(other, [signer.verifier])
    with pytest.raises(BadSignature):
        open_receipt(text, [new_signer(ORIGIN).verifier])


def test_the_command_checks_offline(answered, sender, signer, tmp_path):
    """In a process without database, settings or network."""
    case, _ = answered
    file, bad = tmp_path / "r.tlog-proof", tmp_path / "bad.tlog-proof"
    file.write_text(proof(sender, case, 1))
    bad.write_text(file.read_text().replace("index 0\n", "index 1\n"))
    (tmp_path / "log.vkey").write_text(signer.verifier.vkey + "\n")

    def run(*arguments):
        command = [sys.executable, "-m", "tongban", "ledger", "verify-receipt", *map(str, arguments)]
        return subprocess.run(
            command,
            capture_output=True,
            text=True,
            cwd=tmp_path,
            env={"PATH": "", "DATABASE_URL": "postgresql://nowhere.invalid/x"},
        )

    good = run(file, "--key", tmp_path / "log.vkey")
    assert good.returncode == 0, good.stderr
    assert "✓ entry 0 of city.example/ledger, in the signed tree of 2 entries" in good.stdout
    assert "王小明" in good.stdout
    assert "王小明" not in run(file, "--key", signer.verifier.vkey, "--no-words").stdout
    for arguments, told in [
        ((bad, "--key", signer.verifier.vkey), "✗"),
        ((file, "--key", new_signer(ORIGIN).verifier.vkey), "✗"),
        ((file,), "say whose key you trust"),
        ((tmp_path / "none", "--key", signer.verifier.vkey), ": No such"),
    ]:
        wrong = run(*arguments)
        assert wrong.returncode == 1, arguments
        assert told in " ".join(wrong.stderr.split())


class TestPages:
    def test_the_ledgers_page(self, answered, client, signer):
        page = client.get("/ledger/").content.decode()
        assert "city.example/ledger" in page
        assert signer.verifier.vkey in page
        assert "收到" in page
        assert "雁塔区城市管理局" not in page.split("<main", 1)[1], "an act's entry names no unit"
        assert "还没有设置见证人" in page

    def test_an_entry_and_its_public_proof(self, answered, client, signer):
        page = client.get("/ledger/entry/1/").content.decode()
        assert "&quot;act&quot;:&quot;answered&quot;" in page
        assert client.get("/ledger/entry/2/").status_code == 404
        proof = client.get("/ledger/entry/1/1.tlog-proof")
        proof = proof if proof.status_code == 200 else client.get(re.search(r'href="([^"]*tlog-proof)"', page)[1])
        opened = open_receipt(proof.content, [signer.verifier])
        assert (opened.index, opened.act, opened.words) == (1, None, None)

    def test_a_receipt_is_checked_without_javascript_by_file_and_by_text(self, answered, sender, client):
        from django.core.files.uploadedfile import SimpleUploadedFile

        case, _ = answered
        text = proof(sender, case, 1)
        for data in (
            {"receipt": text},
            {"receipt": text.replace("\n", "\r\n")},
            {"file": SimpleUploadedFile("r.tlog-proof", text.encode())},
        ):
            answer = client.post("/ledger/check/", data)
            assert answer.status_code == 200
            assert "回执是真的" in answer.content.decode()
        for other, told in [
            (text.replace("index 0", "index 1"), "对不上"),
            (text.replace("\n2\n", "\n3\n"), "签名不对"),
            ("", "不是一份完整的回执"),
            ("x" * 500_000, "不是一份完整的回执"),
            ("\x00\udce4".encode("utf-8", "surrogateescape").decode("latin1"), "不是一份完整的回执"),
        ]:
            answer = client.post("/ledger/check/", {"receipt": other})
            assert answer.status_code == 422
            assert told in answer.content.decode()
        binary = SimpleUploadedFile("r.tlog-proof", base64.b64decode("/9j/4AAQSkZJRgABAQ=="))
        assert client.post("/ledger/check/", {"file": binary}).status_code == 422

    def test_without_a_key_the_pages_say_that_nothing_is_signed(self, client, settings, db):
        settings.LEDGER_KEYS = ""
        assert "台账还没有第一个签名" in client.get("/ledger/").content.decode()
        assert client.get("/ledger/check/").status_code == 200


class TestApi:
    def test_proofs_by_code_and_secret(self, answered, call, signer):  # noqa: F811
        case, receipt = answered
        rows = call("GET", f"/letters/{receipt.code}/proofs", secret=receipt.secret).json()["items"]
        assert [(row["sequence"], row["act"], row["index"], row["signed"]) for row in rows] == [
            (1, "submit", 0, True),
            (2, "answer", 1, True),
        ]
        found = call("GET", f"/letters/{receipt.code}/proofs/2", secret=receipt.secret).json()
        assert (found["index"], found["size"]) == (1, 2)
        assert open_receipt(found["receipt"], [signer.verifier]).act["act"] == "answer"

    def test_refusals(self, answered, call, letter):  # noqa: F811
        case, receipt = answered
        _, other = letter(body="另一封")
        problem(call("GET", f"/letters/{receipt.code}/proofs"), 401)
        problem(call("GET", f"/letters/{receipt.code}/proofs/1", secret=other.secret), 404, "not_found")
        problem(call("GET", f"/letters/{receipt.code}/proofs/9", secret=receipt.secret), 404, "not_found")
        problem(call("GET", f"/letters/{receipt.code}/proofs/0", secret=receipt.secret), 422)
        problem(call("GET", f"/letters/{other.code}/proofs/1", secret=other.secret), 409, "waiting")


def test_every_act_of_the_case_has_its_place(answered):
    for act in Act.objects.all():
        index = log.index_of(bytes(act.entry_key))
        assert json.loads(log.entry_at(index))["act"] == {"submit": "sent", "answer": "answered"}[act.act]
    assert signing.last_signed()[1].size == Act.objects.count()


class TestTheMonthsStatement:
    """Once the month is over, the sender sees that his letter and its answer count in the unit's figures, and with
    which values."""

    @pytest.fixture
    def march(self, letter, actor):
        """A letter of March 2026, answered after nine days, on the signed log; no statement yet."""
        sent = datetime(2026, 3, 2, 4, tzinfo=UTC)
        case, receipt = letter(now=sent)
        perform(
            case.pk,
            Step(
                "answer",
                actor("610113-CG", "handler"),
                {"text": "已处理。", "at_once": True},
                at=sent + timedelta(days=9),
            ),
        )
        while settle():
            pass
        keeping.keep()
        client = Client()
        client.post("/follow/", {"code": receipt.code, "secret": receipt.secret})
        return case, client

    def test_before_it_the_page_says_when(self, march):
        case, sender = march
        page = sender.get(f"/follow/{case.code}/proof/").content.decode()
        assert page.count("列入 2026-03 月报，该月结束后入账") == 2
        told = Client().post("/ledger/check/", {"receipt": proof(sender, case, 2)}).content.decode()
        assert "所属月份的月报还没有入账，或者没有列入这一步" in told

    def test_the_sheet_of_paper_says_what_was_done_and_where_it_is_counted(self, march):
        from tongban.cases import proofs
        from tongban.counter.proving import told_on_paper

        case, sender = march
        statements.write()
        keeping.keep()
        act = case.acts.get(act="answer")
        told = dict(told_on_paper(case, act, proofs.receipt_for(case, act)))
        assert told["计入统计"] == "2026-03 月报，台账条目 2"
        assert (told["内容"], told["单位"], told["用时（天）"]) == ("已处理。", "610113-CG", "9")
        opening = case.acts.get(act="submit")
        assert dict(told_on_paper(case, opening, proofs.receipt_for(case, opening)))["标题"] == case.subject
        assert sender.get(f"/follow/{case.code}/proof/2.pdf").content.startswith(b"%PDF-")

    def test_after_it_the_page_and_the_check_lead_to_it(self, march):
        case, sender = march
        assert statements.write() == 1
        keeping.keep()
        page = sender.get(f"/follow/{case.code}/proof/").content.decode()
        assert page.count('<a href="/ledger/entry/2/">2026-03 月报</a>') == 2
        told = Client().post("/ledger/check/", {"receipt": proof(sender, case, 2)}).content.decode()
        assert '所属月份的月报已列有这一步。 <a href="/ledger/entry/2/">看月报</a>' in told
        assert "来信 · 答复 · 2026-03-11" in told
        entry = Client().get("/ledger/entry/2/").content.decode()
        assert "雁塔区城市管理局" in entry
        assert "<dt>答复</dt><dd>1</dd>" in entry
        found = Client().get("/ledger/statements/letter/610113-CG/2026-03.json").json()
        assert [(row["index"], row["items"]["answered"][0][:-1]) for row in found["statements"]] == [(2, [10, 1])]
        assert Client().get("/ledger/statements/letter/610113-CG/2026-04.json").json()["statements"] == []
        assert Client().get("/ledger/statements/letter/610113-CG/march.json").status_code == 404
