"""The names of a log. A checkpoint says whose it is, so a log that lost entries which callers were shown goes on under another."""

from __future__ import annotations

from sqlalchemy import Connection, insert, select

from licet.ledger.schema import origins


class OriginError(Exception):
    """A log cannot go by a name, or be signed by a key; the text says why, and what to do."""


def claim(connection: Connection, origin: str, key: str) -> str:
    """The log that goes by a name; a new one where none does. Raises `OriginError`.

    All who append to a log sign its checkpoints with one key: who knows the key can check what any of them signed.
    """
    row = connection.execute(select(origins).where(origins.c.origin == origin)).first()
    if row is None:
        connection.execute(insert(origins), {"origin": origin, "log": origin, "number": 0, "key": key})
        return origin
    newest = connection.execute(select(origins).where(origins.c.log == row.log).order_by(origins.c.number.desc())).first()
    if newest is not None and newest.origin != origin:
        raise OriginError(f"the log {origin} has gone on as {newest.origin}: name that as its origin")
    if key and row.key and row.key != key:
        advice = "give each server of a log the same signing key, or go on under a new origin"
        raise OriginError(f"checkpoints of {origin} are signed with the key {row.key}, not with {key}: {advice}")
    log: str = row.log
    return log


def rename(connection: Connection, before: str, new: str, key: str) -> bool:
    """The log of one name goes by a new one, and is signed by this key; gives whether it did not before. Raises `OriginError`."""
    row = connection.execute(select(origins).where(origins.c.origin == before)).first()
    if row is None:
        raise OriginError(f"this database holds no log {before} that could go on as {new}")
    taken = connection.execute(select(origins).where(origins.c.origin == new)).first()
    if taken is not None and (taken.log, taken.number) == (row.log, row.number + 1):
        return False
    if taken is not None:
        raise OriginError(f"this database holds a log {new} already: choose a name that no log ever had")
    claim(connection, before, "")
    connection.execute(insert(origins), {"origin": new, "log": row.log, "number": row.number + 1, "key": key})
    return True
