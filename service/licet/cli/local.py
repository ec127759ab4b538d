"""Deciding in this process: no server, and nothing is recorded."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from google.protobuf.timestamp_pb2 import Timestamp

import licet
from licet.cli.answers import Answer
from licet.decision.decide import decide
from licet.decision.errors import InvalidRequest, Violation
from licet.decision.settings import Settings
from licet.decision.sources import to_date
from licet.decision.view import for_audience
from licet.engine.reference import ReferenceEngine
from licet.policy.folder import embedded_folder, read_folder
from licet.policy.release import LANGUAGE, Release, load_release
from licet.v1 import decision_pb2, licensing_service_pb2


def load(folder: Path | None = None) -> Release:
    """The release in a folder, or the one that Licet ships. Raises `PolicyError` with all faults, OSError."""
    return load_release(read_folder(folder or embedded_folder()))


@dataclass(frozen=True, eq=False)
class Local:
    """Decides under one release, as a server with default settings would."""

    release: Release

    def evaluate(self, request: licensing_service_pb2.EvaluateRequest) -> decision_pb2.Decision:
        """The decision, for the audience that the request names. Raises `InvalidRequest`."""
        if request.release not in ("", self.release.digest):
            text = f"{request.release[:80]} is not this release, which is {self.release.digest}"
            raise InvalidRequest([Violation("release", text)])
        now, engine, settings = datetime.datetime.now(datetime.UTC), ReferenceEngine(), Settings()
        decided = decide(request, self.release, engine, today=now.date(), settings=settings)
        decided_at = Timestamp()
        decided_at.FromDatetime(now)
        return decision_pb2.Decision(
            request_id=request.request_id,
            transaction_digest=decided.transaction_digest,
            release=self.release.digest,
            engine=f"{engine.name} {licet.__version__}",
            language=LANGUAGE,
            as_of=to_date(decided.as_of),
            decided_at=decided_at,
            settings=decision_pb2.EvaluationSettings(
                screening_required=settings.screening_required, screening_max_age_days=settings.screening_max_age_days
            ),
            result=for_audience(decided.result, request.audience),
        )

    def evaluate_all(self, requests: Sequence[licensing_service_pb2.EvaluateRequest]) -> Iterator[tuple[int, Answer]]:
        """Each request's place and answer, one after another."""
        for index, request in enumerate(requests):
            try:
                yield index, self.evaluate(request)
            except InvalidRequest as error:
                yield index, error
