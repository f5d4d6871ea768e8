"""Recurrent networks made visible.

``ElmanRNN`` and ``trace`` load torch when they are first asked for, so that the window can be on
the screen before torch is in memory.
"""

from typing import TYPE_CHECKING

__version__ = "0.1.0"
__all__ = ["ElmanRNN", "__version__", "trace"]

if TYPE_CHECKING:
    from rnnviz.networks.elman import ElmanRNN
    from rnnviz.traces.tracing import trace


def __getattr__(name: str) -> object:
    """Import a public name when it is first used (PEP 562)."""
    if name == "ElmanRNN":
        from rnnviz.networks.elman import ElmanRNN

        return ElmanRNN
    if name == "trace":
        from rnnviz.traces.tracing import trace

        return trace
    raise AttributeError(f"module 'rnnviz' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
