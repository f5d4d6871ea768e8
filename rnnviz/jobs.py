"""Work in a thread of its own, whose result comes back to the window's thread."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal

from rnnviz.networks.base import Interrupted

LOGGER = logging.getLogger(__name__)

Work = Callable[[Callable[[], bool]], Any]
"""Called in the thread with a function that says whether to stop."""


class Job(QObject):
    """One thing at a time, done beside the window; a new one takes the place of the one before.

    Signals
    -------
    done(result)
    failed(error)
    """

    done = Signal(object)
    failed = Signal(object)
    _ended = Signal(object, object, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lock = threading.Lock()
        self._current: object | None = None
        self._threads: list[threading.Thread] = []
        self._ended.connect(self._on_ended, Qt.ConnectionType.QueuedConnection)

    @property
    def busy(self) -> bool:
        """Whether something is waited for."""
        return self._current is not None

    def start(self, work: Work) -> None:
        """Do `work`, and no longer wait for what was done before."""
        token = object()
        with self._lock:
            self._current = token
        self._threads = [thread for thread in self._threads if thread.is_alive()]
        thread = threading.Thread(target=self._do, args=(work, token), name="rnnviz job")
        self._threads.append(thread)
        thread.start()

    def cancel(self) -> None:
        """Wait for nothing any more; nothing is said of it either."""
        with self._lock:
            self._current = None

    def finished(self, seconds: float) -> bool:
        """Wait until no thread is left, `seconds` at most, and return whether none is."""
        end = time.monotonic() + seconds
        for thread in self._threads:
            thread.join(max(0.0, end - time.monotonic()))
        return not any(thread.is_alive() for thread in self._threads)

    def _do(self, work: Work, token: object) -> None:
        main = threading.main_thread()
        result: object = None
        error: Exception | None = None
        try:
            result = work(lambda: self._current is not token or not main.is_alive())
        except Interrupted:
            return
        except Exception as raised:  # it is told where the file was given
            error = raised
            LOGGER.info("A job failed.", exc_info=raised)
        with self._lock:  # after `cancel`, the object that would speak may be gone
            if self._current is token:
                self._ended.emit(token, result, error)

    def _on_ended(self, token: object, result: object, error: Exception | None) -> None:
        if self._current is not token:
            return
        self._current = None
        if error is None:
            self.done.emit(result)
        else:
            self.failed.emit(error)
