from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, Final, TypeAlias

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from licet.cli.engines import Engines
from licet.cli.local import Local, load
from licet.cli.shipment import read_shipment
from licet.engine.protocol import Case
from licet.engine.reference import ReferenceEngine
from licet.engine.rete import ReteEngine
from licet.policy.release import Release
from tests.support.generated import Made, packages
from tests.support.open_facts import transactions
from tests.support.pairs import PAIRS, SEED, cases_of
from tests.support.variations import Variations

EXAMPLES: Final = sorted((Path(__file__).resolve().parents[2] / "examples").glob("*.yaml"))
_REFERENCE: Final = ReferenceEngine()
_EACH: Final = 12
_QUIET: Final = (HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much, HealthCheck.large_base_example)
Counted: TypeAlias = Callable[[str, object], None]


@cache
def _release() -> Release:
    return load()


@pytest.fixture(scope="module")
def rete() -> Iterator[ReteEngine]:
    """The engine, with its process."""
    with ReteEngine(timeout=120) as engine:
        yield engine


def _asked(rete: ReteEngine, case: Case, counts: Counter[str]) -> None:
    """Asks for an opinion of what the reference finds; fails on a contradiction, counts what was refused."""
    opinion = rete.opinion(case, _REFERENCE.match(case))
    assert not opinion.contradicted, f"{case.package.jurisdiction}: {opinion.contradicted[:5]}\n{case.transaction}"
    counts.update(pairs=1, confirmed=opinion.confirmed, taken=opinion.taken)
    counts.update(f"refused: {refusal.reason}" for refusal in opinion.not_available)


@pytest.mark.parametrize("file", EXAMPLES, ids=[file.stem for file in EXAMPLES])
def test_nothing_in_an_example_is_contradicted(file: Path, rete: ReteEngine, record_property: Counted) -> None:
    """Durable-rules contradicts no finding behind a decision, in any package and world, and has an opinion of every rule."""
    request = read_shipment(file).request
    second = Local(_release(), Engines(_REFERENCE, rete)).answer(request).second
    assert second is not None
    counts: Counter[str] = Counter()
    for each in second.opinions:
        counts.update(opinions=1, findings=each.findings, confirmed=each.said.confirmed, taken=each.said.taken)
        counts.update(f"refused: {refusal.reason}" for refusal in each.said.not_available)
    record_property("counted", ["second opinion on examples", dict(counts)])
    assert () == second.contradicting
    assert second.complete
    assert {(j, True) for j in _release().packages} <= {(each.jurisdiction, each.of_the_answer) for each in second.opinions}
    assert 0 < counts["confirmed"]


def test_nothing_in_generated_packages_is_contradicted(rete: ReteEngine, record_property: Counted) -> None:
    """Durable-rules contradicts no finding of the reference in small packages drawn at random; it confirms most."""
    counts: Counter[str] = Counter()

    @seed(int(SEED))
    @settings(max_examples=PAIRS // 800 + 1, deadline=None, database=None, phases=(Phase.generate,), suppress_health_check=_QUIET)
    @given(made=packages(), data=st.data(), number=st.integers(0, 2**32))
    def compare(made: Made, data: st.DataObject, number: int) -> None:
        variations = Variations(made.release, str(number))
        base: Any = data.draw(transactions(made.text))
        for _ in range(_EACH):
            transaction, active = variations.varied(base), variations.active()
            # A law of each date is a program of its own there: one date a package.
            transaction.date.CopyFrom(base.date)
            for case in cases_of(made.release, transaction, active):
                _asked(rete, case, counts)

    compare()
    record_property("counted", [f"second opinion on generated packages (seed {SEED})", dict(counts)])
    assert PAIRS // 80 <= counts["pairs"]
    assert counts["pairs"] <= counts["confirmed"]
