"""A thread that extends a run, chunk by chunk, until it is told that nobody waits any more."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from rnnviz.networks.base import Interrupted
from rnnviz.traces.run import BLOCK_STEPS
from rnnviz.traces.steppable import Steppable

CHUNK_SECONDS = 1 / 60
"""About how long a chunk takes: a frame."""
REPORT_SECONDS = 1 / 30
"""The least pause between two reports, counted from when the last one was dealt with."""
LONG = 2
"""A block of more than so many chunks cannot be cut: it ends where it can when it is cancelled."""


class Worker:
    """Computes a run up to a step that may still change; then its thread ends.

    The interpreter waits for the thread when the program ends, and the thread sees that it does.

    Parameters
    ----------
    run : Steppable
    until : int
        The step up to which to compute.
    report : callable
        Called with the worker, in its thread, when the record has grown and when the work is done.
        It must not wait for the thread that calls `leave`.
    ended : callable, optional
        Called with the worker, in its thread, as the last thing; also if it was told to leave.

    Attributes
    ----------
    error : Exception or None
        What ended the work.
    """

    def __init__(
        self,
        run: Steppable,
        until: int,
        report: Callable[[Worker], None],
        ended: Callable[[Worker], None] = lambda worker: None,
    ) -> None:
        self.run = run
        self.error: Exception | None = None
        self._until = until
        self._report = report
        self._ended = ended
        self._changing = threading.RLock()
        self._left = self._silent = self._done = False
        self._heard_at: float | None = 0.0  # None while a report waits to be dealt with
        self._main = threading.main_thread()
        self._thread = threading.Thread(target=self._work, name="rnnviz worker")

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    @property
    def at_work(self) -> bool:
        """Whether it computes, or will: for a cancelled one, until its chunk is recorded."""
        return not self._done

    def ask(self, until: int) -> bool:
        """Compute up to step `until` instead; False if it is too late for that."""
        with self._changing:
            self._until = until
            return not (self._done or self._left)

    def cancel(self) -> None:
        """Compute no more than the chunk in progress, or less of one that is the whole sequence."""
        self._until = 0

    def leave(self) -> None:
        """Give up the chunk in progress as soon as possible; only the end is reported then."""
        with self._changing:
            self._left = True

    def fall_silent(self) -> None:
        """Leave, and do not even report the end: there is nobody left to hear of it."""
        with self._changing:
            self._left = self._silent = True

    def heard(self) -> None:
        """Say that the last report was dealt with: what comes before is dropped, never queued."""
        self._heard_at = time.monotonic()

    def finished(self, seconds: float) -> bool:
        """Wait for the thread to end, `seconds` at most, and return whether it has."""
        self._thread.join(max(0.0, seconds))
        return not self._thread.is_alive()

    def _work(self) -> None:
        import torch

        torch.set_num_threads(1)  # it reaches only the thread that calls it
        try:
            while self._goes_on():
                self._compute()
                self._tell_of_progress()
        except Interrupted:
            self._finish()
        except Exception as error:  # whatever a module raises belongs to the user, not here
            self._finish(error)
        self._tell()
        self._tell_the_end()

    def _goes_on(self) -> bool:
        with self._changing:
            self._done = self._stopped() or self.run.computed >= self._until
            return not self._done

    def _compute(self) -> None:
        """Compute a chunk; one that is the whole sequence may be given up when cancelled."""
        chunk = self._chunk()
        in_one_go = self.run.next_block(chunk) > LONG * max(chunk, BLOCK_STEPS)
        self.run.compute_block(chunk, self._gives_up if in_one_go else self._stopped)

    def _finish(self, error: Exception | None = None) -> None:
        with self._changing:
            self.error = error
            self._done = True

    def _stopped(self) -> bool:
        return self._left or not self._main.is_alive()

    def _gives_up(self) -> bool:
        with self._changing:  # from then on it is too late to ask for more
            self._done = self._done or not self._until
            return self._done or self._stopped()

    def _chunk(self) -> int:
        wanted = max(BLOCK_STEPS, self._until - self.run.computed)
        return min(self.run.steps_within(CHUNK_SECONDS), wanted)

    def _tell_of_progress(self) -> None:
        heard = self._heard_at
        if heard is not None and time.monotonic() - heard > REPORT_SECONDS:
            self._heard_at = None
            self._tell()

    def _tell(self) -> None:
        with self._changing:
            if not self._stopped():
                self._report(self)

    def _tell_the_end(self) -> None:
        with self._changing:
            if not self._silent and self._main.is_alive():
                self._ended(self)
