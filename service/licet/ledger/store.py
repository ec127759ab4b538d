"""The store: appends entries to a log under the database's own lock, and reads them with their proofs.

One transaction locks the log's head, looks for requests that were made before, numbers what is new, and writes entries, nodes,
blobs and head together: the tree is never behind the entries. What it returned is durable.
"""

from __future__ import annotations

import fcntl
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from sqlite3 import DatabaseError
from typing import Any, Final

from sqlalchemy import Connection, Engine, create_engine, event, func, insert, select, text, tuple_, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import SQLAlchemyError

from licet.ledger import schema as s
from licet.ledger.blobs import Blob
from licet.ledger.envelope import Envelope, Kind
from licet.ledger.migrations import SchemaError, bring_up_to_date
from licet.ledger.origins import OriginError, claim, rename
from licet.ledger.tree import Frontier, Node, consistency_proof, inclusion_proof, root_at
from licet.ledger.uses import Limits, Reading, Use, forget, keep, read, rows_of, used
from licet.ledger.verify import Tree, leaf_hash

_HASH = 32
_DURABLE = {"synchronous_commit": ("on", "remote_apply", "remote_write"), "fsync": ("on",), "full_page_writes": ("on",)}
"""What PostgreSQL must be set to, so that a commit that returned survives a loss of power."""
_AT_ONCE = 500
"""Values in one statement's list."""


class StoreError(Exception):
    """The store cannot be used now; nothing was recorded."""


class OutdatedError(Exception):
    """Drafts rest on what is no longer so: they are to be made again. Nothing was recorded, of the others neither."""

    def __init__(self, places: Iterable[int]) -> None:
        self.places = frozenset(places)
        """Where those drafts stand."""
        super().__init__(f"{len(self.places)} drafts rest on what is no longer so")


class DamagedError(StoreError):
    """What was recorded is not what is there; the text names the thing."""


@dataclass(frozen=True, slots=True)
class Draft:
    """An entry to be. An empty `request_id` names no request."""

    envelope: Envelope
    blobs: tuple[Blob, ...] = ()
    request_id: str = ""
    key: bytes | None = None
    uses: tuple[Use, ...] = ()
    """What it uses of yearly limits."""
    reading: Reading | None = None
    """What it takes to have been used before. It is outdated once others used of what it uses."""
    seen: int | None = None
    """How many entries it takes to point at what it points at. It is outdated once there are others."""
    frees: int | None = None
    """The index of an entry whose use counts no more."""
    erases: tuple[str, ...] = ()
    """The ids of entries whose data keys are erased with it."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A recorded entry: where it stands, and what it says."""

    index: int
    leaf: bytes

    @property
    def envelope(self) -> Envelope:
        """What it says. Raises `DamagedError`."""
        try:
            return Envelope.from_bytes(self.leaf)
        except ValueError as error:
            raise DamagedError(f"entry {self.index}, whose leaf cannot be read: {error}") from None


@dataclass(frozen=True, slots=True)
class Recorded:
    """A draft's entry, new or made before, and the tree once it was there."""

    entry: Entry
    tree: Tree
    again: bool
    """Whether the caller's request id was recorded before: the entry is that of then, the draft was dropped.

    Whether it was the same request its content says, which only whoever has the data key can read: no digest of it is kept.
    """


@dataclass(frozen=True, slots=True)
class Renaming:
    """That a log gives up the name it had, and the entry that says so."""

    before: str
    entry: Draft


