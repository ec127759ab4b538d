"""`licet decision`: what was decided, what officers did about it, and doing it."""

from __future__ import annotations

import datetime
import getpass
import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Protocol

import typer
from google.protobuf.json_format import MessageToDict
from rich.console import Group, RenderableType
from rich.text import Text

from licet import client
from licet.cli import words
from licet.cli.audience import AUDIENCES, AudienceName
from licet.cli.exits import Exit
from licet.cli.failing import failing
from licet.cli.layout import hanging
from licet.cli.records import DEFAULT_ORIGIN, Database, Origin, SigningKey, records_of
from licet.cli.report import console, report, show
from licet.decision.errors import InvalidRequest, Violation
from licet.ledger.store import OutdatedError
from licet.replay.acting import draft, recorded, same_action, shown_decision
from licet.replay.records import Records
from licet.v1 import action_pb2, decision_service_pb2, licensing_service_pb2, outcome_pb2

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode="rich",
    help="""Show a recorded decision, and act on it: [bold]override[/bold], [bold]red-flag-clearance[/bold], [bold]dispute[/bold] …

An action is recorded in the same log, under the name of an officer, with a reason. It never changes the decision.""",
)


class Kind(StrEnum):
    """What is done."""

    OVERRIDE = "override"
    RED_FLAG_CLEARANCE = "red-flag-clearance"
    DISPUTE = "dispute"
    DISPUTE_RESOLUTION = "dispute-resolution"
    WITHDRAWAL = "withdrawal"
    LEGAL_HOLD = "legal-hold"
    LEGAL_HOLD_RELEASE = "legal-hold-release"


class Ordered(StrEnum):
    """What an override orders."""

    PROCEED = "proceed"
    HOLD = "hold"
    STOP = "stop"


class Result(StrEnum):
    """What became of a dispute."""

    UPHELD = "upheld"
    REJECTED = "rejected"


Id = Annotated[str, typer.Argument(metavar="ID", help="The decision.")]
Server = Annotated[str, typer.Option("--server", metavar="ADDR", help="Ask this server, such as 127.0.0.1:50051.")]
Data = Annotated[
    Path | None, typer.Option("--data", metavar="DIR", help="Folder of the ledger, as `licet serve --data`; no server is needed.")
]
Timeout = Annotated[float, typer.Option("--timeout", metavar="SECONDS", min=0.1, help="How long to wait for the server.")]


class Desk(Protocol):
    """Where decisions are kept."""

    def decision(self, id_: str, audience: licensing_service_pb2.Audience) -> decision_service_pb2.GetDecisionResponse:
        """A decision with its actions."""
        ...

    def act(self, request: decision_service_pb2.RecordActionRequest) -> action_pb2.RecordedAction:
        """The action, recorded."""
        ...


@app.command("show")
def show_one(
    id_: Id,
    *,
    server: Server = "",
    data: Data = None,
    database: Database = "",
    origin: Origin = DEFAULT_ORIGIN,
    signing_key: SigningKey = None,
    audience: Annotated[AudienceName, typer.Option("--audience", help="Who reads it.")] = AudienceName.EXPORTER,
    timeout: Timeout = 30.0,
    as_json: Annotated[bool, typer.Option("--json", help="Print the GetDecisionResponse as JSON.")] = False,
) -> None:
    """Show a recorded decision as it was answered, and below it what officers did about it since.

    Exit codes: 0 shown, 2 there is none of that id, or bad options, 4 the server or the ledger cannot be read.
    """
    with _desk(server, data, database, origin, signing_key, timeout=timeout) as desk:
        found = desk.decision(id_, AUDIENCES[audience])
    if as_json:
        typer.echo(json.dumps(MessageToDict(found, preserving_proto_field_name=True), ensure_ascii=False, indent=2))
    else:
        show(console(), Group(*_page(found)))


@app.command()
def act(
    id_: Id,
    kind: Annotated[Kind, typer.Argument(metavar="KIND", help=f"What is done: {', '.join(Kind)}.", show_default=False)],
    *,
    officer: Annotated[
        str, typer.Option("--officer", metavar="ID", help="Who acts, by the number or account in the firm's books.")
    ],
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why; another officer has to understand it years later.")],
    name: Annotated[str, typer.Option("--name", help="Name of the officer.")] = "",
    role: Annotated[str, typer.Option("--role", help="Office held.")] = "",
    red_flag: Annotated[str, typer.Option("--red-flag", metavar="ID", help="The flag that is cleared.")] = "",
    dispute: Annotated[str, typer.Option("--dispute", metavar="ID", help="The dispute that is resolved.")] = "",
    result: Annotated[Result | None, typer.Option("--result", help="What became of the dispute.")] = None,
    order: Annotated[Ordered | None, typer.Option("--order", help="What an override orders.")] = None,
    request_id: Annotated[str, typer.Option("--request-id", metavar="ID", help="Makes it safe to try again.")] = "",
    server: Server = "",
    data: Data = None,
    database: Database = "",
    origin: Origin = DEFAULT_ORIGIN,
    signing_key: SigningKey = None,
    timeout: Timeout = 30.0,
) -> None:
    """Record what an officer does about a decision.

    [bold]licet decision act ID dispute --officer e-17 --reason "The buyer is no dealer" --server 127.0.0.1:50051[/bold]

    A withdrawal says that the shipment did not go: what it used of a yearly limit is free again. A legal hold keeps the record from
    being erased. What does not fit the decision as it stands is refused, with every fault named.

    Exit codes: 0 recorded, 2 refused or bad options, 4 the server or the ledger cannot be written.
    """
    action = action_pb2.Action(
        kind=f"ACTION_KIND_{kind.name}",
        officer=action_pb2.Officer(id=officer, name=name, role=role),
        reason=reason,
        red_flag=red_flag,
        dispute=dispute,
        result=f"DISPUTE_RESULT_{result.name if result else 'UNSPECIFIED'}",
        disposition=f"DISPOSITION_{order.name if order else 'UNSPECIFIED'}",
    )
    request = decision_service_pb2.RecordActionRequest(decision_id=id_, action=action, request_id=request_id)
    with _desk(server, data, database, origin, signing_key, timeout=timeout) as desk:
        made = desk.act(request)
    typer.echo(f"{made.id}: {kind} recorded, entry {made.proof.index} of {made.proof.origin}")


