"""Small packages as Hypothesis draws them: the invented Testland `zz`, and now and then `yy`, alone or as a member of Testland's bloc.

Everything that a rule may do is drawn: effects, nested conditions over every class of fact, tables with dated rows, groups with parts
of countries, `for_each` over rows, parties, listings, concerns and transit, intervals around the boundaries of `DAYS`. Claims stand
only where the law of the language lets them stand, so every package loads.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from hypothesis import strategies as st

from licet.policy.release import Release, load_release
from tests.support.packages import CATALOGUES, rule, rules_file

Draw = st.DrawFn
Fields = dict[str, Any]

BOUNDARY: Final = datetime.date(2026, 3, 1)
LAST: Final = datetime.date(2026, 6, 1)
DAYS: Final = tuple(boundary + datetime.timedelta(days=days) for boundary in (BOUNDARY, LAST) for days in (0, -1, 1))
"""The dates on which laws begin and end, and one day beside."""
CODES: Final = ("A1.a", "A1.b.1", "A1.b.2", "A2", "B1.a")
EVERYWHERE: Final = ("ZZ", "YY", "AA", "BB", "CC")


@dataclass(frozen=True)
class Made:
    """A folder of policies."""

    files: Mapping[str, bytes]

    def with_rules(self, *rules: Mapping[str, Any]) -> Made:
        """The folder with more rules of Testland; the basis ALONE is lifted by nothing that is drawn."""
        return Made({**self.files, "zz/rules/more.yaml": rules_file(*rules).encode()})

    @cached_property
    def release(self) -> Release:
        """The folder, loaded."""
        return load_release(self.files)

    @cached_property
    def text(self) -> str:
        """All rules, tables and vocabularies as one text: what a fact's name occurs in may read it."""
        own = [content.decode() for name, content in sorted(self.files.items()) if name[:3] in ("zz/", "yy/")]
        guards = [
            str(fact.get(key)) for fact in json.loads(self.files["vocabulary.yaml"])["facts"] for key in ("unless", "only_if_known")
        ]
        return "\n".join(own + guards)

    def __repr__(self) -> str:
        return "Made"

    def _repr_pretty_(self, printer: Any, _cycle: bool) -> None:  # the protocol of pretty printers
        """What differs from package to package, as Hypothesis prints a failing example."""
        printer.text("\n".join(self._shown()))

    def _shown(self) -> Iterator[str]:
        for name, content in sorted(self.files.items()):
            if name.endswith(("entries.csv", "chart.csv")):
                yield f"--- {name}\n{content.decode()}"
            elif name.endswith(".yaml") and content.startswith(b"{"):
                data = json.loads(content)
                for key in ("rules", "groups", "facts"):
                    yield from (
                        f"{name}: {_short(each)}" for each in data.pop(key, ()) if each.get("class") not in ("ask", "claim")
                    )
                yield f"{name}: {json.dumps(data)}"


def _short(entry: Fields) -> str:
    boring = ("title", "cite", "derives_from", "concept", "phase", "question", "statement")
    return json.dumps({key: value for key, value in entry.items() if key not in boring})


# ---- catalogues ---------------------------------------------------------------------------------------------------------

_PLACES: Final = """\
countries:
  - {code: ZZ, name: Testland}
  - {code: YY, name: Member}
  - {code: AA, name: Alpha}
  - {code: BB, name: Beta}
  - {code: CC, name: Gamma}
areas:
  - {code: B-ZONE, name: A zone, part_of: BB, arrives_as: [BB-2]}
  - {code: BB-1-D, name: The deep part, part_of: BB-1}
  - {code: BB-1-E, name: The other part, part_of: BB-1}
regions:
  - {code: BB-1, name: First, part_of: BB}
  - {code: BB-2, name: Second, part_of: BB}
  - {code: BB-3, name: Third, part_of: BB}
blocs: []
"""
_SCHEMES: Final = f"""\
schemes:
  - id: zz.list
    title: List of Testland
    grammar: paragraphs
    pattern: '[A-Z][0-9]+(\\.[a-z0-9]+)*'
    negative: [NLR]
    changed: {BOUNDARY}
    entries: {{package: zz, table: known, column: entry}}
    answered_by: [yy.list]
  - {{id: yy.list, title: List of the member, grammar: paragraphs, pattern: '[A-Z][0-9]+(\\.[a-z0-9]+)*', negative: [NLR]}}
  - {{id: zz.extra, title: Another list, grammar: exact, pattern: 'X[0-9]', negative: [NLR]}}
  - {{id: hs, title: Customs, grammar: digits, pattern: '([0-9][0-9])+'}}
"""
_DEFINITIONS: Final = """\
definitions:
  - {id: dest, title: Destination, is: tx.destination}
  - id: act.export
    title: Shipment out of Testland
    is: {all: [tx.activity == EXPORT, tx.origin.country == "ZZ"]}
  - id: 'under(entry: string)'
    title: The item falls in the entry
    is: item.classifications["zz.list"].codes.exists(c, within(c, entry))
"""

