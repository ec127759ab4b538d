"""The sources of a release as the ledger keeps them: one JSON object of file names and texts, the same bytes for the same files."""

from __future__ import annotations

import json
from collections.abc import Mapping

from licet.language.faults import PolicyError
from licet.policy.release import Release, load_release


class ReleaseError(Exception):
    """A release cannot be had from what was kept; the text says why."""


def packed(files: Mapping[str, bytes]) -> bytes:
    """The files of a release, as they are kept. Scenarios, of which a release holds nothing, are left out."""
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
    """The release that was kept, compiled again. Raises `ReleaseError` where it is not the one of that digest."""
    try:
        release = load_release(unpacked(data))
    except PolicyError as error:
        raise ReleaseError(f"this software finds faults in the release, the first: {error.faults[0]}") from None
    if release.digest != digest:
        raise ReleaseError(f"the sources that were kept make the release {release.digest}")
    return release
