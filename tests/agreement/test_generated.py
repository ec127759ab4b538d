from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any, Final

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from licet.engine.compiled import CompiledEngine
from tests.support.generated import Made, packages
from tests.support.open_facts import transactions
from tests.support.pairs import PAIRS, SEED, Tally, agreed, cases_of
from tests.support.variations import Variations

_BASES: Final = 5
_EACH: Final = 160
_QUIET: Final = (HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much, HealthCheck.large_base_example)


def _shown(made: Made) -> str:
    return "\n".join(made._shown())


def test_the_engines_agree_on_generated_packages(record_property: Callable[[str, object], None]) -> None:
    """Compiled and reference find the same for every transaction drawn or varied under small packages drawn at random.

    Unset facts, dates on boundaries and codes above entries have the shares stated below, and so has every verdict.
    """
    tally = Tally()

    # No shrinking: a failure shows its package, which is small, and one transaction.
    @seed(int(SEED))
    @settings(max_examples=PAIRS // _EACH + 1, deadline=None, database=None, phases=(Phase.generate,), suppress_health_check=_QUIET)
    @given(made=packages(), data=st.data(), number=st.integers(0, 2**32))
    def compare(made: Made, data: st.DataObject, number: int) -> None:
        engine = CompiledEngine()
        variations = Variations(made.release, str(number))
        bases = [data.draw(transactions(made.text, unset=3 + n % 4)) for n in range(_BASES)]
        for pair in itertools.islice(_pairs(made, bases, variations), _EACH):
            tally.add(pair, agreed(pair, engine, _Late(made)))

    compare()
    record_property("counted", [f"generated packages (seed {SEED})", dict(tally.counts)])
    assert PAIRS <= tally.pairs
    tally.shares(
        on_a_boundary=0.2,
        beside_a_boundary=0.2,
        code_above_an_entry=0.08,
        code_unknown=0.05,
        unclassified=0.08,
        without_place_or_activity=0.08,
        something_fired=0.4,
        something_undetermined=0.5,
        something_considered=0.2,
        no_assumptions=0.15,
        some_assumptions=0.2,
        all_assumptions=0.15,
    )


def _pairs(made: Made, bases: list[Any], variations: Variations) -> Any:
    for turn in itertools.count():
        for base in bases:
            transaction = variations.varied(base) if turn else base
            yield from cases_of(made.release, transaction, variations.active())


class _Late:
    """The package of a failure, written only when it is shown."""

    def __init__(self, made: Made) -> None:
        self._made = made

    def __str__(self) -> str:
        return _shown(self._made)