_FLAG: Final = "tx.red_flags.exists(f, f.cleared == false)"
_GUARDS: Final = (
    _FLAG,
    "tx.end_use.purposes.exists(u, u == MILITARY_OTHER)",
    'tx.destination.country == "BB"',
    "tx.end_use.concerns.exists(c, c.knowledge in [Knowledge.SUSPECTED, Knowledge.AWARE])",
)
_PARTY_GUARDS: Final = (*_GUARDS, 'party.country == "BB"')
_ITEM_GUARDS: Final = (*_GUARDS, "item.quantity > 5", 'item.classifications["zz.list"].codes.exists(c, within(c, "A1.b"))')

ASKED: Final = (
    "activity",
    "contract_date",
    "origin.country",
    "origin.region",
    "destination.country",
    "transit[*].country",
    "transit[*].region",
    "parties",
    "parties[*].country",
    "parties[*].listings[*].list",
    "parties[*].owners[*].percent",
    "roles[BROKER]",
    "roles[ULTIMATE_CONSIGNEE]",
    "end_use.concerns[*].purpose",
    "end_use.concerns[*].knowledge",
    "items[*].quantity",
    "items[*].value",
    "items[*].classifications[zz.list]",
    "items[*].classifications[hs]",
    "rates",
    "red_flags[*].cleared",
)
"""Facts that are asked for in every package."""
ASSUMABLE: Final[Mapping[str, tuple[str, str]]] = {
    "destination.region": ("", "none"),
    "end_use.place_of_use": ("", "=destination"),
    "end_use.purposes": ("", "none"),
    "end_use.concerns": ("", "none"),
    "transit": ("", "none"),
    "parties[*].region": ("", "none"),
    "parties[*].military": ("", "no"),
    "parties[*].government": ("", "no"),
    "parties[*].business": ("", "none"),
    "parties[*].listings": ("", "none"),
    "parties[*].owners": ("", "none"),
    "roles[END_USER]": ("", "ULTIMATE_CONSIGNEE"),
    "items[*].kind": ("", "COMMODITY"),
    "items[*].country_of_origin": ("", "ZZ"),
    "items[*].classifications[zz.extra]": ("", "none"),
    "items[*].classifications[*].as_of": ("", "none"),
    "items[*].technical[power]": ("number", "5"),
    "items[*].controlled_content_percent[zz]": ("", "0"),
    "items[*].circumstances[zz.q1]": ("bool", "no"),
    "items[*].circumstances[zz.q2]": ("bool", "yes"),
    "circumstances[zz.fair]": ("bool", "no"),
    "usage": ("", "none"),
    "red_flags": ("", "none"),
}
"""Facts that a package asks for or assumes: type and assumed value."""
CLAIMED: Final[Mapping[str, str]] = {
    "items[*].published": "",
    "items[*].goods": "",
    "items[*].previously_exported_under": "",
    "items[*].circumstances[zz.claim]": "bool",
    "end_use.temporary": "",
    "end_use.return_date": "",
    "documents": "",
    "registrations": "",
    "licenses": "",
    "parties[*].screened_on": "",
}
"""Facts that can only help the exporter."""


def _fact(draw: Draw, path: str, type_: str, value: str) -> Fields:
    fact: Fields = {"path": path, "class": "ask", "question": f"What is {path}?"}
    if type_:
        fact["type"] = type_
    if draw(st.integers(0, 9)) < 3:
        return fact
    serves = draw(st.sampled_from((["controls", "authorizations"], ["controls"], ["authorizations"])))
    fact |= {"class": "assume", "value": value, "for": serves, "statement": f"{path} is {value}."}
    guards = _PARTY_GUARDS if path.startswith("parties") else _ITEM_GUARDS if path.startswith("items") else _GUARDS
    guard = draw(st.none() | st.sampled_from(guards))
    if guard is not None:
        fact["unless"] = guard
    if draw(st.integers(0, 5)) == 5 and not path.startswith("destination"):
        fact["only_if_known"] = ["items[*].kind"] if path.startswith("items") and "kind" not in path else ["destination.country"]
    return fact


