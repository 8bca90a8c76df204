"""The tables of GeoReport v2 (wiki.open311.org/GeoReport_v2), written down by hand, and how
an answer is held to them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree

W3 = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)"


@dataclass(frozen=True)
class Field:
    """A line of a table: JSON type, whether it may be missing, and the values or the form allowed."""

    kind: type = str
    optional: bool = False
    empty: bool = False
    form: str = ".*"


TEXT, EMPTY, MAYBE = Field(), Field(empty=True), Field(optional=True, empty=True)
SERVICE = {
    "service_code": TEXT, "service_name": TEXT, "description": EMPTY, "metadata": Field(bool, form="true|false"),
    "type": Field(form="realtime|batch|blackbox"), "keywords": EMPTY, "group": TEXT,
}  # fmt: skip
ATTRIBUTE = {
    "variable": Field(bool, form="true|false"),
    "code": TEXT,
    "datatype": Field(form="string|number|datetime|text|singlevaluelist|multivaluelist"),
    "required": Field(bool, form="true|false"),
    "datatype_description": EMPTY,
    "order": Field(int, form="[1-9][0-9]*"),
    "description": TEXT,
}
POSTED = {"service_request_id": TEXT, "service_notice": MAYBE, "account_id": MAYBE}
SERVICE_REQUEST = {
    "service_request_id": TEXT, "status": Field(form="open|closed"), "status_notes": MAYBE, "service_name": TEXT,
    "service_code": TEXT,
    "description": Field(empty=True, form="(?s).{0,4000}"), "agency_responsible": MAYBE, "service_notice": MAYBE,
    "requested_datetime": Field(form=W3), "updated_datetime": Field(form=W3),
    "expected_datetime": Field(optional=True, empty=True, form=W3),
    "address": EMPTY, "address_id": EMPTY, "zipcode": EMPTY, "lat": Field(float, empty=True),
    "long": Field(float, empty=True), "media_url": EMPTY,
}  # fmt: skip
TOKEN = {"service_request_id": TEXT, "token": TEXT}
ERROR = {"code": Field(int, form=r"\d{3}"), "description": TEXT}
ENDPOINT = {
    "specification": Field(form=r"http://wiki\.open311\.org/GeoReport_v2"),
    "url": Field(form="https?://.+"),
    "changeset": TEXT,
    "type": Field(form="production|test"),
    "formats": Field(list),
}


def holds(table: dict[str, Field], row: dict[str, Any]) -> None:
    """A row of JSON keeps to a table."""
    assert set(row) <= set(table), set(row) - set(table)
    for name, rule in table.items():
        if name not in row:
            assert rule.optional, name
        elif row[name] is None or row[name] == "":
            assert rule.empty, name
        else:
            assert type(row[name]) is rule.kind, name
            text = str(row[name]).lower() if rule.kind is bool else str(row[name])
            assert rule.kind is list or re.fullmatch(rule.form, text, re.S), (name, text)


def from_xml(content: bytes, root: str, item: str) -> list[dict[str, str]]:
    """The rows of an XML answer, whose declaration, root and items are named as the specification names them."""
    assert content.startswith(b'<?xml version="1.0" encoding="utf-8"?>')
    top = ElementTree.fromstring(content)
    assert top.tag == root
    assert {child.tag for child in top} <= {item}
    assert not any(element.attrib or "}" in element.tag for element in top.iter())
    return [{field.tag: field.text or "" for field in child} for child in top]


def same(as_json: list[dict[str, Any]], as_xml: list[dict[str, str]]) -> None:
    """Both formats say the same."""
    words = {None: "", True: "true", False: "false"}
    assert as_xml == [
        {name: words[value] if value is None or isinstance(value, bool) else str(value) for name, value in row.items()}
        for row in as_json
    ]
