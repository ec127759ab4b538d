"""Commands of the auditor: replay what was decided, take evidence away. They read a ledger, and need no server."""

from __future__ import annotations

import datetime
import uuid
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated

import typer
from google.protobuf.json_format import MessageToJson
from rich.progress import Progress
from rich.table import Table

from licet.cli.audience import AUDIENCES, AudienceName
from licet.cli.exits import Exit
from licet.cli.records import DEFAULT_ORIGIN, Data, Database, Origin, SigningKey, records_of
from licet.cli.report import console
from licet.engine.rete import ReteEngine
from licet.ledger.envelope import Kind
from licet.ledger.store import Entry, OutdatedError
from licet.replay.acting import actions
from licet.replay.erasing import RetainedError, erasure
from licet.replay.evidence import bundle
from licet.replay.records import Records
from licet.replay.replay import Replayed, Verdict
from licet.replay.second_opinion import Second, contradictions
from licet.replay.told import replay_message
from licet.v1 import action_pb2, decision_service_pb2

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
        str,
        typer.Option(metavar="DATE|INDEX", help="Replay what was decided since a day, or an entry.", show_default=False),
    ] = "",
    second_opinion: Annotated[
        bool, typer.Option("--second-opinion/--no-second-opinion", help="Whether durable-rules is asked about every finding.")
    ] = True,
    audience: Annotated[AudienceName, typer.Option("--audience", help="Who reads it.")] = AudienceName.AUDITOR,
    as_json: Annotated[bool, typer.Option("--json", help="Print a Replay as JSON for each decision, a line each.")] = False,
) -> None:
    """Decide again what was decided, each under its own release, and compare with the record.

    A second engine of another kind, durable-rules, says of each finding whether it comes to the same by itself. It never changes
    the verdict, and under many packages takes seconds for each decision: [bold]--no-second-opinion[/bold] leaves it out.

    Exit codes: 0 each is identical, 1 one diverged, could not be replayed or is contradicted by the second engine, 2 bad options, 4
    the ledger cannot be read.
    """
    if not ids and not everything and not since:
        raise typer.BadParameter("name decisions, or say --all or --since")
    start = _start(since)
    with records_of(data, database, origin, signing_key) as records, ReteEngine() as rete:
        entries = [records.entry(id_) for id_ in ids] if ids else list(_decisions(records, start))
        found = []
        for entry, each in _replayed(records, entries, AUDIENCES[audience], rete if second_opinion else None):
            found.append((entry, each))
            if as_json:
                typer.echo(MessageToJson(replay_message(entry, each), preserving_proto_field_name=True, indent=None))
    if not as_json:
        _show(found)
    raise typer.Exit(Exit.PROCEED if all(map(_is_well, (each for _, each in found))) else Exit.FAILED)


def _start(since: str) -> datetime.date | int:
    """A day, or the index of an entry."""
    if not since or since.isdecimal():
        return int(since or 0)
    try:
        return datetime.date.fromisoformat(since)
    except ValueError:
        raise typer.BadParameter(f"--since {since} is no day, such as 2026-11-22, and no number of an entry") from None


def _is_well(found: Replayed) -> bool:
    return found.verdict is Verdict.IDENTICAL and (found.second is None or found.second.agrees)


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
    """Write everything about a decision into one ZIP file: request, answer, policies, actions, proofs, and a page to read.

    Check it with [bold]licet-verify FILE --key licet.pub[/bold], anywhere, without Licet.
    """
    with records_of(data, database, origin, signing_key) as records:
        made = bundle(records.evidence(id_, actions(records, records.entry(id_))))
    file = to or Path(f"evidence-{id_}.zip")
    file.write_bytes(made)
    typer.echo(f"{file}: {len(made)} bytes")