def _vocabulary(draw: Draw) -> str:
    facts: list[Fields] = [{"path": path, "class": "ask", "question": f"What is {path}?"} for path in ASKED]
    facts += [_fact(draw, path, type_, value) for path, (type_, value) in ASSUMABLE.items()]
    facts += [{"path": path, "class": "claim"} | ({"type": type_} if type_ else {}) for path, type_ in CLAIMED.items()]
    return json.dumps({"facts": facts})


# ---- groups and tables --------------------------------------------------------------------------------------------------


def _dated(draw: Draw) -> Fields:
    """No boundary, a beginning or an end."""
    return draw(st.sampled_from(({}, {}, {"from": str(BOUNDARY), "by": "Act 2"}, {"to": str(LAST), "to_by": "Act 3"})))


def _groups(draw: Draw) -> str:
    members = st.lists(st.sampled_from(("AA", "BB", "CC", "YY", "BB-1", "BB-1-D", "B-ZONE")), min_size=1, max_size=3, unique=True)
    groups: list[Fields] = []
    for name in ("g1", "g2"):
        dated = [{"is": member, **_dated(draw)} for member in draw(members)]
        groups.append({"id": f"{name}", "kind": "places", "members": dated})
    groups.append({"id": "built", "kind": "places", "union": [{"is": "g1", **_dated(draw)}], "minus": ["g2"]})
    groups.append({"id": "not_g1", "kind": "places", "all_except": ["g1"]})
    groups.append({"id": "uses", "kind": "purposes", "members": ["NUCLEAR_EXPLOSIVE", {"is": "MILITARY_OTHER", **_dated(draw)}]})
    groups.append({"id": "lists", "kind": "words", "members": ["L1", {"is": "L2", **_dated(draw)}]})
    late = draw(st.sampled_from(("", "", "", "g2", "uses")))
    for group in groups:
        group.update({"title": group["id"], "cite": "Annex"} | ({"history_from": str(BOUNDARY)} if group["id"] == late else {}))
    return json.dumps({"history_from": "2001-01-01", "groups": groups})


_TABLES: Final = """\
tables:
  - {id: known, title: All entries, instrument: zz.act, cite: Annex, history_from: 2001-01-01}
  - {id: entries, title: Listed entries, instrument: zz.act, cite: Annex, history_from: HISTORY}
  - {id: chart, title: Chart, instrument: zz.act, cite: Annex, history_from: 2001-01-01}
"""
_ITEM_CELLS: Final = (
    "item.quantity > 5",
    'item.technical["power"] >= 10',
    "item.kind == ItemKind.SOFTWARE",
    'tx.destination.country == "BB"',
)


def _entries(draw: Draw) -> str:
    """The table of listed entries: rows with paragraphs, exceptions, conditions in cells, dates."""
    lines = [
        "*entry:code(zz.list),codes:codes(zz.list),basis:word,q:fact?,when:expr?,review:word,col:column(chart),from:date?,to:date?"
    ]
    codes = draw(st.lists(st.sampled_from(("A1.b", "A1", "A2", "B1.a", "A1.b.1")), min_size=1, max_size=3, unique=True))
    for code in codes:
        except_ = f"{code} except A1.b.2" if code in ("A1", "A1.b") and draw(st.booleans()) else code
        cells = (
            code,
            except_,
            draw(st.sampled_from(("B1", "B2"))),
            draw(st.sampled_from(("", "", "zz.q1", "!zz.q2"))),
            draw(st.sampled_from(("", "", *_ITEM_CELLS))),
            draw(st.sampled_from(("case-by-case", "denial"))),
            draw(st.sampled_from(("C1", "C2"))),
            *draw(st.sampled_from((("", ""), ("", ""), (str(BOUNDARY), ""), ("", str(LAST))))),
        )
        lines.append(",".join(f'"{cell.replace(chr(34), chr(34) * 2)}"' for cell in cells))
    return "\n".join(lines) + "\n"


