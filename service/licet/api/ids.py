"""Ids that the server makes or takes over."""

from __future__ import annotations

import datetime
import os
import re
import uuid
from typing import Any

CALLER = "x-caller"
"""The metadata key under which a caller says who it is. It is believed: what stands before the server has to see to that."""
MAX_REQUEST_ID = 200
"""Characters of a request id in a message."""
_MAX_CALLER = 200
_SANE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/+=@-]{0,127}")


def decision_id(now: datetime.datetime) -> str:
    """A new UUID of version 7 (RFC 9562): ids of later decisions sort after those of earlier ones."""
    millis = int(now.timestamp() * 1000)
    random = int.from_bytes(os.urandom(10), "big")
    value = (millis & (1 << 48) - 1) << 80 | 7 << 76 | (random >> 68 & 0xFFF) << 64 | 0b10 << 62 | random & (1 << 62) - 1
    return str(uuid.UUID(int=value))


def request_id(offered: str | bytes | None) -> str:
    """The caller's request id if it is short and plain, else a new one."""
    return offered if isinstance(offered, str) and _SANE.fullmatch(offered) else str(uuid.uuid4())


def caller_of(context: Any) -> str:
    """Who calls, as the caller says; empty where it says nothing plain."""
    offered = next((value for key, value in context.invocation_metadata() or () if key == CALLER), "")
    sane = isinstance(offered, str) and len(offered) <= _MAX_CALLER and offered.isprintable()
    return str(offered) if sane else ""
