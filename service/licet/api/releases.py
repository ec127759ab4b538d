"""The release that a server runs, and what became of edits since."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from licet.api.cache import Cache
from licet.api.errors import RefusedToStart
from licet.engine.protocol import Matcher
from licet.language.faults import PolicyError
from licet.policy.folder import read_folder
from licet.policy.release import Release, load_release


@dataclass(frozen=True, slots=True)
class Loaded:
    """A release, when this server loaded it, and an engine of its own: what an engine keeps is good for one release."""

    release: Release
    loaded_at: datetime.datetime
    matcher: Matcher
    sources: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    """The policy files, by name."""
    form: str = ""
    """The digest of the stored form that the cache had of it; empty where it was made from its sources here."""
    kept: bool = False
    """Whether it is known to be what the ledger keeps under its digest."""


@dataclass(frozen=True, slots=True)
class Broken:
    """An edit that could not be loaded: its faults by place and code alone, how many there are, and when it was tried."""

    faults: tuple[str, ...]
    count: int
    at: datetime.datetime


def read(folder: Path, engine: Callable[[], Matcher]) -> Loaded:
    """The release in a folder, made from its sources as they are now. Raises `PolicyError` and OSError."""
    return compiled(read_folder(folder), engine)


def compiled(files: Mapping[str, bytes], engine: Callable[[], Matcher]) -> Loaded:
    """The release that policy files hold. Raises `PolicyError`."""
    return Loaded(load_release(files), datetime.datetime.now(datetime.UTC), engine(), files)


def load(folder: Path, engine: Callable[[], Matcher], cache: Cache | None = None) -> Loaded:
    """The release to start with, from the cache where it is there. Raises `RefusedToStart` with every fault of its policies."""
    try:
        files = read_folder(folder)
        found = cache.find(files) if cache is not None else None
        if found is not None:
            return Loaded(found.release, datetime.datetime.now(datetime.UTC), engine(), files, found.form)
        return compiled(files, engine)
    except OSError as error:
        raise RefusedToStart("POLICIES_UNREADABLE", [f"the policies cannot be read: {error}"]) from error
    except PolicyError as error:
        raise RefusedToStart("POLICY_FAULTS", map(str, error.faults)) from error


class Releases:
    """The release that a server runs. Whoever took it keeps it, whole, when another takes its place."""

    def __init__(self, active: Loaded) -> None:
        self.active = active
        self.broken: Broken | None = None
        """The newest edit, if it could not be loaded."""

    def activate(self, loaded: Loaded) -> None:
        """What begins from now on is decided under this release."""
        self.active, self.broken = loaded, None

    def take_place(self, loaded: Loaded, other: Loaded) -> None:
        """Where a release is active, another that is the same law takes its place."""
        if self.active is loaded:
            self.active = other
