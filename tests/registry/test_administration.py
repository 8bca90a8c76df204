"""The registry as an administrator works on it: words instead of codes, what is wrong at its column, the history of a
row, ending instead of deleting, and an import that does what its preview showed."""

from __future__ import annotations

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from tongban.portal import registry_words as words
from tongban.portal.registry_forms import RowForm
from tongban.registry import exchange, lookup, models, snapshot

pytestmark = pytest.mark.django_db
WHY = {"reason": "机构改革方案"}
FILE = (
    "单位,事项,行政区划,责任,起始日期,依据\n610113-CG,0103,610113,lead,2026-01-01,三定方案\n"
    "nobody,0103,610113,lead,2026-01-01,x\n610113-ZJ,0104,610113,boss,2026-01-01,x\n"
)


@pytest.fixture
def admin(official, signed_in):
    return signed_in(official("610000-GOV", "administrator"))


def page(answer, status=200):
    assert answer.status_code == status
    return answer.content.decode()


def kept_in(text):
    return re.search(r'name="kept" value="([^"]+)"', text).group(1)


def preview(admin, text=FILE, table="duties"):
    file = SimpleUploadedFile("a.csv", text.encode(), "text/csv")
    return page(admin.post(reverse("registry:admin_import"), {"table": table, "file": file}))


# --- the form ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", exchange.TABLES)
def test_required_and_optional_are_marked_as_the_import_has_them(registry, name):
    form = RowForm(name)
    table = exchange.TABLES[name]
    assert set(form.fields) == set(table.columns)
    needed = {column for column, field in form.fields.items() if field.required}
    assert set(table.key) - {"matter", "place"} <= needed | ({"matter", "place"} if name == "duties" else set())
    assert not needed & {"name_en", "phone", "until", "parent", "retention_days", "kinds"}


@pytest.mark.parametrize("name", exchange.TABLES)
def test_no_code_of_the_program_stands_on_a_form(admin, registry, name):
    text = page(admin.get(reverse("registry:admin_add", args=(name,))))
    shown = re.sub(r"<[^>]*>", " ", text)
    for word in ("lead", "assist", "province", "working", "extend_max", "retention_days", "letter"):
        assert word not in shown
    assert "这个字段是必填项" not in page(admin.post(reverse("registry:admin_add", args=(name,)), {"x": "1"}), 422)


def test_a_unit_is_typed_by_name_and_several_are_asked_about(admin, registry):
    url = reverse("registry:admin_add", args=("duties",))
    given = {"matter": "0103", "place": "雁塔区", "role": "lead", "since": "2026-01-01", "basis": "三定方案", **WHY}
    text = page(admin.post(url, {**given, "unit": "雁塔区"}), 422)
    assert "可能是下面这几个" in text
    assert 'value="三定方案"' in text or ">三定方案<" in text or "三定方案</textarea>" in text
    line = lookup.label("unit", "610113-CG", snapshot.current())
    assert admin.post(url, {**given, "unit": line}).status_code == 302
    assert models.Duty.objects.get(matter_id="0103").unit_id == "610113-CG"


@pytest.mark.parametrize(
    ("given", "column", "told"),
    [
        ({"since": "明天"}, "since", "不是日期"),
        ({"since": ""}, "since", "请填写起始日期"),
        ({"role": ""}, "role", "请填写责任"),
        ({"role": "boss"}, "role", "请从列出的选项里选"),
        ({"until": "2025-01-01"}, "", "终止日期早于起始日期"),
        ({"basis": "字" * 301}, "basis", "超过 300 个字"),
    ],
)
def test_what_is_wrong_is_said_at_its_column_and_what_was_typed_stays(admin, registry, given, column, told):
    values = {
        "unit": "610113-CG", "matter": "0103", "place": "610113", "role": "lead", "since": "2026-01-01",
        "basis": "三定方案", **WHY, **given,
    }  # fmt: skip
    text = page(admin.post(reverse("registry:admin_add", args=("duties",)), values), 422)
    assert told in text
    assert 'value="机构改革方案"' in text
    if column:
        assert f'href="#row_{column}"' in text
    assert not models.Duty.objects.filter(matter_id="0103").exists()


