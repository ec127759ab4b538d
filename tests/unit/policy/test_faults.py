from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, TypeAlias

import pytest

from licet.language.faults import PolicyError
from tests.support.packages import CATALOGUES, PACKAGE, faults_of, load, replaced, rule, rules_file

_Changed: TypeAlias = Mapping[str, str | bytes | None]
_RULES, _POLICY, _GROUPS = "zz/rules/rules.yaml", "zz/policy.yaml", "zz/groups/places.yaml"
_DEFINITIONS, _TABLES, _ENTRIES, _FACTS = "zz/definitions.yaml", "zz/tables/tables.yaml", "zz/tables/entries.csv", "vocabulary.yaml"
_REQUIRE: Final = {"require": {"basis": "LIST"}}


def _rule(effect: Mapping[str, Any] = _REQUIRE, when: Any = "true", /, id_: str = "zz.x", **fields: Any) -> _Changed:
    """One more file, of one rule; its `when` stands on line 28 unless fields before it change."""
    return {"zz/rules/more.yaml": rules_file(rule(id_, effect, when, **fields))}


def _more(file: str, *lines: str) -> _Changed:
    """A file with more entries at its end."""
    return {file: {**CATALOGUES, **PACKAGE}[file] + "".join(f"  - {line}\n" for line in lines)}


def _group(fields: str) -> _Changed:
    return _more(_GROUPS, f"{{id: a, title: A, cite: A, {fields}}}")


def _member(fields: str) -> _Changed:
    return _group(f"kind: places, members: [{{is: DE, {fields}}}]")


def _definition(id_: str, is_: str = "'true'") -> _Changed:
    return _more(_DEFINITIONS, f"{{id: {id_}, is: {is_}}}")


def _table(header: str, *rows: str) -> _Changed:
    return {
        **_more(_TABLES, "{id: t, title: T, cite: C, history_from: 2001-01-01}"),
        "zz/tables/t.csv": "\n".join((header, *rows)) + "\n",
    }


