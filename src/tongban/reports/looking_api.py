"""Private look-up for browsers and apps: full hashes by the first digits of a hash, and which first digits occur."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Field, Path, Router, Schema

from tongban.gate.calling import limit
from tongban.gate.problems import problems

from . import looking

router = Router(tags=["reports"])
OPERATIONS = dict.fromkeys(("read_listed_buckets", "read_listed"), "public")
Prefix: Any = Path(  # type: ignore[type-arg]  # ninja names the function like its type
    ...,
    pattern=f"^[0-9a-f]{{{looking.FEWEST},{looking.MOST}}}$",
    description="The first 4 to 8 hexadecimal digits of the SHA-256 of an expression. Fewer digits tell less.",
)


class HitOut(Schema):
    """A listed hash."""

    hash: str = Field(description="SHA-256 of an expression (Safe Browsing v5), in hexadecimal.")
    decision: str = Field(description="Public number of the decision: /decisions/NUMBER/.")
    until: date = Field(description="Its last day.")


class ListedOut(Schema):
    """All listed hashes that begin with the prefix; compare with the full hashes of your expressions."""

    prefix: str = Field(description="What was asked.")
    hashes: list[HitOut] = Field(description="In force today; empty where there is none.")
    keep_seconds: int = Field(description="How long the answer may be kept.")


class BucketsOut(Schema):
    """Which first two bytes occur among the listed hashes."""

    buckets: str = Field(
        description="65,536 bits in base64; bit n, lowest first in each byte, stands for the hex digits n."
    )
    keep_seconds: int = Field(description="How long the answer may be kept.")


@router.get(
    "/listed",
    response={200: BucketsOut, **problems(400, 429, 503)},
    operation_id="read_listed_buckets",
    summary="Which first bytes occur among the listed hashes",
)
def read_listed_buckets(request: HttpRequest, response: HttpResponse) -> Any:
    """Read this first: where none of your expressions' first two bytes occur, the address is not listed, and nobody has
    learnt anything. The same for everybody, 11 KB."""
    limit(request, "api")
    response["Cache-Control"] = f"public, max-age={looking.FRESH}"
    return {"buckets": looking.buckets(), "keep_seconds": looking.FRESH}


@router.get(
    "/listed/{prefix}",
    response={200: ListedOut, **problems(400, 404, 422, 429, 503)},
    operation_id="read_listed",
    summary="Listed hashes by their first digits",
)
def read_listed(request: HttpRequest, response: HttpResponse, prefix: str = Prefix) -> Any:
    """The address itself is never sent. Expressions and their hashes are formed as Safe Browsing v5 forms them: host
    suffixes with path prefixes, SHA-256."""
    limit(request, "api")
    response["Cache-Control"] = f"public, max-age={looking.FRESH}"
    rows = [{"hash": one.hash, "decision": one.number, "until": one.until} for one in looking.beginning(prefix)]
    return {"prefix": prefix, "hashes": rows, "keep_seconds": looking.FRESH}
