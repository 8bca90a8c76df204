"""Says what is missing or unsafe in a deployment, each finding with what to do. Reads; changes nothing."""

from __future__ import annotations

import shutil
import time
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection
from django.db.models import Q
from django.http.request import validate_host
from django.utils import timezone
from rich.console import Console

from tongban.config.environment import PUBLISHED
from tongban.config.ready import NotReady, refuse_unready

Level = Literal["ok", "warning", "danger"]
NO_DATABASE = "the database cannot be used"


@dataclass(frozen=True)
class Finding:
    """One thing looked at. `advice` is empty where all is well."""

    level: Level
    what: str
    advice: str = ""


def examine() -> list[Finding]:
    """Look at everything."""
    found = [*_secrets(), *_web(), *_database()]
    if all(item.what != NO_DATABASE for item in found):
        found += [*_registry(), *_people(), *_work(), *_ledger(), *_rooms()]
    return found


def _secrets() -> list[Finding]:
    from tongban.config.settings import ENV

    if ENV.insecure:
        return [
            Finding("danger", "secrets from the source: " + ", ".join(ENV.insecure), "make your own: tongban keys new")
        ]
    if PUBLISHED.intersection(key.strip() for key in ENV.vault_keys.split(",")):
        return [
            Finding("danger", "the key ring still has a key from the source", "tongban keys rotate, then take it out")
        ]
    return [Finding("ok", "secrets are your own")]


def _web() -> list[Finding]:
    from tongban.cases import sms

    found = []
    if not settings.SESSION_COOKIE_SECURE:
        found.append(
            Finding("warning", "cookies travel without HTTPS", "put a TLS proxy in front and set TONGBAN_HTTPS=1")
        )
    if settings.DEBUG:
        found.append(Finding("danger", "debug pages are on", "unset TONGBAN_DEBUG"))
    if not settings.SECOND_FACTOR:
        found.append(Finding("danger", "officials sign in without a second factor", "unset TONGBAN_SECOND_FACTOR"))
    found += [*_hosts(), *_proxies()]
    if not settings.RATE_LIMITS:
        found.append(Finding("warning", "rate limits are off", "unset TONGBAN_RATE_LIMITS"))
    if not settings.EMAIL_URL:
        found.append(Finding("warning", "no mail server: notices are printed on the console", "set TONGBAN_EMAIL_URL"))
    if not settings.NOTICE_SMS and not settings.DEMO:
        found.append(
            Finding(
                "warning",
                "no SMS provider: whoever left a telephone alone gets no notices and no new secret",
                "set TONGBAN_SMS to aliyun or tencent (docs/operations.md)",
            )
        )
    lacking = sms.missing()
    if lacking:
        found.append(
            Finding("danger", f"the SMS provider cannot send: {', '.join(lacking)} not set", "see docs/operations.md")
        )
    if settings.DEMO:
        found.append(Finding("warning", "this is the demo: its passwords are published", "never put it on a network"))
    return found


def _hosts() -> list[Finding]:
    """Names that the site answers to, and whether its own is among them."""
    origin = urlsplit(settings.ORIGIN)
    if "*" in settings.ALLOWED_HOSTS:
        return [Finding("danger", "the site answers to any host name", "set TONGBAN_HOSTS to its own names")]
    if not validate_host(origin.hostname or "", settings.ALLOWED_HOSTS):
        advice = "add it to TONGBAN_HOSTS, or correct TONGBAN_ORIGIN"
        return [Finding("danger", f"the site does not answer to its own name, {origin.hostname}", advice)]
    if origin.scheme != "https" and origin.hostname not in ("127.0.0.1", "localhost", "::1"):
        return [
            Finding(
                "warning", "the site's address, in notices and forms, is not https", "set TONGBAN_ORIGIN to https://…"
            )
        ]
    return []


def _proxies() -> list[Finding]:
    """Whether addresses are counted as they are: limits and lock-outs go by them."""
    if settings.SESSION_COOKIE_SECURE and not settings.TRUSTED_PROXIES:
        return [
            Finding(
                "warning",
                "HTTPS is on but no proxy is trusted: behind one, all residents count as one address",
                "set TONGBAN_TRUSTED_PROXIES to the number of your own proxies in front",
            )
        ]
    if settings.TRUSTED_PROXIES > 3:
        advice = "count your own proxies only: with too many, a client can make its address up"
        return [Finding("warning", f"{settings.TRUSTED_PROXIES} proxies are trusted", advice)]
    return []