_R, _MORE = "zz/rules/rules.yaml", "zz/rules/more.yaml"
# name: (change, the one fault as place and code, what its message says, its hint)
_ONE_FAULT: Final[Mapping[str, tuple[_Changed, str, str, str]]] = {
    # ---- files and shapes
    "no package": (
        dict.fromkeys(PACKAGE),
        "policy.yaml:1:1: NO_PACKAGE",
        "no folder here has a policy.yaml",
        "name a folder of policies",
    ),
    "a catalogue is missing": ({_FACTS: None}, "vocabulary.yaml:1:1: MISSING_FILE", "has no vocabulary.yaml", ""),
    "members are missing": ({"regimes/members.csv": None}, "regimes/members.csv:1:1: MISSING_FILE", "has no regimes/members.csv", ""),
    "a file nobody reads": ({"zz/rule.yaml": "a: b\n"}, "zz/rule.yaml:1:1: UNKNOWN_FILE", "zz/rule.yaml is no file of a package", "see policies/README.md"),
    "a folder without policy.yaml": ({"yy/rules/a.yaml": "a: b\n"}, "yy/rules/a.yaml:1:1: UNKNOWN_FILE", "its folder has no policy.yaml", "see policies/README.md"),
    "a table where no tables are": ({"zz/rules/x.csv": "a\n"}, "zz/rules/x.csv:1:1: UNKNOWN_FILE", "zz/rules/x.csv is no table", "see policies/README.md"),
    "a table that nobody names": ({"zz/tables/x.csv": "a\n"}, "zz/tables/x.csv:1:1: UNKNOWN_FILE", "no table of tables.yaml names x.csv", "name it there, or take it away"),
    "a list where keys belong": ({_RULES: "- a\n"}, f"{_R}:1:1: SHAPE", "should hold a list under rules", ""),
    "keys where a list belongs": ({_RULES: "history_from: 2001-01-01\nrules: {a: b}\n"}, f"{_R}:2:8: SHAPE", "rules of rules/rules.yaml should be a list", ""),
    "a text where a rule belongs": ({_MORE: "history_from: 2001-01-01\nrules: [a]\n"}, f"{_MORE}:2:9: SHAPE", "rule should be a mapping of keys to values", ""),
    "no history": ({_MORE: "rules: []\n"}, f"{_MORE}:1:1: MISSING", "has no history_from", "add `history_from:`"),
    "an unknown key": (_rule(priority="5"), f"{_MORE}:29:4: UNKNOWN_KEY", "rule has no field priority", ""),
    "a misspelt optional key": (_rule({"require": {"basis": "LIST", "reveiw": "denial"}}), f"{_MORE}:12:6: UNKNOWN_KEY", "require has no field reveiw", "did you mean review?"),
    # ---- policy.yaml
    "another jurisdiction": (replaced(_POLICY, "jurisdiction: zz", "jurisdiction: yy"), f"{_POLICY}:1:1: JURISDICTION", "policy.yaml of folder zz says jurisdiction yy", ""),
    "another language": (replaced(_POLICY, 'language: "1"', 'language: "2"'), f"{_POLICY}:1:1: LANGUAGE", "says language 2, this software speaks 1", ""),
    "no calendar version": (replaced(_POLICY, "version: 2026.11.0", "version: newest"), f"{_POLICY}:1:1: VERSION", "the version is newest", ""),
    "soil that is no place": (replaced(_POLICY, "places: [ZZ]", "places: [QQ]"), f"{_POLICY}:1:1: UNKNOWN_NAME", "QQ is no place", ""),
    "a basis twice": (replaced(_POLICY, "id: EMBARGO,", "id: LIST,"), f"{_POLICY}:1:1: DUPLICATE", "the basis LIST stands 2 times", ""),
    "an instrument twice": (replaced(_POLICY, "limbs: [export]}", "limbs: [export]}\n  - {id: zz.act, title: X, cite: X, limbs: [export]}"), f"{_POLICY}:1:1: DUPLICATE", "the instrument zz.act belongs to zz already", ""),
    "a bloc that is not there": (replaced(_POLICY, "places: [ZZ]", "places: [ZZ]\nextends: eu"), f"{_POLICY}:1:1: EXTENDS", "zz extends eu, which is no bloc of this release", ""),
    "its own bloc": (replaced(_POLICY, "places: [ZZ]", "places: [ZZ]\nextends: zz"), f"{_POLICY}:1:1: EXTENDS", "zz extends zz, which is no bloc of this release", ""),
    "a tier from nowhere": ({_POLICY: PACKAGE[_POLICY] + "tiers: [{tier: a, from: many}]\n"}, f"{_POLICY}:16:25: NUMBER", "from of tier is many, expected a whole number", ""),
    "a tier that may hold": ({_POLICY: PACKAGE[_POLICY] + "tiers: [{tier: a, from: 0, hold: maybe}]\n"}, f"{_POLICY}:16:34: CHOICE", "hold of tier is maybe, expected yes or no", ""),
    "a retention without end": ({_POLICY: PACKAGE[_POLICY] + "retention: [{years: many, from: decision, cite: A}]\n"}, f"{_POLICY}:16:21: NUMBER", "years of retention is many, expected a whole number", ""),
    "a retention from nowhere": ({_POLICY: PACKAGE[_POLICY] + "retention: [{years: 5, from: export, cite: A}]\n"}, f"{_POLICY}:16:30: CHOICE", "from of retention is export", ""),
    "a retention without citation": ({_POLICY: PACKAGE[_POLICY] + "retention: [{years: 5, from: decision}]\n"}, f"{_POLICY}:16:13: MISSING", "retention has no cite", "add `cite:`"),
    # ---- rules
    "no citation": (_rule(cite=None), f"{_MORE}:4:3: MISSING", "rule has no cite", "add `cite:`"),
    "an empty citation": (_rule(cite=" "), f"{_MORE}:21:12: MISSING", "cite of rule is empty", ""),
    "no dates": (_rule(in_force=None), f"{_MORE}:4:3: MISSING", "rule has no in_force", "add `in_force:`"),
    "an empty list of dates": (_rule(in_force=[]), f"{_MORE}:22:16: EMPTY", "in_force names no interval", "say from when the rule is in force"),
    "an interval without start": (_rule(in_force=[{"by": "X"}]), f"{_MORE}:23:5: MISSING", "in_force has no from", "add `from:`"),
    "a date that is none": (_rule(in_force=[{"from": "2020-13-01"}]), f"{_MORE}:24:14: DATE", "from of in_force is 2020-13-01, expected a date such as 2020-06-29", ""),
    "a date by week": (_rule(in_force=[{"from": "2020-W01-1"}]), f"{_MORE}:24:14: DATE", "from of in_force is 2020-W01-1", ""),
    "a dead interval": (_rule(in_force=[{"from": "2020-01-01", "to": "2020-01-01"}]), f"{_MORE}:25:12: DEAD_INTERVAL", "the interval from 2020-01-01 to 2020-01-01 holds no day", ""),
    "overlapping intervals": (_rule(in_force=[{"from": "2020-06-01"}, {"from": "2020-01-01", "to": "2021-01-01"}]), f"{_MORE}:22:16: OVERLAP", "two intervals of zz.x overlap at 2020-06-01", ""),
    "no regime": (_rule(derives_from=None), f"{_MORE}:4:3: MISSING", "rule has no derives_from", "add `derives_from:`"),
    "an empty list of regimes": (_rule(derives_from=[]), f"{_MORE}:14:20: EMPTY", "derives_from names no regime", "name one; `unilateral` for law of its own"),
    "no condition": (_rule(_REQUIRE, None), f"{_MORE}:4:3: MISSING", "rule has no when", "add `when:`"),
    "no effect": (_rule(effect=None), f"{_MORE}:4:3: MISSING", "rule has no effect", "add `effect:`"),
    "an empty effect": (_rule(effect={}), f"{_MORE}:9:14: EFFECT", "a rule has one effect, found none", "write one rule for each"),
    "two effects": (_rule(effect={"require": {"basis": "LIST"}, "prohibit": {"basis": "LIST"}}), f"{_MORE}:9:14: EFFECT", "a rule has one effect, found require, prohibit", "write one rule for each"),
    "an unknown effect": (_rule(effect={"requre": {"basis": "LIST"}}), f"{_MORE}:10:5: UNKNOWN_EFFECT", "requre is no effect", "did you mean require?"),
    "an effect of another phase": (_rule(phase="relief"), f"{_MORE}:10:16: PHASE", "the effect require belongs to phase control, the rule says relief", ""),
    "an unknown phase": (_rule(phase="controls"), f"{_MORE}:8:13: CHOICE", "phase of rule is controls, expected one of reach", "did you mean control?"),
    "a stay without cause": (_rule(status="stayed"), f"{_MORE}:4:3: MISSING", "rule has no cause", "add `cause:`"),
    "an unknown relation": (_rule(derives_from=[{"regime": "CLUB", "relation": "implement"}]), f"{_MORE}:17:18: CHOICE", "relation of derives_from is implement", "did you mean implements?"),
    "an unknown review": (_rule({"require": {"basis": "LIST", "review": "deniel"}}), f"{_MORE}:12:16: CHOICE", "review of require is deniel", "did you mean denial?"),
    "points that are no number": (_rule({"score": {"points": "many", "factor": "x"}}), f"{_MORE}:11:16: NUMBER", "points is many, expected a whole number", ""),
    "a bar of nothing": (_rule({"bar": {"authorizations": []}}), f"{_MORE}:10:12: EMPTY", "bar names nothing", "name at least one under authorizations or all_except"),
    "a bar of both": (_rule({"bar": {"authorizations": ["ZZ-ALLY"], "all_except": ["ZZ-ALLY"]}}), f"{_MORE}:10:12: EFFECT", "bar names both authorizations and all_except", "write one rule for each"),
    "an exemption of nothing": (_rule({"exempt": {"bases": []}}), f"{_MORE}:10:15: EMPTY", "exempt names nothing", "name at least one under bases"),
    "an authorization of nothing": (_rule({"authorize": {"id": "A", "title": "A"}}), f"{_MORE}:10:18: EMPTY", "authorize names nothing", "name at least one under covers"),
    "a rule of another jurisdiction": (_rule(_REQUIRE, "true", "yy.x"), f"{_MORE}:5:10: RULE_ID", "the rule id yy.x should begin with zz.", ""),
    "a rule twice": (_rule(_REQUIRE, "true", "zz.reach"), f"{_R}:3:9: DUPLICATE", f"the rule zz.reach stands twice; first at {_MORE}:5:10", ""),
    # ---- names
    "an unknown instrument": (_rule(instrument="zz.atc"), f"{_MORE}:7:18: UNKNOWN_NAME", "zz.atc is no instrument of this package", "did you mean zz.act?"),
    "an unknown concept": (_rule(concept="listd"), f"{_MORE}:20:15: UNKNOWN_NAME", "listd is no concept", "did you mean listed?"),
    "an unknown regime": (_rule(derives_from=[{"regime": "CLUP", "relation": "own"}]), f"{_MORE}:16:16: UNKNOWN_NAME", "CLUP is no regime", "did you mean CLUB?"),
    "an unknown basis": (_rule({"require": {"basis": "LST"}}), f"{_MORE}:11:15: UNKNOWN_NAME", "LST is no basis of policy.yaml", "did you mean LIST?"),
    "an unknown basis to exempt": (_rule({"exempt": {"bases": ["LIS"]}}), f"{_MORE}:12:7: UNKNOWN_NAME", "LIS is no basis or set of bases of policy.yaml", "did you mean LIST?"),
    "an unknown authorization": (_rule({"bar": {"authorizations": ["ZZ-ALY"]}}), f"{_MORE}:12:7: UNKNOWN_NAME", "ZZ-ALY is no authorization", "did you mean ZZ-ALLY?"),
    "an unknown limb": (_rule({"reach": {"limb": "exprt"}}), f"{_MORE}:11:14: UNKNOWN_NAME", "exprt is no limb of zz.act", "did you mean export?"),
    "an unknown table to go through": (_rule(for_each="tables.entry"), f"{_MORE}:29:16: UNKNOWN_NAME", "entry is no table", "did you mean entries?"),
    "a cell that is no basis": (
        {**_rule({"require": {"basis": "=row.b"}}, for_each="tables.t"), **_table("*k:word,b:word", "1,LIST", "2,LITS")},
        "zz/tables/t.csv:3:1: UNKNOWN_NAME", "LITS is no basis, and zz.x reads it as one", "did you mean LIST?",
    ),
    "a cell that is no review": (
        {**_rule({"require": {"basis": "LIST", "review": "=row.r"}}, for_each="tables.t"), **_table("*k:word,r:word?", "1,denial", "2,", "3,denail")},
        "zz/tables/t.csv:4:1: UNKNOWN_NAME", "denail is no review, and zz.x reads it as one", "did you mean denial?",
    ),
    # ---- conditions
    "an empty list of conditions": (_rule(_REQUIRE, []), f"{_MORE}:28:12: EMPTY", "an empty `all` is no condition", "name at least one condition"),
    "an empty all": (_rule(_REQUIRE, {"all": []}), f"{_MORE}:29:12: EMPTY", "an empty `all` is no condition", "name at least one condition"),
    "an empty any below": (_rule(_REQUIRE, {"all": ["true", {"any": []}]}), f"{_MORE}:32:14: EMPTY", "an empty `any` is no condition", "name at least one condition"),
    "an empty none": (_rule(_REQUIRE, {"none": []}), f"{_MORE}:29:13: EMPTY", "an empty `none` is no condition", "name at least one condition"),
    "an empty condition": (_rule(_REQUIRE, " "), f"{_MORE}:28:12: EMPTY", "an empty text is no condition", ""),
    "an empty about": (_rule(about=[]), f"{_MORE}:29:13: EMPTY", "an empty `all` is no condition", "name at least one condition"),
    "two quantifiers": (_rule(_REQUIRE, {"all": ["true"], "any": ["true"]}), f"{_MORE}:28:12: CONDITION", "found all, any", ""),
    "an unknown quantifier": (_rule(_REQUIRE, {"not": ["true"]}), f"{_MORE}:28:12: CONDITION", "a condition is CEL, a list, or one of all, any, none; found not", ""),
    "an unknown group": (_rule(_REQUIRE, "dest in groups.alies"), f"{_MORE}:28:12: EXPRESSION", "undeclared reference to 'groups.alies'", "did you mean groups.allies?"),
    "an unknown definition": (_rule(_REQUIRE, "act.exprt"), f"{_MORE}:28:12: EXPRESSION", "undeclared reference to 'act.exprt'", "did you mean act.export?"),
    "an unknown field": (_rule(_REQUIRE, "tx.destinaton.country == 'DE'"), f"{_MORE}:28:12: EXPRESSION", "undefined field 'destinaton'", "did you mean destination?"),
    "an unknown column": (_rule(_REQUIRE, "row.reviw == 'denial'", for_each="tables.entries"), f"{_MORE}:28:12: EXPRESSION", "undeclared reference to 'row.reviw'", "did you mean row.review?"),
    "a place where a condition belongs": (_rule(_REQUIRE, "dest"), f"{_MORE}:28:12: EXPRESSION", "a condition must be true or false, this is licet.v1.Place", ""),
    "the wrong argument": (_rule(_REQUIRE, "under(1)"), f"{_MORE}:28:12: EXPRESSION", "found no matching overload for 'under' applied to '(int)'", ""),
    "a loop that hides a definition": (_rule(_REQUIRE, "tx.parties.exists(dest, true)"), f"{_MORE}:28:12: EXPRESSION", "the loop variable dest hides another name", ""),
    "a loop that hides the head of a definition": (_rule(_REQUIRE, "tx.parties.exists(act, true)"), f"{_MORE}:28:12: EXPRESSION", "the loop variable act hides another name", ""),
    "the physical act": (_rule(_REQUIRE, "tx.activity == EXPORT"), f"{_MORE}:28:12: EXPRESSION", "tx.activity is read outside a definition act.*", ""),
    "a column in a plain text": (
        replaced(_RULES, "[dest in groups.allies]", "\n      any:\n        - tx.destinaton.country == 'DE'"),
        f"{_R}:36:13: EXPRESSION", "undefined field 'destinaton'", "did you mean destination?",
    ),
    "a bound field that is no text": (_rule({"require": {"basis": "=1"}}, for_each="tables.entries"), f"{_MORE}:11:16: EXPRESSION", "1 is INT, expected a text", ""),
    "three loops": (_rule(for_each={"a": "tx.parties", "b": "tx.transit", "c": "item.incorporates"}), f"{_MORE}:29:16: FOR_EACH", "for_each names one or two lists", "such as tables.ccl, or {p: tx.parties}"),
    "a loop over no list": (_rule(for_each={"a": "tx.origin"}), f"{_MORE}:30:10: FOR_EACH", "tx.origin is no list of parties, places, concerns or components", ""),
    "a loop over words": (_rule(for_each={"a": "tx.complete"}), f"{_MORE}:30:10: FOR_EACH", "tx.complete is no list of parties, places, concerns or components", ""),
    "a loop under a taken name": (_rule(for_each={"END_USER": "tx.parties"}), f"{_MORE}:30:5: FOR_EACH", "the variable END_USER hides another name", "choose another name"),
    # ---- definitions
    "a definition twice": (_definition("dest", "tx.origin"), f"{_DEFINITIONS}:9:10: DUPLICATE", "the definition dest stands twice", ""),
    "a definition called as a variable": (_definition("item"), f"{_DEFINITIONS}:9:10: DEFINITION", "item cannot be the name of a definition or parameter here", "choose another name"),
    "a definition called as an enum": (_definition("END_USER"), f"{_DEFINITIONS}:9:10: DEFINITION", "END_USER cannot be the name", "choose another name"),
    "a definition called as a group": (_definition("groups.allies"), f"{_DEFINITIONS}:9:10: DEFINITION", "groups cannot be the name", "choose another name"),
    "a definition called as a function": (_definition("'within(a: string)'"), f"{_DEFINITIONS}:9:10: DEFINITION", "within cannot be the name", "choose another name"),
    "a definition called as an operator": (_definition("in"), f"{_DEFINITIONS}:9:10: DEFINITION", "in cannot be the name", "choose another name"),
    "a definition that is no name": (_definition("1a"), f"{_DEFINITIONS}:9:10: DEFINITION", "1a is no name of a definition", "write name or name(parameter: type)"),
    "a parameter of no type": (_definition("'g(a: strng)'"), f"{_DEFINITIONS}:9:10: DEFINITION", "strng is no type of a parameter", "one of string, double, bool, Place, places, Party, Item, codes"),
    "a parameter twice": (_definition("'g(a: string, a: string)'"), f"{_DEFINITIONS}:9:10: DEFINITION", "a cannot be the name", "choose another name"),
    "a parameter that hides": (_definition("'g(tx: Item)'"), f"{_DEFINITIONS}:9:10: DEFINITION", "tx cannot be the name", "choose another name"),
    "a definition that fails": (_definition("g", "tx.destinaton"), f"{_DEFINITIONS}:9:19: EXPRESSION", "undefined field 'destinaton'", "did you mean destination?"),
    # ---- groups
    "a group twice": (_more(_GROUPS, "{id: allies, title: A, kind: places, cite: A, members: [DE]}"), f"{_GROUPS}:11:10: DUPLICATE", "the group allies stands twice", ""),
    "a member that is no place": (_group("kind: places, members: [QQ]"), f"{_GROUPS}:11:56: UNKNOWN_NAME", "QQ is no place", ""),
    "a member that is no purpose": (_group("kind: purposes, members: [NUCLEAR_EXPLOSVE]"), f"{_GROUPS}:11:58: UNKNOWN_NAME", "NUCLEAR_EXPLOSVE is no purpose", "did you mean NUCLEAR_EXPLOSIVE?"),
    "a group of nothing": (_group("kind: places, members: []"), f"{_GROUPS}:11:5: EMPTY", "the group a has no members", "name members, union or all_except"),
    "a group of less than nothing": (_group("kind: places, minus: [allies]"), f"{_GROUPS}:11:5: EMPTY", "the group a has no members", "name members, union or all_except"),
    "a group without citation": (_more(_GROUPS, "{id: a, title: A, kind: places, members: [DE]}"), f"{_GROUPS}:11:5: MISSING", "group has no cite", "add `cite:`"),
    "an unknown group to join": (_group("kind: places, union: [alies]"), f"{_GROUPS}:11:54: UNKNOWN_NAME", "alies is no group", "did you mean allies?"),
    "a group built from itself": (_group("kind: places, members: [DE], union: [a]"), f"{_GROUPS}:11:5: CYCLE", "the group a is built from itself", ""),
    "a group of another kind": (_group("kind: places, union: [weapons]"), f"{_GROUPS}:11:54: KIND", "weapons is a group of purposes, a one of places", ""),
    "everything but, and more": (_group("kind: places, all_except: [allies], members: [DE]"), f"{_GROUPS}:11:5: NESTING", "the group a is all_except others and something else", "make two groups"),
    "everything but some words": (_group("kind: purposes, all_except: [weapons]"), f"{_GROUPS}:11:5: NESTING", "which only a group of places can be", ""),
    "a member in force on no day": (_member("from: 2020-01-01, to: 2019-01-01"), f"{_GROUPS}:11:87: DEAD_INTERVAL", "the interval from 2020-01-01 to 2019-01-01 holds no day", ""),
    "a group that cannot be named": (_more(_GROUPS, "{id: a-b, title: A, kind: places, cite: A, members: [DE]}"), f"{_GROUPS}:11:10: IDENTIFIER", "a-b cannot be named in a condition", "use letters, digits and _"),
    "a group of an unknown instrument": (_group("kind: places, members: [DE], instrument: zz.atc"), f"{_GROUPS}:11:73: UNKNOWN_NAME", "zz.atc is no instrument of this package", "did you mean zz.act?"),
    # ---- tables
    "a table without file": (_more(_TABLES, "{id: t, title: T, cite: C, history_from: 2001-01-01}"), f"{_TABLES}:3:5: MISSING_FILE", "the table t has no file tables/t.csv", ""),
    "a table without history": (replaced(_TABLES, ", history_from: 2001-01-01", ""), f"{_TABLES}:2:5: MISSING", "table has no history_from", "add `history_from:`"),
    "a table twice": (_more(_TABLES, "{id: entries, title: T, cite: C, history_from: 2001-01-01}"), f"{_TABLES}:3:10: DUPLICATE", "the table entries stands twice", ""),
    "an unknown type of column": (_table("*k:word,x:numbr", "1,2"), "zz/tables/t.csv:1:2: HEADER", "the header cell x:numbr of column 2 cannot be read", "did you mean number?"),
    "a column without type": (_table("*k:word,x", "1,2"), "zz/tables/t.csv:1:2: HEADER", "the header cell x of column 2 cannot be read", "write name:type, *name:type for a key, name:type? for cells that may be empty"),
    "codes of no scheme": (_table("*k:word,x:codes?", "1,"), "zz/tables/t.csv:1:2: HEADER", "the type codes of column x is wrong", "codes(...) names a scheme, table or currency"),
    "a text of a scheme": (_table("*k:word,x:text(zz.list)", "1,2"), "zz/tables/t.csv:1:2: HEADER", "the type text of column x is wrong", "text(...) names a scheme, table or currency"),
    "no key": (_table("k:word", "1"), "zz/tables/t.csv:1:1: HEADER", "the table has no key column", "mark key columns with *"),
    "a column twice": (_table("*k:word,x:word,x:word", "1,2,3"), "zz/tables/t.csv:1:1: HEADER", "the column x stands twice", ""),
    "a date column that is none": (_table("*k:word,from:word", "1,2020"), "zz/tables/t.csv:1:2: HEADER", "the column from dates the row", "write from:date?"),
    "an empty cell": (_table("*k:word,x:word", "1,"), "zz/tables/t.csv:2:2: EMPTY_CELL", "the cell of column x is empty", "fill it, or declare x:word?"),
    "a key twice": (_table("*k:word", "1", "1"), "zz/tables/t.csv:3:1: DUPLICATE", "the key 1 stands on line 2 already", ""),
    "a row in force on no day": (_table("*k:word,from:date,to:date", "1,2020-01-01,2020-01-01"), "zz/tables/t.csv:2:1: DEAD_INTERVAL", "holds no day", ""),
    "overlapping rows": (_table("*k:word,from:date?,to:date?", "1,,2021-01-01", "1,2020-06-01,"), "zz/tables/t.csv:3:1: OVERLAP", "the row 1 of line 2 is still in force on 2020-06-01", "end the older row with `to`"),
    "a condition in a cell": (_table("*k:word,x:expr", "1,item.quantty > 5"), "zz/tables/t.csv:2:1: EXPRESSION", "undefined field 'quantty'", "did you mean quantity?"),
    "an unknown fact in a cell": (_table("*k:word,x:fact", "1,!zz.sampel"), "zz/tables/t.csv:2:2: UNKNOWN_NAME", "zz.sampel is no circumstance of the item", "did you mean zz.sample?"),
    "an unknown regime in a cell": (_table("*k:word,x:regime", "1,CLUB; CLUP"), "zz/tables/t.csv:2:2: UNKNOWN_NAME", "CLUP is no regime", "did you mean CLUB?"),
    # ---- vocabulary
    "an unknown class": (replaced(_FACTS, "path: activity, class: ask", "path: activity, class: aks"), f"{_FACTS}:2:12: CHOICE", "class of activity is aks", ""),
    "no question": (replaced(_FACTS, "path: activity, class: ask, question: What happens?", "path: activity, class: ask"), f"{_FACTS}:2:12: MISSING", "activity is asked for and has no question", ""),
    "a fact twice": (_more(_FACTS, "{path: activity, class: ask, question: X}"), f"{_FACTS}:21:12: DUPLICATE", "the fact activity stands twice", ""),
    "a fact that is none": (_more(_FACTS, "{path: actvity, class: ask, question: X}"), f"{_FACTS}:21:12: UNKNOWN_NAME", "actvity is no fact of a transaction", "did you mean activity?"),
    "a list as if it were one": (_more(_FACTS, "{path: items.unit, class: ask, question: X}"), f"{_FACTS}:21:12: UNKNOWN_NAME", "items.unit is no fact of a transaction", "did you mean items[*].quantity?"),
    "a role that is none": (_more(_FACTS, "{path: 'roles[USER]', class: ask, question: X}"), f"{_FACTS}:21:12: UNKNOWN_NAME", "roles[USER] is no fact of a transaction", ""),
    "an unknown type of fact": (replaced(_FACTS, "type: number", "type: numbr"), f"{_FACTS}:18:12: CHOICE", "type of items[*].technical[frame_rate_hz] is numbr", ""),
    "an assumption without statement": (replaced(_FACTS, "    statement: I know of no military party.\n", ""), f"{_FACTS}:8:11: MISSING", "the assumption parties[*].military wants value, for and statement", ""),
    "an assumption for what": (replaced(_FACTS, "for: [controls]", "for: [control]"), f"{_FACTS}:8:11: CHOICE", "for of parties[*].military is control", ""),
    "an assumption that does not fit": (replaced(_FACTS, 'value: "no"', "value: maybe"), f"{_FACTS}:8:11: VALUE", "the value maybe does not fit parties[*].military", "see Vocabulary in policies/README.md"),
    "an assumption from nowhere": (replaced(_FACTS, 'value: "no"', "value: =origin.contry"), f"{_FACTS}:8:11: VALUE", "the value =origin.contry does not fit", "see Vocabulary in policies/README.md"),
    "a guard that fails": (replaced(_FACTS, "f.cleared ==", "f.clered =="), f"{_FACTS}:13:13: EXPRESSION", "undefined field 'clered'", "did you mean cleared?"),
    "a guard of another's item": (replaced(_FACTS, "f.cleared == false", "f.cleared == item.published"), f"{_FACTS}:13:13: EXPRESSION", "item means nothing here: parties[*].military is no fact of one", "compare facts of tx"),
    "an unknown fact to know first": (
        _more(_FACTS, "{path: 'items[*].mass_market', class: assume, value: 'no', for: [controls], statement: S, only_if_known: [destination.contry]}"),
        f"{_FACTS}:21:12: UNKNOWN_NAME", "destination.contry under only_if_known is no fact of a transaction, or of the item", "",
    ),
    "a spreadsheet that lacks a column": ({"zz/vocabulary.csv": "name,type,class\nx,bool,claim\n"}, "zz/vocabulary.csv:1:1: HEADER", "the columns question are missing", ""),
    "an unknown class in a spreadsheet": ({"zz/vocabulary.csv": "name,type,class,question\nx,bool,aks,Q?\n"}, "zz/vocabulary.csv:2:1: CHOICE", "class of items[*].circumstances[x] is aks", ""),
    # ---- other catalogues
    "an unknown grammar": (replaced("schemes.yaml", "grammar: paragraphs", "grammar: paragraph"), "schemes.yaml:4:14: CHOICE", "grammar of scheme is paragraph", "did you mean paragraphs?"),
    "a pattern that is none": (replaced("schemes.yaml", "'[A-Z][0-9]+(\\.[a-z0-9]+)*'", "'[A-Z'"), "schemes.yaml:5:14: PATTERN", "the pattern cannot be read", ""),
    "entries in no table": (replaced("schemes.yaml", "table: entries", "table: entrys"), "schemes.yaml:2:5: UNKNOWN_NAME", "entrys is no table of zz", "did you mean entries?"),
    "entries in no column": (replaced("schemes.yaml", "column: entry", "column: entri"), "schemes.yaml:2:5: UNKNOWN_NAME", "entri is no column of entries", "did you mean entry?"),
    "an answer from no scheme": (replaced("schemes.yaml", "    changed", "    answered_by: [zz.lst]\n    changed"), "schemes.yaml:2:5: UNKNOWN_NAME", "zz.lst is no scheme", "did you mean zz.list?"),
    "a country twice": (replaced("places.yaml", "countries:\n", "countries:\n  - {code: DE, name: Again}\n"), "places.yaml:1:1: DUPLICATE", "the place DE stands 2 times", ""),
    "a part of nowhere": (replaced("places.yaml", "part_of: UA-14}", "part_of: UA-99}"), "places.yaml:1:1: UNKNOWN_NAME", "UA-99 is no place", "did you mean UA-43?"),
    "a concept twice": (_more("concepts.yaml", "{id: listed, title: X, meaning: Y}"), "concepts.yaml:1:1: DUPLICATE", "the concept listed stands 2 times", ""),
    "a regime twice": ({"regimes/more.yaml": "regimes:\n  - {id: CLUB, name: C, kind: x, status: in-force, cite: S, provenance: source}\n"}, "regimes/regimes.yaml:1:1: DUPLICATE", "the regime CLUB stands twice", ""),
    "a member of no regime": (replaced("regimes/members.csv", "DE,OTHERS", "DE,OTHRS"), "regimes/members.csv:3:1: UNKNOWN_NAME", "OTHRS is no regime", ""),
    "a member that is no place ": (replaced("regimes/members.csv", "DE,OTHERS", "QQ,OTHERS"), "regimes/members.csv:3:1: UNKNOWN_NAME", "QQ is no place", ""),
    "an unknown standing": (replaced("regimes/members.csv", "DE,OTHERS,member", "DE,OTHERS,membr"), "regimes/members.csv:3:1: CHOICE", "standing is membr, expected one of member", ""),
    "treated as nowhere": ({"zz/places.yaml": "treat:\n  - {place: HK, as: QQ, from: 2020-01-01, cite: X}\n"}, "zz/places.yaml:2:5: UNKNOWN_NAME", "QQ is no country", ""),
}  # fmt: skip


