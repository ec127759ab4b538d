"""A mistake that the tests have to see: SQLite commits without waiting for the disk."""

from __future__ import annotations

import sqlite3.dbapi2
from typing import Any

_connect = sqlite3.dbapi2.connect


class _Cursor(sqlite3.Cursor):
    def execute(self, sql: str, *values: Any) -> Any:
        if sql == "BEGIN IMMEDIATE":
            super().execute("PRAGMA synchronous=NORMAL")
        return super().execute(sql, *values)


class _Connection(sqlite3.Connection):
    def cursor(self, *_: Any) -> Any:
        return super().cursor(_Cursor)


def _careless(*places: Any, **options: Any) -> Any:
    return _connect(*places, **{"factory": _Connection, **options})


sqlite3.dbapi2.connect = _careless
