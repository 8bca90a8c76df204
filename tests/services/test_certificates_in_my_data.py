"""A person's data have their certificates as files."""

from __future__ import annotations

import io
import json
import zipfile

import pytest
from django.test import Client
from django.utils import timezone

from tongban.cases.actor import SYSTEM
from tongban.cases.writer import Step, perform
from tongban.credentials import verify
from tongban.services import stored
from tongban.services.certificates import keys, own
from tongban.services.certificates.wallet.rows import WalletCopy

from .certifying import ID, card

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("city")]


def taken(client, case):
    answer = client.post(f"/follow/{case.code}/data/")
    return zipfile.ZipFile(io.BytesIO(answer.content))


def test_the_zip_of_ones_data_has_each_certificate_as_a_file_that_verifies():
    case, receipt, made = card(timezone.now())
    WalletCopy.objects.create(
        certificate=made, issued_at=timezone.now(), status_list=made.status_list,
        status_index=(made.status_index + 1) % 1000, entry_key=b"", seed=b"", private={"holder": "thumb"},
    )  # fmt: skip
    client = Client()
    client.post("/follow/", {"code": receipt.code, "secret": receipt.secret})
    archive, path = taken(client, case), f"certificates/{made.number}"
    assert {f"{path}.sdjwt", f"{path}.json"} <= set(archive.namelist())
    text = archive.read(f"{path}.sdjwt").decode()
    found = verify(text, keys=keys.keys_of, now=int(timezone.now().timestamp()))
    assert found.claims == made.claims
    said = json.loads(archive.read(f"{path}.json"))
    assert (said["claims"]["name"], said["state"], said["copies"][0]["key"]) == ("李秀兰", "good", "thumb")
    assert ID in archive.read(f"{path}.json").decode()
    page = client.get(f"/follow/{case.code}/data/").content.decode()
    assert f"{path}.sdjwt" in page
    stored.ended([(case, case.acts.order_by("sequence").last(), None)])
    assert json.loads(taken(client, case).read(f"{path}.json"))["state"] == "revoked"


def test_nobody_elses_are_in_it_and_an_erased_one_says_no_words(kept_long_enough):
    case, receipt, made = card(timezone.now())
    other = card(timezone.now(), "王桂英")
    client = Client()
    client.post("/follow/", {"code": receipt.code, "secret": receipt.secret})
    names = taken(client, case).namelist()
    assert not any(other[2].number in name for name in names)
    assert client.post(f"/follow/{other[0].code}/data/").status_code == 404
    perform(kept_long_enough(case).pk, Step("erase", SYSTEM))
    (left,) = own.files(case)
    assert json.loads(left.content)["claims"] == {}
    assert "李秀兰" not in left.content.decode()
