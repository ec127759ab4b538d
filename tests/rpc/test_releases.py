from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import grpc
import pytest

from licet.ledger.blobs import content, stored
from licet.ledger.release_file import check_signed
from licet.ledger.verify import Key
from licet.v1 import decision_service_pb2, outcome_pb2
from licet.v1 import policy_service_pb2 as pb
from tests.rpc.test_ledger import evaluate, replays
from tests.rpc.test_reload import OFTEN, allow_no_more, edit
from tests.support.press import Press

if TYPE_CHECKING:
    from tests.rpc.conftest import Refusal
    from tests.support.servers import Server

IDENTICAL = decision_service_pb2.REPLAY_VERDICT_IDENTICAL


@pytest.fixture
def folder(policies_folder: Path, tmp_path: Path) -> Path:
    """A copy of the law, to edit."""
    return shutil.copytree(policies_folder, tmp_path / "policies")


def pinned(request: Any, release: str) -> Any:
    """The request, of this release."""
    request.release = release
    return request


def test_a_release_that_is_kept_may_be_pinned(
    start: Callable[..., Server], folder: Path, shipment: Callable[..., Any], tmp_path: Path
) -> None:
    """After an edit and a restart the release of before still answers who names it, as it did; its rules are shown as they were."""
    server = start(folder, data=tmp_path / "data")
    before = evaluate(server, shipment())
    assert 0 == server.stop()
    allow_no_more(folder)
    server = start(folder, data=tmp_path / "data")
    after = evaluate(server, shipment())
    again = evaluate(server, pinned(shipment(), before.release))
    assert (before.release, before.result) == (again.release, again.result)
    assert [outcome_pb2.OUTCOME_AUTHORIZED, outcome_pb2.OUTCOME_LICENSE_REQUIRED] == [d.result.outcome for d in (before, after)]
    rules = [
        server.policies.GetRule(pb.GetRuleRequest(id="zz.permit", release=each), timeout=60).rule.when
        for each in (before.release, after.release, "")
    ]
    assert ['tx.destination.country == "DE"', *['tx.destination.country == "YY"'] * 2] == rules
    shown = server.policies.GetRelease(pb.GetReleaseRequest(digest=before.release), timeout=60).release
    assert (before.release, ["yy", "zz"]) == (shown.digest, [each.jurisdiction for each in shown.packages])
    assert {IDENTICAL} == {each.verdict for each in replays(server)}


def test_a_release_that_never_decided_is_not_kept(
    start: Callable[..., Server], folder: Path, shipment: Callable[..., Any], refused: Callable[..., Refusal]
) -> None:
    """What was served and edited away before it decided anything cannot be pinned: nobody is answered by what is not kept."""
    server = start(folder, reload_seconds=OFTEN)
    before = server.logged("serving")["release"]
    allow_no_more(folder)
    server.logged("reloaded", before=before)
    refusal = refused(server.licensing.Evaluate, pinned(shipment(), before))
    assert (grpc.StatusCode.NOT_FOUND, "RELEASE_UNKNOWN") == (refusal.code, refusal.reason)


@pytest.mark.parametrize("at", ["restart", "reload"])
def test_a_comment_changes_no_record(
    start: Callable[..., Server], folder: Path, shipment: Callable[..., Any], tmp_path: Path, at: str
) -> None:
    """A comment moves the lines to which a trace points, and no law: what decides is still what is kept, and replays as it was."""
    server = start(folder, data=tmp_path / "data", reload_seconds=OFTEN)
    before = evaluate(server, shipment("YY"))
    if at == "restart":
        assert 0 == server.stop()
        edit(folder, "history_from", "# said once more\nhistory_from")
        server = start(folder, data=tmp_path / "data")
    else:
        edit(folder, "history_from", "# said once more\nhistory_from")
        server.logged("reloaded")
    after = evaluate(server, shipment("YY"))
    assert (before.release, before.result) == (after.release, after.result)
    assert [IDENTICAL] * 2 == [each.verdict for each in replays(server)]


def test_a_damaged_release_is_told_and_never_decides(
    start: Callable[..., Server], folder: Path, shipment: Callable[..., Any], refused: Callable[..., Refusal], tmp_path: Path
) -> None:
    """Where a byte of what is kept was changed, a pin is refused with the reason, and the active release is as before."""
    server = start(folder, data=tmp_path / "data", reload_seconds=OFTEN)
    before = evaluate(server, shipment()).release
    allow_no_more(folder)
    server.logged("reloaded", before=before)
    with sqlite3.connect(tmp_path / "data" / "licet.db") as connection:
        connection.execute(
            "UPDATE blobs SET data = CAST(data || x'00' AS BLOB) WHERE length(data) = (SELECT max(length(data)) FROM blobs)"
        )
    refusal = refused(server.licensing.Evaluate, pinned(shipment(), before))
    assert (grpc.StatusCode.FAILED_PRECONDITION, "RELEASE_UNUSABLE") == (refusal.code, refusal.reason)
    assert "was changed" in refusal.message
    assert before != evaluate(server, shipment()).release


