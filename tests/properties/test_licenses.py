"""Held licenses and needs: what is not stated of them is unknown, and what is refused closes."""

from __future__ import annotations

from functools import cache
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from licet.v1 import transaction_pb2
from tests.support.answers import ask, intervals
from tests.support.generated import Made, plain_package
from tests.support.narrowing import assert_narrower
from tests.support.open_facts import LIMITS, Transaction, copied, held_licenses, slots, transactions
from tests.support.packages import rule


@cache
def _law() -> Made:
    """A license for everything, a second basis for some codes, and a ban that a license lifts."""
    return plain_package(
        rule("zz.need", {"require": {"basis": "B1"}}, 'tx.origin.country == "ZZ"'),
        rule("zz.listed", {"require": {"basis": "B2", "review": "denial"}}, 'under("A1.b")'),
        rule("zz.ban", {"prohibit": {"basis": "P1", "derogation": "authority"}}, 'tx.destination.country == "BB"'),
    )


@st.composite
def _licensed(draw: st.DrawFn) -> Transaction:
    """A transaction with one or two lines and one or two held licenses."""
    transaction = draw(transactions("zz.list money( .quantity .unit .purposes", unset=3))
    del transaction.licenses[:]
    if draw(st.booleans()):
        del transaction.items[1:]
        transaction.items.append(_another(transaction.items[0], draw(st.sampled_from((None, "A1", "A1.b.2", "NLR", "A2")))))
    for number in range(draw(st.sampled_from((1, 1, 2)))):
        held = draw(held_licenses())
        held.number = f"N-{number}"
        transaction.licenses.append(held)
    return transaction


def _another(line: transaction_pb2.Item, code: str | None) -> transaction_pb2.Item:
    """The same once more, under another code."""
    item = transaction_pb2.Item()
    item.CopyFrom(line)
    item.line = "2"
    item.classifications.pop("zz.list", None)
    if code is not None:
        item.classifications["zz.list"].codes.append(code)
    return item


@given(transaction=_licensed(), chance=st.randoms(use_true_random=True))
def test_one_more_fact_of_a_license_or_a_shipment_only_narrows_the_interval(transaction: Transaction, chance: Any) -> None:
    """Stating what a license covers, or what the shipment is, raises no ceiling and lowers no floor."""
    release = _law().release
    result = ask(release, transaction)
    wanted = ("licenses", "items[*].classifications[zz.list]", "items[*].q", "items[*].u", "items[*].v", "dest", "end_use.purposes")
    open_ = [(s, o) for s in slots(transaction) if s.pattern.startswith(wanted) for o in s.options]
    for slot, option in chance.sample(open_, min(15, len(open_))):
        stated = copied(transaction, option.state)
        assert_narrower(ask(release, stated), result, f"{slot.path}: {option.label}")


@given(transaction=_licensed())
def test_a_license_with_an_unset_limit_is_never_certain(transaction: Transaction) -> None:
    """A license that leaves a limit unset and does not call it unlimited covers nothing for certain: the ceiling is as without it."""
    release = _law().release
    result = intervals(ask(release, transaction))
    certain = copied(transaction)
    del certain.licenses[:]
    certain.licenses.extend(held for held in transaction.licenses if not _unset(held))
    without = intervals(ask(release, certain))
    for key, (_, ceiling) in result.items():
        assert without[key][1] == ceiling


def _unset(held: transaction_pb2.HeldLicense) -> bool:
    lists = {field.name for field in held.DESCRIPTOR.fields if field.is_repeated}
    empty = [name for name in LIMITS if not (getattr(held, name) if name in lists else held.HasField(name))]
    # A quantity without limit needs no unit. That it lifts any basis, no license says.
    return any(n == "bases" or n not in held.unlimited for n in empty if n != "unit" or "quantity_left" not in held.unlimited)
