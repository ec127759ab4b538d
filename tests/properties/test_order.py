"""Order carries no meaning: shuffled policies and shuffled transactions give the same result."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from typing import Any

from google.protobuf import text_format
from hypothesis import given
from hypothesis import strategies as st

from licet.policy.release import load_release
from licet.v1 import decision_pb2
from tests.support.answers import ask, wire
from tests.support.generated import packages
from tests.support.narrowing import Shuffle, placeless, shuffled_message
from tests.support.open_facts import transactions

_LISTS = ("rules", "groups", "members", "facts", "bases", "instruments", "derives_from", "in_force")


def _shuffled_files(files: Mapping[str, bytes], shuffle: Shuffle) -> dict[str, bytes]:
    """The same law: files in another order, rules moved between files, entries and rows in another order."""
    contents: dict[str, bytes] = {}
    for name, content in files.items():
        if name.endswith(".csv"):
            contents[name] = _shuffled_rows(content, shuffle)
        elif content.startswith(b"{"):
            contents[name] = json.dumps(_shuffled(json.loads(content), shuffle)).encode()
        else:
            contents[name] = content
    names = list(contents)
    shuffle(names)
    return {_renamed(name): contents[name] for name in names}


def _renamed(name: str) -> str:
    """Which file comes first must not matter either."""
    return name.replace("rules/a.yaml", "rules/z.yaml")


def _shuffled_rows(content: bytes, shuffle: Shuffle) -> bytes:
    header, *rows = csv.reader(io.StringIO(content.decode()))
    shuffle(rows)
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([header, *rows])
    return text.getvalue().encode()


def _shuffled(data: Any, shuffle: Shuffle) -> Any:
    if isinstance(data, dict):
        shuffled = {key: _shuffled(value, shuffle) for key, value in data.items()}
        for key in set(_LISTS) & shuffled.keys():
            if isinstance(shuffled[key], list) and not all(isinstance(each, str) for each in shuffled[key]):
                shuffle(shuffled[key])  # names under an effect are shown as they are written
        return shuffled
    return [_shuffled(each, shuffle) for each in data] if isinstance(data, list) else data


@given(data=st.data())
def test_the_order_of_files_rules_and_rows_changes_nothing(data: st.DataObject) -> None:
    """The result is the same whatever order a package is written in, but for the lines of its files."""
    made = data.draw(packages())
    transaction = data.draw(transactions(made.text))
    chance = data.draw(st.randoms(use_true_random=True))
    other = load_release(_shuffled_files(made.files, chance.shuffle))
    assert _alike(ask(made.release, transaction)) == _alike(ask(other, transaction))


def _alike(result: decision_pb2.Result) -> list[str]:
    return text_format.MessageToString(placeless(result)).splitlines()


@given(data=st.data())
def test_the_order_of_items_parties_and_lists_changes_nothing(data: st.DataObject) -> None:
    """The result is the same to the byte whatever order a transaction lists anything in, with names or without."""
    made = data.draw(packages())
    transaction = data.draw(transactions(made.text, named=data.draw(st.booleans())))
    chance = data.draw(st.randoms(use_true_random=True))
    other = shuffled_message(transaction, chance.shuffle)
    assert wire(ask(made.release, transaction)) == wire(ask(made.release, other))
