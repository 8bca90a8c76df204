"""The tray: what waits for whom, in which order, page by page, and never more than the permission rule gives."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.html import escape
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.conftest import MATTERS, PLACES, UNITS
from tongban.cases import access
from tongban.cases.actor import Actor
from tongban.cases.models import Assist, Case
from tongban.desk import filters, paging, tray
from tongban.registry import snapshot
from tongban.registry.models import Matter
from tongban.workdays import Calendar, rung

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
CODES = [row[0] for row in UNITS]
ROLES = ["clerk", "handler", "head", "supervisor", "administrator", "data_officer"]
NOW = datetime(2026, 6, 1, 4, 0, tzinfo=UTC)
posts = st.lists(st.tuples(st.sampled_from(CODES), st.sampled_from(ROLES)), max_size=3).map(tuple)
asked = st.fixed_dictionaries(
    {},
    optional={
        "scope": st.sampled_from(["own", "assist", "below", "area", "everything"]),
        "unit": st.sampled_from([*CODES, "nowhere"]),
        "state": st.sampled_from([*filters.groups_of(), "no such state"]),
        "rung": st.sampled_from([*dict(Case.RUNGS), "?"]),
        "matter": st.sampled_from([row[0] for row in MATTERS]),
        "place": st.sampled_from([row[0] for row in PLACES]),
        "mine": st.just("1"),
    },
)


def codes_on(response):
    return re.findall(r'href="/desk/c/([0-9A-Z]{12})/"', response.content.decode())


@pytest.fixture
def many(letter):
    """Letters of all units, with and without complaints, assisting units, deadlines, in many states."""
    registry, found = snapshot.current(), []
    states = [
        "submitted",
        "dispatched",
        "accepted",
        "waiting",
        "drafted",
        "disputed",
        "merged",
        "under_review",
        "answered",
        "closed",
    ]
    for number, unit in enumerate(CODES):
        for against in (None, *CODES[::3]):
            if unit in registry.barred(against):
                continue
            case, _ = letter(subject=f"{unit} {against}", matter="0101" if against is None else "0901", against=against)
            state = states[len(found) % len(states)]
            is_open = state not in ("answered", "closed")
            due = NOW + timedelta(days=len(found) % 7 - 3) if is_open and state != "waiting" else None
            Case.objects.filter(pk=case.pk).update(
                unit_id=unit,
                against_id=against,
                place_id=PLACES[number % len(PLACES)][0],
                state=state,
                phase="work" if is_open else "over",
                due_at=due,
                grade=len(found) % 5 + 1,
                handler_id=None,
            )
            other = CODES[(number + 3) % len(CODES)]
            if other != unit and other not in registry.barred(against):
                Assist.objects.create(case=case, unit_id=other)
            found.append(case.pk)
    return found


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(posts, asked)
def test_every_view_of_the_tray_is_a_part_of_what_the_rule_gives(many, held, given_):
    registry, actor = snapshot.current(), Actor("official", 1, held)
    range_ = filters.reach(actor, registry)
    view = filters.read(given_, range_, registry)
    allowed = set(access.cases_for(actor, registry).values_list("pk", flat=True))
    if view is None:
        assert not allowed
        return
    listed = set(filters.cases(view, actor, range_, registry, NOW).values_list("pk", flat=True))
    assert listed <= allowed


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(posts)
def test_the_tabs_together_show_all_that_the_rule_gives(many, held):
    registry, actor = snapshot.current(), Actor("official", 1, held)
    range_ = filters.reach(actor, registry)
    listed = set()
    for scope in range_.scopes:
        for unit in range_.own if scope == "own" else ("",):
            view = filters.View(scope, unit, "all")
            listed |= set(filters.cases(view, actor, range_, registry, NOW).values_list("pk", flat=True))
    assert listed == set(access.cases_for(actor, registry).values_list("pk", flat=True))


dues = st.lists(st.tuples(st.one_of(st.none(), st.integers(0, 3)), st.booleans()), min_size=0, max_size=14)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(dues, st.integers(1, 5))
def test_paging_shows_every_letter_once_with_ties_and_without_deadlines(many, rows, size):
    keys = many[: len(rows)]
    Case.objects.exclude(pk__in=keys).update(unit_id="610000-JW")
    for pk, (days, is_open) in zip(keys, rows, strict=False):
        due = NOW + timedelta(days=days) if days is not None and is_open else None
        Case.objects.filter(pk=pk).update(unit_id="610113-CG", phase="work" if is_open else "over", due_at=due)
    cases = Case.objects.filter(unit_id="610113-CG")
    forth, after = [], ""
    while True:
        page = paging.page(cases, paging.ALL_SEGMENTS, after=after, size=size)
        forth += page.rows
        assert len(page.rows) <= size
        if not page.next:
            break
        after = page.next
    expected = sorted(
        cases, key=lambda c: (not c.is_open, c.due_at is None, c.due_at or NOW, c.pk if c.is_open else -c.pk)
    )
    assert [case.pk for case in forth] == [case.pk for case in expected]
    back, before = list(page.rows), page.previous
    while before:
        page = paging.page(cases, paging.ALL_SEGMENTS, before=before, size=size)
        back = list(page.rows) + back
        before = page.previous
    assert [case.pk for case in back] == [case.pk for case in expected]


@given(st.text(max_size=40))
def test_a_mangled_cursor_is_no_cursor_or_a_place_in_the_list(text):
    cursor = paging.read(text)
    assert cursor is None or cursor.id >= 0


@pytest.mark.parametrize(
    "cursor", ["", "x", "d.99999999999999999.1", "z.0.1", "d.0", "u.0.999999999999999999", "'; DROP TABLE"]
)
def test_a_mangled_cursor_shows_a_page_and_no_error(cursor, desk, letter):
    letter()
    client = desk("handler")
    assert client.get("/desk/", {"after": cursor}).status_code == 200
    assert client.get("/desk/", {"before": cursor}).status_code == 200


@given(st.integers(-40 * 24 * 60, 40 * 24 * 60), st.integers(0, 24 * 60))
def test_the_rungs_of_the_filter_are_those_of_the_ladder(minutes, at):
    now = NOW + timedelta(minutes=at)
    due = now + timedelta(minutes=minutes)
    fits = [name for name, _label in Case.RUNGS if holds(filters.rung_span(name, now), due)]
    assert fits == [rung(now, due, Calendar())]


def holds(span, due):
    compare = {"lt": due.__lt__, "lte": due.__le__, "gt": due.__gt__, "gte": due.__ge__}
    return all(compare[name.removeprefix("due_at__")](value) for name, value in span.children)


def test_the_tray_is_sorted_by_deadline(desk, letter):
    later, _ = letter(subject="后到期")
    sooner, _ = letter(subject="先到期")
    never, _ = letter(subject="没有时限")
    Case.objects.filter(pk=sooner.pk).update(due_at=later.due_at - timedelta(days=1))
    Case.objects.filter(pk=never.pk).update(due_at=None)
    assert codes_on(desk("handler").get("/desk/")) == [sooner.code, later.code, never.code]


def test_a_row_says_what_the_letter_is_about_and_how_much_time_is_left(desk, letter):
    letter(subject="路灯不亮")
    page = desk("handler").get("/desk/").content.decode()
    for text in ("路灯不亮", "噪音扰民", "雁塔区", "待受理", "还剩 15 天", "待您：受理", "data-keynav"):
        assert text in page


def test_a_row_says_how_long_the_sender_has_waited_and_until_when_there_is_time(desk, letter):
    case, _ = letter()
    due = timezone.localtime(case.due_at)
    Case.objects.filter(pk=case.pk).update(submitted_at=timezone.now() - timedelta(days=3))
    page = desk("handler").get("/desk/").content.decode()
    assert 'data-label="已等">3 天</td>' in page
    assert f"{due.month} 月 {due.day} 日前）" in page
    Case.objects.filter(pk=case.pk).update(state="answered", phase="over", due_at=None)
    assert 'data-label="已等"></td>' in desk("handler").get("/desk/?state=all").content.decode()


@pytest.mark.parametrize(("address", "shown"), [("", "3 件"), ("?matter=0101", "3 件"), ("?state=submitted", "")])
def test_a_list_says_how_many_it_has(desk, letter, address, shown):
    for number in range(3):
        letter(subject=f"第{number}封")
    page = desk("handler").get(f"/desk/{address}").content.decode()
    assert (f'<span class="number">{shown}</span>' in page) if shown else '<span class="number">0 件' not in page


def test_a_list_is_counted_to_the_end_of_three_digits_and_no_further(desk, letter, monkeypatch):
    monkeypatch.setattr(tray, "COUNTED", 3)
    for number in range(2):
        letter(subject=f"第{number}封")
    supervisor, address = desk("supervisor"), "/desk/?scope=below"
    assert '<span class="number">2 件</span>' in supervisor.get(address).content.decode()
    letter()
    assert '<span class="number">999+ 件</span>' in supervisor.get(address).content.decode()


def test_an_overdue_letter_and_a_poor_rating_catch_the_eye(desk, letter):
    late, _ = letter(subject="逾期的")
    Case.objects.filter(pk=late.pk).update(due_at=timezone.now() - timedelta(days=2))
    poor, _ = letter(subject="差评的")
    Case.objects.filter(pk=poor.pk).update(grade=1, state="answered", phase="over", due_at=None)
    client = desk("handler")
    page = client.get("/desk/").content.decode()
    assert "已超 2 天" in page
    assert "tag--danger" in page
    assert "1 件已逾期" in page
    assert codes_on(client.get("/desk/", {"rung": "overdue"})) == [late.code]
    assert codes_on(client.get("/desk/", {"state": "poor"})) == [poor.code]
    assert "差评" in client.get("/desk/", {"state": "poor"}).content.decode()


def test_filters_take_in_what_is_below(desk, letter):
    noise, _ = letter(matter="0101")
    house, _ = letter(matter="0103")
    Case.objects.update(unit_id="610113-CG", state="dispatched")
    client = desk("handler")
    assert codes_on(client.get("/desk/", {"matter": "0101"})) == [noise.code]
    assert set(codes_on(client.get("/desk/", {"matter": "01"}))) == {noise.code, house.code}
    assert set(codes_on(client.get("/desk/", {"place": "610000"}))) == {noise.code, house.code}
    assert codes_on(client.get("/desk/", {"place": "610124"})) == []


def test_each_role_finds_its_letters_in_a_tab(desk, letter, official):
    ours, _ = letter()
    undecided, _ = letter(matter="0103")
    Assist.objects.create(case=undecided, unit_id="610113-ZJ")
    assert codes_on(desk("handler").get("/desk/")) == [ours.code]
    assert codes_on(desk("coordinator").get("/desk/")) == [undecided.code]
    assert set(codes_on(desk("coordinator").get("/desk/", {"scope": "area"}))) == {ours.code, undecided.code}
    assert codes_on(desk("supervisor").get("/desk/", {"scope": "below", "unit": "610113-CG"})) == [ours.code]
    assert codes_on(desk("other unit").get("/desk/", {"scope": "assist"})) == [undecided.code]
    assert codes_on(desk("other unit").get("/desk/", {"scope": "below"})) == []


def test_my_own_letters_are_a_filter(desk, letter, official):
    mine, _ = letter()
    letter(subject="别人的")
    Case.objects.filter(pk=mine.pk).update(handler=official("610113-CG", "handler"))
    assert codes_on(desk("handler").get("/desk/", {"mine": "1"})) == [mine.code]


def test_an_administrator_finds_an_empty_tray(desk, letter):
    letter()
    response = desk("administrator").get("/desk/")
    assert response.status_code == 200
    assert codes_on(response) == []
    assert "您的岗位没有要办的件" in response.content.decode()


def test_the_links_of_a_page_keep_the_filters(desk, letter, monkeypatch):
    monkeypatch.setattr(paging.page, "__defaults__", ("", "", 2))
    for number in range(5):
        letter(subject=f"第{number}封")
    client = desk("handler")
    seen, address = [], "/desk/?state=dispatched&rung=on_time"
    while address:
        page = client.get(address).content.decode()
        seen += re.findall(r'href="/desk/c/([0-9A-Z]{12})/"', page)
        found = re.search(r'rel="next" href="([^"]+)"', page)
        address = "/desk/" + found.group(1).replace("&amp;", "&") if found else ""
        assert not address or "rung=on_time" in address
    assert len(seen) == len(set(seen)) == 5


def test_counts_are_exact_up_to_a_thousand_and_then_say_so(desk, letter, monkeypatch):
    monkeypatch.setattr(tray, "COUNTED", 3)
    letter(subject="一")
    letter(subject="二")
    client = desk("handler")
    assert '待受理 <span class="number">2</span>' in client.get("/desk/").content.decode()
    letter(subject="三")
    page = client.get("/desk/").content.decode()
    assert '全部未结 <span class="number">999+</span>' in page
    assert "待受理 <span" not in page


def test_a_full_tray_takes_at_most_twelve_statements(desk, letter, official):
    case, _ = letter()
    handler = official("610113-CG", "handler")
    for number in range(60):
        letter(subject=f"第{number}封")
    Case.objects.update(handler=handler)
    Case.objects.exclude(pk=case.pk).filter(pk__lt=case.pk + 4).update(lead_case=case)
    client = desk("handler")
    client.get("/desk/")
    with CaptureQueriesContext(connection) as statements:
        response = client.get("/desk/")
    assert len(codes_on(response)) == 50
    assert len(statements) <= 12, "\n".join(item["sql"][:120] for item in statements)


@pytest.mark.skipif(
    connection.vendor != "sqlite", reason="the plan is read in SQLite's words; PostgreSQL chooses by statistics"
)
def test_the_default_tab_walks_the_index_and_sorts_nothing(registry):
    actor = Actor("official", 1, (("610113-CG", "handler"),))
    range_ = filters.reach(actor, registry)
    cases = filters.cases(filters.View("own", "610113-CG"), actor, range_, registry, NOW)
    for segment in paging.OPEN_SEGMENTS:
        plan = cases.filter(segment.condition).order_by(*paging._ordered(segment, False))[:51].explain()
        assert "case_tray (unit_id=? AND phase=?" in plan
        assert "TEMP B-TREE" not in plan


HOSTILE = '{url} {0.__class__} %s <script>alert(1)</script> & "quoted" {'


@pytest.mark.parametrize("address", ["/desk/", "/desk/?scope=own&state=all", "search"])
def test_whatever_a_subject_says_it_stands_in_the_row_as_words(desk, letter, address):
    case, _ = letter(subject=HOSTILE)
    client = desk("handler")
    response = (
        client.post("/desk/search/", {"q": case.code}, follow=True) if address == "search" else client.get(address)
    )
    found = response.content.decode()
    assert f'<a href="/desk/c/{case.code}/">{escape(HOSTILE)}</a>' in found
    assert "<script>alert" not in found


@pytest.mark.parametrize(("language", "heading"), [("zh-hans", "承办人"), ("zh-hant", "承辦人"), ("en", "Handler")])
def test_each_language_has_its_own_row(desk, letter, language, heading):
    letter()
    client = desk("handler")
    for _ in range(2):  # the second time from what was kept
        page = client.get("/desk/", HTTP_ACCEPT_LANGUAGE=language).content.decode()
        assert f'<td class="worklist__handler" data-label="{heading}">—</td>' in page


def test_a_row_reads_no_field_that_its_list_did_not_fetch(desk, letter, many):
    case, supervisor = letter()[0], desk("supervisor")
    for address in ("/desk/?scope=below&state=all", supervisor.post("/desk/search/", {"q": case.code})["Location"]):
        supervisor.get(address)
        with CaptureQueriesContext(connection) as statements:
            found = codes_on(supervisor.get(address))
        assert found
        assert not [item["sql"] for item in statements if "LIMIT 21" in item["sql"] and '"cases_case"' in item["sql"]]


def test_the_choices_of_the_filters_follow_the_registry(desk, letter):
    letter()
    handler = desk("handler")
    before = handler.get("/desk/").content.decode()
    assert "新的事项" not in before
    Matter.objects.filter(code="0101").update(name="新的事项")
    snapshot.touch()
    assert "新的事项" in handler.get("/desk/").content.decode()
