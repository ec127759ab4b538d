"""A release: the pinned set of packages that a server runs, named by digest.

`load_release` runs the stages text, schema, names, expressions, law; each reports all its faults at once (`PolicyError`).
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeVar

from licet.language.facts import Vocabulary
from licet.language.faults import Fault, PolicyError, Position
from licet.language.law import Law, Scheme
from licet.policy.catalogue import Catalogues, SchemeSource, read_catalogues, scheme_with_entries
from licet.policy.compile import Compiled, Named, compile_package, known_entries, name_package
from licet.policy.dated import law_on
from licet.policy.digest import combined, digest
from licet.policy.lawful import check_law
from licet.policy.model import Basis, Instrument, Package
from licet.policy.reading import Faults, Fields, nearest
from licet.policy.source import (
    PackageSource,
    read_definition,
    read_fact,
    read_group,
    read_policy,
    read_rule,
    read_table,
    read_treated,
)
from licet.policy.text import CsvText, Node, plain_data, read_csv, read_yaml
from licet.policy.text import Mapping as MappingNode
from licet.policy.text import Sequence as SequenceNode
from licet.policy.vocabulary_csv import read_vocabulary_csv

LANGUAGE = "1"
"""The version of the policy language that this software speaks."""
_LONG_AGO = datetime.date.min
_SHARED = frozenset(("concepts.yaml", "places.yaml", "schemes.yaml", "vocabulary.yaml"))
_NO_FILE = "see policies/README.md"
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Family:
    """A bloc with its members, or a jurisdiction alone: resolved together, as one set of findings."""

    head: str
    jurisdictions: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Release:
    """The packages that a server runs, with the catalogues they share."""

    digest: str
    packages: Mapping[str, Package]
    vocabularies: Mapping[str, Vocabulary]
    schemes: Mapping[str, Scheme]
    catalogues: Catalogues
    families: tuple[Family, ...]
    law: Callable[[str, datetime.date], Law]
    """The law of a jurisdiction on a date; the few dates in use are kept."""

    def instrument(self, id_: str) -> tuple[str, Instrument]:
        """The jurisdiction that owns an instrument, and the instrument."""
        return next((p.jurisdiction, i) for p in self.packages.values() for i in p.policy.instruments if i.id == id_)

    def bases(self, family: Family) -> Mapping[str, Basis]:
        """All bases of a family by id."""
        return {basis.id: basis for j in family.jurisdictions for basis in self.packages[j].policy.bases}


def release_of(
    *,
    digest: str,
    packages: Mapping[str, Package],
    vocabularies: Mapping[str, Vocabulary],
    schemes: Mapping[str, Scheme],
    catalogues: Catalogues,
    families: tuple[Family, ...],
) -> Release:
    """The release that holds these parts, with its law."""

    @lru_cache(maxsize=256)
    def law(jurisdiction: str, date: datetime.date) -> Law:
        return law_on(packages[jurisdiction], schemes, catalogues.places, date)

    return Release(digest, packages, vocabularies, schemes, catalogues, families, law)


def load_release(files: Mapping[str, bytes]) -> Release:
    """The release that a folder's files hold; raises `PolicyError` with all faults of the first stage that has any."""
    yaml, csv = _text_stage(files)
    catalogues, sources = _schema_stage(yaml, csv)
    named = _names_stage(sources, catalogues)
    release = _expressions_stage(named, catalogues, _catalogue_digest(yaml, csv, set(sources)))
    faults = Faults()
    check_law(release.packages, release.vocabularies, catalogues, faults)
    _raise(faults)
    return release


def _raise(faults: Faults) -> None:
    if faults.found:
        raise PolicyError(faults.found)


def _text_stage(files: Mapping[str, bytes]) -> tuple[dict[str, Node], dict[str, CsvText]]:
    yaml: dict[str, Node] = {}
    csv: dict[str, CsvText] = {}
    found: list[Fault] = []
    for name in sorted(files):
        if name.endswith(".cases.yaml"):
            continue
        if name.endswith(".yaml"):
            node, faults = read_yaml(name, files[name])
            if node is not None:
                yaml[name] = node
        else:
            text, faults = read_csv(name, files[name])
            if text is not None:
                csv[name] = text
        found += faults
    if found:
        raise PolicyError(found)
    return yaml, csv


# ---- schema -------------------------------------------------------------------------------------------------------------


