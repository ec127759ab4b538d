"""Compiled rules as a program for the child: pairs to join, strata of flags, rulesets over flat facts, within its limits."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from licet.engine.rete_atoms import Asked, Atom, Decided, Kind, Open, Subject, Taken
from licet.engine.rete_compile import Compiled, Compiler, Entry
from licet.engine.rete_limits import MOST_ALTERNATIVES, MOST_PAIRS, MOST_PROPERTIES
from licet.engine.rete_logic import NEVER, Alternative, Flag, FlagTable, RowFlag, RowText, Test, atoms_of
from licet.engine.rete_program import Level, Place, Program, Refusal, Section
from licet.language import tree as t
from licet.language.law import Law
from licet.language.tree import Expr
from licet.policy import model as m


def compile_program(package: m.Package, law: Law) -> Program:
    """The program of a package for the interval of dates in which the law's date lies."""
    compiler = Compiler(package, law)
    compiled, flags = compiler.compiled()
    return _Packer(compiler, compiled, flags).program()


class _Packer:
    def __init__(self, compiler: Compiler, compiled: tuple[Compiled, ...], flags: FlagTable) -> None:
        self.compiler = compiler
        self.compiled = compiled
        self.flags = flags
        self.atoms = compiler.recognizer.atoms
        decided = [atom for atom in self.atoms if isinstance(atom, Decided)]
        asked = [asked for atom in decided for asked in atom.asked]
        self.subjects = {subject: n for n, subject in enumerate(dict.fromkeys(each.subject for each in asked))}
        self.entries = {entries: n for n, entries in enumerate(dict.fromkeys(each.entries for each in asked))}
        self.keys: dict[tuple[str, Any], int] = {}
        self.pairs: list[tuple[int, int]] = []
        self.levels: dict[int, Level] = {}
        self.joins: dict[RowFlag, dict[int, int]] = {}
        self.texts: dict[str, int] = {}
        self.named = {test: self._named(test) for test in _tests(compiled) if isinstance(test, RowFlag)}
        """The flag that each row names for a part."""
        self.first = flags.count
        """The first number that is no flag but the note of a rule; every flag exists by now."""

    def program(self) -> Program:
        """The program; where it is too large, a refusal of the whole package is in it."""
        self._pair_entries()
        places = self._places()
        needed = self._needed(places)
        sections = [self._section(place, needed[place]) for place in places]
        load = {
            "do": "load",
            "sets": len(self.entries),
            "everything": [n for entries, n in self.entries.items() if entries.everything],
            "pairs": self.pairs,
            "first": self.first,
            "sections": sections,
        }
        digest = hashlib.sha256(json.dumps(load).encode()).hexdigest()
        refusals = list(self.compiler.refusals)
        if len(self.pairs) > MOST_PAIRS:
            refusals.append(Refusal("", "too many entries", f"{len(self.pairs)}, at most {MOST_PAIRS}"))
        leaves = [self.compiler.shares(leaf) for each in self.compiled for leaf in each.leaves]
        return Program(
            id=digest,
            load=json.dumps({**load, "program": digest}, separators=(",", ":")).encode(),
            atoms=self.atoms,
            subjects=tuple(self.subjects),
            keys=self.keys,
            sections=tuple(
                Section(place, tuple(section["subjects"]), tuple(section["taken"]))
                for place, section in zip(places, sections, strict=True)
            ),
            plans=tuple(each.plan for each in self.compiled),
            refusals=tuple(sorted(refusals)),
            decided_leaves=sum(False not in shares for shares in leaves),
            taken_leaves=sum(False in shares for shares in leaves),
            partly_taken_leaves=sum(len(shares) == 2 for shares in leaves),
        )

    def _pair_entries(self) -> None:
        for entries, number in self.entries.items():
            for members, value in ((entries.include, 2 * number), (entries.exclude, 2 * number + 1)):
                self.pairs += ((self._key(entries.among, member), value) for member in sorted(members, key=repr))

    def _key(self, among: str, entry: Any) -> int:
        return self.keys.setdefault((among, entry), len(self.keys))

    def _named(self, test: RowFlag) -> dict[int, int]:
        meanings = self.compiler.meanings[test.part]
        flags = {meaning: self.flags.flag(meaning, holds=test.holds) for meaning in dict.fromkeys(meanings.values())}
        return {row: flags[meaning] for row, meaning in meanings.items()}

    # ---- what is needed where ----

    def _places(self) -> tuple[Place, ...]:
        """The places of all rules with those they inherit from, parents first."""
        found: dict[Place, None] = {}
        for each in self.compiled:
            place: Place | None = each.plan.place
            while place is not None:
                found[place] = None
                place = place.parent
        return tuple(sorted(found, key=lambda place: place.level))

    def _needed(self, places: Sequence[Place]) -> dict[Place, set[int]]:
        """The flags that are set at each place; a flag that is inherited is set where it belongs."""
        needed: dict[Place, set[int]] = {place: set() for place in places}
        for each in self.compiled:
            for test in _tests((each,)):
                if isinstance(test, Flag):
                    self._need(test.number, each.plan.place, needed)
                elif isinstance(test, RowFlag):
                    for number in set(self.named[test].values()):
                        self._need(number, each.plan.place, needed)
        return needed

    def _need(self, number: int, place: Place, needed: Mapping[Place, set[int]]) -> None:
        if number < 0:
            return
        while place.level > self._level(number) and place.parent is not None:
            place = place.parent
        if number not in needed[place]:
            needed[place].add(number)
            for below in self._inputs(number):
                self._need(below, place, needed)

    def _inputs(self, number: int) -> tuple[int, ...]:
        """The flags that a derived flag rests on."""
        derived = self.flags.derived(number)
        return tuple({n for one in derived.alternatives for n in _numbers(one)}) if derived is not None else ()

    def _level(self, number: int) -> Level:
        if number not in self.levels:
            if self.flags.derived(number) is None:
                self.levels[number] = _level_of(self.atoms[number // 2])
            else:
                self.levels[number] = max(map(self._level, self._inputs(number)), default=Level.TRANSACTION)
        return self.levels[number]

    # ---- sections ----

    def _section(self, place: Place, needed: set[int]) -> dict[str, Any]:
        atoms = sorted({number // 2 for number in needed if self.flags.derived(number) is None})
        decided = [(number, atom) for number in atoms if isinstance(atom := self.atoms[number], Decided)]
        own = [each for each in self.compiled if each.plan.place == place]
        return {
            "subjects": sorted({self.subjects[asked.subject] for _, atom in decided for asked in atom.asked}),
            "decided": [[number, [self._asked(asked) for asked in atom.asked]] for number, atom in decided],
            "taken": [number for number in atoms if not isinstance(self.atoms[number], Decided)],
            "strata": self._strata(needed, [each for each in own if not each.table]),
            "tables": [table for name in self.compiler.rows for table in self._tables(name, own)],
        }

    def _asked(self, asked: Asked) -> list[int]:
        return [self.subjects[asked.subject], self.entries[asked.entries], int(asked.opposite), int(asked.unclaimed)]

    def _strata(self, needed: set[int], rules: Sequence[Compiled]) -> list[list[dict[str, Any]]]:
        """Derived flags and rules, each after what it rests on."""
        ranks: dict[int, int] = {}

        def rank(number: int) -> int:
            if number not in needed or self.flags.derived(number) is None:
                return 0
            if number not in ranks:
                ranks[number] = 1 + max(map(rank, self._inputs(number)), default=0)
            return ranks[number]

        entries: dict[int, list[Entry]] = {}
        for number in sorted(needed):
            derived = self.flags.derived(number)
            if derived is not None:
                entries.setdefault(rank(number), []).extend(Entry(number, one, possible=False) for one in derived.alternatives)
        for entry in (entry for rule in rules for entry in rule.targets()):
            last = 1 + max(map(rank, _numbers(entry.tests)), default=0)
            entries.setdefault(last, []).append(Entry(self.first + entry.target, entry.tests, entry.possible))
        return [[self._ruleset(chunk) for chunk in _chunks(entries[number])] for number in sorted(entries)]

    def _ruleset(self, chunk: Sequence[Entry]) -> dict[str, Any]:
        inputs = sorted({number for entry in chunk for number in _numbers(entry.tests)})
        at: dict[Test, int] = {Flag(number): n for n, number in enumerate(inputs)}
        uses = _uses(chunk)
        alternatives = [[e.target, [[at[test], 1, 1] for test in _rarest(e.tests, uses)], int(e.possible)] for e in chunk]
        return {"inputs": inputs, "alternatives": alternatives}

    # ---- tables ----

    def _tables(self, name: str, own: Sequence[Compiled]) -> Iterator[dict[str, Any]]:
        """The rules over a table, those together that are joined with its rows by the same part."""
        by_part: dict[RowFlag | None, list[Entry]] = {}
        for each in own:
            if each.table == name:
                by_part.setdefault(self._joining(each), []).extend(each.targets())
        for part, entries in by_part.items():
            for chunk in _chunks(entries):
                yield self._table(name, part, chunk)

    def _joining(self, rule: Compiled) -> RowFlag | None:
        """A part that every alternative wants, codes before others; None where there is none: then every row is looked at."""
        alternatives = (*rule.about, *rule.whole)
        shared = alternatives[0].intersection(*alternatives) if alternatives else frozenset[Test]()
        found = sorted(test for test in shared if isinstance(test, RowFlag))
        return min(found, key=lambda test: (not self._is_coded(test), -len(set(self.named[test].values()))), default=None)

    def _is_coded(self, test: RowFlag) -> bool:
        numbers = {atom for meaning in set(self.compiler.meanings[test.part].values()) for atom in atoms_of(meaning)}
        atoms = [self.atoms[number] for number in numbers]
        return any(isinstance(atom, Decided) and atom.asked[0].subject.kind is Kind.CODES for atom in atoms)

    def _table(self, name: str, part: RowFlag | None, chunk: Sequence[Entry]) -> dict[str, Any]:
        tests = {test for entry in chunk for test in entry.tests}
        flags = sorted(test for test in tests if isinstance(test, Flag))
        parts = sorted(test for test in tests if isinstance(test, RowFlag))
        columns = sorted({test.column for test in tests if isinstance(test, RowText)})
        sources: tuple[Test | str, ...] = (*flags, *parts, *columns)
        at = {source: n for n, source in enumerate(sources)}
        uses = _uses(chunk)
        return {
            "keys": self._row_keys(name, part) if part is not None else None,
            "inputs": [
                *([0, flag.number] for flag in flags),
                *([1, n] for n in range(len(parts))),
                *([2, n] for n in range(len(columns))),
            ],
            "rows": [
                [
                    planned.number,
                    [self.named[test][planned.number] for test in parts],
                    [self._text(str(row.cells[c])) for c in columns],
                ]
                for (row, _), planned in zip(self.compiler.law_rows(name), self.compiler.rows[name], strict=True)
            ],
            "alternatives": [
                [self.first + e.target, [self._row_test(test, at) for test in _rarest(e.tests, uses)], int(e.possible)]
                for e in chunk
            ],
        }

    def _row_test(self, test: Test, at: Mapping[Test | str, int]) -> list[int]:
        if isinstance(test, RowText):
            return [at[test.column], int(test.equal), self._text(test.text)]
        return [at[test], 1, 1]

    def _row_keys(self, name: str, part: RowFlag) -> dict[int, int]:
        """The keys by which rows are joined: one for each flag that rows name for the part. The rows stand beside them."""
        if part not in self.joins:
            among, base = f"rows of {name} by part {part.part} {part.holds}", 2 * len(self.entries)
            rows = {row: flag for row, flag in self.named[part].items() if flag != NEVER}
            self.joins[part] = {flag: self._key(among, flag) for flag in dict.fromkeys(rows.values())}
            self.pairs += ((self.joins[part][flag], base + row) for row, flag in rows.items())
        return self.joins[part]

    def _text(self, text: str) -> int:
        return self.texts.setdefault(text, len(self.texts))


def _tests(compiled: Iterable[Compiled]) -> dict[Test, None]:
    return dict.fromkeys(test for each in compiled for one in (*each.about, *each.whole) for test in sorted(one, key=repr))


def _numbers(one: Alternative) -> Iterator[int]:
    return (test.number for test in one if isinstance(test, Flag))


def _level_of(atom: Atom) -> Level:
    names = frozenset[str]().union(*map(free_names, _read_by(atom)))
    if names - {"tx", "item"}:
        return Level.BOUND
    return Level.ITEM if "item" in names else Level.TRANSACTION


def _read_by(atom: Atom) -> tuple[Expr, ...]:
    match atom:
        case Open():
            return ()
        case Taken(expr):
            return (expr,)
        case Decided(asked):
            return tuple(_as_expr(each.subject) for each in asked)


def _as_expr(subject: Subject) -> Expr:
    expr = subject.each
    for var, over in reversed(subject.loops):
        expr = t.Exists(var, over, expr)
    return expr


def free_names(expr: Expr) -> frozenset[str]:
    """The names that an expression takes from where it stands: the transaction, the item, what `for_each` binds."""
    match expr:
        case t.Var(name):
            return frozenset() if name.startswith(("groups.", "tables.", "fact.")) else frozenset((name,))
        case t.Exists(var, over, body) | t.ForAll(var, over, body):
            return free_names(over) | (free_names(body) - {var})
        case t.Gather(var, over, where, body):
            inner = free_names(body) | (free_names(where) if where is not None else frozenset())
            return free_names(over) | (inner - {var})
        case _:
            return frozenset[str]().union(*map(free_names, expr.children()))


def _uses(chunk: Iterable[Entry]) -> dict[Test, int]:
    found: dict[Test, int] = {}
    for entry in chunk:
        for test in entry.tests:
            found[test] = found.get(test, 0) + 1
    return found


def _rarest(one: Alternative, uses: Mapping[Test, int]) -> list[Test]:
    """The tests, the rarest first: what holds before what does not, what few alternatives want before what many want."""
    return sorted(one, key=lambda test: (_is_opposite(test), uses[test], repr(test)))


def _is_opposite(test: Test) -> bool:
    match test:
        case Flag(number):
            return number % 2 == 1
        case RowFlag(_, holds):
            return not holds
        case RowText(_, _, equal):
            return not equal


def _chunks(entries: Sequence[Entry]) -> Iterator[list[Entry]]:
    """Runs of entries that one ruleset may hold."""
    chunk: list[Entry] = []
    tests: set[Test] = set()
    for entry in entries:
        if chunk and (len(chunk) == MOST_ALTERNATIVES or len(tests | entry.tests) > MOST_PROPERTIES):
            yield chunk
            chunk, tests = [], set()
        chunk.append(entry)
        tests |= entry.tests
    if chunk:
        yield chunk
