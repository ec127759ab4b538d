from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import grpc
import pytest

from licet.ledger.verify import Key, Tree, check_checkpoint, check_inclusion, leaf_hash
from licet.v1 import action_pb2, outcome_pb2
from licet.v1 import decision_service_pb2 as pb
from tests.rpc.test_ledger import decisions, evaluate, replays
from tests.support.limited import limited_folder, small
from tests.support.packages import policy_files, rule, rules_file
from tests.support.records import licet

if TYPE_CHECKING:
    from tests.rpc.conftest import Refusal
    from tests.support.servers import Server

OFFICER = action_pb2.Officer(id="e-17", name="Ada Ross", role="Export control officer")
ERP = (("x-caller", "erp"),)


def written(folder: Path) -> Path:
    """A law with two red flags for China, one of them restricted."""
    flags = [
        rule("zz.odd", {"flag": {"id": "odd", "text": "An odd route"}}, 'tx.destination.country == "CN"'),
        rule("zz.tip", {"flag": {"id": "tip", "text": "A tip"}}, 'tx.destination.country == "CN"', disclosure="restricted"),
    ]
    for name, data in policy_files({"zz/rules/flags.yaml": rules_file(*flags)}).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    return folder


@pytest.fixture(scope="module")
def flagged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server under that law."""
    from tests.support.servers import Server

    server = Server.spawn(written(tmp_path_factory.mktemp("law")))
    yield server
    server.close()


def made(server: Server, **fields: Any) -> Any:
    """A decision with both flags."""
    return evaluate(server, small(1, **fields))


def request(decision: Any, kind: str, request_id: str = "", **fields: Any) -> pb.RecordActionRequest:
    """An action about a decision."""
    action = action_pb2.Action(**{"kind": f"ACTION_KIND_{kind}", "officer": OFFICER, "reason": "I asked the buyer.", **fields})
    return pb.RecordActionRequest(decision_id=decision.id, action=action, request_id=request_id)


def act(server: Server, decision: Any, kind: str, request_id: str = "", **fields: Any) -> Any:
    """What was recorded of an action."""
    return decisions(server).RecordAction(request(decision, kind, request_id, **fields), timeout=60, metadata=ERP).action


def found(server: Server, decision: Any, audience: str = "AUDITOR") -> Any:
    """The decision as an audience sees it."""
    return decisions(server).GetDecision(pb.GetDecisionRequest(id=decision.id, audience=f"AUDIENCE_{audience}"), timeout=60)


@pytest.mark.parametrize("private", [False, True], ids=["plain", "private"])
def test_actions_stand_beside_the_decision_and_never_change_it(start: Callable[..., Server], tmp_path: Path, private: bool) -> None:
    """Each is an entry of the same log that is proved as a decision is; what was decided, and its replay, stay as they were."""
    server = start(written(tmp_path / "law"), data=tmp_path / "data", private=private)
    decision = made(server)
    before = found(server, decision)
    dispute = act(server, decision, "DISPUTE", reason="The buyer is no dealer.")
    given = [
        dispute,
        act(server, decision, "DISPUTE_RESOLUTION", dispute=dispute.id, result="DISPUTE_RESULT_UPHELD"),
        act(server, decision, "RED_FLAG_CLEARANCE", red_flag="odd"),
        act(server, decision, "OVERRIDE", disposition="DISPOSITION_PROCEED"),
        act(server, decision, "LEGAL_HOLD"),
        act(server, decision, "LEGAL_HOLD_RELEASE"),
        act(server, decision, "WITHDRAWAL"),
    ]
    after = found(server, decision)
    assert (before.decision.result, before.leaf) == (after.decision.result, after.leaf)
    assert [(each.id, each.action) for each in given] == [(each.id, each.action) for each in after.actions]
    key = Key.parsed((tmp_path / "data" / "licet.pub").read_text())
    for action in after.actions:
        proof = decisions(server).GetInclusionProof(pb.GetInclusionProofRequest(index=action.proof.index), timeout=60)
        checkpoint = check_checkpoint(proof.checkpoint, key)
        check_inclusion(proof.index, leaf_hash(action.leaf), proof.hashes, Tree(checkpoint.size, checkpoint.root))
        envelope = json.loads(action.leaf)
        assert ("action", decision.id, action.id) == (envelope["kind"], envelope["about"], envelope["id"])
    assert [pb.REPLAY_VERDICT_IDENTICAL] == [replay.verdict for replay in replays(server)]
    assert 0 == server.stop()
    words = (b"The buyer is no dealer.", b"Ada Ross")
    files = [file.read_bytes() for file in (tmp_path / "data").iterdir() if file.is_file()]
    assert not any(word in data for word in words for data in files)


@pytest.mark.parametrize(
    ("kind", "fields", "violations"),
    [
        ("UNSPECIFIED", {}, {"action.kind"}),
        ("ERASURE", {}, {"action.kind"}),
        ("DISPUTE", {"reason": " ", "officer": action_pb2.Officer(name="Ada")}, {"action.reason", "action.officer.id"}),
        ("DISPUTE", {"officer": action_pb2.Officer(id="e\n17")}, {"action.officer.id"}),
        ("DISPUTE", {"reason": "x" * 10_001}, {"action.reason"}),
        ("DISPUTE", {"red_flag": "odd", "result": 1}, {"action.red_flag", "action.result"}),
        ("OVERRIDE", {}, {"action.disposition"}),
        ("OVERRIDE", {"disposition": 99}, {"action.disposition"}),
        ("OVERRIDE", {"disposition": "DISPOSITION_STOP"}, {"action.disposition"}),
        ("RED_FLAG_CLEARANCE", {}, {"action.red_flag"}),
        ("RED_FLAG_CLEARANCE", {"red_flag": "another"}, {"action.red_flag"}),
        ("DISPUTE_RESOLUTION", {}, {"action.dispute", "action.result"}),
        ("DISPUTE_RESOLUTION", {"dispute": "none", "result": "DISPUTE_RESULT_UPHELD"}, {"action.dispute"}),
        ("LEGAL_HOLD_RELEASE", {}, {"action.kind"}),
    ],
)
def test_what_does_not_fit_is_refused_with_every_field_at_fault(
    flagged: Server, refused: Callable[..., Refusal], kind: str, fields: dict[str, Any], violations: set[str]
) -> None:
    """Nothing of it is recorded."""
    decision = made(flagged)
    refusal = refused(decisions(flagged).RecordAction, request(decision, kind, **fields))
    assert (grpc.StatusCode.INVALID_ARGUMENT, violations) == (refusal.code, {*refusal.violations})
    assert [] == list(found(flagged, decision).actions)


def test_what_was_done_cannot_be_done_again(flagged: Server, refused: Callable[..., Refusal]) -> None:
    """A red flag is cleared once, a dispute resolved once, a decision withdrawn once, a hold laid once."""
    decision = made(flagged)
    dispute = act(flagged, decision, "DISPUTE")
    resolution = {"dispute": dispute.id, "result": "DISPUTE_RESULT_REJECTED"}
    once: list[tuple[str, dict[str, Any]]] = [
        ("DISPUTE_RESOLUTION", resolution),
        ("RED_FLAG_CLEARANCE", {"red_flag": "odd"}),
        ("WITHDRAWAL", {}),
        ("LEGAL_HOLD", {}),
    ]
    for kind, fields in once:
        act(flagged, decision, kind, **fields)
        assert "INVALID_REQUEST" == refused(decisions(flagged).RecordAction, request(decision, kind, **fields)).reason
    assert "DECISION_UNKNOWN" == refused(decisions(flagged).RecordAction, pb.RecordActionRequest(decision_id="nobody")).reason
    about_action = pb.RecordActionRequest(decision_id=dispute.id, action=dispute.action)
    assert "DECISION_UNKNOWN" == refused(decisions(flagged).RecordAction, about_action).reason


def test_of_two_at_the_same_moment_one_is_refused(flagged: Server) -> None:
    """Ten officers resolve one dispute at once: it is resolved once."""
    decision = made(flagged)
    dispute = act(flagged, decision, "DISPUTE")
    resolution = request(decision, "DISPUTE_RESOLUTION", dispute=dispute.id, result="DISPUTE_RESULT_UPHELD")
    codes: list[grpc.StatusCode] = []

    def resolve() -> None:
        try:
            decisions(flagged).RecordAction(resolution, timeout=60)
            codes.append(grpc.StatusCode.OK)
        except grpc.RpcError as error:
            codes.append(error.code())

    threads = [threading.Thread(target=resolve) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted([grpc.StatusCode.OK, *[grpc.StatusCode.INVALID_ARGUMENT] * 9], key=str) == sorted(codes, key=str)
    assert 2 == len(found(flagged, decision).actions)


def test_an_action_made_again_is_the_action_of_then(flagged: Server, refused: Callable[..., Refusal]) -> None:
    """One request id, one action, though it would not fit any more; with other content, or of a decision, it is refused."""
    decision = made(flagged)
    first, again = (act(flagged, decision, "WITHDRAWAL", request_id=f"w-{decision.id}") for _ in range(2))
    assert (first.id, first.proof.index) == (again.id, again.proof.index)
    other = request(decision, "DISPUTE", f"w-{decision.id}")
    assert "REQUEST_ID_TAKEN" == refused(decisions(flagged).RecordAction, other, metadata=ERP).reason
    asked = small(1)
    asked.request_id = f"w-{decision.id}"
    assert "REQUEST_ID_TAKEN" == refused(flagged.licensing.Evaluate, asked, metadata=ERP).reason
    asked.request_id = f"e-{decision.id}"
    evaluate(flagged, asked)
    assert (
        "REQUEST_ID_TAKEN"
        == refused(decisions(flagged).RecordAction, request(decision, "DISPUTE", asked.request_id), metadata=ERP).reason
    )
    assert "INVALID_REQUEST" == refused(decisions(flagged).RecordAction, request(decision, "DISPUTE", "x\n")).reason


@pytest.mark.parametrize(
    ("audience", "reason", "flag", "disputed", "officer"),
    [
        ("AUDITOR", "I asked the buyer.", "tip", "No dealer.", "e-17"),
        ("EXPORTER", "", "", "No dealer.", "e-17"),
        ("PUBLIC", "", "", "", ""),
    ],
)
def test_who_sees_what(flagged: Server, audience: str, reason: str, flag: str, disputed: str, officer: str) -> None:
    """What an officer writes where a restricted rule spoke is for auditors; the public sees that something was done, and when."""
    decision = made(flagged)
    act(flagged, decision, "RED_FLAG_CLEARANCE", red_flag="tip")
    act(flagged, decision, "DISPUTE", reason="No dealer.")
    clearance, dispute = found(flagged, decision, audience).actions
    assert (reason, flag, officer) == (clearance.action.reason, clearance.action.red_flag, clearance.action.officer.id)
    assert (disputed, officer) == (dispute.action.reason, dispute.action.officer.id)
    assert clearance.action.kind == action_pb2.ACTION_KIND_RED_FLAG_CLEARANCE
    assert clearance.recorded_at.seconds
    assert clearance.proof.index


def test_a_withdrawal_frees_what_was_used_of_a_limit(start: Callable[..., Server], tmp_path: Path) -> None:
    """The shipment did not go: another one fits. What was decided in between replays identical."""
    server = start(limited_folder(tmp_path / "law"))
    free, needed = outcome_pb2.OUTCOME_AUTHORIZED, outcome_pb2.OUTCOME_LICENSE_REQUIRED
    first = evaluate(server, small(60))
    assert [free, needed] == [first.result.outcome, evaluate(server, small(60)).result.outcome]
    act(server, first, "WITHDRAWAL", reason="Canceled by the buyer.")
    assert free == evaluate(server, small(60)).result.outcome
    assert {pb.REPLAY_VERDICT_IDENTICAL} == {replay.verdict for replay in replays(server)}


def test_officers_act_on_the_command_line(start: Callable[..., Server], tmp_path: Path) -> None:
    """By a server, or in the folder of the ledger; what does not fit is refused with every fault, and what was done is shown."""
    server = start(written(tmp_path / "law"), data=tmp_path / "data")
    decision = made(server)
    by, why = ("--officer", "e-17", "--name", "Ada Ross"), ("--reason", "I asked the buyer.")
    for where in (("--server", server.address), ("--data", tmp_path / "data")):
        wrong = licet("decision", "act", decision.id, "red-flag-clearance", *by, "--reason", " ", *where)
        assert 2 == wrong.returncode
        assert all(field in wrong.stderr for field in ("action.reason", "action.red_flag"))
        cleared = licet("decision", "act", decision.id, "dispute", *by, *why, "--request-id", "d-1", *where)
        again = licet("decision", "act", decision.id, "dispute", *by, *why, "--request-id", "d-1", *where)
        assert (0, cleared.stdout) == (again.returncode, again.stdout), cleared.stderr + again.stderr
        assert 2 == licet("decision", "show", "nobody", *where).returncode
        page = licet("decision", "show", decision.id, "--audience", "auditor", *where)
        assert 0 == page.returncode, page.stderr
        assert all(word in page.stdout for word in ("STOP", "What was done about it", "Ada Ross", "I asked the buyer."))
    assert 2 == len(found(server, decision).actions)
    shown = licet("decision", "show", decision.id, "--audience", "public", "--json", "--data", tmp_path / "data")
    assert "Ada Ross" not in shown.stdout
    assert 2 == len(json.loads(shown.stdout)["actions"])
