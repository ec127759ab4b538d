"""Which assumptions are needed is found by trials that share what did not change: with the same end as working each out whole."""

from __future__ import annotations

from typing import TypeAlias

from hypothesis import given
from hypothesis import strategies as st

from licet.decision.canonical import canonical, legal_date
from licet.decision.coverage import families_asked
from licet.decision.matching import Subject
from licet.decision.settings import Settings
from licet.decision.world import World, _found, _joined, _match, evaluate
from licet.engine.protocol import Finding
from licet.engine.reference import ReferenceEngine
from licet.language.facts import FactClass
from tests.support.answers import TODAY
from tests.support.generated import any_package
from tests.support.open_facts import transactions

_Reasons: TypeAlias = dict[Finding, tuple[object, ...]]


def _drawn(data: st.DataObject) -> Subject:
    made = data.draw(any_package())
    standard = canonical(data.draw(transactions(made.text)), TODAY)
    families = families_asked(made.release, ())
    return Subject(standard, legal_date(standard), made.release, ReferenceEngine(), families, (), Settings())


def _whole(subject: Subject, active: frozenset[str] | None) -> World:
    """What follows under some assumptions, with nothing shared."""
    return _joined(subject, _found(subject, _match(subject, active), active), active)


def _reasons(world: World) -> _Reasons:
    return {e.finding: (e.effect, e.leaves, e.missing, e.leading, e.needs, e.failing, e.lacking_claims) for e in world.explained}


@given(data=st.data())
def test_trials_keep_the_assumptions_that_dropping_each_from_the_whole_keeps(data: st.DataObject) -> None:
    """Sharing findings and resolutions between trials changes neither which assumptions are kept nor the order of dropping."""
    subject = _drawn(data)
    offered = (entry for vocabulary in subject.release.vocabularies.values() for entry in vocabulary.entries.values())
    kept = frozenset(entry.pattern for entry in offered if entry.kind is FactClass.ASSUME)
    best = _whole(subject, None).answer()
    for pattern in sorted(kept):
        if _whole(subject, kept - {pattern}).answer() == best:
            kept -= {pattern}
    assert kept == evaluate(subject, use_assumptions=True).active


@given(data=st.data())
def test_no_reason_rests_on_an_assumption_that_was_dropped(data: st.DataObject) -> None:
    """Conditions, what they read, missing facts and needs are those of the kept assumptions alone."""
    subject = _drawn(data)
    world = evaluate(subject, use_assumptions=True)
    assert _reasons(_whole(subject, world.active)) == _reasons(world)
