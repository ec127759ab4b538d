from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, Final

import pytest

from licet.cli.local import load
from licet.cli.shipment import read_shipment
from licet.engine.compiled import CompiledEngine
from licet.engine.protocol import Verdict
from licet.policy.release import Release
from tests.support.pairs import PAIRS, SEED, Tally, agreed, cases_of
from tests.support.variations import Variations

EXAMPLES: Final = sorted((Path(__file__).resolve().parents[2] / "examples").glob("*.yaml"))
# A pair of a whole package costs a hundred times one of a small package.
_VARIED: Final = max(1, PAIRS // 250)
_LARGE: Final = 50
_COMPILED: Final = CompiledEngine()


@cache
def _release() -> Release:
    return load()


@cache
def _transactions() -> tuple[Any, ...]:
    return tuple(read_shipment(file).request.transaction for file in EXAMPLES)


@pytest.mark.parametrize("file", EXAMPLES, ids=[file.stem for file in EXAMPLES])
def test_the_engines_agree_on_an_example(file: Path) -> None:
    """Compiled and reference find the same in every package: with all assumptions, with none, and with some."""
    some = Variations(_release(), f"{SEED} {file.stem}").assumptions[::2]
    for active in (None, frozenset[str](), frozenset(some)):
        for case in cases_of(_release(), read_shipment(file).request.transaction, active):
            agreed(case, _COMPILED)


def _varied() -> Iterator[tuple[Any, frozenset[str] | None]]:
    variations = Variations(_release(), SEED)
    for _ in range(_VARIED):
        transaction = variations.varied(variations.chance.choice(_transactions()), most=5)
        if variations.chance.random() < 0.5:
            variations.date(transaction)
        yield transaction, variations.active()


def test_the_engines_agree_on_what_examples_may_turn_into(record_property: Callable[[str, object], None]) -> None:
    """Compiled and reference find the same when an example's facts, codes, dates, claims and assumptions are varied by chance."""
    tally = Tally()
    for transaction, active in _varied():
        for case in cases_of(_release(), transaction, active):
            found = agreed(case, _COMPILED)
            if len(case.package.rules) >= _LARGE:  # of members of a bloc, which add little, most find nothing
                tally.add(case, found)
    record_property("counted", [f"examples varied (seed {SEED})", dict(tally.counts)])
    tally.shares(code_above_an_entry=0.02, something_undetermined=0.3, something_fired=0.1, something_considered=0.1)
    tally.shares(on_a_boundary=0.04, beside_a_boundary=0.03, unclassified=0.02, code_unknown=0.05)


def test_examples_have_findings_of_every_verdict() -> None:
    """What the engines agree on is more than silence: rules fire, are considered and stay undetermined."""
    found = {f.verdict for tx in _transactions() for case in cases_of(_release(), tx, None) for f in _COMPILED.match(case)}
    assert {Verdict.FIRED, Verdict.UNDETERMINED, Verdict.CONSIDERED} == found
