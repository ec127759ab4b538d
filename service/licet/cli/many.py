"""Several shipments at once: reports in the order of the files, progress at a terminal, and the gravest of the exit codes."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

import typer
from google.protobuf.json_format import MessageToDict
from rich.progress import BarColumn, MofNCompleteColumn, Progress

from licet.cli.answers import Answer, Answered, Answers
from licet.cli.exits import Exit
from licet.cli.failing import tell_contradictions, tell_refusal
from licet.cli.opinions import beside, plain
from licet.cli.report import console, report, show
from licet.cli.shipment import Shipment
from licet.decision.errors import InvalidRequest
from licet.replay.second_opinion import contradictions


def decide_all(shipments: Sequence[Shipment], answers: Answers, *, as_json: bool) -> Exit:
    """Shows each shipment's decision, or what was refused, and gives the exit code of all.

    With `as_json` there is a line of JSON for each decision, with its file. The code is that of the gravest disposition, or that of
    a bad shipment where one could not be decided.
    """
    gravest = Exit.PROCEED
    refused = False
    for shipment, answer in _in_order(shipments, answers):
        if isinstance(answer, InvalidRequest):
            tell_refusal(shipment, answer, as_json=as_json)
            refused = True
        else:
            _show(shipment, answer, as_json=as_json)
            gravest = max(gravest, answer.exit)
    return Exit.USAGE if refused else gravest


def _in_order(shipments: Sequence[Shipment], answers: Answers) -> Iterator[tuple[Shipment, Answer]]:
    """The answers in the order of the shipments; one that comes early is kept until its turn."""
    waiting: dict[int, Answer] = {}
    turn = 0
    for index, answer in _tracked(answers.answer_all([shipment.request for shipment in shipments]), len(shipments)):
        waiting[index] = answer
        while turn in waiting:
            yield shipments[turn], waiting.pop(turn)
            turn += 1


def _tracked(answers: Iterator[tuple[int, Answer]], total: int) -> Iterator[tuple[int, Answer]]:
    """The same, with a bar where somebody watches standard error and the reports go elsewhere."""
    watched = console(stderr=True)
    bar = Progress(
        BarColumn(),
        MofNCompleteColumn(),
        "decided",
        console=watched,
        transient=True,
        redirect_stdout=False,
        redirect_stderr=False,
        disable=not watched.is_terminal or console().is_terminal,
    )
    with bar:
        yield from bar.track(answers, total)


def _show(shipment: Shipment, answered: Answered, *, as_json: bool) -> None:
    if answered.second is not None and not answered.second.agrees:
        tell_contradictions(shipment, contradictions(answered.second), as_json=as_json)
    if as_json:
        line = {"file": shipment.file, "decision": MessageToDict(answered.decision, preserving_proto_field_name=True)}
        if answered.second is not None:
            line["second_opinion"] = plain(answered.second)
        typer.echo(json.dumps(line, ensure_ascii=False))
    else:
        page = report(answered.decision, shipment.request.transaction, shipment.title or shipment.file)
        show(console(), beside(page, answered.second))
