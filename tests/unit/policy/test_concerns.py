"""A concern counts for the line items that it covers; one that names none covers all."""

from __future__ import annotations

from typing import Any, Final

import pytest

from licet.decision.decide import decide
from licet.decision.errors import InvalidRequest
from licet.decision.settings import Settings
from licet.engine.compiled import CompiledEngine
from licet.engine.protocol import Matcher
from licet.engine.reference import ReferenceEngine
from licet.policy.release import Release
from licet.v1 import decision_pb2, outcome_pb2
from tests.support.packages import CATALOGUES, load, rule, rules_file
from tests.support.shipments import TODAY, request

_FACTS: Final = """\
  - {path: end_use.concerns, class: assume, value: none, for: [controls, authorizations], statement: I know of no use of concern.}
  - {path: 'end_use.concerns[*].purpose', class: ask, question: Which use is it?}
  - {path: 'end_use.concerns[*].knowledge', class: ask, question: How much do you know?}
"""
_WEAPON: Final = "tx.end_use.concerns.exists(c, c.purpose == NUCLEAR_EXPLOSIVE && c.knowledge == Knowledge.AWARE)"
_REQUIRE: Final = {"require": {"basis": "END-USE"}}
_UNLISTED: Final = 'item.classifications["zz.list"].codes.all(c, c == "NLR")'
_SHAPES: Final = {
    "test": rule("zz.weapon", _REQUIRE, [_WEAPON], about=f"{_UNLISTED}"),
    "negation": rule("zz.weapon", _REQUIRE, {"none": [{"none": [_WEAPON]}]}, about=f"{_UNLISTED}"),
    "loop": rule(
        "zz.weapon",
        _REQUIRE,
        ["use.purpose == NUCLEAR_EXPLOSIVE", "use.knowledge == Knowledge.AWARE"],
        for_each={"use": "tx.end_use.concerns"},
        about=f"{_UNLISTED}",
    ),
    "bar": rule(
        "zz.weapon",
        _REQUIRE,
        [f"{_UNLISTED} && tx.end_use.concerns.filter(c, c.purpose == NUCLEAR_EXPLOSIVE).exists(c, c.knowledge == Knowledge.AWARE)"],
    ),
}
_FLAG: Final = rule("zz.flag", {"flag": {"id": "zz.flag", "text": "A weapon"}}, [_WEAPON])
_NEEDED, _FREE, _OPEN = (
    outcome_pb2.OUTCOME_LICENSE_REQUIRED,
    outcome_pb2.OUTCOME_NO_LICENSE_REQUIRED,
    outcome_pb2.OUTCOME_UNDETERMINED,
)
_KNOWN: Final = {"purpose": "NUCLEAR_EXPLOSIVE", "knowledge": "KNOWLEDGE_AWARE"}
_ENGINES: Final = pytest.mark.parametrize("engine", [ReferenceEngine(), CompiledEngine()], ids=["reference", "compiled"])


def _release(shape: str) -> Release:
    files = {"vocabulary.yaml": CATALOGUES["vocabulary.yaml"] + _FACTS, "zz/rules/more.yaml": rules_file(_SHAPES[shape], _FLAG)}
    return load(files)


def _shipment(*concerns: dict[str, Any]) -> Any:
    items = [{"line": line, "classifications": {"zz.list": {"codes": ["NLR"]}}, "quantity": {"value": "1"}} for line in ("1", "2")]
    named = [{key: f"PURPOSE_{v}" if key == "purpose" else v for key, v in concern.items()} for concern in concerns]
    return request(destination={"country": "CN"}, items=items, endUse={"concerns": named})


def _decided(shape: str, engine: Matcher, *concerns: dict[str, Any]) -> decision_pb2.Result:
    return decide(_shipment(*concerns), _release(shape), engine, today=TODAY, settings=Settings()).result


@_ENGINES
@pytest.mark.parametrize("shape", _SHAPES)
@pytest.mark.parametrize(
    ("concerns", "first", "second"),
    [
        pytest.param([], _FREE, _FREE, id="none is known"),
        pytest.param([_KNOWN], _NEEDED, _NEEDED, id="all lines"),
        pytest.param([{**_KNOWN, "covers": ["2"]}], _FREE, _NEEDED, id="one line"),
        pytest.param([{**_KNOWN, "covers": ["1", "2"]}], _NEEDED, _NEEDED, id="both lines by name"),
        pytest.param([{**_KNOWN, "covers": ["1"]}, {**_KNOWN, "covers": ["2"]}], _NEEDED, _NEEDED, id="two concerns"),
        pytest.param([{"knowledge": "KNOWLEDGE_AWARE", "covers": ["2"]}], _FREE, _OPEN, id="a use that is not known"),
    ],
)
def test_a_concern_counts_for_the_lines_it_covers(
    shape: str, concerns: list[dict[str, Any]], first: int, second: int, engine: Matcher
) -> None:
    """A rule judged for each line reads the concerns of that line, whatever it does with them; what is unknown of one stays so."""
    found = {each.item: each.outcome for each in _decided(shape, engine, *concerns).determinations}
    assert found == {"1": first, "2": second}


@_ENGINES
def test_what_is_judged_once_reads_every_concern(engine: Matcher) -> None:
    """A red flag of the transaction is up whichever line the concern covers."""
    result = _decided("test", engine, {**_KNOWN, "covers": ["2"]})
    assert ["zz.flag"] == [flag.id for flag in result.red_flags]


@pytest.mark.parametrize("line", ["7", ""])
def test_a_concern_of_a_line_that_is_not_there_is_refused(line: str) -> None:
    """A typo in a line never loses a concern."""
    with pytest.raises(InvalidRequest, match="is no line of the items"):
        _decided("test", ReferenceEngine(), {**_KNOWN, "covers": [line]})


def test_a_line_that_the_server_names_is_covered_by_no_empty_name() -> None:
    """Items without a line get one; a concern that names an empty one would cover none of them."""
    asked = _shipment({**_KNOWN, "covers": [""]})
    for item in asked.transaction.items:
        item.ClearField("line")
    with pytest.raises(InvalidRequest, match="is no line of the items"):
        decide(asked, _release("test"), ReferenceEngine(), today=TODAY, settings=Settings())
