"""`tongban ledger …`: publish the log, check it, keep its keys. What checks a log or a receipt needs no
settings and no database."""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeRemainingColumn

from tongban.commands.doors import recounted
from tongban.config.ready import django_ready
from tongban.merkle import LogError, Note, Policy, Verifier, new_signer, parse_verifier
from tongban.merkle import audit as auditing
from tongban.merkle.checkpoint import Checkpoint
from tongban.merkle.errors import Malformed
from tongban.merkle.sources import Source, open_source

ledger = typer.Typer(no_args_is_help=True, help="The public log of acts: publish it, check it, keep its keys.")
console = Console(stderr=True)
COLUMNS = (
    SpinnerColumn(),
    TextColumn("{task.description}"),
    BarColumn(),
    MofNCompleteColumn(),
    TextColumn("{task.fields[speed]}"),
    TimeRemainingColumn(),
)
Key = Annotated[
    str | None,
    typer.Option(
        "--key",
        help=(
            "A vkey, or a file with vkeys. Without it the log's own log.vkey is taken: then only its consistency is "
            "checked, not whose it is."
        ),
    ),
]


@contextmanager
def said() -> Iterator[None]:
    """Errors of a log in words, with exit code 1."""
    try:
        yield
    except LogError as error:
        console.print(f"✗ {error}", style="red", markup=False)
        raise typer.Exit(1) from None


def keys_from(text: str | None, source: Source | None) -> list[Verifier]:
    """The keys to trust. Raises LogError."""
    if text is None:
        if source is None:
            raise Malformed("say whose key you trust: --key VKEY or --key FILE")
        text = source.get("log.vkey").decode(errors="replace")
        console.print(
            "The key comes from the log itself. To know whose log it is, get the key another way and give it with "
            "--key.",
            style="yellow",
        )
    elif Path(text).is_file():
        text = Path(text).read_text(encoding="utf-8")
    keys = [parse_verifier(line) for line in text.split() if line.strip()]
    if not keys:
        raise Malformed("no key was given")
    return keys


@contextmanager
def shown(what: str, total: int, done: int = 0) -> Iterator[Callable[[int], None]]:
    """A bar on the terminal with speed and time left; yields a function that takes how far it is."""
    with Progress(*COLUMNS, console=console, transient=True) as bar:
        task = bar.add_task(what, total=total, completed=done, speed="")
        began = time.monotonic()

        def at(count: int) -> None:
            bar.update(task, completed=count, speed=f"{(count - done) / max(time.monotonic() - began, 0.001):,.0f}/s")

        yield at


@ledger.command("verify")
def verify(
    where: Annotated[str, typer.Argument(help="The log's address (…/ledger/) or a folder with a copy.")],
    since: Annotated[
        Path | None, typer.Option(help="A checkpoint kept from before: the log must have grown from it.")
    ] = None,
    key: Key = None,
    policy: Annotated[
        Path | None, typer.Option(help="A policy file (c2sp.org/tlog-policy): its witnesses must have cosigned.")
    ] = None,
    state: Annotated[
        Path | None, typer.Option(help="Keep here how far the check has come; the next run goes on from there.")
    ] = None,
    save: Annotated[Path | None, typer.Option(help="Keep the checked checkpoint here, for --since.")] = None,
) -> None:
    """Check signatures, growth, every tile and every entry of a log."""
    with said():
        source = open_source(where)
        note, checkpoint = _head(source, key, policy)
        if since is not None:
            _grown(
                source,
                since,
                checkpoint,
                keys_from(key, source) if key or policy is None else list(Policy.parse(policy.read_text()).logs),
            )
        _check(source, checkpoint, state, None)
        if save is not None:
            save.write_text(str(note), encoding="utf-8")
        typer.echo(f"✓ {checkpoint.origin}: {checkpoint.size} entries, every signature, tile and entry checked")


def _head(source: Source, key: str | None, policy: Path | None) -> tuple[Note, Checkpoint]:
    if policy is not None:
        note = Note.parse(source.get("checkpoint"))
        return note, Policy.parse(policy.read_text(encoding="utf-8")).opened(note)
    return auditing.read_checkpoint(source, keys_from(key, source))


def _grown(source: Source, since: Path, checkpoint: Checkpoint, keys: list[Verifier]) -> None:
    auditing.check_growth(source, Note.parse(since.read_bytes()).opened(keys), checkpoint)


