"""Commands of the auditor: replay what was decided, take evidence away. They read a ledger, and need no server."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import Progress
from rich.table import Table

from licet.cli.exits import Exit
from licet.cli.records import DEFAULT_ORIGIN, Data, Database, Origin, SigningKey, records_of
from licet.cli.report import console
from licet.ledger.envelope import Kind
from licet.ledger.store import Entry
from licet.replay.evidence import bundle
from licet.replay.records import Records
from licet.replay.replay import Replayed, Verdict
from licet.v1 import licensing_service_pb2

app = typer.Typer(no_args_is_help=True, help="Take the evidence of decisions away, to be checked offline.")
_AT_ONCE = 500


def replay(
    ids: Annotated[list[str] | None, typer.Argument(metavar="ID...", help="Decisions to replay.", show_default=False)] = None,
    *,
    data: Data,
    database: Database = "",
    origin: Origin = DEFAULT_ORIGIN,
    signing_key: SigningKey = None,
    everything: Annotated[bool, typer.Option("--all", help="Replay every decision of the log.")] = False,
    since: Annotated[
        datetime.datetime | None,
        typer.Option(formats=["%Y-%m-%d"], metavar="YYYY-MM-DD", help="Replay what was decided since.", show_default=False),
    ] = None,
) -> None:
    """Decide again what was decided, each under its own release, and compare with the record.

    Exit codes: 0 each is identical, 1 one diverged or could not be replayed, 2 bad options, 4 the ledger cannot be read.
    """
    if not ids and not everything and since is None:
        raise typer.BadParameter("name decisions, or say --all or --since")
    with records_of(data, database, origin, signing_key) as records:
        entries = [records.entry(id_) for id_ in ids] if ids else list(_decisions(records, since))
        found = _replayed(records, entries)
    _show(found)
    raise typer.Exit(Exit.PROCEED if all(each.verdict is Verdict.IDENTICAL for _, each in found) else Exit.FAILED)


@app.command()
def export(
    id_: Annotated[str, typer.Argument(metavar="ID", help="The decision.")],
    *,
    data: Data,
    database: Database = "",
    origin: Origin = DEFAULT_ORIGIN,
    signing_key: SigningKey = None,
    to: Annotated[
        Path | None, typer.Option("--to", metavar="FILE", help="Where to write it.", show_default="evidence-ID.zip")
    ] = None,
) -> None:
    """Write everything about a decision into one ZIP file: request, answer, policies, proofs, and a page to read.

    Check it with [bold]licet-verify FILE --key licet.pub[/bold], anywhere, without Licet.
    """
    with records_of(data, database, origin, signing_key) as records:
        made = bundle(records.evidence(id_))
    file = to or Path(f"evidence-{id_}.zip")
    file.write_bytes(made)
    typer.echo(f"{file}: {len(made)} bytes")


def _decisions(records: Records, since: datetime.datetime | None) -> Iterator[Entry]:
    start = 0
    while entries := records.home.store.since(start, _AT_ONCE):
        for entry in entries:
            if entry.envelope.kind is Kind.DECISION and (since is None or entry.envelope.decided_at >= since.date().isoformat()):
                yield entry
        start = entries[-1].index + 1


def _replayed(records: Records, entries: list[Entry]) -> list[tuple[Entry, Replayed]]:
    with Progress(console=console(), transient=True) as progress:
        task = progress.add_task("Replaying", total=len(entries))
        found = []
        for entry in entries:
            found.append((entry, records.replayed(entry, licensing_service_pb2.AUDIENCE_AUDITOR)))
            progress.advance(task)
    return found


def _show(found: list[tuple[Entry, Replayed]]) -> None:
    counts = Counter(each.verdict for _, each in found)
    table = Table("replays", *(verdict.value for verdict in Verdict), title="Replay")
    table.add_row(str(len(found)), *(str(counts[verdict]) for verdict in Verdict))
    console().print(table)
    for entry, each in found:
        if each.verdict is Verdict.IDENTICAL:
            continue
        typer.echo(f"{entry.envelope.id} {each.verdict}: {each.why or 'see below'}")
        if (where := each.difference) is not None:
            typer.echo(f"  {where.path}: recorded {where.recorded}, now {where.recomputed}")
            if where.rule:
                typer.echo(f"  rule {where.rule}; it read {', '.join(where.facts) or 'nothing'}")
