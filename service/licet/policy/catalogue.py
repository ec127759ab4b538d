"""The catalogues that all packages share: regimes and who belongs to them, concepts, code schemes, places, the vocabulary."""

from __future__ import annotations

import datetime
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from licet.language.faults import Position
from licet.language.law import Grammar, Places, Scheme
from licet.policy.model import ALWAYS, Interval, Provenance
from licet.policy.reading import Faults, Fields, must_be, read_date, read_mapping
from licet.policy.source import FactSource, read_fact
from licet.policy.text import CsvText, Node, Scalar, Sequence
from licet.policy.text import Mapping as MappingNode

_T = TypeVar("_T")
UNILATERAL = "unilateral"


class RegimeStatus(StrEnum):
    """Proposed regimes exist for what-if only and never reach a live decision."""

    IN_FORCE = "in-force"
    HISTORICAL = "historical"
    ENDED = "ended"
    CONTESTED = "contested"
    PROPOSED = "proposed"


class Standing(StrEnum):
    """How a jurisdiction stands to a regime, as the catalogue records it."""

    MEMBER = "member"
    PARTICIPANT = "participant"
    PARTY = "party"
    ADHERENT = "adherent"
    ALIGNED = "aligned"
    OBSERVER = "observer"
    SIGNATORY = "signatory"
    COVERED = "covered"
    NONE = "none"
    CONTESTED = "contested"


_FULL = frozenset((Standing.MEMBER, Standing.PARTICIPANT, Standing.PARTY))


@dataclass(frozen=True, slots=True)
class Regime:
    """A regime: where rules come from."""

    id: str
    name: str
    kind: str
    status: RegimeStatus
    parent: str
    cite: str
    provenance: Provenance


@dataclass(frozen=True, slots=True)
class Membership:
    """One standing of one place, dated."""

    standing: Standing
    interval: Interval


@dataclass(frozen=True, slots=True)
class SchemeSource:
    """A scheme, and which tables of which package hold its known entries, in which column."""

    scheme: Scheme
    entries: tuple[str, tuple[str, ...], str] | None
    at: Position


@dataclass(frozen=True, eq=False)
class Catalogues:
    """Everything that packages share."""

    regimes: Mapping[str, Regime]
    memberships: Mapping[tuple[str, str], tuple[Membership, ...]]
    """(place, regime) to its standings."""
    concepts: Mapping[str, str]
    schemes: Mapping[str, SchemeSource]
    places: Places
    place_names: Mapping[str, str]
    blocs: Mapping[str, tuple[tuple[str, Interval], ...]]
    facts: tuple[FactSource, ...]

    def standing(self, place: str, regime: str, date: datetime.date) -> Standing:
        """How a place stands to a regime on a date; a bloc stands as its members do, if it has no line of its own."""
        own = self._own_standing(place, regime, date)
        if own in _FULL or place not in self.blocs:
            return own
        members = {self._own_standing(member, regime, date) for member, interval in self.blocs[place] if interval.holds(date)}
        return Standing.MEMBER if members & _FULL else own

    def _own_standing(self, place: str, regime: str, date: datetime.date) -> Standing:
        entry = self.regimes.get(regime)
        while entry is not None:
            for membership in self.memberships.get((place, entry.id), ()):
                if membership.interval.holds(date):
                    return membership.standing
            entry = self.regimes.get(entry.parent)
        return Standing.NONE

    def has_members(self, regime: str) -> bool:
        """Whether the catalogue lists members of a regime or of its parent."""
        entry = self.regimes.get(regime)
        while entry is not None:
            if any(listed == entry.id for _, listed in self.memberships):
                return True
            entry = self.regimes.get(entry.parent)
        return False


