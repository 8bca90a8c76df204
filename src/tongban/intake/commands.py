"""`tongban import FILE --kind letter` and `tongban import template`. Loads nothing before a command runs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from typer.core import TyperGroup

from tongban.config.ready import django_ready
from tongban.gate.parts import Commands

console = Console(stderr=True)
Kind = Annotated[
    str | None, typer.Option(help="Kind of case: letter, …; not needed where only one kind can be imported.")
]


class FileFirst(TyperGroup):
    """The group `tongban import`: what is none of its commands is a file of cases, so that `import FILE` is short for
    `import cases FILE`."""

    def __init__(self, **attributes: Any) -> None:
        told = attributes.pop("context_settings", None) or {}
        super().__init__(**attributes, context_settings={"ignore_unknown_options": True, **told})

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:  # of click, which Typer brings along or depends on
        if args[0] not in self.commands and "cases" in self.commands:
            args = ["cases", *args]
        return super().resolve_command(ctx, args)


def import_cases(
    file: Annotated[Path, typer.Argument(help="CSV or XLSX; `tongban import template` writes one to fill in.")],
    kind: Kind = None,
    unit: Annotated[
        str | None,
        typer.Option(help="Code of the unit that had the cases; without it the responsibility list decides."),
    ] = None,
    place: Annotated[str | None, typer.Option(help="Code of the place of cases that name none.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check every row, write nothing.")] = False,
    rejected: Annotated[
        Path | None, typer.Option(help="Write rejected rows with line number and reason to this CSV.")
    ] = None,
    publish: Annotated[
        bool, typer.Option("--publish/--no-publish", help="Publish what was answered, masked by the scanner.")
    ] = False,
) -> None:
    """Bring cases in with their historical times, of any kind that has a format. Resumable;
    running it twice adds nothing."""
    django_ready()
    from .running import run

    raise typer.Exit(
        run(
            file, kind=kind, unit=unit, place=place, publish=publish, dry_run=dry_run, rejected=rejected,
            console=console
        )
    )  # fmt: skip


def write_template(file: Annotated[Path, typer.Argument(help="Where the CSV goes.")], kind: Kind = None) -> None:
    """Write the template of a file of cases: the headings, and rows as examples."""
    django_ready()
    from .running import write_template as write

    raise typer.Exit(write(file, kind=kind, console=console))


COMMANDS = (
    Commands("import cases", "tongban.intake.commands:import_cases", "Bring cases in from CSV or XLSX."),
    Commands("import template", "tongban.intake.commands:write_template", "Write the template of a file of cases."),
)
