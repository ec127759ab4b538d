"""One case as a request to the child: what is read of the transaction, for every instance, as keys of entries.

Reading is the `FactReader`'s, and so is what silence means. How a code stands to entries, and which groups a place may be in, is
worked out here again, from the entries that the program knows.
"""

from __future__ import annotations

import bisect
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from licet.engine.protocol import Case
from licet.engine.rete_atoms import Atom, Kind, Subject, Taken, kind_of
from licet.engine.rete_limits import MOST_ELEMENTS, MOST_INSTANCES
from licet.engine.rete_program import Place, Program, Section
from licet.language.facts import FactReader
from licet.language.law import Grammar, Places, Scheme
from licet.language.scope import Scope
from licet.language.values import NOT_CLAIMED, Code, Ref, Unknown
from licet.language.walk import truth, walk
from licet.policy import model as m

_UNKNOWN, _UNCLAIMED = -1, -2
_HIT, _ABOVE = 0, 1
_FALSE, _TRUE, _OPEN = 0, 1, 2


class TooLarge(Exception):  # noqa: N818  # told as a refusal
    """The case has more instances or more to read than a second opinion is given on."""


@dataclass(frozen=True, slots=True)
class Bound:
    """What the lists of `for_each` bound: a name, variables, and the instance; without one, the list is unset or empty."""

    name: str = ""
    variables: Mapping[str, Any] = field(default_factory=dict)
    unset: bool = False
    empty: bool = False
    instance: int = -1


@dataclass(frozen=True, slots=True)
class Request:
    """What the child is asked, and of which place and item each instance is."""

    elements: tuple[tuple[tuple[int, int], ...], ...]
    instances: tuple[Mapping[str, Any], ...]
    bindings: Mapping[tuple[Place, str], tuple[Bound, ...]]
    """What is bound at each place, by the line of the item (empty: the transaction)."""


def request_of(case: Case, program: Program) -> Request:
    """The request for a case. Raises `TooLarge`."""
    return _Reading(case, program).request()


class _Reading:
    def __init__(self, case: Case, program: Program) -> None:
        self.case = case
        self.program = program
        self.readers = {
            mode: FactReader(case.transaction, case.vocabulary, case.law, mode=mode, active=case.active)
            for mode in {section.place.mode for section in program.sections}
        }
        self.elements: dict[tuple[tuple[int, int], ...], int] = {}
        self.instances: list[dict[str, Any]] = []
        self.bindings: dict[tuple[Place, str], tuple[Bound, ...]] = {}
        self.keys = _Keys(case, program)

    def request(self) -> Request:
        """Everything read."""
        for number, section in enumerate(self.program.sections):
            for line, item in self._items(section.place):
                self.bindings[section.place, line] = tuple(self._bound(number, section, line, item))
        return Request(tuple(self.elements), tuple(self.instances), self.bindings)

    def _items(self, place: Place) -> tuple[tuple[str, Ref | None], ...]:
        if not place.per_item:
            return (("", None),)
        return tuple((ref.message.line, ref) for ref in self.readers[place.mode].items())

    def _bound(self, number: int, section: Section, line: str, item: Ref | None) -> Iterator[Bound]:
        reader = self.readers[section.place.mode]
        start = {"tx": reader.root} | ({"item": item} if item is not None else {})
        for bound in _over_lists(section.place.loops, Bound(variables=start), reader):
            yield bound if bound.unset or bound.empty else replace(bound, instance=self._instance(number, section, line, bound))

    def _instance(self, number: int, section: Section, line: str, bound: Bound) -> int:
        if len(self.instances) >= MOST_INSTANCES:
            raise TooLarge(f"more than {MOST_INSTANCES} instances")
        parent = section.place.parent
        inherited = self.bindings[parent, line if parent.per_item else ""][0].instance if parent is not None else -1
        scope = Scope(self.readers[section.place.mode], bound.variables)
        self.instances.append(
            {
                "section": number,
                "parent": inherited,
                "subjects": [list(self._read(self.program.subjects[n], scope)) for n in section.subjects],
                "taken": [self._taken(self.program.atoms[n], scope) for n in section.taken],
            }
        )
        return len(self.instances) - 1

    def _taken(self, atom: Atom, scope: Scope) -> int:
        """What the walk says of an atom that is not decided; of an open one nothing is known."""
        value = truth(atom.expr, scope) if isinstance(atom, Taken) else None
        return _FALSE if value is False else _TRUE if value is True else _OPEN

    # ---- subjects ----

    def _read(self, subject: Subject, scope: Scope) -> Iterator[int]:
        """The elements of a subject, by number; unknown and not claimed ones below zero."""
        for value in _values(subject, scope):
            found = self.keys.of(subject, value, scope)
            if isinstance(found, int):
                yield found
                continue
            if found not in self.elements and len(self.elements) >= MOST_ELEMENTS:
                raise TooLarge(f"more than {MOST_ELEMENTS} values")
            yield self.elements.setdefault(found, len(self.elements))


