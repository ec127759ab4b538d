from __future__ import annotations

import hashlib
import multiprocessing
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from licet.ledger.blobs import BlobError, content, new_key, stored
from licet.ledger.envelope import Envelope, Kind
from licet.ledger.store import Draft, OutdatedError, Store, StoreError, opened
from licet.ledger.uses import Limits, Reading, Use
from licet.ledger.verify import EMPTY_ROOT, check_consistency, check_inclusion, leaf_hash
from tests.unit.ledger.conftest import LOG


def draft(id_: str, request_id: str = "", what: str = "request", caller: str = "erp") -> Draft:
    """A decision to record."""
    request, result = stored(what.encode()), stored(f"result of {what}".encode())
    envelope = Envelope(
        kind=Kind.DECISION,
        id=id_,
        about="",
        request=request.digest,
        result=result.digest,
        release="r" * 64,
        engine="compiled 1",
        language="1",
        settings="{}",
        as_of="2026-11-22",
        decided_at="2026-11-22T05:00:00Z",
        caller=caller,
        outcome="AUTHORIZED",
        disposition="PROCEED",
    )
    return Draft(envelope, (request, result), request_id)


def test_an_empty_log(store: Store) -> None:
    """It holds nothing, and says so."""
    assert (0, EMPTY_ROOT) == (store.tree.size, store.tree.root)
    assert store.entry(0) is None
    assert store.named("nobody") is None
    with pytest.raises(ValueError, match="holds 0 entries"):
        store.inclusion(0, 1)


def test_what_is_appended_is_there_and_proved(store: Store, open_store: Callable[[], Store]) -> None:
    """Entries keep their order over several batches; another process finds them, with their blobs and proofs."""
    sizes = [3, 1, 7, 2]
    trees = [store.append([draft(f"{b}-{n}") for n in range(size)])[-1].tree for b, size in enumerate(sizes)]
    other = open_store()
    assert trees[-1] == other.tree
    assert sum(sizes) == other.tree.size
    for index in range(other.tree.size):
        entry = other.entry(index)
        assert entry is not None
        assert entry == other.named(entry.envelope.id)
        check_inclusion(index, leaf_hash(entry.leaf), other.inclusion(index, other.tree.size), other.tree)
        blob = other.blob(entry.envelope.result)
        assert blob is not None
        assert b"result of request" == content(blob)
    for tree in trees:
        check_consistency(tree, other.tree, other.consistency(tree.size, other.tree.size))
        assert tree == other.tree_at(tree.size)
    assert [e.index for e in other.since(4, 5)] == [4, 5, 6, 7, 8]


def test_a_request_made_again_is_the_entry_of_then(store: Store) -> None:
    """A caller's request id makes one entry, also twice in one batch and whatever it comes with; another caller's is another."""
    first = store.append([draft("a", "order-1")])[0]
    again, twin, other, caller = store.append(
        [
            draft("b", "order-1"),
            draft("c", "order-1"),
            draft("d", "order-1", "another request"),
            draft("e", "order-1", caller="another caller"),
        ]
    )
    assert first.entry == again.entry == twin.entry == other.entry
    assert (False, True, True, True) == (first.again, again.again, twin.again, other.again)
    assert 1 == caller.entry.index
    assert 2 == store.tree.size
    assert first.entry == store.requested("erp", "order-1")
    new, same = store.append([draft("f", "order-2"), draft("h", "order-2")])
    assert [(2, False), (2, True)] == [(each.entry.index, each.again) for each in (new, same)]


def test_an_id_stands_once(store: Store) -> None:
    """Two entries of one id are a fault of ours: nothing of the batch is recorded."""
    store.append([draft("a")])
    before = store.tree
    with pytest.raises(StoreError):
        store.append([draft("b"), draft("a")])
    assert before == store.tree
    assert store.named("b") is None


