"""A replay as the API tells it."""

from __future__ import annotations

import licet
from licet.engine.compiled import CompiledEngine
from licet.engine.rete import ReteEngine
from licet.ledger.store import Entry
from licet.replay.replay import Replayed, Verdict
from licet.replay.second_opinion import Second, contradictions
from licet.v1 import decision_service_pb2 as pb

_VERDICTS = {
    Verdict.IDENTICAL: pb.REPLAY_VERDICT_IDENTICAL,
    Verdict.DIVERGED: pb.REPLAY_VERDICT_DIVERGED,
    Verdict.IMPOSSIBLE: pb.REPLAY_VERDICT_IMPOSSIBLE,
}


def replay_message(entry: Entry, found: Replayed) -> pb.Replay:
    """The replay of an entry."""
    reply = pb.Replay(
        id=entry.envelope.id,
        index=entry.index,
        verdict=_VERDICTS[found.verdict],
        why=found.why,
        engine=f"{CompiledEngine.name} {licet.__version__}",
    )
    if (where := found.difference) is not None:
        reply.difference.path, reply.difference.rule = where.path, where.rule
        reply.difference.recorded, reply.difference.recomputed = where.recorded, where.recomputed
        reply.difference.facts.extend(where.facts)
    if found.second is not None:
        reply.second_opinion.CopyFrom(_opinion(found.second))
    return reply


def _opinion(second: Second) -> pb.SecondOpinion:
    refusals = (
        f"{count} {'times' if count > 1 else 'time'}: {reason}{f' ({detail})' if detail else ''}"
        for (reason, detail), count in second.refusals.items()
    )
    return pb.SecondOpinion(
        engine=f"{ReteEngine.name} {licet.__version__}",
        findings=second.findings,
        confirmed=second.confirmed,
        taken=second.taken,
        contradicted=contradictions(second),
        not_available=refusals,
    )


__all__ = ["replay_message"]
