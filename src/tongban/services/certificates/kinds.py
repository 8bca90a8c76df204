"""Kinds of certificates, as data: what each is called, which claims it has, where they come from.

They stand in `kinds.toml`; a city's own in `certificates.toml` in its data folder are read after it. Not for what a
certificate of one person says: `claims.py`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from django.conf import settings

from tongban.credentials.sdjwt import RESERVED
from tongban.gate import former
from tongban.registry.names import spoken

TYPES = "/verify/types/"
FROM = frozenset({"name", "address", "place", "unit", "matter", "number", "issued", "until", "text"})
DERIVED = frozenset({"", "age_over", "masked", "year"})
_CLAIM = re.compile(r"[a-z][a-z0-9_]{0,31}")


class KindsError(ValueError):
    """A kind of certificate is not described as `kinds.toml` says."""


@dataclass(frozen=True, slots=True)
class Claim:
    """One claim: its name in the signed text, its words, where it comes from, and how it is shown."""

    name: str
    label: str
    label_en: str
    source: str
    derived: str = ""
    years: int = 0
    text: str = ""
    shown: bool = False
    paper: bool = True
    open: bool = False

    @property
    def words(self) -> str:
        """Its label in the language of the page."""
        return spoken(self.label, self.label_en)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of certificate."""

    code: str
    name: str
    name_en: str
    claims: tuple[Claim, ...]

    @property
    def words(self) -> str:
        """What it is called in the language of the page."""
        return spoken(self.name, self.name_en)

    @property
    def type(self) -> str:
        """Its `vct`: an address at which its metadata are."""
        return self.type_at(settings.ORIGIN)

    def type_at(self, origin: str) -> str:
        """The same under another address of the house."""
        return f"{origin}{TYPES}{self.code}"

    def claim(self, name: str) -> Claim | None:
        """The claim of this name."""
        return next((one for one in self.claims if one.name == name), None)


@dataclass(frozen=True, slots=True)
class Rules:
    """What holds for status lists and codes on a screen; `kinds.toml` says each."""

    entries: int
    list_good_for: timedelta
    list_kept_for: int
    signed_anew: timedelta
    on_screen: int


def city_file() -> Path:
    """Where a city's own kinds stand."""
    return Path(settings.DATA) / "certificates.toml"


def kinds() -> Mapping[str, Kind]:
    """Code → kind. Raises KindsError."""
    return _read(*_stamp())[0]


def rules() -> Rules:
    """The rules of lists and codes. Raises KindsError."""
    return _read(*_stamp())[1]


def kind_of_type(type_: str) -> Kind | None:
    """The kind behind a `vct` of this house, under its present address or a former one."""
    _origin, path = former.own(type_)
    return kinds().get(path.removeprefix(TYPES)) if path.startswith(TYPES) else None


def _stamp() -> tuple[str, int]:
    path = city_file()
    try:
        return str(path), path.stat().st_mtime_ns
    except FileNotFoundError:
        return str(path), 0


@lru_cache(maxsize=2)
def _read(path: str, changed: int) -> tuple[Mapping[str, Kind], Rules]:
    own = tomllib.loads(files(__package__).joinpath("kinds.toml").read_text(encoding="utf-8"))
    city = tomllib.loads(Path(path).read_text(encoding="utf-8")) if changed else {}
    sets = {**own["set"], **city.get("set", {})}
    said = {code: kind_from(code, row, sets) for code, row in {**own["kind"], **city.get("kind", {})}.items()}
    status, screen = {**own["status"], **city.get("status", {})}, {**own["screen"], **city.get("screen", {})}
    if status["entries"] < 4096 or status["entries"] % 8:
        raise KindsError("status.entries: at least 4096, and a multiple of 8")
    return said, Rules(
        status["entries"],
        timedelta(seconds=status["list_good_for"]),
        status["list_kept_for"],
        timedelta(seconds=status["signed_anew"]),
        screen["seconds"],
    )


def kind_from(code: str, row: Mapping[str, Any], sets: Mapping[str, Any] | None = None) -> Kind:
    """A kind as a table of the file says it; `sets` are the claims that it may begin with. Raises KindsError, which
    names the claim."""
    begins = row.get("with", "")
    if begins and begins not in (sets or {}):
        raise KindsError(f"{code}: with = {begins!r} is no set")
    given = [*(sets or {})[begins]["claims"], *row.get("claims", ())] if begins else row.get("claims", ())
    claims = tuple(_claim(code, one) for one in given)
    if not row.get("name") or not claims:
        raise KindsError(f"{code}: a kind has a name and claims")
    if len({one.name for one in claims}) < len(claims):
        raise KindsError(f"{code}: a claim stands twice")
    return Kind(code, row["name"], row.get("name_en", ""), claims)


def _claim(kind: str, row: Mapping[str, Any]) -> Claim:
    name, source, derived = str(row.get("name", "")), str(row.get("from", "")), str(row.get("derived", ""))
    where = f"{kind}.{name}"
    if not _CLAIM.fullmatch(name) or name in RESERVED:
        raise KindsError(f"{where}: small letters, digits and _, and no name that the standard takes")
    if source not in FROM and not re.fullmatch(r"(fact|sent)\.[A-Za-z0-9_-]{1,32}", source):
        raise KindsError(f"{where}: from = {source!r} is no source")
    if derived not in DERIVED or (derived == "age_over") != bool(row.get("years")):
        raise KindsError(f"{where}: derived is age_over with years, masked, or year")
    if not row.get("label"):
        raise KindsError(f"{where}: a claim has a label")
    return Claim(
        name, row["label"], row.get("label_en", ""), source, derived, int(row.get("years", 0)),
        str(row.get("text", "")), bool(row.get("shown")), bool(row.get("paper", True)), bool(row.get("open")),
    )  # fmt: skip
