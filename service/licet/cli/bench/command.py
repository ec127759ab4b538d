"""The command `licet bench`."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, assert_never

import typer

from licet.cli.bench import showing
from licet.cli.bench.decision import decision
from licet.cli.bench.engines import SERVING, Engine
from licet.cli.bench.ledger import ledger
from licet.cli.bench.matching import matching
from licet.cli.bench.material import Source, source
from licet.cli.bench.series import Table
from licet.cli.bench.server import server
from licet.cli.demo import examples_folder
from licet.cli.failing import failing
from licet.cli.report import console, show


class Part(StrEnum):
    """What is measured."""

    MATCHING = "matching"
    DECISION = "decision"
    SERVER = "server"
    LEDGER = "ledger"


def bench(
    *,
    only: Annotated[list[Part] | None, typer.Option("--only", help="Measure this part only. May be repeated.")] = None,
    engine: Annotated[
        list[Engine] | None,
        typer.Option("--engine", help="Measure this engine only. May be repeated.", show_default="all; deciding, those that serve"),
    ] = None,
    rounds: Annotated[int, typer.Option("--rounds", min=1, max=1_000, help="How often all take their turn.")] = 3,
    seconds: Annotated[
        float, typer.Option("--seconds", min=0.001, max=60, help="How long a server is asked, each way and round.")
    ] = 1.0,
    policies: Annotated[
        Path | None,
        typer.Option(
            "--policies", metavar="DIR", help="Folder of policies. Without it, the ones that Licet ships.", show_default=False
        ),
    ] = None,
    examples: Annotated[
        Path | None, typer.Option("--examples", metavar="DIR", help="Folder of shipments.", show_default="examples")
    ] = None,
    database: Annotated[
        str,
        typer.Option(
            metavar="URL",
            help="PostgreSQL to measure a ledger in, beside SQLite; a log of its own stays behind there.",
            show_default="SQLite alone",
        ),
    ] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, with the number of every round.")] = False,
) -> None:
    """Measure engines, the stages of a decision, servers, and the ledger. Takes a few minutes, and says nothing of right and wrong.

    Contenders take turns, round by round; a number is the median of the rounds, ± what half of them stay within. Ratios are taken
    within each round: look at them, for times are of this machine at this hour.
    """
    chosen, given = only or list(Part), source(policies, examples or examples_folder())
    facts, tables = showing.machine(), _tables(given, chosen, engine, rounds=rounds, seconds=seconds, database=database)
    with failing(prefix=policies, as_json=as_json):
        if as_json:
            typer.echo(json.dumps({"machine": facts, "tables": [_plain(part, each) for part, each in tables]}, ensure_ascii=False))
            return
        show(console(), showing.machine_line(facts))
        for _, table in tables:
            show(console(), showing.shown(table))


def _tables(
    given: Source, parts: Sequence[Part], engines: Sequence[Engine] | None, *, rounds: int, seconds: float, database: str
) -> Iterator[tuple[Part, Table]]:
    every, deciding = tuple(engines or Engine), tuple(engines or SERVING)
    for part in dict.fromkeys(parts):
        match part:
            case Part.MATCHING:
                tables = matching(given, every, rounds)
            case Part.DECISION:
                tables = decision(given, deciding, rounds)
            case Part.SERVER:
                tables = server(given, deciding, rounds, seconds)
            case Part.LEDGER:
                tables = ledger(given, rounds, seconds, database)
            case _:
                assert_never(part)
        yield from ((part, table) for table in tables)


def _plain(part: Part, table: Table) -> dict[str, Any]:
    return {"part": part.value, **showing.plain(table)}
