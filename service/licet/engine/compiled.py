"""The compiled engine: each rule's rows as bits, indexed by code and by what else its conditions read.

A package is specialized to an interval of legal dates between two neighboring boundaries of its law, on first use. Rules that
loop over lists of the transaction are walked by the reference engine: they have few elements and no index would help.
"""

from __future__ import annotations

import bisect
import datetime
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from licet.engine.masks import Builder, Masks, Match, Node, Rows, evaluate
from licet.engine.protocol import Case, Finding, Verdict
from licet.engine.reference import mode_of, reader_of, rule_findings
from licet.language.facts import FactReader, Mode
from licet.language.law import Row
from licet.language.scope import Scope
from licet.policy import model as m
from licet.policy.conditions import as_expr

_KEPT = 32
_NO_ROW = Row("", {}, {})


@dataclass(frozen=True, slots=True)
class CompiledRule:
    """A rule over its rows: those in force, then those that only dates or a stay keep out (`dormant`)."""

    rule: m.Rule
    rows: Rows
    about: Node | None
    when: Node
    dormant: int

    def findings(self, match: Match, line: str) -> Iterator[Finding]:
        """All findings but NOT_FIRED."""
        about = evaluate(self.about, match, self.rows.all) if self.about is not None else None
        speaking = about.possible if about is not None else self.rows.all
        when = evaluate(self.when, match, speaking)
        sure = (about.certain if about is not None else self.rows.all) & when.certain
        active = self.rows.all & ~self.dormant
        considered = speaking & ~when.possible & active if about is not None else 0
        verdicts = (
            (Verdict.FIRED, sure & active),
            (Verdict.CONSIDERED, considered | (sure & self.dormant)),
            (Verdict.UNDETERMINED, when.possible & ~sure & active),
        )
        for verdict, mask in verdicts:
            for number in _bits(mask):
                yield Finding(self.rule.id, self.rows.rows[number].key, line, verdict)


def _bits(mask: int) -> Iterator[int]:
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low


@dataclass(frozen=True, slots=True)
class Specialized:
    """A package on an interval of legal dates."""

    compiled: tuple[CompiledRule, ...]
    walked: tuple[m.Rule, ...]


class CompiledEngine:
    """The index behind the `Matcher` protocol. Specializations are made on first use, and the few in use are kept."""

    name = "compiled"

    def __init__(self) -> None:
        # By the package itself: what it reads of its bloc and of the catalogues is not in its digest.
        self._specialized: OrderedDict[tuple[m.Package, int], Specialized] = OrderedDict()
        self._boundaries: WeakKeyDictionary[m.Package, tuple[datetime.date, ...]] = WeakKeyDictionary()

    def match(self, case: Case) -> tuple[Finding, ...]:
        """All findings but NOT_FIRED, sorted."""
        special = self._special(case)
        readers = {mode: reader_of(case, mode) for mode in (Mode.CONTROL, Mode.RELIEF)}
        found: list[Finding] = []
        for mode, reader in readers.items():
            known: dict[tuple[int, int, str], Masks] = {}
            for line, scope in _scopes(reader):
                match = Match(scope, line, known)
                for compiled in special.compiled:
                    if mode_of(compiled.rule) is mode and compiled.rule.per_item is bool(line):
                        found += compiled.findings(match, line)
        for rule in special.walked:
            found += (f for f in rule_findings(rule, case, readers[mode_of(rule)]) if f.verdict is not Verdict.NOT_FIRED)
        return tuple(sorted(found))

    def _special(self, case: Case) -> Specialized:
        package = case.package
        changes = self._boundaries.get(package)
        if changes is None:
            changes = self._boundaries[package] = boundaries(package)
        key = (package, bisect.bisect_right(changes, case.law.date))
        special = self._specialized.get(key)
        if special is None:
            special = self._specialized[key] = specialize(case)
        with suppress(KeyError):  # another thread may have dropped it just now
            self._specialized.move_to_end(key)
        while len(self._specialized) > _KEPT:
            self._specialized.popitem(last=False)
        return special


def _scopes(reader: FactReader) -> Iterator[tuple[str, Scope]]:
    """The scope of the transaction, then of each line item."""
    yield "", Scope(reader, {"tx": reader.root})
    for item in reader.items():
        yield item.message.line, Scope(reader, {"tx": reader.root, "item": item})


def boundaries(package: m.Package) -> tuple[datetime.date, ...]:
    """Every date on which the law of a package changes, sorted."""
    intervals: list[m.Interval] = [interval for rule in package.rules for interval in rule.in_force]
    intervals += [member.interval for group in package.groups.values() for member in (*group.members, *group.union)]
    intervals += [row.interval for table in package.tables.values() for row in table.rows]
    intervals += [treated.interval for treated in package.treated]
    histories: Iterable[datetime.date] = [
        *(rule.history_from for rule in package.rules),
        *(group.history_from for group in package.groups.values()),
        *(table.history_from for table in package.tables.values()),
    ]
    ends = (interval.end for interval in intervals if interval.end is not None)
    return tuple(sorted({*(interval.start for interval in intervals), *ends, *histories}))


def specialize(case: Case) -> Specialized:
    """The package of a case, compiled for the interval in which the case's date lies."""
    builder = Builder()
    compiled: list[CompiledRule] = []
    walked: list[m.Rule] = []
    for rule in case.package.rules:
        if _is_indexed(rule, case):
            compiled.append(_compiled(rule, case, builder))
        else:
            walked.append(rule)
    return Specialized(tuple(compiled), tuple(walked))


def _is_indexed(rule: m.Rule, case: Case) -> bool:
    """Whether a rule has no loop or one over a table, and its law reaches back to the date."""
    if case.law.date < rule.history_from or len(rule.loops) > 1:
        return False
    return not rule.loops or (bool(rule.loops[0].table) and case.law.tables[rule.loops[0].table] is not None)


def _compiled(rule: m.Rule, case: Case, builder: Builder) -> CompiledRule:
    table = case.law.tables[rule.loops[0].table] if rule.loops else None
    active, dormant = (table.rows, table.dormant) if table is not None else ((_NO_ROW,), ())
    rows = builder.rows(table.id if table is not None else "", (*active, *dormant))
    asleep = rule.interval_on(case.law.date) is None or rule.status is m.RuleStatus.STAYED
    mask = rows.all if asleep else rows.all & ~((1 << len(active)) - 1)
    about = builder.node(as_expr(rule.about), rows) if rule.about is not None else None
    return CompiledRule(rule, rows, about, builder.node(as_expr(rule.when), rows), mask)


__all__ = ["CompiledEngine", "boundaries", "specialize"]