# ---- signatures ---------------------------------------------------------------------------------------------------------


def licet(*words: object, of: tuple[str, ...] = ("release",)) -> subprocess.CompletedProcess[str]:
    """Runs the command line."""
    command = [sys.executable, "-m", "licet.cli.main", *of, *map(str, words)]
    return subprocess.run(command, check=False, capture_output=True, text=True, timeout=120)


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with two pairs of keys: of the board, and of somebody else."""
    folder = tmp_path_factory.mktemp("keys")
    for name in ("board", "other"):
        assert 0 == licet("key", folder / f"{name}.pem", "--name", f"testland.example/{name}").returncode
    assert 0o600 == (folder / "board.pem").stat().st_mode & 0o777
    return folder


def test_a_file_is_built_signed_and_verified(folder: Path, keys: Path, tmp_path: Path) -> None:
    """On the command line, two builds are one file; what is not signed, or by another, or was changed, does not verify, each in words."""
    file, again = tmp_path / "a.release", tmp_path / "b.release"
    digests = [licet("build", folder, "-o", each).stdout for each in (file, again)]
    assert digests[0] == digests[1]
    assert file.read_bytes() == again.read_bytes()

    def refused(path: Path, key: str) -> str:
        done = licet("verify", path, "--key", keys / f"{key}.pub")
        assert 1 == done.returncode
        return done.stderr

    assert "it is not signed" in refused(file, "board")
    assert 0 == licet("sign", file, "--key", keys / "board.pem").returncode
    assert "is signed by testland.example/board" in refused(file, "other")
    verified = licet("verify", file, "--key", keys / "other.pub", "--key", keys / "board.pub")
    assert (0, True) == (verified.returncode, digests[0].strip() in verified.stdout)
    file.write_bytes(file.read_bytes()[:-1] + b"\x00")
    assert "lowered trees were changed" in refused(file, "board")
    assert 2 == licet("key", keys / "board.pem", "--name", "x").returncode, "no key is overwritten"
    assert 3 == licet("sign", file, "--key", keys / "board.pem").returncode


def test_an_unsigned_folder_does_not_start(start: Callable[..., Server], folder: Path, keys: Path) -> None:
    """A server that requires a signature starts with none that is missing, another's, or on another law; signed, it serves."""
    wanted = {"require_signed": keys / "board.pub"}

    def refusal() -> str:
        code, said = start(folder, **wanted).refusal()
        assert 3 == code
        assert "Traceback" not in said
        return said

    assert "it is not signed" in refusal()
    assert 0 == licet("sign", folder, "--key", keys / "other.pem").returncode
    assert "no signature of testland.example/board" in refusal()
    assert 0 == licet("sign", folder, "--key", keys / "board.pem").returncode
    assert start(folder, **wanted).address
    assert 0 == licet("verify", folder, "--key", keys / "board.pub").returncode
    allow_no_more(folder)
    assert "sign this one" in refusal()
    assert 1 == licet("verify", folder, "--key", keys / "board.pub").returncode


def test_a_bad_key_is_a_bad_setting(start: Callable[..., Server], folder: Path, keys: Path) -> None:
    """A key that is none, or a cache beside a required signature, keeps the server from starting, and is named."""
    code, said = start(folder, require_signed=keys / "board.pem").refusal()
    assert (2, True) == (code, "board.pem holds no public key" in said)
    code, said = start(folder, require_signed=keys / "board.pub", cache=keys / "cache").refusal()
    assert (2, True) == (code, "exclude each other" in said)


def test_an_unsigned_edit_is_not_served(
    start: Callable[..., Server], folder: Path, keys: Path, shipment: Callable[..., Any]
) -> None:
    """While an edit is not signed the last signed release answers, and GetRelease says why; once it is, it serves."""
    assert 0 == licet("sign", folder, "--key", keys / "board.pem").returncode
    server = start(folder, reload_seconds=OFTEN, require_signed=keys / "board.pub")
    before = evaluate(server, shipment())
    allow_no_more(folder)
    line = server.logged("reload_failed")
    assert "sign this one" in line["first"][0]
    assert before.release == evaluate(server, shipment()).release
    shown = server.policies.GetRelease(pb.GetReleaseRequest(), timeout=60).release
    assert ["release.sig: RELEASE_UNSIGNED"] == list(shown.reload_faults)
    assert 0 == licet("sign", folder, "--key", keys / "board.pem").returncode
    after = server.logged("reloaded", before=before.release)["release"]
    assert after == evaluate(server, shipment()).release
    assert before.result == evaluate(server, pinned(shipment(), before.release)).result, "its signature is kept with it"