def _schema_stage(yaml: Mapping[str, Node], csv: Mapping[str, CsvText]) -> tuple[Catalogues, dict[str, PackageSource]]:
    faults = Faults()
    folders = sorted(name.partition("/")[0] for name in yaml if name.count("/") == 1 and name.endswith("/policy.yaml"))
    shared = {name: node for name, node in yaml.items() if name.partition("/")[0] not in folders}
    for name, text in csv.items():
        shared_csv, own_csv = name == "regimes/members.csv", re.fullmatch(r"[^/]+/(vocabulary|tables/[^/]+)\.csv", name)
        if not (shared_csv or (own_csv and name.partition("/")[0] in folders)):
            faults.add(Position(text.file, 1, 1), "UNKNOWN_FILE", f"{name} is no table", _NO_FILE)
    for name, node in shared.items():
        if name not in _SHARED and not name.startswith("regimes/"):
            faults.add(node.at, "UNKNOWN_FILE", f"{name} is no catalogue, and its folder has no policy.yaml", _NO_FILE)
    catalogues = read_catalogues(shared, {n: t for n, t in csv.items() if n.partition("/")[0] not in folders}, faults)
    sources = {folder: _read_package(folder, yaml, csv, faults) for folder in folders}
    if not folders:
        faults.add(Position("policy.yaml", 1, 1), "NO_PACKAGE", "no folder here has a policy.yaml", "name a folder of policies")
    _raise(faults)
    return catalogues, sources


def _read_package(folder: str, yaml: Mapping[str, Node], csv: Mapping[str, CsvText], faults: Faults) -> PackageSource:
    own = {name.removeprefix(f"{folder}/"): node for name, node in yaml.items() if name.startswith(f"{folder}/")}
    tables = {name.removeprefix(f"{folder}/"): text for name, text in csv.items() if name.startswith(f"{folder}/")}
    fields = Fields.of(own["policy.yaml"], "policy.yaml", faults)
    policy = read_policy(fields)
    fields.done()
    if policy.jurisdiction and policy.jurisdiction != folder:
        faults.add(policy.at, "JURISDICTION", f"policy.yaml of folder {folder} says jurisdiction {policy.jurisdiction}")
    if policy.language and policy.language != LANGUAGE:
        faults.add(policy.at, "LANGUAGE", f"policy.yaml says language {policy.language}, this software speaks {LANGUAGE}")
    facts = list(_entries(own, ("vocabulary.yaml",), "facts", lambda f, _: read_fact(f), faults))
    if "vocabulary.csv" in tables:
        facts += read_vocabulary_csv(tables["vocabulary.csv"], faults)
    for name in own.keys() - _expected(own):
        faults.add(own[name].at, "UNKNOWN_FILE", f"{folder}/{name} is no file of a package", _NO_FILE)
    return PackageSource(
        policy=policy,
        rules=_entries(own, _under(own, "rules/"), "rules", read_rule, faults, dated=True),
        groups=_entries(own, _under(own, "groups/"), "groups", read_group, faults, dated=True),
        tables=_entries(own, ("tables/tables.yaml",), "tables", read_table, faults),
        csv={name.removeprefix("tables/"): text for name, text in tables.items() if name.startswith("tables/")},
        definitions=_entries(own, ("definitions.yaml",), "definitions", lambda f, _: read_definition(f), faults),
        facts=tuple(facts),
        treated=_entries(own, ("places.yaml",), "treat", lambda f, _: read_treated(f), faults),
        digest=digest({name: plain_data(node) for name, node in own.items()} | {n: t.plain_data() for n, t in tables.items()}),
    )


def _expected(own: Mapping[str, Node]) -> set[str]:
    fixed = {"policy.yaml", "vocabulary.yaml", "definitions.yaml", "places.yaml", "tables/tables.yaml"}
    return fixed | {*_under(own, "rules/"), *_under(own, "groups/")}


def _under(own: Mapping[str, Node], prefix: str) -> tuple[str, ...]:
    return tuple(sorted(name for name in own if name.startswith(prefix)))


def _entries(
    own: Mapping[str, Node],
    files: tuple[str, ...],
    key: str,
    read: Callable[[Fields, datetime.date], _T],
    faults: Faults,
    *,
    dated: bool = False,
) -> tuple[_T, ...]:
    found: list[_T] = []
    for name in files:
        if name not in own:
            continue
        root = own[name]
        if not isinstance(root, MappingNode):
            faults.add(root.at, "SHAPE", f"{name} should hold a list under {key}")
            continue
        history, items, defaults = _head(name, root, key, faults, dated=dated)
        for item in items:
            fields = Fields.of(item, key.removesuffix("s"), faults).or_else(defaults)
            found.append(read(fields, history))
            fields.done()
    return tuple(found)


