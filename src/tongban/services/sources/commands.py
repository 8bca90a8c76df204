"""`tongban import registers FILE`: which registers are asked, from a table. Loads no model here."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from tongban.config.ready import django_ready
from tongban.gate.parts import Commands

COMMANDS = (Commands("import registers", "tongban.services.sources.commands:bring_in", "Registers that are asked."),)
console = Console(stderr=True)


def bring_in(
    file: Annotated[Path, typer.Argument(help="CSV or XLSX; one register a row.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check every row, write nothing.")] = False,
) -> None:
    """Make registers known: code, name, name_en, unit, kind (sql, http, file), address and token (names of variables
    that begin with TONGBAN_REGISTER_), view, key, columns (fact=name fact=name), correction (matter), active."""
    django_ready()
    from tongban.services.sources.setting_up import take_in
    from tongban.tables import UnreadableTable, read_table

    try:
        rows = read_table(file.read_bytes(), most=1000)
    except (OSError, UnreadableTable) as error:
        console.print(f"{file}: {error}", style="red", markup=False)
        raise typer.Exit(2) from None
    taken, rejected = take_in(rows, dry_run=dry_run)
    for line, reason, _row in rejected:
        console.print(f"line {line}: {reason}", style="red", markup=False)
    console.print(f"{taken} registers{' would be' if dry_run else ''} taken, {len(rejected)} rows rejected")
    if rejected:
        raise typer.Exit(1)