# ---- publishing ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def press(folder: Path, keys: Path, tmp_path: Path) -> Press:
    """A press for a copy of the law."""
    return Press(folder, tmp_path / "data", keys)


def listed(server: Server) -> list[Any]:
    """The releases that a server says are kept."""
    return list(server.policies.ListReleases(pb.ListReleasesRequest(), timeout=60).releases)


def test_what_is_activated_is_served_and_survives_a_restart(
    start: Callable[..., Server], press: Press, shipment: Callable[..., Any]
) -> None:
    """A server that serves what is published answers by the active release, follows an activation, and starts with it again."""
    first = press.publish(key="board")
    press.activate(first)
    allow_no_more(press.folder)
    second = press.publish(key="board", version="2026.12.0")
    asked = {"policies": None, "data": press.data, "published": True, "reload_seconds": OFTEN}
    server = start(**asked)
    assert first == evaluate(server, shipment()).release
    reply = server.policies.ActivateRelease(
        pb.ActivateReleaseRequest(digest=second, reason="the amendment"), timeout=60, metadata=(("x-caller", "chair"),)
    )
    assert (second, True, "chair", "the amendment") == (
        reply.release.digest,
        reply.release.active,
        reply.activation.by,
        reply.activation.reason,
    )
    assert second == evaluate(server, shipment()).release
    assert first == evaluate(server, pinned(shipment(), first)).release
    assert 0 == server.stop()
    server = start(**asked)
    assert second == evaluate(server, shipment()).release
    press.activate(first)
    server.logged("activated", release=first, before=second)
    assert first == evaluate(server, shipment()).release
    kept = listed(server)
    assert [first, second] == [each.digest for each in kept]
    assert [[True, 2], [False, 1]] == [[each.active, len(each.activations)] for each in kept]
    assert [["press", ["testland.example/board"]]] * 2 == [[p.by, list(p.signed_by)] for each in kept for p in each.publications]
    entries = sorted((a.index, a.by) for each in kept for a in each.activations)
    assert ["chair"] * 3 == [by for _, by in entries]
    assert {IDENTICAL} == {each.verdict for each in replays(server)}
    assert [True, False] == [f"▶ {each}" in licet("list", "--server", server.address).stdout for each in (first, second)]


def test_without_an_active_release_nothing_starts(start: Callable[..., Server], press: Press) -> None:
    """Told to serve what is published, a server without an active release says what to do; and beside a folder it refuses."""
    press.publish(key="board")
    code, said = start(policies=None, data=press.data, published=True).refusal()
    assert (4, True) == (code, "licet release activate" in said)
    code, said = start(press.folder, published=True).refusal()
    assert (2, True) == (code, "exclude each other" in said)


def test_a_server_of_a_folder_takes_no_activation(
    start: Callable[..., Server], press: Press, shipment: Callable[..., Any], refused: Callable[..., Refusal]
) -> None:
    """It follows its folder, and says so; what is published may be pinned all the same."""
    digest = press.publish(key="board")
    allow_no_more(press.folder)
    server = start(press.folder, data=press.data)
    refusal = refused(server.policies.ActivateRelease, pb.ActivateReleaseRequest(digest=digest))
    assert (grpc.StatusCode.FAILED_PRECONDITION, "FOLLOWS_FOLDER") == (refusal.code, refusal.reason)
    assert digest != evaluate(server, shipment()).release
    assert digest == evaluate(server, pinned(shipment(), digest)).release


