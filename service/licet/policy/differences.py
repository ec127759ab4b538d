"""What differs between two releases, in the words of their packages. Where a thing stands does not count, only what it says."""

from __future__ import annotations

import datetime
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from enum import Enum, StrEnum
from itertools import chain
from typing import Any, Final, TypeAlias

from licet.language.faults import Position
from licet.language.tree import Expr
from licet.policy import model as m
from licet.policy.release import Release


class ChangeKind(StrEnum):
    """How a thing differs."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A field that differs: what it said, and what it says."""

    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Change:
    """A rule, group, table, row or the like that differs."""

    jurisdiction: str
    element: str
    id: str
    title: str
    kind: ChangeKind
    place_before: str
    place_after: str
    fields: tuple[FieldChange, ...]
    restricted: bool


@dataclass(frozen=True, slots=True)
class _Element:
    """A thing that may differ: what names it, where it stands, and what it says, field by field."""

    title: str
    place: str
    stated: Mapping[str, Any]
    meaning: tuple[Expr, ...] = ()
    """Its conditions, lowered: these differ in the same words, where a definition does."""
    restricted: bool = False


_Elements: TypeAlias = dict[tuple[str, str], _Element]
_NOWHERE: Final = _Element("", "", {})
_UNSTATED: Final = frozenset(
    ("at", "id", "jurisdiction", "expr", "over", "per_item", "key", "rows", "version", "language", "phase")
)
"""Fields that say where a thing stands or which it is, that follow from others, or that are compared on their own."""


def differences(before: Release, after: Release, jurisdiction: str = "") -> tuple[Change, ...]:
    """All that differs, ordered by jurisdiction, element and id; of one jurisdiction, if one is named.

    What packages share stands first, under no jurisdiction.
    """
    shared = () if jurisdiction else _changes("", _shared(before), _shared(after))
    packages = (
        _of_package(each, before.packages.get(each), after.packages.get(each))
        for each in sorted({*before.packages, *after.packages})
        if jurisdiction in ("", each)
    )
    return (*shared, *chain.from_iterable(packages))


def _of_package(jurisdiction: str, before: m.Package | None, after: m.Package | None) -> Iterator[Change]:
    old, new = (dict(_elements(package)) if package is not None else {} for package in (before, after))
    return _changes(jurisdiction, old, new)


def _changes(jurisdiction: str, old: _Elements, new: _Elements) -> Iterator[Change]:
    for element, id_ in sorted({*old, *new}):
        was, is_ = old.get((element, id_)), new.get((element, id_))
        found = () if was is None or is_ is None else tuple(_differing(was, is_))
        if was is not None and is_ is not None and not found:
            continue
        newest = is_ or was or _NOWHERE
        yield Change(
            jurisdiction=jurisdiction,
            element=element,
            id=id_,
            title=newest.title,
            kind=ChangeKind.ADDED if was is None else ChangeKind.REMOVED if is_ is None else ChangeKind.CHANGED,
            place_before=was.place if was is not None else "",
            place_after=is_.place if is_ is not None else "",
            fields=found,
            restricted=any(each is not None and each.restricted for each in (was, is_)),
        )


def _differing(was: _Element, is_: _Element) -> Iterator[FieldChange]:
    found = tuple(_fields(was.stated, is_.stated))
    yield from found
    if not found and was.meaning != is_.meaning:
        yield FieldChange("definitions", "", "the same words; a definition that they use says something else")


# ---- what there is ------------------------------------------------------------------------------------------------------


def _shared(release: Release) -> _Elements:
    """What packages share."""
    catalogues = release.catalogues
    found = {("regime", id_): _Element(each.name, "", _stated(each)) for id_, each in catalogues.regimes.items()}
    for (place, regime), standings in catalogues.memberships.items():
        found["membership", f"{place} in {regime}"] = _Element("", "", {"standing": _plain(standings)})
    found |= {("concept", id_): _Element(meaning, "", {"meaning": meaning}) for id_, meaning in catalogues.concepts.items()}
    found |= {("scheme", id_): _Element("", _place(each.at), _stated(each)) for id_, each in catalogues.schemes.items()}
    found |= {("fact", each.path.text): _Element(each.question, _place(each.path.at), _stated(each)) for each in catalogues.facts}
    rest = {"places": _plain(catalogues.places), "names": _plain(catalogues.place_names), "blocs": _plain(catalogues.blocs)}
    return found | {("places", ""): _Element("", "", rest)}


