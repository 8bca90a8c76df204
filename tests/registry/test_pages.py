"""The registry's pages: open to everybody where it says who is responsible, closed to all but
administrators elsewhere."""

from __future__ import annotations

import re
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from tongban.registry import models, snapshot

pytestmark = pytest.mark.django_db
ADMIN = [
    ("registry:admin", ()), ("registry:admin_import", ()), ("registry:admin_calendar", ()), ("registry:officials", ()),
    ("registry:admin_table", ("duties",)),
    ("registry:admin_add", ("duties",)), ("registry:admin_edit", ("units", "610113-CG")),
    ("registry:admin_export", ("units", "csv")),
    ("registry:official", (1,)), ("registry:admin_end", ("duties", 1)), ("registry:record", ()),
]  # fmt: skip
WHY = {"reason": "机构改革方案"}
DUTIES = (
    "unit,matter,place,role,since,until,basis\n610113-CG,0103,610113,lead,2026-01-01,,三定方案\n"
    "nobody,0103,610113,lead,2026-01-01,,x\n"
)


@pytest.fixture
def admin(official, signed_in):
    return signed_in(official("610000-GOV", "administrator"))


def file(text=DUTIES, name="duties.csv"):
    return SimpleUploadedFile(name, text.encode(), "text/csv")


# --- who may open what -----------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("name", "values"), ADMIN)
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_stranger_is_sent_to_sign_in(client, registry, name, values, method):
    response = getattr(client, method)(reverse(name, args=values))
    assert response.status_code == 302
    assert response["Location"].startswith(reverse("account_login"))


@pytest.mark.parametrize(("name", "values"), ADMIN)
@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("role", ["clerk", "handler", "head", "supervisor", "data_officer"])
def test_an_official_who_is_no_administrator_is_refused(official, signed_in, name, values, method, role):
    assert getattr(signed_in(official("610113-CG", role)), method)(reverse(name, args=values)).status_code == 403


def test_every_route_under_admin_is_in_this_test():
    from tongban.portal.urls_registry import urlpatterns

    closed = {pattern.name for pattern in urlpatterns if getattr(pattern.callback, "allows", "") == "administrator"}
    assert closed == {name.split(":")[1] for name, _values in ADMIN}
    assert {pattern.name for pattern in urlpatterns} - closed == {"responsible", "proposals"}


def test_an_administrator_opens_every_page(admin, registry):
    duty = models.Duty.objects.order_by("pk").first()
    for name, values in ADMIN:
        if name == "registry:admin_end":
            values = ("duties", duty.pk)
        elif name == "registry:official":
            values = (admin.session["_auth_user_id"],)
        assert admin.get(reverse(name, args=values)).status_code == 200, name
    for table in ("places", "units", "matters", "duties", "limits"):
        assert admin.get(reverse("registry:admin_table", args=(table,))).status_code == 200
        assert admin.get(reverse("registry:admin_export", args=(table, "xlsx")))["Content-Disposition"].endswith(
            f'{table}.xlsx"'
        )


@pytest.mark.parametrize(
    "path",
    [
        "admin/tables/dreams/",
        "admin/tables/duties/99999/",
        "admin/tables/units/nobody/",
        "admin/export/units.pdf",
        "admin/tables/duties/99999/end/",
    ],
)
def test_what_is_not_there_is_not_found(admin, registry, path):
    assert admin.get(reverse("registry:responsible") + path).status_code == 404


# --- changing --------------------------------------------------------------------------------------------------------
def test_a_duty_is_added_found_and_refused_where_another_unit_leads(admin, registry):
    url = reverse("registry:admin_add", args=("duties",))
    values = {
        "unit": "610113-CG",
        "matter": "0103",
        "place": "610113",
        "role": "lead",
        "since": "2026-01-01",
        "until": "",
        "basis": "三定方案",
    }
    assert admin.post(url, {**values, **WHY}).status_code == 302
    assert "0103" in admin.get(reverse("registry:admin_table", args=("duties",)), {"q": "0103"}).content.decode()
    refused = admin.post(url, {**values, **WHY, "unit": "610113-ZJ"})
    assert refused.status_code == 422
    assert "610113-CG" in refused.content.decode()
    assert models.Duty.objects.filter(matter_id="0103").count() == 1


def test_the_page_says_for_which_kinds_of_case_a_matter_is_and_takes_another_list(admin, registry):
    url = reverse("registry:admin_edit", args=("matters", "0101"))
    page = admin.get(url).content.decode()
    assert re.search(r'value="letter"[^>]*>\s*来信', page)
    values = {"code": "0101", "parent": "01", "name": "噪音扰民", **WHY}
    assert admin.post(url, {**values, "kinds": "lettre"}).status_code == 422
    assert admin.post(url, {**values, "kinds": "letter"}).status_code == 302
    assert models.Matter.objects.get(pk="0101").kinds == ["letter"]
    assert re.search(r'value="letter"[^>]*checked', admin.get(url).content.decode())
    listed = admin.get(reverse("registry:admin_table", args=("matters",))).content.decode()
    assert "来信" in listed
    assert "同上级事项" in listed


def test_a_duty_is_ended_on_a_day_and_stays_on_record(admin, registry):
    duty = models.Duty.objects.get(unit_id="610113-CG")
    url = reverse("registry:admin_end", args=("duties", duty.pk))
    for wrong in ("", "soon", "1999-12-31"):
        assert admin.post(url, {"until": wrong, **WHY}).status_code == 422
    assert admin.post(url, {"until": "2026-06-30", **WHY}).status_code == 302
    now = snapshot.current()
    assert now.route("0101", "610113", date(2026, 6, 30)).lead == "610113-CG"
    assert now.route("0101", "610113", date(2026, 7, 1)).lead == "610113-XF"


