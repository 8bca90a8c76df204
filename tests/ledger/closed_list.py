"""What may stand on the log, as a closed list: for the tests that look for a person in it."""

from __future__ import annotations

import json
import re
from typing import Any

from tongban.cases.procedure import procedures
from tongban.ledger.models import QueuedEntry
from tongban.registry import models as registry_rows

KEYS = {"v", "kind", "act", "at", "commit", "link"}
COUNTED = {"sent", "answered", "rated", "overdue", "review", "published", "step"}
STATED = {"v", "kind", "act", "at", "month", "unit", "items", "n"}
HEX64, HEX32, DAY = re.compile(r"[0-9a-f]{64}"), re.compile(r"[0-9a-f]{32}"), re.compile(r"\d{4}-\d\d-\d\d")


def entries() -> list[dict[str, Any]]:
    return [json.loads(bytes(raw)) for raw in QueuedEntry.objects.order_by("key").values_list("entry", flat=True)]


def assert_nothing_personal() -> int:
    """Every entry by the closed list; returns how many acts they are of."""
    found = entries()
    acts = [entry for entry in found if entry["act"] != "statement"]
    for entry in acts:
        assert set(entry) == KEYS, entry
        assert HEX64.fullmatch(entry["commit"])
        assert HEX32.fullmatch(entry["link"])
        assert entry["kind"] in procedures()
        assert entry["act"] in COUNTED
        assert DAY.fullmatch(entry["at"])
    units = set(registry_rows.Unit.objects.values_list("code", flat=True))
    for entry in found:
        if entry["act"] == "statement":
            assert set(entry) == STATED
            assert entry["unit"] in units
            for word, rows in entry["items"].items():
                assert word in COUNTED
                assert all(
                    HEX32.fullmatch(row[-1]) and all(value is None or type(value) is int for value in row[:-1])
                    for row in rows
                )
    return len(acts)


def assert_not_in_the_log(*secrets: str) -> None:
    """Nowhere in the entries as they are written; digits fewer than seven not beside the random bytes of seal and mark,
    where any three may stand by chance."""
    log = b"\n".join(bytes(raw) for raw in QueuedEntry.objects.values_list("entry", flat=True)).decode()
    assert log.isascii(), "no Chinese word, so no name, street or sentence"
    told = json.dumps(
        [{name: value for name, value in entry.items() if name not in ("commit", "link")} for entry in entries()]
    )
    for secret in secrets:
        assert secret not in (told if secret.isdigit() and len(secret) < 7 else log)
