"""A ledger that a command reads by itself, without a server: the options that name it, and what goes wrong with it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from licet.cli.exits import Exit
from licet.decision.errors import InvalidRequest
from licet.ledger.home import KEY, HomeError, open_home
from licet.ledger.releases import ReleaseError
from licet.ledger.store import StoreError
from licet.replay.records import NoDecisionError, Records

Data = Annotated[Path, typer.Option("--data", metavar="DIR", help="Folder of the ledger, as `licet serve --data`.")]
Database = Annotated[str, typer.Option("--database", metavar="URL", help="Its database, if it is no file in that folder.")]
Origin = Annotated[str, typer.Option("--origin", help="Name of the log.")]
SigningKey = Annotated[
    Path | None,
    typer.Option("--signing-key", metavar="FILE", help="Key of its checkpoints, if it is not in that folder.", show_default=False),
]
DEFAULT_ORIGIN = "licet.local/decisions"


@contextmanager
def records_of(data: Path, database: str, origin: str, signing_key: Path | None) -> Iterator[Records]:
    """The records of a ledger that is there. What goes wrong with it ends the command."""
    try:
        if signing_key is None and not (data / KEY).exists():
            raise HomeError(f"{data} holds no ledger: {KEY} is not there")
        home = open_home(data, origin=origin, database=database, signing_key=signing_key)
        try:
            yield Records(home)
        finally:
            home.store.close()
    except NoDecisionError as error:
        typer.echo(f"DECISION_UNKNOWN: no decision {error} is recorded here", err=True)
        raise typer.Exit(Exit.USAGE) from None
    except InvalidRequest as error:
        for each in error.violations:
            typer.echo(f"{error.reason}: {each.field}: {each.description}", err=True)
        raise typer.Exit(Exit.USAGE) from None
    except (HomeError, StoreError, ReleaseError) as error:
        typer.echo(f"LEDGER_UNREADABLE: {error}", err=True)
        raise typer.Exit(Exit.SERVER) from None
