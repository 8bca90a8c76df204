"""GeoReport v2's shapes on their own: XML against JSON, times, spans, places named in an address."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as some

from tongban.letters.api import georeport
from tongban.letters.api.georeport import Wrong, named_places, span_of, time_of, w3
from tongban.registry.snapshot import build
from tongban.registry.snapshot_rows import PlaceRow
from tongban.workdays import Calendar

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
PLACES = [
    ("61", "陕西省", "Shaanxi Province", "province", None),
    ("6101", "西安市", "Xi'an City", "city", "61"),
    ("610113", "雁塔区", "Yanta District", "county", "6101"),
    ("610199", "城关区", "", "county", "6101"),
    ("6102", "铜川市", "", "city", "61"),
    ("610299", "城关区", "", "county", "6102"),
    ("610298", "长城关区", "", "county", "6102"),
]
REGISTRY = build([PlaceRow(*row) for row in PLACES], [], [], [], [], Calendar())


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("雁塔区科技路 1 号", ["610113"]),
        ("西安市雁塔区科技路", ["610113"]),
        ("陝西省西安市雁塔區", ["610113"]),
        ("1 Keji Rd, Yanta District, Xi'an City", ["610113"]),
        ("铜川市某处", ["6102"]),
        ("陕西省", ["61"]),
        ("城关区", ["610199", "610299"]),
        ("铜川市城关区", ["610299"]),
        ("长城关区", ["610298"]),
        ("科技路 1 号", []),
        ("", []),
    ],
)
def test_the_finest_place_that_an_address_names(text, codes):
    assert sorted(named_places(REGISTRY, text)) == codes


def test_a_jurisdiction_makes_a_name_clear():
    assert named_places(REGISTRY, "城关区", "6102") == ["610299"]


@given(some.text(max_size=60))
def test_any_address_names_places_of_the_registry_or_none(text):
    assert set(named_places(REGISTRY, text)) <= set(REGISTRY.places)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2010-01-01T00:00:00Z", datetime(2010, 1, 1, tzinfo=UTC)),
        ("2010-01-01T00:00:00+08:00", datetime(2009, 12, 31, 16, tzinfo=UTC)),
        ("2010-01-01T00:00:00 08:00", datetime(2009, 12, 31, 16, tzinfo=UTC)),
        ("2010-01-01T00:00:00", datetime(2009, 12, 31, 16, tzinfo=UTC)),
        ("2010-01-01", datetime(2009, 12, 31, 16, tzinfo=UTC)),
        ("", None),
    ],
)
def test_times_are_read_in_w3c_format_a_plus_lost_in_the_address_too(text, moment):
    assert time_of("start_date", text) == moment


@pytest.mark.parametrize("text", ["yesterday", "2010-13-01T00:00:00Z", "0001-01-01T00:00:00+14:00", "\x00"])
def test_a_time_that_is_none_is_named(text):
    with pytest.raises(Wrong, match="start_date"):
        time_of("start_date", text)


@given(some.text(max_size=40))
def test_any_text_is_a_time_or_is_refused(text):
    try:
        found = time_of("end_date", text)
    except Wrong:
        return
    assert found is None or found.tzinfo is not None


def test_the_span_of_a_query_is_90_days_where_nothing_else_is_said():
    days = timedelta(days=90)
    assert span_of(None, None, NOW) == (NOW - days, NOW)
    assert span_of(NOW - timedelta(days=10), None, NOW) == (NOW - timedelta(days=10), NOW)
    assert span_of(NOW - timedelta(days=400), None, NOW) == (NOW - timedelta(days=400), NOW - timedelta(days=310))
    assert span_of(None, NOW - timedelta(days=400), NOW) == (NOW - timedelta(days=490), NOW - timedelta(days=400))


@pytest.mark.parametrize(("start", "end"), [(-91, 0), (0, -1), (-1000, 0)])
def test_a_longer_or_a_reversed_span_is_refused(start, end):
    with pytest.raises(Wrong) as wrong:
        span_of(NOW + timedelta(days=start), NOW + timedelta(days=end), NOW)
    assert wrong.value.status == 400


_MOMENTS = some.none() | some.datetimes(timezones=some.just(UTC))


@given(_MOMENTS, _MOMENTS)
def test_any_span_is_at_most_90_days_or_refused(start, end):
    try:
        first, last = span_of(start, end, NOW)
    except Wrong:
        return
    assert timedelta(0) <= last - first <= georeport.SPAN


def test_times_are_written_with_their_offset():
    assert w3(NOW) == "2026-11-23T12:00:00+08:00"
    assert w3(date(2026, 11, 23)) == "2026-11-23T00:00:00+08:00"
    assert w3(None) is None


_ROWS = some.lists(
    some.fixed_dictionaries(
        {"service_request_id": some.text(), "description": some.none() | some.text(), "metadata": some.booleans()}
    ),
    min_size=0,
    max_size=3,
)


@given(_ROWS)
def test_any_answer_is_the_same_in_xml_and_in_json(rows):
    """The Spark convention: the JSON list is the container, its items are the elements; null is an empty element."""
    rows = [
        {
            name: value.encode("utf-8", "replace").decode() if isinstance(value, str) else value
            for name, value in row.items()
        }
        for row in rows
    ]
    as_json = json.loads(georeport.answer("json", "service_requests", rows).content)
    top = ElementTree.fromstring(georeport.answer("xml", "service_requests", rows).content)
    assert top.tag == "service_requests"
    assert [child.tag for child in top] == ["request"] * len(as_json)
    for row, element in zip(as_json, top, strict=True):
        assert [child.tag for child in element] == list(row)
        for name, value in row.items():
            text = {None: "", True: "true", False: "false"}.get(value, value) if not isinstance(value, str) else value
            plain = georeport._xml_text(text).replace("\r\n", "\n").replace("\r", "\n")
            assert (element.findtext(name) or "") == plain
