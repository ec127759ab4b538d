"""The release that a server runs, and the answer to a request that pins one."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from pathlib import Path

from licet.api.errors import RefusedToStart, ReleaseUnknown
from licet.language.faults import PolicyError
from licet.policy.folder import read_folder
from licet.policy.release import Release, load_release


@dataclass(frozen=True, slots=True)
class Loaded:
    """A release, and when this server loaded it."""

    release: Release
    loaded_at: datetime.datetime


def load(folder: Path) -> Loaded:
    """The release in a folder. Raises `RefusedToStart` with every fault of its policies."""
    try:
        release = load_release(read_folder(folder))
    except OSError as error:
        raise RefusedToStart("POLICIES_UNREADABLE", [f"the policies cannot be read: {error}"]) from error
    except PolicyError as error:
        raise RefusedToStart("POLICY_FAULTS", map(str, error.faults)) from error
    return Loaded(release, datetime.datetime.now(datetime.UTC))


class Releases:
    """The releases that a server holds: today the one it runs."""

    def __init__(self, active: Loaded) -> None:
        self.active = active

    def named(self, digest: str) -> Loaded:
        """The release with a digest; the active one if the digest is empty. Raises `ReleaseUnknown`."""
        active = self.active
        if digest not in ("", active.release.digest):
            raise ReleaseUnknown(digest, active.release.digest)
        return active
