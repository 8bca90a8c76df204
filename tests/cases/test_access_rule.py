"""The permission rule is written twice; the two say the same on random registries, posts and cases."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tongban.cases import access
from tongban.cases.actor import Actor
from tongban.cases.models import Assist, Case
from tongban.registry import snapshot

from ..conftest import PLACES, UNITS, fill_registry

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
CODES = [row[0] for row in UNITS]
ROLES = ["clerk", "handler", "head", "supervisor", "administrator", "data_officer"]
posts = st.lists(st.tuples(st.sampled_from(CODES), st.sampled_from(ROLES)), max_size=3).map(tuple)


@pytest.fixture
def cases(letter):
    registry = snapshot.current()
    found = []
    for number, unit in enumerate(CODES):
        for against in (None, *CODES[::3]):
            if unit in registry.barred(against):
                continue
            case, _ = letter(subject=f"{unit} {against}", matter="0101" if against is None else "0901", against=against)
            place = PLACES[number % len(PLACES)][0]
            Case.objects.filter(pk=case.pk).update(unit_id=unit, against_id=against, place_id=place)
            other = CODES[(number + 3) % len(CODES)]
            if other != unit and other not in registry.barred(against):
                Assist.objects.create(case=case, unit_id=other)
            found.append(Case.objects.get(pk=case.pk))
    return found


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(posts)
def test_one_case_and_the_whole_list_agree(cases, held):
    registry = snapshot.current()
    actor = Actor("official", 1, held)
    listed = set(access.cases_for(actor, registry).values_list("pk", flat=True))
    assert listed == {case.pk for case in cases if access.may_see(actor, case, registry)}


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(posts)
def test_no_post_at_the_unit_complained_of_or_below_ever_sees_it(cases, held):
    registry = snapshot.current()
    actor = Actor("official", 1, held)
    for case in access.cases_for(actor, registry):
        if case.against_id:
            assert not {unit for unit, _ in held} & registry.barred(case.against_id)


def test_an_administrator_sees_no_case(cases):
    registry = snapshot.current()
    for unit in CODES:
        assert not access.cases_for(Actor("official", 1, ((unit, "administrator"),)), registry).exists()


def test_a_unit_that_does_not_exist_any_more_sees_nothing(db):
    registry = fill_registry()
    assert not access.cases_for(Actor("official", 1, (("999999-X", "handler"),)), registry).exists()
