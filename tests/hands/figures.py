"""What a process holds: memory, threads, timers, windows."""

import gc
import os
import threading
from pathlib import Path

import numpy as np
import shiboken6
from PySide6.QtCore import QCoreApplication, QEvent, QTimer
from PySide6.QtWidgets import QApplication, QDialog, QMainWindow, QWidget

MB = 2**20


def resident_memory() -> float:
    """Return what the process has in memory, in MB."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / MB


def slope(xs, ys) -> float:
    """Return by how much y grows with each x, of the straight line that fits best."""
    return float(np.polyfit(xs, ys, 1)[0]) if len(xs) > 1 else 0.0


def sweep() -> None:
    """Let Qt and Python do away with what nobody has any more."""
    QApplication.processEvents()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    gc.collect()


def windows() -> list[str]:
    """Return the windows and dialogs that there are, on the screen or not."""
    found = QApplication.topLevelWidgets()
    return [_named(w) for w in found if isinstance(w, (QMainWindow, QDialog)) or w.isVisible()]


def threads() -> list[str]:
    """Return the names of Python's threads, but the first one and zarr's, of which it has a few."""
    names = (t.name for t in threading.enumerate() if t is not threading.main_thread())
    return [name for name in names if not name.startswith(("zarr", "asyncio"))]


def os_threads() -> int:
    """Return how many threads the system counts, those of Qt and torch among them."""
    return len(list(Path("/proc/self/task").iterdir()))


def timers() -> list[str]:
    """Return the timers that run, by the names of those they belong to."""
    timers = (o for o in gc.get_objects() if issubclass(type(o), QTimer))
    alive = [timer for timer in timers if shiboken6.isValid(timer)]
    return [_named(timer.parent()) for timer in alive if timer.isActive()]


def _named(thing) -> str:
    name = thing.objectName() if isinstance(thing, QWidget) else ""
    return f"{type(thing).__name__} {name}".strip()