def _disk() -> list[Finding]:
    free = shutil.disk_usage(settings.DATA).free if Path(settings.DATA).exists() else 0
    if free < 2 * 2**30:
        level: Level = "danger" if free < 2**28 else "warning"
        return [Finding(level, f"only {free // 2**20} MB of disk left in the data folder", "make room")]
    return []


def _database() -> list[Finding]:
    try:
        refuse_unready()
    except NotReady as unready:
        return [Finding("danger", NO_DATABASE, str(unready))]
    found = [Finding("ok", f"database ({connection.vendor}) is of this version")]
    if connection.vendor == "postgresql" and connection.cursor().connection.info.server_version < 150000:
        found.append(Finding("danger", "PostgreSQL is older than 15", "upgrade it"))
    return [*found, *_disk()]


def _registry() -> list[Finding]:
    from tongban.registry import snapshot

    registry = snapshot.current()
    if not registry.units or not registry.matters:
        return [
            Finding("danger", "the registry is empty", "tongban import registry units.csv … (docs/rooms/registry.md)")
        ]
    found = [
        Finding(
            "ok",
            f"registry: {len(registry.places)} places, {len(registry.units)} units, {len(registry.matters)} matters",
        )
    ]
    today = timezone.localdate()
    lost = [
        row.code
        for row in registry.places.values()
        if row.level == "county" and registry.coordinating(row.code, today) is None
    ]
    if lost:
        found.append(
            Finding(
                "danger",
                f"no coordinating unit for {len(lost)} counties, the first {lost[0]}",
                "mark one as coordinating",
            )
        )
    if registry.limit("answer", next(iter(registry.matters)), next(iter(registry.places))) is None:
        found.append(Finding("warning", "no time limit for answers", "import limits"))
    horizon = today + timedelta(days=60)
    if horizon.year not in registry.calendar.years_loaded():
        found.append(
            Finding(
                "warning",
                f"the calendar of {horizon.year} is not loaded; deadlines in working days wait for it",
                "load the State Council's notice: tongban import calendar FILE --source NUMBER",
            )
        )
    return found


def _people() -> list[Finding]:
    from tongban.accounts.models import Official

    found = _administrators()
    now = timezone.now()
    given = Official.objects.filter(is_active=True, first_password_until__isnull=False)
    late, new = given.filter(first_password_until__lte=now).count(), given.filter(first_password_until__gt=now).count()
    if late:
        found.append(
            Finding(
                "warning",
                f"{late} first passwords expired before they were used",
                "have an administrator give new ones, or close the accounts",
            )
        )
    if new:
        found.append(
            Finding(
                "warning",
                f"{new} officials have not changed their first password yet",
                "each is changed at the first sign-in",
            )
        )
    if settings.SECOND_FACTOR:
        from allauth.mfa.models import Authenticator

        bare = Official.objects.filter(is_active=True).exclude(pk__in=Authenticator.objects.values("user_id")).count()
        if bare:
            found.append(
                Finding(
                    "warning", f"{bare} officials have no second factor yet", "they are asked at their next sign-in"
                )
            )
    return found


def _administrators() -> list[Finding]:
    from tongban.accounts.models import Post, Role

    today = timezone.localdate()
    held = Post.objects.filter(official__is_active=True, since__lte=today).filter(
        Q(until__isnull=True) | Q(until__gte=today)
    )
    number = held.filter(role=Role.ADMINISTRATOR).values("official_id").distinct().count()
    if not number:
        return [
            Finding("warning", "there is no administrator", "tongban official NAME --unit CODE --role administrator")
        ]
    if number == 1:
        advice = "make a second: posts that open cases take two, and nobody sees what one does alone"
        return [Finding("warning", "there is one administrator only", advice)]
    return []


def _work() -> list[Finding]:
    from tongban.cases.models import Act, Case, Notice

    found = []
    failed = Notice.objects.filter(state="failed").count()
    if failed:
        found.append(
            Finding(
                "warning", f"{failed} notices could not be sent", "check the mail server, then `tongban notices retry`"
            )
        )
    waiting = Act.objects.filter(settled=False, at__lt=timezone.now() - timedelta(minutes=10)).count()
    if waiting:
        found.append(
            Finding("warning", f"{waiting} acts are not in the index yet", "is the worker running? tongban worker")
        )
    pending = Case.objects.filter(awaiting_calendar__isnull=False).count()
    if pending:
        found.append(
            Finding(
                "warning", f"{pending} cases wait for a calendar year", "load it; their deadlines follow by themselves"
            )
        )
    return found


