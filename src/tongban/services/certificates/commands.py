"""`tongban credential …` and `tongban keys certificates …`. Verifying with --keys needs no house, no database and, with
the status lists at hand, no network."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, NamedTuple
from urllib.request import Request, urlopen

import typer

from tongban.config.ready import django_ready
from tongban.credentials import PublicKey, Refused, Verified, from_paper, verify
from tongban.credentials.paper import PREFIX
from tongban.credentials.status import check_status

credential = typer.Typer(no_args_is_help=True)
keys = typer.Typer(no_args_is_help=True)
LONGEST = 2_000_000
REFUSED, UNSURE, UNUSABLE = 1, 3, 2
"""Ways to end: not genuine or not good; genuine, but the status could not be asked; the command cannot be carried
out."""


@credential.callback()
def credentials() -> None:
    """Certificates: verify one, write the keys."""


@credential.command("verify")
def verify_one(
    certificate: Annotated[
        str, typer.Argument(help="A file (.sdjwt, .pdf, or text), the text itself, or - for stdin.")
    ],
    trusted: Annotated[
        str, typer.Option("--keys", help="keys.json of the site you trust: file or address; else this house's own.")
    ] = "",
    status: Annotated[
        list[Path] | None, typer.Option("--status", help="A fetched status list (JWT); may stand several times.")
    ] = None,
    offline: Annotated[bool, typer.Option("--offline", help="Ask no status list over the network.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print what it says as JSON.")] = False,
    at: Annotated[int | None, typer.Option(help="Seconds since 1970, instead of now.")] = None,
    audience: Annotated[str, typer.Option(help="The holder has to have signed for this (aud).")] = "",
    nonce: Annotated[str, typer.Option(help="The holder has to have signed this nonce.")] = "",
    bound: Annotated[bool, typer.Option("--bound", help="Refuse what the holder's key did not sign.")] = False,
) -> None:
    """Verify a certificate. Ends with 0 if it is genuine and good, 1 if not, 3 if its status could not be asked.

    A copy from a wallet is bound to the holder's key: whether that key signed what is shown, and for whom, is said;
    with --audience, --nonce or --bound it is asked for.
    """
    now = int(time.time()) if at is None else at
    try:
        text = _text_of(certificate)
        known = _keys_from(trusted) if trusted else None
        kept = [path.read_text(encoding="ascii").strip() for path in status or ()]
    except (OSError, ValueError) as error:
        typer.echo(f"✗ {error}", err=True)
        raise typer.Exit(UNUSABLE) from None
    keys_of, fetch = _house() if known is None else (lambda issuer: known.get(issuer, []), _fetcher(offline))
    try:
        found = _read(text, keys_of, now, Asked(audience or None, nonce or None, bound))
        standing = _standing(found, keys_of, fetch, kept, now)
    except Refused as refused:
        _say_refused(refused, as_json)
        raise typer.Exit(REFUSED) from None
    _say(found, standing, as_json)
    if standing == "unknown":
        raise typer.Exit(UNSURE)


def _text_of(certificate: str) -> str:
    """The certificate's text. Raises OSError, ValueError."""
    if certificate == "-":
        return sys.stdin.read(LONGEST)
    if certificate.startswith((PREFIX, "eyJ")):
        return certificate
    path = Path(certificate)
    if len(certificate) > 1000 or not path.is_file():
        raise ValueError(f"{certificate[:60]}: neither a file nor the text of a certificate")
    raw = path.read_bytes()[:LONGEST]
    return _enclosed(raw) if raw.startswith(b"%PDF") else raw.decode("utf-8", "replace")


def _enclosed(raw: bytes) -> str:
    from io import BytesIO

    import pikepdf

    try:
        with pikepdf.open(BytesIO(raw), suppress_warnings=True) as file:
            for name in file.attachments:
                if name.endswith(".sdjwt"):
                    return file.attachments[name].get_file().read_bytes().decode("ascii", "replace")
    except pikepdf.PdfError as error:
        raise ValueError(f"the PDF cannot be read: {error}") from None
    raise ValueError("there is no certificate in this PDF")


def _keys_from(where: str) -> dict[str, list[PublicKey]]:
    """The keys that somebody trusts. Raises OSError, ValueError."""
    raw = _got(where).encode() if where.startswith(("http://", "https://")) else Path(where).read_bytes()
    said = json.loads(raw)
    try:
        if "jwks" in said and "issuers" not in said:  # the metadata of one issuer
            return {said["issuer"]: [PublicKey.from_jwk(jwk) for jwk in said["jwks"]["keys"]]}
        return {issuer: [PublicKey.from_jwk(jwk) for jwk in row["keys"]] for issuer, row in said["issuers"].items()}
    except (KeyError, TypeError, AttributeError, Refused) as error:
        raise ValueError(f"{where}: not a keys.json ({error})") from None


def _got(address: str, accept: str = "*/*") -> str:
    asked = Request(address, headers={"Accept": accept})  # noqa: S310 -- http and https alone, by the caller
    with urlopen(asked, timeout=10) as answer:  # noqa: S310
        return str(answer.read(LONGEST).decode("ascii", "replace"))


Fetch = Callable[[str], str]
KeysOf = Callable[[str], list[PublicKey]]


