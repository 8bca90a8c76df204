"""The demo's catalogue: it comes in by the same way, shows something of everything, and twice adds nothing."""

from __future__ import annotations

import pytest
from django.utils import timezone

from tongban.demo.load import DemoProvince
from tongban.protection.demo import HEALTH, HOUSING, load
from tongban.protection.models import Decision, Difference, Field, Scan, Skipped, Source
from tongban.registry import models as rows
from tongban.registry import snapshot

pytestmark = pytest.mark.django_db


def test_the_demo_fills_the_catalogue_of_two_bureaus(official):
    rows.Unit.objects.create(
        code=HEALTH, name="雁塔区卫生健康局", name_en="Health", place_id="610113", parent_id="610113-GOV"
    )
    snapshot.touch()
    official(HOUSING, "data_officer")
    official(HEALTH, "data_officer")
    assert list(load(DemoProvince(timezone.now()))) == [HOUSING, HEALTH]
    assert (Scan.objects.count(), Source.objects.count(), Skipped.objects.count()) == (3, 2, 1)
    assert {"new", "grown", "raised"} <= set(Difference.objects.values_list("what", flat=True))
    assert {"waiting", "decided", "accepted"} <= set(Field.objects.values_list("review", flat=True))
    assert Decision.objects.count() == 3
    assert list(load(DemoProvince(timezone.now()))) == []
