"""The worker thread that extends a run block by block."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass

from PySide6.QtCore import QObject, QThread, Signal

from rnnviz.traces.run import Run

REPORT_SECONDS = 1 / 30
"""The least pause between two reports, counted from when the window has dealt with the last."""


@dataclass(frozen=True)
class _Job:
    run: Run
    until: int


class Runner(QThread):
    """Computes what it was last asked for; a new request replaces the one before.

    Signals
    -------
    extended(run) : the record of `run` has grown, or the request is done.
    failed(run, error) : a block raised `error`; the request is dropped.
    """

    extended = Signal(object)
    failed = Signal(object, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._changed = threading.Condition()
        self._job: _Job | None = None
        self._stopping = False
        self._heard_at: float | None = 0.0  # None while a report waits to be dealt with

    def heard(self) -> None:
        """Say that the last report was dealt with: frames are dropped, never queued."""
        self._heard_at = time.monotonic()

    def extend(self, run: Run, until: int) -> None:
        """Ask for the record of `run` up to step `until`; nothing happens after `stop`."""
        job = _Job(run, until)
        with self._changed:
            if job == self._job or self._stopping:
                return
            self._job = job
            self._changed.notify()
        if not self.isRunning():
            self.start()

    def cancel(self) -> None:
        """Drop the request; the block that is being computed is still recorded."""
        with self._changed:
            self._job = None

    def working_on(self, run: Run) -> bool:
        """Return whether a request for `run` is open, or a block of it being computed."""
        job = self._job
        return (job is not None and job.run is run) or run.lock.locked()

    def stop(self) -> None:
        """End the thread, after the block in progress, and wait for it."""
        with self._changed:
            self._job = None
            self._stopping = True
            self._changed.notify()
        self.wait()

    def _next_job(self) -> _Job | None:
        with self._changed:
            self._changed.wait_for(lambda: self._job is not None or self._stopping)
            return self._job

    def _finish(self, job: _Job) -> None:
        with self._changed:
            if self._job is job:
                self._job = None

    def _work(self, job: _Job) -> None:
        while self._job is job and job.run.computed < job.until:
            job.run.compute_block()
            heard = self._heard_at
            if heard is not None and time.monotonic() - heard > REPORT_SECONDS:
                self._report(job.run)
        self._finish(job)
        self._report(job.run)

    def _report(self, run: Run) -> None:
        self._heard_at = None
        self.extended.emit(run)

    def run(self) -> None:
        """Work until `stop` (called by Qt in the new thread)."""
        import torch

        torch.set_num_threads(1)  # it reaches only the thread that calls it
        while job := self._next_job():
            try:
                self._work(job)
            except Exception as error:  # whatever a module raises belongs to the user, not here
                self._finish(job)
                self.failed.emit(job.run, error)