def _over_lists(loops: tuple[m.Loop, ...], so_far: Bound, reader: FactReader) -> Iterator[Bound]:
    if not loops:
        yield so_far
        return
    loop, *rest = loops
    elements = walk(loop.over, Scope(reader, so_far.variables)) if loop.over is not None else ()
    if isinstance(elements, Unknown):
        yield replace(so_far, name=joined(so_far.name, "*"), unset=True)
    elif not elements:
        yield replace(so_far, name=joined(so_far.name, "*"), empty=True)
    else:
        for element in elements:
            name = element.path.text.replace("[", ".").replace("]", "")
            variables = {**so_far.variables, loop.var: element}
            yield from _over_lists(tuple(rest), replace(so_far, name=joined(so_far.name, name), variables=variables), reader)


def joined(first: str, second: str) -> str:
    """The name of what two variables of `for_each` bound."""
    return f"{first},{second}" if first else second


def _values(subject: Subject, scope: Scope) -> Iterator[Any]:
    """The values of a subject: its expression for each element of its loops; an unset list is one unknown."""

    def over(depth: int, inner: Scope) -> Iterator[Any]:
        if depth == len(subject.loops):
            yield walk(subject.each, inner)
            return
        var, expr = subject.loops[depth]
        elements = walk(expr, inner)
        if not isinstance(elements, tuple):
            yield elements if isinstance(elements, Unknown) else Unknown(frozenset())
            return
        for element in elements:
            yield from over(depth + 1, inner.bind(var, element))

    return over(0, scope)


# ---- keys ---------------------------------------------------------------------------------------------------------------


