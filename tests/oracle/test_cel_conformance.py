from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any, Final

import pytest
from cel_expr_python import cel

from licet.language import environment as env
from licet.language.environment import CheckError
from licet.language.facts import FactReader, Mode, Vocabulary
from licet.language.lowering import Typed, lower
from licet.language.scope import Scope
from licet.language.tree import Var
from licet.language.values import Unknown
from licet.language.walk import walk
from licet.policy.conditions import NameSpace
from licet.v1 import transaction_pb2
from tests.support.laws import EMPTY_LAW

_CASES = Path(__file__).resolve().parents[2].parent / "shared" / "conformance" / "cel.json"
_FACTS: Final = FactReader(transaction_pb2.Transaction(), Vocabulary({}), EMPTY_LAW, mode=Mode.CONTROL, active=None)
_TYPES = {"int64Value": env.INT, "doubleValue": env.DOUBLE, "boolValue": env.BOOL, "stringValue": env.STRING}


class _NotOursError(Exception):
    """A value of a kind that the policy language does not have."""


def _value(stated: dict[str, Any]) -> Any:
    ((kind, value),) = stated.items()
    match kind:
        case "int64Value":
            return int(value)
        case "doubleValue":
            return float(value)
        case "boolValue" | "stringValue":
            return value
        case "listValue":
            return tuple(_value(element) for element in value.get("values", []))
        case _:
            raise _NotOursError(kind)


def _type(stated: dict[str, Any]) -> cel.Type:
    ((kind, value),) = stated.items()
    if kind == "listValue":
        return env.LIST(_type(value["values"][0]))
    if kind not in _TYPES:
        raise _NotOursError(kind)
    return _TYPES[kind]


def _ours(case: dict[str, Any]) -> Any:
    """What we answer; raises `_NotOursError` or `CheckError` where the case is refused."""
    bindings = {name: binding.get("value", binding) for name, binding in case.get("bindings", {}).items()}
    variables = {name: (_type(stated), Typed(Var(name))) for name, stated in bindings.items()}
    names = NameSpace({}, {}, {}, frozenset(), variables=variables)
    tree = lower(names.environment().check(case["expr"]), names).expr
    return walk(tree, Scope(_FACTS, {name: _value(stated) for name, stated in bindings.items()}))


def _agrees(case: dict[str, Any], answer: Any) -> bool:
    if "value" not in case:
        return isinstance(answer, Unknown)
    try:
        wanted = _value(case["value"])
    except _NotOursError:
        return False
    both_nan = wanted != wanted and answer != answer  # noqa: PLR0124  # only NaN differs from itself
    return both_nan or (type(wanted) is type(answer) and bool(wanted == answer))


@pytest.mark.skipif(not _CASES.is_file(), reason="the conformance cases of CEL are not beside the repository")
def test_every_official_case_is_answered_rightly_or_refused(record_property: Any) -> None:
    """Each of CEL's own cases is answered as CEL wants (an error is unknown) or refused when compiled, never answered wrongly."""
    counts: Counter[str] = Counter()
    wrong: list[str] = []
    for case in json.loads(_CASES.read_text("utf-8"))["cases"]:
        try:
            answer = _ours(case)
        except (_NotOursError, CheckError):
            counts["refused"] += 1
            continue
        counts["supported"] += 1
        if not _agrees(case, answer):
            wrong.append(f"{case['expr']}: wanted {case.get('value', 'an error')}, gave {answer!r}")
    print(  # noqa: T201  # the counts are what a reader wants to see
        f"CEL conformance: {counts['supported']} supported, {counts['refused']} refused, {len(wrong)} wrong"
    )
    for name, count in counts.items():
        record_property(name, count)
    assert [] == wrong
    assert 300 <= counts["supported"]