def _ledger() -> list[Finding]:
    from tongban.ledger import integrator, log, signing, witnessing
    from tongban.merkle import LogError

    keys = "make one: tongban ledger key " + str(settings.LEDGER_ORIGIN)
    try:
        if not signing.signers():
            return [Finding("danger", "the ledger has no key: nothing that is done can be proved", keys)]
        last = signing.last_signed()
        signing.refuse_behind()
    except LogError as error:
        return [Finding("danger", "the ledger is not signed", str(error))]
    found = [*([_second_place()] if last is not None else []), *_delay()]
    head, here = log.latest(), log.standing()
    if last is None and head is not None:
        found.append(
            Finding(
                "danger",
                f"{settings.LEDGER_GUARD} is gone, but the ledger was signed",
                "put it back (docs/rooms/ledger.md)",
            )
        )
    if integrator.waiting() >= 10_000 or (head is not None and here.size > head[1].size + 10_000):
        found.append(
            Finding(
                "warning",
                "more than 10,000 acts are not on the signed ledger yet",
                "is the worker running? tongban worker",
            )
        )
    try:
        watched = witnessing.policy()
    except LogError as error:
        return [*found, Finding("danger", "the ledger's policy cannot be read", str(error))]
    if watched is None:
        found.append(
            Finding(
                "warning",
                "nobody witnesses the ledger",
                "ask another city or a newspaper, and set TONGBAN_LEDGER_POLICY",
            )
        )
    else:
        states = witnessing.watch()
        silent = [state.name for state in states.witnesses if state.error] if states else []
        if silent:
            found.append(
                Finding(
                    "warning",
                    f"{len(silent)} witnesses did not cosign at the last attempt, the first {silent[0]}",
                    "see the page /ledger/",
                )
            )
    return found or [Finding("ok", f"ledger: {here.size} entries, signed")]


def _second_place() -> Finding:
    guard = Path(settings.LEDGER_GUARD).parent.resolve()
    data = Path(settings.DATA).resolve()
    if connection.vendor == "sqlite" and guard.is_relative_to(Path(settings.DATA).resolve()):
        return Finding(
            "warning",
            "the ledger's second place lies in the data folder: a backup restored as a whole would take it back too",
            "set TONGBAN_LEDGER_GUARD to a file on another disk",
        )
    if connection.vendor == "sqlite" and guard.exists() and data.exists() and guard.stat().st_dev == data.stat().st_dev:
        return Finding(
            "warning",
            "the ledger's second place lies on the disk of the database: restored as a whole it goes back too",
            "set TONGBAN_LEDGER_GUARD to a file on another disk",
        )
    return Finding("ok", f"the ledger's second place: {settings.LEDGER_GUARD}")


def _delay() -> list[Finding]:
    """Whether an entry has waited longer for the log than the house says that it does."""
    from tongban.ledger.models import QueuedEntry

    oldest = QueuedEntry.objects.order_by("key").values_list("key", flat=True).first()
    if oldest is None:
        return []
    waited = time.time() - int.from_bytes(bytes(oldest)[:6], "big") / 1000  # UUIDv7: milliseconds first
    allowed = 60 + 2 * float(getattr(settings, "LEDGER_DELAY", 0))
    if waited <= allowed:
        return []
    return [
        Finding(
            "warning",
            f"an entry has waited {int(waited // 60)} minutes for the ledger",
            "is the worker running? tongban worker",
        )
    ]


def _rooms() -> list[Finding]:
    """What the rooms look at themselves."""
    from tongban.gate.door import loaded, parts
    from tongban.gate.parts import DoctorCheck

    return [Finding(*found) for part in parts(DoctorCheck) for found in loaded(part.check)()]


def report(findings: list[Finding]) -> int:
    """Print the findings; 0 where nothing is dangerous, else 1."""
    console = Console()
    marks = {"ok": "[green]✓[/green]", "warning": "[yellow]![/yellow]", "danger": "[red]✗[/red]"}
    for item in findings:
        console.print(marks[item.level], item.what, f"— {item.advice}" if item.advice else "", highlight=False)
    return 1 if any(item.level == "danger" for item in findings) else 0
