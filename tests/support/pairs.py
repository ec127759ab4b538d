"""Engines side by side: cases made of a release and a transaction, what two engines find in them, and what the cases are like."""

from __future__ import annotations

import datetime
import os
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any, Final

from google.protobuf import text_format

from licet.decision.canonical import canonical, legal_date
from licet.engine.protocol import Case, Finding, Matcher, Verdict
from licet.engine.reference import ReferenceEngine
from licet.policy.release import Release
from tests.support.variations import boundaries_of, stands_above

TODAY: Final = datetime.date(2026, 11, 22)
SEED: Final = os.environ.get("LICET_AGREEMENT_SEED", "1")  # whoever runs the suite chooses where to look
PAIRS: Final = int(os.environ.get("LICET_AGREEMENT_PAIRS", "20000"))  # and how long
_REFERENCE: Final = ReferenceEngine()
_DAY: Final = datetime.timedelta(days=1)


def case_of(release: Release, jurisdiction: str, transaction: Any, active: frozenset[str] | None) -> Case:
    """One package's case; the transaction is in canonical form."""
    law = release.law(jurisdiction, legal_date(transaction))
    return Case(transaction, release.packages[jurisdiction], law, release.vocabularies[jurisdiction], active)


def cases_of(release: Release, transaction: Any, active: frozenset[str] | None) -> Iterator[Case]:
    """The case of every package."""
    named = canonical(transaction, TODAY)
    yield from (case_of(release, jurisdiction, named, active) for jurisdiction in release.packages)


def agreed(case: Case, engine: Matcher, about: object = "") -> tuple[Finding, ...]:
    """What the reference finds, and the engine too; fails with the difference and all that is needed to see it again."""
    wanted, found = _REFERENCE.match(case), engine.match(case)
    assert wanted == found, (
        f"{engine.name} and reference differ in {case.package.jurisdiction}, assuming {_names(case.active)}\n"
        f"only the reference: {[f for f in wanted if f not in found]}\n"
        f"only {engine.name}: {[f for f in found if f not in wanted]}\n"
        f"{text_format.MessageToString(case.transaction, as_one_line=True)}\n{about}"
    )
    return wanted


def _names(active: frozenset[str] | None) -> str:
    return "everything" if active is None else ", ".join(sorted(active)) or "nothing"


def kinds(case: Case, findings: Iterable[Finding]) -> Iterator[str]:
    """What a case is like, and what was found in it."""
    changes = boundaries_of(case.package)
    if case.law.date in changes:
        yield "on a boundary"
    elif case.law.date - _DAY in changes or case.law.date + _DAY in changes:
        yield "beside a boundary"
    schemes = case.law.schemes
    codes = [(code, schemes[id_]) for item in case.transaction.items for id_, c in item.classifications.items() for code in c.codes]
    if any(stands_above(code, scheme, case.package) for code, scheme in codes):
        yield "code above an entry"
    if any(scheme.normal(code) not in scheme.negative and not scheme.knows(scheme.normal(code)) for code, scheme in codes):
        yield "code unknown"
    if any(not item.classifications for item in case.transaction.items):
        yield "unclassified"
    if not (case.transaction.destination.country and case.transaction.origin.country and case.transaction.activity):
        yield "without place or activity"
    verdicts = {finding.verdict for finding in findings}
    yield from (f"something {verdict}" for verdict in Verdict if verdict in verdicts)
    yield "all assumptions" if case.active is None else "some assumptions" if case.active else "no assumptions"


class Tally:
    """Counts pairs and what they are like, and checks that every kind had its share."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()

    def add(self, case: Case, findings: Iterable[Finding]) -> None:
        """One more pair."""
        self.counts.update(("pairs", *kinds(case, findings)))

    @property
    def pairs(self) -> int:
        """How many pairs."""
        return self.counts["pairs"]

    def shares(self, **floors: float) -> None:
        """Fails where a kind (`_` for a blank) had a smaller share of the pairs."""
        found = {kind: self.counts[kind.replace("_", " ")] / max(self.pairs, 1) for kind in floors}
        lacking = {kind: share for kind, share in found.items() if share < floors[kind]}
        assert not lacking, f"of {self.pairs} pairs: {lacking}"
