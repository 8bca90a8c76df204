"""`tongban witness …`: watch another city's log. Needs no settings and no database of the house."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from tongban.merkle import new_signer, parse_signer, parse_verifier
from tongban.merkle.errors import Malformed
from tongban.merkle.notes import COSIGNATURE

from .ledger import said

witness = typer.Typer(no_args_is_help=True, help="Watch another city's log.")
console = Console(stderr=True)


@witness.command("key")
def witness_key(
    name: Annotated[str, typer.Argument(help="The witness's name, such as paper.example/witness.")],
) -> None:
    """Make a key for a witness."""
    with said():
        signer = new_signer(name, COSIGNATURE)
    typer.echo(f"TONGBAN_WITNESS_KEY={signer.secret()}")
    typer.echo(f"# public: {signer.verifier.vkey}")


@witness.command("serve")
def witness_serve(
    log: Annotated[list[str], typer.Option("--log", help="vkey of a log to watch; may be given several times.")],
    data: Annotated[Path, typer.Option(help="The SQLite file in which the witness remembers.")] = Path(
        "witness.sqlite3"
    ),
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
