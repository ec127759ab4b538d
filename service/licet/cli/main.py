"""The command line."""

from __future__ import annotations

import asyncio
import datetime
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer
from google.protobuf.json_format import MessageToDict
from google.protobuf.message import Message

import licet
from licet.api.engines import EngineName
from licet.api.server import serve as serve_forever
from licet.api.settings import LogFormat, LogLevel, read_settings
from licet.cli import audit as audit_commands
from licet.cli import decisions as decision_commands
from licet.cli import policies as policy_commands
from licet.cli import releases as release_commands
from licet.cli.answers import Answered, Answers
from licet.cli.audience import AUDIENCES, AudienceName
from licet.cli.bench.command import bench
from licet.cli.engines import EngineChoice, engines
from licet.cli.exits import HELP
from licet.cli.explain import explanation
from licet.cli.failing import failing, tell_contradictions, tell_disagreement
from licet.cli.local import Local, load
from licet.cli.many import decide_all
from licet.cli.opinions import beside, plain
from licet.cli.remote import remote
from licet.cli.report import console, report, show
from licet.cli.shipment import Shipment, ShipmentError, parse_shipment, read_shipment
from licet.cli.verify import verify
from licet.language.faults import Fault
from licet.replay.second_opinion import contradictions
from licet.v1 import licensing_service_pb2

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
    help=f"""May this shipment go, under which law, on which conditions, and why?

Licet answers from versioned policy files. Start with an example:

[bold]licet evaluate examples/02-de-amplifier-to-china.yaml[/bold]

{HELP}""",
)
app.add_typer(policy_commands.app, name="policy")
app.add_typer(release_commands.app, name="release")
app.command()(bench)
app.add_typer(decision_commands.app, name="decision")
app.add_typer(audit_commands.app, name="audit")
app.command()(audit_commands.replay)
audit_commands.app.command()(verify)


File = Annotated[
    Path, typer.Argument(metavar="FILE", help="Shipment in YAML or JSON; - reads YAML from standard input.", show_default=False)
]
Files = Annotated[
    list[Path],
    typer.Argument(metavar="FILE...", help="Shipments in YAML or JSON; - reads YAML from standard input.", show_default=False),
]
Server = Annotated[
    str,
    typer.Option(
        "--server",
        metavar="ADDR",
        help="Ask this server, such as 127.0.0.1:50051. Without it, decide in this process.",
        show_default=False,
    ),
]
Policies = Annotated[
    Path | None,
    typer.Option(
        "--policies", metavar="DIR", help="Folder of policies. Without it, the ones that Licet ships.", show_default=False
    ),
]
Jurisdictions = Annotated[
    list[str] | None,
    typer.Option("--jurisdiction", "-j", metavar="ID", help="Ask only this one: us, eu, de … May be repeated.", show_default=False),
]
Refuse = Annotated[bool, typer.Option("--refuse-assumptions", help="Assume nothing: ask for every fact that is not stated.")]
Full = Annotated[bool, typer.Option("--full-trace", help="Show every rule, also those that do not speak of the case.")]
Audience = Annotated[
    AudienceName | None,
    typer.Option("--audience", help="Who reads the answer; restricted rules show to auditors only.", show_default="exporter"),
]
Day = Annotated[
    datetime.datetime | None,
    typer.Option(
        "--date",
        formats=["%Y-%m-%d"],
        metavar="YYYY-MM-DD",
        help="Legal date, in place of the one in the file.",
        show_default=False,
    ),
]
Release = Annotated[
    str, typer.Option("--release", metavar="DIGEST", help="Refuse to answer from any other release.", show_default=False)
]
Json = Annotated[
    bool,
    typer.Option(
        "--json",
        help="Print the Decision as JSON, with the field names of the API; faults too. With --engine both: "
        '{"decision": the Decision, "second_opinion": what durable-rules says of it}.',
    ),
]
TraceJson = Annotated[
    bool,
    typer.Option(
        "--json",
        help="Print the Trace as JSON, with the field names of the API; faults too. With --engine both: "
        '{"trace": the Trace, "second_opinion": what durable-rules says}.',
    ),
]
Engine = Annotated[
    EngineChoice | None,
    typer.Option(
        "--engine",
        help="What decides in this process. compiled: by indexes, each match walked whole by the reference. reference: the walk "
        "alone. rete: durable-rules alone, or no answer. both: as compiled, with a second opinion by durable-rules beside it.",
        show_default="compiled",
    ),
]
Timeout = Annotated[
    float,
    typer.Option(
        "--timeout", metavar="SECONDS", min=0.1, help="How long to wait for the server, or for durable-rules on one package."
    ),
]


