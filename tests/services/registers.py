"""What the tests about registers share: the demo's three registers, and a browser that applies."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from tongban.cases.models import Case
from tongban.ledger import keeping
from tongban.merkle import new_signer
from tongban.services import reading
from tongban.services.models import Pull, Source
from tongban.services.sources import invented, pulling

LI, WANG, ZHENG = "610199195803028124", "610199198007158116", "610199194406188285"


@pytest.fixture
def registers(city, settings, tmp_path):
    made = new_signer("city.example/ledger")
    settings.LEDGER_ORIGIN, settings.LEDGER_KEYS, settings.LEDGER_RETIRED = "city.example/ledger", made.secret(), ""
    settings.LEDGER_GUARD, settings.LEDGER_POLICY = tmp_path / "last-checkpoint", ""
    settings.DEMO = True
    invented.seed()
    reading.forget()
    pulling.forget()


def said(page):
    return page.content.decode()


def show(client: Client, number: str = LI) -> None:
    """This browser shows who its user is."""
    assert client.post("/registers/who/", {"person": number}).status_code == 302


def begin(client: Client, matter: str = "7001") -> None:
    client.post("/ask/write/application/", {"matter": matter})
    assert client.post("/new/application/place/", {"place": "610113"}).status_code == 302


def consent(client: Client, answer: str = "yes"):
    return client.post("/new/application/registers/", {"answer": answer})


def finish(client: Client, number: str = LI, name: str = "李秀兰", **typed) -> Case | None:
    """Answer what is still asked, and send; the case, or None where it was refused."""
    for _turn in range(12):
        page = client.get("/new/application/check/")
        if page.status_code == 200:
            break
        step = page.url.removeprefix("/new/application/").strip("/")
        if step == "applicant":
            data = {"name": name, "id_number": number, "declared": "on"}
        elif step == "materials":
            slots = dict.fromkeys(re.findall(r'type="file" name="(\w+)"|name="(mat_\w+)"', said(client.get(page.url))))
            data = {name: photo() for name in {found for pair in slots for found in pair if found}}
        else:
            data = {f"fact_{code}": value for code, value in typed.items()}
        answer = client.post(page.url, data)
        assert answer.status_code == 302, said(answer)
    sent = client.post("/new/application/check/", {"send": "1"})
    return Case.objects.order_by("-pk").first() if sent.status_code == 302 else None


def photo():
    import io

    from django.core.files.uploadedfile import SimpleUploadedFile
    from PIL import Image

    out = io.BytesIO()
    Image.effect_noise((120, 160), 80).convert("RGB").save(out, "JPEG")
    return SimpleUploadedFile("photo.jpg", out.getvalue(), "image/jpeg")


def on_the_ledger() -> None:
    keeping.keep(at_once=True)


__all__ = ["LI", "WANG", "ZHENG", "Pull", "Source", "begin", "consent", "finish", "on_the_ledger", "photo",
           "registers", "said", "show"]  # fmt: skip
