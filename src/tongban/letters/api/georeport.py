"""GeoReport v2's shapes: JSON and XML of the same answer, times, places named in words. Pure but
for the registry in memory.

Source: wiki.open311.org/GeoReport_v2 and wiki.open311.org/JSON_and_XML_Conversion (the Spark convention: a list in JSON
is a container of elements of one name in XML). Not for views: `open311.py`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any
from xml.etree import ElementTree

import orjson
from django.http import HttpResponse
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from tongban.cases.refusal import Refusal
from tongban.registry.snapshot import Snapshot
from tongban.text import fold
from tongban.workdays.deadlines import SHANGHAI

SPECIFICATION = "http://wiki.open311.org/GeoReport_v2"
MEDIA = {"xml": "text/xml; charset=utf-8", "json": "application/json; charset=utf-8"}
ITEMS = {
    "services": "service",
    "service_requests": "request",
    "errors": "error",
    "attributes": "attribute",
    "values": "value",
    "endpoints": "endpoint",
    "formats": "format",
}
"""Container → the element in it, as the specification's tables name them."""
DECLARATION = b'<?xml version="1.0" encoding="utf-8"?>\n'
LONGEST = 4000
"""Characters of a description (GeoReport v2, POST Service Request)."""
SPAN = timedelta(days=90)
"""The longest span of a query, and the default one (GeoReport v2, GET Service Requests)."""
LEVELS = ("township", "county", "city", "province")


class Wrong(Exception):
    """Why a call is refused: the HTTP status and the words."""

    def __init__(self, status: int, description: str) -> None:
        super().__init__(status, description)
        self.status = status
        self.description = description


def _xml_text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "".join(
        ch
        for ch in str(value)
        if ch in "\t\n\r" or " " <= ch <= "\ud7ff" or "\ue000" <= ch <= "\ufffd" or ch >= "\U00010000"
    )


def _element(name: str, value: Any) -> ElementTree.Element:
    element = ElementTree.Element(name)
    if isinstance(value, Mapping):
        element.extend(_element(key, item) for key, item in value.items())
    elif isinstance(value, list):
        element.extend(_element(ITEMS[name], item) for item in value)
    elif value is not None:
        element.text = _xml_text(value)
    return element


def answer(
    form: str, root: str, value: Any, status: int = 200, only_json: Mapping[str, Any] | None = None
) -> HttpResponse:
    """The same value as JSON, or as XML under `root`. `only_json` adds fields to each row that the XML must not have:
    the specification asks XML to be free of foreign tags."""
    if form == "json":
        rows = [{**row, **only_json} for row in value] if only_json else value
        return HttpResponse(orjson.dumps(rows), content_type=MEDIA["json"], status=status)
    text = ElementTree.tostring(_element(root, value), encoding="unicode")
    return HttpResponse(DECLARATION + text.encode(), content_type=MEDIA["xml"], status=status)


def refusal(form: str, status: int, description: Any) -> HttpResponse:
    """An error: a list of {code, description}, the code that of HTTP."""
    return answer(form, "errors", [{"code": status, "description": str(description)}], status)


def w3(moment: datetime | date | None) -> str | None:
    """A time in W3C format with its offset; a day as its first moment in Asia/Shanghai."""
    if moment is None:
        return None
    if isinstance(moment, datetime):
        return moment.astimezone(SHANGHAI).isoformat(timespec="seconds")
    return datetime(moment.year, moment.month, moment.day, tzinfo=SHANGHAI).isoformat(timespec="seconds")


def time_of(name: str, text: str) -> datetime | None:
    """A W3C time; None for an empty text. One without an offset is taken for Asia/Shanghai. Raises Wrong."""
    if not text:
        return None
    try:
        found = parse_datetime(text.strip().replace(" ", "+") if "T" in text else text)
        moment = (found if found.tzinfo else found.replace(tzinfo=SHANGHAI)).astimezone(UTC) if found else None
    except (ValueError, OverflowError):
        moment = None
    if moment is None:
        raise Wrong(400, _("%(name)s 不是 W3C 格式的时间。") % {"name": name})
    return moment


def span_of(start: datetime | None, end: datetime | None, now: datetime) -> tuple[datetime, datetime]:
    """The span of a query: what is not said makes it 90 days, up to now. Raises Wrong for a
    longer or a reversed one."""
    try:
        if end is None:
            end = (
                min(now, start + SPAN) if start is not None and start <= now else now if start is None else start + SPAN
            )
        if start is None:
            start = end - SPAN
    except OverflowError:
        raise Wrong(400, _("%(name)s 不是 W3C 格式的时间。") % {"name": "start_date"}) from None
    if end < start:
        raise Wrong(400, _("end_date 不能早于 start_date。"))
    if end - start > SPAN:
        raise Wrong(400, _("start_date 和 end_date 相隔不能超过 90 天。"))
    return start, end


def named_places(registry: Snapshot, text: str, within: str | None = None) -> list[str]:
    """The places whose names stand in an address: the finest that are named, of which those that lie in
    another place named beside them come first. One code where the address is clear, several where it is not,
    none where it names none."""
    folded = fold(text)
    known: Iterable[str] = registry.subtree("places", within) if within else registry.places
    named = [
        code
        for code in known
        if code in registry.places
        and any(name and fold(name) in folded for name in (registry.places[code].name, registry.places[code].name_en))
    ]
    for level in LEVELS:
        found = [code for code in named if registry.places[code].level == level]
        if not found:
            continue
        best = max(len(set(registry.line("places", code)) & set(named)) for code in found)
        clear = [code for code in found if len(set(registry.line("places", code)) & set(named)) == best]
        longest = max(len(registry.places[code].name) for code in clear)
        same = {registry.places[code].name for code in clear if len(registry.places[code].name) == longest}
        return [code for code in clear if registry.places[code].name in same] if len(same) == 1 else clear
    return []


def place_of(registry: Snapshot, values: Mapping[str, str], jurisdiction: str | None) -> str:
    """The place that a request names: `address_id` is its code, `address_string` its name; there is no map, so `lat`
    and `long` alone say nothing here. Raises Wrong, with what would help."""
    code, text = values.get("address_id", "").strip(), values.get("address_string", "").strip()
    if code:
        if code not in registry.places:
            raise Wrong(400, _("没有这个行政区划：address_id 应当是 GB/T 2260 代码，见 /api/v1/registry/places。"))
        return code
    if text:
        found = named_places(registry, text, jurisdiction)
        if len(found) == 1:
            return found[0]
        if len(found) > 1:
            raise Wrong(
                400,
                _("address_string 里的地名不止一处：%(codes)s。请用 address_id 说明是哪一处。")
                % {"codes": ", ".join(found[:10])},
            )
    if jurisdiction and (text or values.get("lat")):
        return jurisdiction
    if text:
        raise Wrong(400, _("address_string 里没有认出县（区），请写明，或用 address_id 给出行政区划代码。"))
    if values.get("lat") or values.get("long"):
        raise Wrong(400, _("本站没有地图，请用 address_id 给出行政区划代码，或在 address_string 里写明县（区）。"))
    raise Wrong(400, _("缺少地点：请给出 address_id 或 address_string。"))


def of_refusal(found: Refusal) -> Wrong:
    """The kernel's refusal in the specification's statuses: 404 for what is not there, 403 for what is not
    allowed, 400 for all else."""
    return Wrong({"not_found": 404, "not_allowed": 403}.get(found.code, 400), str(found.message))
