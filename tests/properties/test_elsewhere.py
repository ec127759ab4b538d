"""The same inputs give the same result wherever they are decided."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from licet.cli.local import load
from licet.cli.shipment import read_shipment
from tests.support.answers import ask, wire

_ROOT: Final = Path(__file__).resolve().parents[2]
_EXAMPLES: Final = (
    "02-de-amplifier-to-china.yaml",
    "10-fr-machine-to-syria-30-percent.yaml",
    "13-us-device-without-classification.yaml",
)
_PLACES: Final = {
    "another seed of hashes": {"PYTHONHASHSEED": "4711", "TZ": "UTC", "LC_ALL": "C"},
    "another time zone and locale": {"PYTHONHASHSEED": "0", "TZ": "Pacific/Kiritimati", "LC_ALL": "tr_TR.UTF-8", "PYTHONUTF8": "0"},
}


def digests() -> list[str]:
    """A digest of the result of each example."""
    release = load()
    shipments = (read_shipment(_ROOT / "examples" / name).request.transaction for name in _EXAMPLES)
    return [hashlib.sha256(wire(ask(release, shipment))).hexdigest() for shipment in shipments]


@pytest.mark.parametrize("changed", _PLACES.values(), ids=_PLACES)
def test_the_result_is_the_same_elsewhere(changed: dict[str, str]) -> None:
    """A process with other hashes, in another time zone and locale, gives the same bytes."""
    program = "from tests.properties.test_elsewhere import digests; print(*digests())"
    environment = {**os.environ, **changed}  # what the other process has beside
    found = subprocess.run([sys.executable, "-c", program], cwd=_ROOT, env=environment, capture_output=True, text=True, check=True)
    assert digests() == found.stdout.split()
