"""The tables of the store, from one version of the software to the next: Alembic's scripts, and what runs them at start.

A change of `schema.py` comes with a script in `versions` that makes it, and with the name of that script's revision in
`schema.REVISION`. Once a version is released its scripts are never edited. A test compares what the scripts make with `schema.py`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from sqlalchemy import Connection, inspect, select, text

from licet.ledger import schema

SCRIPTS: Final = Path(__file__).parent
_LOCK: Final = 0x6C69_6365_7400  # any number that nothing else in the database uses


class SchemaError(Exception):
    """The tables of the store are none that this software can use or bring up to date; the text says why, and what to do."""


def bring_up_to_date(connection: Connection, scripts: Path = SCRIPTS) -> None:
    """The tables are as the scripts make them. Raises `SchemaError`, and then nothing was changed.

    The transaction is the caller's; of several at the same time one does the work. On SQLite it holds the database's lock.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    found = _revision(connection)
    if found == schema.REVISION and scripts == SCRIPTS:
        return  # without Alembic, which takes longer to import than all else takes to open
    _upgrade(connection, found, scripts)


def _revision(connection: Connection) -> str:
    """The revision of the tables; empty where there are none. Raises `SchemaError`."""
    tables = inspect(connection).get_table_names()
    if schema.versions.name in tables:
        return connection.execute(select(schema.versions.c.version_num)).scalar() or ""
    if strange := sorted({*tables} & {*schema.metadata.tables}):
        text_ = f"the database has tables of the same names ({', '.join(strange)}), and does not say of which revision they are"
        raise SchemaError(f"{text_}: it was made by no released version; begin in an empty database")
    return ""


def _upgrade(connection: Connection, found: str, scripts: Path) -> None:
    from alembic import command  # noqa: PLC0415  # see above
    from alembic.config import Config  # noqa: PLC0415  # slow to import, seldom needed
    from alembic.script import ScriptDirectory  # noqa: PLC0415  # slow to import, seldom needed

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(scripts))
    known = [script.revision for script in ScriptDirectory.from_config(config).walk_revisions()]
    if found and found not in known:
        text_ = f"the tables are of revision {found}, which newer software made; expected {schema.REVISION} or an older one"
        raise SchemaError(f"{text_}: start that newer version")
    command.upgrade(config, "head")


__all__ = ["SCRIPTS", "SchemaError", "bring_up_to_date"]