@app.command()
def erase(
    id_: Annotated[str, typer.Argument(metavar="ID", help="The decision.")],
    *,
    officer: Annotated[str, typer.Option("--officer", metavar="ID", help="Who erases, as the firm's books name the person.")],
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why. It stays readable: name no person.")],
    data: Data,
    database: Database = "",
    origin: Origin = DEFAULT_ORIGIN,
    signing_key: SigningKey = None,
) -> None:
    """Erase what a private record says: request, answer, and what officers wrote. It cannot be undone.

    Refused until the last law that was asked lets it go, by the release of then (15 CFR 762.6: five years; where nothing is stated,
    ten), and while a legal hold lies on the decision. That it was decided, and who erased it, stays in the log with its proofs.
    Backups and PostgreSQL's own log are yours to clear.

    Exit codes: 0 erased, 1 it must be kept, 2 there is nothing to erase, or bad options, 4 the ledger cannot be written.
    """
    now = datetime.datetime.now(datetime.UTC)
    action = action_pb2.Action(kind=action_pb2.ACTION_KIND_ERASURE, officer=action_pb2.Officer(id=officer), reason=reason)
    request = decision_service_pb2.RecordActionRequest(decision_id=id_, action=action)
    at = now.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    with records_of(data, database, origin, signing_key) as records:
        store = records.home.store
        if not store.is_erased(id_):
            try:
                made = erasure(records, request, today=now.date(), id_=str(uuid.uuid4()), at=at, caller="licet audit erase")
                store.append([made])
            except (RetainedError, OutdatedError) as error:
                text = str(error) if isinstance(error, RetainedError) else "something else was done about it meanwhile; try again"
                typer.echo(f"RETAINED: {text}", err=True)
                raise typer.Exit(Exit.FAILED) from None
        swept = store.sweep()
    if not swept:
        typer.echo("LEDGER_BUSY: it is erased, but others still read pages of before; run this command again", err=True)
        raise typer.Exit(Exit.SERVER)
    typer.echo(f"{id_}: erased; digests and proofs stay")


def _decisions(records: Records, since: datetime.date | int) -> Iterator[Entry]:
    start, day = (since, "") if isinstance(since, int) else (0, since.isoformat())
    while entries := records.home.store.since(start, _AT_ONCE):
        yield from (e for e in entries if e.envelope.kind is Kind.DECISION and e.envelope.decided_at >= day)
        start = entries[-1].index + 1


def _replayed(
    records: Records, entries: Sequence[Entry], audience: int, rete: ReteEngine | None
) -> Iterator[tuple[Entry, Replayed]]:
    with Progress(console=console(stderr=True), transient=True) as progress:
        task = progress.add_task("Replaying", total=len(entries))
        for entry in entries:
            yield entry, records.replayed(entry, audience, rete)
            progress.advance(task)


def _show(found: Sequence[tuple[Entry, Replayed]]) -> None:
    counts = Counter(each.verdict for _, each in found)
    table = Table("replays", *(verdict.value for verdict in Verdict), title="Replay")
    table.add_row(str(len(found)), *(str(counts[verdict]) for verdict in Verdict))
    console().print(table)
    if seconds := [each.second for _, each in found if each.second is not None]:
        console().print(_opinions(seconds))
    for entry, each in found:
        _tell(entry, each)


def _opinions(seconds: Sequence[Second]) -> Table:
    """What the second engine said of all findings together."""
    table = Table("findings", "confirmed", "only taken", "contradicted", "decisions without some opinion", title="Second opinion")
    contradicted = sum(len(list(contradictions(each))) for each in seconds)
    sums = (sum(each.findings for each in seconds), sum(e.confirmed for e in seconds), sum(e.taken for e in seconds), contradicted)
    table.add_row(*map(str, sums), str(sum(not each.complete for each in seconds)))
    return table


def _tell(entry: Entry, found: Replayed) -> None:
    if found.verdict is not Verdict.IDENTICAL:
        typer.echo(f"{entry.envelope.id} {found.verdict}: {found.why or 'see below'}")
    if (where := found.difference) is not None:
        typer.echo(f"  {where.path}: recorded {where.recorded}, now {where.recomputed}")
        if where.rule:
            typer.echo(f"  rule {where.rule}; it read {', '.join(where.facts) or 'nothing'}")
    if found.second is not None:
        for line in contradictions(found.second):
            typer.echo(f"{entry.envelope.id} contradicted by the second engine: {line}")