def _chart(draw: Draw) -> str:
    marks = st.sampled_from(("X", "X", "", "", "?"))
    missing = draw(st.sampled_from(("", "", "", "", "CC")))
    rows = [f"{place},{draw(marks)},{draw(marks)}" for place in (*EVERYWHERE, "BB-2") if place != missing]
    return "\n".join(("*place:place,C1:mark,C2:mark", *rows)) + "\n"


# ---- conditions ---------------------------------------------------------------------------------------------------------

_TX_LEAVES: Final = (
    'tx.destination.country == "AA"',
    "dest in groups.{g}",
    "tx.end_use.place_of_use in groups.{g}",
    "tx.transit.exists(t, t in groups.{g})",
    "tx.transit.all(t, !(t in groups.{g}))",
    "parties(END_USER).exists(p, p.military)",
    "parties(END_USER).exists(p, place(p) in groups.{g})",
    "parties(BROKER).all(p, !p.government)",
    'party(BROKER).country == "AA"',
    "party(END_USER).government",
    'tx.parties.exists(p, p.country == "BB")',
    "tx.parties.exists(p, p.military || p.government)",
    "tx.parties.exists(p, p.business == TRADER)",
    "tx.parties.all(p, p.business != TRADER)",
    'tx.parties.exists(p, p.listings.exists(l, l.list == "L1"))',
    "tx.parties.all(p, p.listings.all(l, !(l.list in groups.lists)))",
    "tx.parties.exists(p, p.owners.exists(o, o.percent >= 50))",
    "tx.end_use.purposes.exists(u, u in groups.uses)",
    "tx.end_use.purposes.all(u, u == CIVIL)",
    "tx.end_use.concerns.exists(c, c.purpose == NUCLEAR_EXPLOSIVE && c.knowledge in [Knowledge.AWARE, Knowledge.SUSPECTED])",
    "fact.zz.fair == true",
    'used("N1", "2026") > 50',
    f'tx.date >= date("{BOUNDARY}")',
    f'tx.contract_date < date("{BOUNDARY}")',
    'marked(tables.chart, tx.destination, "C1")',
    "tables.chart.C2[tx.destination.country]",
    "sum(tx.items.map(i, i.quantity)) > 8",
    'sum(tx.items.map(i, i.classifications["zz.list"].codes.exists(c, within(c, "A1.b")), money(i.value, "USD"))) <= 1000',
    "tx.red_flags.exists(f, f.cleared == false)",
)
_ITEM_LEAVES: Final = (
    'under("A1.b")',
    'under("A1")',
    "listed(item, tables.entries)",
    'item.classifications["zz.list"].codes.all(c, !within(c, "B1"))',
    'item.classifications["zz.extra"].codes.exists(c, within(c, "X1"))',
    'item.classifications["hs"].codes.exists(c, within(c, "85"))',
    "item.quantity > 5",
    'item.technical["power"] >= 10',
    "item.kind == ItemKind.SOFTWARE",
    'item.country_of_origin == "AA"',
    "place(item.country_of_origin) in groups.{g}",
    'item.controlled_content_percent["zz"] >= 25',
    'item.circumstances["zz.q1"] == true',
    'item.circumstances["zz.q2"] == false',
    'money(item.value, "USD") <= 1000',
)
_CLAIM_LEAVES: Final = (
    "item.published",
    "item.goods.exists(g, g == FOOD)",
    'item.previously_exported_under == "N1"',
    'item.circumstances["zz.claim"] == true',
    "tx.end_use.temporary",
    f'tx.end_use.return_date <= date("{LAST}")',
    'held("zz.reg")',
)
_LOOPS: Final[Mapping[str, tuple[Fields, tuple[str, ...]]]] = {
    "party": (
        {"who": "tx.parties"},
        (
            "who.military",
            'who.country == "BB"',
            "place(who) in groups.{g}",
            "!who.government",
            "who.owners.exists(o, o.percent >= 50)",
        ),
    ),
    "listing": (
        {"who": "tx.parties", "listing": "who.listings"},
        ('listing.list == "L1"', "listing.list in groups.lists", "who.military"),
    ),
    "transit": ({"stop": "tx.transit"}, ("stop in groups.{g}",)),
    "concern": (
        {"use": "tx.end_use.concerns"},
        ("use.purpose == NUCLEAR_EXPLOSIVE", "use.knowledge == Knowledge.AWARE"),
    ),
}