class Store:
    """One log in a database. Any number of processes may append at the same time."""

    def __init__(self, engine: Engine, log: str, lock: Path | None, origin: str) -> None:
        """Use `opened`."""
        self._engine = engine
        self._log = log
        self._lock = lock
        self.origin: Final = origin
        """The name under which checkpoints of the log are signed."""

    def close(self) -> None:
        """Lets go of the database."""
        self._engine.dispose()

    # ---- appending ----

    def append(self, drafts: Sequence[Draft]) -> tuple[Recorded, ...]:
        """What became of each draft, in order; all is durable on return.

        Raises `StoreError` and `OutdatedError`, and then nothing was recorded.
        """
        try:
            with self._locked() as connection:
                return self._append(connection, drafts)
        except (SQLAlchemyError, OSError) as error:
            raise StoreError(_cause(error)) from error

    def begin(self, connection: Connection, drafts: Sequence[Draft]) -> None:
        """The log is there, and these are in it once the transaction of the caller is committed."""
        connection.execute(_keeping(connection, s.heads), {"log": self._log, "size": 0, "frontier": b""})
        if drafts:
            self._append(connection, drafts)

    @contextmanager
    def _locked(self) -> Iterator[Connection]:
        """A transaction that alone may append."""
        with held(self._lock), self._engine.execution_options(writes=True).begin() as connection:
            yield connection

    def _append(self, connection: Connection, drafts: Sequence[Draft]) -> tuple[Recorded, ...]:
        frontier = self._frontier(connection, lock=True)
        known = self._known(connection, drafts)
        rows: list[dict[str, Any]] = []
        nodes: list[Node] = []
        new: list[Draft] = []
        found: list[tuple[Entry, bool]] = []
        for draft in drafts:
            key = draft.envelope.caller, draft.request_id
            before = known.get(key) if draft.request_id else None
            if before is not None:
                found.append((before, True))
                continue
            entry = Entry(frontier.size, draft.envelope.to_bytes())
            frontier, completed = frontier.grown(leaf_hash(entry.leaf))
            nodes += completed
            rows.append(_row(self._log, entry, draft))
            known[key] = entry
            new.append(draft)
            found.append((entry, False))
        self._check_outdated(connection, drafts, [again for _, again in found])
        self._write(connection, new, rows, nodes, frontier)
        tree = Tree(frontier.size, frontier.root)
        return tuple(Recorded(entry, tree, again) for entry, again in found)

    def _check_outdated(self, connection: Connection, drafts: Sequence[Draft], again: Sequence[bool]) -> None:
        """Raises `OutdatedError` where a draft rests on what is no longer so, also by one that stands before it."""
        outdated = []
        new: list[Draft] = []
        for place, draft in enumerate(drafts):
            if again[place]:
                continue
            if self._used_since(connection, draft, new) or self._answered_since(connection, draft, new):
                outdated.append(place)
            else:
                new.append(draft)
        if outdated:
            raise OutdatedError(outdated)

    def _used_since(self, connection: Connection, draft: Draft, before: Sequence[Draft]) -> bool:
        if draft.reading is None or not draft.uses:
            return False
        limits = draft.reading.limits
        together = (use for other in before for use in other.uses)
        return any(map(limits.concern, together)) or bool(used(connection, self._log, limits, start=draft.reading.size))

    def _answered_since(self, connection: Connection, draft: Draft, before: Sequence[Draft]) -> bool:
        if draft.seen is None:
            return False
        about = draft.envelope.about
        query = select(func.count()).select_from(s.entries).where(s.entries.c.log == self._log, s.entries.c.about == about)
        found = connection.execute(query).scalar_one()
        return bool(found + sum(other.envelope.about == about for other in before) != draft.seen)

    def _known(self, connection: Connection, drafts: Sequence[Draft]) -> dict[tuple[str, str], Entry]:
        """The entries of requests that were recorded before."""
        wanted = sorted({(draft.envelope.caller, draft.request_id) for draft in drafts if draft.request_id})
        found: dict[tuple[str, str], Entry] = {}
        for start in range(0, len(wanted), _AT_ONCE):
            names = tuple_(s.entries.c.caller, s.entries.c.request_id)
            query = select(s.entries).where(s.entries.c.log == self._log, names.in_(wanted[start : start + _AT_ONCE]))
            found |= {(row.caller, row.request_id): _entry(row) for row in connection.execute(query)}
        return found

    def _write(
        self, connection: Connection, drafts: Sequence[Draft], rows: list[dict[str, Any]], nodes: list[Node], frontier: Frontier
    ) -> None:
        if not rows:
            return
        blobs = {blob.digest: blob.data for draft in drafts for blob in draft.blobs}
        if blobs:
            connection.execute(_keeping(connection, s.blobs), [{"digest": digest, "data": data} for digest, data in blobs.items()])
        connection.execute(insert(s.entries), rows)
        connection.execute(
            insert(s.nodes), [{"log": self._log, "level": node.level, "index": node.index, "hash": node.hash} for node in nodes]
        )
        keys = [{"log": self._log, "id": d.envelope.id, "key": d.key} for d in drafts if d.key is not None]
        if keys:
            connection.execute(insert(s.keys), keys)
        pairs = zip(drafts, rows, strict=True)
        keep(connection, [use for draft, row in pairs for use in rows_of(self._log, row["index"], draft.uses)])
        for draft in drafts:
            if draft.frees is not None:
                forget(connection, self._log, draft.frees)
            if draft.erases:
                mine = (s.keys.c.log == self._log) & s.keys.c.id.in_(draft.erases)
                connection.execute(update(s.keys).where(mine).values(key=None))
        head = {"size": frontier.size, "frontier": b"".join(frontier.roots)}
        connection.execute(update(s.heads).where(s.heads.c.log == self._log).values(**head))

    # ---- reading ----

    @property
    def tree(self) -> Tree:
        """The log as it is. Raises `StoreError`."""
        with self._reading() as connection:
            frontier = self._frontier(connection)
            return Tree(frontier.size, frontier.root)

    def entry(self, index: int) -> Entry | None:
        """The entry that stands there, if there is one. Raises `StoreError`."""
        return self._one(s.entries.c.index == index)

    def named(self, id_: str) -> Entry | None:
        """The entry with an id. Raises `StoreError`."""
        return self._one(s.entries.c.id == id_)

    def requested(self, caller: str, request_id: str) -> Entry | None:
        """The entry of a caller's request. Raises `StoreError`."""
        return self._one((s.entries.c.caller == caller) & (s.entries.c.request_id == request_id))

    def about(self, id_: str) -> tuple[Entry, ...]:
        """The entries that point at another, in order. Raises `StoreError`."""
        with self._reading() as connection:
            query = select(s.entries).where(s.entries.c.log == self._log, s.entries.c.about == id_).order_by(s.entries.c.index)
            return tuple(_entry(row) for row in connection.execute(query))

    def reading(self, limits: Limits) -> Reading:
        """What has been used of limits so far. Raises `StoreError`."""
        with self._reading() as connection:
            return read(connection, self._log, limits)

    def last(self, about: str, kind: Kind) -> Entry | None:
        """The newest entry of a kind that points at another, if there is one. Raises `StoreError`."""
        mine = (s.entries.c.log == self._log) & (s.entries.c.about == about) & (s.entries.c.kind == kind.value)
        with self._reading() as connection:
            row = connection.execute(select(s.entries).where(mine).order_by(s.entries.c.index.desc()).limit(1)).first()
            return _entry(row) if row is not None else None

    def since(self, index: int, most: int) -> tuple[Entry, ...]:
        """Up to `most` entries from an index on, in order. Raises `StoreError`."""
        with self._reading() as connection:
            mine = (s.entries.c.log == self._log) & (s.entries.c.index >= index)
            return tuple(
                _entry(r) for r in connection.execute(select(s.entries).where(mine).order_by(s.entries.c.index).limit(most))
            )

    def leaf_hash(self, index: int) -> bytes | None:
        """The hash that the tree holds of an entry. Raises `StoreError`."""
        with self._reading() as connection:
            mine = (s.nodes.c.log == self._log) & (s.nodes.c.level == 0) & (s.nodes.c.index == index)
            return connection.execute(select(s.nodes.c.hash).where(mine)).scalar()

    def blob(self, digest: str) -> bytes | None:
        """The stored bytes of that digest, if they are there. Raises `StoreError`."""
        with self._reading() as connection:
            return connection.execute(select(s.blobs.c.data).where(s.blobs.c.digest == digest)).scalar()

    def key(self, id_: str) -> bytes | None:
        """The data key of an entry; None where it has none, or where it was erased. Raises `StoreError`."""
        with self._reading() as connection:
            return connection.execute(select(s.keys.c.key).where(s.keys.c.log == self._log, s.keys.c.id == id_)).scalar()

    def is_erased(self, id_: str) -> bool:
        """Whether an entry had a data key that was erased. Raises `StoreError`."""
        with self._reading() as connection:
            row = connection.execute(select(s.keys.c.key).where(s.keys.c.log == self._log, s.keys.c.id == id_)).first()
            return row is not None and row.key is None

    def sweep(self) -> bool:
        """What was erased is in no file of the database; False where others kept it from that. Raises `StoreError`.

        SQLite overwrites what it erases, and is made to take over its log, which holds the pages of before. PostgreSQL is told to
        clear the table; its own log and backups are the operator's.
        """
        try:
            if self._engine.dialect.name == "postgresql":
                with self._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                    connection.execute(text("VACUUM FULL keys"))
                return True
            raw = self._engine.raw_connection()
            try:
                busy, _, _ = raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            finally:
                raw.close()
        except (SQLAlchemyError, OSError, DatabaseError) as error:
            raise StoreError(_cause(error)) from error
        return not busy

    def inclusion(self, index: int, size: int) -> tuple[bytes, ...]:
        """What proves that an entry stands in the tree of so many. Raises ValueError where it does not, `StoreError`."""
        with self._reading() as connection:
            self._check_size(connection, size)
            return inclusion_proof(index, size, lambda level, at: self._node(connection, level, at))

    def consistency(self, size1: int, size2: int) -> tuple[bytes, ...]:
        """What proves that the greater tree begins with the smaller. Raises ValueError where it cannot be proved, `StoreError`."""
        with self._reading() as connection:
            self._check_size(connection, size2)
            return consistency_proof(size1, size2, lambda level, at: self._node(connection, level, at))

    def tree_at(self, size: int) -> Tree:
        """The tree when it held so many entries. Raises ValueError where it never did, `StoreError`."""
        with self._reading() as connection:
            self._check_size(connection, size)
            return Tree(size, root_at(size, lambda level, at: self._node(connection, level, at)))

    def _check_size(self, connection: Connection, size: int) -> None:
        if not 0 <= size <= (found := self._frontier(connection).size):
            raise ValueError(f"the log holds {found} entries, not {size}")

    def _one(self, condition: Any) -> Entry | None:
        with self._reading() as connection:
            row = connection.execute(select(s.entries).where(s.entries.c.log == self._log, condition)).first()
            return _entry(row) if row is not None else None

    @contextmanager
    def _reading(self, *, writes: bool = False) -> Iterator[Connection]:
        try:
            with self._engine.execution_options(writes=writes).begin() as connection:
                yield connection
        except (SQLAlchemyError, OSError) as error:
            raise StoreError(_cause(error)) from error

    def _frontier(self, connection: Connection, *, lock: bool = False) -> Frontier:
        query = select(s.heads).where(s.heads.c.log == self._log)
        row = connection.execute(query.with_for_update() if lock else query).one()
        roots = tuple(row.frontier[n : n + _HASH] for n in range(0, len(row.frontier), _HASH))
        return Frontier(row.size, roots)

    def _node(self, connection: Connection, level: int, index: int) -> bytes:
        mine = (s.nodes.c.log == self._log) & (s.nodes.c.level == level) & (s.nodes.c.index == index)
        found: bytes = connection.execute(select(s.nodes.c.hash).where(mine)).scalar_one()
        return found


