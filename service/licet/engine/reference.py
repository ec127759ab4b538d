"""The reference engine: walks every rule. Slow, obvious, the meaning itself; it also explains what any engine found."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, NamedTuple, TypeVar

from licet.engine.protocol import Case, EngineDisagreement, Finding, Verdict
from licet.language.facts import FactReader, Mode, Noted
from licet.language.faults import Position
from licet.language.kleene import all_of, any_of, negation
from licet.language.scope import Scope
from licet.language.values import Missing, Reading, Ref, Unknown, Why, unknown
from licet.language.walk import truth, walk
from licet.policy import model as m
from licet.policy.lawful import regimes_named

_E = TypeVar("_E")


@dataclass(frozen=True, slots=True)
class Binding:
    """What `for_each` bound: its name in findings, its variables, and what stands in the way (no history; not in force)."""

    name: str = ""
    variables: Mapping[str, Any] = field(default_factory=dict)
    blocked: Unknown | None = None
    rows_not_held: bool = False
    """It is blocked because the table has no history on the date: what reads no row is still judged."""
    empty: bool = False
    """The list is empty by assumption: the rule does not fire."""
    dormant: str = ""
    """Why the rule or row is not in force on the date; empty when it is."""
    interval: m.Interval | None = None
    at: Position | None = None


@dataclass(frozen=True, slots=True)
class ExplainedLeaf:
    """One leaf condition: what it came to and what it read."""

    text: str
    value: bool | Unknown
    readings: tuple[Reading, ...]
    at: Position
    in_about: bool


class Readers:
    """The readers of a case, one for each mode: what one finding has read is known to the next."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self._readers: dict[Mode, FactReader] = {}

    def of(self, mode: Mode, noted: Noted | None = None) -> FactReader:
        """The reader for a mode; one of its own where what is read is noted."""
        if mode not in self._readers:
            self._readers[mode] = reader_of(self.case, mode)
        reader = self._readers[mode]
        return reader if noted is None else reader.in_mode(mode, noted)


class Explained:
    """A finding with its reasons, each worked out when it is first asked for."""

    def __init__(self, readers: Readers, finding: Finding, rule: m.Rule, binding: Binding, subject: Ref | None) -> None:
        self.readers = readers
        self.finding = finding
        self.rule = rule
        self.binding = binding
        self.subject = subject

    @property
    def case(self) -> Case:
        """The case that it was found in."""
        return self.readers.case

    def turned(self, verdict: Verdict) -> Explained:
        """The same finding with another verdict: what if."""
        return Explained(self.readers, replace(self.finding, verdict=verdict), self.rule, self.binding, self.subject)

    def scope(self, mode: Mode, noted: Noted | None = None) -> Scope:
        """What names mean in this finding, for a mode."""
        return _scope(self.readers.of(mode, noted), self.binding, self.subject)

    @cached_property
    def effect(self) -> m.Effect:
        """The effect with its bound fields read."""
        effect = self.rule.effect
        return effect if self.binding.blocked is not None else _read_effect(effect, self.scope(mode_of(self.rule)))

    def effect_as(self, kind: type[_E]) -> _E:
        """The effect, where its kind is known; raises TypeError if it is of another kind."""
        if not isinstance(self.effect, kind):
            raise TypeError(f"{self.finding.name} has the effect {type(self.effect).__name__}")
        return self.effect

    @cached_property
    def cite(self) -> str:
        """The citation, as bound."""
        if isinstance(self.rule.cite, str):
            return self.rule.cite
        if self.binding.blocked is not None:
            return "; ".join(sorted({self.case.package.tables[loop.table].cite for loop in self.rule.loops if loop.table}))
        return _read(self.rule.cite, self.scope(mode_of(self.rule)))

    @cached_property
    def derives_from(self) -> tuple[m.Derivation, ...]:
        """The regimes, as bound; where nothing could be bound, all that the rule may derive from."""
        if self.binding.blocked is not None:
            named = {(regime, relation) for regime, relation, _ in regimes_named(self.rule, self.case.package)}
            return tuple(m.Derivation(regime, relation, "") for regime, relation in sorted(named))
        return _read_derivations(self.rule, self.scope(mode_of(self.rule)))

    @cached_property
    def leaves(self) -> tuple[ExplainedLeaf, ...]:
        """Each leaf condition: what it came to and what it read."""
        if self.binding.blocked is not None or self.binding.empty:
            return ()
        return tuple(_explained_leaves(self.rule, self.scope(mode_of(self.rule), Noted())))

    @cached_property
    def failing(self) -> str:
        """The first leaf condition that is false, as it is written; empty where none is."""
        if self.binding.blocked is not None or self.binding.empty:
            return ""
        scope = self.scope(mode_of(self.rule))
        leaves = (leaf for condition in (self.rule.about, self.rule.when) for leaf in m.leaves(condition))
        return next((leaf.text for leaf in leaves if truth(leaf.expr, scope) is False), "")

    @cached_property
    def missing(self) -> frozenset[Missing]:
        """The facts that an undetermined finding lacks."""
        if self.binding.blocked is not None:
            return self.binding.blocked.missing
        return _missing(self.rule, self.scope(mode_of(self.rule)))

    @cached_property
    def leading(self) -> frozenset[Missing]:
        """The facts to ask for first: a rule's test is not asked about before it is known to speak of the case."""
        if self.binding.blocked is not None:
            return self.binding.blocked.missing
        scope = self.scope(mode_of(self.rule))
        parts = tuple(condition for condition in (self.rule.about, self.rule.when) if condition is not None)
        return _leading(m.AllOf(parts), scope)

    @cached_property
    def needs(self) -> tuple[bool | Unknown, ...]:
        """The state of each need of an authorization or obligation: met, refused, or unknown (to do)."""
        if not isinstance(self.rule.effect, m.Authorize | m.Oblige):
            return ()
        return _needs(self.rule.effect, self.binding, self.scope(Mode.NEED))

    @cached_property
    def lacking_claims(self) -> tuple[str, ...]:
        """For relief that did not fire: the claims not made that would open it; empty where none would."""
        return _lacking_claims(self)


