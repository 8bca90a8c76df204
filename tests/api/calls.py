"""What the API's tests share: a letter to send, fresh keys, what every refusal looks like."""

from __future__ import annotations

import itertools
from typing import Any

LETTER = {
    "matter": "0101",
    "place": "610113",
    "subject": "工地夜间施工噪音",
    "body": "每天夜里十二点以后还在施工，请处理。",
}
_KEYS = itertools.count()


def new_key() -> str:
    """An Idempotency-Key that no other call has."""
    return f"test-key-{next(_KEYS):012d}"


def problem(response: Any, status: int, code: str | None = None, field: str | None = None) -> dict[str, Any]:
    """The answer is a Problem with this status (and code, and field), and nothing else."""
    assert response.status_code == status, response.content.decode()
    assert response["Content-Type"].startswith("application/json")
    found = response.json()
    assert set(found) == {"code", "message", "field"}
    assert found["message"]
    if code:
        assert found["code"] == code
    if field:
        assert found["field"] == field
    return dict(found)
