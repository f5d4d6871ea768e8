"""Going through a sequence: the cursor, the step that was asked for, and who computes up to it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from rnnviz.runner import Runner

if TYPE_CHECKING:
    from rnnviz.traces.steppable import Steppable

INLINE_SECONDS = 0.008
"""What takes less is computed at once; what takes longer, or turns out to, goes to the worker."""
BLOCK = 64
"""Steps that are computed at once where that is quick."""
AHEAD = BLOCK // 2
"""Steps that the worker keeps ready beyond the cursor."""


class Walker(QObject):
    """Goes through what is computed step by step; of what is not there yet it asks the worker.

    Parameters
    ----------
    work : Steppable
        A run, or what runs side by side with it.
    parent : QObject, optional

    Attributes
    ----------
    cursor : int
        The step that is shown.
    target : int
        The step that was asked for; the cursor is on its way there.

    Signals
    -------
    went(before) : the cursor is elsewhere now; emitted before anybody else hears of it.
    extended(first, last) : steps first..last are revealed.
    moved(t)
    busy_changed(busy)
    failed(error) : the module raised this while it computed what is waited for.
    """

    went = Signal(int)
    extended = Signal(int, int)
    moved = Signal(int)
    busy_changed = Signal(bool)
    failed = Signal(object)

    def __init__(self, work: Steppable, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.cursor = self.target = 0
        self._work = work
        self._busy = False
        self._told = 0  # the cursor that was last said
        self._failed_at: int | None = None  # so many steps were computed, and the next ones failed
        self._runner = Runner(self)
        self._runner.extended.connect(self._on_runner_extended)
        self._runner.failed.connect(self._on_runner_failed)

    @property
    def busy(self) -> bool:
        """Whether the cursor still waits for steps to be computed."""
        return self.target > self.cursor

    def step_forward(self) -> None:
        """Go one step on; computes only at the end of what is computed."""
        self.seek(self.target + 1)

    def step_back(self) -> None:
        """Take back the steps that are still waiting, or else go one step back."""
        if self.busy:
            self.cancel()
        else:
            self.seek(self.cursor - 1)

    def seek(self, t: int) -> None:
        """Go to step `t`, computing up to there where nobody has been; not after `close`."""
        if not self._runner.stopped:
            self.target = max(0, min(t, self._work.moves))
            self.advance()

    def cancel(self) -> None:
        """Stop computing; what was computed and shown stays."""
        self._runner.cancel()
        self.target = self.cursor
        self.tell_busy()

    def close(self) -> None:
        """End the work, at once; nothing can be sought afterwards."""
        self.cancel()  # so that a report still on its way moves nothing
        self._runner.stop()

    def wait_closed(self, seconds: float) -> bool:
        """Wait `seconds` at most until nothing is computed, and return whether it is so."""
        return self._runner.finished(seconds)

    # Another work

    def take(self, work: Steppable, *, starts: bool, new_run: bool) -> None:
        """Go through `work` from now on; nobody is told yet.

        Parameters
        ----------
        work : Steppable
        starts : bool
            Whether the cursor goes to the beginning.
        new_run : bool
            Whether nothing that was said of the last one holds any more.
        """
        if starts:
            self.target = self.cursor = 0
            self._runner.cancel()
        if work is not self._work:
            self._work = work
            self._runner.dismiss()
        if new_run:
            self._told, self._failed_at = -1, None  # nobody knows of any cursor in it

    def tell_busy(self) -> None:
        """Say whether steps are waited for, unless that was said."""
        if self.busy != self._busy:
            self._busy = self.busy
            self.busy_changed.emit(self._busy)

    def tell_cursor(self) -> None:
        """Say where the cursor is, unless that was said: a slot may have moved it meanwhile."""
        if self.cursor != self._told:
            self._told = self.cursor
            self.moved.emit(self.cursor)

    # How it is done

    def advance(self) -> None:
        """Bring the cursor as near to the target as the record allows, and ask for the rest."""
        work = self._work
        if self.target > work.computed:
            self._compute_if_quick(work)
        self._fetch(work)
        self._go(min(self.target, work.computed))
        self.tell_busy()

    def _compute_if_quick(self, work: Steppable) -> None:
        try:
            if self._is_quick(work, self.target - work.computed):
                self._compute_for_a_while(work)
        except Exception:
            self.cancel()  # as when the worker fails: nothing is awaited any more
            raise

    def _compute_for_a_while(self, work: Steppable) -> None:
        """Compute up to the target, unless the clock says that it is not as quick as expected."""
        end = time.perf_counter() + INLINE_SECONDS
        while self.target > work.computed and time.perf_counter() < end:
            wanted = max(BLOCK, self.target - work.computed)
            work.compute_block(min(wanted, work.steps_within(INLINE_SECONDS / 2)))

    def _fetch(self, work: Steppable) -> None:
        """Keep the worker ahead of the target, unless the next block will be there in no time."""
        wanted = min(self.target + AHEAD, work.moves)
        if self.target > work.computed or self._looks_ahead(work, wanted):
            self._runner.extend(work, wanted)
        else:
            self._runner.cancel()

    def _looks_ahead(self, work: Steppable, wanted: int) -> bool:
        if not 0 < work.computed < wanted or work.computed == self._failed_at:
            return False  # what failed is tried again when somebody waits for it
        return not self._is_quick(work, min(BLOCK, work.moves - work.computed))

    def _is_quick(self, work: Steppable, steps: int) -> bool:
        """Return whether all of `steps` steps take no time, and the blocks that they come in."""
        if self._runner.working_on(work):
            return False
        return work.is_quick(max(steps, work.next_block(steps)), INLINE_SECONDS)

    def _go(self, t: int) -> None:
        work = self._work
        revealed = work.revealed
        work.reveal(t)
        before, self.cursor = self.cursor, t
        self.went.emit(before)
        if work.revealed > revealed:
            self.extended.emit(revealed + 1, work.revealed)
        self.tell_cursor()

    # What the worker says

    def _on_runner_extended(self, work: Steppable) -> None:
        try:
            if work is self._work:
                self.advance()
        finally:
            self._runner.heard()

    def _on_runner_failed(self, work: Steppable, error: Exception) -> None:
        if work is not self._work:
            return
        self._failed_at = work.computed
        self._go(min(self.target, work.computed))
        waited = self.busy
        self.cancel()
        if waited:  # else it was only looked ahead
            self.failed.emit(error)
