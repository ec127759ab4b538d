"""The trace only watches: how much is shown, and to whom, changes no answer."""

from __future__ import annotations

from typing import Final

from hypothesis import given
from hypothesis import strategies as st

from licet.decision.view import for_audience
from licet.v1 import decision_pb2, licensing_service_pb2
from tests.support.answers import ask, wire
from tests.support.generated import packages
from tests.support.open_facts import transactions

_AUDIENCES: Final = (
    licensing_service_pb2.AUDIENCE_AUDITOR,
    licensing_service_pb2.AUDIENCE_EXPORTER,
    licensing_service_pb2.AUDIENCE_PUBLIC,
)


@given(data=st.data())
def test_the_trace_level_changes_nothing_but_the_trace(data: st.DataObject) -> None:
    """A full trace holds every step of a normal one, and everything else in the result is the same to the byte."""
    made = data.draw(packages())
    transaction = data.draw(transactions(made.text))
    normal = ask(made.release, transaction)
    full = ask(made.release, transaction, trace=licensing_service_pb2.TRACE_LEVEL_FULL)
    shown = {(step.jurisdiction, step.item, rule) for step in full.trace.steps for rule in step.rules}
    assert {(step.jurisdiction, step.item, rule) for step in normal.trace.steps for rule in step.rules} <= shown
    for result in (normal, full):
        result.ClearField("trace")
    assert wire(normal) == wire(full)


@given(data=st.data())
def test_the_audience_changes_no_answer(data: st.DataObject) -> None:
    """Whoever reads a result, its outcomes, intervals, disposition and the number of reasons are the same, and it stays whole."""
    made = data.draw(packages())
    result = ask(made.release, data.draw(transactions(made.text)))
    whole = wire(result)
    for audience in _AUDIENCES:
        assert _answers(result) == _answers(for_audience(result, audience))
    assert whole == wire(result)
    assert whole == wire(for_audience(result, licensing_service_pb2.AUDIENCE_AUDITOR))


def _answers(result: decision_pb2.Result) -> object:
    return (
        result.outcome,
        result.disposition,
        [reason.code for reason in result.reasons],
        [(j.jurisdiction, j.outcome, j.risk.tier, j.risk.score) for j in result.jurisdictions],
        [(d.instrument, d.item, d.outcome, d.floor, d.ceiling) for d in result.determinations],
        [(q.path, q.closes_alone, q.waiting) for q in result.questions],
        [(a.path, a.value) for a in result.assumptions],
    )
