"""Releases as a log keeps them: sources and lowered trees as data, never code, under the release's digest.

Whatever is known of releases stands in entries about `ABOUT`: that one is kept, that it was published, that it is active.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from licet.language.faults import PolicyError
from licet.ledger.blobs import Blob, BlobError, content, stored
from licet.ledger.envelope import Envelope, Kind
from licet.ledger.store import Draft, Entry, Store
from licet.policy.release import LANGUAGE, Release, load_release
from licet.policy.stored import StoredError, read_unfolded, unfolded

ABOUT: Final = "releases"
"""What all entries on releases are about."""


class ReleaseError(Exception):
    """A release cannot be had from what was kept; the text says why."""


@dataclass(frozen=True, slots=True)
class PackageVersion:
    """A package of a release: whose, which version, and the digest of its files."""

    jurisdiction: str
    version: str
    digest: str


@dataclass(frozen=True, slots=True)
class Kept:
    """A release as it is kept. The blobs are as they are stored."""

    digest: str
    language: str
    packages: tuple[PackageVersion, ...]
    sources: Blob
    lowered: Blob | None
    """None where it was not made here from its sources: then these are compiled when it is needed."""


# ---- to and from bytes --------------------------------------------------------------------------------------------------


def packed(files: Mapping[str, bytes]) -> bytes:
    """The files of a release, as they are kept: one JSON object of names and texts, the same bytes for the same files.

    Scenarios, of which a release holds nothing, are left out.
    """
    texts = {name: data.decode() for name, data in files.items() if not name.endswith(".cases.yaml")}
    return json.dumps(texts, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def unpacked(data: bytes) -> dict[str, bytes]:
    """The files of a release. Raises `ReleaseError`."""
    try:
        texts = json.loads(data)
    except ValueError as error:
        raise ReleaseError(f"the sources that were kept are damaged: {error}") from None
    if not isinstance(texts, dict) or not all(isinstance(text, str) for text in texts.values()):
        raise ReleaseError("the sources that were kept are no files")
    return {name: text.encode() for name, text in texts.items()}


def restored(data: bytes, digest: str) -> Release:
    """The release whose sources were kept, compiled again. Raises `ReleaseError` where it is not the one of that digest."""
    try:
        release = load_release(unpacked(data))
    except PolicyError as error:
        raise ReleaseError(f"this software finds faults in the release, the first: {error.faults[0]}") from None
    if release.digest != digest:
        raise ReleaseError(f"the sources that were kept make the release {release.digest}")
    return release


def kept(release: Release, files: Mapping[str, bytes], *, lowered: bool = True) -> Kept:
    """A release as it is to be kept. `lowered` says that it was made from these files here, and not taken from elsewhere."""
    packages = (PackageVersion(p.jurisdiction, p.policy.version, p.digest) for _, p in sorted(release.packages.items()))
    trees = stored(unfolded(release)) if lowered else None
    return Kept(release.digest, LANGUAGE, tuple(packages), stored(packed(files)), trees)


def opened(kept: Kept) -> Release:
    """The release, ready for use: from its lowered trees, or where this software cannot read them, from its sources.

    Raises `ReleaseError`, also where it is of a language that this software does not speak.
    """
    if kept.language != LANGUAGE:
        raise ReleaseError(f"it is in version {kept.language} of the policy language; this software speaks {LANGUAGE}")
    try:
        if kept.lowered is not None and (found := _lowered(kept.lowered)) is not None:
            return _named(found, kept.digest)
        return restored(content(kept.sources.data), kept.digest)
    except BlobError as error:
        raise ReleaseError(f"the release {kept.digest}: {error}") from None


def _lowered(blob: Blob) -> Release | None:
    try:
        return read_unfolded(content(blob.data))
    except StoredError:
        return None


def _named(release: Release, digest: str) -> Release:
    if release.digest != digest:
        raise ReleaseError(f"the lowered trees that were kept are those of the release {release.digest}")
    return release


# ---- in the log ---------------------------------------------------------------------------------------------------------


def keeping(kept: Kept, *, caller: str, at: str) -> Draft:
    """That a release is kept. It stands once in a log, under a request id that no caller can have."""
    blobs = (kept.sources,) if kept.lowered is None else (kept.sources, kept.lowered)
    packages = [[each.jurisdiction, each.version, each.digest] for each in kept.packages]
    envelope = entry_of(
        Kind.RELEASE,
        kept.digest,
        kept.digest,
        request=kept.sources.digest,
        result=kept.lowered.digest if kept.lowered is not None else "",
        language=kept.language,
        settings=json.dumps({"packages": packages}, separators=(",", ":")),
        caller=caller,
        at=at,
    )
    return Draft(envelope, blobs, f"release\n{kept.digest}")


def entry_of(
    kind: Kind,
    id_: str,
    release: str,
    *,
    request: str,
    caller: str,
    at: str,
    result: str = "",
    language: str = "",
    settings: str = "",
) -> Envelope:
    """An entry on a release."""
    return Envelope(
        kind=kind,
        id=id_,
        about=ABOUT,
        request=request,
        result=result,
        release=release,
        engine="",
        language=language,
        settings=settings,
        as_of="",
        decided_at=at,
        caller=caller,
        outcome="",
        disposition="",
    )


def entry_on(store: Store, digest: str) -> Entry | None:
    """The entry that keeps a release, if there is one. Raises `StoreError`."""
    entry = store.named(digest)
    return entry if entry is not None and entry.envelope.kind is Kind.RELEASE else None


def packages_in(envelope: Envelope) -> tuple[PackageVersion, ...]:
    """The packages of a release, as the entry that keeps it names them."""
    return tuple(PackageVersion(*each) for each in json.loads(envelope.settings)["packages"])


def read(store: Store, digest: str) -> Kept | None:
    """A release that is kept, its blobs checked against its entry.

    Raises `ReleaseError` where one is gone or changed, `StoreError`.
    """
    entry = entry_on(store, digest)
    if entry is None:
        return None
    envelope = entry.envelope
    sources = _blob(store, digest, envelope.request)
    lowered = _blob(store, digest, envelope.result) if envelope.result else None
    return Kept(digest, envelope.language, packages_in(envelope), sources, lowered)


def _blob(store: Store, release: str, digest: str) -> Blob:
    data = store.blob(digest)
    if data is None:
        raise ReleaseError(f"the ledger does not hold the release {release}: its blob {digest} is gone")
    if hashlib.sha256(data).hexdigest() != digest:
        raise ReleaseError(f"the release {release} is damaged in the ledger: its blob {digest} was changed")
    return Blob(data)
