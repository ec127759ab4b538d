"""Which names an expectation may use: a misspelled rule would never fire, and an expected silence would always hold."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from licet.cli.scenarios.scenario import Expectation, Kind
from licet.cli.words import short
from licet.policy.model import Authorize, Package, Prohibit, Require, Review, Rule
from licet.policy.reading import Faults, nearest
from licet.policy.release import Release
from licet.v1 import outcome_pb2

_COUNTS = frozenset((Kind.AT_MOST_QUESTIONS, Kind.AT_MOST_STATEMENTS))
_RULES = frozenset((Kind.FIRES, Kind.UNDETERMINED, Kind.CONSIDERED, Kind.NOT_FIRED))


@dataclass(frozen=True, eq=False)
class Known:
    """The names of a release."""

    release: Release
    rules: Mapping[str, Rule]
    names: Mapping[Kind, frozenset[str]]
    laws: frozenset[str]
    """Instruments and jurisdictions: what an outcome may be narrowed to."""

    def check(self, expectation: Expectation, faults: Faults) -> None:
        """A fault where the expectation speaks of something that there is not."""
        if expectation.kind in _RULES:
            self._rule(expectation, faults)
        elif expectation.kind in self.names and expectation.wanted not in self.names[expectation.kind]:
            what = expectation.kind.replace("_", " ")
            hint = nearest(expectation.wanted, self.names[expectation.kind])
            faults.add(expectation.at, "UNKNOWN_NAME", f"{expectation.wanted} is no {_WHAT.get(expectation.kind, what)}", hint)
        elif expectation.kind in _COUNTS and not expectation.wanted.isdecimal():
            faults.add(expectation.at, "NUMBER", f"{expectation.kind} is {expectation.wanted}, expected a whole number")
        if expectation.of and expectation.of not in self.laws:
            hint = nearest(expectation.of, self.laws)
            faults.add(expectation.at, "UNKNOWN_NAME", f"{expectation.of} is no instrument and no jurisdiction", hint)

    def _rule(self, expectation: Expectation, faults: Faults) -> None:
        bare, _, row = expectation.wanted.partition("[")
        if bare not in self.rules:
            faults.add(expectation.at, "UNKNOWN_NAME", f"{bare} is no rule", nearest(bare, self.rules))
            return
        rule = self.rules[bare]
        if not row:
            return
        tables = [loop.table for loop in rule.loops]
        if not tables:
            faults.add(expectation.at, "UNKNOWN_NAME", f"{bare} has no rows: it is judged once", f"write {bare}")
        elif len(tables) == 1 and tables[0]:
            rows = {each.key for each in self.release.packages[rule.jurisdiction].tables[tables[0]].rows}
            key = row.removesuffix("]")
            if key not in rows:
                faults.add(expectation.at, "UNKNOWN_NAME", f"the table {tables[0]} has no row {key}", nearest(key, rows))


_WHAT = {Kind.OPEN: "authorization", Kind.CLOSED: "authorization", Kind.POSSIBLE: "authorization", Kind.REVIEW: "review policy"}


def known_names(release: Release) -> Known:
    """The names that expectations may use under a release."""
    packages = release.packages.values()
    rules = {rule.id: rule for package in packages for rule in package.rules}
    authorizations = frozenset(rule.effect.id for rule in rules.values() if isinstance(rule.effect, Authorize))
    names = {
        Kind.OUTCOME: frozenset(_enum(outcome_pb2.Outcome)),
        Kind.DISPOSITION: frozenset(_enum(outcome_pb2.Disposition)),
        Kind.REVIEW: frozenset(review.value for review in Review),
        Kind.REGIME: frozenset(release.catalogues.regimes),
        Kind.BASIS: frozenset(_bases(packages)),
        **dict.fromkeys((Kind.OPEN, Kind.POSSIBLE, Kind.CLOSED), authorizations),
    }
    instruments = (instrument.id for package in packages for instrument in package.policy.instruments)
    return Known(release, rules, names, frozenset((*instruments, *release.packages)))


def _enum(enum: object) -> Iterable[str]:
    return (short(enum, value.number) for value in enum.DESCRIPTOR.values if value.number)  # type: ignore[attr-defined]  # an enum of the API


def _bases(packages: Iterable[Package]) -> Iterable[str]:
    for package in packages:
        yield from (basis.id for basis in package.policy.bases)
        for rule in package.rules:
            if isinstance(rule.effect, Require | Prohibit) and isinstance(rule.effect.basis, str):
                yield rule.effect.basis
