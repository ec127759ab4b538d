"""Proofs, good and bad, of transparency-dev/merkle: the verifier judges each as its authors do."""

from __future__ import annotations

import base64
import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest

from licet.ledger.verify import (
    Subtree,
    Tree,
    VerificationError,
    check_consistency,
    check_inclusion,
    check_subtree_consistency,
    check_subtree_inclusion,
)

FOLDER: Final = Path(__file__).resolve().parents[3] / "shared" / "conformance" / "merkle"
pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason="the conformance data lies outside the project, and is not here")


def _bytes(text: str | None) -> bytes:
    return base64.b64decode(text or "")


def _proof(case: dict[str, Any]) -> list[bytes]:
    return [_bytes(step) for step in case["proof"] or []]


def _inclusion(case: dict[str, Any]) -> None:
    check_inclusion(case["leafIdx"], _bytes(case["leafHash"]), _proof(case), Tree(case["treeSize"], _bytes(case["root"])))


def _consistency(case: dict[str, Any]) -> None:
    first, second = (Tree(case[f"size{n}"], _bytes(case[f"root{n}"])) for n in (1, 2))
    check_consistency(first, second, _proof(case))


def _subtree_inclusion(case: dict[str, Any]) -> None:
    subtree = Subtree(case["start"], case["end"], _bytes(case["root"]))
    check_subtree_inclusion(case["leafIdx"], _bytes(case["leafHash"]), _proof(case), subtree)


def _subtree_consistency(case: dict[str, Any]) -> None:
    subtree = Subtree(case["start"], case["end"], _bytes(case["root1"]))
    check_subtree_consistency(subtree, Tree(case["size"], _bytes(case["root2"])), _proof(case))


_KINDS: Final[dict[str, Callable[[dict[str, Any]], None]]] = {
    "inclusion": _inclusion,
    "consistency": _consistency,
    "subtreeinclusion": _subtree_inclusion,
    "subtreeconsistency": _subtree_consistency,
}


@pytest.mark.parametrize("kind", _KINDS)
def test_every_proof_is_judged_rightly(kind: str, record_property: Callable[[str, object], None]) -> None:
    """Every good proof is accepted, every bad one refused."""
    judged: Counter[str] = Counter()
    wrong = []
    for file in sorted((FOLDER / kind).rglob("*.json")):
        case = json.loads(file.read_text())
        try:
            _KINDS[kind](case)
        except VerificationError:
            refused = True
        else:
            refused = False
        judged["refused" if refused else "accepted"] += 1
        if refused is not case["wantErr"]:
            wrong.append(f"{file.relative_to(FOLDER)}: {case['desc']}")
    assert not wrong
    assert judged["accepted"] > 0 < judged["refused"]
    record_property("counted", [f"merkle proofs, {kind}", dict(judged)])