@app.command(epilog=HELP)
def evaluate(
    files: Files,
    *,
    server: Server = "",
    policies: Policies = None,
    jurisdiction: Jurisdictions = None,
    refuse_assumptions: Refuse = False,
    full_trace: Full = False,
    audience: Audience = None,
    date: Day = None,
    release: Release = "",
    engine: Engine = None,
    timeout: Timeout = 30.0,
    as_json: Json = False,
) -> None:
    """Decide a shipment and say why, on a page; or several, whose exit code is that of the gravest.

    A file has the field names of the API, in short forms:

    [bold]destination: CH[/bold] · [bold]value: 1200 EUR[/bold] · [bold]classifications: {eu.annex-i: 3A001.b.4}[/bold] ·
    [bold]roles: END_USER[/bold]

    A fact that you do not know is left out: Licet assumes it and says so, or asks. The folder examples has one file for each
    way an answer can turn out.

    With [bold]--engine both[/bold] a second opinion stands beside the answer and never changes it. What durable-rules cannot say is
    "not available" and counts for nothing. Where it contradicts a finding, that is told first, and the exit code is 10 at least.
    """
    shipments = _shipments(files, jurisdiction, date, as_json=as_json)
    for each in shipments:
        _set(each.request, refuse_assumptions=refuse_assumptions, full_trace=full_trace, audience=audience, release=release)
    if len(shipments) > 1:
        with _answering(server, policies, engine, timeout, as_json=as_json) as answers, failing(as_json=as_json):
            raise typer.Exit(decide_all(shipments, answers, as_json=as_json))
    (shipment,) = shipments
    answered = _decide(shipment, server, policies, engine, timeout, as_json=as_json)
    if as_json:
        _print_json("decision", answered.decision, answered)
    else:
        page = report(answered.decision, shipment.request.transaction, shipment.title)
        show(console(), beside(page, answered.second))
    raise typer.Exit(answered.exit)


@app.command(epilog=HELP)
def explain(
    file: File,
    *,
    server: Server = "",
    policies: Policies = None,
    jurisdiction: Jurisdictions = None,
    refuse_assumptions: Refuse = False,
    full_trace: Full = False,
    audience: Audience = None,
    date: Day = None,
    release: Release = "",
    engine: Engine = None,
    timeout: Timeout = 30.0,
    as_json: TraceJson = False,
) -> None:
    """Decide a shipment and show the reasons as a tree: each rule, its conditions, and the values they read.

    ✓ fired or true · ✗ looked at, and not met · ? facts are missing. Behind each value stands whether it was stated, assumed or
    not claimed, and behind each condition the file and line of the policy.
    """
    (shipment,) = _shipments([file], jurisdiction, date, as_json=as_json)
    _set(shipment.request, refuse_assumptions=refuse_assumptions, full_trace=full_trace, audience=audience, release=release)
    answered = _decide(shipment, server, policies, engine, timeout, as_json=as_json)
    if as_json:
        _print_json("trace", answered.decision.result.trace, answered)
    else:
        tree = explanation(answered.decision, shipment.request.transaction, shipment.title)
        show(console(), beside(tree, answered.second))
    raise typer.Exit(answered.exit)


