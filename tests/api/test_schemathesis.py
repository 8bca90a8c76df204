"""Schemathesis over the whole document: whatever is sent, no 5xx, and every answer is one that the document declares.

Each call is made as a stranger would and again as somebody who holds the letter's secret or a token would; the
latter with the code of a letter that is there half of the time, so that the calls get past the door. What is
sent is made once for both.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, connection
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.core.parameters import ParameterLocation
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    missing_required_header,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from tests.runs import LONG
from tongban.portal.api import OPERATIONS

CHECKS = [
    not_a_server_error, status_code_conformance, content_type_conformance, response_headers_conformance,
    response_schema_conformance,
    negative_data_rejection, missing_required_header, unsupported_method,
]  # fmt: skip
"""Wrong bodies have to be refused. Wrong names in a query are not: unknown ones are ignored there,
as everywhere on the web."""
schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", get_wsgi_application())
pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
EXAMPLES = settings(
    # On PostgreSQL the same examples again, but fewer: what differs there is what its columns refuse.
    max_examples=100 if LONG else 8 if connection.vendor == "postgresql" else 12, deadline=None, derandomize=not LONG,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.filter_too_much,
        HealthCheck.data_too_large],
)  # fmt: skip


@pytest.fixture(autouse=True)
def _one_connection() -> Iterator[None]:
    """The server's handler closes its connection after a request; here it is the test's own, as
    in Django's test client."""
    request_started.disconnect(close_old_connections)
    request_finished.disconnect(close_old_connections)
    yield
    request_started.connect(close_old_connections)
    request_finished.connect(close_old_connections)


@pytest.fixture
def seeded(registry: Any, letter: Any, published: Any, token: Any) -> dict[str, Any]:
    """A registry, letters in several states, a published one, and what opens them."""
    letter(body="路灯不亮")
    case, receipt = letter(body="下水道堵塞", name="王小明")
    return {
        "code": case.code,
        "slug": published().slug,
        "secret": receipt.secret,
        "token": token("610113-CG", "head"),
        "officer": token("610113-CG", "data_officer"),
    }


def checks_for(case: schemathesis.Case) -> list[Any]:
    return CHECKS if case.method == "POST" else [check for check in CHECKS if check is not negative_data_rejection]


def with_what_is_there(case: schemathesis.Case, seeded: dict[str, Any]) -> bool:
    """Put the code of a letter that is there into every second call whose path is not wrong on
    purpose. Whether it was done."""
    names = [name for name in ("code", "slug") if name in (case.path_parameters or {})]
    path = case.meta.components.get(ParameterLocation.PATH) if case.meta else None
    if not names or (path is not None and path.mode.is_negative) or sum(repr(case.path_parameters).encode()) % 2:
        return False
    for name in names:
        case.path_parameters[name] = seeded[name]
    return True


@schema.parametrize()
@EXAMPLES
def test_to_a_stranger_and_to_a_holder_of_secret_or_token_every_answer_is_a_declared_one(
    case: schemathesis.Case, seeded: dict[str, Any]
) -> None:
    case.call_and_validate(checks=checks_for(case))
    who = OPERATIONS[str(case.operation.definition.raw["operationId"])]
    officer = "/protection/" in case.operation.path
    opens = {"resident": f"Receipt {seeded['secret']}", "token": f"Bearer {seeded['officer' if officer else 'token']}"}
    if with_what_is_there(case, seeded) or who in opens:
        case.call_and_validate(checks=checks_for(case), headers={"Authorization": opens[who]} if who in opens else None)
