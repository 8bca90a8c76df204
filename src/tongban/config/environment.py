"""What a deployment says through its environment, checked before Django starts.

Every variable starts with TONGBAN_, but DATABASE_URL. Secrets have no default: `tongban serve --demo` makes its own in
its data folder, everything else must bring them. Not for settings that a deployment should never change.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal
from urllib.parse import parse_qs, unquote, urlsplit

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

INSECURE = "insecure-"


class Environment(BaseSettings):
    """The variables, with their types. An unreadable value stops the start with a message naming it."""

    model_config = SettingsConfigDict(env_prefix="TONGBAN_", extra="ignore", populate_by_name=True)

    data: Path = Path("data")
    database_url: str = Field("", validation_alias="DATABASE_URL")
    secret_key: str = INSECURE + "secret-key-for-tests-and-tools-only-never-for-serving"
    vault_keys: str = "aW5zZWN1cmUtaW5zZWN1cmUtaW5zZWN1cmUtMDAwMDA="
    vault_index_key: str = "aW5zZWN1cmUtaW5zZWN1cmUtaW5zZWN1cmUtMDAwMDE="
    hosts: str = "127.0.0.1,localhost,[::1],testserver"
    origin: str = "http://127.0.0.1:8000"
    debug: bool = False
    demo: bool = False
    https: bool = False
    second_factor: bool = True
    synchronous: Literal["NORMAL", "FULL"] = "NORMAL"
    email_url: str = ""
    email_from: str = "noreply@localhost"
    sms: Literal["", "console"] = ""
    rate_limits: bool = True
    trusted_proxies: int = 0
    static_root: Path | None = None
    name: str = "通办"
    ledger_keys: str = ""
    ledger_retired: str = ""
    ledger_origin: str = ""
    ledger_guard: Path | None = None
    ledger_policy: Path | None = None
    matter_error: float = Field(0.03, gt=0, lt=0.5)

    @property
    def insecure(self) -> list[str]:
        """The names of the secrets that still have a value anybody can read in the source."""
        fields = type(self).model_fields
        return [
            f"TONGBAN_{name.upper()}"
            for name in ("secret_key", "vault_keys", "vault_index_key")
            if getattr(self, name) == fields[name].default
        ]


class DatabaseUrlError(ValueError):
    """DATABASE_URL cannot be understood."""


def database(url: str, data: Path, synchronous: str) -> dict[str, object]:
    """Django's settings for DATABASE_URL: `sqlite:///path` or `postgresql://user:password@host:port/name`; where it is
    empty, SQLite in the data folder. Raises DatabaseUrlError."""
    parts = urlsplit(url or f"sqlite:///{data / 'tongban.sqlite3'}")
    if parts.scheme == "sqlite":
        path = unquote(url.removeprefix("sqlite:///")) if url else str(data / "tongban.sqlite3")
        return {
            "ENGINE": "tongban.config.sqlite3",
            "NAME": path,
            "CONN_MAX_AGE": None,
            "OPTIONS": {
                "timeout": 30,
                "transaction_mode": "IMMEDIATE",
                "init_command": (
                    f"PRAGMA journal_mode=WAL; PRAGMA synchronous={synchronous}; PRAGMA foreign_keys=ON; "
                    "PRAGMA cache_size=-65536; PRAGMA mmap_size=268435456; PRAGMA temp_store=MEMORY; "
                    "PRAGMA journal_size_limit=67108864;"
                ),
            },
            "TEST": {"NAME": str(data / "test.sqlite3")},
        }
    if parts.scheme in ("postgres", "postgresql"):
        query: dict[str, object] = {key: values[-1] for key, values in parse_qs(parts.query).items()}
        prepared = str(query.pop("prepare_threshold", 5))  # "none" behind a pooler that cannot keep prepared statements
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(parts.path.lstrip("/")),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": unquote(parts.hostname or str(query.pop("host", ""))),
            "PORT": str(parts.port or ""),
            "CONN_MAX_AGE": None,
            "OPTIONS": {**query, "prepare_threshold": int(prepared) if prepared.isdigit() else None},
        }
    raise DatabaseUrlError(f"DATABASE_URL: scheme {parts.scheme!r} is neither sqlite nor postgresql")
