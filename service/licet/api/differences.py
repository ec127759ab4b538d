"""What differs between two releases, as readers of the API see it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

from licet.api.errors import JurisdictionUnknown
from licet.api.paging import page
from licet.api.rules import RESTRICTED
from licet.policy.differences import Change, ChangeKind, differences
from licet.policy.release import Release
from licet.v1 import policy_service_pb2 as pb

_KINDS = {
    ChangeKind.ADDED: pb.CHANGE_KIND_ADDED,
    ChangeKind.REMOVED: pb.CHANGE_KIND_REMOVED,
    ChangeKind.CHANGED: pb.CHANGE_KIND_CHANGED,
}


def diff_releases(request: Any, before: Release, after: Release, _: threading.Event) -> pb.DiffReleasesResponse:
    """A page of what differs. Raises `InvalidRequest`, `JurisdictionUnknown`."""
    known = {*before.packages, *after.packages}
    if request.jurisdiction and request.jurisdiction not in known:
        raise JurisdictionUnknown(request.jurisdiction, sorted(known))
    changes = differences(before, after, request.jurisdiction)
    scope = ("differences", before.digest, after.digest, request.jurisdiction)
    found, token = page(changes, size=request.page_size, token=request.page_token, scope=scope)
    return pb.DiffReleasesResponse(
        before=before.digest,
        after=after.digest,
        packages=package_changes(before, after, request.jurisdiction),
        changes=map(change_info, found),
        next_page_token=token,
    )


def package_changes(before: Release, after: Release, jurisdiction: str = "") -> Iterator[pb.PackageChange]:
    """The packages that differ, ordered by jurisdiction."""
    for each in sorted({*before.packages, *after.packages}):
        was, is_ = before.packages.get(each), after.packages.get(each)
        if jurisdiction not in ("", each) or (was is not None and is_ is not None and was.digest == is_.digest):
            continue
        kind = pb.CHANGE_KIND_ADDED if was is None else pb.CHANGE_KIND_REMOVED if is_ is None else pb.CHANGE_KIND_CHANGED
        versions = [package.policy.version if package is not None else "" for package in (was, is_)]
        yield pb.PackageChange(jurisdiction=each, kind=kind, before=versions[0], after=versions[1])


def change_info(change: Change, *, whole: bool = False) -> pb.Change:
    """A change; unless all may be seen, of a restricted rule only that there is one."""
    if change.restricted and not whole:
        return pb.Change(jurisdiction=change.jurisdiction, element=change.element, title=RESTRICTED, kind=_KINDS[change.kind])
    return pb.Change(
        jurisdiction=change.jurisdiction,
        element=change.element,
        id=change.id,
        title=change.title,
        kind=_KINDS[change.kind],
        place_before=change.place_before,
        place_after=change.place_after,
        fields=[pb.FieldChange(field=each.field, before=each.before, after=each.after) for each in change.fields],
    )
