"""Whether a ledger is what was recorded: entries, nodes, head, blobs and keys against each other, and against what was signed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from google.protobuf.message import DecodeError
from sqlalchemy import Connection, func, or_, select
from sqlalchemy.exc import SQLAlchemyError

from licet.ledger import schema as s
from licet.ledger.blobs import BlobError, content
from licet.ledger.envelope import ERASES, FREES, Envelope, Kind
from licet.ledger.snapshot import why
from licet.ledger.stored_tree import Fault, StoredTree
from licet.ledger.uses import rows_of, uses_of
from licet.ledger.verify import Key, Tree, VerificationError, leaf_hash
from licet.v1 import decision_pb2

_AT_ONCE: Final = 256
_HASH: Final = 32
_ENCRYPTED: Final = b"\x02"
_PARTS: Final = ("request", "result", "usage")
_COLUMNS: Final = ("id", "kind", "about", "caller", "decided_at")
"""What an entry's row repeats of its leaf."""

RequestId = Callable[[Envelope, bytes], str | None]
"""The request id under which an entry was asked for, which the content of its request says; None where it does not."""


@dataclass(frozen=True, slots=True)
class Signed:
    """A tree that a checkpoint says the log had, and where that checkpoint is from."""

    name: str
    tree: Tree


@dataclass(frozen=True, slots=True)
class Looked:
    """How far an inspection has come, and what it found at fault since the last of these."""

    done: int
    size: int
    faults: tuple[Fault, ...]


def inspected(connection: Connection, key: Key, signed: Sequence[Signed], request_id: RequestId) -> Iterator[Looked]:
    """Every fault of the log that goes by the name of the key; where its database cannot be read on, that is the last.

    1. SQLite finds its file sound. The log's names are numbered without gap, each with its key.
    2. Entries stand without gap. Their leaves have the hashes that the tree holds, and their columns say what the leaves say.
    3. The nodes are those of one tree, and the head is that of the nodes.
    4. Blobs have the digests that entries hold, and request ids are those of the requests. Keys open what is encrypted, or an entry
       says that they were erased.
    5. Each signed tree is the log, or its beginning.
    """
    looked = Looked(0, 0, ())
    try:
        if faults := tuple(_unsound(connection)):
            yield Looked(0, 0, faults)
        log, faults = _log(connection, key)
        yield Looked(0, 0, faults)
        for looked in _Inspection(connection, log, request_id).run(signed):  # how far it came, should it break off
            yield looked
    except (SQLAlchemyError, ValueError, TypeError) as error:  # text that is none, a number that is none
        yield Looked(looked.done, looked.size, (Fault("database", f"it cannot be read on: {why(error)}"),))


def _unsound(connection: Connection) -> Iterator[Fault]:
    if connection.dialect.name == "sqlite":
        for line in connection.exec_driver_sql("PRAGMA integrity_check").scalars():
            if line != "ok":
                yield Fault("database", str(line))


def _log(connection: Connection, key: Key) -> tuple[str, tuple[Fault, ...]]:
    """The log that goes by the name of a key, and what is wrong with its names."""
    rows = connection.execute(select(s.origins).order_by(s.origins.c.log, s.origins.c.number)).all()
    log = next((row.log for row in rows if row.origin == key.name), None)
    if log is None:
        known = ", ".join(row.origin for row in rows)
        return key.name, (Fault(f"origin {key.name}", f"no log goes by that name; there are: {known or 'none'}"),)
    mine = [row for row in rows if row.log == log]
    return log, tuple(fault for number, row in enumerate(mine) for fault in _of_name(row, number, log, key))