def opened(url: str, origin: str, key: str = "", renaming: Renaming | None = None) -> Store:
    """The store of a log in a database, made if it is not there, and brought up to date if older software made it.

    Raises `StoreError`, also where newer software made it, where the log goes by another name, or another public key than `key`
    is that of its checkpoints. With `renaming` the log has the name from now on.

    `url` is SQLAlchemy's: `sqlite:///folder/licet.db`, `postgresql+psycopg://…`. A commit that returned survives a loss of power.
    """
    try:
        engine = create_engine(url)
    except (SQLAlchemyError, ImportError) as error:
        raise StoreError(_cause(error)) from error
    try:
        lock = _prepared(engine)
        with held(lock), engine.execution_options(writes=True).begin() as connection:
            bring_up_to_date(connection)
            is_new = renaming is not None and rename(connection, renaming.before, origin, key)
            store = Store(engine, claim(connection, origin, key), lock, origin)
            store.begin(connection, [renaming.entry] if renaming is not None and is_new else [])
    except StoreError:
        engine.dispose()
        raise
    except (SchemaError, OriginError) as error:
        engine.dispose()
        raise StoreError(str(error)) from error
    except (SQLAlchemyError, OSError) as error:
        engine.dispose()
        raise StoreError(_cause(error)) from error
    return store


