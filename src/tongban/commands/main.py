"""The one command, `tongban`: the house's own commands are named here, a door's are found with it (`doors.py`).

Each group stands in a file of its own, which imports what it works with when a command runs: `tongban --help`
loads no room. Not for logic.
"""

from __future__ import annotations

from typing import Any

import typer

from tongban.config.ready import plainly

from . import deployment, doors, officials, source
from .bench import bench
from .keys import keys, rotate
from .ledger import ledger
from .registry import bring_in, take_out
from .scan import mask, scan
from .search import search
from .witness import witness

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Tongban 通办: one door, one desk, one ledger.")
app.command()(scan)
app.command()(mask)
app.command()(deployment.serve)
app.command()(deployment.worker)
app.command()(deployment.migrate)
app.command()(deployment.doctor)
app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})(deployment.manage)
app.command()(officials.official)
app.command("let-in")(officials.let_in)
app.command()(deployment.notices)
app.command()(rotate)
app.command(hidden=True)(source.messages)
app.command()(source.screenshots)
app.add_typer(bring_in, name="import")
app.add_typer(take_out, name="export")
app.add_typer(bench, name="bench")
app.add_typer(keys, name="keys")
app.add_typer(ledger, name="ledger")
app.add_typer(witness, name="witness")
app.add_typer(search, name="search")
doors.add_to(app)


def main(arguments: Any = None) -> None:
    """The entry point: errors of the settings and the database are said plainly, not as a traceback."""
    with plainly():
        app(args=arguments)


if __name__ == "__main__":
    main()
