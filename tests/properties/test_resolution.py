"""Resolution, against the text of MEANING.md, section 5, written down once more as plainly as can be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from hypothesis import given
from hypothesis import strategies as st

from licet.v1 import outcome_pb2, transaction_pb2
from tests.support.answers import PROCEED, ask
from tests.support.generated import plain_package
from tests.support.open_facts import Transaction, held_license
from tests.support.packages import rule

_ALWAYS: Final = 'tx.origin.country == "ZZ"'
_BASES: Final = ("B1", "B2", "P1", "ALONE")
_SETS: Final = {"all": {"B1", "B2"}}
_MET: Final = {"met": 'held("zz.reg")', "refused": 'held("zz.other")', "to do": 'held("zz.unknown")'}


@dataclass(frozen=True)
class _Law:
    """What certainly applies: bases required and prohibited, bases exempted, authorizations with their needs, those barred."""

    required: frozenset[str]
    prohibited: frozenset[tuple[str, str]]
    exempted: frozenset[str]
    authorizations: tuple[tuple[str, tuple[str, ...], tuple[tuple[str, str], ...]], ...]
    """(id, covers, ((timing, state), …))."""
    barred: frozenset[str]
    licensed: bool
    """A license that covers B1, B2 and P1 and fits in every respect."""

    def rules(self) -> list[dict[str, Any]]:
        """The law as rules."""
        effects: list[dict[str, Any]] = [{"require": {"basis": basis}} for basis in sorted(self.required)]
        effects += [{"prohibit": {"basis": basis, "derogation": who}} for basis, who in sorted(self.prohibited)]
        effects += [{"exempt": {"bases": [basis]}} for basis in sorted(self.exempted)]
        for id_, covers, needs in self.authorizations:
            stated = [{"text": state, "timing": timing, "met": _MET[state]} for timing, state in needs]
            effects.append(
                {"authorize": {"id": id_, "title": id_, "covers": list(covers), **({"needs": stated} if stated else {})}}
            )
        effects += [{"bar": {"authorizations": [id_]}} for id_ in sorted(self.barred & {a[0] for a in self.authorizations})]
        return [rule(f"zz.r{number}", effect, _ALWAYS) for number, effect in enumerate(effects)]


def _expanded(names: Any) -> set[str]:
    return {basis for name in names for basis in _SETS.get(name, {name})}


def _meant(law: _Law) -> tuple[str, bool]:
    """The outcome, and whether it may proceed: one authorization covers all, is not barred, and has no need that is refused."""
    lifted = _expanded(law.exempted)
    required = law.required - lifted
    prohibited = {(basis, who) for basis, who in law.prohibited if basis not in lifted}
    wanted = required | {basis for basis, _ in prohibited}
    licensed = law.licensed and bool(wanted) and wanted <= {"B1", "B2", "P1"}
    if prohibited and not (licensed and all(who == "authority" for _, who in prohibited)):
        return "PROHIBITED", False
    if not wanted:
        return "NO_LICENSE_REQUIRED", True
    open_ = [
        needs
        for id_, covers, needs in law.authorizations
        if not prohibited
        and wanted <= _expanded(covers)
        and id_ not in law.barred
        and "refused" not in {state for _, state in needs}
    ]
    if not open_ and not licensed:
        return "LICENSE_REQUIRED", False
    return "AUTHORIZED", licensed or any(("before", "to do") not in needs for needs in open_)


_NEEDS: Final = st.tuples(st.sampled_from(("before", "after", "standing")), st.sampled_from(tuple(_MET)))
_COVERS: Final = st.lists(st.sampled_from(("all", *_BASES)), min_size=1, max_size=2, unique=True).map(tuple)
_LAWS: Final = st.builds(
    _Law,
    required=st.frozensets(st.sampled_from(("B1", "B2", "ALONE")), max_size=2),
    prohibited=st.just(frozenset()) | st.frozensets(st.tuples(st.just("P1"), st.sampled_from(("none", "authority"))), max_size=1),
    exempted=st.just(frozenset()) | st.frozensets(st.sampled_from(("all", *_BASES)), max_size=1),
    authorizations=st.lists(
        st.tuples(st.sampled_from(("X1", "X2")), st.just(("all",)) | _COVERS, st.lists(_NEEDS, max_size=2).map(tuple)), max_size=3
    ).map(tuple),
    barred=st.just(frozenset()) | st.frozensets(st.sampled_from(("X1", "X2")), max_size=1),
    licensed=st.sampled_from((False, False, True)),
)


@given(law=_LAWS)
def test_what_is_certain_is_resolved_as_the_text_says(law: _Law) -> None:
    """Where nothing is unknown, floor, ceiling and outcome are what section 5 says, and PROCEED what section 6 says."""
    transaction = Transaction(activity=transaction_pb2.ACTIVITY_EXPORT, items=[transaction_pb2.Item(line="1")])
    transaction.origin.country, transaction.destination.country = "ZZ", "AA"
    transaction.date.year, transaction.date.month, transaction.date.day = 2026, 6, 1
    transaction.documents.add(id="zz.reg", status=transaction_pb2.HOLDING_STATUS_HELD)
    transaction.documents.add(id="zz.other", status=transaction_pb2.HOLDING_STATUS_NOT_HELD)
    if law.licensed:
        transaction.licenses.append(held_license(full=True))
    result = ask(plain_package(*law.rules()).release, transaction)
    outcome, proceeds = _meant(law)
    assert f"OUTCOME_{outcome}" == outcome_pb2.Outcome.Name(result.outcome)
    assert {result.outcome} == {end for d in result.determinations for end in (d.floor, d.ceiling)}
    assert proceeds == (PROCEED == result.disposition)
