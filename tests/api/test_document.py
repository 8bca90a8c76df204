"""The OpenAPI document, the page that shows it, and the one shape of every refusal."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.urls import URLPattern

from tests.api.calls import problem
from tongban.portal.api import OPERATIONS, ROUTERS, api

pytestmark = pytest.mark.django_db
DOCS = Path(__file__).resolve().parents[2] / "docs" / "api.md"


def operations():
    for path, methods in api.get_openapi_schema()["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def test_every_operation_says_who_may_use_it():
    assert {operation["operationId"] for _path, _method, operation in operations()} == set(OPERATIONS)
    for _path, _method, operation in operations():
        schemes = {name for way in operation.get("security", ()) for name in way}
        wanted = {"public": set(), "resident": {"ReceiptAuthorization", "ReceiptSecret"}, "token": {"Token"}}
        wanted["reporter"] = {"ReporterToken"}
        assert schemes == wanted[OPERATIONS[operation["operationId"]]], operation["operationId"]


def test_every_route_carries_the_gates_declaration():
    patterns, _app, _namespace = api.urls
    assert all(getattr(pattern.callback, "allows", None) for pattern in patterns if isinstance(pattern, URLPattern))
    declared = {str(pattern.pattern): pattern.callback.allows for pattern in patterns}
    assert (declared["letters"], declared["letters/<code>"], declared["desk/export"]) == ("public", "resident", "token")


def test_every_refusal_is_declared_with_the_one_schema():
    for path, method, operation in operations():
        statuses = {int(status): answer for status, answer in operation["responses"].items()}
        for status, answer in statuses.items():
            assert answer["description"]
            if status >= 400:
                assert answer["content"]["application/json"]["schema"]["$ref"].endswith("/Problem"), (path, status)
        needed = {400, 503}
        needed |= {401, 429} if operation.get("security") else set()
        needed |= {413, 415, 422, 429} if method == "post" else set()
        needed |= {404} if "{" in path else set()
        assert needed <= set(statuses), (path, needed - set(statuses))


def test_every_post_takes_an_idempotency_key():
    for path, method, operation in operations():
        if method == "post":
            key = next(item for item in operation["parameters"] if item["name"] == "Idempotency-Key")
            assert key["required"], path


def test_every_operation_and_field_is_described_in_english():
    for _path, _method, operation in operations():
        assert operation["summary"].isascii()
        assert len(operation["description"]) > 20
    for name, schema in api.get_openapi_schema()["components"]["schemas"].items():
        assert schema.get("description"), name


def test_the_document_is_served_as_openapi_3_1(call):
    answer = call("GET", "/openapi.json")
    assert answer.json()["openapi"] == "3.1.0"
    assert answer["Public-For"]


def test_the_page_shows_every_operation_and_schema_without_a_script_of_others(client):
    page = client.get("/api/")
    html = page.content.decode()
    assert page.status_code == 200
    for path, method, operation in operations():
        assert f'id="{operation["operationId"]}"' in html
        assert f"{method.upper()} {path}" in html
    assert 'id="schema-Problem"' in html
    assert "https://" not in html.split("<main", 1)[1]
    assert "<style" not in html
    assert " style=" not in html


@pytest.mark.parametrize("method", ["DELETE", "PUT", "PATCH", "GET"])
def test_a_method_that_is_not_there_is_refused_in_the_same_shape(call, method):
    answer = call(method, "/letters")
    problem(answer, 405, "bad_method")
    assert answer["Allow"] == "POST"


@pytest.mark.parametrize("path", ["/nowhere", "/letters/a/b/c", "/letters/AAAA%2FBBBB", "/published/", "/"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_an_address_that_is_not_there_is_refused_in_the_same_shape(call, path, method):
    problem(call(method, path), 404, "not_found")


def test_too_many_parameters_are_refused(call, settings):
    settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = 5
    problem(call("GET", "/published?" + "&".join(f"a{number}=1" for number in range(10))), 400, "bad_request")


def test_no_refusal_is_kept_by_anybody(call):
    assert call("GET", "/nowhere")["Cache-Control"] == "no-store"
    assert call("GET", "/desk/cases")["Cache-Control"] == "no-store"


def test_the_documentation_names_every_operation_and_status():
    text = DOCS.read_text(encoding="utf-8")
    for path, method, _operation in operations():
        assert f"`{method.upper()} {path.removeprefix('/api/v1')}`" in text, path
    for status in ("400", "401", "403", "404", "409", "413", "415", "422", "429", "503"):
        assert f"| {status} |" in text


def test_the_documents_limits_are_those_of_the_routers():
    assert {
        operation.operation_id
        for router in ROUTERS
        for view in router.path_operations.values()
        for operation in view.operations
    } == set(OPERATIONS)