def test_a_person_is_forgotten_and_the_proof_stays(store: Store, url: str) -> None:
    """Once the key is erased the content cannot be read, while digests and proofs are what they were; no file holds the key."""
    key = new_key()
    blob = stored(b"Jane Roe", key)
    plain = draft("a")
    store.append([Draft(plain.envelope, (blob,), key=key)])
    data = store.blob(blob.digest)
    assert data is not None
    assert b"Jane Roe" == content(data, store.key("a"))
    before = store.tree
    if url.startswith("sqlite"):
        assert _holds(url, key)
    store.append([replace(draft("b"), erases=("a",))])
    assert store.sweep()
    assert store.key("a") is None
    assert store.is_erased("a")
    assert not url.startswith("sqlite") or not _holds(url, key)
    with pytest.raises(BlobError, match="erased"):
        content(data, store.key("a"))
    assert hashlib.sha256(data).hexdigest() == blob.digest
    assert before == store.tree_at(before.size)


def _holds(url: str, key: bytes) -> bool:
    """Whether any file of the database holds these bytes."""
    database = Path(url.removeprefix("sqlite:///"))
    return any(key in file.read_bytes() for file in database.parent.iterdir() if file.is_file())


def using(id_: str, size: int, *parties: str, period: str = "2026") -> Draft:
    """A decision that uses of a limit, made when the log held so many entries."""
    use = Use("SMALL", period, "A1", "EUR", "40", frozenset(parties))
    reading = Reading(Limits(frozenset({("SMALL", period)}), frozenset(parties)), size)
    return replace(draft(id_), uses=(use,), reading=reading)


def test_what_rests_on_a_limit_as_it_was_is_outdated(store: Store) -> None:
    """What was used since for a party, of the same limit, sends a draft back, also within one batch; the others can be recorded."""
    store.append([using("a", 0, "x", "y")])
    for size, outdated in ((0, True), (1, False)):
        before = store.tree
        batch = [draft(f"p{size}"), using(f"q{size}", size, "y"), using(f"r{size}", size, "z"), using(f"s{size}", size, "z")]
        with pytest.raises(OutdatedError) as caught:
            store.append(batch)
        assert ({1, 3} if outdated else {3}) == caught.value.places
        assert before == store.tree
    store.append([using("t", 0, "v"), using("u", 0, "y", period="2027")])
    with pytest.raises(OutdatedError):
        store.append([using("w", 1)])  # whoever it is for may be one of them
    parties = [use.parties for use in store.reading(Limits(frozenset({("SMALL", "2026")}), frozenset({"y", "v"}))).uses]
    assert [{"y"}, {"v"}] == parties


def test_what_an_entry_freed_counts_no_more(store: Store) -> None:
    """A later entry may free what an earlier one used."""
    (used,) = store.append([using("a", 0, "x")])
    store.append([replace(draft("b"), frees=used.entry.index)])
    store.append([using("c", 0, "x")])
    assert 1 == len(store.reading(Limits(frozenset({("SMALL", "2026")}), frozenset())).uses)


def test_a_draft_that_has_not_seen_all_that_points_there_is_outdated(store: Store) -> None:
    """Of two answers to the same question one is sent back, whether they come together or one after another."""

    def answer(id_: str, seen: int) -> Draft:
        plain = draft(id_)
        return replace(plain, envelope=replace(plain.envelope, about="a"), seen=seen)

    with pytest.raises(OutdatedError) as caught:
        store.append([draft("a"), answer("b", 0), answer("c", 0)])
    assert {2} == caught.value.places
    store.append([draft("a"), answer("b", 0)])
    with pytest.raises(OutdatedError):
        store.append([answer("c", 0)])
    store.append([answer("c", 1)])


def _append_many(url: str, name: str, batches: int) -> None:
    store = opened(url, LOG)
    for batch in range(batches):
        store.append([draft(f"{name}-{batch}-{n}") for n in range(5)])
    store.close()
    os._exit(0)


def test_four_processes_append_to_one_tree(store: Store, url: str) -> None:
    """Every entry of each is there, at an index of its own, and the stored nodes are those of one tree."""
    context = multiprocessing.get_context("spawn")
    workers = [context.Process(target=_append_many, args=(url, f"w{n}", 12)) for n in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(120)
        assert 0 == worker.exitcode
    tree = store.tree
    assert 4 * 12 * 5 == tree.size
    entries = store.since(0, 1_000)
    assert list(range(tree.size)) == [entry.index for entry in entries]
    assert {f"w{w}-{b}-{n}" for w in range(4) for b in range(12) for n in range(5)} == {e.envelope.id for e in entries}
    for entry in entries:
        check_inclusion(entry.index, leaf_hash(entry.leaf), store.inclusion(entry.index, tree.size), tree)
