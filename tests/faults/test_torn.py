"""A last write that is half done: the log is what it was before it, or what it is after it, and never anything else."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from licet.ledger.inspection import inspected
from licet.ledger.notes import Signer
from licet.ledger.snapshot import snapshot
from licet.ledger.store import opened
from licet.ledger.verify import Key, Tree
from tests.support.records import ORIGIN, database_of
from tests.unit.ledger.test_store import draft

FRAME = 4096 + 24
"""A page of SQLite with the header that it has in the file of writes that wait."""


@dataclass(frozen=True)
class Commit:
    """The files of a log during its last commit: the database, and the writes that wait before and after."""

    database: bytes
    before: bytes
    after: bytes
    trees: tuple[Tree, Tree]
    key: Key


@pytest.fixture(scope="module")
def commit(tmp_path_factory: pytest.TempPathFactory) -> Commit:
    """A commit of three entries to a log of five."""
    folder, key = tmp_path_factory.mktemp("torn"), Signer.new(ORIGIN).key
    store = opened(database_of(folder), ORIGIN, str(key))
    store.append([draft(f"old-{n}") for n in range(5)])
    waiting = folder / "licet.db-wal"
    tree, before = store.tree, waiting.read_bytes()
    after_tree = store.append([draft(f"new-{n}") for n in range(3)])[-1].tree
    made = Commit((folder / "licet.db").read_bytes(), before, waiting.read_bytes(), (tree, after_tree), key)
    store.close()
    assert len(made.after) > len(made.before) > 0
    return made


def torn(commit: Commit) -> Iterator[bytes]:
    """The writes that wait, as a commit that was cut off leaves them."""
    chance = random.Random(20261122)  # noqa: S311  # the same places each time
    first, last = len(commit.before), len(commit.after)
    for cut in sorted({first, last, *range(first, last, FRAME), *(chance.randrange(first, last) for _ in range(40))}):
        yield commit.after[:cut]
        yield commit.after[:cut] + bytes(last - cut)
    for _ in range(40):
        damaged = bytearray(commit.after)
        place = chance.randrange(first, last)
        damaged[place] ^= 1 << chance.randrange(8)
        yield bytes(damaged)


def test_a_torn_last_write(commit: Commit, tmp_path: Path, record_property: Callable[[str, object], None]) -> None:
    """Cut off at any byte, followed by nothing or by zeros, or with a bit of it the other way; and the log goes on from there."""
    times = whole = 0
    for number, waiting in enumerate(torn(commit)):
        folder = tmp_path / str(number)
        folder.mkdir()
        (folder / "licet.db").write_bytes(commit.database)
        (folder / "licet.db-wal").write_bytes(waiting)
        store = opened(database_of(folder), ORIGIN, str(commit.key))
        found = store.tree
        assert found in commit.trees
        assert found.size == store.append([draft("next")])[0].entry.index
        store.close()
        with snapshot(database_of(folder)) as connection:
            looks = inspected(connection, commit.key, (), lambda *_: None)
            assert [] == [fault for look in looks for fault in look.faults]
        times, whole = times + 1, whole + (found == commit.trees[1])
        shutil.rmtree(folder)
    assert 0 < whole < times
    record_property("fault", ["last write torn", {"times": times, "the commit is there": whole, "half a commit": 0}])
