from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import grpc
import pytest

from licet.v1 import policy_service_pb2 as pb
from licet.v1 import source_pb2

if TYPE_CHECKING:
    from tests.rpc.conftest import Refusal
    from tests.support.servers import Server


def rules(server: Server, **asked: Any) -> Iterator[pb.Rule]:
    """All rules, page by page."""
    stub, request = server.policies, pb.ListRulesRequest(**asked)
    while True:
        reply = stub.ListRules(request, timeout=60)
        yield from reply.rules
        if not reply.next_page_token:
            return
        request.page_token = reply.next_page_token


def test_a_release_names_its_packages(server: Server) -> None:
    """A release shows its digest, version and packages; each row of a decision table counts as one rule."""
    release = server.policies.GetRelease(pb.GetReleaseRequest(), timeout=60).release
    assert server.logged("serving")["release"] == release.digest
    assert ("2026.11.0", "1") == (release.version, release.language)
    shown = [(p.jurisdiction, p.version, p.rule_count, p.row_count) for p in release.packages]
    assert [("yy", "2025.2.0", 1, 0), ("zz", "2026.11.0", 8, 3)] == shown
    assert 64 == len(release.packages[0].digest)
    assert release.loaded_at.seconds


def test_jurisdictions_are_listed(server: Server) -> None:
    """Jurisdictions come ordered by id, with what they cover and what they do not."""
    listed = server.policies.ListJurisdictions(pb.ListJurisdictionsRequest(), timeout=60).jurisdictions
    assert ["yy", "zz"] == [each.jurisdiction for each in listed]
    assert ["Everything else"] == list(listed[1].not_covered)
    assert [("zz.act", ["export"])] == [(each.id, list(each.limbs)) for each in listed[1].instruments]


def test_jurisdictions_come_in_pages(server: Server) -> None:
    """The pages of a list hold together all of it, once."""
    stub = server.policies
    first = stub.ListJurisdictions(pb.ListJurisdictionsRequest(page_size=1), timeout=60)
    request = pb.ListJurisdictionsRequest(page_size=1, page_token=first.next_page_token)
    second = stub.ListJurisdictions(request, timeout=60)
    assert [["yy"], ["zz"]] == [[each.jurisdiction for each in page.jurisdictions] for page in (first, second)]
    assert not second.next_page_token


@pytest.mark.parametrize("size", [0, 1, 3, 1000])
def test_rules_come_in_pages_ordered_by_id(server: Server, size: int) -> None:
    """Whatever the page size, all rules come, once, in one order."""
    ids = ["yy.reach", "zz.list", "zz.old", "zz.party", "zz.permit", "zz.reach", ""]
    assert ids == [rule.id for rule in rules(server, page_size=size)]


def test_rules_can_be_asked_by_jurisdiction_and_date(server: Server) -> None:
    """A filter leaves only the rules of a jurisdiction that are in force on a date."""
    now = {rule.id for rule in rules(server, jurisdiction="zz", date={"year": 2026, "month": 1, "day": 1})}
    then = {rule.id for rule in rules(server, jurisdiction="zz", date={"year": 2009, "month": 12, "day": 31})}
    assert {"zz.old"} == then - now
    assert not now - then
    assert "yy.reach" not in then


def test_a_rule_is_shown_as_its_package_states_it(server: Server) -> None:
    """A rule shows its conditions, effect, source and dates in the words of its package."""
    rule = server.policies.GetRule(pb.GetRuleRequest(id="zz.list"), timeout=60).rule
    assert ("zz", "zz.act", "Listed item") == (rule.jurisdiction, rule.instrument, rule.title)
    assert source_pb2.PHASE_CONTROL == rule.phase
    assert source_pb2.EFFECT_KIND_REQUIRE == rule.effect
    assert "{require: {basis: LIST, kind: license, review: =row.review}}" == rule.effect_text
    assert 'item.classifications["zz.list"].codes.exists(c, within(c, row.entry))' == rule.about
    assert 'tx.destination.country != "ZZ"' == rule.when
    assert ("tables.entries", ["entries"]) == (rule.for_each, list(rule.tables))
    assert pb.RULE_STATUS_ACTIVE == rule.status
    assert ("Export Act s. 2", "zz/rules/rules.yaml:14") == (rule.source.cite, rule.source.location)
    (derivation,) = rule.source.derives_from
    assert ("CLUB", "Suppliers' Club", "=row.entry") == (derivation.regime, derivation.regime_name, derivation.entry)
    assert source_pb2.REGIME_STANDING_MEMBER == derivation.standing
    (interval,) = rule.in_force
    assert (2001, 1, 1, "Export Act") == (interval.from_date.year, interval.from_date.month, interval.from_date.day, interval.by)
    assert not interval.HasField("to_date")


