"""The demo's own secrets: made once in its data folder, readable by its owner only. Never for a real deployment."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

NAME = "demo.env"
DEMO_LOG = "demo.tongban.invalid/ledger"
"""The origin of the demo's log; `.invalid` so that it is nobody's (RFC 2606)."""


def demo_keys(data: Path) -> dict[str, str]:
    """The demo's secrets as environment variables; made at the first call."""
    path = data / NAME
    if not path.exists():
        from tongban.merkle import new_signer
        from tongban.vault.keyring import new_key

        data.mkdir(parents=True, exist_ok=True)
        lines = [
            f"TONGBAN_SECRET_KEY={secrets.token_urlsafe(50)}",
            f"TONGBAN_VAULT_KEYS={new_key()}",
            f"TONGBAN_VAULT_INDEX_KEY={new_key()}",
            f"TONGBAN_LEDGER_ORIGIN={DEMO_LOG}",
            f"TONGBAN_LEDGER_KEYS={new_signer(DEMO_LOG).secret()}",
        ]
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write("\n".join(lines) + "\n")
    return dict(line.split("=", 1) for line in path.read_text().splitlines() if "=" in line)


def use_demo_keys_if_there() -> None:
    """For the other commands beside a running demo: take its secrets where the deployment brought none."""
    if os.environ.get("TONGBAN_SECRET_KEY"):
        return
    data = Path(os.environ.get("TONGBAN_DATA", "data"))
    if (data / NAME).exists():
        os.environ.update(demo_keys(data), TONGBAN_DEMO="1")