@dataclass(frozen=True)
class _Leaves:
    """Which leaves a rule may have; `helps` says whether a claim may make it fire (relief) or keep it from firing (control)."""

    texts: tuple[str, ...]
    helps: bool

    def draw(self, draw: Draw, *, negative: bool) -> str:
        """One leaf; under a `none` the polarity of claims is turned round."""
        if draw(st.integers(0, 5)) == 5:
            claim = draw(st.sampled_from(_CLAIM_LEAVES))
            return claim if self.helps != negative else f"!({claim})"
        text = self._plain(draw)
        match draw(st.integers(0, 9)):
            case 7:
                return f"({text}) || ({self._plain(draw)})"
            case 8:
                return f"!({text})"
            case 9:
                return f"({text}) ? ({self._plain(draw)}) : ({self._plain(draw)})"
            case _:
                return text

    def _plain(self, draw: Draw) -> str:
        text = draw(st.sampled_from(self.texts))
        group = draw(st.sampled_from(("g1", "built", "not_g1", "g2"))) if "{g}" in text else ""
        return text.replace("{g}", group)


def _condition(draw: Draw, leaves: _Leaves, depth: int = 2, *, negative: bool = False) -> Any:
    """Nested all, any, none over leaves."""
    kind = draw(st.sampled_from(("leaf", "all", "any", "none"))) if depth else "leaf"
    if kind == "leaf":
        return leaves.draw(draw, negative=negative)
    inner = negative != (kind == "none")
    parts = draw(st.integers(1, 3))
    return {kind: [_condition(draw, leaves, depth - 1, negative=inner) for _ in range(parts)]}


# ---- rules --------------------------------------------------------------------------------------------------------------

_INTERVALS: Final = (
    [{"from": "2001-01-01", "by": "Act"}],
    [{"from": "2001-01-01", "by": "Act"}],
    [{"from": "2001-01-01", "by": "Act"}],
    [{"from": str(BOUNDARY), "by": "Act 2"}],
    [{"from": "2001-01-01", "by": "Act", "to": str(LAST), "to_by": "Act 3"}],
    [{"from": "2001-01-01", "by": "Act", "to": str(BOUNDARY)}, {"from": str(BOUNDARY + datetime.timedelta(days=1)), "by": "Act 4"}],
)
_NEEDS: Final = (
    {"text": "Register", "timing": "before", "met": 'held("zz.reg")'},
    {"text": "Assure", "timing": "before"},
    {"text": "Report", "timing": "after"},
    {"text": "Be honest", "timing": "standing", "met": 'item.circumstances["zz.claim"] == true'},
    {"text": "Show it", "timing": "before", "met": {"any": ['held("zz.reg")', 'item.circumstances["zz.claim"] == true']}},
)
_CONTROLS: Final = ("require", "require", "require", "prohibit", "bar", "refer")
_OTHERS: Final = ("authorize", "authorize", "exempt", "oblige", "flag", "score")


def _effect(draw: Draw, kind: str) -> Fields:
    pick = draw
    bases = st.lists(st.sampled_from(("B1", "B2", "P1", "all")), min_size=1, max_size=2, unique=True)
    match kind:
        case "require":
            review = pick(st.sampled_from(("case-by-case", "denial", "unstated")))
            return {"require": {"basis": pick(st.sampled_from(("B1", "B2"))), "review": review}}
        case "prohibit":
            derogation = pick(st.sampled_from(("none", "authority")))
            return {"prohibit": {"basis": pick(st.sampled_from(("P1", "B1"))), "derogation": derogation}}
        case "bar":
            key = pick(st.sampled_from(("authorizations", "all_except")))
            names = [pick(st.sampled_from(("X1", "X2")))] if key == "authorizations" or pick(st.booleans()) else []
            return {"bar": {key: names}}
        case "refer":
            return {"refer": {"to": "other"}}
        case "exempt":
            return {"exempt": {"bases": pick(bases)}}
        case "authorize":
            needs = pick(st.lists(st.sampled_from(_NEEDS), max_size=2))
            covers = pick(st.just(["all"]) | bases)
            id_ = pick(st.sampled_from(("X1", "X2")))
            return {"authorize": {"id": id_, "title": id_, "covers": covers, **({"needs": needs} if needs else {})}}
        case "oblige":
            met = pick(st.sampled_from(({}, {"met": 'held("zz.reg")'})))
            return {"oblige": {"text": "Tell the office", "timing": pick(st.sampled_from(("before", "after"))), **met}}
        case "flag":
            return {"flag": {"id": pick(st.sampled_from(("F1", "F2"))), "text": "Look twice"}}
        case _:
            return {"score": {"points": str(pick(st.sampled_from((10, 60)))), "factor": "Something"}}