def _check(
    source: Source,
    checkpoint: Checkpoint,
    state: Path | None,
    seen: Callable[[list[bytes]], None] | None,
    extra: Callable[[], Any] | None = None,
    kept: dict[str, Any] | None = None,
) -> None:
    kept = kept if kept is not None else _kept(state)
    progress = auditing.Progress.loads(json.dumps(kept["progress"])) if kept else None

    def keep(at: auditing.Progress) -> None:
        if state is not None:
            fresh = state.with_name(state.name + ".new")
            fresh.write_text(
                json.dumps({"progress": json.loads(at.dumps()), "extra": extra() if extra else None}), encoding="utf-8"
            )
            fresh.replace(state)

    with shown("entries", checkpoint.size, progress.edge.size if progress else 0) as at:

        def each(first: int, found: Any) -> None:
            if seen is not None:
                seen(found)
            at(first + len(found))

        auditing.check_log(source, checkpoint, progress, each, keep)


def _kept(state: Path | None) -> dict[str, Any] | None:
    if state is None or not state.exists():
        return None
    try:
        found = json.loads(state.read_text(encoding="utf-8"))
        return found if isinstance(found, dict) and "progress" in found else None
    except ValueError:
        raise Malformed(f"{state} does not hold the state of a check; delete it to begin anew") from None


@ledger.command("audit")
def audit(
    where: Annotated[str, typer.Argument(help="The log's address (…/ledger/) or a folder with a copy.")],
    site: Annotated[
        str | None,
        typer.Option(help="The site whose published figures are compared; by default the one of the log's address."),
    ] = None,
    key: Key = None,
    state: Annotated[
        Path | None, typer.Option(help="Keep here how far the check has come; the next run goes on from there.")
    ] = None,
    patience: Annotated[
        int, typer.Option(help="Seconds to wait before figures that differ are read again: they may lag a minute.")
    ] = 65,
) -> None:
    """Check a log and recompute every unit's published figures of ended months from it; every difference is listed.

    The statements of each month must list as many acts of each word as the log has entries for it. The running month is
    not on the ledger yet, so it is not compared. Registers and feeds that doors publish are recounted as well: every
    row behind which the log has no decision is named.
    """
    from tongban.gate.door import loaded
    from tongban.gate.parts import Recounting
    from tongban.scorecards import auditing as figures
    from tongban.scorecards.recounting import Recount

    with said():
        source = open_source(where)
        if site is None and where.startswith(("http://", "https://")):
            site = where.split("/ledger")[0]
        if site is None:
            raise Malformed("say where the figures are published: --site https://…")
        kept = _kept(state)
        beside = (kept or {}).get("extra") or {}
        recount = Recount.resumed(beside)
        rooms: dict[str, Recounting] = {
            one.name: loaded(one.recount)((beside.get("rooms") or {}).get(one.name)) for one in recounted()
        }
        everything = figures.Together(recount, rooms)
        state = state or Path(tempfile.mkdtemp(prefix="tongban-audit-")) / "state.json"
        for attempt in (1, 2):
            _note, checkpoint = _head(source, key, None)
            _check(source, checkpoint, state, partial(figures.take_in, everything), everything.kept, kept)
            kept = _kept(state)
            running = figures.ended(datetime.now(UTC))
            differences = list(figures.differences(recount, site, running, figures.published_figures))
            for room in rooms.values():
                differences += room.differences(site, keys_from(key, source), datetime.now(UTC))
            if not differences or attempt == 2 or patience <= 0:
                break
            console.print(
                f"{len(differences)} differences; the figures may lag, reading them again in {patience} s …",
                style="yellow",
            )
            time.sleep(patience)
        for line in differences:
            typer.echo(f"≠ {line}")
        if differences:
            raise typer.Exit(1)
        units = len({unit for unit, *_rest in recount.tallies})
        typer.echo(
            f"✓ {checkpoint.origin}: {checkpoint.size} entries checked; the published figures of {units} units agree "
            "with them"
        )
        for line in filter(None, (room.summary() for room in rooms.values())):
            typer.echo(f"✓ {line}")


@ledger.command("verify-receipt")
def verify_receipt(
    file: Path,
    key: Annotated[
        str | None, typer.Option("--key", help="A vkey, or a file with vkeys, of the log you trust.")
    ] = None,
    policy: Annotated[Path | None, typer.Option(help="A policy file: its witnesses must have cosigned.")] = None,
    words: Annotated[bool, typer.Option("--words/--no-words", help="Show what the receipt proves was written.")] = True,
    log: Annotated[
        str | None, typer.Option("--log", help="The log (address or folder): is the act in its month's statement?")
    ] = None,
) -> None:
    """Check a receipt offline, with nothing but the keys you trust; with --log also that the figures count its act."""
    with said():
        if key is None and policy is None:
            raise Malformed("say whose key you trust: --key VKEY, --key FILE (log.vkey), or --policy FILE")
        trusted = Policy.parse(policy.read_text(encoding="utf-8")) if policy else None
        keys = list(trusted.logs) if trusted else keys_from(key, None)
        from tongban.ledger.opening import open_receipt

        try:
            raw = file.read_bytes()
        except OSError as error:
            raise Malformed(f"{file}: {error.strerror}") from None
        opened = open_receipt(raw, keys)
        if trusted is not None:
            from tongban.merkle import Receipt

            trusted.opened(Receipt.parse(raw).checkpoint)
        typer.echo(
            f"✓ entry {opened.index} of {opened.checkpoint.origin}, in the signed tree of {opened.checkpoint.size} "
            "entries"
        )
        typer.echo(json.dumps(opened.entry, ensure_ascii=False, sort_keys=True))
        if words and opened.told is not None:
            typer.echo("the entry's seal covers:")
            typer.echo(json.dumps(opened.told, ensure_ascii=False, indent=2, sort_keys=True))
        if opened.statement is not None:
            _counted(opened, log, keys)