# ---- where decisions are kept -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Remote:
    client: client.Client

    def decision(self, id_: str, audience: licensing_service_pb2.Audience) -> decision_service_pb2.GetDecisionResponse:
        return self.client.get_decision(id_, audience=audience)

    def act(self, request: decision_service_pb2.RecordActionRequest) -> action_pb2.RecordedAction:
        return self.client.record_action(request.decision_id, request.action, request_id=request.request_id)


@dataclass(frozen=True, slots=True)
class _Local:
    records: Records

    def decision(self, id_: str, audience: licensing_service_pb2.Audience) -> decision_service_pb2.GetDecisionResponse:
        return shown_decision(self.records, id_, audience)

    def act(self, request: decision_service_pb2.RecordActionRequest) -> action_pb2.RecordedAction:
        now = datetime.datetime.now(datetime.UTC)
        at, caller = now.isoformat(timespec="milliseconds").replace("+00:00", "Z"), f"licet decision act, {getpass.getuser()}"
        before = self.records.home.store.requested(caller, request.request_id) if request.request_id else None
        if before is not None and not same_action(self.records, before, request):
            raise InvalidRequest([Violation("request_id", f"it stands for another request, recorded as {before.envelope.id}")])
        while before is None:
            made = draft(self.records, request, id_=str(uuid.uuid4()), at=at, caller=caller, private=False)
            try:
                before = self.records.home.store.append([made])[0].entry
            except OutdatedError:  # something else was done about the decision meanwhile
                continue
        return recorded(self.records, before)


@contextmanager
def _desk(
    server: str, data: Path | None, database: str, origin: str, signing_key: Path | None, *, timeout: float
) -> Iterator[Desk]:
    """A server, or a ledger. What goes wrong with it ends the command."""
    if bool(server) == (data is not None):
        raise typer.BadParameter("say where the decision is kept: --server ADDR, or --data DIR")
    if data is not None:
        with records_of(data, database, origin, signing_key) as records:
            yield _Local(records)
        return
    with failing(), client.Client(server, timeout=timeout, user_agent="licet-cli") as connected:
        try:
            yield _Remote(connected)
        except client.InvalidRequest as error:
            for each in error.violations:
                typer.echo(f"{error.reason}: {each.field}: {each.description}", err=True)
            raise typer.Exit(Exit.USAGE) from None
        except client.NotFound as error:
            typer.echo(f"{error.reason}: {error}", err=True)
            raise typer.Exit(Exit.USAGE) from None


# ---- the page -----------------------------------------------------------------------------------------------------------


def _page(found: decision_service_pb2.GetDecisionResponse) -> Iterator[RenderableType]:
    decision = found.decision
    at = f"{decision.id}, decided at {decision.decided_at.ToJsonString()}, entry {decision.proof.index} of {decision.proof.origin}"
    if found.erased:
        yield Text.assemble(
            (" ERASED ", "bold reverse"), "  What was asked and decided has been erased; that it was decided is proved."
        )
        yield hanging("·", at, 1)
    else:
        transaction = found.request.transaction if found.HasField("request") else None
        yield report(decision, transaction, at)
    if found.actions:
        yield Text()
        yield Text(" What was done about it", "bold")
    for each in found.actions:
        yield hanging("·", _told(each), 1)


def _told(recorded_: action_pb2.RecordedAction) -> str:
    action = recorded_.action
    parts: list[Any] = [
        recorded_.recorded_at.ToJsonString(),
        words.short(action_pb2.ActionKind, action.kind).lower().replace("_", "-"),
        action.red_flag,
        f"of {action.dispute}" if action.dispute else "",
        words.short(action_pb2.DisputeResult, action.result).lower() if action.result else "",
        words.short(outcome_pb2.Disposition, action.disposition) if action.disposition else "",
    ]
    officer = ", ".join(part for part in (action.officer.name, action.officer.role, action.officer.id) if part)
    who = f" by {officer}" if officer else ""
    why = "its content has been erased" if recorded_.erased else action.reason
    return f"{' '.join(part for part in parts if part)}{who}{f': {why}' if why else ''} [{recorded_.id}]"