def _rule(draw: Draw, id_: str, kind: str, instrument: str) -> Fields:
    relief = kind in ("authorize", "exempt")
    texts: tuple[str, ...] = (*_ITEM_LEAVES, *_TX_LEAVES)
    effect = _effect(draw, kind)
    fields: Fields = {"instrument": instrument, "in_force": draw(st.sampled_from(_INTERVALS))}
    loop = draw(st.sampled_from(("", "", "", "", "entries", *_LOOPS)))
    row: list[Any] = []
    if loop == "entries":
        fields["for_each"] = "tables.entries"
        fields["about"] = 'item.classifications["zz.list"].codes.exists(c, within(c, row.codes))'
        row = draw(st.lists(st.sampled_from(("row.q", "row.when", "marked(tables.chart, tx.destination, row.col)")), unique=True))
        if kind == "require":
            effect = {"require": {"basis": "=row.basis", "review": "=row.review"}}
    elif loop:
        fields["for_each"], texts = _LOOPS[loop][0], (*_LOOPS[loop][1], *_LOOPS[loop][1], *_TX_LEAVES)
    leaves = _Leaves(texts, helps=relief)
    if loop != "entries" and draw(st.integers(0, 3)) == 3:
        fields["about"] = leaves.draw(draw, negative=False)
    if draw(st.integers(0, 11)) == 11:
        fields |= {"status": "stayed", "cause": "A court"}
    if draw(st.integers(0, 3)) == 3:
        fields["disclosure"] = "restricted"
    always = f'tx.date >= date("{datetime.date(2001, 1, 1)}")'
    when = {"all": row} if row else always if loop == "entries" and draw(st.booleans()) else _condition(draw, leaves)
    return rule(id_, effect, when, **fields)


def _reach(draw: Draw, id_: str, instrument: str) -> Fields:
    plain = draw(st.sampled_from(("act.export", "act.export", "act.export", None)))
    texts = (*_TX_LEAVES, 'item.country_of_origin == "AA"', 'item.controlled_content_percent["zz"] >= 25')
    when = plain or _condition(draw, _Leaves(texts, helps=False), 1)
    return rule(id_, {"reach": {"limb": "export"}}, when, instrument=instrument, concept="nexus")


def _rules(draw: Draw, jurisdiction: str, instruments: Sequence[str]) -> list[Fields]:
    rules = [_reach(draw, f"{jurisdiction}.reach{n}", each) for n, each in enumerate(instruments)]
    kinds = [
        *draw(st.lists(st.sampled_from(_CONTROLS), min_size=1, max_size=4)),
        *draw(st.lists(st.sampled_from(_OTHERS), max_size=4)),
    ]
    for number, kind in enumerate(kinds):
        instrument = draw(st.sampled_from(instruments))
        rules.append(_rule(draw, f"{jurisdiction}.r{number}", kind, instrument))
    for id_ in ("X1", "X2"):
        # A bar may name an authorization only where the package has it; this one covers nothing that is ever required.
        effect = {"authorize": {"id": id_, "title": id_, "covers": ["NEVER"]}}
        rules.append(rule(f"{jurisdiction}.never{id_}", effect, 'tx.origin.country == "ZZ"', instrument=instruments[0]))
    return rules


_TIERS: Final[tuple[list[dict[str, str]], ...]] = (
    [],
    [{"tier": "plain", "from": "0"}, {"tier": "high", "from": "60", "hold": "true"}],
)


def _policy(
    jurisdiction: str, instruments: Sequence[str], *, extends: str = "", tiers: Sequence[Fields] = (), set_: str = "all"
) -> str:
    bases = [("B1", "all"), ("B2", set_), ("P1", ""), ("NEVER", ""), ("ALONE", "")]
    return json.dumps(
        {
            "jurisdiction": jurisdiction,
            "name": jurisdiction,
            "version": "2026.11.0",
            "language": "1",
            "authority": "Office",
            "checked": "2026-01-01",
            "places": [jurisdiction.upper()],
            "instruments": [{"id": i, "title": i, "cite": i, "limbs": ["export"]} for i in instruments],
            "bases": [{"id": id_, "title": id_, "set": in_set} for id_, in_set in bases],
            "tiers": list(tiers),
            "covers": ["Something"],
            "not_covered": ["Everything else"],
            **({"extends": extends} if extends else {}),
        }
    )


