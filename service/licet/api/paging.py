"""Pages of lists that do not change while their release is served."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Sequence
from typing import TypeVar

from licet.decision.errors import InvalidRequest, Violation

_T = TypeVar("_T")
DEFAULT_SIZE = 50
MAX_SIZE = 200


def page(whole: Sequence[_T], *, size: int, token: str, scope: Sequence[str]) -> tuple[Sequence[_T], str]:
    """A page and the token of the next, which is empty at the end.

    `scope` is all that the list depends on: a token is good for the same scope only. Raises `InvalidRequest`.
    """
    if size < 0:
        raise InvalidRequest([Violation("page_size", f"is {size}, expected 0 or more")])
    start = _start(token, _mark(scope), len(whole)) if token else 0
    end = start + min(size or DEFAULT_SIZE, MAX_SIZE)
    return whole[start:end], _token(end, _mark(scope)) if end < len(whole) else ""


def _mark(scope: Sequence[str]) -> str:
    return hashlib.sha256(json.dumps(list(scope)).encode()).hexdigest()[:16]


def _token(start: int, mark: str) -> str:
    return base64.urlsafe_b64encode(f"{start}.{mark}".encode()).decode()


def _start(token: str, mark: str, length: int) -> int:
    try:
        start, _, found = base64.b64decode(token, altchars=b"-_", validate=True).decode("ascii").partition(".")
    except (binascii.Error, ValueError):
        start, found = "", ""
    if not (start.isdigit() and len(start) <= len(str(length)) and 0 < int(start) < length):
        raise InvalidRequest([Violation("page_token", "is no token that this server gave; begin again without one")])
    if found != mark:
        raise InvalidRequest([Violation("page_token", "belongs to another request or release; begin again without one")])
    return int(start)
