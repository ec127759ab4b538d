"""Which rules the cases exercised: fired, kept from firing, lacking facts, or never looked at; and which rows of tables fired."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from licet.cli.scenarios.scenario import Kind, Scenario
from licet.cli.scenarios.witness import Answer
from licet.engine.protocol import Finding, Verdict
from licet.policy.model import Package, Rule
from licet.policy.release import Release


@dataclass(frozen=True, slots=True)
class Exercised:
    """What one case, or many, exercised: names of rules, and of fired rows as `us.ccl[3A001/NS/NS1]`."""

    fired: frozenset[str] = frozenset()
    missed: frozenset[str] = frozenset()
    undetermined: frozenset[str] = frozenset()

    def plain(self) -> dict[str, list[str]]:
        """The same as JSON data."""
        return {"fired": sorted(self.fired), "missed": sorted(self.missed), "undetermined": sorted(self.undetermined)}

    @classmethod
    def of_plain(cls, plain: Mapping[str, Iterable[str]]) -> Exercised:
        """What `plain` gave."""
        return cls(*(frozenset(plain[key]) for key in ("fired", "missed", "undetermined")))


def joined(every: Iterable[Exercised]) -> Exercised:
    """What any of them exercised."""
    all_ = tuple(every)
    return Exercised(
        frozenset().union(*(e.fired for e in all_)),
        frozenset().union(*(e.missed for e in all_)),
        frozenset().union(*(e.undetermined for e in all_)),
    )


def exercised(scenario: Scenario, answer: Answer) -> Exercised:
    """What a case exercised.

    A rule is *missed* by a case that it looks at and that its test keeps from firing: it was considered, or has no `about` and did
    not fire; or the case says so under `not_fired`.
    """
    fired, missed, undetermined = set[str](), set[str](), set[str]()
    for seen in answer.seen.values():
        rules = seen.case.package.rules_by_id
        for finding in seen.findings:
            if finding.verdict is Verdict.FIRED:
                fired.add(finding.name)
            elif finding.verdict is Verdict.UNDETERMINED:
                undetermined.add(finding.rule)
            elif _is_miss(rules[finding.rule], finding):
                missed.add(finding.rule)
    missed |= {e.wanted.partition("[")[0] for e in scenario.expectations if e.kind is Kind.NOT_FIRED}
    return Exercised(frozenset(fired), frozenset(missed), frozenset(undetermined))


def _is_miss(rule: Rule, finding: Finding) -> bool:
    bound_nothing = finding.bound.endswith("*")
    return finding.verdict is Verdict.CONSIDERED or (rule.about is None and not bound_nothing)


@dataclass(frozen=True, slots=True)
class TableTally:
    """How many rows of a decision table fired."""

    table: str
    fired: int
    rows: int


@dataclass(frozen=True, slots=True)
class Tally:
    """The count of one jurisdiction."""

    jurisdiction: str
    cases: int
    rules: int
    fired: tuple[str, ...]
    missed: tuple[str, ...]
    undetermined: tuple[str, ...]
    never: tuple[str, ...]
    """Rules that no case made fire, kept from firing or left without facts."""
    never_fired: tuple[str, ...]
    never_missed: tuple[str, ...]
    tables: tuple[TableTally, ...]


def tally(package: Package, cases: int, found: Exercised) -> Tally:
    """The count of one package's rules."""
    ids = [rule.id for rule in package.rules]
    fired = {name.partition("[")[0] for name in found.fired}
    touched = fired | found.missed | found.undetermined
    return Tally(
        package.jurisdiction,
        cases,
        len(ids),
        tuple(i for i in ids if i in fired),
        tuple(i for i in ids if i in found.missed),
        tuple(i for i in ids if i in found.undetermined),
        tuple(i for i in ids if i not in touched),
        tuple(i for i in ids if i not in fired),
        tuple(i for i in ids if i not in found.missed),
        _tables(package, found.fired),
    )


def tallies(release: Release, cases: Mapping[str, int], found: Exercised) -> tuple[Tally, ...]:
    """The counts of the jurisdictions that have cases."""
    return tuple(tally(package, cases[j], found) for j, package in release.packages.items() if cases.get(j))


def _tables(package: Package, fired: frozenset[str]) -> tuple[TableTally, ...]:
    """Decision tables of the package, by how many of their rows some rule fired on."""
    rows: dict[str, set[str]] = {}
    for rule in package.rules:
        for number, loop in enumerate(rule.loops):
            if loop.table:
                bound = (name.partition("[")[2].removesuffix("]") for name in fired if name.startswith(f"{rule.id}["))
                keys = rows.setdefault(loop.table, set())
                keys |= {text if len(rule.loops) == 1 else text.split(",")[number] for text in bound}
    return tuple(
        TableTally(table, len(keys), len({row.key for row in package.tables[table].rows})) for table, keys in sorted(rows.items())
    )
