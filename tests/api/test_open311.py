"""Open311 GeoReport v2, checked against the tables of the specification, in both formats."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from django.test import Client

from tongban.cases.models import Case
from tongban.cases.writer import Step, perform

pytestmark = pytest.mark.django_db
SERVICE = {"service_code", "service_name", "description", "metadata", "type", "keywords", "group"}
REQUEST = {
    "service_request_id", "status", "status_notes", "service_name", "service_code", "description", "agency_responsible", "service_notice",
    "requested_datetime", "updated_datetime", "expected_datetime", "address", "address_id", "zipcode", "lat", "long", "media_url",
}  # fmt: skip
FORM = {"service_code": "0101", "address_id": "610113", "description": "夜间施工\n每天夜里", "email": "a@example.org", "last_name": "王"}


def get(path: str):
    return Client().get(f"/open311/v2/{path}")


def test_services_have_the_fields_of_the_specification(registry):
    rows = get("services.json").json()
    assert all(set(row) == SERVICE and row["type"] == "realtime" and isinstance(row["metadata"], bool) for row in rows)
    tree = ElementTree.fromstring(get("services.xml").content)
    assert tree.tag == "services"
    assert {child.tag for child in tree[0]} == SERVICE
    assert {row["service_code"] for row in rows} == {service.findtext("service_code") for service in tree}


def test_a_service_with_metadata_has_its_definition(registry):
    found = get("services/0901.json").json()
    assert found["attributes"][0]["code"] == "against"
    assert get("services/0101.json").json()["attributes"] == []
    assert get("services/none.json").status_code == 404


@pytest.mark.parametrize("form", ["json", "xml"])
def test_a_request_is_a_letter_on_the_one_way(registry, form):
    answer = Client().post(f"/open311/v2/requests.{form}", FORM)
    assert answer.status_code == 201
    case = Case.objects.get()
    if form == "json":
        assert answer.json()[0]["service_request_id"] == case.code
        secret = answer.json()[0]["receipt_secret"]
    else:
        tree = ElementTree.fromstring(answer.content)
        assert (tree.tag, tree[0].tag, tree[0].findtext("service_request_id")) == ("service_requests", "request", case.code)
        secret = tree[0].findtext("receipt_secret")
    assert (case.channel, case.unit_id, case.subject, case.sender) == ("open311", "610113-CG", "夜间施工", "王")
    assert Client().post("/letters/track/", {"code": case.code, "secret": secret}).status_code == 302


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"service_code": ""}, 400), ({"service_code": "none"}, 404), ({"description": ""}, 400), ({"address_id": ""}, 400),
        ({"address_id": "", "lat": "34.2", "long": "108.9"}, 400), ({"service_code": "0901"}, 400), ({"description": "长" * 5001}, 400),
    ],
)  # fmt: skip
@pytest.mark.parametrize("form", ["json", "xml"])
def test_errors_have_the_shape_of_the_specification(registry, change, status, form):
    answer = Client().post(f"/open311/v2/requests.{form}", {**FORM, **change})
    assert answer.status_code == status
    if form == "json":
        assert answer.json()[0]["code"] == status
        assert answer.json()[0]["description"]
    else:
        tree = ElementTree.fromstring(answer.content)
        assert (tree.tag, tree[0].tag, tree[0].findtext("code")) == ("errors", "error", str(status))
    assert Case.objects.count() == 0


def test_a_place_can_be_named(registry):
    Client().post("/open311/v2/requests.json", {**FORM, "address_id": "", "address_string": "西安市雁塔区科技路"})
    assert Case.objects.get().place_id == "610113"


def test_a_complaint_names_its_unit(registry):
    Client().post("/open311/v2/requests.json", {**FORM, "service_code": "0901", "attribute[against]": "610113-CG"})
    assert Case.objects.get().unit_id == "610113-GOV"


def test_only_published_letters_can_be_read(letter, actor):
    case, _ = letter()
    assert get("requests.json").json() == []
    assert get(f"requests/{case.code}.json").status_code == 404
    handler = actor("610113-CG", "handler")
    perform(case.pk, Step("answer", handler, {"text": "已处理"}))
    perform(case.pk, Step("publish", handler, {"subject": "噪音", "body": "夜间噪音", "answer": "已处理"}))
    row = get("requests.json").json()[0]
    assert set(row) == REQUEST
    assert row["status"] == "closed"
    assert row["requested_datetime"].endswith("+08:00")
    assert get(f"requests/{row['service_request_id']}.json").json() == [row]
    assert get("requests.json?start_date=2999-01-01T00:00:00Z").json() == []
    assert get("requests.json?start_date=soon").status_code == 400
    assert {child.tag for child in ElementTree.fromstring(get("requests.xml").content)[0]} == REQUEST


def test_discovery_names_the_endpoint(registry):
    assert get("discovery.json").json()["endpoints"][0]["specification"] == "http://wiki.open311.org/GeoReport_v2"
    assert ElementTree.fromstring(get("discovery.xml").content).tag == "discovery"
    assert get("tokens/abc.json").json()[0]["service_request_id"] == "abc"