# --- history and ending -----------------------------------------------------------------------------------------------
def test_a_row_tells_who_changed_what_and_why_in_words(admin, registry):
    url = reverse("registry:admin_edit", args=("units", "610113-CG"))
    assert "没有修改过" in page(admin.get(url))
    values = {"place": "610113", "name": "雁塔区城管执法局", "parent": "610113-GOV", "coordinating": "on", **WHY}
    assert admin.post(url, values).status_code == 302
    text = page(admin.get(url))
    assert "名称：<del>雁塔区城市管理局</del> → <ins>雁塔区城管执法局</ins>" in text
    assert "统筹分办单位：<del>否</del> → <ins>是</ins>" in text
    assert "官员610000-GOV-administrator" in text
    assert "机构改革方案" in text
    record = page(admin.get(reverse("registry:record")))
    assert "名称 雁塔区城市管理局 → 雁塔区城管执法局" in record
    assert "没有修改过" in page(admin.get(reverse("registry:admin_edit", args=("units", "610113-ZJ"))))


def test_a_matter_is_ended_and_stays(admin, registry):
    url = reverse("registry:admin_end", args=("matters", "0101"))
    assert "请写明理由" in page(admin.post(url, {}), 422)
    assert admin.post(url, WHY).status_code == 302
    assert models.Matter.objects.get(pk="0101").active is False
    assert ">终止<" in page(admin.get(reverse("registry:admin_edit", args=("matters", "0101"))))


@pytest.mark.parametrize("path", ["places/610113/end/", "limits/1/end/", "units/nobody/end/", "dreams/1/end/"])
def test_what_cannot_be_ended_is_not_found(admin, registry, path):
    assert admin.get(reverse("registry:admin") + "tables/" + path).status_code == 404


# --- import -----------------------------------------------------------------------------------------------------------
def test_a_preview_names_line_column_and_reason_in_words(admin, registry):
    text = preview(admin)
    assert "新增 1 条" in text
    assert re.search(r"<th scope=\"row\">3</th><td[^>]*>单位</td><td[^>]*>没有 nobody", text)
    assert re.search(r"<th scope=\"row\">4</th><td[^>]*>责任</td>", text)
    assert "雁塔区城市管理局 610113-CG" in text
    assert not models.Duty.objects.filter(matter_id="0103").exists()


def test_rejected_rows_are_a_file_to_be_mended(admin, registry):
    kept = kept_in(preview(admin))
    answer = admin.post(reverse("registry:admin_import"), {"kept": kept, "rejected": "1"})
    rows = answer.content.decode("utf-8-sig").splitlines()
    assert answer["Content-Disposition"] == 'attachment; filename="duties-rejected.csv"'
    assert rows[0].startswith("line,reason,unit,matter")
    assert rows[1].startswith("3,单位：没有 nobody,nobody")
    assert len(rows) == 3


def test_confirming_takes_what_was_shown_or_nothing(admin, registry):
    url, kept = reverse("registry:admin_import"), kept_in(preview(admin))
    models.Duty.objects.create(
        unit_id="610113-ZJ", matter_id="0103", place_id="610113", role="lead", since="2026-01-01", basis="x"
    )
    text = page(admin.post(url, {"kept": kept, "confirm": "1", **WHY}), 409)
    assert "清单又有了变化" in text
    assert models.Duty.objects.filter(matter_id="0103").count() == 1
    assert "已导入" not in text


def test_a_double_click_on_confirm_writes_once_and_says_so(admin, registry):
    url, kept = reverse("registry:admin_import"), kept_in(preview(admin))
    assert "已导入" in page(admin.post(url, {"kept": kept, "confirm": "1", **WHY}))
    page(admin.post(url, {"kept": kept, "confirm": "1", **WHY}), 409)
    assert models.Duty.objects.filter(matter_id="0103").count() == 1


def test_an_end_is_called_an_end():
    told = words.told("duties", "a b c 2026-01-01", {"until": ("", "2026-06-30")}, False)
    assert (told.what, told.fields[0][1:]) == ("ended", ("—", "2026-06-30"))
    assert words.told("matters", "01", {"active": ("1", "0")}, False).what == "ended"
    assert words.told("matters", "01", {"active": ("0", "1")}, False).what == "changed"
    assert words.told("units", "x", {"code": ("", "x"), "name": ("", "甲")}).what == "added"