@app.command()
def serve(
    *,
    listen: Annotated[
        str | None, typer.Option(help="IP address and port; port 0 takes a free one.", show_default="127.0.0.1:50051")
    ] = None,
    policies: Policies = None,
    published: Annotated[
        bool | None,
        typer.Option(
            "--published",
            help="Serve the release that `licet release activate` made the active one, and no folder.",
            show_default=False,
        ),
    ] = None,
    data: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Folder of the ledger.", show_default="~/.local/share/licet")
    ] = None,
    database: Annotated[
        str | None,
        typer.Option(metavar="URL", help="Its database: postgresql+psycopg://…", show_default="a file in --data"),
    ] = None,
    origin: Annotated[str | None, typer.Option(help="Name of the log.", show_default="licet.local/decisions")] = None,
    new_origin: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="Name under which the log of --origin goes on, after a loss or with another key.",
            show_default="none",
        ),
    ] = None,
    signing_key: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Ed25519 key for checkpoints, shared by all servers of a log.", show_default="made in --data"
        ),
    ] = None,
    private: Annotated[
        bool | None,
        typer.Option(
            "--private/--no-private", help="Whether each record is encrypted under a key that can be erased.", show_default="no"
        ),
    ] = None,
    require_signed: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="KEY",
            help="Serve only policies that this public key signed: DIR/release.sig must say so. May be repeated.",
            show_default=False,
        ),
    ] = None,
    cache: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR", help="Folder, yours alone, that keeps compiled policies for a fast start.", show_default="none"
        ),
    ] = None,
    reload_seconds: Annotated[
        float | None, typer.Option(help="How often the policies are looked at for edits; 0 never.", show_default="1")
    ] = None,
    engine: Annotated[EngineName | None, typer.Option(help="What finds the rules.", show_default="compiled")] = None,
    check_one_in: Annotated[
        int | None, typer.Option(help="One decision in so many is walked by the reference too; 1: each.", show_default="100")
    ] = None,
    log_format: Annotated[LogFormat | None, typer.Option(help="How log lines look.", show_default="auto")] = None,
    log_level: Annotated[LogLevel | None, typer.Option(help="The mildest level that is logged.", show_default="info")] = None,
    max_message_bytes: Annotated[int | None, typer.Option(help="The largest request that is taken.", show_default="16 MiB")] = None,
    max_concurrent_calls: Annotated[
        int | None, typer.Option(help="Calls under way at a time; more are told to retry.", show_default="100")
    ] = None,
    default_deadline_seconds: Annotated[
        float | None, typer.Option(help="For calls that bring no deadline.", show_default="30")
    ] = None,
    max_concurrent_streams: Annotated[
        int | None, typer.Option(help="Streams open at a time; more are told to retry.", show_default="100")
    ] = None,
    stream_window: Annotated[
        int | None, typer.Option(help="Unanswered messages before a stream is read on.", show_default="16")
    ] = None,
    stream_idle_seconds: Annotated[
        float | None, typer.Option(help="How long a stream may be open without use.", show_default="300")
    ] = None,
    drain_seconds: Annotated[
        float | None, typer.Option(help="How long calls under way may take to end at a stop.", show_default="30")
    ] = None,
    screening_required: Annotated[
        bool | None,
        typer.Option(
            "--screening-required/--no-screening-required", help="Whether PROCEED needs screened parties.", show_default="required"
        ),
    ] = None,
    screening_max_age_days: Annotated[int | None, typer.Option(help="How old a screening may be.", show_default="30")] = None,
) -> None:
    """Run the gRPC server until it is told to stop (Ctrl-C or SIGTERM); calls under way are finished first.

    An edit of the policies takes the place of what is served, whole, once it has no fault; until then the last good release serves.

    Each option can be set as a variable too: [bold]LICET_LISTEN[/bold], [bold]LICET_POLICIES[/bold] … It refuses to start on a bad
    setting, a fault in the policies or a taken port, and says what stands in the way.

    Exit codes: 0 stopped as told, 2 bad setting, 3 faults in the policies or no signature, 4 cannot listen or read the policies.
    """
    given = {
        "listen": listen,
        "policies": policies,
        "published": published,
        "data": data,
        "database": database,
        "origin": origin,
        "new_origin": new_origin,
        "signing_key": signing_key,
        "private": private,
        "require_signed": tuple(require_signed) if require_signed else None,
        "cache": cache,
        "reload_seconds": reload_seconds,
        "engine": engine,
        "check_one_in": check_one_in,
        "log_format": log_format,
        "log_level": log_level,
        "max_message_bytes": max_message_bytes,
        "max_concurrent_calls": max_concurrent_calls,
        "default_deadline_seconds": default_deadline_seconds,
        "max_concurrent_streams": max_concurrent_streams,
        "stream_window": stream_window,
        "stream_idle_seconds": stream_idle_seconds,
        "drain_seconds": drain_seconds,
        "screening_required": screening_required,
        "screening_max_age_days": screening_max_age_days,
    }
    with failing():
        settings = read_settings(**{name: value for name, value in given.items() if value is not None})
        asyncio.run(serve_forever(settings))


