"""Asking a release, and what its answer rests on: intervals, listed assumptions, and the completions that contradict none of them."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice, product
from typing import Any, Final

from licet.decision.canonical import canonical
from licet.decision.decide import decide
from licet.decision.settings import Settings
from licet.engine.reference import ReferenceEngine
from licet.language.facts import FactReader, Mode
from licet.policy.release import Release
from licet.v1 import decision_pb2, licensing_service_pb2, transaction_pb2
from tests.support.open_facts import Option, Slot, State, Transaction, copied, relevant, slots

Interval = tuple[int, int]
Listed = Mapping[str, frozenset[str]]
"""Vocabulary patterns of the listed assumptions, with what they assume."""
Choose = Callable[[Sequence[Option]], Option]
TODAY: Final = datetime.date(2026, 11, 22)
AUTHORIZED: Final = 3
PROCEED: Final = 1
REFUSE: Final = licensing_service_pb2.ASSUMPTION_MODE_REFUSE


def request(release: Release, transaction: Transaction, **fields: Any) -> licensing_service_pb2.EvaluateRequest:
    """A question to every package of the release by name, so that countries without a package do not matter."""
    return licensing_service_pb2.EvaluateRequest(transaction=transaction, **{"jurisdictions": list(release.packages), **fields})


def ask(release: Release, transaction: Transaction, **fields: Any) -> decision_pb2.Result:
    """The answer."""
    return decide(request(release, transaction, **fields), release, ReferenceEngine(), today=TODAY, settings=Settings()).result


def intervals(result: decision_pb2.Result) -> dict[tuple[str, str], Interval]:
    """Floor and ceiling of each instrument and line."""
    return {(d.instrument, d.item): (d.floor, d.ceiling) for d in result.determinations}


def listed(result: decision_pb2.Result) -> Listed:
    """What the answer says it assumed."""
    assumed: dict[str, frozenset[str]] = {}
    for each in result.assumptions:
        assumed[each.path] = assumed.get(each.path, frozenset()) | {each.value}
    return assumed


def wire(result: decision_pb2.Result) -> bytes:
    """The result as bytes, always the same for equal results."""
    return result.SerializeToString(deterministic=True)


# ---- what contradicts an assumption -------------------------------------------------------------------------------------


def _assumption(slot: Slot, release: Release, assumed: Listed) -> str | None:
    """The listed assumption that speaks of an open fact."""
    for vocabulary in release.vocabularies.values():
        entry = vocabulary.find(slot.pattern)
        if entry is not None and entry.pattern in assumed:
            return entry.pattern
    return None


def compatible(slot: Slot, release: Release, assumed: Listed) -> tuple[Option, ...]:
    """The ways to state an open fact that state no other value than a listed assumption.

    To say that nobody has a role contradicts a listed assumption on who stands in for it.
    """
    pattern = _assumption(slot, release, assumed)
    options = slot.options if pattern is None else tuple(o for o in slot.options if {o.says} == assumed[pattern])
    roles = any(path.startswith("roles[") for path in assumed)
    return tuple(o for o in options if not (roles and slot.pattern.startswith("roles[") and o.label == "nobody"))


def trips_a_guard(release: Release, transaction: Transaction, assumed: Listed) -> bool:
    """Whether a listed assumption may not be made for a fact that is still open, since its guard holds or cannot be told."""
    still = {pattern for slot in slots(transaction) if (pattern := _assumption(slot, release, assumed)) is not None}
    return any(guarded(release, transaction, pattern) for pattern in still)


def guarded(release: Release, transaction: Transaction, pattern: str) -> bool:
    """Whether the guard of an assumption holds, or cannot be told, for the transaction or some part of it."""
    standard = canonical(transaction, TODAY)
    day = datetime.date(standard.date.year, standard.date.month, standard.date.day)
    for jurisdiction, vocabulary in release.vocabularies.items():
        entry = vocabulary.entries.get(pattern)
        if entry is None or entry.guard is None:
            continue
        reader = FactReader(standard, vocabulary, release.law(jurisdiction, day), mode=Mode.GUARD, active=None)
        parts: tuple[dict[str, Any], ...] = ({},)
        if pattern.startswith("items"):
            parts = tuple({"item": ref} for ref in reader.items())
        elif pattern.startswith("parties"):
            parts = tuple({"party": ref} for ref in reader._party_refs())
        if any(entry.guard(reader, {"tx": reader.root, **part}) is not False for part in parts):
            return True
    return False


# ---- completions --------------------------------------------------------------------------------------------------------

_LATE: Final = ("end_use.place_of_use", "roles[END_USER]")
"""Facts whose assumption copies another fact: completed after it."""


def completions(
    release: Release, transaction: Transaction, assumed: Listed, text: str, choose: Choose, *, most: int
) -> Iterator[Transaction]:
    """Ways in which the open facts may turn out, claims left aside, that contradict no listed assumption.

    Every fact is stated that a policy may read: with what is assumed where that is listed, else with anything. All of them where they
    are few, else `most` of them as chosen. A fact that cannot be stated as it is assumed (no region that the law treats apart) stays
    unset; the guard of its assumption may then not be tripped.
    """
    for completed in islice(_completed(release, transaction, assumed, text, choose, most), most):
        if not trips_a_guard(release, completed, assumed):
            yield completed


def _completed(
    release: Release, transaction: Transaction, assumed: Listed, text: str, choose: Choose, most: int
) -> Iterator[Transaction]:
    open_ = [options for slot in _open(transaction, text) if (options := compatible(slot, release, assumed))]
    size = 1
    for options in open_:
        size *= len(options)
    if size <= most:
        for combination in product(*open_):
            yield _finished(release, copied(transaction, *(o.state for o in combination)), assumed, text, choose)
    while size > most:
        states: list[State] = [choose(options).state for options in open_]
        yield _finished(release, copied(transaction, *states), assumed, text, choose)


def _open(transaction: Transaction, text: str, *, late: bool = False) -> list[Slot]:
    return [s for s in slots(transaction) if relevant(s, text) and (late or s.pattern not in _LATE)]


def _finished(release: Release, transaction: Transaction, assumed: Listed, text: str, choose: Choose) -> Transaction:
    """States what the first facts brought up: entries of lists, regions, paragraphs, what copies another fact."""
    for _ in range(2):
        for slot in _open(transaction, text, late=True):
            if options := compatible(slot, release, assumed):
                choose(options).state(transaction)
    return transaction


def uncleared(transaction: transaction_pb2.Transaction) -> bool:
    """Whether the exporter states a red flag that is not cleared."""
    return any(not flag.cleared for flag in transaction.red_flags)
