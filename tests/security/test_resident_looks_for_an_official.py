"""A resident wants to know which official looked at, refused or answered the letter, to find them in person.

Before: "my data" gave the salt of every act's commitment, and the ledger's entry the commitment; the private part of
a look is its purpose, which is shown; so the official's number (small) was found by trying. A receipt told it
outright.
Now: the number is sealed once more within the commitment, under a salt of its own that is given to nobody; what "my
data" and the receipts give opens the act and its words, and names nobody.
"""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from tongban.cases import looks, proofs
from tongban.cases.entries import committed
from tongban.cases.models import Act, Case
from tongban.cases.receipts import Receipt
from tongban.cases.writer import Step, perform
from tongban.ledger import keeping, log
from tongban.ledger.entry import commitment, salt
from tongban.ledger.opening import open_receipt
from tongban.merkle import new_signer
from tongban.merkle.notes import Signer

pytestmark = pytest.mark.django_db


@pytest.fixture
def signer(settings: Any, tmp_path: Path) -> Signer:
    made = new_signer("ledger.test/log")
    settings.LEDGER_ORIGIN, settings.LEDGER_KEYS, settings.LEDGER_RETIRED = "ledger.test/log", made.secret(), ""
    settings.LEDGER_GUARD, settings.LEDGER_POLICY = tmp_path / "last-checkpoint", ""
    return made


@pytest.fixture
def handled(letter: Any, actor: Any, signer: Signer) -> tuple[Case, Receipt]:
    case, receipt = letter()
    handler = actor("610113-CG", "handler")
    looks.look(case, handler, "办理")
    perform(case.pk, Step("accept", handler))
    perform(case.pk, Step("note", handler, {"text": "内部"}))
    perform(case.pk, Step("answer", handler, {"text": "已处理。"}))
    keeping.keep()
    case.refresh_from_db()
    return case, receipt


def my_data(case: Case, receipt: Receipt) -> dict[str, Any]:
    client = Client()
    client.post("/follow/", {"code": receipt.code, "secret": receipt.secret})
    archive = zipfile.ZipFile(io.BytesIO(client.post(f"/follow/{case.code}/data/").content))
    found: dict[str, Any] = json.loads(archive.read("letter.json"))
    return found


def given_of(case: Case, receipt: Receipt) -> dict[str, str]:
    return {act["act"]: act["salt"] for act in my_data(case, receipt)["acts"]}


def test_my_data_gives_no_seed_of_any_act(handled):
    case, receipt = handled
    text = json.dumps(my_data(case, receipt))
    assert given_of(case, receipt)["submit"]
    for act in Act.objects.filter(case=case):
        assert bytes(act.salt or b"").hex() not in text


def test_no_number_of_an_official_is_found_by_trying(handled):
    """The sender has the salts, the entries and what they open, and tries the numbers of all
    officials under each salt."""
    case, receipt = handled
    salts = [bytes.fromhex(salt) for salt in given_of(case, receipt).values() if salt]
    for act in Act.objects.filter(case=case, official_id__isnull=False):
        entry = json.loads(log.entry_at(log.index_of(bytes(act.entry_key)) or 0))
        covered = committed(case, act)
        seed = bytes(act.salt or b"")
        assert entry["commit"] == commitment(salt(seed), covered), "the house itself can show what it was"
        assert covered["official"] == commitment(salt(seed, "official"), {"official": act.official_id})
        guesses = [commitment(one, {"official": number}) for one in salts for number in range(1, 500)]
        assert covered["official"] not in guesses, act.act


def test_a_receipt_proves_the_words_and_names_nobody(handled, signer):
    case, _receipt = handled
    answer = Act.objects.get(case=case, act="answer")
    receipt = proofs.receipt_for(case, answer)
    opened = open_receipt(str(receipt), [signer.verifier])
    assert opened.told is not None
    assert "已处理。" in json.dumps(opened.told, ensure_ascii=False)
    assert opened.told["official"] == committed(case, answer)["official"] != answer.official_id


def test_two_acts_of_one_official_do_not_show_it(handled):
    case, _receipt = handled
    acts = Act.objects.filter(case=case, official_id__isnull=False)
    assert len({committed(case, act)["official"] for act in acts}) == len(acts)
