from __future__ import annotations

import contextlib
import json
import re
from typing import Any, Final

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from licet.decision.errors import InvalidRequest
from licet.language.faults import Fault, PolicyError
from licet.policy.release import Release, load_release
from licet.policy.text import plain_data, read_yaml
from tests.support.packages import policy_files
from tests.support.shipments import decided, request

_FILES: Final = policy_files()
_YAML: Final = sorted(name for name in _FILES if name.endswith(".yaml"))
_TREES: Final = {name: plain_data(node) for name in _YAML if (node := read_yaml(name, _FILES[name])[0]) is not None}
_WORDS: Final = sorted({word for content in _FILES.values() for word in re.findall(r"[\w.\-]+", content.decode())})
_ODD: Final = st.one_of(
    st.sampled_from(
        ("", " ", "0", "-1", "²", "true", "=", "=row.x", "[", "tx", "items[*]", "a b", "1a", "é", "(", "a(b: c)", "all")
    ),
    st.sampled_from(_WORDS),
    st.text(max_size=5).filter(lambda text: "\ud800" > text or text > "\udfff"),
)


_REQUESTS: Final = (
    request(),
    request(destination={"country": "UA"}, items=[{"line": "1"}, {"line": "2", "published": True}], parties=None),
)


def _places(node: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in a tree of YAML."""
    pairs = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    return [path, *(below for key, value in pairs for below in _places(value, (*path, key)))]


def _replaced(node: Any, path: tuple[Any, ...], value: Any) -> Any:
    if not path:
        return value
    head, *rest = path
    if isinstance(node, dict):
        return {key: _replaced(each, tuple(rest), value) if key == head else each for key, each in node.items()}
    return [_replaced(each, tuple(rest), value) if n == head else each for n, each in enumerate(node)]


_VALUES: Final = st.recursive(
    _ODD, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(_WORDS), inner, max_size=2), max_leaves=3
)


@st.composite
def _broken_yaml(draw: st.DrawFn) -> dict[str, bytes]:
    """The folder with one to three values of its files replaced by others."""
    trees: dict[str, Any] = {}
    for _ in range(draw(st.integers(1, 3))):
        name = draw(st.sampled_from(_YAML))
        tree = trees.get(name, _TREES[name])
        trees[name] = _replaced(tree, draw(st.sampled_from(_places(tree))), draw(_VALUES))
    return {**_FILES, **{name: json.dumps(tree, ensure_ascii=False).encode() for name, tree in trees.items()}}


def _loads_or_says_why(files: dict[str, bytes]) -> None:
    faults: tuple[Fault, ...] = ()
    release: Release | None = None
    try:
        release = load_release(files)
    except PolicyError as error:
        faults = error.faults
    assert faults or release
    assert all(fault.at.file and fault.at.line >= 1 and fault.at.column >= 1 and fault.message for fault in faults)
    assert list(faults) == sorted(set(faults))
    if release is not None:
        for wanted in _REQUESTS:
            with contextlib.suppress(InvalidRequest):
                assert decided(release, wanted).outcome


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(_broken_yaml())
def test_any_change_of_a_value_loads_or_is_a_fault(files: dict[str, bytes]) -> None:
    """Whatever stands where a value should, the folder loads, and then decides, or every fault has its place; nothing else fails."""
    _loads_or_says_why(files)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.sampled_from(sorted(_FILES)), st.integers(0, 2_000), st.integers(0, 40), st.binary(max_size=8))
@example("zz/policy.yaml", 0, 0, b"\x00")
@example("zz/tables/entries.csv", 0, 200, b"")
def test_any_change_of_bytes_loads_or_is_a_fault(name: str, start: int, length: int, inserted: bytes) -> None:
    """Whatever bytes are cut out of a file or put into it, the folder loads, and then decides, or every fault has its place."""
    content = _FILES[name]
    at = start % (len(content) + 1)
    _loads_or_says_why({**_FILES, name: content[:at] + inserted + content[at + length :]})


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.sets(st.sampled_from(sorted(_FILES)), min_size=1))
def test_any_missing_file_loads_or_is_a_fault(names: set[str]) -> None:
    """Whatever files are missing, the folder loads, and then decides, or the faults say what is missing."""
    _loads_or_says_why({name: content for name, content in _FILES.items() if name not in names})
