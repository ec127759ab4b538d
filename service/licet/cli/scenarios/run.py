"""Runs scenarios: one after another, under one release, with one compiled engine."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from licet.cli.scenarios.checks import Failure, failures
from licet.cli.scenarios.scenario import Scenario
from licet.cli.scenarios.tally import Exercised, exercised
from licet.cli.scenarios.witness import decided
from licet.engine.protocol import Matcher
from licet.policy.release import Release


@dataclass(frozen=True, slots=True)
class Run:
    """A scenario that ran: what it did not meet, and which rules it exercised."""

    scenario: Scenario
    failures: tuple[Failure, ...]
    exercised: Exercised

    @property
    def passed(self) -> bool:
        """Whether all was as expected."""
        return not self.failures


def run(scenario: Scenario, release: Release, fast: Matcher) -> Run:
    """The scenario decided and compared."""
    answer = decided(scenario, release, fast)
    return Run(scenario, failures(scenario, answer), exercised(scenario, answer))


def run_all(scenarios: Iterable[Scenario], release: Release, fast: Matcher) -> Iterator[Run]:
    """Each scenario as it comes, those of one date together: the engine keeps the law of a few dates only."""
    for scenario in sorted(scenarios, key=_date):
        yield run(scenario, release, fast)


def _date(scenario: Scenario) -> tuple[int, int, int]:
    date = scenario.shipment.request.transaction.date
    return date.year, date.month, date.day
