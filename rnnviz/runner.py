"""The runner has the record of a run extended by a thread, and says so in the window's own."""

from __future__ import annotations

import time
from functools import partial

from PySide6.QtCore import QObject, Qt, Signal

from rnnviz.traces.steppable import Steppable
from rnnviz.traces.worker import Worker

A_MOMENT = 0.05
"""Longer than the end of a thread takes whose last line was run."""


class Runner(QObject):
    """Has computed what it was last asked for; a new request replaces the one before.

    There is a thread only while there is something to compute. One that is inside of a long block
    of another run is left alone with it; nobody waits for it. But each thread holds on to its run:
    while two are on their way out, a request waits until one of them has ended.

    Signals
    -------
    extended(run) : the record of `run` has grown, or the request is done.
    failed(run, error) : a block raised `error`; the request is dropped.
    """

    extended = Signal(object)
    failed = Signal(object, object)
    _ended = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._stopped = False
        self._workers: list[Worker] = []  # the last one is the current; others are on their way out
        self._waiting: tuple[Steppable, int] | None = None  # for a thread to end
        self._ended.connect(self._on_ended, Qt.ConnectionType.QueuedConnection)
        self.destroyed.connect(partial(_silence, self._workers))  # so that no thread speaks for it

    @property
    def stopped(self) -> bool:
        """Whether nothing is computed any more, whatever is asked for."""
        return self._stopped

    def extend(self, run: Steppable, until: int) -> None:
        """Ask for the record of `run` up to step `until`; nothing happens after `stop`."""
        if self._stopped:
            return
        worker = self._worker_on(run)
        if worker is None or not worker.ask(until):
            self.dismiss()
            self._waiting = run, until
            self._start_what_waits()

    def cancel(self) -> None:
        """Drop the request; the chunk that is being computed is still recorded."""
        self._waiting = None
        if self._workers:
            self._workers[-1].cancel()

    def dismiss(self) -> None:
        """Drop the request, and what is being computed with it; nothing more is said about it."""
        self._waiting = None
        for worker in self._workers:
            worker.leave()
        self._forget_finished()

    def working_on(self, run: Steppable) -> bool:
        """Return whether a thread computes `run`, or is about to."""
        worker = self._worker_on(run)
        return worker is not None and worker.at_work

    def heard(self) -> None:
        """Say that the last report was dealt with: frames are dropped, never queued."""
        if self._workers:
            self._workers[-1].heard()

    def stop(self) -> None:
        """Compute nothing any more. It does not wait for a block that is being computed."""
        self._stopped = True
        self.dismiss()

    def finished(self, seconds: float) -> bool:
        """Wait until no thread is left, `seconds` at most, and return whether none is."""
        end = time.monotonic() + seconds
        return all(worker.finished(end - time.monotonic()) for worker in self._workers)

    def _worker_on(self, run: Steppable) -> Worker | None:
        if self._workers and self._workers[-1].run is run:
            return self._workers[-1]
        return None

    def _start_what_waits(self) -> None:
        if self._waiting and sum(worker.at_work for worker in self._workers) < 2:
            self._workers.append(Worker(*self._waiting, self._tell, self._ended.emit))
            self._waiting = None
            self._workers[-1].start()

    def _forget_finished(self) -> None:
        self._workers[:] = [worker for worker in self._workers if not worker.finished(0)]

    def _on_ended(self, worker: Worker) -> None:
        worker.finished(A_MOMENT)  # so that it is among those that are forgotten, with their runs
        self._forget_finished()
        self._start_what_waits()

    def _tell(self, worker: Worker) -> None:
        """Speak up in the worker's thread; Qt brings it to the window's."""
        if worker.error is None:
            self.extended.emit(worker.run)
        else:
            self.failed.emit(worker.run, worker.error)


def _silence(workers: list[Worker], _gone: object = None) -> None:
    for worker in workers:
        worker.fall_silent()