def test_a_release_is_published_through_a_server(
    start: Callable[..., Server], press: Press, refused: Callable[..., Refusal]
) -> None:
    """A file sent to a server is kept once; one that was changed, or changes a package under its version, is refused."""
    press.activate(press.publish(key="board"))
    server = start(policies=None, data=press.data, published=True)
    allow_no_more(press.folder)
    refusal = refused(server.policies.PublishRelease, pb.PublishReleaseRequest(file=press.build(key="board").to_bytes()))
    assert (grpc.StatusCode.ALREADY_EXISTS, "VERSION_TAKEN") == (refusal.code, refusal.reason)
    assert "zz 2026.11.0" in refusal.message
    file = press.folder / "second.release"
    file.write_bytes(press.build(key="board", version="2026.12.0").to_bytes())
    for bad in (b"", file.read_bytes()[:-1], b"PK"):
        assert {"file"} == set(refused(server.policies.PublishRelease, pb.PublishReleaseRequest(file=bad)).violations)
    done = [licet("publish", file, "--server", server.address, "--by", "press") for _ in range(2)]
    assert [0, 0] == [each.returncode for each in done]
    digest = done[0].stdout.split()[0]
    assert [1, 1] == [len(each.publications) for each in listed(server)]
    again = pb.ActivateReleaseRequest(digest=digest, request_id="once")
    indexes = [server.policies.ActivateRelease(again, timeout=60).activation.index for _ in range(2)]
    assert indexes[:1] == [each.index for each in listed(server)[1].activations]
    assert indexes[0] == indexes[1]
    other = pb.ActivateReleaseRequest(digest=listed(server)[0].digest, request_id="once")
    assert "REQUEST_ID_TAKEN" == refused(server.policies.ActivateRelease, other).reason
    bad_request = pb.ActivateReleaseRequest(reason="x" * 3000, request_id="\n")
    assert {"digest", "reason", "request_id"} == set(refused(server.policies.ActivateRelease, bad_request).violations)
    assert "RELEASE_UNKNOWN" == refused(server.policies.ActivateRelease, pb.ActivateReleaseRequest(digest="f" * 64)).reason


def test_what_is_not_signed_is_neither_taken_nor_followed_nor_pinned(
    start: Callable[..., Server], press: Press, shipment: Callable[..., Any], refused: Callable[..., Refusal]
) -> None:
    """A server that requires a signature refuses to publish, activate, pin and start with what lacks it, whoever put it there."""
    signed = press.publish(key="board")
    allow_no_more(press.folder)
    strangers = press.build(key="other", version="2026.12.0")
    file = press.folder / "second.release"
    file.write_bytes(strangers.to_bytes())
    wanted = {
        "policies": None,
        "data": press.data,
        "published": True,
        "reload_seconds": OFTEN,
        "require_signed": press.keys / "board.pub",
    }
    press.activate(signed)
    server = start(**wanted)
    assert signed == evaluate(server, shipment()).release
    refusal = refused(server.policies.PublishRelease, pb.PublishReleaseRequest(file=file.read_bytes()))
    assert (grpc.StatusCode.FAILED_PRECONDITION, "RELEASE_UNSIGNED") == (refusal.code, refusal.reason)
    assert 1 == licet("publish", file, "--data", press.data, "--require-signed", press.keys / "board.pub").returncode
    stranger = press.put(strangers)
    assert "RELEASE_UNSIGNED" == refused(server.policies.ActivateRelease, pb.ActivateReleaseRequest(digest=stranger)).reason
    assert "RELEASE_UNSIGNED" == refused(server.licensing.Evaluate, pinned(shipment(), stranger)).reason
    press.activate(stranger)
    assert "no signature of testland.example/board" in server.logged("activation_refused", release=stranger)["why"]
    assert signed == evaluate(server, shipment()).release
    shown = server.policies.GetRelease(pb.GetReleaseRequest(), timeout=60).release
    assert [f"{stranger}: RELEASE_UNSIGNED"] == list(shown.reload_faults)
    assert 0 == server.stop()
    code, said = start(**wanted).refusal()
    assert (3, True) == (code, "no signature of testland.example/board" in said)


def test_trees_that_nobody_signed_do_not_decide(start: Callable[..., Server], press: Press, shipment: Callable[..., Any]) -> None:
    """Where the ledger holds other trees than were signed, entry and all, a server that requires a signature compiles the sources."""
    made = press.build(key="board")
    assert made.kept.lowered is not None
    trees = content(made.kept.lowered.data).replace(b"Permit for allies", b"Permit for nobody")
    press.activate(press.put(replace(made, kept=replace(made.kept, lowered=stored(trees)))))
    titles = {}
    for required in (None, press.keys / "board.pub"):
        settings = {} if required is None else {"require_signed": required}
        server = start(policies=None, data=press.data, published=True, **settings)
        titles[required] = server.policies.GetRule(pb.GetRuleRequest(id="zz.permit"), timeout=60).rule.title
        assert 0 == server.stop()
    assert ["Permit for nobody", "Permit for allies"] == list(titles.values())


