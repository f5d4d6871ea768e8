"""The list of changes: what the next undo and the next redo bring back."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import takewhile

from rnnviz.history.moment import Kept, Large, Moment, Shelf
from rnnviz.history.naming import Named, named, opening
from rnnviz.limits import MAX_UNDO_BYTES, MAX_UNDO_STEPS

STEP_BYTES = 4_000
"""What a change takes beside the numbers that it keeps."""
PAUSE = 1.0
"""Seconds without a change of the same field after which the next one is a step of its own."""


@dataclass(frozen=True)
class Step:
    """A change that can be undone, or one that can be done again.

    Attributes
    ----------
    named : Named
    kept : Kept
        The moment at its other end: before it, or after it.
    """

    named: Named
    kept: Kept


class History:
    """Remembers changes, each with the moment before it.

    Changes of one field that follow each other without a pause, as while somebody types or turns
    the wheel, are one step. Older steps are given up where all of them would take too much memory.

    Parameters
    ----------
    clock : callable, optional
        Returns seconds that never go back.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._shelf = Shelf()
        self._past: list[Step] = []
        self._future: list[Step] = []
        self._open_until = 0.0

    @property
    def undo_name(self) -> str:
        """What the next undo takes back, as ``hidden size 20 → 64``; empty if there is nothing."""
        return self._past[-1].named.name if self._past else ""

    @property
    def redo_name(self) -> str:
        """What the next redo does again; empty if there is nothing."""
        return self._future[-1].named.name if self._future else ""

    def before(self) -> Moment | None:
        """Return the moment that the next undo brings back; None if there is none."""
        return self._past[-1].kept.moment() if self._past else None

    def after(self) -> Moment | None:
        """Return the moment that the next redo brings back; None if there is none."""
        return self._future[-1].kept.moment() if self._future else None

    def record(self, before: Moment, after: Moment, opened: str = "") -> None:
        """Remember a change; what could be done again before it is gone.

        Parameters
        ----------
        before, after : Moment
            Where they are the same, nothing happens.
        opened : str, optional
            The title of the preset or the session whose opening it was.
        """
        if before.same_as(after):
            return
        if opened:
            self._push(Step(opening(opened), self._shelf.keep(before)))
            self.part()
        else:
            self._change(before, after)
        self._future.clear()
        self._trim(after.large())

    def part(self) -> None:
        """Let the next change be a step of its own, however soon it comes."""
        self._open_until = 0.0

    def undo(self, now: Moment) -> None:
        """Go one step back; `now` is what a redo brings back."""
        self._go(self._past, self._future, now)

    def redo(self, now: Moment) -> None:
        """Go one step forth; `now` is what an undo brings back."""
        self._go(self._future, self._past, now)

    def clear(self) -> None:
        """Forget everything."""
        self._past.clear()
        self._future.clear()
        self.part()

    def _change(self, before: Moment, after: Moment) -> None:
        now, change = self._clock(), named(before.settings, after.settings)
        goes_on = self._past and now < self._open_until
        self._open_until = now + PAUSE
        if goes_on and self._past[-1].named.subject == change.subject:
            self._widen(self._past.pop().kept, after)
        else:
            self._push(Step(change, self._shelf.keep(before)))

    def _widen(self, kept: Kept, after: Moment) -> None:
        """Let the last step end at `after`; it is none if that is where it began."""
        began = kept.moment()
        if began.same_as(after):
            self.part()
        else:
            self._push(Step(named(began.settings, after.settings), kept))

    def _push(self, step: Step) -> None:
        self._past.append(step)
        del self._past[:-MAX_UNDO_STEPS]

    def _go(self, here: list[Step], there: list[Step], now: Moment) -> None:
        step = here.pop()
        there.append(Step(step.named, self._shelf.keep(now)))
        self.part()
        self._trim(step.kept.large())

    def _trim(self, present: Large) -> None:
        """Give up what is farthest away, until the rest is small enough."""
        purse = _Purse(MAX_UNDO_BYTES, present)
        for steps in (self._past, self._future):
            steps[:] = list(takewhile(purse.pays, reversed(steps)))[::-1]


class _Purse:
    """Pays for steps, and once for what several of them share, as long as there are bytes left."""

    def __init__(self, left: int, present: Large) -> None:
        self._left = left
        self._paid = {identity for identity, _ in present}

    def pays(self, step: Step) -> bool:
        sizes = {one: size for one, size in step.kept.sizes() if one not in self._paid}
        self._paid |= sizes.keys()
        self._left -= sum(sizes.values()) + STEP_BYTES
        return self._left >= 0
