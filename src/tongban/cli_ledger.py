"""`tongban ledger …` and `tongban witness …`. What checks a log or a receipt needs no settings and no database."""

from __future__ import annotations

import json
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any
from urllib.request import urlopen

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeRemainingColumn

from tongban.merkle import LogError, Note, Policy, Verifier, new_signer, parse_signer, parse_verifier
from tongban.merkle import audit as auditing
from tongban.merkle.checkpoint import Checkpoint
from tongban.merkle.errors import Malformed
from tongban.merkle.notes import COSIGNATURE
from tongban.merkle.sources import Source, open_source

ledger = typer.Typer(no_args_is_help=True, help="The public log of acts: publish it, check it, keep its keys.")
witness = typer.Typer(no_args_is_help=True, help="Watch another city's log.")
console = Console(stderr=True)
COLUMNS = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[speed]}"), TimeRemainingColumn())
Key = Annotated[str | None, typer.Option("--key", help="A vkey, or a file with vkeys. Without it the log's own log.vkey is taken: then only its consistency is checked, not whose it is.")]


@contextmanager
def said() -> Iterator[None]:
    """Errors of a log in words, with exit code 1."""
    try:
        yield
    except LogError as error:
        console.print(f"✗ {error}", style="red", markup=False)
        raise typer.Exit(1) from None


def _django() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tongban.config.settings")
    from tongban.config.demo_keys import use_demo_keys_if_there

    use_demo_keys_if_there()
    import django

    django.setup()


def keys_from(text: str | None, source: Source | None) -> list[Verifier]:
    """The keys to trust. Raises LogError."""
    if text is None:
        if source is None:
            raise Malformed("say whose key you trust: --key VKEY or --key FILE")
        text = source.get("log.vkey").decode(errors="replace")
        console.print("The key comes from the log itself. To know whose log it is, get the key another way and give it with --key.", style="yellow")
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
    since: Annotated[Path | None, typer.Option(help="A checkpoint kept from before: the log must have grown from it.")] = None,
    key: Key = None,
    policy: Annotated[Path | None, typer.Option(help="A policy file (c2sp.org/tlog-policy): its witnesses must have cosigned.")] = None,
    state: Annotated[Path | None, typer.Option(help="Keep here how far the check has come; the next run goes on from there.")] = None,
    save: Annotated[Path | None, typer.Option(help="Keep the checked checkpoint here, for --since.")] = None,
) -> None:
    """Check signatures, growth, every tile and every entry of a log."""
    with said():
        source = open_source(where)
        note, checkpoint = _head(source, key, policy)
        if since is not None:
            _grown(source, since, checkpoint, keys_from(key, source) if key or policy is None else list(Policy.parse(policy.read_text()).logs))
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


def _check(source: Source, checkpoint: Checkpoint, state: Path | None, seen: Callable[[list[bytes]], None] | None, extra: Callable[[], Any] | None = None, kept: dict[str, Any] | None = None) -> None:
    kept = kept if kept is not None else _kept(state)
    progress = auditing.Progress.loads(json.dumps(kept["progress"])) if kept else None

    def keep(at: auditing.Progress) -> None:
        if state is not None:
            fresh = state.with_name(state.name + ".new")
            fresh.write_text(json.dumps({"progress": json.loads(at.dumps()), "extra": extra() if extra else None}), encoding="utf-8")
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
    site: Annotated[str | None, typer.Option(help="The site whose published figures are compared; by default the one of the log's address.")] = None,
    key: Key = None,
    state: Annotated[Path | None, typer.Option(help="Keep here how far the check has come; the next run goes on from there.")] = None,
    patience: Annotated[int, typer.Option(help="Seconds to wait before figures that differ are read again: they may lag a minute.")] = 65,
) -> None:
    """Check a log and recompute every unit's published figures from its entries; every difference is listed."""
    from tongban.scorecards.rules import Tallies, recount

    with said():
        source = open_source(where)
        if site is None and where.startswith(("http://", "https://")):
            site = where.split("/ledger")[0]
        if site is None:
            raise Malformed("say where the figures are published: --site https://…")
        kept = _kept(state)
        tallies: Tallies = Tallies()
        for unit, month, kind, measure, value, count in (kept or {}).get("extra") or ():
            tallies[(unit, month, kind, measure, value)] = count
        for attempt in (1, 2):
            _note, checkpoint = _head(source, key, None)

            def seen(found: list[bytes]) -> None:
                for raw in found:
                    try:
                        entry = json.loads(raw)
                    except ValueError:
                        continue
                    if isinstance(entry, dict):
                        recount(entry, tallies)

            state = state or Path(tempfile.mkdtemp(prefix="tongban-audit-")) / "state.json"
            _check(source, checkpoint, state, seen, lambda: [[*name, count] for name, count in tallies.items()], kept)
            kept = _kept(state)
            differences = list(compare(tallies, site))
            if not differences or attempt == 2 or patience <= 0:
                break
            console.print(f"{len(differences)} differences; the figures may lag, reading them again in {patience} s …", style="yellow")
            time.sleep(patience)
        for unit, month, name, published, counted in differences:
            typer.echo(f"≠ {unit} {month} {name}: published {published}, from the log {counted}")
        if differences:
            raise typer.Exit(1)
        units = len({unit for unit, *_rest in tallies})
        typer.echo(f"✓ {checkpoint.origin}: {checkpoint.size} entries checked; the published figures of {units} units agree with them")


FIGURES = ("received", "answered", "in_time", "late", "in_time_percent", "median_days", "rated", "satisfied_percent", "overdue")