def read_catalogues(yaml: Mapping[str, Node], csv: Mapping[str, CsvText], faults: Faults) -> Catalogues:
    """The catalogues of a policy folder, by file name."""
    regimes: dict[str, Regime] = {}
    for name in sorted(name for name in yaml if name.startswith("regimes/")):
        for regime in _list(yaml, name, "regimes", _regime, faults):
            if regime.id in regimes:
                faults.add(yaml[name].at, "DUPLICATE", f"the regime {regime.id} stands twice")
            regimes[regime.id] = regime
    countries = _list(yaml, "places.yaml", "countries", _country, faults)
    areas = (*_list(yaml, "places.yaml", "areas", _area, faults), *_list(yaml, "places.yaml", "regions", _area, faults))
    blocs = dict(_list(yaml, "places.yaml", "blocs", _bloc, faults))
    places = Places(
        countries=frozenset(code for code, _ in countries),
        part_of={code: part_of for code, _, part_of, _ in areas},
        arrives_as={code: arrives for code, _, _, arrives in areas if arrives},
    )
    concepts = _list(yaml, "concepts.yaml", "concepts", _concept, faults)
    schemes = _list(yaml, "schemes.yaml", "schemes", _scheme, faults)
    known = places.countries | places.part_of.keys() | blocs.keys()
    codes = [code for code, _ in countries] + [code for code, *_ in areas]
    _once("places.yaml", "place", codes, faults)
    _once("concepts.yaml", "concept", (id_ for id_, _ in concepts), faults)
    _once("schemes.yaml", "scheme", (s.scheme.id for s in schemes), faults)
    _check_parents("places.yaml", "place", places.part_of, faults, known=known)
    parents = {regime.id: regime.parent for regime in regimes.values() if regime.parent}
    _check_parents("regimes/", "regime", parents, faults, known=regimes.keys())
    for scheme in schemes:
        for answer in scheme.scheme.answered_by:
            must_be(Scalar(answer, scheme.at), (s.scheme.id for s in schemes), "scheme", faults)
    return Catalogues(
        regimes=regimes,
        memberships=_memberships(csv.get("regimes/members.csv"), regimes, known, faults),
        concepts=dict(concepts),
        schemes={s.scheme.id: s for s in schemes},
        places=places,
        place_names=dict(countries) | {code: name for code, name, _, _ in areas},
        blocs=blocs,
        facts=_list(yaml, "vocabulary.yaml", "facts", read_fact, faults),
    )


def _once(file: str, what: str, ids: Iterable[str], faults: Faults) -> None:
    for id_, count in Counter(ids).items():
        if count > 1:
            faults.add(Position(file, 1, 1), "DUPLICATE", f"the {what} {id_} stands {count} times")


def _check_parents(file: str, what: str, parents: Mapping[str, str], faults: Faults, *, known: AbstractSet[str]) -> None:
    """Each parent is known, and nothing is its own ancestor."""
    for id_, parent in parents.items():
        must_be(Scalar(parent, Position(file, 1, 1)), known, what, faults)
        seen, above = {id_}, parent
        while above in parents and above not in seen:
            seen.add(above)
            above = parents[above]
        if above == id_:
            faults.add(Position(file, 1, 1), "CYCLE", f"the {what} {id_} is a part of itself")


def _list(yaml: Mapping[str, Node], file: str, key: str, read: Callable[[Fields], _T], faults: Faults) -> tuple[_T, ...]:
    if file not in yaml:
        faults.add(Position(file, 1, 1), "MISSING_FILE", f"the policy folder has no {file}")
        return ()
    root = yaml[file]
    node = next((value for k, value in root.entries if k.text == key), None) if isinstance(root, MappingNode) else None
    if not isinstance(node, Sequence):
        faults.add(root.at, "SHAPE", f"{file} should hold a list under {key}")
        return ()
    return tuple(read_mapping(item, key.removesuffix("s"), faults, read) for item in node.items)


def _regime(fields: Fields) -> Regime:
    for key in ("gatt", "overrides"):
        fields.texts(key)
    for key in ("list_scheme", "note"):
        fields.text(key)
    fields.date("checked")
    return Regime(
        fields.text("id", required=True),
        fields.text("name", required=True),
        fields.text("kind", required=True),
        fields.choice("status", RegimeStatus),
        fields.text("parent"),
        fields.text("cite", required=True),
        fields.choice("provenance", Provenance),
    )


def _concept(fields: Fields) -> tuple[str, str]:
    fields.text("meaning", required=True)
    return fields.text("id", required=True), fields.text("title", required=True)


