"""Views of the tray under names that an official gave them: kept, found again, removed, and seen by nobody else."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.urls import reverse

from tests.desk.test_tray import codes_on
from tongban.desk import saved
from tongban.desk.models import SavedView

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
NARROW = "?scope=own&unit=610113-CG&state=dispatched&matter=0101"


def keep(client, name, view=NARROW, **more):
    return client.post(reverse("desk:views"), {"name": name, "view": view, **more})


def test_a_named_view_stands_beside_the_filters_and_opens_what_it_names(desk, letter):
    noise, _ = letter(matter="0101")
    client = desk("handler")
    response = keep(client, "  噪音  专项 ")
    assert response.status_code == 302
    assert response["Location"] == "/desk/" + NARROW
    page = client.get("/desk/").content.decode()
    address = re.search(r'href="(\?[^"]+)"[^>]*>噪音 专项<', page)[1].replace("&amp;", "&")
    assert codes_on(client.get("/desk/" + address)) == [noise.code]
    assert 'aria-current="page">噪音 专项<' in client.get("/desk/" + address).content.decode()


def test_a_view_of_the_same_name_is_replaced_and_one_can_be_removed(desk, registry):
    client = desk("handler")
    keep(client, "专项")
    keep(client, "专项", "?scope=own&unit=610113-CG&state=all&mine=1")
    row = SavedView.objects.get()
    assert row.private["address"] == "?scope=own&unit=610113-CG&state=all&mine=1"
    client.post(reverse("desk:views"), {"remove": row.pk})
    assert not SavedView.objects.exists()


def test_views_are_their_officials_alone(desk, registry):
    keep(desk("handler"), "我的专项")
    row = SavedView.objects.get()
    other = desk("head")
    assert "我的专项" not in other.get("/desk/").content.decode()
    other.post(reverse("desk:views"), {"remove": row.pk})
    assert SavedView.objects.filter(pk=row.pk).exists()


def test_a_view_shows_no_more_than_its_official_may_see(desk, letter, registry):
    elsewhere, _ = letter(matter="0102")
    client = desk("handler")
    keep(client, "别处", "?scope=area&unit=610113-ZJ&place=610124&state=all&x=y")
    assert SavedView.objects.get().private["address"] == "?scope=own&unit=610113-CG&state=all&place=610124"
    assert elsewhere.code not in client.get("/desk/" + SavedView.objects.get().private["address"]).content.decode()


def test_names_are_sealed_and_bounded(desk, registry):
    client = desk("handler")
    for name in ("", " ", "长" * 41):
        assert keep(client, name).status_code == 422
    keep(client, "张三的投诉")
    with connection.cursor() as cursor:
        cursor.execute("SELECT private FROM desk_savedview")
        assert "张三".encode() not in bytes(cursor.fetchone()[0])
    for number in range(saved.MOST - 1):
        assert keep(client, f"第{number}个").status_code == 302
    assert keep(client, "多出来的").status_code == 409
    assert SavedView.objects.count() == saved.MOST
    assert desk("administrator").post(reverse("desk:views"), {"name": "x", "view": ""}).status_code == 403
    assert client.get(reverse("desk:views")).status_code == 405
