"""Digests: SHA-256 over canonical JSON (RFC 8785) of parsed sources. Comments, layout and file order do not count."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import rfc8785


def digest(data: Any) -> str:
    """The hex SHA-256 of data in canonical JSON."""
    return hashlib.sha256(rfc8785.dumps(data)).hexdigest()


def combined(digests: Mapping[str, str]) -> str:
    """One digest over named digests."""
    return digest(dict(digests))