def _of_name(row: Any, number: int, log: str, key: Key) -> Iterator[Fault]:
    what = f"origin {row.origin}"
    if row.number != number:
        yield Fault(what, f"it is number {row.number} of the names of the log, and should be {number}")
    if not number and row.origin != log:
        yield Fault(what, f"it is the first name of the log {log}, which is called by its first name")
    if row.origin == key.name and row.key not in ("", str(key)):
        yield Fault(what, f"its key is {row.key}, and not {key}")
    elif row.key:
        try:
            named = Key.parsed(row.key).name
        except VerificationError as error:
            yield Fault(what, f"its key cannot be read: {error}")
        else:
            if named != row.origin:
                yield Fault(what, f"its key is that of {named}")


class _Inspection:
    """Reads a log from its first entry to its last."""

    def __init__(self, connection: Connection, log: str, request_id: RequestId) -> None:
        self._connection = connection
        self._log = log
        self._request_id = request_id

    def run(self, signed: Sequence[Signed]) -> Iterator[Looked]:
        head = self._connection.execute(select(s.heads).where(s.heads.c.log == self._log)).first()
        size = self._size(head)
        yield Looked(0, size, (*self._of_head(head, size), *self._strays(size)))
        tree = StoredTree()
        by_size: dict[int, list[Signed]] = {}
        for each in signed:
            by_size.setdefault(each.tree.size, []).append(each)
        for start in range(0, size, _AT_ONCE):
            end = min(start + _AT_ONCE, size)
            yield Looked(end, size, tuple(self._page(tree, start, end, by_size)))
        last = () if head is None else tuple(tree.end(_split(head.frontier)))
        yield Looked(size, size, (*last, *_behind(size, signed)))

    def _page(self, tree: StoredTree, start: int, end: int, signed: Mapping[int, Sequence[Signed]]) -> Iterator[Fault]:
        mine = (s.entries.c.log == self._log) & (s.entries.c.index >= start) & (s.entries.c.index < end)
        rows: dict[int, Any] = {
            int(row[0]): row for row in self._connection.execute(select(s.entries.c.index, s.entries).where(mine))
        }
        nodes = self._nodes(start, end)
        for index in range(start, end):
            row = rows.get(index)
            if row is None:
                yield Fault(f"entry {index}", "it is missing")
            yield from tree.add(leaf_hash(row.leaf) if row is not None else None, nodes)
            for each in signed.get(index + 1, ()):
                if each.tree.root != tree.stored.root:
                    yield Fault(each.name, f"the tree of the first {index + 1} entries is not the one that was signed")
        yield from self._said([rows[index] for index in sorted(rows)])

    # ---- what there is ----

    def _size(self, head: Any) -> int:
        """How many entries the log has: what two of entries, leaves' hashes and head say, so that one alone cannot mislead."""
        entries, leaves = s.entries.c.log == self._log, (s.nodes.c.log == self._log) & (s.nodes.c.level == 0)
        queries = select(func.max(s.entries.c.index)).where(entries), select(func.max(s.nodes.c.index)).where(leaves)
        last = [self._connection.execute(query).scalar() for query in queries]
        found = [0 if each is None else int(each) + 1 for each in last] + ([] if head is None else [int(head.size)])
        return max(0, sorted(found)[len(found) // 2])

    def _of_head(self, head: Any, size: int) -> Iterator[Fault]:
        if head is None:
            known = ", ".join(self._connection.execute(select(s.heads.c.log).order_by(s.heads.c.log)).scalars())
            yield Fault("head", f"there is none of the log {self._log}; there are: {known or 'none'}")
        elif head.size != size:
            yield Fault("head", f"it says {head.size} entries, and there are {size}")

    def _strays(self, size: int) -> Iterator[Fault]:
        """What stands where the log has no place, or in no log."""
        entries, nodes, keys, heads = s.entries.c, s.nodes.c, s.keys.c, s.heads.c
        beyond = (entries.log == self._log) & ((entries.index >= size) | (entries.index < 0))
        for index in self._connection.execute(select(entries.index).where(beyond).order_by(entries.index)).scalars():
            yield Fault(f"entry {index}", f"the log has {size} entries: there is no such place")
        levels = size.bit_length()
        over = [(nodes.level == level) & (nodes.index >= size >> level) for level in range(levels)]
        wrong = or_(nodes.index < 0, nodes.level < 0, nodes.level >= levels, *over)
        query = select(nodes.level, nodes.index).where(nodes.log == self._log, wrong).order_by(nodes.level, nodes.index)
        for level, index in self._connection.execute(query):
            yield Fault(f"node {index} of level {level}", f"a tree of {size} entries has none there")
        for id_ in self._connection.execute(
            select(keys.id).where(keys.log == self._log, keys.id.not_in(select(entries.id).where(entries.log == self._log)))
        ).scalars():
            yield Fault(f"key of {id_}", "there is no such entry")
        uses = s.uses.c
        apart = (uses.log == self._log) & ((uses.index >= size) | (uses.index < 0))
        for index in self._connection.execute(select(uses.index).where(apart).distinct().order_by(uses.index)).scalars():
            yield Fault(f"use of entry {index}", "there is no such entry")
        for table in (s.origins, s.entries, s.nodes, s.keys, s.uses):
            query = select(table.c.log).where(table.c.log.not_in(select(heads.log))).distinct()
            for log in self._connection.execute(query).scalars():
                yield Fault(f"table {table.name}", f"it has rows of the log {log!r}, of which there is no head")

    def _nodes(self, start: int, end: int) -> dict[tuple[int, int], bytes]:
        """The stored nodes that the entries from `start` up to `end` complete."""
        level, index = s.nodes.c.level, s.nodes.c.index
        spans = [(n, start >> n, end >> n) for n in range(end.bit_length())]
        wanted = or_(*((level == n) & (index >= first) & (index < last) for n, first, last in spans if first < last))
        query = select(level, index, s.nodes.c.hash).where(s.nodes.c.log == self._log, wanted)
        return {(at, number): hash_ for at, number, hash_ in self._connection.execute(query)}

    # ---- what it says ----

    def _said(self, rows: Sequence[Any]) -> Iterator[Fault]:
        """The faults of what entries say, and of what they refer to."""
        found: list[tuple[Any, Envelope]] = []
        for row in rows:
            try:
                found.append((row, Envelope.from_bytes(row.leaf)))
            except ValueError as error:
                yield Fault(f"entry {row.index}", f"its leaf cannot be read: {error}")
        digests = {digest for _, envelope in found for digest in (getattr(envelope, part) for part in _PARTS) if digest}
        blobs = dict(self._connection.execute(select(s.blobs.c.digest, s.blobs.c.data).where(s.blobs.c.digest.in_(digests))).all())
        mine = (s.keys.c.log == self._log) & s.keys.c.id.in_([envelope.id for _, envelope in found])
        keys = dict(self._connection.execute(select(s.keys.c.id, s.keys.c.key).where(mine)).all())
        kept, freed = self._uses([row.index for row, _ in found]), self._about([each.id for _, each in found], FREES)
        erased = self._about([_decision(each) for _, each in found], ERASES)
        for row, envelope in found:
            if keys.get(envelope.id, b"") is None and _decision(envelope) not in erased:
                yield Fault(f"key of {envelope.id}", f"it is gone, and no entry says that entry {row.index} was erased")
            for name in _COLUMNS:
                if getattr(row, name) != getattr(envelope, name):
                    said, leaf = getattr(row, name), getattr(envelope, name)
                    yield Fault(f"entry {row.index}", f"its column {name} says {said!r}, and its leaf {str(leaf)!r}")
            contents = [(part, self._content(row, envelope, part, blobs, keys)) for part in _PARTS]
            for _, content_ in contents:
                if isinstance(content_, Fault):
                    yield content_
            if isinstance(asked := dict(contents)["request"], bytes):
                yield from self._asked(row, envelope, asked)
            if not isinstance(usage := dict(contents)["usage"], Fault) and not (usage is None and envelope.usage):
                yield from self._used(row.index, usage or b"", kept.get(row.index, []), freed=envelope.id in freed)

    def _uses(self, indices: Sequence[int]) -> dict[int, list[dict[str, Any]]]:
        """What the table says that entries used of limits."""
        kept: dict[int, list[dict[str, Any]]] = {}
        query = select(s.uses).where(s.uses.c.log == self._log, s.uses.c.index.in_(indices))
        for row in self._connection.execute(query.order_by(s.uses.c.index, s.uses.c.number, s.uses.c.party)).mappings():
            kept.setdefault(row["index"], []).append(dict(row))
        return kept

    def _about(self, ids: Sequence[str], what: bytes) -> set[str]:
        """The entries about which there is an action whose leaf says so."""
        mine = (s.entries.c.log == self._log) & s.entries.c.about.in_(ids) & (s.entries.c.kind == Kind.ACTION.value)
        rows = self._connection.execute(select(s.entries.c.about, s.entries.c.leaf).where(mine))
        return {row.about for row in rows if what in row.leaf}

    def _used(self, index: int, usage: bytes, kept: list[dict[str, Any]], *, freed: bool) -> Iterator[Fault]:
        try:
            uses = () if freed else uses_of(decision_pb2.LimitUse.FromString(usage))
        except DecodeError:
            yield Fault(f"use of entry {index}", "its record cannot be read")
            return
        wanted = rows_of(self._log, index, uses)
        if sorted(wanted, key=_place) != sorted(kept, key=_place):
            yield Fault(
                f"use of entry {index}", f"the table has {len(kept)} rows of it, and they are not the {len(wanted)} of its record"
            )

    def _content(
        self, row: Any, envelope: Envelope, part: str, blobs: dict[str, bytes], keys: dict[str, Any]
    ) -> bytes | Fault | None:
        """What the blob of a part holds, or what is wrong with it; None where there is none, or its key was erased."""
        digest = getattr(envelope, part)
        if not digest:
            return None
        whose = f"the {part} of entry {row.index}, {envelope.kind} {envelope.id}"
        data = blobs.get(digest)
        if data is None:
            return Fault(f"blob {digest}", f"it is missing; it is {whose}")
        if (digested := hashlib.sha256(data).hexdigest()) != digest:
            return Fault(f"blob {digest}", f"its bytes were changed: their digest is {digested}; it is {whose}")
        if not (is_encrypted := data[:1] == _ENCRYPTED):
            key = None
        elif envelope.id not in keys:
            return Fault(f"key of {envelope.id}", f"it is missing, and was not erased; it opens {whose}")
        elif (key := keys[envelope.id]) is None:
            return None
        try:
            return content(data, key)
        except (BlobError, ValueError) as error:  # ValueError: a key of another length
            return Fault(f"key of {envelope.id}" if is_encrypted else f"blob {digest}", f"{error}; it is {whose}")

    def _asked(self, row: Any, envelope: Envelope, asked: bytes) -> Iterator[Fault]:
        try:
            said = self._request_id(envelope, asked)
        except ValueError as error:
            yield Fault(f"blob {envelope.request}", f"it is no request: {error}; entry {row.index} refers to it")
            return
        if said is not None and said != (row.request_id or ""):
            yield Fault(f"entry {row.index}", f"its column request_id says {row.request_id!r}, and what was asked {said!r}")


def _decision(envelope: Envelope) -> str:
    """The decision that an entry is, or is about."""
    return envelope.about if envelope.kind is Kind.ACTION else envelope.id


def _place(row: Mapping[str, Any]) -> tuple[int, str]:
    return row["number"], row["party"]


def _split(frontier: bytes) -> list[bytes]:
    return [frontier[n : n + _HASH] for n in range(0, len(frontier), _HASH)]


def _behind(size: int, signed: Sequence[Signed]) -> Iterator[Fault]:
    for each in signed:
        if each.tree.size > size:
            yield Fault(each.name, f"the log holds {size} entries, and {each.tree.size} were signed: the newest are gone")


__all__ = ["Fault", "Looked", "RequestId", "Signed", "inspected"]
