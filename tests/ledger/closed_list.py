"""What may stand on the log, as a closed list: for the tests that look for a person in it."""

from __future__ import annotations

import json
import re
from typing import Any

from tongban.cases.procedure import procedures
from tongban.ledger.models import QueuedEntry
from tongban.registry import models as registry_rows

KEYS = {"v", "kind", "act", "by", "at", "matter", "place", "unit", "from", "to", "deadline", "facts", "commit", "link"}
HEX64, HEX32, DAY = re.compile(r"[0-9a-f]{64}"), re.compile(r"[0-9a-f]{32}"), re.compile(r"\d{4}-\d\d-\d\d")


FACTS = {"duty", "above", "coordinating", "import", "web", "api", "due_soon", "due", "overdue", "long_overdue"}
"""What a fact says beyond numbers, yes and no, codes and days: why a unit got the case, the channel, the rung."""


def entries() -> list[dict[str, Any]]:
    return [json.loads(bytes(raw)) for raw in QueuedEntry.objects.order_by("key").values_list("entry", flat=True)]


def vocabulary() -> set[str]:
    """Every word that may stand on the log: codes, names of acts and states, and who acts; nothing that a person typed."""
    words = {"resident", "official", "system"}
    for model in (registry_rows.Unit, registry_rows.Matter, registry_rows.Place):
        words |= set(model.objects.values_list("code", flat=True))
    for procedure in procedures().values():
        words |= {procedure.kind} | {state.name for state in procedure.states} | {edge.act for edge in procedure.edges}
    return words


def assert_nothing_personal() -> int:
    """Every entry by the closed list; returns how many."""
    words, found = vocabulary(), entries()
    for entry in found:
        assert set(entry) <= KEYS, entry
        assert HEX64.fullmatch(entry["commit"])
        assert HEX32.fullmatch(entry["link"])
        for name in ("kind", "act", "by", "unit", "from", "to", "matter", "place"):
            assert not entry.get(name) or entry[name] in words, (name, entry)
        for name in ("at", "deadline"):
            assert name not in entry or DAY.fullmatch(entry[name]), entry
        assert entry["from"] == "" or not {"matter", "place"} & set(entry), "they would tie the entries of a case together"
        if "place" in entry:
            assert registry_rows.Place.objects.get(pk=entry["place"]).level in ("province", "city", "county")
        for name, value in entry.get("facts", {}).items():
            for item in value if isinstance(value, list) else [value]:
                assert type(item) in (int, bool) or item in words | FACTS or DAY.fullmatch(item), (name, value)
    return len(found)


def assert_not_in_the_log(*secrets: str) -> None:
    """Nowhere in the entries as they are written; digits fewer than seven not beside the random bytes of seal and mark, where any three may stand by chance."""
    log = b"\n".join(bytes(raw) for raw in QueuedEntry.objects.values_list("entry", flat=True)).decode()
    assert log.isascii(), "no Chinese word, so no name, street or sentence"
    told = json.dumps([{name: value for name, value in entry.items() if name not in ("commit", "link")} for entry in entries()])
    for secret in secrets:
        assert secret not in (told if secret.isdigit() and len(secret) < 7 else log)
