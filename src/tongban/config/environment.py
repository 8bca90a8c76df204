"""What a deployment says through its environment, checked before Django starts.

Every variable starts with TONGBAN_, but DATABASE_URL. The defaults of the secrets stand in the source for everybody to
read: settings refuse to load with them (`refuse_published`), whoever loads them. `tongban serve --demo` makes its own
in its data folder, everything else must bring them. Not for settings that a deployment should never change.
"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Literal
from urllib.parse import parse_qs, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured
from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

INSECURE = "insecure-"


class Environment(BaseSettings):
    """The variables, with their types. An unreadable value stops the start with a message naming it."""

    model_config = SettingsConfigDict(env_prefix="TONGBAN_", extra="ignore", populate_by_name=True)

    data: Path = Path("data")
    database_url: str = Field(default="", validation_alias="DATABASE_URL")
    secret_key: str = INSECURE + "secret-key-for-tests-and-tools-only-never-for-serving"
    vault_keys: str = "aW5zZWN1cmUtaW5zZWN1cmUtaW5zZWN1cmUtMDAwMDA="
    vault_index_key: str = "aW5zZWN1cmUtaW5zZWN1cmUtaW5zZWN1cmUtMDAwMDE="
    hosts: str = "127.0.0.1,localhost,[::1],testserver"
    origin: str = "http://127.0.0.1:8000"
    former_origins: str = ""
    debug: bool = False
    demo: bool = False
    https: bool = False
    second_factor: bool = True
    first_password_hours: float = Field(default=72, gt=0)
    synchronous: Literal["NORMAL", "FULL"] = "NORMAL"
    email_url: str = ""
    email_from: str = "noreply@localhost"
    sms: Literal["", "console", "aliyun", "tencent"] = ""
    sms_key_id: str = ""
    sms_key_secret: str = ""
    sms_sign: str = ""
    sms_app: str = ""
    sms_region: str = "ap-guangzhou"
    sms_templates: str = ""
    sms_endpoint: str = ""
    rate_limits: bool = True
    trusted_proxies: int = 0
    static_root: Path | None = None
    name: str = "通办"
    issuer: str = ""
    contact: str = ""
    child_safety_key: str = ""
    child_safety_body: str = ""
    resolvers: str = ""
    control_file: bool = False
    evidence: bool = False
    evidence_ports: str = ""
    evidence_refuse: str = ""
    evidence_agent: str = ""
    evidence_browser: str = ""
    evidence_as_root: bool = False
    site_code: str = ""
    icp: str = ""
    police: str = ""
    doors: str = ""
    certificate_keys: str = ""
    oidc_issuer: str = ""
    oidc_client: str = ""
    oidc_secret: str = ""
    oidc_scope: str = "openid profile"
    oidc_number_claim: str = "id_number"
    oidc_name_claim: str = "name"
    oidc_acr: str = ""
    ledger_keys: str = ""
    ledger_retired: str = ""
    ledger_origin: str = ""
    ledger_guard: Path | None = None
    ledger_policy: Path | None = None
    ledger_delay: int = Field(default=600, ge=0, le=86_400)
    feed_dns: str = ""
    feed_dns_key: str = ""
    feed_page_host: str = ""
    matter_error: float = Field(default=0.03, gt=0, lt=0.5)

    @field_validator("doors")
    @classmethod
    def _there(cls, doors: str) -> str:
        for name in filter(None, map(str.strip, doors.split(","))):
            if find_spec(name.partition(".")[0]) is None:
                raise ValueError(f"there is no package {name!r} here; PYTHONPATH names the folder in which it lies")
        return doors

    @property
    def added(self) -> list[str]:
        """The packages of a city's own doors, as `doors` names them: separated by commas."""
        return [name.strip() for name in self.doors.split(",") if name.strip()]

    @property
    def insecure(self) -> list[str]:
        """The names of the secrets that are empty or have a value anybody can read in the source. Of the key ring only
        the first key counts: a published one behind it is how a house that ran on it is rotated away from it."""
        return [
            f"TONGBAN_{name.upper()}"
            for name in ("secret_key", "vault_keys", "vault_index_key")
            if (first := getattr(self, name).split(",")[0].strip()) in PUBLISHED or not first
        ]


PUBLISHED = frozenset(
    str(Environment.model_fields[name].default) for name in ("secret_key", "vault_keys", "vault_index_key")
)
"""The secrets that stand in the source."""


class PublishedKeys(ImproperlyConfigured):
    """The settings were loaded with secrets that everybody can read in the source."""


def refuse_published(environment: Environment) -> None:
    """Raises PublishedKeys, with one line that says what to do, but for the demo (TONGBAN_DEMO=1)."""
    if environment.insecure and not environment.demo:
        raise PublishedKeys(
            "Tongban does not start with secrets that everybody can read in its source "
            f"({', '.join(environment.insecure)}): make your own with `tongban keys new` and put them into the "
            "environment, or try `tongban serve --demo`."
        )


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
