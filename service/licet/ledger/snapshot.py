"""A look at a database that changes nothing: of one moment, also while servers append, and also from a medium that is read only."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import SQLAlchemyError

from licet.ledger.store import StoreError


@contextmanager
def snapshot(url: str) -> Iterator[Connection]:
    """A connection that only reads. Raises `StoreError` where there is no database, or none that can be read."""
    engine = None
    try:
        parsed = make_url(url)
        engine = _sqlite(Path(parsed.database or "")) if parsed.get_backend_name() == "sqlite" else _server(url)
        connection = engine.connect()
    except (SQLAlchemyError, OSError, ImportError) as error:
        if engine is not None:
            engine.dispose()
        raise StoreError(why(error)) from error
    try:
        yield connection
    finally:
        connection.close()
        engine.dispose()


def why(error: BaseException) -> str:
    """The cause of an error of a database, in one line, without the statement."""
    lines = str(getattr(error, "orig", None) or error).splitlines()
    return lines[0] if lines else type(error).__name__


def _server(url: str) -> Engine:
    return create_engine(url, isolation_level="REPEATABLE READ", execution_options={"postgresql_readonly": True})


def _sqlite(file: Path) -> Engine:
    """The file, never made, with the writes that wait beside it. Where nothing can be written beside it, nobody else writes it."""
    if not file.is_file():
        raise StoreError(f"{file} is not there")
    waiting = file.with_name(f"{file.name}-wal")
    alone = not os.access(file.parent, os.W_OK) and not (waiting.exists() and waiting.stat().st_size)
    uri = f"file:{quote(str(file.resolve()))}?mode=ro{'&immutable=1' if alone else ''}"
    engine = create_engine("sqlite://", creator=lambda: sqlite3.connect(uri, uri=True, isolation_level=None))

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN")

    return engine


__all__ = ["snapshot", "why"]
