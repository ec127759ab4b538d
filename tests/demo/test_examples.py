from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from licet.cli.local import Local, load
from licet.cli.shipment import read_shipment
from licet.cli.words import short
from licet.v1 import outcome_pb2

EXAMPLES = sorted((Path(__file__).resolve().parents[2] / "examples").glob("*.yaml"))


@cache
def _local() -> Local:
    return Local(load())


@pytest.mark.parametrize("file", EXAMPLES, ids=[file.stem for file in EXAMPLES])
def test_each_example_comes_out_as_it_says(file: Path) -> None:
    """Every example shipment is decided as its file expects: disposition and outcome."""
    shipment = read_shipment(file)
    expected = (
        short(outcome_pb2.Disposition, shipment.expected.disposition),
        short(outcome_pb2.Outcome, shipment.expected.outcome),
    )
    result = _local().evaluate(shipment.request).result
    actual = short(outcome_pb2.Disposition, result.disposition), short(outcome_pb2.Outcome, result.outcome)
    assert expected == actual


def test_examples_say_what_they_are_and_stay_reproducible() -> None:
    """Every example has a title, an expectation and a date of its own, so that it answers alike on any day."""
    for file in EXAMPLES:
        shipment = read_shipment(file)
        assert shipment.title, file
        assert shipment.expected.disposition, file
        assert shipment.expected.outcome, file
        assert shipment.request.transaction.HasField("date"), file


def test_examples_show_every_disposition() -> None:
    """The tour shows all that can happen to a shipment."""
    shown = {read_shipment(file).expected.disposition for file in EXAMPLES}
    assert {outcome_pb2.DISPOSITION_PROCEED, outcome_pb2.DISPOSITION_HOLD, outcome_pb2.DISPOSITION_STOP} == shown


def _example(start: str) -> Path:
    return next(file for file in EXAMPLES if file.name.startswith(start))


def test_a_bare_entry_asks_for_the_paragraph() -> None:
    """An item with only `3A001` as its code gets the question for the paragraph first, and its answer settles the case."""
    questions = _local().evaluate(read_shipment(_example("12")).request).result.questions
    assert "items[1].classifications[us.eccn]" == questions[0].path
    assert "paragraph of 3A001" in questions[0].text
    assert questions[0].closes_alone


def test_a_typo_asks_for_the_code() -> None:
    """A code that is no entry is asked about, and never taken for "not listed"."""
    questions = _local().evaluate(read_shipment(_example("14")).request).result.questions
    assert any("6A03" in question.text for question in questions)


def test_a_missing_origin_is_one_question() -> None:
    """A German shipment without country of origin asks for that and nothing else."""
    questions = _local().evaluate(read_shipment(_example("16")).request).result.questions
    assert ["items[1].country_of_origin"] == [question.path for question in questions]


def test_lines_of_different_fate_stay_apart() -> None:
    """Of two lines in one order, the free one is free and the controlled one is controlled."""
    result = _local().evaluate(read_shipment(_example("17")).request).result
    outcomes = {d.item: d.outcome for d in result.determinations if d.instrument == "ear"}
    assert {"1": outcome_pb2.OUTCOME_NO_LICENSE_REQUIRED, "2": outcome_pb2.OUTCOME_LICENSE_REQUIRED} == outcomes
