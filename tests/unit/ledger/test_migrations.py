from __future__ import annotations

import shutil
import threading
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, inspect, text

from licet.ledger import schema
from licet.ledger.migrations import SCRIPTS, bring_up_to_date
from licet.ledger.store import StoreError, opened
from tests.unit.ledger.conftest import LOG
from tests.unit.ledger.test_store import draft

NEXT = '''"""A column more."""

import sqlalchemy
from alembic import op

revision = "next"
down_revision = "{before}"


def upgrade():
    op.add_column("entries", sqlalchemy.Column("note", sqlalchemy.Text, server_default="none yet"))
'''


def _execute(url: str, *statements: str) -> None:
    engine = create_engine(url)
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()


def test_the_scripts_make_the_tables_that_the_software_uses(url: str) -> None:
    """What the scripts make is what `schema.py` says, column by column, index by index; and of the revision that it names."""
    opened(url, LOG).close()
    engine = create_engine(url)
    with engine.connect() as connection:
        assert [] == compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), schema.metadata)
        for name, table in schema.metadata.tables.items():
            made = inspect(connection)
            assert [c.name for c in table.primary_key] == made.get_pk_constraint(name)["constrained_columns"]
            assert {c.name for c in table.columns if not c.nullable} == {
                c["name"] for c in made.get_columns(name) if not c["nullable"]
            }
    engine.dispose()
    assert schema.REVISION == ScriptDirectory(str(SCRIPTS)).get_current_head()


def test_an_older_store_is_brought_up_to_date(url: str, tmp_path: Path) -> None:
    """A store keeps its entries when newer software opens it, and has the tables of the newer software afterwards."""
    with closing(opened(url, LOG)) as store:
        store.append([draft("a")])
        before = store.tree
    newer = shutil.copytree(SCRIPTS, tmp_path / "newer")
    (newer / "versions" / "next.py").write_text(NEXT.format(before=schema.REVISION))
    engine = create_engine(url)
    with engine.begin() as connection:
        bring_up_to_date(connection, newer)
    with engine.connect() as connection:
        assert ["none yet"] == connection.execute(text("SELECT note FROM entries")).scalars().all()
        assert "next" == connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    engine.dispose()
    with pytest.raises(StoreError, match=f"of revision next, .* expected {schema.REVISION} or an older one"):
        opened(url, LOG)
    _execute(url, "UPDATE alembic_version SET version_num = '0001'")
    with closing(opened(url, LOG)) as store:
        assert before == store.tree


def test_tables_of_no_known_revision_are_left_alone(url: str) -> None:
    """A database that holds tables of these names without saying of which revision is refused, and nothing in it is changed."""
    _execute(url, "CREATE TABLE entries (what TEXT)", "INSERT INTO entries VALUES ('of somebody else')")
    with pytest.raises(StoreError, match="does not say of which revision"):
        opened(url, LOG)
    engine = create_engine(url)
    with engine.connect() as connection:
        assert ["entries"] == inspect(connection).get_table_names()
        assert ["of somebody else"] == connection.execute(text("SELECT what FROM entries")).scalars().all()
    engine.dispose()


def test_servers_that_start_at_the_same_time_make_the_tables_once(url: str) -> None:
    """Of many that open an empty database at once each finds it ready."""
    failed: list[Exception] = []
    ready = threading.Barrier(6)

    def start() -> None:
        ready.wait()
        try:
            opened(url, LOG).close()
        except StoreError as error:
            failed.append(error)

    threads = [threading.Thread(target=start) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert [] == failed
    with closing(opened(url, LOG)) as store:
        assert 0 == store.tree.size