def mode_of(rule: m.Rule) -> Mode:
    """For what a rule reads facts: relief reads them strictly, everything else as a control."""
    return Mode.RELIEF if rule.phase is m.Phase.RELIEF else Mode.CONTROL


class ReferenceEngine:
    """The tree walk behind the `Matcher` protocol."""

    name = "reference"

    def match(self, case: Case) -> tuple[Finding, ...]:
        """All findings but NOT_FIRED, sorted."""
        return tuple(finding for finding in every_finding(case) if finding.verdict is not Verdict.NOT_FIRED)


def every_finding(case: Case) -> tuple[Finding, ...]:
    """Every rule's verdict on every binding and item, also those that did not fire, sorted."""
    readers = {mode: reader_of(case, mode) for mode in (Mode.CONTROL, Mode.RELIEF)}
    return tuple(sorted(f for rule in case.package.rules for f in rule_findings(rule, case, readers[mode_of(rule)])))


@dataclass(frozen=True, slots=True)
class Judged:
    """A finding as one case has it, and the assumptions that it made there; while none of them is dropped it stays as it is."""

    finding: Finding
    explained: Explained | None
    """None where the rule binds nothing such in the case."""
    relied: frozenset[str]
    """The vocabulary patterns that verdict, missing facts, needs, effect and binding rest on, or would once a fact is known."""

    @property
    def speaks(self) -> bool:
        """Whether an engine would report it."""
        return self.finding.verdict is not Verdict.NOT_FIRED


def judge(case: Case, findings: Iterable[Finding]) -> tuple[Judged, ...]:
    """These rules, bindings and items under this case, sorted; what their verdicts were before does not matter."""
    readers = Readers(case)
    return tuple(sorted((_judged(again, readers) for again in _found_again(readers, findings)), key=lambda each: each.finding))


def _judged(again: _Again, readers: Readers) -> Judged:
    if again.binding is None:
        return Judged(replace(again.finding, verdict=Verdict.NOT_FIRED), None, again.relied)
    noted = Noted()
    scope = _scope(readers.of(mode_of(again.rule), noted), again.binding, again.subject)
    finding = replace(again.finding, verdict=_verdict(again.rule, again.binding, scope))
    if again.binding.blocked is None:
        _read_effect(again.rule.effect, scope)
        if isinstance(again.rule.effect, m.Authorize | m.Oblige):
            _needs(again.rule.effect, again.binding, _scope(readers.of(Mode.NEED, noted), again.binding, again.subject))
    explained = Explained(readers, finding, again.rule, again.binding, again.subject)
    return Judged(finding, explained, again.relied | noted.relied)


