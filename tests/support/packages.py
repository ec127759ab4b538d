"""A small valid folder of policies, as bytes by file name: the catalogues, and the package `zz` of an invented Testland.

`policy_files` gives the folder with files replaced, added or left out; `load` loads it; `faults_of` says what is wrong with it.
Rules as data: `rule(...)` fills in what every rule must have, `rules_file(...)` writes a file of them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from licet.language.faults import Fault, PolicyError
from licet.policy.release import Release, load_release

CATALOGUES: Mapping[str, str] = {
    "concepts.yaml": """\
concepts:
  - {id: nexus, title: Nexus, meaning: Why the law reaches a transaction.}
  - {id: listed, title: Listed item, meaning: The item is on the list.}
  - {id: end-use, title: End use, meaning: What the item is for.}
""",
    "places.yaml": """\
countries:
  - {code: ZZ, name: Testland}
  - {code: DE, name: Germany}
  - {code: NO, name: Norway}
  - {code: US, name: United States}
  - {code: CN, name: China}
  - {code: HK, name: Hong Kong}
  - {code: UA, name: Ukraine}
  - {code: GB, name: United Kingdom}
areas:
  - {code: CRIMEA, name: Crimea and Sevastopol, part_of: UA, arrives_as: [UA-43, UA-40]}
  - {code: UA-14-OCCUPIED, name: Donetsk not under government control, part_of: UA-14}
regions:
  - {code: UA-43, name: Crimea, part_of: UA}
  - {code: UA-40, name: Sevastopol, part_of: UA}
  - {code: UA-14, name: Donetsk, part_of: UA}
  - {code: GB-NIR, name: Northern Ireland, part_of: GB}
blocs: []
""",
    "schemes.yaml": """\
schemes:
  - id: zz.list
    title: List of Testland
    grammar: paragraphs
    pattern: '[A-Z][0-9]+(\\.[a-z0-9]+)*'
    negative: [NLR]
    changed: 2024-01-01
    entries: {package: zz, table: entries, column: entry}
""",
    "vocabulary.yaml": """\
facts:
  - {path: activity, class: ask, question: What happens?}
  - {path: origin.country, class: ask, question: From which country?}
  - {path: destination.country, class: ask, question: To which country?}
  - {path: destination.region, class: ask, question: To which region?}
  - {path: parties, class: ask, question: Who takes part?}
  - {path: 'parties[*].country', class: ask, question: Where is the party?}
  - path: 'parties[*].military'
    class: assume
    value: "no"
    for: [controls]
    statement: I know of no military party.
    unless: 'tx.red_flags.exists(f, f.cleared == false)'
  - {path: 'items[*].quantity', class: ask, question: How much?}
  - {path: 'items[*].value', class: ask, question: What is the value?}
  - {path: 'items[*].classifications[zz.list]', class: ask, question: Under which entry does the item fall?}
  - {path: 'items[*].published', class: claim}
  - {path: 'items[*].technical[frame_rate_hz]', type: number, unit: Hz, class: ask, question: What is the frame rate?}
  - {path: 'items[*].circumstances[zz.sample]', type: bool, class: claim}
  - {path: 'circumstances[zz.fair]', type: bool, class: ask, question: Is it for a fair?}
""",
    "regimes/regimes.yaml": """\
