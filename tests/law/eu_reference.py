"""What the reference says of the European Union, as plain statements that can be compared with what the package says."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import yaml

FOLDER: Final = Path(__file__).parents[3] / "shared" / "reference" / "eu"
AUTHORIZATIONS: Final = tuple(f"EU00{n}" for n in range(1, 9))
_REGIMES: Final = {"NSG-1": "NSG", "NSG-2": "NSG", "LIKE-MINDED-500": "IEC"}
_FRENCH: Final = ("BL", "NC", "PF", "PM", "TF", "WF")
_NO_MILITARY_EMBARGO: Final = ("none now", "internal repression goods only")


def _rows(name: str) -> list[dict[str, str]]:
    lines = (FOLDER / name).read_text(encoding="utf-8").splitlines()
    return list(csv.DictReader(line for line in lines if not line.startswith("#")))


def _authorizations() -> dict[str, Mapping[str, Any]]:
    # `<<: *ban` names an anchor that is written `&ban` on a mapping: plain YAML 1.1.
    said = yaml.safe_load((FOLDER / "ugea_eu001_eu008.yaml").read_text(encoding="utf-8"))
    return {each["id"]: each for each in said["authorisations"]}


def entries() -> set[str]:
    """Every entry of Annex I with its regime."""
    used = (row for row in _rows("annex_i_codes.csv") if row["status"] != "not_used")
    return {f"{row['code']} {_REGIMES.get(row['origin_regime'], row['origin_regime'])}" for row in used}


def annex_iv() -> set[str]:
    """Every code of Annex IV with its part."""
    return {f"{row['code']} {row['part']}" for row in _rows("annex_iv.csv")}


def section_i() -> set[str]:
    """The codes of Annex II, Section I."""
    said = yaml.safe_load((FOLDER / "ugea_eu001_eu008.yaml").read_text(encoding="utf-8"))
    return {str(code).split()[0] for code in said["section_I_exclusion"]["codes"]}


def destinations() -> set[str]:
    """Where each general authorization leads; for EU008, where it does not."""
    return {f"{id_} {place}" for id_, said in _authorizations().items() for place in _places(said["destinations"])}


def _places(said: Any) -> Iterator[str]:
    for place in said["except"] if isinstance(said, dict) else said:
        yield from _FRENCH if place == "FR-OVERSEAS" else (place,)


def items() -> set[str]:
    """What the general authorizations that list their items take up, and what the others leave out, by code."""
    said = {id_: each["items"] for id_, each in _authorizations().items()}
    found = {f"{id_} {str(code).split()[0]}" for id_ in ("EU002", "EU005", "EU008") for code in _codes(said[id_]["include"])}
    found |= {f"{id_} without {c}" for id_ in ("EU003", "EU004") for c in _codes(said[id_]["exclude"])}
    for listed in said["EU006"]["include"]:
        found |= {f"EU006 {listed['entry']}.{number}" for number in _numbers(listed["numbers"])}
    return found


def _codes(said: list[str]) -> Iterator[str]:
    """The codes of a list, without words that stand between them."""
    return (code for code in said if re.match(r"\d[A-E]\d{3}", code))


def _numbers(text: str) -> Iterator[int]:
    for part in text.split(","):
        first, _, last = part.strip().partition("-")
        yield from range(int(first), int(last or first) + 1)


def embargoes() -> set[str]:
    """Countries under an arms embargo."""
    return {row["iso2"] for row in _rows("arms_embargoes.csv") if row["scope"] not in _NO_MILITARY_EMBARGO}


def articles() -> set[str]:
    """Articles that ask something of the exporter, broker, carrier or provider, by paragraph where the reference names one."""
    said = yaml.safe_load((FOLDER / "reg_2021_821_articles.yaml").read_text(encoding="utf-8"))
    found: set[str] = set()
    for each in said["articles"]:
        if "control" not in each or not 3 <= each["art"] <= 11:
            continue
        steps = [step["para"] for step in each.get("knowledge_ladder", ())] or [each.get("para")]
        found |= {f"{each['art']}({para})" if para else str(each["art"]) for para in steps}
    return found