def explain(case: Case, findings: Iterable[Finding]) -> tuple[Explained, ...]:
    """The reasons of findings, in their order. Raises LookupError for a finding whose rule binds nothing such in the case.

    What is said to have fired is walked again: a wrong hit of an engine raises EngineDisagreement.
    """
    explained = []
    readers = Readers(case)
    for rule, subject, finding, binding, _ in _found_again(readers, findings):
        if finding.verdict is Verdict.FIRED:
            verdict = _verdict(rule, binding, _scope(readers.of(mode_of(rule)), binding, subject)) if binding else Verdict.NOT_FIRED
            if verdict is not Verdict.FIRED:
                raise EngineDisagreement(finding, verdict)
        if binding is None:
            raise LookupError(f"{finding.name} binds nothing in this case")
        explained.append(Explained(readers, finding, rule, binding, subject))
    return tuple(sorted(explained, key=lambda e: e.finding))


class _Again(NamedTuple):
    """A finding with what its rule binds in a case now: None where that is nothing such. `relied`: what binding assumed."""

    rule: m.Rule
    subject: Ref | None
    finding: Finding
    binding: Binding | None
    relied: frozenset[str]


def _found_again(readers: Readers, findings: Iterable[Finding]) -> Iterator[_Again]:
    by_rule: dict[tuple[str, str], list[Finding]] = {}
    for finding in findings:
        by_rule.setdefault((finding.rule, finding.item), []).append(finding)
    for (rule_id, line), wanted in by_rule.items():
        rule = readers.case.package.rules_by_id[rule_id]
        subject = _item(readers.of(Mode.CONTROL), line)
        names = frozenset(finding.bound for finding in wanted)
        bindings: dict[str, Binding] = {}
        noted = Noted()
        if rule.per_item is (subject is not None) and bool(line) is rule.per_item:
            found = _bindings(rule, readers.case, readers.of(mode_of(rule), noted), subject, names)
            bindings = {binding.name: binding for binding in found}
        relied = frozenset(noted.relied)
        for finding in wanted:
            yield _Again(rule, subject, finding, bindings.get(finding.bound), relied)


# ---- findings -----------------------------------------------------------------------------------------------------------


def reader_of(case: Case, mode: Mode, noted: Noted | None = None) -> FactReader:
    """A reader of the case's facts for a mode."""
    return FactReader(case.transaction, case.vocabulary, case.law, mode=mode, active=case.active, noted=noted)


def _item(reader: FactReader, line: str) -> Ref | None:
    return next((ref for ref in reader.items() if ref.message.line == line), None) if line else None


def rule_findings(rule: m.Rule, case: Case, reader: FactReader) -> Iterator[Finding]:
    """One rule's verdict on every binding and item."""
    subjects: tuple[Ref | None, ...] = reader.items() if rule.per_item else (None,)
    for subject in subjects:
        line = subject.message.line if subject is not None else ""
        for binding in _bindings(rule, case, reader, subject):
            verdict = _verdict(rule, binding, _scope(reader, binding, subject))
            yield Finding(rule.id, binding.name, line, verdict)


def _scope(reader: FactReader, binding: Binding, subject: Ref | None) -> Scope:
    bound: dict[str, Any] = {"tx": reader.root, **binding.variables}
    if subject is not None:
        bound["item"] = subject
    return Scope(reader, bound)


def _verdict(rule: m.Rule, binding: Binding, scope: Scope) -> Verdict:
    if binding.blocked is not None:
        return _verdict_without_rows(rule, binding, scope) if binding.rows_not_held else Verdict.UNDETERMINED
    if binding.empty:
        return Verdict.NOT_FIRED
    about = evaluate(rule.about, scope) if rule.about is not None else True
    if about is False:
        return Verdict.NOT_FIRED
    when = evaluate(rule.when, scope)
    if binding.dormant:
        return Verdict.CONSIDERED if about is True and when is True else Verdict.NOT_FIRED
    if when is False:
        return Verdict.CONSIDERED if rule.about is not None else Verdict.NOT_FIRED
    return Verdict.FIRED if about is True and when is True else Verdict.UNDETERMINED


