"""What a log says of releases: which are kept, how they were published, which one is active, since when and by whom."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from licet.ledger.blobs import content, stored
from licet.ledger.envelope import Kind
from licet.ledger.release_file import ReleaseFile
from licet.ledger.releases import ABOUT, PackageVersion, entry_of, keeping, packages_in
from licet.ledger.store import Draft, Entry, Store


class VersionTakenError(Exception):
    """A package was published under this version with another content; the text says which."""


@dataclass(frozen=True, slots=True)
class Publication:
    """That a release was published, with its statement and the signatures below."""

    index: int
    at: str
    by: str
    note: str


@dataclass(frozen=True, slots=True)
class Activation:
    """That a release became the active one."""

    index: int
    id: str
    release: str
    at: str
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class KeptRelease:
    """All that a log says of a release."""

    digest: str
    language: str
    packages: tuple[PackageVersion, ...]
    index: int
    at: str
    publications: tuple[Publication, ...]
    activations: tuple[Activation, ...]
    active: bool


def kept_releases(store: Store) -> tuple[KeptRelease, ...]:
    """The releases that are kept, in the order in which they came. Raises `StoreError`."""
    entries = store.about(ABOUT)
    publications: dict[str, list[Publication]] = {}
    activations: dict[str, list[Activation]] = {}
    active = ""
    for entry in entries:
        release = entry.envelope.release
        if entry.envelope.kind is Kind.PUBLICATION:
            publications.setdefault(release, []).append(_publication(store, entry))
        elif entry.envelope.kind is Kind.ACTIVATION:
            activations.setdefault(release, []).append(activation(store, entry))
            active = release
    return tuple(
        KeptRelease(
            digest=entry.envelope.release,
            language=entry.envelope.language,
            packages=packages_in(entry.envelope),
            index=entry.index,
            at=entry.envelope.decided_at,
            publications=tuple(publications.get(entry.envelope.release, ())),
            activations=tuple(activations.get(entry.envelope.release, ())),
            active=entry.envelope.release == active,
        )
        for entry in entries
        if entry.envelope.kind is Kind.RELEASE
    )


def active(store: Store) -> str:
    """The digest of the release that was activated last; empty where none was. Raises `StoreError`."""
    entry = store.last(ABOUT, Kind.ACTIVATION)
    return entry.envelope.release if entry is not None else ""


def notes_on(store: Store, digest: str) -> Iterator[str]:
    """The statements with which a release was published, newest first. Raises `StoreError`."""
    for entry in reversed(store.about(ABOUT)):
        if entry.envelope.kind is Kind.PUBLICATION and entry.envelope.release == digest:
            yield _text(store, entry)


def activation(store: Store, entry: Entry) -> Activation:
    """What an entry says of an activation. Raises `StoreError`."""
    envelope = entry.envelope
    return Activation(entry.index, envelope.id, envelope.release, envelope.decided_at, envelope.caller, _text(store, entry))


def _publication(store: Store, entry: Entry) -> Publication:
    return Publication(entry.index, entry.envelope.decided_at, entry.envelope.caller, _text(store, entry))


def _text(store: Store, entry: Entry) -> str:
    """The text to which an entry points; empty where it is gone."""
    data = store.blob(entry.envelope.request)
    return content(data).decode(errors="replace") if data is not None else ""


# ---- what is to be recorded ---------------------------------------------------------------------------------------------


def check_versions(kept: Iterable[KeptRelease], packages: Iterable[PackageVersion]) -> None:
    """No package was published before with other content under the same version. Raises `VersionTakenError`."""
    published = {
        (each.jurisdiction, each.version): (each.digest, release.digest)
        for release in kept
        if release.publications
        for each in release.packages
    }
    for each in packages:
        digest, release = published.get((each.jurisdiction, each.version), (each.digest, ""))
        if digest != each.digest:
            text = f"{each.jurisdiction} {each.version} was published with other content, in the release {release}"
            raise VersionTakenError(f"{text}: give the package a new version")


def publish(store: Store, file: ReleaseFile, *, by: str, at: str, id_: str) -> KeptRelease:
    """The release of a file is kept, and published. Again by the same, with the same signatures, it changes nothing.

    Raises `VersionTakenError`, `StoreError`. That the file holds what it says is for the caller to have checked: `confirmed`.
    """
    check_versions(kept_releases(store), file.kept.packages)
    store.append([keeping(file.kept, caller="", at=at), published(file.note, file.kept.digest, by=by, at=at, id_=id_)])
    return named(store, file.kept.digest)


def activate(
    store: Store, digest: str, *, reason: str, by: str, at: str, id_: str, request_id: str = ""
) -> tuple[KeptRelease, Activation]:
    """A release that is kept is the active one from now on. With a request id that the caller used before, it was then already.

    Raises LookupError where it is not kept, `StoreError`. Whether it is signed is for the caller to have checked.
    """
    named(store, digest)
    blob = stored(reason.encode())
    envelope = entry_of(Kind.ACTIVATION, id_, digest, request=blob.digest, caller=by, at=at)
    (recorded,) = store.append([Draft(envelope, (blob,), f"activation\n{request_id}" if request_id else "")])
    return named(store, digest), activation(store, recorded.entry)


def named(store: Store, digest: str) -> KeptRelease:
    """What is said of a release. Raises LookupError where it is not kept, `StoreError`."""
    found = [each for each in kept_releases(store) if each.digest == digest]
    if not found:
        raise LookupError(f"the release {digest} is not kept in this ledger: publish it first")
    return found[0]


def published(note: str, digest: str, *, by: str, at: str, id_: str) -> Draft:
    """That a release was published with this statement. It stands once in a log for each publisher."""
    blob = stored(note.encode())
    envelope = entry_of(Kind.PUBLICATION, id_, digest, request=blob.digest, caller=by, at=at)
    return Draft(envelope, (blob,), f"publication\n{hashlib.sha256(note.encode()).hexdigest()}")