def _country(fields: Fields) -> tuple[str, str]:
    fields.text("note")
    return fields.text("code", required=True), fields.text("name", required=True)


def _area(fields: Fields) -> tuple[str, str, str, tuple[str, ...]]:
    fields.text("note")
    return (
        fields.text("code", required=True),
        fields.text("name", required=True),
        fields.text("part_of", required=True),
        fields.texts("arrives_as"),
    )


def _bloc(fields: Fields) -> tuple[str, tuple[tuple[str, Interval], ...]]:
    for key in ("name", "cite", "note", "provenance"):
        fields.text(key)

    def member(inner: Fields) -> tuple[str, Interval]:
        inner.text("note")
        start = inner.date("from")
        return inner.text("is", required=True), Interval(start or ALWAYS.start, "", inner.date("to"), "")

    return fields.text("code", required=True), fields.each("members", member, "member", required=True)


def _scheme(fields: Fields) -> SchemeSource:
    fields.text("title", required=True), fields.text("note")
    pattern = fields.text("pattern", required=True)
    try:
        re.compile(pattern)
    except re.error as error:
        fields.faults.add(fields.position("pattern"), "PATTERN", f"the pattern cannot be read: {error}")
        pattern = ".*"
    scheme = Scheme.of(
        fields.text("id", required=True),
        fields.choice("grammar", Grammar),
        pattern,
        negative=frozenset(fields.texts("negative")),
        answered_by=fields.texts("answered_by"),
        changed=fields.date("changed"),
    )
    if not fields.has("entries"):
        return SchemeSource(scheme, None, fields.at)
    table = Fields.of(fields.node("entries"), "entries", fields.faults)
    package, column = (table.text(key, required=True) for key in ("package", "column"))
    names = table.texts("table", required=True)
    table.done()
    return SchemeSource(scheme, (package, names, column), fields.at)


def _memberships(
    csv: CsvText | None, regimes: Mapping[str, Regime], places: Iterable[str], faults: Faults
) -> dict[tuple[str, str], tuple[Membership, ...]]:
    found: dict[tuple[str, str], list[Membership]] = {}
    if csv is None:
        faults.add(Position("regimes/members.csv", 1, 1), "MISSING_FILE", "the policy folder has no regimes/members.csv")
        return {}
    names = [header.partition(":")[0].lstrip("*") for header in csv.header]
    missing = [name for name in ("place", "regime", "standing", "from", "to") if name not in names]
    if missing:
        faults.add(Position(csv.file, 1, 1), "HEADER", f"the columns {', '.join(missing)} are missing")
        return {}
    for row in csv.rows:
        at = Position(csv.file, row.line, 1)
        cells = dict(zip(names, row.cells, strict=True))
        must_be(Scalar(cells.get("place", ""), at), places, "place", faults)
        if cells.get("regime") not in regimes:
            faults.add(at, "UNKNOWN_NAME", f"{cells.get('regime')} is no regime")
            continue
        standing = {s.value: s for s in Standing}.get(cells.get("standing", ""))
        if standing is None:
            faults.add(
                at,
                "CHOICE",
                f"standing is {cells.get('standing')}, expected one of {', '.join(s.value for s in Standing)}",
            )
            continue
        start = read_date(cells["from"], at, "from", faults) if cells.get("from") else None
        end = read_date(cells["to"], at, "to", faults) if cells.get("to") else None
        interval = Interval(start or ALWAYS.start, "", end, "")
        found.setdefault((cells["place"], cells["regime"]), []).append(Membership(standing, interval))
    return {key: tuple(memberships) for key, memberships in found.items()}


def scheme_with_entries(source: SchemeSource, entries: Iterable[str] | None) -> Scheme:
    """The scheme with its known entries, once the table that holds them is read."""
    scheme = source.scheme
    return Scheme.of(
        scheme.id,
        scheme.grammar,
        scheme.pattern.pattern,
        negative=scheme.negative,
        answered_by=scheme.answered_by,
        changed=scheme.changed,
        entries=None if entries is None else frozenset(entries),
    )


__all__ = ["UNILATERAL", "Catalogues", "Membership", "Regime", "RegimeStatus", "Scalar", "SchemeSource", "Standing"]