def compare(tallies: Any, site: str) -> Iterator[tuple[str, str, str, Any, Any]]:
    """(unit, month, figure, published, from the log) of every difference, month by month."""
    from tongban.scorecards.rules import Figures, figures_of

    mine = figures_of(tallies)
    months = sorted({month for _unit, month in mine})
    nothing = Figures()
    for month in months:
        published = {row["unit"]: row for row in published_figures(site, month)}
        for unit in sorted({unit for unit, of in mine if of == month} | set(published)):
            row, found = published.get(unit), mine.get((unit, month), nothing)
            for name in FIGURES:
                told = row[name] if row else getattr(nothing, name)
                if told != getattr(found, name):
                    yield unit, month, name, told, getattr(found, name)


def published_figures(site: str, month: str) -> Iterator[dict[str, Any]]:
    """The figures of every unit in one month, from the site's API."""
    if not site.startswith(("http://", "https://")):
        raise Malformed("a site begins with http:// or https://")
    cursor = ""
    while True:
        address = f"{site.rstrip('/')}/api/v1/figures?by=unit&since={month}&until={month}&cursor={cursor}"
        try:
            with urlopen(address, timeout=30) as answer:  # noqa: S310 (http(s) only, checked above)
                page = json.load(answer)
        except (OSError, ValueError) as error:
            raise LogError(f"{address}: {error}") from None
        yield from page["items"]
        cursor = page.get("next") or ""
        if not cursor:
            return


@ledger.command("verify-receipt")
def verify_receipt(
    file: Path,
    key: Annotated[str | None, typer.Option("--key", help="A vkey, or a file with vkeys, of the log you trust.")] = None,
    policy: Annotated[Path | None, typer.Option(help="A policy file: its witnesses must have cosigned.")] = None,
    words: Annotated[bool, typer.Option("--words/--no-words", help="Show what the receipt proves was written.")] = True,
) -> None:
    """Check a receipt offline, with nothing but the keys you trust."""
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
        typer.echo(f"✓ entry {opened.index} of {opened.checkpoint.origin}, in the signed tree of {opened.checkpoint.size} entries")
        typer.echo(json.dumps(opened.entry, ensure_ascii=False, sort_keys=True))
        if words and opened.private is not None:
            typer.echo("the entry's seal covers:")
            typer.echo(json.dumps(opened.private, ensure_ascii=False, indent=2, sort_keys=True))


@ledger.command("integrate")
def integrate() -> None:
    """Integrate what waits and sign (the worker does it all the time)."""
    _django()
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
    _django()
    from tongban.ledger import log
    from tongban.ledger.exporting import export as write

    with said():
        head = log.latest()
        with shown("bundles", (head[1].size if head else 0) // 256 + 1) as at:
            checkpoint, written = write(folder, lambda number: at(number + 1) if number >= 0 else None)
        typer.echo(f"{folder}: {checkpoint.size} entries, {written} files written")


@ledger.command("recover")
def recover(where: Annotated[str, typer.Argument(help="The published log (…/ledger/) or a folder with an exported copy.")]) -> None:
    """After an old backup was restored: bring the entries back that were signed since."""
    _django()
    from tongban.ledger.recovery import recover as bring_back

    with said():
        count, checkpoint = bring_back(open_source(where))
        typer.echo(f"{count} entries brought back; the log has {checkpoint.size} again")


@ledger.command("guard")
def guard(accept: Annotated[bool, typer.Option("--accept", help="The guard file is lost for good: take the newest signed checkpoint in the database for it.")] = False) -> None:
    """Show the last signed checkpoint in the second place."""
    _django()
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
def key_new(origin: Annotated[str, typer.Argument(help="The log's name, such as city.example/ledger: the site's address without https://, and /ledger.")]) -> None:
    """Make a key for the log. The private one goes into TONGBAN_LEDGER_KEYS, and into no database and no backup of one."""
    with said():
        signer = new_signer(origin)
    typer.echo(f"TONGBAN_LEDGER_ORIGIN={origin}")
    typer.echo(f"TONGBAN_LEDGER_KEYS={signer.secret()}")
    typer.echo(f"# public: {signer.verifier.vkey}")


@witness.command("key")
def witness_key(name: Annotated[str, typer.Argument(help="The witness's name, such as paper.example/witness.")]) -> None:
    """Make a key for a witness."""
    with said():
        signer = new_signer(name, COSIGNATURE)
    typer.echo(f"TONGBAN_WITNESS_KEY={signer.secret()}")
    typer.echo(f"# public: {signer.verifier.vkey}")


@witness.command("serve")
def witness_serve(
    log: Annotated[list[str], typer.Option("--log", help="vkey of a log to watch; may be given several times.")],
    data: Annotated[Path, typer.Option(help="The SQLite file in which the witness remembers.")] = Path("witness.sqlite3"),
    host: Annotated[str, typer.Option()] = "127.0.0.1",
    port: Annotated[int, typer.Option()] = 8100,
) -> None:
    """Watch logs: cosign what has only grown, refuse the rest. The key comes from TONGBAN_WITNESS_KEY."""
    from tongban.ledger.witness_server import Witness, server

    with said():
        secret = os.environ.get("TONGBAN_WITNESS_KEY", "")
        if not secret:
            raise Malformed("set TONGBAN_WITNESS_KEY; make one with: tongban witness key NAME")
        signer = parse_signer(secret)
        if signer.verifier.kind != COSIGNATURE:
            raise Malformed("the witness's key must be one for cosignatures; make one with: tongban witness key NAME")
        watching = Witness(signer, [parse_verifier(item) for item in log], data)
    served = server(watching, host, port)
    console.print(f"{signer.name} watches {len(log)} logs at http://{host}:{port}/ (Ctrl-C stops it)", markup=False)
    try:
        served.serve_forever()
    except KeyboardInterrupt:
        pass
    finally:
        served.server_close()