def _prepared(engine: Engine) -> Path | None:
    """Sets what durability and order need. For SQLite, the file whose lock puts writers in line."""
    if engine.dialect.name == "postgresql":
        with engine.connect() as connection:
            for name, wanted in _DURABLE.items():
                found = connection.execute(text(f"SHOW {name}")).scalar()
                if found not in wanted:
                    raise StoreError(f"{name} is {found}: an answer could be lost; expected {wanted[0]}")
        return None

    @event.listens_for(engine, "connect")
    def _pragmas(connection: Any, _: Any) -> None:
        connection.isolation_level = None  # so that BEGIN is ours
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=30000", "foreign_keys=ON", "secure_delete=ON"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("writes")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    file = engine.url.database
    if not file or file == ":memory:":
        raise StoreError("a log in memory proves nothing; name a file")
    return Path(f"{file}.lock")


@contextmanager
def held(lock: Path | None) -> Iterator[None]:
    """The lock file is ours: others stand in line for it, where SQLite's own lock would have them poll."""
    if lock is None:
        yield
        return
    with lock.open("ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _keeping(connection: Connection, table: Any) -> Any:
    """An insert that leaves what is there."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    return dialect.insert(table).on_conflict_do_nothing()


def _row(log: str, entry: Entry, draft: Draft) -> dict[str, Any]:
    envelope = draft.envelope
    return {
        "log": log,
        "index": entry.index,
        "id": envelope.id,
        "kind": envelope.kind.value,
        "about": envelope.about,
        "caller": envelope.caller,
        "request_id": draft.request_id or None,
        "decided_at": envelope.decided_at,
        "leaf": entry.leaf,
    }


def _entry(row: Any) -> Entry:
    return Entry(row.index, row.leaf)


def _cause(error: BaseException) -> str:
    """The cause without the statement, which would quote what it was given."""
    cause = getattr(error, "orig", None) or error
    return f"{type(cause).__name__}: {str(cause).splitlines()[0] if str(cause) else ''}"


__all__ = ["DamagedError", "Draft", "Entry", "OutdatedError", "Recorded", "Renaming", "Store", "StoreError", "held", "opened"]
