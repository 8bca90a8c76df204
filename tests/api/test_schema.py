"""schemathesis over every operation of /api/v1: no server error, every answer as declared."""

from __future__ import annotations

from datetime import timedelta

import pytest
import schemathesis
from django.utils import timezone
from hypothesis import HealthCheck, Phase, settings

from tongban.accounts.models import ApiToken
from tongban.portal.api import api

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def served(registry, letter, official):
    from django.core.wsgi import get_wsgi_application

    case, receipt = letter()
    post = official("610113-CG", "handler").posts.get()
    _row, token = ApiToken.issue(post, "schemathesis", timezone.now() + timedelta(days=1))
    return get_wsgi_application(), case, receipt, token


def operations() -> list[tuple[str, str]]:
    return [(method, path) for path, methods in api.get_openapi_schema()["paths"].items() for method in methods]


@pytest.mark.parametrize(("method", "path"), operations())
def test_every_answer_is_as_declared(served, method, path):
    application, case, receipt, token = served
    document = api.get_openapi_schema()
    import json

    schema = schemathesis.openapi.from_dict(json.loads(json.dumps(document)))
    schema.app = application
    operation = schema[path][method.upper()]

    @settings(max_examples=25, deadline=None, phases=[Phase.explicit, Phase.generate], suppress_health_check=list(HealthCheck), database=None)
    @schemathesis.pytest.hypothesis_given(operation) if hasattr(schemathesis.pytest, "hypothesis_given") else _given(operation)
    def run(sample):
        sample.headers = {**dict(sample.headers or {}), "Authorization": f"Bearer {token}", "X-Receipt-Secret": receipt.secret}
        if "code" in (sample.path_parameters or {}) and len(sample.path_parameters["code"]) % 2:
            sample.path_parameters["code"] = case.code
        answer = sample.call()
        assert answer.status_code < 500 or answer.status_code == 503, answer.text[:200]
        assert str(answer.status_code) in {str(status) for status in document["paths"][path][method]["responses"]} | {"400", "405"}, (answer.status_code, answer.text)
        if answer.status_code >= 400 and answer.status_code != 405:
            assert set(answer.json()) == {"code", "message", "field"}
        elif "json" in answer.headers.get("content-type", [""])[0] and answer.status_code < 300:
            operation.validate_response(answer)

    run()


def _given(operation):
    from hypothesis import given

    return given(sample=operation.as_strategy())