def _house() -> tuple[KeysOf, Fetch]:
    """Keys and lists of the house that runs here."""
    django_ready()
    from . import keys as own
    from .verifying import own_list

    return own.keys_of, own_list


def _fetcher(offline: bool) -> Fetch:
    def fetch(uri: str) -> str:
        if offline or not uri.startswith(("http://", "https://")):
            raise LookupError("no status list was asked for")
        return _got(uri, "application/statuslist+jwt")

    return fetch


class Asked(NamedTuple):
    """What the holder's proof has to be for."""

    audience: str | None
    nonce: str | None
    bound: bool


def _read(text: str, keys_of: KeysOf, now: int, asked: Asked) -> Verified:
    text = text.strip().strip("\ufeff")
    if text.startswith(PREFIX):
        if any(asked):
            raise Refused("holder", "a code on paper is bound to nobody's key")
        return from_paper(text.replace("\r", "").replace("\n", "").replace("\t", ""), keys=keys_of, now=now)
    return verify(
        "".join(text.split()),
        keys=keys_of,
        now=now,
        audience=asked.audience,
        nonce=asked.nonce,
        holder=asked.bound,
    )


def _standing(found: Verified, keys_of: KeysOf, fetch: Fetch, kept: list[str], now: int) -> str:
    """`good`, `unknown`, or `none` where it names no list. Raises Refused: revoked, suspended."""
    if found.status is None:
        return "none"
    for get in (*((lambda _uri, text=text: text) for text in kept), fetch):
        try:
            check_status(found.status, get, keys_of, found.issuer, now)
        except Refused as refused:
            if refused.reason != "status_unknown":
                raise
        else:
            return "good"
    return "unknown"


def _say_refused(refused: Refused, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps({"verified": False, "reason": refused.reason, "message": str(refused)}))
    else:
        typer.echo(f"✗ refused ({refused.reason}): {refused}", err=True)


def _say(found: Verified, standing: str, as_json: bool) -> None:
    said: dict[str, Any] = {
        "verified": True, "status": standing, "type": found.type, "issuer": found.issuer, "issued_at": found.issued_at,
        "expires_at": found.expires_at, "hidden": found.hidden, "claims": dict(found.claims),
        "bound": found.holder is not None, "holder_proved": found.holder_proved,
        "audience": found.audience, "nonce": found.nonce,
    }  # fmt: skip
    if as_json:
        typer.echo(json.dumps(said, ensure_ascii=False))
        return
    words = {"good": "not revoked", "unknown": "whether it was revoked could not be asked", "none": "names no list"}
    typer.echo(f"{'✓' if standing == 'good' else '?'} genuine, signed by {found.issuer}; {words[standing]}")
    typer.echo(f"type: {found.type}")
    if found.holder_proved:
        typer.echo(f"bound to the holder's key, which signed this for {found.audience}, nonce {found.nonce}")
    elif found.holder is not None:
        typer.echo("bound to the holder's key, which did NOT sign this: it may be somebody else's file")
    for name, value in found.claims.items():
        typer.echo(f"{name}: {value}")
    if found.hidden:
        typer.echo("other claims exist and were not shown")


@credential.command("keys")
def write_keys(
    unit: Annotated[str, typer.Argument(help="One unit alone.")] = "",
) -> None:
    """Print the public keys of the units that have issued, as /verify/keys.json has them."""
    django_ready()
    from . import keys as own

    found = {
        own.issuer_of(code): {"unit": code, "keys": [key.jwk for key in known]}
        for code, known in own.published().items()
        if unit in ("", code)
    }
    typer.echo(json.dumps({"issuers": found}, indent=1))


# --- tongban keys certificates ---------------------------------------------------------------


@keys.callback()
def certificate_keys() -> None:
    """Keys that units sign certificates with."""


@keys.command("new")
def new_key(
    name: Annotated[str, typer.Argument(help="A name that was never used: the year, say.")],
    unit: Annotated[str, typer.Option(help="The key of this unit alone.")] = "",
) -> None:
    """Print a fresh secret. Put it first in TONGBAN_CERTIFICATE_KEYS: it signs from the next start on, and the ones
    behind it can be taken out."""
    import secrets

    from tongban.credentials.encoding import b64

    typer.echo(f"{unit + '@' if unit else ''}{name}:{b64(secrets.token_bytes(32))}")


@keys.command("list")
def list_keys() -> None:
    """Every public key, which unit's, since when, and whether it signs now."""
    django_ready()
    from . import keys as own
    from .rows import IssuingKey

    for row in IssuingKey.objects.all():
        signs = "signs" if own.signing_key(row.unit_id).kid == row.kid else "verifies"
        state = "withdrawn" if row.withdrawn_at else signs if row.genuine else "FALSE: not written by this house"
        typer.echo(f"{row.unit_id}\t{row.kid}\t{row.since:%Y-%m-%d}\t{state}")


@keys.command("withdraw")
def withdraw_key(unit: str, name: str) -> None:
    """Withdraw a unit's key whose secret became known: everything signed with it is refused from now on."""
    django_ready()
    from . import keys as own

    if not own.withdraw(unit, name):
        typer.echo(f"{unit} has no key {name} that is not withdrawn", err=True)
        raise typer.Exit(1)
    typer.echo(f"withdrawn: {name} of {unit}. Put another name first in TONGBAN_CERTIFICATE_KEYS and issue anew.")
