from __future__ import annotations

import datetime
import hashlib
import json
import os
import subprocess
import sys
import zlib
from collections.abc import Callable
from dataclasses import is_dataclass, replace
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Any, Final, get_args, get_type_hints

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from licet.cli.shipment import read_shipment
from licet.engine.compiled import CompiledEngine
from licet.engine.reference import ReferenceEngine
from licet.language.law import Cell
from licet.language.tree import Const, Expr, ListOf, Not
from licet.language.values import Code, Codes
from licet.language.values import Path as FactPath
from licet.policy.folder import embedded_folder, read_folder
from licet.policy.release import Release, load_release
from licet.policy.stored import _KINDS, StoredError, dumps, loads, unfold, unfolded
from tests.support.answers import ask, wire
from tests.support.generated import Made, any_package
from tests.support.packages import load
from tests.support.pairs import cases_of
from tests.support.sameness import differences

_ROOT: Final = Path(__file__).resolve().parents[3]
_EXAMPLES: Final = sorted((_ROOT / "examples").glob("*.yaml"))
_COMPILED: Final = CompiledEngine()
_QUIET: Final = list(HealthCheck)


@pytest.fixture(scope="module")
def shipped() -> Release:
    """The policies that Licet ships, from their sources."""
    return load_release(read_folder(embedded_folder()))


@pytest.fixture(scope="module")
def restored(shipped: Release) -> Release:
    """The same, stored and read again."""
    return loads(dumps(shipped))


@pytest.fixture(scope="module")
def small() -> dict[str, Any]:
    """The stored form of a small release, as JSON data."""
    data: dict[str, Any] = json.loads(unfolded(load()))
    return data


# ---- what comes back ----------------------------------------------------------------------------------------------------


def test_the_shipped_release_comes_back(shipped: Release, restored: Release) -> None:
    """Every part is there with its type, order and position, under the same digest; stored again it has the same bytes."""
    assert [] == differences(shipped, restored)
    assert shipped.digest == restored.digest
    assert dumps(shipped) == dumps(restored)


@pytest.mark.parametrize("file", _EXAMPLES, ids=[file.stem for file in _EXAMPLES])
def test_an_example_is_answered_the_same(file: Path, shipped: Release, restored: Release) -> None:
    """The restored release gives the same result, byte for byte: findings, reasons, citations, places in the policies."""
    transaction = read_shipment(file).request.transaction
    assert wire(ask(shipped, transaction)) == wire(ask(restored, transaction))


@pytest.mark.parametrize("file", _EXAMPLES, ids=[file.stem for file in _EXAMPLES])
def test_an_example_has_the_same_findings(file: Path, shipped: Release, restored: Release) -> None:
    """In every package, the compiled engine finds in the restored release what the reference finds in the original."""
    transaction = read_shipment(file).request.transaction
    for one, other in zip(cases_of(shipped, transaction, None), cases_of(restored, transaction, None), strict=True):
        assert ReferenceEngine().match(one) == _COMPILED.match(other)


@settings(max_examples=40, deadline=None, suppress_health_check=_QUIET)
@given(any_package())
def test_whatever_package_comes_back(made: Made) -> None:
    """A package with whatever rules, tables and groups comes back in every part."""
    restored = loads(dumps(made.release))
    assert [] == differences(made.release, restored)
    assert unfolded(made.release) == unfolded(restored)


def digest_of_shipped() -> str:
    """Of the stored form of what Licet ships, its files read in an order that depends on hashes."""
    files = read_folder(embedded_folder())
    return hashlib.sha256(dumps(load_release({name: files[name] for name in set(files)}))).hexdigest()


@pytest.mark.parametrize("seed", ["0", "4711"])
def test_the_bytes_are_the_same_elsewhere(seed: str, shipped: Release) -> None:
    """A process with other hashes, which is given the files in another order, stores the same bytes."""
    program = "from tests.unit.policy.test_stored import digest_of_shipped; print(digest_of_shipped())"
    environment = {**os.environ, "PYTHONHASHSEED": seed}  # what the other process has beside
    found = subprocess.run([sys.executable, "-c", program], cwd=_ROOT, env=environment, capture_output=True, text=True, check=True)
    assert hashlib.sha256(dumps(shipped)).hexdigest() == found.stdout.strip()


def test_equal_parts_are_one(restored: Release) -> None:
    """What is equal in every part is one object after reading, across packages too: inlined definitions cost nothing twice."""
    package = restored.packages["eu"]
    table = next(iter(package.tables.values()))
    assert all(row.interval is table.rows[0].interval for row in table.rows if row.interval == table.rows[0].interval)
    assert restored.packages["de"].policy.language is restored.packages["eu"].policy.language