_FIXED: Final[Mapping[str, str]] = {
    "concepts.yaml": CATALOGUES["concepts.yaml"],
    "regimes/regimes.yaml": CATALOGUES["regimes/regimes.yaml"],
    "regimes/members.csv": "*place:place,*regime:word,standing:word,from:date?,to:date?,provenance:word,source:text?,note:text?\n",
    "places.yaml": _PLACES,
    "schemes.yaml": _SCHEMES,
    "zz/definitions.yaml": _DEFINITIONS,
    "zz/tables/known.csv": "*entry:code(zz.list)\n" + "".join(f"{code}\n" for code in CODES),
}


@st.composite
def packages(draw: Draw) -> Made:
    """A folder with Testland's package, and at times a member of its bloc."""
    history = draw(st.sampled_from(("2001-01-01", "2001-01-01", "2001-01-01", str(BOUNDARY))))
    texts: dict[str, str] = {
        **_FIXED,
        "vocabulary.yaml": _vocabulary(draw),
        "zz/groups/groups.yaml": _groups(draw),
        "zz/tables/tables.yaml": _TABLES.replace("HISTORY", history),
        "zz/tables/entries.csv": _entries(draw),
        "zz/tables/chart.csv": _chart(draw),
    }
    instruments = draw(st.sampled_from((("zz.act",), ("zz.act", "zz.other"))))
    tiers, set_ = draw(st.sampled_from(_TIERS)), draw(st.sampled_from(("all", "")))
    texts["zz/policy.yaml"] = _policy("zz", instruments, tiers=tiers, set_=set_)
    rules = _rules(draw, "zz", instruments)
    middle = len(rules) // 2
    late = draw(st.sampled_from(("2001-01-01", "2001-01-01", "2001-01-01", str(BOUNDARY))))
    texts["zz/rules/a.yaml"] = rules_file(*rules[:middle])
    texts["zz/rules/b.yaml"] = rules_file(*rules[middle:], history_from=late)
    if draw(st.integers(0, 2)) == 2:
        texts |= _second(draw)
    return Made({name: text.encode() for name, text in texts.items()})


def _second(draw: Draw) -> dict[str, str]:
    """A member of Testland's bloc, which sees all that Testland defines."""
    rules = [each for each in _rules(draw, "yy", ("yy.act",)) if not each["id"].startswith("yy.never")]
    return {"yy/policy.yaml": _policy("yy", ("yy.act",), extends="zz"), "yy/rules/c.yaml": rules_file(*rules)}


def plain_package(*rules: Mapping[str, Any], vocabulary: Sequence[Fields] = (), other: Any = None) -> Made:
    """Testland with just these rules beside its nexus: every fact that could be assumed is asked for, but for those given.

    Its second law `zz.other` reaches where the condition `other` holds.
    """
    given = {fact["path"]: fact for fact in vocabulary}
    asked = {path: {"path": path, "class": "ask", "question": f"What is {path}?"} for path in (*ASKED, *ASSUMABLE)}
    typed = {
        path: fact | ({"type": ASSUMABLE[path][0]} if path in ASSUMABLE and ASSUMABLE[path][0] else {})
        for path, fact in asked.items()
    }
    claimed = {path: {"path": path, "class": "claim"} | ({"type": kind} if kind else {}) for path, kind in CLAIMED.items()}
    laws = {"zz.act": "act.export"} | ({"zz.other": other} if other is not None else {})
    reach = [
        rule(f"{law}.reach", {"reach": {"limb": "export"}}, when, instrument=law, concept="nexus") for law, when in laws.items()
    ]
    places = [{"id": "g1", "title": "g1", "kind": "places", "cite": "Annex", "members": ["BB-1", "CC"]}]
    texts = {
        **_FIXED,
        "vocabulary.yaml": json.dumps({"facts": list((typed | claimed | given).values())}),
        "zz/groups/groups.yaml": json.dumps({"history_from": "2001-01-01", "groups": places}),
        "zz/tables/tables.yaml": _TABLES.replace("HISTORY", "2001-01-01"),
        "zz/tables/entries.csv": "*entry:code(zz.list),codes:codes(zz.list),basis:word\n" + "".join(f"{c},{c},B1\n" for c in CODES),
        "zz/tables/chart.csv": "*place:place,C1:mark\n" + "".join(f"{place},X\n" for place in EVERYWHERE),
        "zz/policy.yaml": _policy("zz", tuple(laws)),
        "zz/rules/rules.yaml": rules_file(*reach, *rules),
    }
    return Made({name: text.encode() for name, text in texts.items()})


