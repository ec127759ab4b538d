"""Any single change in what a ledger holds is found, and the thing that was changed is named."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import grpc
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import BigInteger, Column, Engine, LargeBinary, Text, create_engine, event, insert, select, update
from sqlalchemy.exc import IntegrityError

from licet.ledger import schema
from licet.ledger.blobs import Blob
from licet.ledger.envelope import Envelope
from licet.ledger.inspection import Fault
from licet.ledger.snapshot import snapshot
from licet.ledger.store import Draft, StoreError, opened
from licet.ledger.verify import Key
from licet.v1 import decision_service_pb2 as pb
from tests.support.records import ORIGIN, checkpoint, database_of, decided, decisions, faults, found_in, licet, papers
from tests.support.servers import POLICIES, Server

TABLES = ("heads", "origins", "entries", "nodes", "blobs", "keys")
COLUMNS = [(table, column.name) for table in TABLES for column in schema.metadata.tables[table].columns]
EXAMPLES = 8


@dataclass(frozen=True)
class Kept:
    """A ledger that a server left, with public and private records, and a checkpoint that somebody was shown."""

    data: Path
    url: str
    shown: Path

    @property
    def key(self) -> Key:
        """The public key."""
        return Key.parsed((self.data / "licet.pub").read_text())


def keep(folder: Path, url: str) -> Kept:
    """Makes one: thirteen entries, so that the tree has subtrees of three sizes."""
    data, shown = folder / "data", folder / "shown"
    for private in (False, True):
        server = Server.spawn(POLICIES, data=data, private=private, **{"database": url} if url else {})
        try:
            for number in range(6):
                decided(server, f"order-{private}-{number}" if number % 2 else "", "YY" if number % 3 else "DE")
            if not private:
                shown.write_text(checkpoint(server))
            assert 0 == server.stop()
        finally:
            server.close()
    return Kept(data, url, shown)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def kept(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, new_url: Callable[[str], str]) -> Kept:
    """A ledger in a database of each kind."""
    return keep(tmp_path_factory.mktemp("kept"), new_url(request.param))


@pytest.fixture(scope="module")
def engine(kept: Kept) -> Iterator[Engine]:
    """What changes the database as somebody does who is its master: nothing that it knows of its tables stands in the way."""
    engine = create_engine(database_of(kept.data, kept.url))

    @event.listens_for(engine, "connect")
    def _no_rules(connection: Any, _: Any) -> None:
        cursor = connection.cursor()
        cursor.execute("PRAGMA foreign_keys=OFF" if not kept.url else "SET session_replication_role = replica")
        connection.commit()

    yield engine
    engine.dispose()


def test_a_ledger_that_nobody_touched_has_no_fault(kept: Kept) -> None:
    """The command says what it checked, against a checkpoint that somebody was shown too."""
    assert [] == faults(kept.data, kept.url, [kept.shown])
    words = ["audit", "verify", "--data", kept.data, "--checkpoint", kept.shown, *(["--database", kept.url] if kept.url else [])]
    done = licet(*words)
    assert 0 == done.returncode, done.stdout + done.stderr
    assert "✓ 13 entries are what was recorded" in done.stdout
    assert "begins with the 7 entries" in done.stdout


def flipped(column: Column[Any], value: Any, at: int, bit: int) -> Any:
    """The value with one bit the other way; of a text, in a character of which another one comes of it."""
    match column.type:
        case LargeBinary():
            changed = bytearray(value)
            changed[at % len(changed)] ^= 1 << bit % 8
            return bytes(changed)
        case BigInteger():
            return value ^ 1 << bit % 62
        case Text():
            if not value:
                return "x"
            place = at % len(value)
            return value[:place] + chr(ord(value[place]) ^ 1 << bit % 3) + value[place + 1 :]
        case _:
            raise AssertionError(column)


def named(table: str, row: Any) -> str:
    """How a fault of a row is told."""
    match table:
        case "heads":
            return "head"
        case "origins":
            return f"origin {row.origin}"
        case "entries":
            return f"entry {row.index}"
        case "nodes":
            return f"node {row.index} of level {row.level}"
        case "blobs":
            return f"blob {row.digest}"
        case _:
            return f"key of {row.id}"


@pytest.mark.parametrize(("table", "column"), COLUMNS)
def test_any_flipped_bit_of_the_database_is_found_and_named(
    kept: Kept, engine: Engine, table: str, column: str, record_property: Callable[[str, object], None]
) -> None:
    """In any column of any table, in any row, at any place."""
    made, field = schema.metadata.tables[table], schema.metadata.tables[table].columns[column]
    with engine.connect() as connection:
        rows = list(connection.execute(select(made).where(field.is_not(None)).order_by(*made.primary_key)))
    tried = 0

    @settings(max_examples=EXAMPLES, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(row=st.sampled_from(rows), at=st.integers(0, 10**6), bit=st.integers(0, 61))
    def flip(row: Any, at: int, bit: int) -> None:
        nonlocal tried
        changed = flipped(field, getattr(row, column), at, bit)
        with engine.connect() as connection:
            mine = [key == getattr(row, key.name) for key in made.primary_key]
            try:
                connection.execute(update(made).where(*mine).values({column: changed}))
            except IntegrityError:  # there is one of that name already
                return
            found = found_in(connection, kept.key)
            connection.rollback()
        assert named(table, row) in {fault.what for fault in found}, found
        tried += 1

    flip()
    record_property("fault", ["flipped bit, found and named", {"times": tried}])


def test_a_server_shows_no_record_that_was_changed(
    kept: Kept, start: Callable[..., Server], tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    """Not one bit of a leaf, and not another result in the place of the recorded one: the call fails, names it, and the rest is served."""
    if kept.url:
        pytest.skip("a file is put in the place of a file")
    data = shutil.copytree(kept.data, tmp_path / "data")
    with sqlite3.connect(data / "licet.db") as connection:
        leaves = dict(connection.execute('SELECT "index", leaf FROM entries'))
        (one,) = connection.execute("SELECT data FROM blobs WHERE digest = ?", (Envelope.from_bytes(leaves[2]).result,)).fetchone()
        digest = Envelope.from_bytes(leaves[1]).result
        connection.execute("UPDATE blobs SET data = ? WHERE digest = ?", (one, digest))
        changed = leaves[4].replace(b'"PROCEED"', b'"PROCEEE"').replace(b'"HOLD"', b'"HOLE"').replace(b'"STOP"', b'"STOQ"')
        connection.execute('UPDATE entries SET leaf = ? WHERE "index" = 4', (changed,))
        connection.execute('UPDATE entries SET leaf = substr(leaf, 2) WHERE "index" = 5')
    connection.close()
    server = start(data=data)
    for index, what in ((1, f"blob {digest}"), (4, "entry 4"), (5, "entry 5")):
        with pytest.raises(grpc.RpcError) as caught:
            decisions(server).GetDecision(pb.GetDecisionRequest(id=Envelope.from_bytes(leaves[index]).id), timeout=60)
        assert grpc.StatusCode.DATA_LOSS == caught.value.code()
        assert what in str(caught.value.details())
    whole = Envelope.from_bytes(leaves[3]).id
    assert whole == decisions(server).GetDecision(pb.GetDecisionRequest(id=whole), timeout=60).decision.id
    with pytest.raises(grpc.RpcError) as caught:  # asked again, it is not decided anew
        decided(server, "order-False-3", "DE")
    assert grpc.StatusCode.DATA_LOSS == caught.value.code()
    record_property("fault", ["changed record, not shown by the server", {"times": 4}])


def test_a_row_that_is_gone_is_named(kept: Kept, engine: Engine) -> None:
    """In any table but that of keys' own erasures, which keep their row."""
    for table in TABLES:
        made = schema.metadata.tables[table]
        with engine.connect() as connection:
            for row in connection.execute(select(made)).all():
                connection.execute(made.delete().where(*(key == getattr(row, key.name) for key in made.primary_key)))
                assert named(table, row) in {fault.what for fault in found_in(connection, kept.key)}
                connection.rollback()


