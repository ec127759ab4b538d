from __future__ import annotations

import hashlib
import json
import shutil
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import grpc
import pytest

from licet.ledger.verify import Checkpoint, Key, Tree, check_checkpoint, check_consistency, check_inclusion, leaf_hash
from licet.v1 import decision_service_pb2 as pb
from licet.v1 import decision_service_pb2_grpc, licensing_service_pb2

if TYPE_CHECKING:
    from tests.rpc.conftest import Refusal
    from tests.support.servers import Server


def decisions(server: Server) -> Any:
    """A stub of DecisionService."""
    return decision_service_pb2_grpc.DecisionServiceStub(server.channel())


def evaluate(server: Server, request: Any, caller: str = "erp") -> Any:
    """The decision on a request."""
    return server.licensing.Evaluate(request, timeout=60, metadata=(("x-caller", caller),)).decision


def newest(server: Server, key: Key | None = None) -> Checkpoint:
    """The newest checkpoint, checked."""
    reply = decisions(server).GetCheckpoint(pb.GetCheckpointRequest(), timeout=60)
    return check_checkpoint(reply.checkpoint, key or Key.parsed(reply.public_key))


def prove(server: Server, id_: str, key: Key) -> None:
    """The decision is in the log, and what the server shows of it is what the log holds; fails otherwise."""
    found = decisions(server).GetDecision(pb.GetDecisionRequest(id=id_), timeout=60)
    proof = decisions(server).GetInclusionProof(pb.GetInclusionProofRequest(index=found.decision.proof.index), timeout=60)
    checkpoint = check_checkpoint(proof.checkpoint, key)
    check_inclusion(proof.index, leaf_hash(found.leaf), proof.hashes, Tree(checkpoint.size, checkpoint.root))
    envelope = json.loads(found.leaf)
    assert (id_, found.decision.release) == (envelope["id"], envelope["release"])


def test_what_is_answered_is_recorded_and_proved(
    start: Callable[..., Server], shipment: Callable[..., Any], tmp_path: Path
) -> None:
    """Each decision has a place in the log that its checkpoint covers; it is found again, as it was, also after a restart."""
    server = start(data=tmp_path)
    given = [evaluate(server, shipment(place)) for place in ("DE", "YY", "DE")]
    key = Key.parsed((tmp_path / "licet.pub").read_text())
    for index, decision in enumerate(given, 1):  # entry 0 holds the release
        assert (index, False) == (decision.proof.index, decision.unrecorded)
        checkpoint = check_checkpoint(decision.proof.checkpoint, key)
        assert (decision.proof.origin, index + 1) == (checkpoint.origin, checkpoint.size)
        prove(server, decision.id, key)
    before = newest(server, key)
    assert 0 == server.stop()
    again = start(data=tmp_path)
    assert before == newest(again, key)
    later = evaluate(again, shipment())
    after = newest(again, key)
    asked = pb.GetConsistencyProofRequest(first_tree_size=before.size)
    proof = decisions(again).GetConsistencyProof(asked, timeout=60)
    check_consistency(Tree(before.size, before.root), Tree(after.size, after.root), proof.hashes)
    listed = decisions(again).ListDecisions(pb.ListDecisionsRequest(), timeout=60).decisions
    assert [*(d.id for d in given), later.id] == [each.id for each in listed]
    for decision in given:
        found = decisions(again).GetDecision(pb.GetDecisionRequest(id=decision.id), timeout=60).decision
        found.proof.CopyFrom(decision.proof)
        assert decision == found


def test_a_request_made_again_gets_the_decision_of_then(
    start: Callable[..., Server], shipment: Callable[..., Any], refused: Callable[..., Refusal]
) -> None:
    """The same id with the same request gives the recorded decision, whoever answers; with another request it is refused."""
    server = start()
    request = shipment()
    request.request_id = "order-1"
    first, again = evaluate(server, request), evaluate(server, request)
    assert first.id == again.id
    assert first.result == again.result
    assert first.proof.index == again.proof.index
    other = shipment("YY")
    other.request_id = "order-1"
    refusal = refused(server.licensing.Evaluate, other, metadata=(("x-caller", "erp"),))
    assert (grpc.StatusCode.ALREADY_EXISTS, "REQUEST_ID_TAKEN") == (refusal.code, refusal.reason)
    assert first.id != evaluate(server, other, caller="another").id
    assert 3 == newest(server).size