def test_what_python_holds_equal_is_kept_apart() -> None:
    """True, 1, 1.0 and 1.00 come back as what they were, and so do zero and minus zero, a text and a code of the same letters."""
    code, codes = Code.of("1", "zz.list", FactPath()), Codes("zz.list", ("1",))
    release = load()
    constants = (True, 1, 1.0, "1", False, 0, 0.0, -0.0, "", None)
    rule = replace(release.packages["zz"].rules[0], when=_leaf(release, ListOf(tuple(map(Const, constants)))))
    row = release.packages["zz"].tables["entries"].rows[0]
    cells: dict[str, Cell] = {
        "a": Decimal(1),
        "b": Decimal("1.00"),
        "c": "1",
        "d": code,
        "e": codes,
        "f": True,
        "g": datetime.date(2026, 1, 1),
    }
    table = replace(release.packages["zz"].tables["entries"], rows=(replace(row, cells=cells),))
    changed = _with(release, rules=(rule,), tables={"entries": table})
    assert [] == differences(changed, loads(dumps(changed)))


def _within(hint: Any, seen: set[type]) -> set[type]:
    """The classes that a type names, and those that their fields name."""
    for part in (hint, *get_args(hint)):
        if part is not hint:
            _within(part, seen)
        elif isinstance(part, type) and (is_dataclass(part) or issubclass(part, Enum)) and part not in seen:
            seen.add(part)
            for kind in part.__subclasses__():
                if getattr(sys.modules[kind.__module__], kind.__name__, None) is kind:  # a slotted class has an unslotted shadow
                    _within(kind, seen)
            for each in get_type_hints(part).values() if is_dataclass(part) else ():
                _within(each, seen)
    return seen


def test_whatever_a_release_may_hold_has_a_stored_form() -> None:
    """Every class that the fields of a release name, and the fields of these, is one that can be stored: none is forgotten."""
    held: set[type] = set()
    for name in ("packages", "vocabularies", "schemes", "catalogues", "families"):
        _within(get_type_hints(Release)[name], held)
    assert {"Rule", "Missing", "Exists", "FactSource"} <= {kind.__name__ for kind in held}
    assert {Expr} == held - set(_KINDS.values())


def test_what_may_not_be_stored_is_refused() -> None:
    """A value of a kind that is not stored is an error as the form is written, not when it is read."""
    for value in (
        object(),
        float("nan"),
        float("inf"),
        b"x",
        datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC),
        [],
        frozenset((None,)),
    ):
        rule = replace(load().packages["zz"].rules[0], when=value)  # type: ignore[arg-type]  # what no package holds
        with pytest.raises(StoredError):
            dumps(_with(load(), rules=(rule,)))


def test_however_deep() -> None:
    """A condition of a depth that no recursion would survive is stored and read: depth is no way to break a reader."""
    expr: Any = Const(True)
    for _ in range(50_000):
        expr = Not(expr)
    release = load()
    rule = replace(release.packages["zz"].rules[0], when=_leaf(release, expr))
    data = dumps(_with(release, rules=(rule,)))
    assert data == dumps(loads(data))


def _leaf(release: Release, expr: Any) -> Any:
    return replace(_first_leaf(release), expr=expr)


def _first_leaf(release: Release) -> Any:
    condition: Any = release.packages["zz"].rules[0].when
    while hasattr(condition, "parts"):
        condition = condition.parts[0]
    return condition


def _with(release: Release, **changed: Any) -> Release:
    package = release.packages["zz"]
    return replace(release, packages={**release.packages, "zz": replace(package, **changed)})


# ---- what is refused ----------------------------------------------------------------------------------------------------


def _packed(data: Any) -> bytes:
    return zlib.compress(json.dumps(data).encode())


def _batch(data: dict[str, Any], kind: str) -> list[Any]:
    batch: list[Any] = next(batch for batch in data["heap"] if batch[0] == kind)
    return batch


def _at(kind: str, column: int, value: Any) -> Callable[[dict[str, Any]], None]:
    def change(data: dict[str, Any]) -> None:
        _batch(data, kind)[column][0] = value

    return change


def _whole(kind: str, column: int, value: Any) -> Callable[[dict[str, Any]], None]:
    def change(data: dict[str, Any]) -> None:
        _batch(data, kind)[column] = value

    return change


def _renamed(kind: str, name: Any) -> Callable[[dict[str, Any]], None]:
    def change(data: dict[str, Any]) -> None:
        _batch(data, kind)[0] = name

    return change


