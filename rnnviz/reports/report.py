"""An error in words: a sentence for everybody, and a report for whoever mends it."""

from __future__ import annotations

import platform
import re
import sys
import traceback
from collections.abc import Hashable, Sequence

import PySide6
from PySide6.QtCore import qVersion

import rnnviz

LONGEST = 300
"""Characters of a sentence."""
_OVERRIDE = re.compile(r"(Error calling Python override of [\w:]+\(\): )+")
"""What PySide puts before an error of a paint event that Python's own call led to."""
LOADED_LATE = ("torch", "numpy")
"""They are not imported for a report."""


def sentence_of(error: BaseException) -> str:
    """Return what happened in a sentence."""
    said = _OVERRIDE.sub("", str(error)).strip().splitlines()
    sentence = said[0].strip() if said else type(error).__name__
    return sentence if len(sentence) <= LONGEST else f"{sentence[: LONGEST - 1]}…"


def report_of(error: BaseException, actions: Sequence[str] = ()) -> str:
    """Return what a developer needs to know: versions, what was done last, and where it happened.

    Parameters
    ----------
    error : BaseException
    actions : sequence of str
        What the user did, the latest at the end.
    """
    done = ["Last actions:", *actions, ""] if actions else []
    trace = "".join(traceback.format_exception(error))
    return "\n".join([versions(), "", *done, trace])


def versions() -> str:
    """Return what this program consists of, a line each."""
    late = [f"{name} {_version(name)}" for name in LOADED_LATE]
    parts = [
        f"rnnviz {rnnviz.__version__}",
        f"Python {platform.python_version()}",
        f"Qt {qVersion()}",
        f"PySide6 {PySide6.__version__}",
        *late,
        platform.platform(),
    ]
    return "\n".join(parts)


def cause_of(error: BaseException) -> Hashable:
    """Return what is equal for two errors of one cause: kind, place, and the words without digits.

    A step that fails says another number each time.
    """
    trace, place = error.__traceback__, None
    while trace is not None:
        place = trace.tb_frame.f_code.co_filename, trace.tb_lineno
        trace = trace.tb_next
    return type(error), place, re.sub(r"\d+", "0", sentence_of(error))


def _version(name: str) -> str:
    return getattr(sys.modules.get(name), "__version__", "not loaded")