@pytest.mark.parametrize("name", _ONE_FAULT)
def test_each_mistake_is_one_fault_at_its_place(name: str) -> None:
    """A mistake gives one fault, that says where it stands, what was found, and what to do about it."""
    changed, head, message, hint = _ONE_FAULT[name]
    (fault,) = faults_of(changed)
    assert head == f"{fault.at}: {fault.code}"
    assert message in fault.message
    assert hint == fault.hint


def test_the_folder_without_mistakes_loads() -> None:
    """The folder that all these mistakes are made in has none itself."""
    assert () == faults_of()


@pytest.mark.parametrize(
    "changed",
    [
        _rule(in_force=[{"from": "2020-01-01", "to": "2021-01-01"}, {"from": "2021-01-01"}]),
        _table("*k:word,from:date?,to:date?", "1,,2021-01-01", "1,2021-01-01,"),
        _table("*k:word,x:cite?,y:regime?,z:codes(zz.list)?,g:group?,p:place?,n:number?", "1,,,,,,"),
        _definition("'g(a: Place, b: double)'", "'a in groups.allies && b > 1.0'"),
        _rule(for_each={"p": "tx.parties", "o": "p.owners"}),
        _rule(id_="zz.x.y[z]"),
        replaced("schemes.yaml", "package: zz", "package: yy"),  # its package is not in this release
        _more(_FACTS, "{path: 'roles[END_USER]', class: assume, value: ULTIMATE_CONSIGNEE, for: [controls], statement: S}"),
    ],
)
def test_what_looks_similar_and_is_right_is_no_fault(changed: _Changed) -> None:
    """Intervals that touch, optional cells, loops that depend on each other and the like are no mistakes."""
    assert () == faults_of(changed)