_BROKEN: Final[dict[str, Callable[[dict[str, Any]], Any]]] = {
    "a kind that nobody knows": _renamed("model.Leaf", "os.system"),
    "a kind that is a list": _renamed("model.Leaf", []),
    "a class of Python": _renamed("model.Leaf", "builtins.object"),
    "a column too few": lambda data: _batch(data, "model.Leaf").pop(),
    "a column too many": lambda data: _batch(data, "model.Leaf").append(_batch(data, "model.Leaf")[1]),
    "a column too short": lambda data: _batch(data, "faults.Position")[1].pop(),
    "no columns": lambda data: data["heap"].append(["str"]),
    "a batch that is a number": lambda data: data["heap"].append(5),
    "a batch that is empty": lambda data: data["heap"].append([]),
    "a column that is a number": _whole("model.Leaf", 1, 5),
    "a column that is an object": _whole("model.Leaf", 1, {}),
    "a number below zero": _at("model.Leaf", 1, -1),
    "a number that comes later": _at("model.Leaf", 1, 10**9),
    "a number that is a text": _at("model.Leaf", 1, "0"),
    "a number that is true": _at("model.Leaf", 1, True),
    "a number that is a fraction": _at("model.Leaf", 1, 0.5),
    "a field of another type": _at("faults.Position", 2, 0),
    "a part of a tuple of another type": lambda data: _batch(data, "tuple")[2].__setitem__(
        slice(None), [0] * len(_batch(data, "tuple")[2])
    ),
    "lengths that do not add up": _at("tuple", 1, 10**6),
    "a length below zero": _at("tuple", 1, -1),
    "a text that is a number": _at("str", 1, 5),
    "a number that is a text, plainly": _at("int", 1, "5"),
    "a day that is none": _at("date", 1, "2026-02-30"),
    "a pattern that is none": _at("pattern", 1, "("),
    "a word that is no phase": _at("model.Phase", 1, "dawn"),
    "a constant that is none": _at("constant", 1, "maybe"),
    "a key twice": lambda data: _batch(data, "mapping")[2].__setitem__(
        slice(None), [_batch(data, "mapping")[2][0]] * len(_batch(data, "mapping")[2])
    ),
    "no last release": lambda data: data["heap"].pop(),
    "nothing": lambda data: data["heap"].clear(),
    "something more": lambda data: data.update(code="print()"),
    "another form": lambda data: data.update(form="2"),
    "another language": lambda data: data.update(language="99"),
    "a heap that is a text": lambda data: data.update(heap="release"),
}


@pytest.mark.parametrize("change", _BROKEN.values(), ids=_BROKEN)
def test_a_broken_form_is_refused(change: Callable[[dict[str, Any]], Any], small: dict[str, Any]) -> None:
    """One fault anywhere, and there is one error with a text that says what is wrong; no release."""
    data = json.loads(json.dumps(small))
    change(data)
    with pytest.raises(StoredError, match="stored form"):
        loads(_packed(data))


@pytest.mark.parametrize(
    "data", [b"", b"no", b"\x80\x04N.", _packed([]), _packed(None), zlib.compress(b"{"), zlib.compress(b"[" * 100_000)], ids=str
)
def test_what_is_no_stored_form_is_refused(data: bytes) -> None:
    """Nothing, torn or foreign bytes, pickles and JSON of other things are refused with the same error."""
    with pytest.raises(StoredError):
        loads(data)


def test_a_torn_form_is_refused() -> None:
    """Cut off anywhere, or followed by anything, the data is refused."""
    data = dumps(load())
    for cut in range(0, len(data), 97):
        with pytest.raises(StoredError):
            loads(data[:cut])
    with pytest.raises(StoredError):
        loads(data + b"x")


def test_a_form_that_unfolds_without_bound_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A few bytes that unpack to very many are refused before they fill the memory."""
    monkeypatch.setattr("licet.policy.stored._LARGEST", 1_000_000)
    with pytest.raises(StoredError):
        unfold(zlib.compress(bytes(2_000_000)))


@settings(max_examples=300, deadline=None, suppress_health_check=_QUIET)
@given(st.data())
def test_whatever_is_changed_there_is_a_release_or_one_error(small: dict[str, Any], data: st.DataObject) -> None:
    """A change of any number, text or list in the form gives a release whose every field has its type, or `StoredError`."""
    changed = json.loads(json.dumps(small))
    for _ in range(data.draw(st.integers(1, 3))):
        batch = data.draw(st.sampled_from(changed["heap"]))
        place = data.draw(st.integers(0, len(batch) - 1))
        other: Any = data.draw(
            st.sampled_from((0, 1, 2, -1, 5.0, "", "zz", None, True, [], [0], {}, 10**7, data.draw(st.integers(0, 2_000))))
        )
        if place and batch[place] and isinstance(batch[place], list):
            batch[place][data.draw(st.integers(0, len(batch[place]) - 1))] = other
        else:
            batch[place] = other
    try:
        release = loads(_packed(changed))
    except StoredError:
        return
    assert [] == differences(release, loads(dumps(release)))
