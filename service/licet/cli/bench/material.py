"""What is measured on: a release, and the example shipments as requests and as cases for engines."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from licet.cli.shipment import read_shipment
from licet.decision.canonical import canonical, legal_date
from licet.decision.coverage import families_asked
from licet.engine.protocol import Case
from licet.policy.folder import embedded_folder, read_folder
from licet.policy.release import Release, load_release
from licet.v1 import licensing_service_pb2

TODAY = datetime.date(2026, 11, 22)
"""The legal date of shipments that name none, so that runs on different days measure the same."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where policies and shipments lie."""

    policies: Path
    examples: Path

    def release(self) -> Release:
        """The release, read anew. Raises `PolicyError` with all faults, OSError."""
        return load_release(read_folder(self.policies))

    def requests(self) -> tuple[licensing_service_pb2.EvaluateRequest, ...]:
        """The shipments, in the order of their names. Raises `ShipmentError`, OSError also where there are none."""
        files = sorted(self.examples.glob("*.yaml"))
        if not files:
            raise FileNotFoundError(f"{self.examples} holds no example shipments")
        return tuple(read_shipment(path).request for path in files)


def source(policies: Path | None, examples: Path) -> Source:
    """The source, with the policies that Licet ships where none are named."""
    return Source(policies or embedded_folder(), examples)


def cases_of(release: Release, requests: tuple[licensing_service_pb2.EvaluateRequest, ...]) -> Mapping[str, tuple[Case, ...]]:
    """What engines are given, with all assumptions: for each package the cases of the shipments that ask it."""
    cases: dict[str, list[Case]] = {}
    for request in requests:
        transaction = canonical(request.transaction, TODAY)
        for jurisdiction in (j for family in families_asked(release, request.jurisdictions) for j in family.jurisdictions):
            law = release.law(jurisdiction, legal_date(transaction))
            case = Case(transaction, release.packages[jurisdiction], law, release.vocabularies[jurisdiction])
            cases.setdefault(jurisdiction, []).append(case)
    return {jurisdiction: tuple(found) for jurisdiction, found in cases.items()}
