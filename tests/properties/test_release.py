"""The promises, kept by the policies that are shipped: examples, varied, with facts left out, shuffled and traced in full."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from licet.cli.shipment import read_shipment
from licet.decision.decide import decide
from licet.decision.settings import Settings
from licet.engine.compiled import CompiledEngine
from licet.language.facts import FactClass
from licet.policy.folder import read_folder
from licet.policy.release import Release, load_release
from licet.v1 import decision_pb2, licensing_service_pb2, outcome_pb2
from licet.v1 import transaction_pb2 as pb
from tests.support.answers import AUTHORIZED, PROCEED, REFUSE, TODAY, guarded, intervals, listed, request, wire
from tests.support.narrowing import assert_narrower, placeless, shuffled_message
from tests.support.open_facts import Transaction, copied

_ROOT: Final = Path(__file__).resolve().parents[2]
_EXAMPLES: Final = tuple(sorted((_ROOT / "examples").glob("*.yaml")))
_FEW: Final = max(4, settings.default.max_examples // 5 if settings.default else 8)
"""A decision under the real policies costs a hundred times one under a small package."""
_ENGINE: Final = CompiledEngine()


@cache
def _files() -> dict[str, bytes]:
    return dict(read_folder(_ROOT / "policies"))


@cache
def _release() -> Release:
    return load_release(_files())


@cache
def _examples() -> tuple[Transaction, ...]:
    return tuple(read_shipment(file).request.transaction for file in _EXAMPLES)


def _ask(transaction: Transaction, release: Release | None = None, **fields: Any) -> decision_pb2.Result:
    asked = release or _release()
    return decide(request(asked, transaction, **fields), asked, _ENGINE, today=TODAY, settings=Settings()).result


# ---- transactions -------------------------------------------------------------------------------------------------------

_COUNTRIES: Final = ("DE", "CN", "RU", "IR", "MX", "GB", "UA", "SY", "IN", "KP", "BR", "HK")
_CODES: Final[dict[str, tuple[str, ...]]] = {
    "us.eccn": ("3A001.b.4", "3A001", "EAR99", "5A002.a", "9A610.x", "1C350.b.1", "6A003.b.4.b", "3A090.a", "3X001", "2B350"),
    "eu.annex-i": ("3A001.b.4", "3A001", "NLR", "5A002.a.1", "2B350.a", "6A003.b.4.b", "3X001"),
    "de.list": ("NLR", "5A902"),
    "hs": ("8542", "84", "8479"),
}
_PURPOSES: Final = (pb.PURPOSE_CIVIL, pb.PURPOSE_MILITARY_OTHER, pb.PURPOSE_NUCLEAR_EXPLOSIVE, pb.PURPOSE_ADVANCED_COMPUTING)


@st.composite
def _shipments(draw: st.DrawFn) -> Transaction:
    """An example, sent elsewhere, as something else, for another use, to another party."""
    transaction = copied(draw(st.sampled_from(_examples())))
    if draw(st.booleans()):
        transaction.destination.ClearField("region")
        transaction.destination.country = draw(st.sampled_from(_COUNTRIES))
    for item in transaction.items:
        if draw(st.booleans()):
            scheme = draw(st.sampled_from(sorted(_CODES)))
            item.classifications[scheme].CopyFrom(pb.Classification(codes=[draw(st.sampled_from(_CODES[scheme]))]))
    if draw(st.booleans()):
        transaction.end_use.ClearField("purposes")
        transaction.end_use.purposes.append(draw(st.sampled_from(_PURPOSES)))
    party = transaction.parties[-1]
    match draw(st.integers(0, 6)):
        case 4:
            party.listings.add(list="us.entity_list", entry="E-1")
        case 5:
            party.military = True
        case 6:
            party.country = draw(st.sampled_from(_COUNTRIES))
        case _:
            pass
    return transaction


_NAMES: Final = frozenset(("date", "line", "reference", "roles", "items", "parties", "number", "name", "catalog_id"))
_Dropped = tuple[str, Callable[[Transaction], None]]


def _droppable(message: Any, pattern: str = "", way: Callable[[Any], Any] = lambda tx: tx) -> Iterator[_Dropped]:
    """Every stated fact that may be asked for or assumed: its pattern, and how to leave it out."""
    for field, value in message.ListFields():
        inner = f"{pattern}.{field.name}".lstrip(".")
        is_map = field.message_type is not None and field.message_type.GetOptions().map_entry
        if is_map:
            for key in value:
                yield f"{inner}[{key}]", lambda tx, n=field.name, k=key, w=way: getattr(w(tx), n).pop(k)  # type: ignore[misc]
            continue
        if field.name not in _NAMES:
            yield inner, lambda tx, n=field.name, w=way: w(tx).ClearField(n)  # type: ignore[misc]
        if field.message_type is None or field.message_type.full_name.startswith("google."):
            continue
        if not field.is_repeated:
            yield from _droppable(value, inner, lambda tx, n=field.name, w=way: getattr(w(tx), n))  # type: ignore[misc]
        for number, each in enumerate(value if field.is_repeated else ()):
            yield from _droppable(each, f"{inner}[*]", lambda tx, n=field.name, i=number, w=way: getattr(w(tx), n)[i])  # type: ignore[misc]


def _is_claim(pattern: str) -> bool:
    heads = [pattern[: len(pattern) - n] for n in range(len(pattern))]
    entries = [
        vocabulary.entries[head] for head in heads for vocabulary in _release().vocabularies.values() if head in vocabulary.entries
    ]
    return any(entry.kind is FactClass.CLAIM for entry in entries)


def _contradicts(pattern: str, assumed: object) -> bool:
    """Whether a fact was left out and then assumed; what it was is not looked at."""
    entries = (vocabulary.find(pattern) for vocabulary in _release().vocabularies.values())
    return any(entry is not None and entry.pattern in listed(assumed) for entry in entries)  # type: ignore[arg-type]


# ---- promises -----------------------------------------------------------------------------------------------------------


@settings(max_examples=_FEW)
@given(transaction=_shipments(), chance=st.randoms(use_true_random=True))
def test_a_shipment_with_facts_left_out_holds_the_answer(transaction: Transaction, chance: Any) -> None:
    """What a shipment is answered lies between floor and ceiling of the same with facts left out, and stays permissive."""
    facts = [fact for fact in _droppable(transaction) if not _is_claim(fact[0])]
    dropped = chance.sample(facts, min(chance.randint(1, 4), len(facts)))
    partial = copied(transaction)
    for _, drop in sorted(dropped, key=lambda fact: -len(fact[0])):
        drop(partial)
    before = _ask(partial)
    assumed = listed(before)
    if any(_contradicts(pattern, before) for pattern, _ in dropped):
        return
    if any(guarded(_release(), transaction, p) and not guarded(_release(), partial, p) for p in assumed):
        return
    after = _ask(transaction)
    assert_narrower(after, before, f"{[pattern for pattern, _ in dropped]} stated of {partial}")
    if before.outcome <= AUTHORIZED:
        assert after.outcome <= before.outcome
    if before.disposition == PROCEED:
        assert PROCEED == after.disposition


@settings(max_examples=max(3, _FEW // 2))
@given(transaction=_shipments(), chance=st.randoms(use_true_random=True))
def test_a_shipment_shuffled_traced_or_without_assumptions(transaction: Transaction, chance: Any) -> None:
    """Shuffled the result is the same to the byte, traced in full the same but for the trace, without assumptions no milder."""
    result = _ask(transaction)
    assert wire(result) == wire(_ask(shuffled_message(transaction, chance.shuffle)))
    full = _ask(transaction, trace=licensing_service_pb2.TRACE_LEVEL_FULL)
    refused = _ask(transaction, assumptions=REFUSE)
    wide = intervals(refused)
    assert all(wide[key][0] <= floor and ceiling <= wide[key][1] for key, (floor, ceiling) in intervals(result).items())
    for each in (result, full):
        each.ClearField("trace")
    assert wire(result) == wire(full)


def test_the_order_of_the_shipped_files_and_rows_changes_nothing() -> None:
    """The shipped policies with files and rows turned round decide the examples alike, but for the lines of the files."""
    files = {name: _turned(content) if name.endswith(".csv") else content for name, content in reversed(_files().items())}
    other = load_release(files)
    for transaction in _examples()[:4]:
        assert wire(placeless(_ask(transaction))) == wire(placeless(_ask(transaction, other)))


def _turned(content: bytes) -> bytes:
    header, *rows = csv.reader(io.StringIO(content.decode("utf-8-sig")))
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([header, *reversed(rows)])
    return text.getvalue().encode()


@pytest.mark.parametrize("code", ["", "3X001", "9A999"])
@pytest.mark.parametrize("name", ["02-de-amplifier-to-china", "04-us-camera-to-mexico"])
def test_a_shipped_list_frees_no_unknown_code(name: str, code: str) -> None:
    """Under the Export Administration Regulations and the Dual-Use Regulation an item without known code is not free."""
    transaction = copied(_examples()[[file.stem for file in _EXAMPLES].index(name)])
    for item in transaction.items:
        item.ClearField("classifications")
        for scheme in ("us.eccn", "eu.annex-i") if code else ():
            item.classifications[scheme].codes.append(code)
    free = (outcome_pb2.OUTCOME_NO_LICENSE_REQUIRED, outcome_pb2.OUTCOME_AUTHORIZED)
    for determination in _ask(transaction).determinations:
        assert determination.instrument not in ("ear", "eu.2021-821") or determination.outcome not in free