class _Keys:
    """The keys of entries that a value hits, or of which it may be a part."""

    def __init__(self, case: Case, program: Program) -> None:
        self._law = case.law
        self._known = program.keys
        self._sorted = program.under
        self._areas = _areas(program.under.get("place", ()), case.law.places)

    def of(self, subject: Subject, value: Any, scope: Scope) -> tuple[tuple[int, int], ...] | int:
        """The keys, each with how it is hit; unknown or not claimed for a value that cannot be looked for."""
        if isinstance(value, Unknown):
            return _UNKNOWN
        match subject.kind:
            case Kind.CODES:
                return self._code(value, scope)
            case Kind.PLACES:
                return self._place(value, scope)
            case Kind.ROWS:
                return self._row(subject.among, value, scope)
            case Kind.VALUES:
                return self._value(subject, value)

    def _value(self, subject: Subject, value: Any) -> tuple[tuple[int, int], ...] | int:
        if value is NOT_CLAIMED:
            return _UNCLAIMED
        if not isinstance(value, (bool, int, float, Decimal, str)) or (subject.expects and kind_of(value) != subject.expects):
            return _UNKNOWN
        return self._keys(subject.among, {value: _HIT})

    def _keys(self, among: str, entries: Mapping[Any, int]) -> tuple[tuple[int, int], ...]:
        found = ((self._known.get((among, entry)), how) for entry, how in entries.items())
        return tuple(sorted((key, how) for key, how in found if key is not None))

    # ---- codes ----

    def _code(self, value: Any, scope: Scope) -> tuple[tuple[int, int], ...] | int:
        scheme = self._law.schemes.get(value.scheme) if isinstance(value, Code) else None
        if scheme is None:
            return _UNKNOWN
        code = scheme.normal(value)
        if code in scheme.negative:
            return _UNKNOWN if self._is_doubtful(value, scheme, scope) else ()
        if not scheme.knows(code):
            return _UNKNOWN
        among = f"code of {scheme.id}"
        below = dict.fromkeys(self._below(among, code, scheme), _ABOVE)
        return self._keys(among, below | dict.fromkeys(_over(code, scheme), _HIT))

    def _is_doubtful(self, code: Code, scheme: Scheme, scope: Scope) -> bool:
        """Whether a negative answer may be out of date: older than the list's last change, and not said to be checked again."""
        if code.as_of is None or scheme.normal(code) not in scheme.negative or scheme.changed is None:
            return False
        older = code.as_of < scheme.changed <= self._law.date
        return older and isinstance(scope.facts.checked_again(code), Unknown)

    def _below(self, among: str, code: str, scheme: Scheme) -> Iterator[str]:
        """The entries below a code."""
        if scheme.grammar not in (Grammar.PARAGRAPHS, Grammar.DIGITS):
            return
        start = code + "." if scheme.grammar is Grammar.PARAGRAPHS else code
        entries = self._sorted.get(among, ())
        for entry in entries[bisect.bisect_left(entries, start) :]:
            if not entry.startswith(start):
                return
            yield entry

    # ---- places ----

    def _place(self, value: Any, scope: Scope) -> tuple[tuple[int, int], ...] | int:
        country = scope.facts.field(value, "country") if isinstance(value, Ref) else None
        if country is NOT_CLAIMED:
            return ()
        if not isinstance(country, str):
            return _UNKNOWN
        countries = {country, self._law.treated_as.get(country, country)}
        region = scope.facts.field(value, "region")
        parts = self._areas.get(country, ())
        found = {part: self._part(part, region) for part in parts}
        hit = {part: how for part, how in found.items() if how is not None}
        return self._keys("place", hit | dict.fromkeys(countries, _HIT))

    def _part(self, part: str, region: Any) -> int | None:
        """How a place with some region stands to a part of its country: in it, perhaps in it, or outside."""
        if region is NOT_CLAIMED:
            return None
        if not isinstance(region, str) or not region:
            return _ABOVE
        places = self._law.places
        if part in _wholes(region, places) or region in places.arrives_as.get(part, ()):
            return _HIT
        return _ABOVE if region in _wholes(part, places) else None

    def _row(self, among: str, value: Any, scope: Scope) -> tuple[tuple[int, int], ...] | int:
        table = self._law.tables[among.removeprefix("row of ")]
        country = scope.facts.field(value, "country") if isinstance(value, Ref) else None
        if table is None or isinstance(country, Unknown):
            return _UNKNOWN
        region = scope.facts.field(value, "region")
        names = (region, self._law.treated_as.get(country or "", country), country)
        row = next((name for name in names if isinstance(name, str) and name in table.by_key), None)
        return self._keys(among, {row: _HIT}) if row is not None else _UNKNOWN


def _over(code: str, scheme: Scheme) -> Iterator[str]:
    """The code and the entries above it."""
    yield code
    if scheme.grammar is Grammar.PARAGRAPHS:
        parts = code.split(".")
        yield from (".".join(parts[:n]) for n in range(1, len(parts)))
    elif scheme.grammar is Grammar.DIGITS:
        yield from (code[:n] for n in range(1, len(code)))


def _wholes(place: str, places: Places) -> Iterator[str]:
    """The place, and what it lies in, one around the other."""
    while place:
        yield place
        place = places.part_of.get(place, place.split("-", maxsplit=1)[0] if "-" in place else "")


def _areas(entries: tuple[str, ...], places: Places) -> dict[str, list[str]]:
    """The entries that are parts of a country, by country."""
    found: dict[str, list[str]] = {}
    for entry in entries:
        if entry not in places.countries:
            found.setdefault(places.country_of(entry), []).append(entry)
    return found