regimes:
  - {id: unilateral, name: The jurisdiction alone, kind: unilateral, status: in-force, cite: that of the rule, provenance: source}
  - {id: CLUB, name: Suppliers' Club, kind: multilateral, status: in-force, cite: Club statutes, provenance: source}
  - {id: OTHERS, name: Others' Club, kind: multilateral, status: in-force, cite: Statutes, provenance: source}
  - {id: DREAM, name: Proposed Club, kind: multilateral, status: proposed, cite: A draft, provenance: source}
""",
    "regimes/members.csv": """\
*place:place,*regime:word,standing:word,from:date?,to:date?,provenance:word,source:text?,note:text?
ZZ,CLUB,member,2001-01-01,,source,,
DE,OTHERS,member,2001-01-01,,source,,
""",
}
"""The catalogues: places with regions and areas, one scheme, one fact of each class, regimes with and without Testland."""

PACKAGE: Mapping[str, str] = {
    "zz/policy.yaml": """\
jurisdiction: zz
name: Testland
version: 2026.11.0
language: "1"
authority: Licensing Office of Testland
checked: 2026-01-01
places: [ZZ]
instruments:
  - {id: zz.act, title: Export Act, cite: Export Act, limbs: [export]}
bases:
  - {id: LIST, title: Listed item, set: all}
  - {id: END-USE, title: End use, set: all}
  - {id: EMBARGO, title: Embargo}
covers: [Listed items]
not_covered: [Everything else]
""",
    "zz/definitions.yaml": """\
definitions:
  - {id: dest, title: Destination, is: tx.destination}
  - id: act.export
    title: Shipment out of Testland
    is: {all: [tx.activity == EXPORT, tx.origin.country == "ZZ"]}
  - id: 'under(entry: string)'
    title: The item falls in the entry
    is: item.classifications["zz.list"].codes.exists(c, within(c, entry))
""",
    "zz/groups/places.yaml": """\
history_from: 2001-01-01
groups:
  - id: allies
    title: Allies
    kind: places
    instrument: zz.act
    cite: Annex A
    members: [DE, {is: NO, from: 2020-01-01, by: Act 2}]
  - {id: embargoed, title: Embargoed places, kind: places, instrument: zz.act, cite: Annex B, members: [CN, CRIMEA]}
  - {id: weapons, title: Uses for weapons, kind: purposes, instrument: zz.act, cite: Annex C, members: [NUCLEAR_EXPLOSIVE]}
""",
    "zz/tables/tables.yaml": """\
tables:
  - {id: entries, title: List of Testland, instrument: zz.act, cite: Annex, history_from: 2001-01-01}
""",
    "zz/tables/entries.csv": """\
*entry:code(zz.list),review:word,regime:regime,note:text?
A1,denial,CLUB,
A2.b,case-by-case,CLUB,
B1,case-by-case,unilateral,
""",
    "zz/rules/rules.yaml": """\
history_from: 2001-01-01
rules:
  - id: zz.reach
    title: Export from Testland
    instrument: zz.act
    phase: reach
    effect: {reach: {limb: export}}
    derives_from: [{regime: unilateral, relation: own}]
    concept: nexus
    cite: Export Act s. 1
    in_force: [{from: 2001-01-01, by: Export Act}]
    when: act.export
  - id: zz.list
    title: Listed item
    instrument: zz.act
    phase: control
    effect: {require: {basis: LIST, review: =row.review}}
    derives_from: [{regime: =row.regime, relation: implements, entry: =row.entry}]
    concept: listed
    cite: Export Act s. 2
    in_force: [{from: 2001-01-01, by: Export Act}]
    for_each: tables.entries
    about: under(row.entry)
    when: [tx.destination.country != "ZZ"]
  - id: zz.permit
    title: Permit for allies
    instrument: zz.act
    phase: relief
    effect: {authorize: {id: ZZ-ALLY, title: Permit for allies, covers: [all], needs: [{text: Keep the invoice, timing: after}]}}
    derives_from: [{regime: unilateral, relation: own}]
    concept: listed
    cite: Export Act s. 5
    in_force: [{from: 2001-01-01, by: Export Act}]
    when: [dest in groups.allies]
""",
}
"""The package `zz`: one rule for each of reach, control and relief, a table, groups of places and of purposes, definitions."""


def policy_files(changed: Mapping[str, str | bytes | None] | None = None) -> dict[str, bytes]:
    """The folder with some files replaced or added; a file that is None is left out."""
    texts: dict[str, str | bytes | None] = {**CATALOGUES, **PACKAGE, **(changed or {})}
    return {name: text.encode() if isinstance(text, str) else text for name, text in texts.items() if text is not None}


def load(changed: Mapping[str, str | bytes | None] | None = None) -> Release:
    """The release of the changed folder; raises `PolicyError`."""
    return load_release(policy_files(changed))


def faults_of(changed: Mapping[str, str | bytes | None] | None = None) -> tuple[Fault, ...]:
    """Every fault that loading the changed folder reports; empty when it loads."""
    try:
        load(changed)
    except PolicyError as error:
        return error.faults
    return ()


def replaced(file: str, old: str, new: str) -> dict[str, str | bytes | None]:
    """A change of one text in one file of the folder, which must hold it exactly once."""
    text = {**CATALOGUES, **PACKAGE}[file]
    assert text.count(old) == 1, f"{file} holds {old!r} {text.count(old)} times"
    return {file: text.replace(old, new)}


def rule(id_: str, effect: Mapping[str, Any], when: Any, /, **fields: Any) -> dict[str, Any]:
    """A rule with everything that it must have; `fields` replace or add, and a field that is None is left out."""
    (kind,) = effect
    phases = {"reach": "reach", "exempt": "relief", "authorize": "relief", "oblige": "duty", "flag": "risk", "score": "risk"}
    whole = {
        "id": id_,
        "title": id_,
        "instrument": "zz.act",
        "phase": phases.get(kind, "control"),
        "effect": effect,
        "derives_from": [{"regime": "unilateral", "relation": "own"}],
        "concept": "listed",
        "cite": "Export Act",
        "in_force": [{"from": "2001-01-01", "by": "Export Act"}],
        "when": when,
        **fields,
    }
    return {key: value for key, value in whole.items() if value is not None}


def rules_file(*rules: Mapping[str, Any], history_from: str = "2001-01-01") -> str:
    """A file of rules. JSON is YAML; every text in it is quoted, so faults point at the start of a condition."""
    return json.dumps({"history_from": history_from, "rules": list(rules)}, indent=1)
