"""What the tests about bundles share: a bundle of three items, of which two ask for the same photograph, and a browser
that tells it."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from tongban.cases.models import Attachment, Case
from tongban.services import models, reading

from .conftest import PLACE
from .registers import LI, photo, said

WHOLE = "7095"
ITEMS = ("7001", "7002", "7003")
TYPED = {"hardship": "illness", "has_premises": "yes", "clean": "yes", "born": "1958-03-02", "resident_here": "yes"}


@pytest.fixture
def shop(registers):
    row, _made = models.Bundle.objects.get_or_create(matter_id=WHOLE)
    row.steps.all().delete()
    for order, (matter, later) in enumerate((("7001", []), ("7002", []), ("7003", ["7002"])), 1):
        models.BundleStep.objects.create(bundle=row, matter_id=matter, order=order, after=later)
    photograph = models.Material.objects.get_or_create(code="shared_photo", defaults={"name": "证件照"})[0]
    lease = models.Material.objects.get_or_create(code="lease_b", defaults={"name": "租房合同"})[0]
    models.Need.objects.all().delete()
    for matter, material, how in (("7001", photograph, "may_follow"), ("7002", photograph, "required"),
                                  ("7003", lease, "required")):  # fmt: skip
        models.Need.objects.create(matter_id=matter, material=material, how=how, since="2020-01-01")
    reading.touch()


def begin(client: Client) -> None:
    client.post("/ask/write/bundle/", {"matter": WHOLE})
    assert client.post("/new/bundle/place/", {"place": PLACE}).status_code == 302


def walk(client: Client, number: str = LI, name: str = "李秀兰", promises: tuple[str, ...] = (), **typed: str):
    """Answer what is still asked, page after page as a browser is led; the page to check, or the page that refuses to
    go on."""
    page = client.post("/new/bundle/", {"go_on": "1"})
    for _turn in range(14):
        step = page.url.removeprefix("/new/bundle/").strip("/")
        if step == "check":
            break
        if step == "applicant":
            data = {"name": name, "id_number": number, "declared": "on"}
        elif step == "materials":
            data = {slot: photo() for slot in slots(client)}
        elif step == "registers":
            data = {"answer": "no"}
        elif step == "promises":
            data = {f"promised_{item}": "on" for item in promises}
        else:
            data = {f"fact_{code}": value for code, value in {**TYPED, **typed}.items()}
        page = client.post(page.url, {**data, "version": mark(client, page.url)})
        if page.status_code != 302:
            return page
    return client.get("/new/bundle/check/")


def mark(client: Client, address: str) -> str:
    """What a step's page says of the versions of the forms."""
    found = re.search(r'name="version" value="([^"]*)"', said(client.get(address)))
    return found.group(1) if found else ""


def send(client: Client):
    return client.post("/new/bundle/check/", {"send": "1", "version": mark(client, "/new/bundle/check/")})


def finish(client: Client, **told) -> Case | None:
    """Answer what is still asked, and send; the bundle, or None where it was refused."""
    page = walk(client, **told)
    if page.status_code != 200 or send(client).status_code != 302:
        return None
    return Case.objects.filter(kind="bundle").order_by("-pk").first()


def slots(client: Client) -> list[str]:
    return sorted(set(re.findall(r'name="(mat_\w+)"', said(client.get("/new/bundle/materials/")))))


def parts(case: Case) -> dict[str, Case]:
    return {part.matter_id: part for part in Case.objects.filter(part_of=case, kind="application")}


def files(case: Case) -> set[str]:
    return {item.purpose for item in Attachment.objects.filter(case=case).exclude(private=None).select_related("case")}
