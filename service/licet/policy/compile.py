"""Compiling: source values become packages. Two stages, each with all its faults at once: names, then expressions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from cel_expr_python import cel

from licet.language import environment as env
from licet.language import tree as t
from licet.language.environment import CheckError
from licet.language.facts import FactClass, FactEntry, Mode, Vocabulary
from licet.language.faults import Position
from licet.language.law import Cell, Scheme
from licet.language.lowering import Typed, lower
from licet.language.values import Code
from licet.policy import model as m
from licet.policy.catalogue import Catalogues
from licet.policy.concerns import reading_its_concerns
from licet.policy.conditions import (
    NameSpace,
    as_expr,
    compile_bound,
    compile_condition,
    report,
)
from licet.policy.definitions import define_all
from licet.policy.guard import Guard
from licet.policy.reading import Faults, choose, must_be, nearest, no_duplicates
from licet.policy.references import check_facts, check_policy
from licet.policy.source import (
    EFFECT_CHOICES,
    EffectSource,
    FactSource,
    GroupSource,
    NeedSource,
    PackageSource,
    RuleSource,
)
from licet.policy.tables import ColumnSpec, ColumnType, Known, build_table, read_header
from licet.policy.text import Mapping as MappingNode
from licet.policy.text import Node, Scalar


@dataclass(frozen=True, eq=False)
class Named:
    """A package after the stage of names: typed tables and groups; conditions are still text."""

    source: PackageSource
    parent: Named | None
    groups: Mapping[str, m.Group]
    tables: Mapping[str, m.Table]
    specs: Mapping[str, tuple[ColumnSpec, ...]]
    facts: Mapping[str, FactSource]

    @property
    def instruments(self) -> frozenset[str]:
        """Instruments of the package and of the bloc it extends."""
        return frozenset(i.id for i in self.source.policy.instruments) | (self.parent.instruments if self.parent else frozenset())

    @property
    def bases(self) -> frozenset[str]:
        """Bases and sets of bases, with those of the bloc."""
        own = {name for basis in self.source.policy.bases for name in (basis.id, basis.set) if name}
        return frozenset(own) | (self.parent.bases if self.parent else frozenset())

    @property
    def authorizations(self) -> frozenset[str]:
        """Ids of all authorizations, with those of the bloc."""
        own = {rule.effect.texts["id"].text for rule in self.source.rules if rule.effect.kind == "authorize"}
        return frozenset(own) | (self.parent.authorizations if self.parent else frozenset())


# ---- names --------------------------------------------------------------------------------------------------------------


def name_package(source: PackageSource, parent: Named | None, catalogues: Catalogues, faults: Faults) -> Named:
    """Groups and tables with every name checked; names of rules, instruments, bases, regimes, concepts checked too."""
    jurisdiction = source.policy.jurisdiction
    facts = _facts(source, parent, catalogues, faults)
    groups = dict(parent.groups) if parent else {}
    own = {group.id.text for group in source.groups}
    no_duplicates((*_ids(groups), *(group.id for group in source.groups)), "group", faults)
    for group in source.groups:
        groups[group.id.text] = _group(group, own | groups.keys(), catalogues, faults)
    _check_nesting(source.groups, groups, faults)
    specs = dict(parent.specs) if parent else {}
    no_duplicates((*_ids(parent.tables if parent else {}), *(table.id for table in source.tables)), "table", faults)
    for table in source.tables:
        if table.file in source.csv:
            specs[table.id.text] = read_header(source.csv[table.file], faults)
        else:
            faults.add(table.at, "MISSING_FILE", f"the table {table.id.text} has no file tables/{table.file}")
    known = _known(specs, groups, facts, catalogues)
    tables = dict(parent.tables) if parent else {}
    for table in source.tables:
        if table.file in source.csv:
            csv = source.csv[table.file]
            rows = csv if len(specs[table.id.text]) == len(csv.header) else replace(csv, rows=())
            tables[table.id.text] = build_table(table, rows, specs[table.id.text], known, faults)
    named = Named(source, parent, groups, tables, specs, facts)
    for file in sorted(source.csv.keys() - {table.file for table in source.tables}):
        at = Position(source.csv[file].file, 1, 1)
        faults.add(at, "UNKNOWN_FILE", f"no table of tables.yaml names {file}", "name it there, or take it away")
    check_policy(source, catalogues.places, named.instruments, faults)
    no_duplicates((rule.id for rule in source.rules), "rule", faults)
    for rule in source.rules:
        _check_rule_names(rule, named, jurisdiction, catalogues, faults)
    return named


def _ids(of_bloc: Mapping[str, m.Group] | Mapping[str, m.Table]) -> tuple[Scalar, ...]:
    """The names that a bloc has given, and its members cannot give again."""
    return tuple(Scalar(each.id, each.at) for each in of_bloc.values())


def _known(
    specs: Mapping[str, tuple[ColumnSpec, ...]], groups: Iterable[str], facts: Iterable[str], catalogues: Catalogues
) -> Known:
    circumstances = {match[1] for path in facts if (match := re.fullmatch(r"items\[\*\]\.circumstances\[(.+)\]", path))}
    return Known(
        schemes={name: source.scheme for name, source in catalogues.schemes.items()},
        groups=frozenset(groups),
        columns={table: frozenset(s.name for s in columns if s.type is ColumnType.MARK) for table, columns in specs.items()},
        circumstances=frozenset(circumstances),
        regimes=frozenset(catalogues.regimes),
        places=catalogues.places.countries | catalogues.places.part_of.keys(),
    )


def _group(source: GroupSource, names: Iterable[str], catalogues: Catalogues, faults: Faults) -> m.Group:
    for reference in _references(source):
        must_be(reference, names, "group", faults)
    places = catalogues.places.countries | catalogues.places.part_of.keys()
    purposes = {name: value.number for name, value in env.enum_values().items() if value.enum == "Purpose"}
    members: list[m.Member] = []
    for member in source.members:
        value: str | int = member.value.text
        if source.kind is m.GroupKind.PLACES:
            must_be(member.value, places, "place", faults)
        elif source.kind is m.GroupKind.PURPOSES:
            must_be(member.value, purposes, "purpose", faults)
            value = purposes.get(member.value.text, 0)
        members.append(m.Member(value, member.interval))
    return m.Group(
        id=source.id.text,
        title=source.title,
        kind=source.kind,
        instrument=source.instrument.text if source.instrument else "",
        cite=source.cite,
        provenance=source.provenance,
        history_from=source.history_from,
        members=tuple(members),
        union=tuple(m.Member(part.value.text, part.interval) for part in source.union),
        minus=tuple(s.text for s in source.minus),
        all_except=tuple(s.text for s in source.all_except),
        at=source.at,
    )


def _references(source: GroupSource) -> tuple[Scalar, ...]:
    """The groups that a group is built from."""
    return (*(part.value for part in source.union), *source.minus, *source.all_except)


def _check_nesting(sources: Iterable[GroupSource], groups: Mapping[str, m.Group], faults: Faults) -> None:
    for source in sources:
        for reference in _references(source):
            part = groups.get(reference.text)
            if part is not None and part.all_except:
                faults.add(reference.at, "NESTING", f"{reference.text} is all_except others and cannot be a part of another group")
            if part is not None and part.kind is not source.kind:
                faults.add(
                    reference.at, "KIND", f"{reference.text} is a group of {part.kind}, {source.id.text} one of {source.kind}"
                )
        if _reaches(source.id.text, source.id.text, groups, frozenset()):
            faults.add(source.at, "CYCLE", f"the group {source.id.text} is built from itself")


def _reaches(start: str, goal: str, groups: Mapping[str, m.Group], seen: frozenset[str]) -> bool:
    group = groups.get(start)
    parts = (*(str(part.value) for part in group.union), *group.minus, *group.all_except) if group else ()
    return any(part == goal or (part not in seen and _reaches(part, goal, groups, seen | {part})) for part in parts)


def _check_rule_names(rule: RuleSource, named: Named, jurisdiction: str, catalogues: Catalogues, faults: Faults) -> None:
    if not rule.id.text.startswith(f"{jurisdiction}."):
        faults.add(rule.id.at, "RULE_ID", f"the rule id {rule.id.text} should begin with {jurisdiction}.")
    must_be(rule.instrument, named.instruments, "instrument of this package", faults)
    must_be(rule.concept, catalogues.concepts, "concept", faults)
    for derivation in rule.derives_from:
        if not derivation.regime.text.startswith("="):
            must_be(derivation.regime, catalogues.regimes, "regime", faults)
    effect = rule.effect
    expected = m.EFFECTS.get(effect.kind)
    if expected is not None and expected[1] is not rule.phase:
        faults.add(effect.at, "PHASE", f"the effect {effect.kind} belongs to phase {expected[1]}, the rule says {rule.phase}")
    if "basis" in effect.texts and not effect.texts["basis"].text.startswith("="):
        must_be(effect.texts["basis"], named.bases, "basis of policy.yaml", faults)
    for basis in (*effect.lists.get("bases", ()), *effect.lists.get("covers", ())):
        must_be(basis, named.bases, "basis or set of bases of policy.yaml", faults)
    for authorization in (*effect.lists.get("authorizations", ()), *effect.lists.get("all_except", ())):
        if not authorization.text.startswith("="):
            must_be(authorization, _with_paragraphs(named.authorizations), "authorization", faults)
    _check_cells(rule, named, faults)
    if "limb" in effect.texts:
        limbs = {limb for i in named.source.policy.instruments if i.id == rule.instrument.text for limb in i.limbs}
        must_be(effect.texts["limb"], limbs, f"limb of {rule.instrument.text}", faults)


def _with_paragraphs(authorizations: Iterable[str]) -> frozenset[str]:
    """The ids, and what their paragraphs belong to: `GOV(b)(2)` is also named by `GOV(b)` and `GOV`."""
    return frozenset(id_[:end] for id_ in authorizations for end in (*(at for at, sign in enumerate(id_) if sign == "("), len(id_)))


def _check_cells(rule: RuleSource, named: Named, faults: Faults) -> None:
    """The cells that an effect reads (`basis: =row.basis`) name bases, ways of review and authorizations."""
    wanted = {"basis": named.bases, "review": {"", *(review.value for review in m.Review)}}
    authorizations = _with_paragraphs(named.authorizations)
    bars = {key: scalars[0].text for key, scalars in rule.effect.lists.items() if rule.effect.kind == "bar" and scalars}
    over = rule.for_each.entries if isinstance(rule.for_each, MappingNode) else (("", rule.for_each),)
    tables = {node.text.removeprefix("tables.") for _, node in over if isinstance(node, Scalar)} & named.tables.keys()
    for key, names in wanted.items():
        head, _, column = rule.effect.texts[key].text.partition(".") if key in rule.effect.texts else ("", "", "")
        for row in (row for table in sorted(tables) for row in named.tables[table].rows if head == "=row"):
            cell = str(row.cells.get(column, ""))
            if column in row.cells and cell not in names:
                message = f"{cell or 'nothing'} is no {key}, and {rule.id.text} reads it as one"
                faults.add(row.at, "UNKNOWN_NAME", message, nearest(cell, names))
    for text in bars.values():
        head, _, column = text.partition(".")
        for row in (row for table in sorted(tables) for row in named.tables[table].rows if head == "=row"):
            cells = row.cells.get(column)
            for cell in cells if isinstance(cells, tuple) else ():
                if cell not in authorizations:
                    message = f"{cell} is no authorization, and {rule.id.text} reads it as one"
                    faults.add(row.at, "UNKNOWN_NAME", message, nearest(cell, authorizations))


def _facts(source: PackageSource, parent: Named | None, catalogues: Catalogues, faults: Faults) -> dict[str, FactSource]:
    facts = dict(parent.facts) if parent else {fact.path.text: fact for fact in catalogues.facts}
    for own in (catalogues.facts, source.facts):
        no_duplicates((fact.path for fact in own), "fact", faults)
    for fact in source.facts:
        facts[fact.path.text] = fact
    for fact in facts.values():
        if fact.kind not in {kind.value for kind in FactClass}:
            faults.add(fact.path.at, "CHOICE", f"class of {fact.path.text} is {fact.kind}, expected ask, assume or claim")
        if fact.kind == "assume" and not (fact.value and fact.statement and fact.serves):
            faults.add(fact.path.at, "MISSING", f"the assumption {fact.path.text} wants value, for and statement")
        if fact.kind == "ask" and not fact.question:
            faults.add(fact.path.at, "MISSING", f"{fact.path.text} is asked for and has no question")
    check_facts(facts, faults)
    return facts


# ---- expressions --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Compiled:
    """A package with every condition checked and lowered, its vocabulary, and what its expressions may name."""

    package: m.Package
    vocabulary: Vocabulary
    names: NameSpace


def compile_package(named: Named, bloc: Compiled | None, catalogues: Catalogues, faults: Faults) -> Compiled:
    """The package, compiled. What it takes over from its bloc, which adds names and changes none, is taken as compiled there."""
    source = named.source
    patterns = frozenset(named.facts) | {f"*.classifications[{scheme}]" for scheme in catalogues.schemes}
    names = NameSpace(
        groups={group.id: group.kind for group in named.groups.values()},
        tables={table: {s.name: s.type for s in specs} for table, specs in named.specs.items()},
        table_keys={table: tuple(s.name for s in specs if s.key) for table, specs in named.specs.items()},
        fact_patterns=patterns,
        definitions=dict(bloc.names.definitions) if bloc is not None else {},
        broken=set(bloc.names.broken) if bloc is not None else set(),
    )
    define_all(source.definitions, names, faults)
    names = names.local({})
    taken = bloc.package.tables if bloc is not None else {}
    tables = {id_: taken.get(id_) or _compile_cells(table, names, faults) for id_, table in named.tables.items()}
    rules = tuple(rule for source_rule in source.rules if (rule := _rule(source_rule, named, names, tables, faults)) is not None)
    rules = tuple(sorted(rules, key=lambda rule: rule.id))
    package = m.Package(
        policy=source.policy,
        digest=source.digest,
        rules=rules,
        groups=named.groups,
        tables=tables,
        treated=(*(named.parent.source.treated if named.parent else ()), *source.treated),
        rules_by_id={rule.id: rule for rule in rules},
    )
    return Compiled(package, _vocabulary(named, bloc, names, faults), names)


def _compile_cells(table: m.Table, names: NameSpace, faults: Faults) -> m.Table:
    """The table with its `expr` cells compiled; each distinct text once."""
    columns = [name for name, kind in table.columns.items() if kind == ColumnType.EXPR]
    if not columns:
        return table
    compiled: dict[str, Cell] = {}
    rows = []
    for row in table.rows:
        cells: dict[str, Any] = dict(row.cells)
        for column in columns:
            text = cells[column]
            if isinstance(text, str):
                if text not in compiled:
                    condition = compile_condition(Scalar(text, row.at, plain=False), names, faults)
                    compiled[text] = as_expr(condition) if condition else t.Const(False)
                cells[column] = compiled[text]
        rows.append(replace(row, cells=cells))
    return replace(table, rows=tuple(rows))


def _rule(source: RuleSource, named: Named, names: NameSpace, tables: Mapping[str, m.Table], faults: Faults) -> m.Rule | None:
    found = len(faults.found)
    loops, inner = _loops(source.for_each, names, tables, faults)
    about = compile_condition(source.about, inner, faults) if source.about is not None else None
    when = compile_condition(source.when, inner, faults)
    effect = _effect(source.effect, inner, faults)
    derivations = tuple(
        m.Derivation(compile_bound(d.regime, inner, faults), d.relation, compile_bound(d.entry, inner, faults) if d.entry else "")
        for d in source.derives_from
    )
    cite = compile_bound(source.cite, inner, faults)
    if len(faults.found) > found or when is None or effect is None:
        return None
    rule = m.Rule(
        id=source.id.text,
        title=source.title,
        jurisdiction=named.source.policy.jurisdiction,
        instrument=source.instrument.text,
        phase=source.phase,
        effect=effect,
        derives_from=derivations,
        concept=source.concept.text,
        cite=cite,
        in_force=source.in_force,
        history_from=source.history_from,
        status=source.status,
        cause=source.cause,
        provenance=source.provenance,
        disclosure=source.disclosure,
        rationale=source.rationale,
        about=about,
        when=when,
        loops=loops,
        per_item=False,
        at=source.at,
    )
    return reading_its_concerns(rule) if _mentions_item(rule, tables) else rule


def _mentions_item(rule: m.Rule, tables: Mapping[str, m.Table]) -> bool:
    """Whether a rule must be judged for each line item."""
    item_columns = {
        f"row.{column}"
        for loop in rule.loops
        if loop.table
        for column, kind in tables[loop.table].columns.items()
        if kind in (ColumnType.FACT, ColumnType.EXPR)
    }
    names = {"item"} | item_columns
    conditions = [as_expr(c) for c in (rule.about, rule.when) if c is not None]
    if isinstance(rule.effect, m.Authorize):
        conditions += [as_expr(need.met) for need in rule.effect.needs if need.met is not None]
    if isinstance(rule.effect, m.Oblige) and rule.effect.need.met is not None:
        conditions.append(as_expr(rule.effect.need.met))
    conditions += [loop.over for loop in rule.loops if loop.over is not None]
    return any(isinstance(node, t.Var) and node.name in names for c in conditions for node in c.nodes())


def _loops(
    node: Node | None, names: NameSpace, tables: Mapping[str, m.Table], faults: Faults
) -> tuple[tuple[m.Loop, ...], NameSpace]:
    if node is None:
        return (), names
    pairs: list[tuple[Scalar, Scalar]] = []
    if isinstance(node, Scalar):
        pairs = [(Scalar("row", node.at), node)]
    elif isinstance(node, MappingNode):
        pairs = [(key, value) for key, value in node.entries if isinstance(value, Scalar)]
    if not pairs or len(pairs) > 2:
        faults.add(node.at, "FOR_EACH", "for_each names one or two lists", "such as tables.ccl, or {p: tx.parties}")
    loops: list[m.Loop] = []
    for var, over in pairs[:2]:
        loop, names = _loop(var, over, names, tables, faults)
        loops += [loop] if loop else []
    return tuple(loops), names


def _loop(
    var: Scalar, over: Scalar, names: NameSpace, tables: Mapping[str, m.Table], faults: Faults
) -> tuple[m.Loop | None, NameSpace]:
    table = over.text.removeprefix("tables.")
    if over.text.startswith("tables."):
        if table not in tables:
            faults.add(over.at, "UNKNOWN_NAME", f"{table} is no table", nearest(table, tables))
            return None, names
        return m.Loop("row", table, text=over.text), names.local(names.row_variables(table))
    if names.takes(var.text):
        faults.add(var.at, "FOR_EACH", f"the variable {var.text} hides another name", "choose another name")
    try:
        checked = names.environment().check(over.text)
        typed = lower(checked, names).element()
    except CheckError as error:
        report(error, over, names, faults)
        return None, names
    root = checked.tree.type_map[checked.tree.expr.id].list_type.elem_type
    if root.WhichOneof("kind") != "message_type":
        faults.add(over.at, "FOR_EACH", f"{over.text} is no list of parties, places, concerns or components")
        return None, names
    bound = (cel.Type(root.message_type), replace(typed, expr=t.Var(var.text), message=root.message_type))
    return m.Loop(var.text, "", lower(checked, names).expr, over.text), names.local({var.text: bound})


def _effect(source: EffectSource, names: NameSpace, faults: Faults) -> m.Effect | None:  # noqa: C901, PLR0912  # one branch for each effect
    texts = {key: compile_bound(scalar, names, faults) for key, scalar in source.texts.items()}
    plain = {key: scalar.text for key, scalar in source.texts.items()}
    for key, kind in EFFECT_CHOICES.items():
        if key in source.texts and not plain[key].startswith("="):
            choose(plain[key], kind, source.texts[key].at, f"{key} of {source.kind}", faults)
    lists = {key: tuple(scalar.text for scalar in scalars) for key, scalars in source.lists.items()}
    needs = tuple(_need(need, names, faults) for need in source.needs)
    match source.kind:
        case "reach":
            return m.Reach(plain["limb"])
        case "require":
            wanted = m.RequirementKind(_known_choice(plain.get("kind"), m.RequirementKind, m.RequirementKind.LICENSE))
            return m.Require(texts["basis"], wanted, texts.get("review", m.Review.UNSTATED.value))
        case "prohibit":
            return m.Prohibit(texts["basis"], m.Derogation(_known_choice(plain.get("derogation"), m.Derogation, m.Derogation.NONE)))
        case "bar":
            listed = source.lists.get("authorizations") or source.lists.get("all_except", ())
            bound = [compile_bound(scalar, names, faults, "LIST<STRING>") for scalar in listed if scalar.text.startswith("=")]
            if bound and len(listed) > 1:
                faults.add(listed[0].at, "EFFECT", "a list that a row names holds nothing else", "write `all_except: =row.column`")
            stated = bound[0] if bound and isinstance(bound[0], m.Bound) else tuple(scalar.text for scalar in listed)
            return m.Bar(stated, "all_except" in source.lists)
        case "refer":
            return m.Refer(plain["to"])
        case "exempt":
            return m.Exempt(lists.get("bases", ()))
        case "authorize":
            return m.Authorize(plain["id"], plain["title"], lists.get("covers", ()), needs)
        case "oblige":
            return m.Oblige(needs[0])
        case "flag":
            return m.Flag(plain["id"], plain["text"])
        case "score":
            return _score(source, plain, faults)
        case _:
            return None


def _known_choice(text: str | None, kind: Any, default: Any) -> Any:
    return text if text in {member.value for member in kind} else default


def _score(source: EffectSource, plain: Mapping[str, str], faults: Faults) -> m.Score:
    points = plain["points"]
    if not re.fullmatch(r"-?\d{1,4}", points):
        faults.add(source.texts["points"].at, "NUMBER", f"points is {points}, expected a whole number")
        points = "0"
    return m.Score(int(points), plain["factor"])


def _need(source: NeedSource, names: NameSpace, faults: Faults) -> m.Need:
    met = compile_condition(source.met, names, faults) if source.met is not None else None
    return m.Need(source.text, source.timing, met, source.due, source.cite)


# ---- vocabulary ---------------------------------------------------------------------------------------------------------


def _vocabulary(named: Named, bloc: Compiled | None, names: NameSpace, faults: Faults) -> Vocabulary:
    party = (env.PARTY, Typed(t.Var("party"), "licet.v1.Party", pattern="parties[*]"))
    # A guard may name a party; `party` is also a function, which CEL keeps apart from variables.
    inner = names.local({"party": party})
    taken = bloc.vocabulary.entries if bloc is not None else {}
    own = {fact.path.text for fact in named.source.facts}
    entries = {
        path: taken[path] if path in taken and path not in own else _entry(fact, inner, faults)
        for path, fact in named.facts.items()
    }
    return Vocabulary(entries)


def _entry(fact: FactSource, names: NameSpace, faults: Faults) -> FactEntry:
    guard = None
    if fact.unless is not None:
        condition = compile_condition(fact.unless, names, faults)
        guard = Guard(as_expr(condition)) if condition is not None else None
        _check_subject(fact, condition, faults)
    kinds = {kind.value: kind for kind in FactClass}
    modes = {mode.value: mode for mode in (Mode.CONTROL, Mode.RELIEF)}
    for serves in fact.serves:
        if serves not in modes:
            faults.add(fact.path.at, "CHOICE", f"for of {fact.path.text} is {serves}, expected controls or authorizations")
    return FactEntry(
        pattern=fact.path.text,
        kind=kinds.get(fact.kind, FactClass.ASK),
        question=fact.question,
        type=fact.type,
        unit=fact.unit,
        value=fact.value,
        serves=frozenset(modes[s] for s in fact.serves if s in modes),
        statement=fact.statement,
        only_if_known=fact.only_if_known,
        guard=guard,
    )


def _check_subject(fact: FactSource, condition: m.Condition | None, faults: Faults) -> None:
    """A guard speaks of the item or party only where the fact is one of an item or of a party."""
    path = fact.path.text
    for leaf in m.leaves(condition):
        for name, of in (("item", "items[*]"), ("party", "parties[*]")):
            if not path.startswith(of) and any(isinstance(node, t.Var) and node.name == name for node in leaf.expr.nodes()):
                faults.add(leaf.at, "EXPRESSION", f"{name} means nothing here: {path} is no fact of one", "compare facts of tx")


def known_entries(named: Named, column: str, tables: Iterable[str]) -> frozenset[str] | None:
    """The codes of a column of tables, on whatever date."""
    if any(table not in named.tables for table in tables):
        return None
    rows = (row for table in tables for row in named.tables[table].rows)
    return frozenset(str(cell) for row in rows if isinstance(cell := row.cells.get(column), Code))


__all__ = ["Compiled", "Named", "Scheme", "compile_package", "known_entries", "name_package"]
