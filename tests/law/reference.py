"""What the reference says of the United States, as plain statements that can be compared with what a package says.

Each reader gives a set of texts. A control line that has a test of its own ends in `if`, with the test in the reference's words.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import yaml

FOLDER: Final = Path(__file__).parents[3] / "shared" / "reference" / "us"
COLUMNS: Final = ("CB1", "CB2", "CB3", "NP1", "NP2", "NS1", "NS2", "MT1", "RS1", "RS2", "FC1", "CC1", "CC2", "CC3", "AT1", "AT2")
GROUPS: Final = ("A:1", "A:2", "A:3", "A:4", "A:5", "A:6", "B", "D:1", "D:2", "D:3", "D:4", "D:5", "E:1", "E:2")
OTHER_LISTS: Final = {
    "ENC_supp3_to_740": "enc_supp3_740",
    "AIA_supp5a_to_740": "aia_supp5a_740",
    "nuclear_supp3_to_744": "nuclear_supp3_744",
    "GECC_supp3_to_746": "gecc_supp3_746",
    "UN_arms_embargo_746_1b2": "un_arms_embargo",
    "CWC_non_states_parties": "cwc_non_parties",
    "APP_tier_1": "app_tier_1",
    "APP_tier_3": "app_tier_3",
}
_REGIMES: Final = {
    "unilateral AT/RS": "unilateral",
    "unilateral CC/SS/SL/RS": "unilateral",
    "unilateral NP": "unilateral",
    "unilateral(RS)": "unilateral",
    "unilateral 0Y521": "unilateral",
    "600-series WAML/ex-USML": "WA-ML",
    "ex-USML I-III/WAML": "WA-ML",
    "WAML": "WA-ML",
    "spacecraft ex-USML XV": "WA",
    "plurilateral IEC": "IEC",
    "AG+CWC": "AG;CWC",
}
"""The reference's words for the regime of an entry, by the ids of the package; the others are the same."""


def rows(name: str) -> list[dict[str, str]]:
    """The rows of a CSV file of the reference."""
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(line for line in file if not line.startswith("#")))


def _yaml(name: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = yaml.safe_load((FOLDER / name).read_text(encoding="utf-8"))
    return found


def chart() -> set[str]:
    """Rows of the chart, with every mark, footnote and pointer."""
    listed = rows("country_chart.csv")
    found = {f"row {row['iso2']}" for row in listed}
    found |= {f"{row['iso2']} {column}" for row in listed for column in COLUMNS if row[column] == "X"}
    found |= {f"{row['iso2']} footnote {n}" for row in listed for n in row["footnotes"].replace(";", " ").split()}
    return found | {f"{row['iso2']} pointer {row['pointer']}" for row in listed if row["pointer"]}


def territories() -> set[str]:
    """Places whose row is another's."""
    inherited = (row for row in rows("country_chart.csv") if row["pointer"].startswith("inherit:"))
    return {f"{row['iso2']} as {row['pointer'].removeprefix('inherit:')}" for row in inherited} | {"LI as CH"}


def groups() -> set[str]:
    """Members of the Country Groups and of the other lists of destinations."""
    said = _yaml("country_groups.yaml")
    found = {f"{name} {place}" for name in GROUPS for place in said["groups"][name]["iso2"]}
    found |= {f"{id_} {place}" for name, id_ in OTHER_LISTS.items() for place in said["other_lists"][name]["iso2"]}
    two = said["other_lists"]["MEU_destinations_744_21"]
    found |= {f"meu_listed_items {place}" for place in two["Supp2_items"]}
    found |= {f"russia_belarus {place}" for place in two["any_item"]}
    for name in said["other_lists"]["mil_intel_destinations_744_22"]:
        found |= {f"mil_intel {p}" for p in (said["groups"][name]["iso2"] if ":" in name else [name])}
    return found | {f"rs_y_destinations {place}" for place in said["other_lists"]["RS_y_paragraph_742_6a7"]}


def entries() -> set[str]:
    """Every ECCN with its status and regime."""
    words = {"itar_pointer": "itar"}
    return {
        f"{row['eccn']} {words.get(row['status'], row['status'].replace('pointer:', 'pointer '))}"
        f", {_REGIMES.get(row['regime'], row['regime'])}"
        for row in rows("eccns.csv")
    }


def reasons() -> set[str]:
    """Every ECCN with each of its columns or formulas, as `eccns.csv` has them."""
    return {
        f"{row['eccn']} {control.rstrip('*').removeprefix('F_')}"
        for row in rows("eccns.csv")
        for control in row["controls"].split(";")
        if control
    }


def control_lines() -> set[str]:
    """Every control line: entry, reason, column or formula, scope; where it has a test of its own, that in words for the scope."""
    return {
        f"{row['eccn']} {row['reason'].partition('(')[0]} {row['chart'].removeprefix('F_')}: "
        + (f"if {row['condition']}" if row["condition"] else _scope(row))
        for row in rows("eccn_paragraphs.csv")
    }


def _scope(row: Mapping[str, str]) -> str:
    paragraphs = "; ".join(sorted(f"{row['eccn']}.{p}" for p in _paragraphs(row["paragraphs"])))
    return {"entire": row["eccn"], "only": paragraphs, "except": f"{row['eccn']} except {paragraphs}"}[row["scope"]]


def _paragraphs(text: str) -> Iterator[str]:
    """The paragraphs of a list; `f.2-f.4` and `g-j` are ranges."""
    for each in filter(None, text.split(";")):
        first, _, last = each.partition("-")
        if not last:
            yield first
            continue
        above, _, start = first.rpartition(".")
        end = last.rpartition(".")[2]
        steps = range(int(start), int(end) + 1) if start.isdigit() else map(chr, range(ord(start), ord(end) + 1))
        yield from (f"{above}.{step}".lstrip(".") for step in steps)


def footnotes() -> set[str]:
    """The entries for which a footnote of the chart keeps a license requirement that the chart does not mark."""
    said = _yaml("country_chart_notes.yaml")
    kept = {7: said["formula_equivalents"]["RS2"]["but_IN_required_for"], 10: said["footnotes"][10]["eccns"]}
    return {f"footnote {number}: {text[:5]}" for number, texts in kept.items() for text in texts}


def hts() -> set[str]:
    """The codes of the supplements to part 746."""
    return {f"Supp. No. {row['supplement']} {row['hts6']}" for row in rows("hts_part746.csv")}


def chemicals() -> set[str]:
    """The chemicals that the list names by CAS number, with paragraph and the share from which a mixture counts."""
    return {f"{row['item']} {row['cas']} {row['mixture_pct'].lstrip('>') or '0'}" for row in rows("chemicals_1c350.csv")}


def military_end_use() -> set[str]:
    """The entries of Supplement No. 2 to part 744, and whether only a part of each is meant."""
    listed = _yaml("end_use_end_user.yaml")["lists"]["meu_items_supp2_744"]["eccns"]
    return {re.sub(r"\s*\(.*", " in part", text) for text in listed}


def exceptions() -> set[str]:
    """What the entries say of LVS (limits), GBS and TSR."""
    found: set[str] = set()
    for row in rows("eccns.csv"):
        limits = re.findall(r"(?<![.\w])\d{3,4}(?!\w)", f"{row['lvs_usd']} {row['lvs_note']}")
        found |= {f"LVS {row['eccn']} {limit}" for limit in limits}
        found |= {f"{name.upper()} {row['eccn']}" for name in ("gbs", "tsr") if row[name] in ("yes", "partial")}
    return found
