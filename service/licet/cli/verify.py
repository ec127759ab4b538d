"""`licet audit verify`: whether a whole ledger is what was recorded. It reads, changes nothing, and needs no private key."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import Progress

from licet.cli.exits import Exit
from licet.cli.report import console
from licet.ledger.home import DATABASE, PUBLIC
from licet.ledger.inspection import Fault, Looked, Signed, inspected
from licet.ledger.papers import key_faults, signed
from licet.ledger.snapshot import snapshot
from licet.ledger.store import StoreError
from licet.ledger.verify import Key, VerificationError
from licet.replay.requests import request_id_of

_SHOWN = 1_000


def verify(
    *,
    data: Annotated[Path, typer.Option("--data", metavar="DIR", help="Folder of the ledger, as `licet serve --data`.")],
    database: Annotated[str, typer.Option("--database", metavar="URL", help="Its database, if it is no file in that folder.")] = "",
    key: Annotated[
        Path | None,
        typer.Option(
            "--key", metavar="FILE", help="The public key, had from elsewhere; it names the log.", show_default="DIR/licet.pub"
        ),
    ] = None,
    checkpoint: Annotated[
        list[Path] | None,
        typer.Option(metavar="FILE", help="A checkpoint that somebody was shown; may be repeated.", show_default=False),
    ] = None,
) -> None:
    """Check a whole ledger, offline: entries, tree, stored requests, results and policies, keys and checkpoints.

    Names each thing at fault. Checkpoints that were kept elsewhere show that nobody has written the whole log anew.

    Exit codes: 0 all is what was recorded, 1 something is not, 2 bad options, 4 the ledger cannot be read.
    """
    try:
        public = Key.parsed((key or data / PUBLIC).read_text("utf-8"))
        papers = [*key_faults(data, public), *signed(data, checkpoint or (), public)]
    except (VerificationError, UnicodeDecodeError) as error:
        typer.echo(f"✗ {key or PUBLIC}: {error}")
        raise typer.Exit(Exit.FAILED) from None
    except OSError as error:
        raise _unreadable(error) from None
    trees = [each for each in papers if isinstance(each, Signed)]
    try:
        with snapshot(database or f"sqlite:///{data / DATABASE}") as connection, Progress(console=console(), transient=True) as bar:
            task = bar.add_task("Verifying", total=None)
            looks = _followed(inspected(connection, public, trees, request_id_of), bar, task)
            found = [each for each in papers if isinstance(each, Fault)]
            size = 0
            for look in looks:
                found += look.faults
                size = look.size
    except StoreError as error:
        raise _unreadable(error) from None
    _show(found, size, trees)
    raise typer.Exit(Exit.FAILED if found else Exit.PROCEED)


def _followed(looks: Iterator[Looked], bar: Progress, task: int) -> Iterator[Looked]:
    for look in looks:
        bar.update(task, completed=look.done, total=look.size)  # type: ignore[arg-type]  # rich's TaskID is an int
        yield look


def _unreadable(error: Exception) -> typer.Exit:
    typer.echo(f"LEDGER_UNREADABLE: {error}", err=True)
    return typer.Exit(Exit.SERVER)


def _show(found: list[Fault], size: int, trees: list[Signed]) -> None:
    for fault in found[:_SHOWN]:
        typer.echo(f"✗ {fault}")
    if len(found) > _SHOWN:
        typer.echo(f"✗ and {len(found) - _SHOWN} more")
    if found:
        typer.echo(f"{size} entries: {len(found)} at fault")
        return
    typer.echo(f"✓ {size} entries are what was recorded, and so is all that they refer to")
    for tree in trees:
        typer.echo(f"✓ the log begins with the {tree.tree.size} entries of the {tree.name}")
