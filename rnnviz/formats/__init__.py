"""Files in and out: weights, data, sessions and recordings. Nothing here knows Qt.

Every reader returns its object with a tuple of `notices` (what was converted or left out), or
raises `UnreadableFile`, whose text names the file, what is wrong and what to do. The readers load
what they need when they are first asked for (PEP 562).
"""

from importlib import import_module
from typing import TYPE_CHECKING

from rnnviz.formats.unreadable import UnreadableFile

__all__ = [
    "UnreadableFile",
    "read_data",
    "read_recording",
    "read_session",
    "read_weights",
    "save_weights",
    "write_session",
]

if TYPE_CHECKING:
    from rnnviz.formats.data import read_data
    from rnnviz.formats.recording import read_recording
    from rnnviz.formats.session_file import read_session, write_session
    from rnnviz.formats.weights import read_weights
    from rnnviz.formats.weights_out import save_weights

_MODULES: dict[str, str] = {
    "read_data": "rnnviz.formats.data",
    "read_recording": "rnnviz.formats.recording",
    "read_session": "rnnviz.formats.session_file",
    "write_session": "rnnviz.formats.session_file",
    "read_weights": "rnnviz.formats.weights",
    "save_weights": "rnnviz.formats.weights_out",
}


def __getattr__(name: str) -> object:
    """Import a reader when it is first used (PEP 562)."""
    if name not in _MODULES:
        raise AttributeError(f"module 'rnnviz.formats' has no attribute {name!r}")
    return getattr(import_module(_MODULES[name]), name)