def _counted(opened: Any, where: str | None, keys: list[Verifier]) -> None:
    """Say in which statement the act is counted; without a log, what to look for. Raises LogError where it is
    missing."""
    from tongban.scorecards import auditing as figures

    _kind, unit, month = opened.statement
    if where is None:
        what = opened.entry["act"]
        typer.echo(f"it counts as “{what}” for {unit} in {month}, marked {opened.mark}; look for it with --log")
        return
    source = open_source(where)
    _note, checkpoint = auditing.read_checkpoint(source, keys)
    site = where.split("/ledger")[0] if where.startswith(("http://", "https://")) else None
    words = figures.published_words(site) if site and figures.needs_words(opened) else None
    found = figures.counted(opened, source, checkpoint, datetime.now(UTC), words)
    if found is None:
        typer.echo(f"the statement of {unit} for {month} is not on the log yet")
    else:
        told = f"{found.what} {found.told or ''}".rstrip()
        typer.echo(f"✓ entry {found.index}, the statement of the month, counts it: {told}")
        if not found.checked:
            typer.echo("what the item's values are only its site can say: give the log by its address to compare them")


@ledger.command("integrate")
def integrate() -> None:
    """Integrate what waits and sign (the worker does it all the time)."""
    django_ready()
    from tongban.ledger import integrator, signing

    with said():
        total = 0
        while count := integrator.integrate():
            total += count
        checkpoint = signing.publish()
        typer.echo(f"{total} entries integrated" + (f"; signed at {checkpoint.size}" if checkpoint else ""))


@ledger.command("export")
def export(folder: Path) -> None:
    """Bring a folder up to the newest checkpoint, for any static host. Incremental."""
    django_ready()
    from tongban.ledger import log
    from tongban.ledger.exporting import export as write

    with said():
        head = log.latest()
        with shown("bundles", (head[1].size if head else 0) // 256 + 1) as at:
            checkpoint, written = write(folder, lambda number: at(number + 1) if number >= 0 else None)
        typer.echo(f"{folder}: {checkpoint.size} entries, {written} files written")


@ledger.command("recover")
def recover(
    where: Annotated[str, typer.Argument(help="The published log (…/ledger/) or a folder with an exported copy.")],
) -> None:
    """After an old backup was restored: bring the entries back that were signed since."""
    django_ready()
    from tongban.ledger.recovery import recover as bring_back

    with said():
        count, checkpoint = bring_back(open_source(where))
        typer.echo(f"{count} entries brought back; the log has {checkpoint.size} again")


@ledger.command("guard")
def guard(
    accept: Annotated[
        bool,
        typer.Option(
            "--accept",
            help="The guard file is lost for good: take the newest signed checkpoint in the database for it.",
        ),
    ] = False,
) -> None:
    """Show the last signed checkpoint in the second place."""
    django_ready()
    from django.conf import settings

    from tongban.ledger import log, signing

    with said():
        last = signing.last_signed()
        if last is None and accept:
            head = log.latest()
            if head is None:
                raise Malformed("nothing has been signed yet")
            Path(settings.LEDGER_GUARD).parent.mkdir(parents=True, exist_ok=True)
            signing._write(Path(settings.LEDGER_GUARD), head[0])
            last = head
        typer.echo(f"{settings.LEDGER_GUARD}: " + (f"{last[1].size} entries" if last else "nothing there"))


@ledger.command("key")
def key_new(
    origin: Annotated[
        str,
        typer.Argument(
            help="The log's name, such as city.example/ledger: the site's address without https://, and /ledger."
        ),
    ],
) -> None:
    """Make a key for the log. The private one goes into TONGBAN_LEDGER_KEYS, and into no
    database and no backup of one."""
    with said():
        signer = new_signer(origin)
    typer.echo(f"TONGBAN_LEDGER_ORIGIN={origin}")
    typer.echo(f"TONGBAN_LEDGER_KEYS={signer.secret()}")
    typer.echo(f"# public: {signer.verifier.vkey}")
