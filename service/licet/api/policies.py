"""`PolicyService`: shows the policies that the server holds, and takes new ones."""

from __future__ import annotations

import datetime
import threading
from functools import partial
from typing import Any

from google.protobuf.timestamp_pb2 import Timestamp

from licet.api.capacity import Workers
from licet.api.differences import diff_releases
from licet.api.errors import JurisdictionUnknown, RuleUnknown
from licet.api.ids import caller_of
from licet.api.paging import page
from licet.api.publishing import Publishing
from licet.api.releases import Loaded, Releases
from licet.api.rules import is_public, jurisdiction_info, package_info, release_version, rule_info
from licet.api.shelf import Shelf
from licet.decision.errors import InvalidRequest, Violation
from licet.policy import model as m
from licet.policy.release import LANGUAGE, Release
from licet.v1 import policy_service_pb2 as pb
from licet.v1 import policy_service_pb2_grpc


class Policies(policy_service_pb2_grpc.PolicyServiceServicer):
    """The service, over the releases that the server holds. All its methods raise `ReleaseUnknown`, `ReleaseUnusable`."""

    def __init__(self, releases: Releases, shelf: Shelf, publishing: Publishing, workers: Workers) -> None:
        self._releases = releases
        self._shelf = shelf
        self._publishing = publishing
        self._workers = workers

    async def ListJurisdictions(self, request: Any, context: Any) -> pb.ListJurisdictionsResponse:
        """A page of jurisdictions, ordered by id. Raises `InvalidRequest`."""
        release = (await self._shelf.named(request.release)).release
        packages = [package for _, package in sorted(release.packages.items())]
        scope = ("jurisdictions", release.digest)
        found, token = page(packages, size=request.page_size, token=request.page_token, scope=scope)
        return pb.ListJurisdictionsResponse(jurisdictions=map(jurisdiction_info, found), next_page_token=token)

    async def GetRelease(self, request: Any, context: Any) -> pb.GetReleaseResponse:
        """A release and its packages, and what keeps the newest edit from taking its place."""
        release = _release(await self._shelf.named(request.digest))
        if broken := self._releases.broken:
            release.reload_faults.extend(broken.faults)
            release.reload_fault_count = broken.count
            release.reload_failed_at.FromDatetime(broken.at)
        return pb.GetReleaseResponse(release=release)

    async def ListReleases(self, request: Any, context: Any) -> pb.ListReleasesResponse:
        """A page of the releases that are kept. Raises `InvalidRequest`, `LedgerUnavailable`."""
        kept = await self._publishing.kept()
        found, token = page(kept, size=request.page_size, token=request.page_token, scope=("releases",))
        return pb.ListReleasesResponse(releases=found, next_page_token=token)

    async def PublishRelease(self, request: Any, context: Any) -> pb.PublishReleaseResponse:
        """Keeps a release. Raises what `Publishing.publish` raises."""
        return pb.PublishReleaseResponse(release=await self._publishing.publish(request.file, caller_of(context)))

    async def ActivateRelease(self, request: Any, context: Any) -> pb.ActivateReleaseResponse:
        """Makes a release the active one. Raises what `Publishing.activate` raises."""
        return await self._publishing.activate(request, caller_of(context))

    async def DiffReleases(self, request: Any, context: Any) -> pb.DiffReleasesResponse:
        """A page of what differs between two releases. Raises `InvalidRequest`, `JurisdictionUnknown`, `LedgerUnavailable`."""
        before, after = [(await self._shelf.named(digest)).release for digest in (request.before, request.after)]
        return await self._workers.run(partial(diff_releases, request, before, after))

    async def ListRules(self, request: Any, context: Any) -> pb.ListRulesResponse:
        """A page of rules, ordered by id. Raises `InvalidRequest`, `JurisdictionUnknown`."""
        release = (await self._shelf.named(request.release)).release
        return await self._workers.run(partial(_list_rules, request, release))

    async def GetRule(self, request: Any, context: Any) -> pb.GetRuleResponse:
        """A rule, by its id or by the name of a finding (`us.ccl[3A001/NS/NS1]`). Raises `RuleUnknown`."""
        release = (await self._shelf.named(request.release)).release
        return pb.GetRuleResponse(rule=rule_info(_rule(request.id, release), release, _today()))


def _release(loaded: Loaded) -> pb.Release:
    loaded_at = Timestamp()
    loaded_at.FromDatetime(loaded.loaded_at)
    return pb.Release(
        digest=loaded.release.digest,
        version=release_version(loaded.release),
        language=LANGUAGE,
        packages=[package_info(package) for _, package in sorted(loaded.release.packages.items())],
        loaded_at=loaded_at,
    )


def _list_rules(request: Any, release: Release, _: threading.Event) -> pb.ListRulesResponse:
    date = _date(request)
    if request.jurisdiction and request.jurisdiction not in release.packages:
        raise JurisdictionUnknown(request.jurisdiction, release.packages)
    rules = [
        rule
        for jurisdiction, package in release.packages.items()
        if request.jurisdiction in ("", jurisdiction)
        for rule in package.rules
        if date is None or rule.interval_on(date) is not None
    ]
    rules.sort(key=lambda rule: rule.id)
    scope = ("rules", release.digest, request.jurisdiction, str(date))
    found, token = page(rules, size=request.page_size, token=request.page_token, scope=scope)
    return pb.ListRulesResponse(rules=(rule_info(rule, release, date or _today()) for rule in found), next_page_token=token)


def _date(request: Any) -> datetime.date | None:
    if not request.HasField("date"):
        return None
    date = request.date
    try:
        return datetime.date(date.year, date.month, date.day)
    except ValueError:
        shown = f"{date.year}-{date.month}-{date.day}"
        raise InvalidRequest([Violation("date", f"{shown} is no date; year, month and day must all be stated")]) from None


def _rule(name: str, release: Release) -> m.Rule:
    if not name:
        raise InvalidRequest([Violation("id", "is empty; name a rule such as us.744.21")])
    id_, bracket, _ = name.partition("[")
    rules = {rule.id: rule for package in release.packages.values() for rule in package.rules}
    rule = rules.get(id_)
    if rule is None or (bracket and not (rule.loops and name.endswith("]"))):
        raise RuleUnknown(name, [id_ for id_, rule in rules.items() if is_public(rule)])
    return rule


def _today() -> datetime.date:
    return datetime.datetime.now(datetime.UTC).date()
