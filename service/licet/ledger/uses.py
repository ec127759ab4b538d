"""What entries used of yearly limits. Kept beside them, so that two which each fit and together do not are found out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, delete, insert, select, tuple_

from licet.ledger import schema as s
from licet.v1 import decision_pb2

_ANYBODY = ""


@dataclass(frozen=True, slots=True)
class Use:
    """What an entry used of a limit.

    `parties` are digests of the names of whoever it counts for; without any it counts for everybody.
    """

    authorization: str
    period: str
    code: str
    currency: str
    amount: str
    parties: frozenset[str]


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits, by authorization and period, and the parties for whom they are asked about: none stands for everybody."""

    names: frozenset[tuple[str, str]]
    parties: frozenset[str]

    def concern(self, use: Use) -> bool:
        """Whether what was used counts."""
        if (use.authorization, use.period) not in self.names:
            return False
        return not self.parties or not use.parties or not self.parties.isdisjoint(use.parties)


@dataclass(frozen=True, slots=True)
class Reading:
    """What had been used when the log held `size` entries."""

    limits: Limits
    size: int
    uses: tuple[Use, ...] = ()


def uses_of(limits: decision_pb2.LimitUse) -> tuple[Use, ...]:
    """What an entry used, as its record says."""
    return tuple(
        Use(each.authorization, each.period, each.code, each.currency, each.amount, frozenset(each.parties)) for each in limits.used
    )


def used(connection: Connection, log: str, limits: Limits, *, start: int = 0) -> tuple[Use, ...]:
    """What entries from `start` on used of limits, in order."""
    query = select(s.uses).where(_concerned(log, limits) & (s.uses.c.index >= start))
    return _uses(connection.execute(query.order_by(s.uses.c.index, s.uses.c.number)))


def read(connection: Connection, log: str, limits: Limits) -> Reading:
    """What has been used of limits, and how many entries the log holds: both as of one moment, by one statement."""
    both = s.heads.outerjoin(s.uses, _concerned(log, limits))
    query = select(s.heads.c.size, s.uses).select_from(both).where(s.heads.c.log == log)
    rows = connection.execute(query.order_by(s.uses.c.index, s.uses.c.number)).all()
    return Reading(limits, rows[0].size, _uses(row for row in rows if row.party is not None))


def _concerned(log: str, limits: Limits) -> Any:
    u = s.uses.c
    asked = (u.log == log) & tuple_(u.authorization, u.period).in_(sorted(limits.names))
    return asked & u.party.in_([_ANYBODY, *sorted(limits.parties)]) if limits.parties else asked


def _uses(rows: Iterable[Any]) -> tuple[Use, ...]:
    found: dict[tuple[int, int], Use] = {}
    for row in rows:
        before = found.get((row.index, row.number))
        parties = frozenset({row.party} - {_ANYBODY}) | (before.parties if before is not None else frozenset())
        found[row.index, row.number] = Use(row.authorization, row.period, row.code, row.currency, row.amount, parties)
    return tuple(found.values())


def rows_of(log: str, index: int, uses: Iterable[Use]) -> list[dict[str, Any]]:
    """The rows that say what an entry used."""
    return [
        {
            "log": log,
            "index": index,
            "number": number,
            "party": party,
            "authorization": use.authorization,
            "period": use.period,
            "code": use.code,
            "currency": use.currency,
            "amount": use.amount,
        }
        for number, use in enumerate(uses)
        for party in (sorted(use.parties) or [_ANYBODY])
    ]


def keep(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """What entries used is there."""
    if rows:
        connection.execute(insert(s.uses), rows)


def forget(connection: Connection, log: str, index: int) -> None:
    """What an entry used counts no more."""
    connection.execute(delete(s.uses).where(s.uses.c.log == log, s.uses.c.index == index))


__all__ = ["Limits", "Reading", "Use", "forget", "keep", "read", "rows_of", "used", "uses_of"]