# ---- all at once --------------------------------------------------------------------------------------------------------


def _codes(changed: _Changed) -> list[str]:
    return [fault.code for fault in faults_of(changed)]


def test_ten_mistakes_of_schema_are_reported_at_once() -> None:
    """A package with ten different mistakes of schema reports all ten, sorted by place."""
    more = rules_file(
        rule("zz.a", _REQUIRE, "true", cite=None),
        rule("zz.b", _REQUIRE, "true", phase="controls"),
        rule("zz.c", _REQUIRE, "true", in_force=[]),
        rule("zz.d", _REQUIRE, "true", in_force=[{"from": "2020-13-01"}]),
        rule("zz.e", _REQUIRE, "true", in_force=[{"from": "2020-01-01", "to": "2020-01-01"}]),
        rule("zz.f", _REQUIRE, "true", effect={"requre": {}}),
        rule("zz.g", _REQUIRE, "true", effect={}),
        rule("zz.h", _REQUIRE, "true", priority="1"),
        rule("zz.i", _REQUIRE, "true", in_force=[{"from": "2020-01-01"}, {"from": "2021-01-01"}]),
    )
    changed = {"zz/rules/more.yaml": more, **replaced(_POLICY, 'language: "1"', 'language: "2"')}
    found = faults_of(changed)
    wanted = [
        "CHOICE",
        "DATE",
        "DEAD_INTERVAL",
        "EFFECT",
        "EMPTY",
        "LANGUAGE",
        "MISSING",
        "OVERLAP",
        "UNKNOWN_EFFECT",
        "UNKNOWN_KEY",
    ]
    assert wanted == sorted(fault.code for fault in found)
    assert [fault.at for fault in found] == sorted(fault.at for fault in found)


