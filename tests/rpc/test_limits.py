from __future__ import annotations

import shutil
import threading
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from licet.cli.shipment import read_shipment
from licet.v1 import decision_service_pb2 as pb
from licet.v1 import licensing_service_pb2, outcome_pb2
from tests.rpc.test_ledger import decisions, evaluate, replays
from tests.support.limited import limited_folder, small

if TYPE_CHECKING:
    from tests.support.servers import Server

FREE, NEEDED = outcome_pb2.OUTCOME_AUTHORIZED, outcome_pb2.OUTCOME_LICENSE_REQUIRED


@pytest.fixture(scope="module")
def law(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The policies with the limit."""
    return limited_folder(tmp_path_factory.mktemp("law"))


def together(servers: list[Server], requests: list[Any]) -> list[int]:
    """The outcomes of requests that are made at the same moment, each of another server in turn."""
    stubs = [server.licensing for server in servers]
    begin, found = threading.Barrier(len(requests)), [0] * len(requests)

    def ask(place: int) -> None:
        begin.wait(60)
        reply = stubs[place % len(stubs)].Evaluate(requests[place], timeout=60, metadata=(("x-caller", "erp"),))
        found[place] = reply.decision.result.outcome

    threads = [threading.Thread(target=ask, args=(place,)) for place in range(len(requests))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return found


@pytest.mark.parametrize("private", [False, True], ids=["plain", "private"])
def test_what_fits_alone_and_not_together_is_decided_again(
    start: Callable[..., Server], law: Path, where: dict[str, Any], private: bool
) -> None:
    """Of shipments at the same moment, on two servers, as many go as the limit holds; every one of them replays identical."""
    servers = [start(law, private=private, **where) for _ in range(2)]
    again = 0
    for round_ in range(5):
        found = Counter(together(servers, [small(40, f"Buyer {round_}") for _ in range(6)]))
        assert {FREE: 2, NEEDED: 4} == found
        again = sum(line.get("event") == "decided_again" for server in servers for line in server.lines)
    assert again, "no two of these met"
    assert {pb.REPLAY_VERDICT_IDENTICAL: 30} == Counter(replay.verdict for replay in replays(servers[0]))


def test_what_counts(start: Callable[..., Server], law: Path) -> None:
    """The same consignee, under whatever spelling; the same year and entry. Not a rehearsal, nor a request made again."""
    server = start(law)
    rehearsal, first = small(60), small(60)
    rehearsal.validate_only, first.request_id = True, "order-1"
    asked = (rehearsal, rehearsal, first, first, small(60, "Others Ltd"))
    assert [FREE] * 5 == [evaluate(server, request).result.outcome for request in asked]
    over = evaluate(server, small(60, "ACME."))
    assert NEEDED == over.result.outcome
    assert ("SMALL", "2026", "A1", "EUR", 60) == _stated(over)
    assert NEEDED == evaluate(server, rehearsal).result.outcome
    assert FREE == evaluate(server, small(60, date={"year": 2025, "month": 3, "day": 1})).result.outcome
    other_entry = small(60)
    other_entry.transaction.items[0].classifications["zz.list"].codes[:] = ["B1"]
    assert FREE == evaluate(server, other_entry).result.outcome
    found = decisions(server).GetDecision(pb.GetDecisionRequest(id=over.id), timeout=60).decision
    assert (over.limits.before, over.limits.tree_size) == (found.limits.before, found.limits.tree_size)
    assert {pb.REPLAY_VERDICT_IDENTICAL} == {replay.verdict for replay in replays(server)}


def _stated(decision: Any) -> tuple[str, str, str, str, int]:
    (usage,) = decision.limits.before
    return usage.authorization, usage.period, usage.code, usage.value.currency_code, usage.value.units


def test_what_nobody_is_named_for_counts_for_everybody(start: Callable[..., Server], law: Path) -> None:
    """A consignee without a name may be anybody: what it used counts for all, and all counts for it."""
    server = start(law)
    assert FREE == evaluate(server, small(60, "Acme")).result.outcome
    assert NEEDED == evaluate(server, small(60, "")).result.outcome
    assert FREE == evaluate(server, small(30, "")).result.outcome
    assert NEEDED == evaluate(server, small(80, "Others")).result.outcome


def test_a_limit_of_a_restricted_rule_shows_to_auditors_alone(start: Callable[..., Server], tmp_path: Path) -> None:
    """What was used under it is in the record, and in no other view."""
    server = start(limited_folder(tmp_path / "law", disclosure="restricted"))
    evaluate(server, small(30))
    shown = {}
    for audience in ("AUDITOR", "EXPORTER", "PUBLIC"):
        request = small(10)
        request.MergeFrom(licensing_service_pb2.EvaluateRequest(audience=f"AUDIENCE_{audience}"))
        limits = evaluate(server, request).limits
        shown[audience] = [each.authorization for part in (limits.before, limits.used) for each in part], list(limits.restricted)
    assert {"AUDITOR": (["SMALL"] * 2, ["SMALL"]), "EXPORTER": ([], []), "PUBLIC": ([], [])} == shown


def test_the_yearly_limit_of_license_exception_lvs(start: Callable[..., Server], tmp_path: Path) -> None:
    """15 CFR 740.3(d)(2): twelve times the limit of an entry to one consignee in a year; the thirteenth shipment needs a license."""
    law = tmp_path / "law"
    shipped = Path(__file__).resolve().parents[2] / "policies"
    others = [folder.parent.name for folder in shipped.glob("*/policy.yaml") if folder.parent.name != "us"]
    shutil.copytree(shipped, law, ignore=shutil.ignore_patterns("*.cases.yaml", *others))
    server = start(law)
    file = tmp_path / "shipment.yaml"
    file.write_text(_TO_BRAZIL)
    request = read_shipment(file).request
    found = [evaluate(server, request).result for _ in range(13)]
    assert [FREE] * 12 + [NEEDED] == [result.outcome for result in found]
    assert "LVS" in {name for d in found[0].determinations for r in d.requirements for name in r.lifted_by}


_TO_BRAZIL = """\
activity: EXPORT
date: 2026-11-22
origin: US
destination: BR
parties:
  - {reference: seller, roles: EXPORTER, country: US}
  - {reference: buyer, roles: [PURCHASER, ULTIMATE_CONSIGNEE, END_USER], country: BR, screened_on: 2026-11-21, government: false}
items:
  - {line: "1", kind: COMMODITY, classifications: {us.eccn: 1A001.a}, quantity: 1, value: 5000 USD, country_of_origin: US}
"""