def _head(
    name: str, root: MappingNode, key: str, faults: Faults, *, dated: bool
) -> tuple[datetime.date, tuple[Node, ...], Fields | None]:
    """From when a file knows the law, its entries, and for rules what holds for each that does not say otherwise."""
    fields = Fields.of(root, name, faults)
    history = fields.date("history_from", required=dated) or _LONG_AGO
    node = fields.node(key, required=True)
    defaults = Fields.of(fields.node("defaults"), "defaults", faults) if key == "rules" and fields.has("defaults") else None
    fields.done()
    if node is not None and not isinstance(node, SequenceNode):
        faults.add(node.at, "SHAPE", f"{key} of {name} should be a list")
    return history, node.items if isinstance(node, SequenceNode) else (), defaults


def _catalogue_digest(yaml: Mapping[str, Node], csv: Mapping[str, CsvText], folders: set[str]) -> str:
    shared = {name: plain_data(node) for name, node in yaml.items() if name.partition("/")[0] not in folders}
    shared |= {name: text.plain_data() for name, text in csv.items() if name.partition("/")[0] not in folders}
    return digest(shared)


# ---- names and expressions ----------------------------------------------------------------------------------------------


def _names_stage(sources: Mapping[str, PackageSource], catalogues: Catalogues) -> dict[str, Named]:
    faults = Faults()
    named: dict[str, Named] = {}
    heads_first = sorted(sources, key=lambda folder: (bool(sources[folder].policy.extends), folder))
    for folder in heads_first:
        source = sources[folder]
        extends = source.policy.extends
        if extends and (extends not in sources or sources[extends].policy.extends):
            faults.add(source.policy.at, "EXTENDS", f"{folder} extends {extends}, which is no bloc of this release")
        named[folder] = name_package(source, named.get(extends), catalogues, faults)
    _unique_instruments(sources, faults)
    for scheme in catalogues.schemes.values():
        _check_entries(scheme, named, faults)
    _raise(faults)
    return named


def _check_entries(source: SchemeSource, named: Mapping[str, Named], faults: Faults) -> None:
    """The tables that hold a scheme's known entries are there, if their package is."""
    if source.entries is None or source.entries[0] not in named:
        return
    package, held_by, column = source.entries
    tables = named[package].specs
    for table in held_by:
        if table not in tables:
            faults.add(source.at, "UNKNOWN_NAME", f"{table} is no table of {package}", nearest(table, tables))
        elif column not in (names := [spec.name for spec in tables[table]]):
            faults.add(source.at, "UNKNOWN_NAME", f"{column} is no column of {table}", nearest(column, names))


def _unique_instruments(sources: Mapping[str, PackageSource], faults: Faults) -> None:
    owners: dict[str, str] = {}
    for folder, source in sorted(sources.items()):
        for instrument in source.policy.instruments:
            if instrument.id in owners:
                faults.add(
                    source.policy.at,
                    "DUPLICATE",
                    f"the instrument {instrument.id} belongs to {owners[instrument.id]} already",
                )
            owners.setdefault(instrument.id, folder)


def _expressions_stage(named: Mapping[str, Named], catalogues: Catalogues, catalogue_digest: str) -> Release:
    faults = Faults()
    compiled: dict[str, Compiled] = {}
    for folder, package in named.items():  # blocs before their members
        bloc = compiled.get(package.source.policy.extends)
        compiled[folder] = compile_package(package, bloc, catalogues, faults)
    _raise(faults)
    packages = {folder: each.package for folder, each in sorted(compiled.items())}
    schemes = {id_: scheme_with_entries(source, _entries_of(source.entries, named)) for id_, source in catalogues.schemes.items()}

    return release_of(
        digest=combined({folder: p.digest for folder, p in packages.items()} | {"": catalogue_digest, "language": LANGUAGE}),
        packages=packages,
        vocabularies={folder: each.vocabulary for folder, each in sorted(compiled.items())},
        schemes=schemes,
        catalogues=catalogues,
        families=_families(packages),
    )


def _entries_of(where: tuple[str, tuple[str, ...], str] | None, named: Mapping[str, Named]) -> frozenset[str] | None:
    if where is None or where[0] not in named:
        return None
    package, tables, column = where
    return known_entries(named[package], column, tables)


def _families(packages: Mapping[str, Package]) -> tuple[Family, ...]:
    heads = [folder for folder, package in packages.items() if not package.policy.extends]
    members = {head: tuple(f for f, p in packages.items() if p.policy.extends == head) for head in heads}
    return tuple(Family(head, (head, *members[head])) for head in heads)


__all__ = ["LANGUAGE", "Family", "Release", "load_release", "release_of"]