def _elements(package: m.Package) -> Iterator[tuple[tuple[str, str], _Element]]:
    """The own parts of a package; what it takes over from its bloc is the bloc's."""
    own = f"{package.jurisdiction}/"
    yield ("policy", package.jurisdiction), _Element(package.policy.name, _place(package.policy.at), _stated(package.policy))
    for rule in package.rules:
        if rule.at.file.startswith(own):
            restricted = rule.disclosure is m.Disclosure.RESTRICTED
            meaning = tuple(leaf.expr for condition in (rule.about, rule.when) for leaf in m.leaves(condition))
            yield ("rule", rule.id), _Element(rule.title, _place(rule.at), _stated(rule), meaning, restricted)
    for group in package.groups.values():
        if group.at.file.startswith(own):
            yield ("group", group.id), _Element(group.title, _place(group.at), _stated(group))
    for table in package.tables.values():
        if table.at.file.startswith(own):
            yield ("table", table.id), _Element(table.title, _place(table.at), _stated(table))
            yield from _rows(table)
    for treated in package.treated:
        yield ("place", f"{treated.place} as {treated.as_place}"), _Element("", _place(treated.at), _stated(treated))


def _rows(table: m.Table) -> Iterator[tuple[tuple[str, str], _Element]]:
    """The rows of a table, by their key; those that share one, with other dates, are one thing."""
    by_key: dict[str, list[m.TableRow]] = {}
    for row in table.rows:
        by_key.setdefault(row.key, []).append(row)
    for key, rows in by_key.items():
        lines = [{**{name: _plain(cell) for name, cell in row.cells.items()}, "in_force": _plain(row.interval)} for row in rows]
        stated = lines[0] if len(lines) == 1 else {"rows": sorted(map(_text, lines))}
        yield ("row", f"{table.id}[{key}]"), _Element(table.title, _place(rows[0].at), stated)


def _place(at: Position) -> str:
    return f"{at.file}:{at.line}"


def _stated(value: Any) -> dict[str, Any]:
    """What a value states, by field; what is empty is not stated."""
    plain = {each.name: _plain(getattr(value, each.name)) for each in fields(value) if each.name not in _UNSTATED}
    return {name: found for name, found in plain.items() if found not in ("", [], {}, None)}


def _plain(value: Any) -> Any:
    """A value as plain data; conditions as they are written."""
    match value:
        case m.Leaf() | m.Bound():
            return value.text
        case m.AllOf(parts=(only,)):
            return _plain(only)
        case m.AllOf() | m.AnyOf() | m.NoneOf():
            return {_QUANTIFIERS[type(value)]: [_plain(part) for part in value.parts]}
        case m.Interval():
            return _interval(value)
        case m.Member():
            return f"{value.value} {_interval(value.interval)}".strip()
        case Expr():
            return f"an expression, {hashlib.sha256(repr(value).encode()).hexdigest()[:8]}"
        case Enum():
            return str(value.value)
        case bool() | int() | None:
            return value
        case tuple() | list():
            return [_plain(part) for part in value]
        case set() | frozenset():
            return sorted(str(_plain(part)) for part in value)
        case Mapping():
            return {str(name): _plain(part) for name, part in value.items()}
        case _:
            return _stated(value) if is_dataclass(value) else str(value)


_QUANTIFIERS: Final[Mapping[type[m.Condition], str]] = {m.AllOf: "all", m.AnyOf: "any", m.NoneOf: "none"}


def _interval(interval: m.Interval) -> str:
    """An interval in words; empty for one without end or beginning."""
    start = f"from {interval.start} ({interval.by})" if interval.start != datetime.date.min else ""
    end = f"to {interval.end} ({interval.end_by})" if interval.end is not None else ""
    return " ".join(part for part in (start, end) if part)


def _fields(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[FieldChange]:
    """The fields that differ. Of lists only what is not in both; where that is nothing, their order says nothing either."""
    for name in sorted({*before, *after}):
        was, is_ = before.get(name, ""), after.get(name, "")
        if was == is_:
            continue
        if isinstance(was, list) or isinstance(is_, list):
            old, new = ([] if each == "" else each for each in (was, is_))
            was, is_ = _without(old, new), _without(new, old)
            if not was and not is_:
                continue
        yield FieldChange(name, _text(was), _text(is_))


def _without(those: Iterable[Any], these: Iterable[Any]) -> list[Any]:
    known = [json.dumps(each) for each in these]
    return [each for each in those if json.dumps(each) not in known]


def _text(value: Any) -> str:
    """Plain data, to read."""
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case list():
            return "; ".join(map(_text, value))
        case dict():
            return f"{{{', '.join(f'{name}: {_text(part)}' for name, part in value.items())}}}"
        case _:
            return str(value)


__all__ = ["Change", "ChangeKind", "FieldChange", "differences"]
