"""The child's protocol against durable-rules itself: what it is trusted with, and what is refused before it sees it."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from licet.engine import rete_forward
from licet.engine.rete_child import Broken, Child, FlatRules, PairJoin, Rules, fnv, read_frame, write_frame
from licet.engine.rete_forward import Refused
from licet.engine.rete_limits import MOST_ALTERNATIVES, MOST_PAIRS, MOST_PROPERTIES, MOST_TESTS

_ONE = {"inputs": [0], "alternatives": [[2, [[0, 1, 1]], 0]]}


def _section(**parts: Any) -> dict[str, Any]:
    return {"subjects": [], "decided": [], "taken": [0], "strata": [[_ONE]], "tables": [], **parts}


def _load(**parts: Any) -> dict[str, Any]:
    return {"do": "load", "program": "p", "sets": 0, "everything": [], "pairs": [], "first": 2, "sections": [_section()], **parts}


def _evaluate(*taken: int) -> dict[str, Any]:
    instances = [{"section": 0, "parent": -1, "subjects": [], "taken": [value]} for value in taken]
    return {"do": "evaluate", "program": "p", "seconds": 20, "elements": [], "instances": instances}


def _ruleset(*tests: list[list[Any]]) -> list[list[dict[str, Any]]]:
    return [[{"inputs": [0], "alternatives": [[2, each, 0] for each in tests]}]]


# ---- what is refused ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "parts",
    [
        pytest.param({"sections": [_section(strata=_ruleset(*[[[0, 1, 1]]] * 256))]}, id="256 rules that end in one condition"),
        pytest.param(
            {"sections": [_section(strata=_ruleset(*([[0, 1, n]] for n in range(600))))]}, id="600 conditions under one node"
        ),
        pytest.param({"sections": [_section(strata=_ruleset([[0, 1, 1]] * (MOST_TESTS + 1)))]}, id="a conjunction too long"),
        pytest.param({"sections": [_section(strata=_ruleset())]}, id="a ruleset without rules"),
        pytest.param({"sections": [_section(strata=_ruleset([[0, 1, []]]))]}, id="an empty list"),
        pytest.param({"sections": [_section(strata=_ruleset([[0, 1, "x" * 70_000]]))]}, id="a long text"),
        pytest.param({"sections": [_section(strata=_ruleset([[0, 1, 1e16]]))]}, id="a great float"),
        pytest.param({"sections": [_section(strata=_ruleset([[0, 1, True]]))]}, id="a truth value"),
        pytest.param({"sections": [_section(strata=_ruleset([[0, 1, 2**63 - 1]]))]}, id="a great number"),
        pytest.param({"sections": [_section(strata=_ruleset([[0, 1, {"$div": {"$l": 1, "$r": 0}}]]))]}, id="a division by zero"),
        pytest.param({"sections": [_section(strata=_ruleset([["$s", 1, 1]]))]}, id="a key that begins with $"),
        pytest.param({"sections": [_section(strata=_ruleset([[1, 1, 1]]))]}, id="a property that the fact lacks"),
        pytest.param({"pairs": [["3A001", 0]]}, id="a pair of texts"),
        pytest.param({"pairs": [[0, 0]] * (MOST_PAIRS + 1)}, id="too many lasting facts"),
        pytest.param(
            {"sections": [_section(strata=[[{"inputs": [0] * (MOST_PROPERTIES + 1), "alternatives": _ONE["alternatives"]}]])]},
            id="a fact too wide",
        ),
    ],
)
def test_what_would_crash_or_lie_is_refused(parts: dict[str, Any]) -> None:
    """What crashes durable-rules, makes it hang or answer wrongly never reaches it, and the child goes on."""
    child = Child()
    assert "refused" in child.answer(_load(**parts))
    assert child.answer(_load())["loaded"] == "p"
    assert [[0, 0, 1, -1], [0, 0, 2, -1]] == sorted(child.answer(_evaluate(1))["notes"])


@pytest.mark.parametrize(
    "request_", [[], {}, {"do": "evaluate", "program": "q", "seconds": 1}, _load(sections=[{}]), _load(pairs=[[]])]
)
def test_a_request_that_cannot_be_read_ends_the_process(request_: Any) -> None:
    """What is no request of ours leaves nothing half done: the process ends."""
    with pytest.raises(Broken):
        Child().answer(request_)


def test_other_requests_are_refused() -> None:
    """There is no way to hand rules of its own language to the engine."""
    assert {"refused": "create_ruleset is no request"} == Child().answer({"do": "create_ruleset"})


def test_a_bare_negation_ends() -> None:
    """A rule of nothing but a negation hangs durable-rules; ours tests the world, which every fact has, besides."""
    rules = FlatRules([[7, [[0, 0, 1]], 0]], 1)
    assert [{7}, set(), {7}] == rules.targets([(1, [0]), (2, [1]), (1, [2])])


def test_a_rule_without_conditions_always_fires() -> None:
    """An alternative without tests fires in every world, or in the possible one only."""
    rules = FlatRules([[5, [], 0], [6, [], 1]], 0)
    assert [{5}, {5, 6}] == rules.targets([(1, []), (2, [])])


# ---- what fires ---------------------------------------------------------------------------------------------------------


def test_worlds_are_kept_apart() -> None:
    """What is true holds in both worlds, what is unknown in the possible one, what is false in neither."""
    child = Child()
    child.answer(_load())
    notes = child.answer(_evaluate(0, 1, 2))["notes"]
    assert [[1, 0, 1, -1], [1, 0, 2, -1], [2, 0, 2, -1]] == sorted(notes)


_PAIRS = st.sets(st.tuples(st.integers(0, 60), st.integers(0, 500)), max_size=400)
_SETTINGS = settings(max_examples=30, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))


@_SETTINGS
@given(_PAIRS, st.lists(st.sets(st.integers(0, 70)), min_size=1, max_size=4))
def test_joins_against_plain_sets(pairs: set[tuple[int, int]], rounds: list[set[int]]) -> None:
    """A join finds what stands beside each key, and nothing else, round after round."""
    join = PairJoin(sorted(pairs))
    for keys in rounds:
        assert {key: {value for other, value in pairs if other == key} for key in keys} == join.values(sorted(keys))


@st.composite
def _rules_and_facts(draw: st.DrawFn) -> tuple[int, list[list[Any]], list[tuple[int, list[int]]]]:
    width = draw(st.sampled_from((1, 3, 12, MOST_PROPERTIES)))
    test = st.tuples(st.integers(0, width - 1), st.integers(0, 1), st.integers(0, 2)).map(list)
    rules = draw(st.lists(st.tuples(st.lists(test, max_size=5), st.integers(0, 1)), min_size=1, max_size=MOST_ALTERNATIVES))
    values = st.lists(st.integers(0, 2), min_size=width, max_size=width)
    facts = draw(st.lists(st.tuples(st.integers(1, 2), values), max_size=8))
    return width, [[number, tests, possible] for number, (tests, possible) in enumerate(rules)], facts * 60


@_SETTINGS
@given(_rules_and_facts())
def test_flat_rules_against_plain_logic(drawn: tuple[int, list[list[Any]], list[tuple[int, list[int]]]]) -> None:
    """As many rules as a ruleset may hold, over as many properties, fire just where their conjunctions hold."""
    width, rules, facts = drawn
    assert [_fired(rules, world, values) for world, values in facts] == FlatRules(rules, width).targets(facts)


def _fired(rules: list[list[Any]], world: int, values: list[int]) -> set[int]:
    return {
        target
        for target, tests, possible in rules
        if (world == 2 or not possible) and all((values[prop] == value) == bool(equal) for prop, equal, value in tests)
    }


def test_all_rules_may_hold_at_once() -> None:
    """Every rule of a full ruleset fires for one fact: no more matches are pending than the engine bears."""
    rules = [[n, [[n, 1, 1]], 0] for n in range(MOST_ALTERNATIVES)]
    assert [set(range(MOST_ALTERNATIVES))] == FlatRules(rules, MOST_ALTERNATIVES).targets([(1, [1] * MOST_ALTERNATIVES)])


def test_ids_whose_hashes_meet_are_left_out() -> None:
    """Facts are found by a hash of their ids; no two facts of a ruleset share one."""
    assert fnv("id") == 926444256  # as the engine has it
    rules = Rules("any", {"any": {"all": [{"m": {"a": 1}}]}})
    ids = [rules._fresh() for _ in range(100_000)]
    assert len({fnv(str(number)) for number in ids} - {fnv("id"), fnv("sid")}) == len(set(ids)) == 100_000


def test_too_many_rows_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nothing says which rows are meant, as many are looked at as can be, and no more."""
    monkeypatch.setattr(rete_forward, "MOST_MATCHES", 1000)
    table = {"keys": None, "inputs": [], "rows": [[n, [], []] for n in range(300)], "alternatives": [[2, [], 0]]}
    child = Child()
    child.answer(_load(sections=[_section(strata=[], tables=[table])]))
    assert "rows may match" in child.answer(_evaluate(0, 0))["refused"]
    assert 600 == len(child.answer(_evaluate(0))["notes"])


def test_refused_properties() -> None:
    """Bounds are checked where rules are made, whoever makes them."""
    with pytest.raises(Refused):
        FlatRules([[0, [], 0]], MOST_PROPERTIES + 1)


def test_frames() -> None:
    """A frame comes back as it was written; a torn one is the end."""
    stream = io.BytesIO()
    write_frame(stream, json.dumps({"do": "nothing"}).encode())
    stream.seek(0)
    assert b'{"do": "nothing"}' == read_frame(stream)
    assert read_frame(stream) is None
    assert read_frame(io.BytesIO(b"\0\0\0\5ab")) is None
    assert read_frame(io.BytesIO(b"\xff\xff\xff\xffab")) is None
