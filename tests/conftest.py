"""Shared by all tests: hypothesis profiles without deadlines (the machines are noisy)."""

from hypothesis import HealthCheck, settings

settings.register_profile(
    "rnnviz",
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
settings.load_profile("rnnviz")
