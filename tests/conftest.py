"""Shared by all tests: hypothesis profiles without deadlines (the machines are noisy).

The ordinary one always tries the same examples, and few enough of them to be done within minutes;
``pytest --hypothesis-profile=thorough`` tries others, and more.
"""

from hypothesis import HealthCheck, settings

CHECKS = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
settings.register_profile(
    "rnnviz", deadline=None, derandomize=True, max_examples=20, suppress_health_check=CHECKS
)
settings.register_profile("thorough", deadline=None, max_examples=500, suppress_health_check=CHECKS)
settings.load_profile("rnnviz")
