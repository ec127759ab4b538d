"""What a leaf of the log holds: a small canonical JSON object of strings, with digests of what is stored beside it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from enum import StrEnum

VERSION = "1"
FREES = b'"outcome":"WITHDRAWAL"'
"""What the leaf of an action says by which the decision's use of yearly limits counts no more."""
ERASES = b'"outcome":"ERASURE"'
"""What the leaf of an action says by which the keys of the decision and of what was done about it are erased."""


class Kind(StrEnum):
    """What an entry records."""

    DECISION = "decision"
    ACTION = "action"
    RELEASE = "release"
    """A release is kept from here on: `request` holds its sources, `result` its lowered trees, `settings` its packages."""
    PUBLICATION = "publication"
    """A release that is kept was published: `request` holds its statement, with the signatures below it."""
    ACTIVATION = "activation"
    """A release that is kept is the active one from here on: `request` holds why."""
    ORIGIN = "origin"


@dataclass(frozen=True, slots=True)
class Envelope:
    """One entry. `request` and `result` are the hex SHA-256 of blobs, as they are stored; empty where there is none."""

    kind: Kind
    id: str
    about: str
    """The entry that this one points at: of an action, the decision. Of a new origin, the name before."""
    request: str
    result: str
    release: str
    engine: str
    language: str
    settings: str
    """What of the server's settings the decision depends on, as canonical JSON."""
    as_of: str
    decided_at: str
    caller: str
    outcome: str
    """Of an action, its kind."""
    disposition: str
    usage: str = ""
    """Digest of a blob, as `request`: how yearly limits stood, and what was used of them. Empty where there is nothing to say."""

    def to_bytes(self) -> bytes:
        """The leaf's bytes: JSON in the canonical form of RFC 8785, to which `json` comes for strings under ASCII keys."""
        fields = asdict(self) | {"v": VERSION, "kind": self.kind.value}
        return json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()

    @classmethod
    def from_bytes(cls, leaf: bytes) -> Envelope:
        """The entry of a leaf. Raises ValueError where it is none of this version."""
        fields = json.loads(leaf)
        if not isinstance(fields, dict) or fields.pop("v", "") != VERSION:
            raise ValueError("the leaf is no entry of a version that this software knows")
        try:
            return cls(**fields | {"kind": Kind(fields.get("kind", ""))})
        except TypeError as error:
            raise ValueError(f"the leaf is no entry: {error}") from None