def _verdict_without_rows(rule: m.Rule, binding: Binding, scope: Scope) -> Verdict:
    """Undetermined, unless the rule is not in force, or is false whatever a row says: what reads one is unknown."""
    if binding.dormant or (rule.about is not None and evaluate(rule.about, scope) is False):
        return Verdict.NOT_FIRED
    if evaluate(rule.when, scope) is False:
        return Verdict.CONSIDERED if rule.about is not None else Verdict.NOT_FIRED
    return Verdict.UNDETERMINED


def evaluate(condition: m.Condition, scope: Scope) -> bool | Unknown:
    """A condition's value."""
    match condition:
        case m.Leaf():
            return truth(condition.expr, scope)
        case m.AllOf():
            return all_of(evaluate(part, scope) for part in condition.parts)
        case m.AnyOf():
            return any_of(evaluate(part, scope) for part in condition.parts)
        case m.NoneOf():
            return negation(any_of(evaluate(part, scope) for part in condition.parts))


# ---- bindings -----------------------------------------------------------------------------------------------------------


def _bindings(
    rule: m.Rule, case: Case, reader: FactReader, subject: Ref | None, names: frozenset[str] | None = None
) -> Iterator[Binding]:
    """Every binding of a rule; where names are given, rows of a sole table that bear none of them may be left out."""
    date = case.law.date
    if date < rule.history_from:
        lacking = unknown(rule.id, Why.HISTORY, f"{rule.id} has no history before {rule.history_from}")
        yield Binding("*" if rule.loops else "", blocked=lacking)
        return
    interval = rule.interval_on(date)
    dormant = "" if interval is not None else f"not in force on {date}"
    if rule.status is m.RuleStatus.STAYED:
        dormant = f"stayed: {rule.cause}"
    start = Binding(dormant=dormant, interval=interval or (rule.in_force[-1] if rule.in_force else None), at=rule.at)
    if names is not None and len(rule.loops) == 1 and rule.loops[0].table:
        yield from _over_table(rule.loops[0], start, case, names)
        return
    yield from _loop(rule.loops, start, case, reader, subject)


def _loop(loops: tuple[m.Loop, ...], so_far: Binding, case: Case, reader: FactReader, subject: Ref | None) -> Iterator[Binding]:
    if not loops:
        yield so_far
        return
    loop, *rest = loops
    steps = _over_table(loop, so_far, case) if loop.table else _over_list(loop, so_far, reader, subject)
    for step in steps:
        if step.blocked is not None or step.empty:
            yield step
        else:
            yield from _loop(tuple(rest), step, case, reader, subject)


def _over_table(loop: m.Loop, so_far: Binding, case: Case, names: frozenset[str] | None = None) -> Iterator[Binding]:
    table = case.law.tables[loop.table]
    if table is None:
        since = case.package.tables[loop.table].history_from
        lacking = unknown(f"tables.{loop.table}", Why.HISTORY, f"the table {loop.table} has no history before {since}")
        yield replace(so_far, name=_joined(so_far.name, "*"), blocked=lacking, rows_not_held=True)
        return
    file = case.package.tables[loop.table].rows[0].at.file if table.rows or table.dormant else ""
    active = table.rows if names is None else tuple(table.by_key[name] for name in sorted(names & table.by_key.keys()))
    for rows, dormant in ((active, ""), (table.dormant, f"the row is not in force on {case.law.date}")):
        for row in rows:
            if names is not None and dormant and row.key not in names:
                continue
            variables = {**so_far.variables, **row.variables} if so_far.variables else row.variables
            yield Binding(
                _joined(so_far.name, row.key),
                variables,
                dormant=so_far.dormant or dormant,
                interval=so_far.interval,
                at=Position(file, row.line, 1),
            )


