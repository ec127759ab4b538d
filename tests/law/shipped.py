"""The law that is shipped, as it is on the day of the checks."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from functools import cache
from typing import Final

from licet.language.law import Law
from licet.policy.folder import embedded_folder, read_folder
from licet.policy.release import load_release

_ON: Final = datetime.date(2026, 11, 22)


@cache
def files() -> Mapping[str, bytes]:
    """The files of the shipped policies."""
    return read_folder(embedded_folder())


@cache
def shipped(jurisdiction: str) -> Law:
    """The law of a jurisdiction, as shipped."""
    return law_of(jurisdiction, files())


def law_of(jurisdiction: str, given: Mapping[str, bytes]) -> Law:
    """The law of a jurisdiction by these files, those of other jurisdictions left aside."""
    needed = ("regimes/", f"{jurisdiction}/")
    return load_release({name: text for name, text in given.items() if "/" not in name or name.startswith(needed)}).law(
        jurisdiction, _ON
    )
