"""Every page says who issues the site, in its title and at its foot; privacy, accessibility and about are pages."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
from django.core.cache import caches
from django.test import Client

from tongban.portal.issuer import issuing_unit
from tongban.registry import snapshot
from tongban.registry.snapshot_rows import UnitRow

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fresh() -> None:
    caches["template_fragments"].clear()


def page(address: str = "/", language: str = "zh-CN") -> str:
    caches["template_fragments"].clear()
    response = Client().get(address, headers={"Accept-Language": language})
    assert response.status_code == 200
    return response.content.decode()


def title(text: str) -> str:
    return re.search(r"<title>(.*?)</title>", text, re.S)[1]


def foot(text: str) -> str:
    return re.sub(r"<[^>]+>", "", text.split("<footer", 1)[1].split("</footer>")[0])


def test_the_title_names_the_province_in_the_language_of_the_page(registry):
    assert title(page()) == "首页 - 陕西省通办"
    assert title(page(language="zh-HK")).endswith("陝西省通辦")
    assert "Shaanxi" in title(page(language="en"))


def test_a_name_that_a_deployment_chose_is_not_said_twice(registry, settings):
    settings.SITE_NAME = "陕西省民声网"
    assert title(page()) == "首页 - 陕西省民声网"


def test_without_a_registry_the_title_is_the_name_alone(db):
    snapshot.forget()
    assert title(page()) == "首页 - 通办"


def test_the_foot_says_who_issues_the_site_and_how_to_reach_them(registry, settings):
    settings.ISSUER = "610113-GOV"
    settings.CONTACT = "邮箱 mail@city.example"
    unit = snapshot.current().units["610113-GOV"]
    said = foot(page())
    assert f"主办单位：{unit.name}" in said
    assert unit.phone in said
    assert "mail@city.example" in said
    assert "网站标识码" not in said


def test_registration_numbers_stand_where_they_are_set_and_lead_to_where_they_are_looked_up(registry, settings):
    settings.SITE_CODE, settings.FILING, settings.POLICE_FILING = (
        "6100000001",
        "陕ICP备00000001号",
        "陕公网安备 61000002000001号",
    )
    text = page()
    assert "网站标识码：6100000001" in foot(text)
    assert 'href="https://beian.miit.gov.cn/"' in text
    assert "code=61000002000001" in text


def test_the_issuer_is_the_one_unit_above_all_or_nobody(registry):
    known = snapshot.current()
    top = UnitRow("610000-GOV", "陕西省人民政府", "", "610000", None)
    units = {code: row for code, row in known.units.items() if row.place != "610000"}
    alone = replace(known, units={**units, top.code: top})
    assert issuing_unit(alone) == top.code
    assert issuing_unit(replace(known, units={**units, top.code: top, "2": replace(top, code="2")})) == ""
    assert issuing_unit(replace(known, units=units)) == ""
    assert issuing_unit(alone, "610113-CG") == "610113-CG"
    assert issuing_unit(alone, "nobody") == top.code


@pytest.mark.parametrize("address", ["/about/", "/privacy/", "/accessibility/"])
def test_the_pages_about_the_house_are_kept_and_linked_from_every_foot(registry, address):
    response: Any = Client().get(address)
    assert response["Public-For"] == "300"
    assert f'href="{address}"' in page().split("<footer", 1)[1]


def test_the_privacy_page_says_how_long_things_are_kept_by_the_registry(registry, monkeypatch):
    known = snapshot.current()
    rows = {code: replace(row, retention_days=1825) for code, row in known.matters.items()}
    monkeypatch.setattr(snapshot, "current", lambda: replace(known, matters=rows))
    assert "办结以后保存 5 年" in page("/privacy/")
    rows = {**rows, "0101": replace(rows["0101"], retention_days=3650)}
    monkeypatch.setattr(snapshot, "current", lambda: replace(known, matters=rows))
    assert "保存 5 到 10 年" in page("/privacy/")


def test_the_about_page_speaks_of_every_room(registry):
    text = page("/about/")
    assert "预约接访" in text or "线上接访" in text
    assert 'href="/figures/"' in text