def _over_list(loop: m.Loop, so_far: Binding, reader: FactReader, subject: Ref | None) -> Iterator[Binding]:
    elements = walk(loop.over, _scope(reader, so_far, subject)) if loop.over is not None else ()
    if isinstance(elements, Unknown):
        yield replace(so_far, name=_joined(so_far.name, "*"), blocked=elements)
    elif not elements:
        yield replace(so_far, name=_joined(so_far.name, "*"), empty=True)
    else:
        for element in elements:
            name = element.path.text.replace("[", ".").replace("]", "")
            yield replace(so_far, name=_joined(so_far.name, name), variables={**so_far.variables, loop.var: element})


def _joined(first: str, second: str) -> str:
    return f"{first},{second}" if first else second


# ---- explanation --------------------------------------------------------------------------------------------------------


def _explained_leaves(rule: m.Rule, scope: Scope) -> Iterator[ExplainedLeaf]:
    noted = scope.facts.noted or Noted()
    for condition, in_about in ((rule.about, True), (rule.when, False)):
        for leaf in m.leaves(condition):
            start = len(noted.readings)
            value = truth(leaf.expr, scope)
            readings = tuple(dict.fromkeys(noted.readings[start:]))
            yield ExplainedLeaf(leaf.text, value, readings, leaf.at, in_about)


def _missing(rule: m.Rule, scope: Scope) -> frozenset[Missing]:
    values = [evaluate(condition, scope) for condition in (rule.about, rule.when) if condition is not None]
    whole = all_of(values)
    return whole.missing if isinstance(whole, Unknown) else frozenset()


def _leading(condition: m.AllOf | m.AnyOf | m.NoneOf, scope: Scope) -> frozenset[Missing]:
    """The missing facts of the first open part of a conjunction, and of every open part of a disjunction."""
    found = ((part, evaluate(part, scope)) for part in condition.parts)
    leading = (
        value.missing if isinstance(part, m.Leaf) else _leading(part, scope) for part, value in found if isinstance(value, Unknown)
    )
    if isinstance(condition, m.AllOf):
        return next(leading, frozenset())
    return frozenset(missing for each in leading for missing in each)


def _lacking_claims(each: Explained) -> tuple[str, ...]:
    rule, binding = each.rule, each.binding
    if (
        rule.phase is not m.Phase.RELIEF
        or each.finding.verdict is Verdict.FIRED
        or binding.blocked
        or binding.empty
        or binding.dormant
    ):
        return ()
    scope = each.scope(Mode.NEED)
    whole = all_of(evaluate(condition, scope) for condition in (rule.about, rule.when) if condition is not None)
    if not isinstance(whole, Unknown):
        return ()
    return tuple(sorted({missing.path for missing in whole.missing - each.missing}))


def _needs(effect: m.Authorize | m.Oblige, binding: Binding, scope: Scope) -> tuple[bool | Unknown, ...]:
    needs = effect.needs if isinstance(effect, m.Authorize) else (effect.need,)
    to_do = unknown("", Why.UNSET)
    return tuple(to_do if need.met is None or binding.blocked is not None else evaluate(need.met, scope) for need in needs)


def _read_effect(effect: m.Effect, scope: Scope) -> m.Effect:
    match effect:
        case m.Require():
            review = _read(effect.review, scope)
            known = {review.value for review in m.Review}
            return replace(effect, basis=_read(effect.basis, scope), review=review if review in known else m.Review.UNSTATED.value)
        case m.Prohibit():
            return replace(effect, basis=_read(effect.basis, scope))
        case m.Bar() if isinstance(effect.authorizations, m.Bound):
            names = walk(effect.authorizations.expr, scope)
            return replace(effect, authorizations=names) if isinstance(names, tuple) else effect
        case _:
            return effect


def _read(text: m.Text, scope: Scope) -> str:
    if isinstance(text, str):
        return text
    value = walk(text.expr, scope)
    return str(value) if isinstance(value, str) else ""


def _read_derivations(rule: m.Rule, scope: Scope) -> tuple[m.Derivation, ...]:
    return tuple(
        m.Derivation(regime.strip(), derivation.relation, _read(derivation.entry, scope))
        for derivation in rule.derives_from
        for regime in _read(derivation.regime, scope).split(";")
        if regime.strip()
    )