def test_ten_mistakes_of_names_are_reported_at_once() -> None:
    """A package with ten different mistakes in names reports all ten."""
    changed = {
        "zz/rules/more.yaml": rules_file(
            rule("yy.a", _REQUIRE, "true"),
            rule("zz.b", _REQUIRE, "true", instrument="zz.atc"),
            rule("zz.c", _REQUIRE, "true", concept="listd"),
            rule("zz.d", _REQUIRE, "true", phase="relief"),
            rule("zz.reach", _REQUIRE, "true"),
        ),
        **_group("kind: places, members: [QQ], union: [weapons, a]"),
        "zz/tables/t.csv": "*k:word,n:number,e:word\n1,many,\n",
        **_more(_TABLES, "{id: t, title: T, cite: C, history_from: 2001-01-01}"),
    }
    wanted = ["CELL", "CYCLE", "DUPLICATE", "EMPTY_CELL", "KIND", "PHASE", "RULE_ID", *3 * ["UNKNOWN_NAME"]]
    assert wanted == sorted(_codes(changed))


def test_ten_mistakes_in_expressions_are_reported_at_once() -> None:
    """A package with ten different mistakes in conditions reports all ten, also several of one condition."""
    conditions: list[Any] = [
        "tx.destinaton.country == tx.orgin.country",
        "dest in groups.alies",
        ["item.kind == 1", {"any": []}],
        "has(item.quantity)",
        "tx.parties[0].military",
        "tx.activity == EXPORT",
        'item.technical["tpp"] > 1',
        "dest",
    ]
    more = rules_file(*(rule(f"zz.x{n}", _REQUIRE, when) for n, when in enumerate(conditions)))
    found = faults_of({"zz/rules/more.yaml": more})
    assert 10 == len(found)
    assert {"EXPRESSION", "EMPTY"} == {fault.code for fault in found}


