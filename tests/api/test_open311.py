"""Open311 GeoReport v2 against the tables of its specification (wiki.open311.org/GeoReport_v2),
written down here by hand.

Every answer is checked in both formats: names of fields and containers, types, allowed values; and every error the
specification lists.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from xml.etree import ElementTree

import pytest
from django.utils import timezone

from tests.api.specification import (
    ATTRIBUTE,
    ENDPOINT,
    ERROR,
    POSTED,
    SERVICE,
    SERVICE_REQUEST,
    TOKEN,
    from_xml,
    holds,
    same,
)
from tongban.cases.models import Case
from tongban.gate import rates
from tongban.letters.api import open311
from tongban.letters.models import PublishedLetter
from tongban.registry import snapshot

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
REQUEST = {"service_code": "0101", "address_id": "610113", "description": "工地夜间施工\n每天十二点以后"}


def get(client, path, root, item, table, query=None, code=200):
    """The rows of an answer, checked in both formats."""
    as_json, as_xml = (client.get(f"/open311/v2/{path}.{form}", query or {}) for form in ("json", "xml"))
    assert (as_json.status_code, as_xml.status_code) == (code, code), as_json.content.decode()
    assert as_json["Content-Type"] == "application/json; charset=utf-8"
    assert as_xml["Content-Type"] == "text/xml; charset=utf-8"
    rows = as_json.json()
    for row in rows:
        holds(table, row)
    same(rows, from_xml(as_xml.content, root, item))
    return rows


def listed(client, **query):
    return get(client, "requests", "service_requests", "request", SERVICE_REQUEST, query)


def refused(client, code, path, **query):
    (error,) = get(client, path, "errors", "error", ERROR, query, code)
    assert error["code"] == code
    return error["description"]


def post(client, change=None, form="json", **headers):
    values = {name: value for name, value in {**REQUEST, **(change or {})}.items() if value is not None}
    return client.post(f"/open311/v2/requests.{form}", values, headers=headers)


def refused_post(client, status, change=None, **headers):
    as_json, as_xml = (post(client, change, form, **headers) for form in ("json", "xml"))
    assert (as_json.status_code, as_xml.status_code) == (status, status), as_json.content.decode()
    (error,) = as_json.json()
    holds(ERROR, error)
    assert error["code"] == status
    same([error], from_xml(as_xml.content, "errors", "error"))
    assert not Case.objects.exists()
    return error["description"]


# --- discovery and services -----------------------------------------------------------------------------------------


def test_service_discovery(client, registry):
    found = client.get("/open311/v2/discovery.json").json()
    assert set(found) == {"changeset", "contact", "key_service", "endpoints"}
    assert all(found.values())
    (endpoint,) = found["endpoints"]
    holds(ENDPOINT, endpoint)
    assert endpoint["formats"] == ["text/xml", "application/json"]
    top = ElementTree.fromstring(client.get("/open311/v2/discovery.xml").content)
    assert [child.tag for child in top] == ["changeset", "contact", "key_service", "endpoints"]
    assert [item.text for item in top.findall("endpoints/endpoint/formats/format")] == endpoint["formats"]
    assert top.findtext("endpoints/endpoint/specification") == endpoint["specification"]


def test_the_changeset_moves_on_with_the_registry(client, registry):
    before = client.get("/open311/v2/discovery.json").json()["changeset"]
    snapshot.touch()
    assert client.get("/open311/v2/discovery.json").json()["changeset"] > before


def test_service_list(client, registry):
    rows = get(client, "services", "services", "service", SERVICE)
    assert [row["service_code"] for row in rows] == ["0101", "0102", "0103", "0901"]
    assert {row["service_code"]: row["metadata"] for row in rows}["0901"] is True
    assert rows[0]["keywords"] == "施工噪音, 广场舞, 夜间喧哗"


def test_service_definition(client, registry):
    found = client.get("/open311/v2/services/0901.json").json()
    assert set(found) == {"service_code", "attributes"}
    holds(ATTRIBUTE, found["attributes"][0])
    top = ElementTree.fromstring(client.get("/open311/v2/services/0901.xml").content)
    assert (top.tag, [child.tag for child in top], top.findtext("service_code")) == (
        "service_definition",
        ["service_code", "attributes"],
        "0901",
    )
    same(
        found["attributes"],
        [{field.tag: field.text or "" for field in item} for item in top.findall("attributes/attribute")],
    )
    assert client.get("/open311/v2/services/0101.json").json() == {"service_code": "0101", "attributes": []}


@pytest.mark.parametrize(
    "path",
    [
        "services/9999",
        "services/01",
        "requests/000000000000",
        "tokens/123456",
        "tokens/%00",
        "nowhere",
        "requests/%F0%9F%98%80",
    ],
)
def test_what_is_not_there_is_404(client, registry, path):
    if path == "nowhere":
        assert client.get("/open311/v2/nowhere.json").json()[0]["code"] == 404
        assert client.get("/open311/v2/nowhere.yaml").content.startswith(b"<?xml")
    else:
        refused(client, 404, path)


@pytest.mark.parametrize("path", ["services", "services/0101", "requests"])
def test_a_jurisdiction_that_is_not_known_is_404_and_an_empty_one_is_none(client, registry, path):
    refused(client, 404, path, jurisdiction_id="city.gov")
    assert client.get(f"/open311/v2/{path}.json", {"jurisdiction_id": ""}).status_code == 200
    assert client.get(f"/open311/v2/{path}.json", {"jurisdiction_id": "610113"}).status_code == 200


def test_a_jurisdiction_that_is_not_known_takes_no_letter(client, registry):
    refused_post(client, 404, {"jurisdiction_id": "city.gov"})


# --- POST Service Request -------------------------------------------------------------------------------------------


def test_a_request_is_a_letter_on_the_one_way(client, registry):
    more = {
        "first_name": "小明",
        "last_name": "王",
        "phone": "13800000000",
        "email": "xm@example.org",
        "address_string": "科技路 1 号",
        "api_key": "any",
    }
    answer = post(client, more)
    assert answer.status_code == 201
    (row,) = answer.json()
    secret = row.pop("receipt_secret")
    holds(POSTED, row)
    assert "token" not in row
    case = Case.objects.get(code=row["service_request_id"])
    assert (case.channel, case.unit_id, case.subject, case.sender) == ("open311", "610113-CG", "工地夜间施工", "王小明")
    assert case.private["address"] == "科技路 1 号"
    assert secret in row["service_notice"].replace("-", "")
    assert client.get(f"/api/v1/letters/{case.code}", headers={"Authorization": f"Receipt {secret}"}).status_code == 200


def test_the_xml_answer_has_no_foreign_tags_and_tells_the_secret_in_its_notice(client, registry):
    answer = post(client, form="xml")
    (row,) = from_xml(answer.content, "service_requests", "request")
    assert list(row) == ["service_request_id", "service_notice", "account_id"]
    secret = re.search(r"[0-9A-Z]{4}(-[0-9A-Z]{4}){4}", row["service_notice"]).group()
    own = client.get(f"/open311/v2/requests/{row['service_request_id']}.json", headers={"X-Receipt-Secret": secret})
    assert own.status_code == 200


def test_media_is_not_fetched_and_the_notice_says_so(client, registry):
    assert "media_url" in post(client, {"media_url": "http://example.org/a.jpg"}).json()[0]["service_notice"]
    assert "media_url" not in post(client).json()[0]["service_notice"]


@pytest.mark.parametrize(
    ("where", "place"),
    [
        ({"address_id": "610124"}, "610124"),
        ({"address_id": None, "address_string": "科技路 1 号，雁塔区，西安市"}, "610113"),
        ({"address_id": None, "address_string": "1 Keji Rd, Yanta District"}, "610113"),
        ({"address_id": None, "address_string": "科技路 1 号", "jurisdiction_id": "610113"}, "610113"),
        ({"address_id": None, "lat": "34.2", "long": "108.9", "jurisdiction_id": "610113"}, "610113"),
    ],
)
def test_the_place_is_named_by_code_or_in_words(client, registry, where, place):
    assert Case.objects.get(code=post(client, where).json()[0]["service_request_id"]).place_id == place


@pytest.mark.parametrize(
    ("change", "status", "words"),
    [
        ({"service_code": None}, 400, "service_code"),
        ({"service_code": ""}, 400, "service_code"),
        ({"service_code": "9999"}, 404, "service_code"),
        ({"service_code": "01"}, 404, "service_code"),
        ({"address_id": None}, 400, "address_id"),
        ({"address_id": "999999"}, 400, "address_id"),
        ({"address_id": None, "address_string": "科技路 1 号"}, 400, "address_string"),
        ({"address_id": None, "lat": "34.2", "long": "108.9"}, 400, "地图"),
        ({"description": None}, 400, "description"),
        ({"description": "\x00 "}, 400, "description"),
        ({"description": "字" * 4001}, 400, "4000"),
        ({"email": "nobody"}, 400, "邮箱"),
        ({"phone": "1"}, 400, "电话"),
        ({"first_name": "字" * 41}, 400, "first_name"),
        ({"service_code": "0901"}, 400, "attribute[against]"),
        ({"service_code": "0901", "attribute[against]": "NOBODY"}, 400, "单位"),
        ({"attribute[WHISPAWN]": "123456"}, 400, "WHISPAWN"),
    ],
)
def test_what_is_wrong_with_a_request_is_said(client, registry, change, status, words):
    assert words in refused_post(client, status, change)


def test_a_complaint_about_conduct_never_reaches_the_unit(client, registry):
    answer = post(client, {"service_code": "0901", "attribute[against]": "610113-CG"})
    assert Case.objects.get(code=answer.json()[0]["service_request_id"]).unit_id == "610113-GOV"


def test_an_address_that_fits_several_places_is_refused_with_their_codes(client, registry):
    from tongban.registry.models import Place

    Place.objects.create(code="610125", name="雁塔区", level="county", parent_id="610000")
    snapshot.touch()
    words = refused_post(client, 400, {"address_id": None, "address_string": "雁塔区"})
    assert "610113" in words
    assert "610125" in words


def test_a_body_that_is_no_form_is_refused(client, registry):
    answer = client.post("/open311/v2/requests.json", REQUEST, content_type="application/json")
    assert (answer.status_code, answer.json()[0]["code"]) == (400, 400)


def test_a_body_beyond_the_limit_is_refused(client, registry, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100
    answer = client.post(
        "/open311/v2/requests.json", "description=" + "a" * 500, content_type="application/x-www-form-urlencoded"
    )
    assert (answer.status_code, answer.json()[0]["code"]) == (400, 400)


def test_the_same_key_gives_the_same_request_and_none_gives_another(client, registry):
    key = {"Idempotency-Key": "an-open311-key-0001"}
    first, second = post(client, **key), post(client, **key)
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json() == second.json()
    assert post(client).json() != post(client).json()
    assert post(client, **{"Idempotency-Key": "short"}).status_code == 400


def test_too_many_requests_have_to_wait(client, registry, settings):
    settings.RATE_LIMITS = True
    rates.BUCKETS.clear()
    answers = [post(client) for _ in range(21)]
    rates.BUCKETS.clear()
    assert (answers[19].status_code, answers[20].status_code) == (201, 429)
    assert answers[20].json()[0]["code"] == 429
    assert int(answers[20]["Retry-After"]) > 0


def test_no_cross_site_token_is_asked_for(registry):
    from django.test import Client

    assert post(Client(enforce_csrf_checks=True)).status_code == 201


@pytest.mark.parametrize(
    ("method", "path"), [("put", "requests"), ("delete", "requests"), ("post", "services"), ("post", "tokens/1")]
)
def test_other_methods_are_refused(client, registry, method, path):
    answer = getattr(client, method)(f"/open311/v2/{path}.json")
    assert (answer.status_code, answer.json()[0]["code"]) == (405, 405)
    assert answer["Allow"].startswith("GET")


# --- reading --------------------------------------------------------------------------------------------------------


def test_everybody_reads_what_is_published_and_nothing_else(client, published, letter):
    row = published(body="路灯不亮")
    case, _ = letter(body="没有公开的秘密")
    rows = listed(client)
    assert [found["service_request_id"] for found in rows] == [row.slug]
    assert (rows[0]["status"], rows[0]["description"], rows[0]["status_notes"]) == (
        "closed",
        "路灯不亮",
        "已责令停工整改。",
    )
    assert get(client, f"requests/{row.slug}", "service_requests", "request", SERVICE_REQUEST) == rows
    refused(client, 404, f"requests/{case.code}")
    refused(client, 404, f"requests/{row.case.code}")


def test_the_sender_reads_the_own_letter_with_the_secret(client, letter):
    case, receipt = letter(body="自己的来信")
    for headers in ({"X-Receipt-Secret": receipt.secret}, {"Authorization": f"Receipt {receipt.secret}"}):
        (row,) = client.get(f"/open311/v2/requests/{case.code}.json", headers=headers).json()
        holds(SERVICE_REQUEST, row)
        assert (row["service_request_id"], row["status"], row["description"]) == (case.code, "open", "自己的来信")
    assert (
        client.get(f"/open311/v2/requests/{case.code}.json", headers={"X-Receipt-Secret": "0" * 20}).status_code == 404
    )


def test_a_token_is_the_id_that_the_caller_could_read_anyway(client, published, letter):
    row = published()
    case, receipt = letter(body="自己的")
    get(client, f"tokens/{row.slug}", "service_requests", "request", TOKEN)
    refused(client, 404, f"tokens/{case.code}")
    assert client.get(f"/open311/v2/tokens/{case.code}.json", headers={"X-Receipt-Secret": receipt.secret}).json() == [
        {"service_request_id": case.code, "token": case.code}
    ]


def ids(client, **query):
    return [row["service_request_id"] for row in listed(client, **query)]


def test_requests_narrow_by_service_status_jurisdiction_and_id(client, published, letter):
    one, two = published(body="一"), published(body="二")
    assert ids(client, service_code="0101,0102") == [two.slug, one.slug]
    assert ids(client, service_code="0102") == ids(client, service_code="9999") == []
    assert ids(client, status="closed") == ids(client, status="open,closed") == [two.slug, one.slug]
    assert ids(client, status="open") == []
    assert ids(client, jurisdiction_id="610100") == [two.slug, one.slug]
    assert ids(client, jurisdiction_id="610124") == []
    assert ids(client, service_request_id=f"{one.slug},{'0' * 12},\x00", status="open") == [one.slug]


def test_requests_are_those_submitted_in_the_span_and_by_default_in_the_last_90_days(client, published):
    today = timezone.localdate()
    rows = {days: published(body=str(days)) for days in (0, 30, 89, 120)}
    for days, row in rows.items():
        PublishedLetter.objects.filter(pk=row.pk).update(submitted_on=today - timedelta(days=days))
    assert ids(client) == [rows[0].slug, rows[30].slug, rows[89].slug]

    def at(days: int) -> str:
        return f"{(today - timedelta(days=days)).isoformat()}T00:00:00+08:00"

    assert ids(client, start_date=at(30)) == [rows[0].slug, rows[30].slug]
    assert ids(client, end_date=at(89)) == [rows[89].slug, rows[120].slug]
    assert ids(client, start_date=at(121), end_date=at(119)) == [rows[120].slug]
    assert ids(client, start_date=f"{(today - timedelta(days=30)).isoformat()}T00:00:01+08:00") == [rows[0].slug]


@pytest.mark.parametrize(
    "query",
    [{"start_date": "yesterday"}, {"end_date": "2026-13-01T00:00:00Z"}, {"status": "lost"},
        {"start_date": "2026-01-01T00:00:00Z", "end_date": "2026-06-01T00:00:00Z"},
     {"start_date": "2026-02-01T00:00:00Z", "end_date": "2026-01-01T00:00:00Z"},
     {"end_date": "0001-01-01T00:00:00+08:00"}, {"start_date": "9999-12-31T23:59:59Z"}],
)  # fmt: skip
def test_a_query_that_cannot_be_is_400(client, registry, query):
    refused(client, 400, "requests", **query)


def test_no_more_than_the_limit_are_returned(client, published, monkeypatch):
    monkeypatch.setattr(open311, "MOST", 2)
    rows = [published(body=str(number)).slug for number in range(3)]
    assert ids(client) == rows[:0:-1]


def test_a_long_letter_is_cut_to_the_4000_characters_of_the_standard(client, published):
    published(body="字" * 4900)
    assert len(listed(client)[0]["description"]) == 4000


def test_markup_in_a_letter_stays_text(client, published):
    published(body="<b>&amp;</b>]]>")
    assert listed(client)[0]["description"] == "<b>&amp;</b>]]>"


def test_the_words_are_in_the_callers_language(client, registry):
    assert (
        client.get("/open311/v2/services.json", headers={"Accept-Language": "en"}).json()[0]["service_name"]
        == "Matter 0101"
    )


def test_days_are_those_of_shanghai(client, published):
    row = published()
    PublishedLetter.objects.filter(pk=row.pk).update(submitted_on=timezone.localdate(), answered_on=date(2026, 1, 2))
    assert listed(client)[0]["updated_datetime"] == "2026-01-02T00:00:00+08:00"