def test_no_caller_stands_for_the_ledger_itself(
    start: Callable[..., Server], shipment: Callable[..., Any], refused: Callable[..., Refusal]
) -> None:
    """The request id under which a release is recorded is none that a caller may use, before the release is or after."""
    server = start()
    release = evaluate(start(), shipment()).release
    request = shipment()
    request.request_id = f"release\n{release}"
    for _ in range(2):
        assert "INVALID_REQUEST" == refused(server.licensing.Evaluate, request).reason
        assert evaluate(server, shipment()).proof.index
    assert {pb.REPLAY_VERDICT_IDENTICAL} == {replay.verdict for replay in replays(server)}


def test_the_same_request_at_the_same_moment_is_decided_once(start: Callable[..., Server], shipment: Callable[..., Any]) -> None:
    """Twenty callers that retry at once get one decision."""
    server = start()
    request = shipment()
    request.request_id = "order-1"
    ids: list[str] = []
    threads = [threading.Thread(target=lambda: ids.append(evaluate(server, request).id)) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert (20, 1) == (len(ids), len(set(ids)))
    assert 2 == newest(server).size


def test_a_rehearsal_is_not_recorded_and_says_so(start: Callable[..., Server], shipment: Callable[..., Any]) -> None:
    """It gives the same answer, and leaves nothing."""
    server = start()
    request = shipment()
    rehearsal = licensing_service_pb2.EvaluateRequest()
    rehearsal.CopyFrom(request)
    rehearsal.validate_only = True
    tried = evaluate(server, rehearsal)
    assert tried.unrecorded
    assert not tried.HasField("proof")
    assert 0 == newest(server).size
    assert tried.result == evaluate(server, request).result


def test_batch_and_stream_are_recorded_too(start: Callable[..., Server], shipment: Callable[..., Any]) -> None:
    """Whichever way a decision is asked for, it is recorded before it is answered."""
    server = start()
    batch = licensing_service_pb2.EvaluateBatchRequest(requests=[shipment(), shipment("YY")])
    results = server.licensing.EvaluateBatch(batch, timeout=60).results
    messages = [licensing_service_pb2.EvaluateStreamRequest(id=str(n), request=shipment()) for n in range(3)]
    replies = list(server.licensing.EvaluateStream(iter(messages), timeout=60))
    made = [each.decision.id for each in (*results, *replies)]
    listed = decisions(server).ListDecisions(pb.ListDecisionsRequest(), timeout=60).decisions
    assert set(made) == {each.id for each in listed}
    assert 6 == newest(server).size


def test_pages_of_decisions(start: Callable[..., Server], shipment: Callable[..., Any]) -> None:
    """The pages together hold every decision once, in order."""
    server = start()
    made = [evaluate(server, shipment()).id for _ in range(5)]
    found, token = [], ""
    while True:
        page = decisions(server).ListDecisions(pb.ListDecisionsRequest(page_size=2, page_token=token), timeout=60)
        found += [each.id for each in page.decisions]
        token = page.next_page_token
        if not token:
            break
    assert made == found


@pytest.mark.parametrize(
    ("method", "request_", "reason"),
    [
        ("GetDecision", pb.GetDecisionRequest(id="nobody"), "DECISION_UNKNOWN"),
        ("GetInclusionProof", pb.GetInclusionProofRequest(index=10**9), "INVALID_REQUEST"),
        ("GetInclusionProof", pb.GetInclusionProofRequest(index=0, tree_size=10**9), "INVALID_REQUEST"),
        ("GetConsistencyProof", pb.GetConsistencyProofRequest(first_tree_size=0), "INVALID_REQUEST"),
        ("ListDecisions", pb.ListDecisionsRequest(page_token="nonsense"), "INVALID_REQUEST"),  # noqa: S106  # no password
        ("ListDecisions", pb.ListDecisionsRequest(page_size=-1), "INVALID_REQUEST"),
    ],
)
def test_what_is_not_there_is_said(
    server: Server, refused: Callable[..., Refusal], method: str, request_: Any, reason: str
) -> None:
    """Each is refused by name, and never as a fault."""
    assert reason == refused(getattr(decisions(server), method), request_).reason


def test_records_are_private_if_told_so(start: Callable[..., Server], shipment: Callable[..., Any], tmp_path: Path) -> None:
    """No party's name stands in the files of the ledger, nor a digest by which to test a guess; the record is read as ever."""
    server = start(data=tmp_path, private=True)
    request = shipment()
    request.transaction.parties[0].name = "Jane Q. Roe"
    decision = evaluate(server, request)
    found = decisions(server).GetDecision(pb.GetDecisionRequest(id=decision.id), timeout=60)
    assert "Jane Q. Roe" == found.request.transaction.parties[0].name
    assert decision.result == found.decision.result
    assert 0 == server.stop()
    plain = request.SerializeToString(deterministic=True)
    guesses = (b"Jane Q. Roe", hashlib.sha256(plain).digest(), hashlib.sha256(plain).hexdigest().encode())
    assert not any(guess in file.read_bytes() for file in tmp_path.iterdir() if file.is_file() for guess in guesses)


def test_nothing_is_answered_that_cannot_be_recorded(
    start: Callable[..., Server], shipment: Callable[..., Any], refused: Callable[..., Refusal], tmp_path: Path
) -> None:
    """While the database is held by somebody else the call fails and may be retried; then all is as before."""
    server = start(data=tmp_path)
    first = evaluate(server, shipment())
    blocked = _blocked(tmp_path / "licet.db")
    try:
        refusal = refused(server.licensing.Evaluate, shipment())
    finally:
        blocked()
    assert (grpc.StatusCode.UNAVAILABLE, "LEDGER_UNAVAILABLE") == (refusal.code, refusal.reason)
    assert (first.proof.index + 1) == evaluate(server, shipment()).proof.index


def _blocked(database: Path) -> Callable[[], None]:
    """Breaks the database as a damaged disk does; gives what mends it."""
    connection = sqlite3.connect(database)
    connection.execute("ALTER TABLE nodes RENAME TO lost")
    connection.commit()

    def mended() -> None:
        connection.execute("ALTER TABLE lost RENAME TO nodes")
        connection.commit()
        connection.close()

    return mended


def replays(server: Server, **asked: Any) -> list[Any]:
    """The replays of a part of the log."""
    return [reply.replay for reply in decisions(server).ReplayDecisions(pb.ReplayDecisionsRequest(**asked), timeout=60)]


def test_a_decision_is_replayed_under_its_own_release(
    start: Callable[..., Server], shipment: Callable[..., Any], policies_folder: Path, tmp_path: Path
) -> None:
    """Years and policies later each is computed again from what the ledger holds, and is what it was."""
    data = tmp_path / "data"
    server = start(data=data)
    made = [evaluate(server, shipment(place)).id for place in ("DE", "YY")]
    assert 0 == server.stop()
    changed = shutil.copytree(policies_folder, tmp_path / "policies")
    rules = changed / "zz" / "rules" / "rules.yaml"
    rules.write_text(rules.read_text().replace('when: [tx.destination.country == "DE"]', 'when: [tx.destination.country == "YY"]'))
    later = start(changed, data=data)
    made.append(evaluate(later, shipment()).id)
    found = replays(later)
    assert made == [replay.id for replay in found]
    assert {pb.REPLAY_VERDICT_IDENTICAL} == {replay.verdict for replay in found}
    one = decisions(later).ReplayDecision(pb.ReplayDecisionRequest(id=made[0]), timeout=60).replay
    assert (made[0], pb.REPLAY_VERDICT_IDENTICAL) == (one.id, one.verdict)
    assert [made[1]] == [replay.id for replay in replays(later, first_index=2, most=1)]


def test_a_decision_without_its_release_cannot_be_replayed(
    start: Callable[..., Server], shipment: Callable[..., Any], tmp_path: Path
) -> None:
    """It says what is missing."""
    server = start(data=tmp_path)
    made = evaluate(server, shipment())
    with sqlite3.connect(tmp_path / "licet.db") as connection:
        connection.execute("DELETE FROM blobs WHERE digest NOT IN (SELECT digest FROM blobs ORDER BY length(data) LIMIT 2)")
    (replay,) = replays(server)
    assert pb.REPLAY_VERDICT_IMPOSSIBLE == replay.verdict
    assert made.release in replay.why


def test_digests_are_of_the_stored_bytes(start: Callable[..., Server], shipment: Callable[..., Any], tmp_path: Path) -> None:
    """The leaf names what is stored by its SHA-256: an auditor hashes files, and encodes nothing anew."""
    server = start(data=tmp_path)
    decision = evaluate(server, shipment())
    leaf = json.loads(decisions(server).GetDecision(pb.GetDecisionRequest(id=decision.id), timeout=60).leaf)
    with sqlite3.connect(tmp_path / "licet.db") as connection:
        blobs = dict(connection.execute("SELECT digest, data FROM blobs"))
    assert {leaf["request"], leaf["result"]} < set(blobs)
    assert all(digest == hashlib.sha256(data).hexdigest() for digest, data in blobs.items())