def test_a_log_written_anew_is_found_by_what_was_signed(kept: Kept, tmp_path: Path) -> None:
    """Whoever changes an entry, and then rewrites tree and head, has no fault within; the checkpoints say that it is another log."""
    data = tmp_path / "data"
    shutil.copytree(kept.data, data, ignore=shutil.ignore_patterns("licet.db*"))
    with snapshot(database_of(kept.data, kept.url)) as connection:
        rows = connection.execute(select(schema.entries).order_by(schema.entries.c.index)).mappings().all()
        blobs = {row.digest: Blob(row.data) for row in connection.execute(select(schema.blobs))}
        keys = {row.id: row.key for row in connection.execute(select(schema.keys))}
    entries = [(row, Envelope.from_bytes(row["leaf"])) for row in rows]
    forged = [(row, replace(envelope, disposition="PROCEED") if row["index"] == 3 else envelope) for row, envelope in entries]
    store = opened(f"sqlite:///{data / 'licet.db'}", ORIGIN)
    for row, envelope in forged:
        parts = tuple(blobs[digest] for digest in (envelope.request, envelope.result) if digest)
        store.append([Draft(envelope, parts, row["request_id"] or "", keys.get(row["id"]))])
    store.close()
    found = faults(data, checkpoints=[kept.shown])
    assert ["checkpoint", f"checkpoint {kept.shown}"] == sorted(fault.what for fault in found)
    assert all("not the one that was signed" in fault.text for fault in found)


