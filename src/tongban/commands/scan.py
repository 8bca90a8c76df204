"""`tongban scan` and `tongban mask`: sensitive data in files and databases. They need no settings and
no database of their own.

Exit codes: 0 nothing at or above --fail-on; 1 something at or above it; 2 wrong use or a target that cannot be read;
130 interrupted (the scan can be resumed where --state was given).
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

console = Console(stderr=True)


class Format(StrEnum):
    table = "table"
    json = "json"
    xlsx = "xlsx"
    html = "html"


class Level(StrEnum):
    any = "any"
    general_1 = "general-1"
    general_2 = "general-2"
    general_3 = "general-3"
    general_4 = "general-4"
    important = "important"
    core = "core"


class Profile(StrEnum):
    new = "45574"
    old = "35273"


class Engine(StrEnum):
    local = "local"
    spark = "spark"
    ray = "ray"


def _language(chosen: str | None) -> str:
    if chosen in ("zh", "en"):
        return str(chosen)
    return (
        "zh"
        if any("zh" in os.environ.get(name, "").lower() for name in ("LC_ALL", "LC_MESSAGES", "LANG", "LANGUAGE"))
        else "en"
    )


@contextmanager
def said(language: str | None = None) -> Iterator[None]:
    """Errors of sources and rules in words, with exit code 2."""
    from tongban.detect.rules import RuleError
    from tongban.detect.sources import SourceError

    try:
        yield
    except OSError as error:
        console.print(f"✗ {error.filename or ''} {error.strerror or type(error).__name__}", style="red", markup=False)
        raise typer.Exit(2) from None
    except SourceError as error:
        from tongban.detect.reasons import wrong_words

        console.print(f"✗ {wrong_words(error, _language(language))}", style="red", markup=False)
        raise typer.Exit(2) from None
    except RuleError as error:
        console.print(f"✗ {error.words(_language(language))}", style="red", markup=False)
        raise typer.Exit(2) from None
    except (ImportError, ValueError) as error:
        console.print(f"✗ {error}", style="red", markup=False)
        raise typer.Exit(2) from None


def _size_of(target: str) -> int:
    """Bytes of the files under a target; 0 where they are not known."""
    if "://" in target:
        return 0
    path = Path(target)
    if path.is_file():
        return path.stat().st_size
    total = 0
    for folder, _folders, names in os.walk(path):
        for name in names:
            try:
                total += (Path(folder) / name).lstat().st_size
            except OSError:
                continue
    return total


def scan(
    target: Annotated[
        str,
        typer.Argument(
            help=(
                "A file, a folder, or the URL of a database (sqlite:///…, postgresql://…, mysql://…). "
                "TONGBAN_SCAN_URL keeps a password out of the command line: give the word env."
            )
        ),
    ] = "",
    profile: Annotated[
        Profile, typer.Option(help="Which standard says what is sensitive: GB/T 45574-2025 or GB/T 35273-2020.")
    ] = Profile.new,
    sample: Annotated[str, typer.Option(help="Rows of each table of a database, or all.")] = "all",
    format: Annotated[Format, typer.Option(help="How the report is written.")] = Format.table,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="Where to write it; without it to the terminal (not for xlsx)."),
    ] = None,
    fail_on: Annotated[
        Level | None,
        typer.Option(help="Exit with 1 where a field is of this level or above; any: where anything is found."),
    ] = None,
    checked_only: Annotated[
        bool,
        typer.Option(
            "--checked-only",
            help="Only numbers with a check, at the full speed of the loops: no names, addresses or words.",
        ),
    ] = False,
    rules: Annotated[Path | None, typer.Option(help="Own detectors (TOML).")] = None,
    check_rules: Annotated[bool, typer.Option("--check-rules", help="Only try the examples of --rules.")] = False,
    table: Annotated[list[str] | None, typer.Option(help="Only these tables of a database.")] = None,
    state: Annotated[
        Path | None, typer.Option(help="Keep how far the scan came in this file, and go on from it.")
    ] = None,
    language: Annotated[
        str | None, typer.Option("--lang", "--language", help="zh or en; otherwise as the system's (LANG).")
    ] = None,
    engine: Annotated[
        Engine, typer.Option(help="local, or an existing Spark or Ray cluster (Parquet, CSV and JSON in folders).")
    ] = Engine.local,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress.")] = False,
) -> None:
    """Find sensitive data in files and databases, classify and grade it (GB/T 43697, GB/T 45574)."""
    from tongban.detect import rules as own_rules
    from tongban.detect.rules import Rules

    with said(language):
        mine = own_rules.load(rules) if rules else Rules()
        if check_rules:
            if rules is None:
                raise ValueError("--check-rules needs --rules FILE")
            console.print(f"✓ {len(mine.patterns)} rules: every example holds", style="green")
            return
        if not target:
            raise ValueError("say what to scan: a file, a folder or the URL of a database")
        if target == "env":
            target = os.environ.get("TONGBAN_SCAN_URL", "")
            if not target:
                raise ValueError("TONGBAN_SCAN_URL is empty")
        if format is Format.xlsx and output is None:
            raise ValueError("xlsx needs --output FILE")
        if sample != "all" and not (sample.isascii() and sample.isdigit() and int(sample)):
            raise ValueError("--sample is a number of rows, or all")
        from tongban.detect.scan import Options

        options = Options(
            profile.value,
            0 if sample == "all" else int(sample),
            checked_only,
            mine,
            tables=tuple(table) if table else None,
        )
        if engine is not Engine.local:
            from tongban.detect import clusters

            report = clusters.run(engine.value, target, options)
        else:
            report = _local(target, options, state, quiet)
        _write(report, format, output, _language(language))
    if report.skipped and format is not Format.table:
        console.print(f"{len(report.skipped)} parts were not read; the report says why", style="yellow")
    if fail_on is not None and _reaches(report, fail_on):
        raise typer.Exit(1)


def _reaches(report: Any, level: Level) -> bool:
    from tongban.detect.grading import levels

    order = levels()
    least = 0 if level is Level.any else order.index(level.value)
    return any(found.type and order.index(found.level) >= least for found in report.fields)


_AGAIN = {
    "changed": "{what} changed since the scan was interrupted; it is scanned again from its beginning.",
    "keyless": "{what} has no primary key of numbers or texts to go on from; it is scanned again from its beginning.",
}


def _local(target: str, options: Any, state: Path | None, quiet: bool) -> Any:
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeRemainingColumn

    from tongban.detect.scan import Scan

    running = Scan(target, options, state)
    if running.resumed:
        console.print("Going on where the last scan stopped.", style="yellow")
    total = _size_of(target)
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TextColumn("{task.fields[speed]}"),
        TimeRemainingColumn(),
    )
    begun, shown, told = time.monotonic(), 0.0, 0
    try:
        with Progress(*columns, console=console, disable=quiet or not console.is_terminal, transient=True) as bar:
            task = bar.add_task("…", total=total or None, speed="")
            for now in running.run():
                for why, what in running.notes[told:]:
                    console.print(_AGAIN[why].format(what=what), style="yellow", markup=False)
                told = len(running.notes)
                moment = time.monotonic()
                if moment - shown < 0.1:
                    continue
                shown = moment
                seconds = max(moment - begun, 0.001)
                speed = f"{now.read / seconds / 1e6:,.0f} MB/s" if now.read else f"{now.rows / seconds:,.0f} rows/s"
                name = Path(now.source).name if "://" not in now.source else now.source
                bar.update(task, completed=now.read, speed=speed, description=f"{name} {now.part}"[-48:])
    except KeyboardInterrupt:
        console.print(
            "Interrupted." + (f" Run it again with --state {state} to go on." if state else ""),
            style="yellow",
            markup=False,
        )
        raise typer.Exit(130) from None
    return running.report


def _write(report: Any, format: Format, output: Path | None, language: str) -> None:
    from tongban.detect import presenting

    if format is Format.xlsx and output is not None:
        presenting.write_xlsx(report, output, language)
    elif format in (Format.json, Format.html):
        text = report.as_json() + "\n" if format is Format.json else presenting.as_html(report, language)
        if output is None:
            sys.stdout.write(text)
        else:
            output.write_text(text, "utf-8")
    else:
        _table(report, language, output)


def _table(report: Any, language: str, output: Path | None) -> None:
    from rich.markup import escape
    from rich.table import Table

    from tongban.detect import presenting
    from tongban.detect.reasons import left_words

    with output.open("w", encoding="utf-8") if output else _stdout() as where:
        out = Console(file=where, width=None if where.isatty() else 160)
        lines = presenting.rows(report, language)
        if lines:
            keys = ("level", "source", "part", "column", "type", "share", "persons", "sure")
            shown = Table(*(presenting.word(key, language) for key in keys))
            for line in lines:
                shown.add_row(*map(escape, line))
            out.print(shown)
        else:
            out.print(presenting.word("nothing", language))
        for left in report.skipped:
            out.print(
                f"– {left.source} {left.part}: {left_words(left.key, left.why, left.more, language)}",
                markup=False,
                highlight=False,
            )
        out.print(
            f"{report.rows:,} {presenting.word('rows', language)} · {report.read:,} "
            f"{presenting.word('read', language)}",
            highlight=False,
        )


@contextmanager
def _stdout() -> Iterator[Any]:
    yield sys.stdout


class Way(StrEnum):
    MASK = "mask"
    HASH = "hash"
    REPLACE = "replace"
    GENERALISE = "generalise"


def mask(
    source: Annotated[
        str, typer.Argument(help="A text, CSV or Parquet file, a SQLite file, or the URL of a database.")
    ],
    target: Annotated[str, typer.Argument(help="A new file, or the URL of a database without these tables.")],
    mode: Annotated[
        Way,
        typer.Option(
            help=(
                "mask: stars. hash: a keyed digest. replace: another valid value, turned back with the key. "
                "generalise: less exact."
            )
        ),
    ] = Way.MASK,
    reverse: Annotated[
        bool, typer.Option("--reverse", help="Turn a copy made with replace back, with the same key.")
    ] = False,
    checked_only: Annotated[bool, typer.Option("--checked-only", help="Only numbers with a check.")] = False,
    rules: Annotated[Path | None, typer.Option(help="Own detectors (TOML).")] = None,
    table: Annotated[list[str] | None, typer.Option(help="Only these tables of a database.")] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress.")] = False,
) -> None:
    """Copy a file or a database without its sensitive values. hash and replace take the key from TONGBAN_MASK_KEY."""
    from rich.progress import Progress, SpinnerColumn, TextColumn

    from tongban.detect import rules as own_rules
    from tongban.detect.replacing import Replacer, key_from
    from tongban.detect.rules import Rules

    with said():
        secret = os.environ.get("TONGBAN_MASK_KEY", "")
        if mode in (Way.HASH, Way.REPLACE) and not secret:
            raise ValueError(
                "hash and replace need a key: set TONGBAN_MASK_KEY (12 characters or more) and keep it apart from "
                "the copy"
            )
        replacer = Replacer(mode.value, key_from(secret) if mode in (Way.HASH, Way.REPLACE) else None, reverse)
        from tongban.detect.copying import copy
        from tongban.detect.scan import Options

        options = Options(
            checked_only=checked_only,
            rules=own_rules.load(rules) if rules else Rules(),
            tables=tuple(table) if table else None,
        )
        with Progress(
            SpinnerColumn(),
            TextColumn("{task.description}", markup=False),
            console=console,
            disable=quiet or not console.is_terminal,
            transient=True,
        ) as bar:
            task = bar.add_task("…", total=None)
            done = copy(
                source,
                target,
                replacer,
                options,
                lambda name, count: bar.update(task, description=f"{name[-40:]} {count:,}"),
            )
    for line in done.left:
        console.print(f"– {line}", style="yellow", markup=False)
    amounts = ", ".join(f"{name} {count:,}" for name, count in sorted(done.replaced.items())) or "nothing"
    console.print(f"✓ {amounts}", style="green", markup=False)
