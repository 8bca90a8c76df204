"""Nothing on the log says who: every value comes from a closed list, and without the secret no two
entries belong together."""

from __future__ import annotations

import json
import re
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from tests.ledger.closed_list import assert_not_in_the_log, assert_nothing_personal, entries
from tongban.accounts.models import Official
from tongban.cases.actor import resident
from tongban.cases.models import Act, Case
from tongban.cases.receipts import link_key
from tongban.cases.writer import Step, perform
from tongban.ledger.entry import commitment, link, salt
from tongban.ledger.models import QueuedEntry


@pytest.mark.django_db
def test_no_personal_datum_of_the_demo_is_on_the_log():
    from tongban.demo.load import DemoProvince, load_people, load_registry
    from tongban.letters.demo.loading import demo_letters, load_letters

    load_registry()
    load_people()
    assert sum(1 for _ in load_letters(DemoProvince(timezone.now()))) > 50
    assert assert_nothing_personal() == Act.objects.count() > 200
    personal = {
        value
        for item in demo_letters()
        for value in (item.name, item.phone, item.address)
        if value and not value.isdigit()
    }
    personal |= set(re.findall(r"[0-9]{7,}", " ".join(item.body + item.phone for item in demo_letters())))
    personal |= set(Case.objects.values_list("code", flat=True)) | set(
        Official.objects.values_list("display_name", flat=True)
    )
    assert_not_in_the_log(*(item for item in personal if item))
    times = {act.at.strftime("%H:%M") for act in Act.objects.all()}
    assert_not_in_the_log(*times)


@pytest.mark.django_db
def test_a_letter_by_hand_leaves_nothing_of_itself(letter):
    case, _receipt = letter(
        name="王小明",
        phone="13912345678",
        email="wang@example.org",
        address="小寨东路126号",
        subject="My neighbour Li at Xiaozhai 126",
        body="ID 610113199001011234, phone 13912345678",
    )
    perform(case.pk, Step("supplement", resident(case.pk), {"text": "call 13912345678"}))
    assert assert_nothing_personal() == 2
    assert_not_in_the_log("13912345678", "610113199001011234", "wang", "Xiaozhai", "126", "Li ", case.code)


def told(entry: dict[str, Any]) -> str:
    """An entry as one sees it who holds no secret: what was sealed with fresh random bytes left out."""
    return json.dumps({name: value for name, value in entry.items() if name not in ("commit", "link")}, sort_keys=True)


def lived(letter, actor, order: tuple[int, ...]) -> tuple[list[dict[str, Any]], list[str], list[Case]]:
    """Two like letters; act by act, `order` says which of the two it is done to."""
    QueuedEntry.objects.all().delete()
    head = actor("610113-CG", "handler")
    pairs = [letter(subject=f"题{i}") for i in range(2)]
    cases = [pair[0] for pair in pairs]
    paths: list[list[tuple[str, dict[str, Any]]]] = [
        [("accept", {}), ("answer", {"text": "已处理"}), ("rate", {"grade": "4", "text": "谢谢"})] for _ in range(2)
    ]
    for which in order:
        act, payload = paths[which].pop(0)
        who = resident(cases[which].pk) if act == "rate" else head
        perform(cases[which].pk, Step(act, who, payload))
    return entries(), [pair[1].secret for pair in pairs], cases


@pytest.mark.django_db
def test_the_log_is_the_same_whichever_of_two_like_cases_an_act_belongs_to(letter, actor):
    """Two worlds: the acts go to one case or to the other. Who holds no secret sees the same log."""
    one, _secrets, _cases = lived(letter, actor, (0, 1, 0, 0, 1, 1))
    other, _secrets, _cases = lived(letter, actor, (1, 0, 1, 0, 0, 1))
    assert [told(entry) for entry in one] == [told(entry) for entry in lived(letter, actor, (1, 0, 1, 1, 0, 0))[0]]
    assert Counter(map(told, one)) == Counter(map(told, other))


@pytest.mark.django_db
def test_every_mark_and_seal_is_of_its_own_and_only_the_secret_finds_the_entries(letter, actor):
    found, secrets, cases = lived(letter, actor, (0, 1, 0, 0, 1, 1))
    marks = [entry["link"] for entry in found]
    assert len(set(marks)) == len({entry["commit"] for entry in found}) == len(found) == 8
    for secret, case in zip(secrets, cases, strict=True):
        key = link_key(secret)
        mine = [marks.index(link(key, sequence)) for sequence in range(1, case.acts.count() + 1)]
        assert len(mine) == 4
        assert mine == sorted(mine)
    stranger = link_key("0" * len(secrets[0]))
    assert not any(link(stranger, sequence) in marks for sequence in range(1, 50))


@pytest.mark.django_db
def test_without_the_salt_a_guess_cannot_be_tried(letter):
    """The same words sealed twice look different, and the salt goes when the data goes."""
    case, _ = letter()
    other, _ = letter()
    first, second = entries()
    assert first["commit"] != second["commit"]
    from tongban.cases.entries import committed

    act = Act.objects.get(case=case)
    assert commitment(salt(bytes(act.salt)), committed(case, act)) == first["commit"]
    assert bytes(act.salt) != bytes(Act.objects.get(case=other).salt)


@pytest.mark.django_db
def test_after_erasure_the_entry_stays_and_its_salt_is_gone(letter, actor, settings):
    from tongban.cases import retention

    case, _ = letter(name="王小明", phone="13912345678")
    perform(case.pk, Step("withdraw", resident(case.pk), {"text": "不用了"}))
    before = entries()
    assert retention.erase_due(timezone.localdate() + timedelta(days=365 * 60)) == 1
    assert entries()[:2] == before
    assert [entry["act"] for entry in entries()] == ["sent", "step", "step"]
    assert {bytes(seed or b"") for seed in Act.objects.filter(case=case).values_list("salt", flat=True)} == {b""}
