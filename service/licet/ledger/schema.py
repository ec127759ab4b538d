"""The tables of the store. Nothing in them but `heads`, `active` and `keys` is ever changed, nothing but keys and uses erased."""

from __future__ import annotations

from typing import Final

from sqlalchemy import BigInteger, Column, ForeignKeyConstraint, Index, LargeBinary, MetaData, Table, Text, UniqueConstraint

REVISION: Final = "0001"
"""The revision of the tables below: that of the newest script in `migrations`."""

metadata: Final = MetaData()

versions: Final = Table("alembic_version", MetaData(), Column("version_num", Text, primary_key=True))
"""Alembic's own: the revision of the tables that are there."""

heads: Final = Table(
    "heads",
    metadata,
    Column("log", Text, primary_key=True),
    Column("size", BigInteger, nullable=False),
    Column("frontier", LargeBinary, nullable=False),
)
"""How far each log has come. Locking the row of a log is what gives its entries their order."""

origins: Final = Table(
    "origins",
    metadata,
    Column("origin", Text, primary_key=True),
    Column("log", Text, nullable=False),
    Column("number", BigInteger, nullable=False),
    Column("key", Text, nullable=False),
    UniqueConstraint("log", "number"),
)
"""The names under which checkpoints of a log are signed, each with the public key that signs them; the last is in use."""

entries: Final = Table(
    "entries",
    metadata,
    Column("log", Text, primary_key=True),
    Column("index", BigInteger, primary_key=True),
    Column("id", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("about", Text, nullable=False),
    Column("caller", Text, nullable=False),
    Column("request_id", Text),
    Column("decided_at", Text, nullable=False),
    Column("leaf", LargeBinary, nullable=False),
    UniqueConstraint("log", "id"),
    UniqueConstraint("log", "caller", "request_id"),
    Index("entries_about", "log", "about"),
    Index("entries_decided_at", "log", "decided_at"),
)
"""The entries. A caller's request id stands once."""

nodes: Final = Table(
    "nodes",
    metadata,
    Column("log", Text, primary_key=True),
    Column("level", BigInteger, primary_key=True),
    Column("index", BigInteger, primary_key=True),
    Column("hash", LargeBinary, nullable=False),
)
"""Roots of complete subtrees; level 0 holds the leaves' hashes."""

blobs: Final = Table("blobs", metadata, Column("digest", Text, primary_key=True), Column("data", LargeBinary, nullable=False))
"""What entries and releases refer to."""

uses: Final = Table(
    "uses",
    metadata,
    Column("log", Text, primary_key=True),
    Column("index", BigInteger, primary_key=True),
    Column("number", BigInteger, primary_key=True),
    Column("party", Text, primary_key=True),
    Column("authorization", Text, nullable=False),
    Column("period", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("currency", Text, nullable=False),
    Column("amount", Text, nullable=False),
    Index("uses_limit", "log", "authorization", "period", "party"),
)
"""What entries used of yearly limits, a row for each name of a party (empty: whoever it is). Follows from the entries."""

keys: Final = Table(
    "keys",
    metadata,
    Column("log", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("key", LargeBinary),
    ForeignKeyConstraint(["log", "id"], ["entries.log", "entries.id"]),
)
"""The data key of an encrypted entry; NULL once it is erased."""
