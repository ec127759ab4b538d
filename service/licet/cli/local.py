"""Deciding in this process: no server, and nothing is recorded."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from google.protobuf.timestamp_pb2 import Timestamp

import licet
from licet.cli.answers import Answer, Answered
from licet.cli.engines import Engines
from licet.decision.decide import Decided, decide
from licet.decision.errors import InvalidRequest, Violation
from licet.decision.settings import Settings
from licet.decision.sources import to_date
from licet.decision.view import for_audience
from licet.engine.reference import ReferenceEngine
from licet.policy.folder import embedded_folder, read_folder
from licet.policy.release import LANGUAGE, Release, load_release
from licet.replay.second_opinion import Second, Watched, second_opinion
from licet.v1 import decision_pb2, licensing_service_pb2


def load(folder: Path | None = None) -> Release:
    """The release in a folder, or the one that Licet ships. Raises `PolicyError` with all faults, OSError."""
    return load_release(read_folder(folder or embedded_folder()))


@dataclass(frozen=True, eq=False)
class Local:
    """Decides under one release, as a server with default settings would, by the engines given: the reference if none are."""

    release: Release
    engines: Engines = field(default_factory=lambda: Engines(ReferenceEngine()))

    def evaluate(self, request: licensing_service_pb2.EvaluateRequest) -> decision_pb2.Decision:
        """The decision, for the audience that the request names. Raises as `answer` does."""
        return self.answer(request).decision

    def answer(self, request: licensing_service_pb2.EvaluateRequest) -> Answered:
        """The decision, for the audience that the request names, and the second opinion on it where one is asked for.

        Raises `InvalidRequest`; where durable-rules was chosen to decide, `ReteUnavailableError` and `EngineDisagreement`.
        """
        if request.release not in ("", self.release.digest):
            text = f"{request.release[:80]} is not this release, which is {self.release.digest}"
            raise InvalidRequest([Violation("release", text)])
        now, engine, settings = datetime.datetime.now(datetime.UTC), Watched(self.engines.deciding), Settings()
        decided = decide(request, self.release, engine, today=now.date(), settings=settings)
        decided_at = Timestamp()
        decided_at.FromDatetime(now)
        decision = decision_pb2.Decision(
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
            unrecorded=True,
            result=for_audience(decided.result, request.audience),
        )
        return Answered(decision, self._second(request, decided, engine))

    def answer_all(self, requests: Sequence[licensing_service_pb2.EvaluateRequest]) -> Iterator[tuple[int, Answer]]:
        """Each request's place and answer, one after another."""
        for index, request in enumerate(requests):
            try:
                yield index, self.answer(request)
            except InvalidRequest as error:
                yield index, error

    def _second(self, request: licensing_service_pb2.EvaluateRequest, decided: Decided, engine: Watched) -> Second | None:
        if self.engines.second is None:
            return None
        needed = frozenset(assumption.path for assumption in decided.result.assumptions)
        restricted = request.audience != licensing_service_pb2.AUDIENCE_AUDITOR
        return second_opinion(engine, needed, self.engines.second, restricted=restricted)
