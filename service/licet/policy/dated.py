"""What a package's law is on one date: groups and tables become plain sets and rows."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from licet.language.law import Law, PlaceGroup, Places, Row, Scheme, TableAt, WordGroup
from licet.policy.model import Group, GroupKind, Package, Table, TableRow


def law_on(package: Package, schemes: Mapping[str, Scheme], places: Places, date: datetime.date) -> Law:
    """The law of a package on a date. What has no history that far back is None, and unknown to whatever reads it."""
    return Law(
        date=date,
        groups={id_: _group_on(group, package.groups, places, date) for id_, group in package.groups.items()},
        tables={id_: _table_on(table, date) for id_, table in package.tables.items()},
        schemes=schemes,
        places=places,
        treated_as={t.place: t.as_place for t in package.treated if t.interval.holds(date)},
    )


@dataclass(frozen=True, slots=True)
class _Members:
    """The members of a group on a date, and the parts of them that are taken out (an area of a country that stays in)."""

    values: frozenset[str | int]
    less: frozenset[str | int] = frozenset()

    def hold(self, value: str | int, places: Places | None) -> bool:
        """Whether the group holds the whole of a value."""
        return _in_any(value, self.values, places) and not _in_any(value, self.less, places)

    def plus(self, other: _Members, places: Places | None) -> _Members:
        """What either holds: a part that one takes out stays in where the other holds it."""
        less = {part for part in self.less if not other.hold(part, places)}
        less |= {part for part in other.less if not self.hold(part, places)}
        return _Members(self.values | other.values, frozenset(less))

    def minus(self, other: _Members, places: Places | None) -> _Members:
        """What this holds and the other does not: of that, parts of a member that stays, and parts that the other takes out."""
        values = {value for value in self.values if not _in_any(value, other.values, places)}
        values |= {part for part in other.less if self.hold(part, places)}
        less = {part for part in self.less | other.values if part not in values and _in_any(part, values, places)}
        return _Members(frozenset(values), frozenset(less))


def _in_any(value: str | int, wholes: AbstractSet[str | int], places: Places | None) -> bool:
    """Whether a value is one of these or, for places, lies in one."""
    return value in wholes if places is None else any(whole in wholes for whole in places.around(str(value)))


def _group_on(group: Group, groups: Mapping[str, Group], places: Places, date: datetime.date) -> PlaceGroup | WordGroup | None:
    members = _members_on(group, groups, places if group.kind is GroupKind.PLACES else None, date)
    if members is None:
        return None
    if group.kind is not GroupKind.PLACES:
        return WordGroup(group.id, members.values)
    values, less = frozenset(map(str, members.values)), frozenset(map(str, members.less))
    return PlaceGroup(group.id, values, less, complement=bool(group.all_except))


def _members_on(group: Group, groups: Mapping[str, Group], places: Places | None, date: datetime.date) -> _Members | None:
    """The members on a date; for a group of all except others, what is excepted."""
    if date < group.history_from:
        return None
    members = _Members(frozenset(member.value for member in group.members if member.interval.holds(date)))
    union = (str(part.value) for part in group.union if part.interval.holds(date))
    for others, join in (((*union, *group.all_except), _Members.plus), (group.minus, _Members.minus)):
        for other in others:
            part = _members_on(groups[other], groups, places, date)
            if part is None:
                return None
            members = join(members, part, places)
    return members


def _table_on(table: Table, date: datetime.date) -> TableAt | None:
    if date < table.history_from:
        return None
    rows = tuple(_row(row) for row in table.rows if row.interval.holds(date))
    keys = {row.key for row in rows}
    dormant = {row.key: _row(row) for row in table.rows if row.key not in keys}
    by_key = {row.key: row for row in rows}
    return TableAt(table.id, rows, tuple(dormant.values()), by_key, table.scheme, table.code_column, table.cite)


def _row(row: TableRow) -> Row:
    return Row(row.key, row.cells, {f"row.{column}": cell for column, cell in row.cells.items()}, row.at.line)
