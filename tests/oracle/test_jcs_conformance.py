"""JSON in and out of RFC 8785's author: the library that digests are made with writes it as he does."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

import pytest
import rfc8785

FOLDER: Final = Path(__file__).resolve().parents[3] / "shared" / "conformance" / "jcs"
pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason="the conformance data lies outside the project, and is not here")


def test_every_vector_comes_out_as_published() -> None:
    """Each input, parsed and written anew, has the bytes of the published output."""
    inputs = sorted((FOLDER / "input").glob("*.json"))
    assert 6 == len(inputs)
    assert {i.name: (FOLDER / "output" / i.name).read_bytes() for i in inputs} == {
        i.name: rfc8785.dumps(json.loads(i.read_bytes())) for i in inputs
    }
