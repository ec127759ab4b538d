"""The tables of the first release.

Until that is out this script may be edited in place, together with `schema.py`; from then on a change is a new script.
"""

from __future__ import annotations

from alembic import op
from sqlalchemy import BigInteger, Column, ForeignKeyConstraint, LargeBinary, PrimaryKeyConstraint, Text, UniqueConstraint

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Makes the tables, which say in `schema.py` what they hold."""
    op.create_table(
        "heads",
        Column("log", Text, nullable=False),
        Column("size", BigInteger, nullable=False),
        Column("frontier", LargeBinary, nullable=False),
        PrimaryKeyConstraint("log"),
    )
    op.create_table(
        "origins",
        Column("origin", Text, nullable=False),
        Column("log", Text, nullable=False),
        Column("number", BigInteger, nullable=False),
        Column("key", Text, nullable=False),
        PrimaryKeyConstraint("origin"),
        UniqueConstraint("log", "number"),
    )
    op.create_table(
        "entries",
        Column("log", Text, nullable=False),
        Column("index", BigInteger, nullable=False),
        Column("id", Text, nullable=False),
        Column("kind", Text, nullable=False),
        Column("about", Text, nullable=False),
        Column("caller", Text, nullable=False),
        Column("request_id", Text),
        Column("decided_at", Text, nullable=False),
        Column("leaf", LargeBinary, nullable=False),
        PrimaryKeyConstraint("log", "index"),
        UniqueConstraint("log", "id"),
        UniqueConstraint("log", "caller", "request_id"),
    )
    op.create_index("entries_about", "entries", ["log", "about"])
    op.create_index("entries_decided_at", "entries", ["log", "decided_at"])
    op.create_table(
        "nodes",
        Column("log", Text, nullable=False),
        Column("level", BigInteger, nullable=False),
        Column("index", BigInteger, nullable=False),
        Column("hash", LargeBinary, nullable=False),
        PrimaryKeyConstraint("log", "level", "index"),
    )
    op.create_table(
        "blobs", Column("digest", Text, nullable=False), Column("data", LargeBinary, nullable=False), PrimaryKeyConstraint("digest")
    )
    op.create_table(
        "uses",
        Column("log", Text, nullable=False),
        Column("index", BigInteger, nullable=False),
        Column("number", BigInteger, nullable=False),
        Column("party", Text, nullable=False),
        Column("authorization", Text, nullable=False),
        Column("period", Text, nullable=False),
        Column("code", Text, nullable=False),
        Column("currency", Text, nullable=False),
        Column("amount", Text, nullable=False),
        PrimaryKeyConstraint("log", "index", "number", "party"),
    )
    op.create_index("uses_limit", "uses", ["log", "authorization", "period", "party"])
    op.create_table(
        "keys",
        Column("log", Text, nullable=False),
        Column("id", Text, nullable=False),
        Column("key", LargeBinary),
        PrimaryKeyConstraint("log", "id"),
        ForeignKeyConstraint(["log", "id"], ["entries.log", "entries.id"]),
    )