def test_a_repealed_rule_shows_its_end(server: Server) -> None:
    """A rule that is no longer in force says since when, and by which instrument."""
    (interval,) = server.policies.GetRule(pb.GetRuleRequest(id="zz.old"), timeout=60).rule.in_force
    assert (2010, "Repeal Act") == (interval.to_date.year, interval.to_by)


def test_a_finding_leads_to_its_rule(server: Server) -> None:
    """The name of a finding, as a trace shows it, is enough to find the rule."""
    assert "zz.list" == server.policies.GetRule(pb.GetRuleRequest(id="zz.list[A1]"), timeout=60).rule.id


@pytest.mark.parametrize("id_", ["zz.nothing", "zz.lst", "zz.reach[A1]", "zz.list[A1", "zz"])
def test_an_unknown_rule_is_not_found(server: Server, refused: Callable[..., Refusal], id_: str) -> None:
    """A rule that the release does not have is NOT_FOUND."""
    refusal = refused(server.policies.GetRule, pb.GetRuleRequest(id=id_))
    assert (grpc.StatusCode.NOT_FOUND, "RULE_UNKNOWN", id_) == (refusal.code, refusal.reason, refusal.metadata["name"])


def test_a_misspelt_rule_is_hinted_at_but_no_restricted_one(server: Server, refused: Callable[..., Refusal]) -> None:
    """A near miss is helped along, unless the help would name a restricted rule."""
    assert "did you mean zz.list?" in refused(server.policies.GetRule, pb.GetRuleRequest(id="zz.lst")).message
    assert "zz.secret" not in refused(server.policies.GetRule, pb.GetRuleRequest(id="zz.secre")).message


def test_a_restricted_rule_shows_its_citation_alone(server: Server) -> None:
    """Listed or asked for by id, a restricted rule gives away nothing but where it stands."""
    asked = server.policies.GetRule(pb.GetRuleRequest(id="zz.secret"), timeout=60).rule
    (listed,) = (rule for rule in rules(server) if not rule.id)
    wanted = pb.Rule(jurisdiction="zz", title="A restricted control")
    wanted.source.cite, wanted.source.package_version = "Confidential Order 7", "2026.11.0"
    wanted.source.disclosure = source_pb2.DISCLOSURE_RESTRICTED
    assert wanted == asked == listed


BAD = {
    "page size": (pb.ListRulesRequest(page_size=-1), "page_size"),
    "token": (pb.ListRulesRequest(page_token="bm90IG91cnM="), "page_token"),  # noqa: S106  # no password
    "token that is no Base64": (pb.ListRulesRequest(page_token="ü"), "page_token"),  # noqa: S106  # no password
    "date": (pb.ListRulesRequest(date={"year": 2025, "month": 13, "day": 1}), "date"),
}


@pytest.mark.parametrize("case", BAD)
def test_a_bad_question_names_its_field(server: Server, refused: Callable[..., Refusal], case: str) -> None:
    """A list that cannot be meant is refused naming the field at fault."""
    request, name = BAD[case]
    refusal = refused(server.policies.ListRules, request)
    assert (grpc.StatusCode.INVALID_ARGUMENT, {name}) == (refusal.code, set(refusal.violations))


def test_a_rule_without_id_cannot_be_meant(server: Server, refused: Callable[..., Refusal]) -> None:
    """GetRule without an id is the caller's fault, and says which field."""
    assert {"id"} == set(refused(server.policies.GetRule, pb.GetRuleRequest()).violations)


def test_a_token_is_good_for_its_own_question_only(server: Server, refused: Callable[..., Refusal]) -> None:
    """A page token with another filter is refused rather than answered with a page of something else."""
    token = server.policies.ListRules(pb.ListRulesRequest(page_size=1), timeout=60).next_page_token
    refusal = refused(server.policies.ListRules, pb.ListRulesRequest(page_size=1, page_token=token, jurisdiction="zz"))
    assert {"page_token"} == set(refusal.violations)


def test_what_is_not_served_is_not_found(server: Server, refused: Callable[..., Refusal]) -> None:
    """An unknown release or jurisdiction is NOT_FOUND, whatever the method."""
    stub = server.policies
    calls = {
        stub.GetRelease: pb.GetReleaseRequest(digest="f" * 64),
        stub.ListRules: pb.ListRulesRequest(release="f" * 64),
        stub.ListJurisdictions: pb.ListJurisdictionsRequest(release="f" * 64),
        stub.GetRule: pb.GetRuleRequest(id="zz.list", release="f" * 64),
    }
    found = {(refusal.code, refusal.reason) for method, request in calls.items() for refusal in [refused(method, request)]}
    assert {(grpc.StatusCode.NOT_FOUND, "RELEASE_UNKNOWN")} == found
    assert "JURISDICTION_UNKNOWN" == refused(stub.ListRules, pb.ListRulesRequest(jurisdiction="us")).reason