def test_nothing_of_the_registry_can_be_deleted_by_a_page(admin, registry):
    before = models.Duty.objects.count()
    for name in ("registry:admin_edit", "registry:admin_end"):
        values = ("duties", models.Duty.objects.first().pk)
        admin.post(reverse(name, args=values), {"delete": "1"})
        assert admin.delete(reverse(name, args=values)).status_code in (200, 405)
    assert models.Duty.objects.count() == before


def test_what_identifies_a_row_cannot_be_changed(admin, registry):
    url = reverse("registry:admin_edit", args=("units", "610113-CG"))
    assert admin.post(url, {"code": "other", "place": "610113", "name": "新名称", **WHY}).status_code == 302
    assert models.Unit.objects.get(code="610113-CG").name == "新名称"
    assert not models.Unit.objects.filter(code="other").exists()


# --- import ----------------------------------------------------------------------------------------------------------
def kept_in(response):
    found = re.search(r'name="kept" value="([^"]+)"', response.content.decode())
    return found.group(1) if found else ""


def test_an_upload_is_shown_first_and_taken_when_confirmed(admin, registry):
    url, before = reverse("registry:admin_import"), models.Duty.objects.count()
    preview = admin.post(url, {"table": "duties", "file": file()})
    assert preview.status_code == 200
    assert "nobody" in preview.content.decode()
    assert models.Duty.objects.count() == before
    unsaid = admin.post(url, {"kept": kept_in(preview), "confirm": "1"})
    assert (unsaid.status_code, kept_in(unsaid), models.Duty.objects.count()) == (422, kept_in(preview), before)
    done = admin.post(url, {"kept": kept_in(preview), "confirm": "1", **WHY})
    assert done.status_code == 200
    assert models.Duty.objects.count() == before + 1


def test_a_preview_is_good_for_its_official_only_and_cannot_be_forged(admin, registry, official, signed_in):
    url = reverse("registry:admin_import")
    kept = kept_in(admin.post(url, {"table": "duties", "file": file()}))
    other = signed_in(official("610000-GOV", "administrator", "second"))
    assert other.post(url, {"kept": kept, "confirm": "1"}).status_code == 422
    assert admin.post(url, {"kept": kept[:-1] + ("A" if kept[-1] != "A" else "B"), "confirm": "1"}).status_code == 422
    assert admin.post(url, {"confirm": "1"}).status_code == 422
    assert models.Duty.objects.filter(matter_id="0103").count() == 0


@pytest.mark.parametrize(
    "given",
    [
        {"table": "duties"},
        {"table": "dreams", "file": "x"},
        {"table": "duties", "file": ""},
        {"table": "places", "file": DUTIES},
    ],
)
def test_an_upload_that_is_no_table_says_what_is_wrong(admin, registry, given):
    values = dict(given)
    if "file" in values:
        values["file"] = file(values["file"])
    response = admin.post(reverse("registry:admin_import"), values)
    assert response.status_code == 422
    assert 'role="alert"' in response.content.decode()


# --- calendar --------------------------------------------------------------------------------------------------------
def test_a_year_is_loaded_and_one_day_corrected(admin, registry):
    url = reverse("registry:admin_calendar")
    upload = SimpleUploadedFile("2031.csv", "date,working,note\n2031-01-01,0,元旦\n".encode(), "text/csv")
    assert admin.post(url, {"source": "通知", "file": upload})["Location"] == f"{url}?year=2031"
    assert admin.post(url, {"day": "2031-01-02", "working": "0", "note": "临时"}).status_code == 302
    page = admin.get(url, {"year": "2031"}).content.decode()
    assert "2031-01-02" in page
    assert not snapshot.current().calendar.is_working_day(date(2031, 1, 2))
    assert admin.post(url, {"day": "2035-01-02", "working": "0"}).status_code == 422
    assert admin.post(url, {"day": "never", "working": "0"}).status_code == 422
    assert admin.post(url, {"source": "通知"}).status_code == 422


def test_the_calendar_warns_while_next_year_is_not_loaded(admin, registry):
    from django.utils import timezone

    following = timezone.localdate().year + 1
    url = reverse("registry:admin_calendar")
    known = following in snapshot.current().calendar.years_loaded()
    assert ("notice--warning" in admin.get(url).content.decode()) is not known
    models.CalendarYear.objects.create(year=following, source="通知")
    snapshot.touch()
    assert "notice--warning" not in admin.get(url).content.decode()


# --- who is responsible ----------------------------------------------------------------------------------------------
def test_everybody_finds_who_is_responsible_on_a_day_and_why(client, registry):
    models.Duty.objects.filter(unit_id="610113-CG").update(until=date(2026, 6, 30))
    snapshot.touch()
    url = reverse("registry:responsible")
    before = client.get(url, {"matter": "0101", "place": "610113", "on": "2026-06-30"}).content.decode()
    after = client.get(url, {"matter": "0101", "place": "610113", "on": "2026-07-01"}).content.decode()
    assert 'id="answer">雁塔区城市管理局<' in before
    assert "三定方案" in before
    assert 'id="answer">雁塔区信访局<' in after
    assert "2026-06-30" in after


@pytest.mark.parametrize(
    "query",
    [{}, {"matter": "x", "place": "y"}, {"matter": "0101", "place": "610113", "on": "gestern"}, {"matter": "0101"}],
)
def test_the_page_opens_for_any_question(client, registry, query):
    response = client.get(reverse("registry:responsible"), query)
    assert response.status_code == 200
    assert "csrfmiddlewaretoken" not in response.content.decode()
    assert response["Public-For"] == "60"
