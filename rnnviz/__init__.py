"""Recurrent networks made visible.

The public names load torch when they are first asked for, so that the window can be on the screen
before torch is in memory.
"""

from importlib import import_module
from typing import TYPE_CHECKING

__version__ = "0.1.0"
__all__ = ["ElmanRNN", "__version__", "check", "convert", "record", "show", "trace"]

if TYPE_CHECKING:
    from rnnviz.analysis.checking import check
    from rnnviz.networks.conversion import convert
    from rnnviz.networks.elman import ElmanRNN
    from rnnviz.recording.recorder import record
    from rnnviz.showing import show
    from rnnviz.traces.tracing import trace

_MODULES = {
    "ElmanRNN": "rnnviz.networks.elman",
    "check": "rnnviz.analysis.checking",
    "convert": "rnnviz.networks.conversion",
    "record": "rnnviz.recording.recorder",
    "show": "rnnviz.showing",
    "trace": "rnnviz.traces.tracing",
}


def __getattr__(name: str) -> object:
    """Import a public name when it is first used (PEP 562)."""
    if name not in _MODULES:
        raise AttributeError(f"module 'rnnviz' has no attribute {name!r}")
    return getattr(import_module(_MODULES[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
