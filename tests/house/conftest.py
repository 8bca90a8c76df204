"""Fixtures that the tests of the whole house share."""

import pytest
from django.template.base import Template
from django.test.utils import _TestState

from tests.house.refused import world

__all__ = ["world"]


@pytest.fixture(autouse=True)
def _templates_unwatched(django_test_environment, monkeypatch):
    """Django's test environment copies the context of every template that is rendered, for `response.context`,
    which no test here reads."""
    monkeypatch.setattr(Template, "_render", _TestState.saved_data.template_render)
