"""Templates of answers: the heads of a unit keep their own, and an answer is offered those of its unit, matter and
kind."""

from __future__ import annotations

import pytest
from django.urls import reverse

from tongban.desk.models import AnswerTemplate

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
HERE, THERE = "610113-CG", "610113-ZJ"


def send(client, **values):
    return client.post(reverse("desk:templates"), {"name": "噪音", "matter": "", "text": "{核实情况}", **values})


def test_a_head_keeps_templates_of_the_unit_and_an_answer_is_offered_them(desk, letter, url):
    case, _ = letter()
    head = desk("head")
    assert send(head, name="噪音答复").status_code == 302
    row = AnswerTemplate.objects.get()
    assert (row.unit_id, row.kind, row.matter_id, row.text) == (HERE, "", None, "{核实情况}")
    assert "噪音答复" in desk("handler").get(url("answer", case)).content.decode()
    assert "噪音答复" in head.get(reverse("desk:templates")).content.decode()
    assert send(head, name="改过的", template=row.pk, matter="0101").status_code == 302
    row.refresh_from_db()
    assert (row.name, row.matter_id) == ("改过的", "0101")
    assert "{核实情况}" in head.get(reverse("desk:templates"), {"template": row.pk}).content.decode()
    head.post(reverse("desk:templates"), {"do": "remove", "template": row.pk})
    assert not AnswerTemplate.objects.exists()


def test_nobody_but_the_head_and_no_unit_but_the_own(desk, registry):
    theirs = AnswerTemplate.objects.create(unit_id=THERE, name="别家的", text="x")
    general = AnswerTemplate.objects.create(name="通用的", text="感谢来信")
    for who in ("handler", "clerk", "supervisor", "coordinator"):
        assert send(desk(who)).status_code == 403
    head = desk("head")
    for row in (theirs, general):
        assert send(head, template=row.pk).status_code == 404
        assert head.post(reverse("desk:templates"), {"do": "remove", "template": row.pk}).status_code == 404
        assert head.get(reverse("desk:templates"), {"template": row.pk}).status_code == 404
    assert send(head, unit=THERE).status_code == 302
    assert AnswerTemplate.objects.get(name="噪音").unit_id == HERE
    page = head.get(reverse("desk:templates")).content.decode()
    assert "通用的" in page
    assert "别家的" not in page


def test_what_was_wrong_is_told_and_what_was_typed_stays(desk, registry):
    response = send(desk("head"), name="", text="写了很多")
    assert response.status_code == 422
    assert "写了很多" in response.content.decode()
    assert send(desk("head"), matter="没有的").status_code == 422


def test_a_template_of_another_kind_of_case_is_not_offered(desk, letter, url):
    case, _ = letter()
    AnswerTemplate.objects.create(unit_id=HERE, kind="letter", name="来信用的", text="x")
    AnswerTemplate.objects.create(unit_id=HERE, kind="walk", name="散步用的", text="x")
    page = desk("handler").get(url("answer", case)).content.decode()
    assert "来信用的" in page
    assert "散步用的" not in page