def test_a_log_cut_short_is_found_by_what_was_signed(kept: Kept, tmp_path: Path) -> None:
    """A database of before lacks entries that the checkpoint covers."""
    data = shutil.copytree(kept.data, tmp_path / "data", ignore=shutil.ignore_patterns("licet.db*"))
    opened(f"sqlite:///{data / 'licet.db'}", ORIGIN).close()
    (fault,) = faults(data)
    assert "checkpoint" == fault.what
    assert "the newest are gone" in fault.text


def test_a_key_that_is_gone_without_an_entry_is_named(kept: Kept, engine: Engine) -> None:
    """Who erases leaves an entry that says so (tests/replay keeps one); whoever only takes the key away is found out."""
    with engine.connect() as connection:
        ids = connection.execute(select(schema.keys.c.id)).scalars().all()
        connection.execute(update(schema.keys).values(key=None))
        assert {f"key of {id_}" for id_ in ids} == {fault.what for fault in found_in(connection, kept.key)}
        connection.rollback()


def test_what_belongs_to_no_log_is_named(kept: Kept, engine: Engine) -> None:
    """Rows under a name that no log has are nobody's."""
    with engine.connect() as connection:
        connection.execute(insert(schema.nodes).values(log="another", level=0, index=0, hash=bytes(32)))
        assert ["table nodes"] == [fault.what for fault in found_in(connection, kept.key)]
        connection.rollback()


@pytest.mark.parametrize("name", ["checkpoint", "licet.pub", "licet.key"])
def test_any_flipped_bit_of_a_file_beside_the_database_is_found_and_named(
    kept: Kept, tmp_path: Path, name: str, record_property: Callable[[str, object], None]
) -> None:
    """Public key, private key and checkpoint: at every byte."""
    data = tmp_path / "data"
    data.mkdir()
    for file in ("checkpoint", "licet.pub", "licet.key"):
        shutil.copy(kept.data / file, data)
    whole = (data / name).read_bytes()
    for place in range(len(whole)):
        changed = bytearray(whole)
        changed[place] ^= 1 << place % 7
        (data / name).write_bytes(changed)
        found = [each.what for each in papers(data, key=kept.data / "licet.pub") if isinstance(each, Fault)]
        if name != "licet.key" or found:  # a line end in a PEM file may be another, and the key the same
            assert [name] == found, (place, changed)
    record_property("fault", ["flipped bit, found and named", {"times": len(whole)}])


def test_any_flipped_bit_of_the_file_is_found_if_it_changes_anything(
    kept: Kept, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    """A byte of the database file itself: either the tables hold what they held, or something is named."""
    if kept.url:
        pytest.skip("only SQLite has one file")
    data = shutil.copytree(kept.data, tmp_path / "data")
    file = data / "licet.db"
    whole, before = file.read_bytes(), dump(file)
    counts = {"times": 0, "harmless": 0}

    written = [place for place, byte in enumerate(whole) if byte]

    @settings(max_examples=100, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(place=st.sampled_from(written), bit=st.integers(0, 7))
    def flip(place: int, bit: int) -> None:
        changed = bytearray(whole)
        changed[place] ^= 1 << bit
        file.write_bytes(changed)
        found = faults_or_unreadable(data)
        assert found or before == dump(file), place
        counts["times" if found else "harmless"] += 1

    flip()
    assert counts["times"]
    record_property("fault", ["flipped bit in the file of SQLite, found", counts])


def faults_or_unreadable(data: Path) -> list[str]:
    """What is at fault; a file that SQLite does not open is."""
    try:
        return [str(fault) for fault in faults(data)]
    except StoreError as error:
        return [str(error)]


def dump(file: Path) -> list[Any] | str:
    """All that the tables hold; an error where they cannot be read."""
    connection = sqlite3.connect(f"file:{file}?mode=ro", uri=True)
    try:
        return [row for table in TABLES for row in connection.execute(f"SELECT * FROM {table} ORDER BY 1, 2, 3")]  # noqa: S608  # our own names
    except sqlite3.Error as error:
        return str(error)
    finally:
        connection.close()


def test_every_table_is_looked_at() -> None:
    """A table that is new has to be verified too: what is used of limits in tests/unit/ledger/test_uses.py."""
    assert {*TABLES, "uses"} == set(schema.metadata.tables)