def test_a_later_stage_waits_for_an_earlier_one() -> None:
    """While names are wrong conditions are not judged: each stage reports all of its own faults and nothing of the next."""
    more = rules_file(rule("zz.a", _REQUIRE, "tx.destinaton.country == 'DE'", concept="listd"))
    assert ["UNKNOWN_NAME"] == _codes({"zz/rules/more.yaml": more})


def test_a_package_with_a_fault_never_loads() -> None:
    """One fault in one package keeps the whole release from loading; the error holds the faults and says its reason."""
    with pytest.raises(PolicyError, match="UNKNOWN_NAME") as raised:
        load(_rule(concept="listd"))
    assert raised.value.reason == "POLICY_FAULTS"
    assert 1 == len(raised.value.faults)


# ---- cycles -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        (_more(_DEFINITIONS, "{id: a, is: b}", "{id: b, is: a}"), "the definition a uses itself: a uses b uses a"),
        (_more(_DEFINITIONS, "{id: a, is: a}"), "the definition a uses itself: a uses a"),
        (_more(_DEFINITIONS, "{id: 'g(a: string)', is: h(a)}", "{id: 'h(a: string)', is: g(a)}"), "the definition g uses itself"),
        (
            _more(
                _GROUPS,
                "{id: a, title: A, kind: places, cite: A, union: [b]}",
                "{id: b, title: A, kind: places, cite: A, members: [DE], minus: [a]}",
            ),
            "the group a is built from itself",
        ),
        (replaced("places.yaml", "name: Donetsk, part_of: UA}", "name: Donetsk, part_of: UA-14-OCCUPIED}"), "is a part of itself"),
        (
            {
                "regimes/regimes.yaml": CATALOGUES["regimes/regimes.yaml"]
                .replace("id: CLUB,", "id: CLUB, parent: OTHERS,")
                .replace("id: OTHERS,", "id: OTHERS, parent: CLUB,")
            },
            "the regime CLUB is a part of itself",
        ),
    ],
)
def test_what_comes_back_to_itself_is_a_fault(changed: _Changed, message: str) -> None:
    """Definitions, groups, places and regimes that lead back to themselves are refused, with the way they take."""
    cycles = [fault for fault in faults_of(changed) if fault.code == "CYCLE"]
    assert message in cycles[0].message


def test_who_uses_what_is_broken_is_not_blamed() -> None:
    """A definition with a fault is reported once; the definitions and rules that use it are not."""
    changed = {
        **_more(_DEFINITIONS, "{id: a, is: tx.destinaton}", "{id: b, is: a in groups.allies}"),
        **_rule(_REQUIRE, ["b", "a in groups.allies"]),
    }
    (fault,) = faults_of(changed)
    assert "undefined field 'destinaton'" in fault.message


def test_a_definition_nobody_uses_is_checked_too() -> None:
    """What the language does not mean is refused in a definition at its own place, also where nothing uses it."""
    (fault,) = faults_of(_definition("g", "{any: ['item.kind == 1']}"))
    assert f"{_DEFINITIONS}:9:24: EXPRESSION" == f"{fault.at}: {fault.code}"
