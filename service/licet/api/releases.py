"""The release that a server runs, and what became of edits since."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from licet.api.cache import Cache
from licet.api.errors import RefusedToStart, ReleaseUnsigned
from licet.engine.protocol import Matcher
from licet.language.faults import PolicyError
from licet.ledger.release_file import Statement, check_signed
from licet.ledger.verify import Key, VerificationError
from licet.policy.folder import SIGNED, read_folder, read_statement
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
    statement: str = ""
    """What was said of it, and signed; empty where nothing was."""
    kept: bool = False
    """Whether it is known to be what the ledger keeps under its digest."""


@dataclass(frozen=True, slots=True)
class Broken:
    """An edit that could not be loaded: its faults by place and code alone, how many there are, and when it was tried."""

    faults: tuple[str, ...]
    count: int
    at: datetime.datetime


@dataclass(frozen=True, slots=True)
class Guard:
    """The keys of which one must have signed whatever is served; with none, nothing is required."""

    keys: tuple[Key, ...] = ()

    @classmethod
    def of(cls, files: Iterable[Path]) -> Guard:
        """The keys in these files. Raises `RefusedToStart` with every file that holds none."""
        keys, faults = [], []
        for file in files:
            try:
                keys.append(Key.parsed(file.read_text(encoding="utf-8")))
            except (OSError, UnicodeDecodeError, VerificationError) as error:
                faults.append(f"require_signed: {file} holds no public key: {error}")
        if faults:
            raise RefusedToStart("BAD_SETTING", faults)
        return cls(tuple(keys))

    def check(self, digest: str, statement: str) -> Statement | None:
        """What was signed, where a signature is required. Raises `ReleaseUnsigned`."""
        if not self.keys:
            return None
        try:
            return check_signed(statement, digest, self.keys)
        except VerificationError as error:
            raise ReleaseUnsigned(digest, str(error)) from error


OPEN: Final = Guard()
"""Requires nothing."""


def read(folder: Path, engine: Callable[[], Matcher], guard: Guard = OPEN) -> Loaded:
    """The release in a folder, made from its sources as they are now. Raises `PolicyError`, `ReleaseUnsigned` and OSError."""
    statement = read_statement(folder)
    loaded = compiled(read_folder(folder), engine, statement)
    guard.check(loaded.release.digest, statement)
    return loaded


def compiled(files: Mapping[str, bytes], engine: Callable[[], Matcher], statement: str = "") -> Loaded:
    """The release that policy files hold. Raises `PolicyError`."""
    return Loaded(load_release(files), datetime.datetime.now(datetime.UTC), engine(), files, statement=statement)


def load(folder: Path, engine: Callable[[], Matcher], cache: Cache | None = None, guard: Guard = OPEN) -> Loaded:
    """The release to start with, from the cache where it is there. Raises `RefusedToStart` with every fault of its policies."""
    try:
        if cache is None:
            return read(folder, engine, guard)
        files = read_folder(folder)
        found = cache.find(files)
        if found is not None:
            return Loaded(found.release, datetime.datetime.now(datetime.UTC), engine(), files, found.form)
        return compiled(files, engine)
    except OSError as error:
        raise RefusedToStart("POLICIES_UNREADABLE", [f"the policies cannot be read: {error}"]) from error
    except ReleaseUnsigned as error:
        raise RefusedToStart(error.reason, [f"{folder / SIGNED}: {error}"]) from error
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
