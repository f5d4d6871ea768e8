"""Work in a thread of its own, which is looked at from time to time, and can be ended."""

from __future__ import annotations

import threading
from collections.abc import Callable

from rnnviz.networks.base import Interrupted

Progress = Callable[[int, int], None]
Stopped = Callable[[], bool]
Work = Callable[[Progress, Stopped], None]
"""Called with where to say how far it is, and whom to ask whether to go on."""


class Job:
    """One piece of work. It never touches a widget; who started it looks at it.

    Attributes
    ----------
    done, total : int
        How far it is.
    error : Exception or None
        What it ended with, if it went wrong.
    """

    def __init__(self, work: Work) -> None:
        self.done, self.total = 0, 1
        self.error: Exception | None = None
        self._work = work
        self._cancelled = threading.Event()
        self._thread = threading.Thread(target=self._run, name="rnnviz export", daemon=True)
        self._thread.start()

    @property
    def running(self) -> bool:
        """Whether it has not ended yet."""
        return self._thread.is_alive()

    @property
    def cancelled(self) -> bool:
        """Whether somebody wanted it to end; what it was writing is gone then."""
        return self._cancelled.is_set()

    def cancel(self) -> None:
        """Let it end soon."""
        self._cancelled.set()

    def wait(self) -> None:
        """Wait until it has ended."""
        self._thread.join()

    def _run(self) -> None:
        try:
            self._work(self._tell, self._cancelled.is_set)
        except Interrupted:
            pass
        except Exception as error:  # whatever it is, somebody waits to be told
            self.error = error

    def _tell(self, done: int, total: int) -> None:
        self.done, self.total = done, total