# ---- dense packages -----------------------------------------------------------------------------------------------------

_PROBES: Final = (
    'item.circumstances["zz.q1"] == true',
    'item.circumstances["zz.q2"] == false',
    "fact.zz.fair == true",
    "tx.parties.exists(p, p.military)",
    'tx.parties.exists(p, p.listings.exists(l, l.list == "L1"))',
    "tx.end_use.purposes.exists(u, u == MILITARY_OTHER)",
    'tx.transit.exists(t, t.country == "AA")',
    "dest in groups.g1",
    'under("A1.b")',
    'item.technical["power"] >= 10',
    "parties(END_USER).exists(p, p.government)",
    "tx.end_use.place_of_use in groups.g1",
)
"""Conditions that read one fact each."""
_PARTS: Final[tuple[tuple[str, str, Fields], ...]] = (
    ("zz.act", "need", {"require": {"basis": "B1"}}),
    ("zz.act", "denied", {"require": {"basis": "B2", "review": "denial"}}),
    ("zz.act", "lift", {"authorize": {"id": "X1", "title": "X1", "covers": ["all"]}}),
    ("zz.act", "bar", {"bar": {"authorizations": ["X1"]}}),
    ("zz.act", "free", {"exempt": {"bases": ["B2"]}}),
    ("zz.act", "ban", {"prohibit": {"basis": "P1", "derogation": "authority"}}),
    ("zz.act", "unban", {"exempt": {"bases": ["P1"]}}),
    ("zz.other", "lift", {"authorize": {"id": "X2", "title": "X2", "covers": ["all"]}}),
    ("zz.other", "bar", {"bar": {"all_except": ["X2"]}}),
    ("zz.act", "flag", {"flag": {"id": "F1", "text": "Look twice"}}),
    ("zz.act", "duty", {"oblige": {"text": "Tell the office", "timing": "before", "met": 'held("zz.reg")'}}),
)


@st.composite
def dense_packages(draw: Draw) -> Made:
    """Testland with one rule of each kind, which all speak to one item and read one fact each: what meets seldom meets here."""
    probes = draw(st.lists(st.sampled_from(_PROBES), min_size=2, max_size=4, unique=True))
    conditions = st.sampled_from(('tx.origin.country == "ZZ"', *probes, *(f"!({probe})" for probe in probes)))

    def condition(effect: Fields) -> Any:
        text = draw(conditions)
        if draw(st.integers(0, 5)) < 5:
            return text
        claim = draw(st.sampled_from(_CLAIM_LEAVES))
        return {"any": [text, claim]} if effect.keys() & {"authorize", "exempt"} else {"all": [text, f"!({claim})"]}

    rules: list[Fields] = []
    for law, name, effect in _PARTS:
        if name == "need" or draw(st.booleans()):
            if name == "lift" and (needs := draw(st.lists(st.sampled_from(_NEEDS), max_size=1))):
                effect = {"authorize": {**effect["authorize"], "needs": needs}}  # noqa: PLW2901  # the same with needs
            rules.append(rule(f"{law}.{name}", effect, condition(effect), instrument=law))
    # A bar may name an authorization only where there is one.
    never = [
        rule(f"zz.never{id_}", {"authorize": {"id": id_, "title": id_, "covers": ["NEVER"]}}, 'tx.origin.country == "YY"')
        for id_ in ("X1", "X2")
    ]
    facts = [_fact(draw, path, *ASSUMABLE[path]) for path in ASSUMABLE if any(_names(probe, path) for probe in probes)]
    return plain_package(*rules, *never, vocabulary=facts, other=draw(conditions))


def _names(text: str, path: str) -> bool:
    """Whether a condition reads a fact."""
    return path.removesuffix("]").replace("[", ".").rpartition(".")[2] in text


def any_package() -> st.SearchStrategy[Made]:
    """Mostly a dense package, else any."""
    return st.one_of(dense_packages(), dense_packages(), dense_packages(), packages())
