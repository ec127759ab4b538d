"""How long to look: `ci` takes a minute or two and always looks at the same cases; `deep` looks at many, others each time."""

from __future__ import annotations

import os
from typing import Any

from hypothesis import HealthCheck, Phase, settings

_SLOW = (HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much, HealthCheck.large_base_example)

# In CI a case that fails today fails tomorrow: new cases are looked for on purpose, with HYPOTHESIS_PROFILE=deep.
_BOTH: dict[str, Any] = {"deadline": None, "suppress_health_check": _SLOW, "report_multiple_bugs": False}
settings.register_profile("ci", max_examples=8, derandomize=True, database=None, **_BOTH)
settings.register_profile("deep", max_examples=2_000, print_blob=True, **_BOTH)
settings.register_profile(
    "quick", max_examples=int(os.environ.get("N", "100")), database=None, phases=[Phase.generate], print_blob=True, **_BOTH
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))  # whoever runs the suite chooses how long
