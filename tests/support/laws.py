"""A law that says nothing."""

from __future__ import annotations

import datetime
from typing import Final

from licet.language.law import Law, Places

EMPTY_LAW: Final = Law(
    date=datetime.date(2026, 11, 22), groups={}, tables={}, schemes={}, places=Places(frozenset(), {}, {}), treated_as={}
)