@app.command()
def version() -> None:
    """Print the version."""
    typer.echo(f"licet {licet.__version__}")


def _shipments(
    files: list[Path], jurisdictions: list[str] | None, date: datetime.datetime | None, *, as_json: bool
) -> list[Shipment]:
    """The shipments of the files, as the options change them. All faults of all files are told at once."""
    with failing(as_json=as_json):
        shipments = _read(files)
    for shipment in shipments:
        if jurisdictions:
            del shipment.request.jurisdictions[:]
            shipment.request.jurisdictions.extend(jurisdictions)
        if date is not None:
            legal = shipment.request.transaction.date
            legal.year, legal.month, legal.day = date.year, date.month, date.day
    return shipments


def _read(files: list[Path]) -> list[Shipment]:
    shipments: list[Shipment] = []
    faults: list[Fault] = []
    for file in files:
        try:
            shipments.append(parse_shipment("<stdin>", sys.stdin.buffer.read()) if str(file) == "-" else read_shipment(file))
        except ShipmentError as error:
            faults += error.faults
    if faults:
        raise ShipmentError(faults)
    return shipments


def _set(
    request: licensing_service_pb2.EvaluateRequest,
    *,
    refuse_assumptions: bool,
    full_trace: bool,
    audience: AudienceName | None,
    release: str,
) -> None:
    """Sets what options say; what they leave unsaid stays as the file has it."""
    if refuse_assumptions:
        request.assumptions = licensing_service_pb2.ASSUMPTION_MODE_REFUSE
    if full_trace:
        request.trace = licensing_service_pb2.TRACE_LEVEL_FULL
    if audience is not None:
        request.audience = AUDIENCES[audience]
    if release:
        request.release = release


def _decide(
    shipment: Shipment, server: str, policies: Path | None, engine: EngineChoice | None, timeout: float, *, as_json: bool
) -> Answered:
    """The answer; what a second opinion contradicts is told on standard error too, for whoever reads only that."""
    with _answering(server, policies, engine, timeout, as_json=as_json) as answers, failing(shipment=shipment, as_json=as_json):
        answered = answers.answer(shipment.request)
    if answered.second is not None and not answered.second.agrees:
        tell_contradictions(shipment, contradictions(answered.second), as_json=as_json)
    return answered


@contextmanager
def _answering(
    server: str, policies: Path | None, engine: EngineChoice | None, timeout: float, *, as_json: bool
) -> Iterator[Answers]:
    """What decides, as the options say; what goes wrong with it ends the command."""
    if server and policies is not None:
        raise typer.BadParameter("--server decides by its own policies; leave out --policies, or --server")
    if server and engine is not None:
        raise typer.BadParameter("--server decides by its own engine; leave out --engine, or --server")
    if server:
        with failing(as_json=as_json), remote(server, timeout) as answers:
            yield answers
        return
    with failing(prefix=policies, as_json=as_json):
        release = load(policies)
    with engines(engine or EngineChoice.COMPILED, timeout, partial(tell_disagreement, as_json=as_json)) as chosen:
        yield Local(release, chosen)


def _print_json(name: str, message: Message, answered: Answered) -> None:
    """Prints a message as proto3 JSON; where a second opinion was asked for, the two under names."""
    shown = MessageToDict(message, preserving_proto_field_name=True)
    if answered.second is not None:
        shown = {name: shown, "second_opinion": plain(answered.second)}
    typer.echo(json.dumps(shown, ensure_ascii=False, indent=2))


def main() -> Any:
    """Runs the command line; `python -m licet.cli.main` is the same as `licet`."""
    return app()


if __name__ == "__main__":
    sys.exit(main())
