"""How long to look: `ci` takes about a minute and always looks at the same cases; `deep` looks at many, others each time."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

_SLOW = (HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much, HealthCheck.large_base_example)

# In CI a case that fails today fails tomorrow: new cases are looked for on purpose, with HYPOTHESIS_PROFILE=deep.
settings.register_profile("ci", max_examples=40, deadline=None, derandomize=True, database=None, suppress_health_check=_SLOW)
settings.register_profile("deep", max_examples=2_000, deadline=None, suppress_health_check=_SLOW, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))  # noqa: TID251  # whoever runs the suite chooses how long