def test_publishing_on_the_command_line(press: Press, keys: Path, tmp_path: Path) -> None:
    """From a folder to an active release, by commands alone; a ledger is made where there is none."""
    file = tmp_path / "first.release"
    digest = licet("build", press.folder, "-o", file).stdout.strip()
    assert "entry 0" in licet("publish", file, "--data", press.data, "--by", "press").stdout
    assert "entry 2" in licet("activate", digest, "--data", press.data, "--by", "chair", "--reason", "to begin with").stdout
    shown = licet("list", "--data", press.data).stdout
    assert f"▶ {digest}" in shown
    for words in ("2 packages", "by press, not signed", "by chair: to begin with"):
        assert words in shown
    assert 1 == licet("activate", "f" * 64, "--data", press.data).returncode
    assert 2 == licet("list").returncode


def test_two_releases_are_compared(
    start: Callable[..., Server], press: Press, shipment: Callable[..., Any], refused: Callable[..., Refusal]
) -> None:
    """Through a server, page by page, restricted rules give away nothing; on the command line the author sees all of both folders."""
    first = press.publish()
    old = shutil.copytree(press.folder, press.folder.with_name("old"))
    allow_no_more(press.folder)
    edit(press.folder, "title: Something that exporters must not read", "title: Something else that exporters must not read")
    second = press.publish(version="2026.12.0")
    press.activate(second)
    server = start(policies=None, data=press.data, published=True)
    asked = pb.DiffReleasesRequest(before=first, page_size=1)
    pages: list[Any] = []
    while not pages or pages[-1].next_page_token:
        asked.page_token = pages[-1].next_page_token if pages else ""
        pages.append(server.policies.DiffReleases(asked, timeout=60))
    assert {(first, second)} == {(each.before, each.after) for each in pages}
    assert {("zz", "2026.11.0", "2026.12.0")} == {(p.jurisdiction, p.before, p.after) for each in pages for p in each.packages}
    permit, secret = (each.changes[0] for each in pages)
    assert ("zz.permit", pb.CHANGE_KIND_CHANGED, "zz/rules/rules.yaml:68") == (permit.id, permit.kind, permit.place_after)
    assert ("", "A restricted control", "", []) == (secret.id, secret.title, secret.place_after, list(secret.fields))
    assert "zz.secret" not in str(pages)
    assert "RELEASE_UNKNOWN" == refused(server.policies.DiffReleases, pb.DiffReleasesRequest(before="f" * 64)).reason
    assert "JURISDICTION_UNKNOWN" == refused(server.policies.DiffReleases, pb.DiffReleasesRequest(jurisdiction="us")).reason
    by_server = licet("diff", first, second, "--server", server.address)
    by_folders = licet("diff", old, press.folder)
    by_digest = licet("diff", first, press.folder, "--data", press.data)
    assert [0, 0, 0] == [each.returncode for each in (by_server, by_folders, by_digest)]
    assert by_folders.stdout == by_digest.stdout
    assert "~ zz rule zz.permit: Permit for allies [zz/rules/rules.yaml:68]" in by_server.stdout
    assert 'when + tx.destination.country == "YY"' in by_server.stdout
    assert [False, True] == ["zz.secret" in each.stdout for each in (by_server, by_folders)]
    assert "They say the same." in licet("diff", old, old).stdout
    assert 1 == licet("diff", old, "f" * 64).returncode


def test_replicas_follow_and_evidence_leads_to_who_signed(
    start: Callable[..., Server], press: Press, shipment: Callable[..., Any], tmp_path: Path
) -> None:
    """What one server activates another of the same ledger serves; and the sources in the evidence are the very bytes that were signed."""
    first, made = press.publish(key="board"), press.build(key="board", version="2026.12.0")
    second = press.put(made)
    press.activate(first)
    asked = {"policies": None, "data": press.data, "published": True, "reload_seconds": OFTEN}
    servers = [start(**asked) for _ in range(2)]
    assert [first] * 2 == [evaluate(server, shipment()).release for server in servers]
    servers[0].policies.ActivateRelease(pb.ActivateReleaseRequest(digest=second), timeout=60)
    servers[1].logged("activated", release=second)
    decided = [evaluate(server, shipment()) for server in servers]
    assert [second] * 2 == [each.release for each in decided]
    assert [0, 0] == [server.stop() for server in servers]
    exported = licet(decided[1].id, "--data", press.data, "--to", tmp_path / "e.zip", of=("audit", "export"))
    assert 0 == exported.returncode, exported.stderr
    with zipfile.ZipFile(tmp_path / "e.zip") as evidence:
        assert made.kept.sources.data == evidence.read("release.blob")
    statement = check_signed(made.note, second, [Key.parsed((press.keys / "board.pub").read_text())])
    assert made.kept.sources.digest == statement.sources[0]
