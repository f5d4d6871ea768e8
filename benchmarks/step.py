"""A step in the whole window, over a step of nn.RNNCell and a bare repaint of the same size."""

from __future__ import annotations

from benchmarks.bare import BareStepper
from benchmarks.effort import Effort
from benchmarks.live import open_window, settings_for
from benchmarks.pairs import Limit, Row, alternate, ratio_row
from benchmarks.stepper import Stepper

LIMIT = Limit(3.0)
UNITS = (128, 512)
LENGTH, PAIRS, STEPS = 5_000, 40, 20


def measure(effort: Effort) -> list[Row]:
    """Return a row for each number of units."""
    return [_step(hidden, effort.pairs(PAIRS)) for hidden in UNITS]


def _step(hidden: int, pairs: int) -> Row:
    with open_window(settings_for("rnn_cell", hidden, LENGTH)) as window:
        ours, bare = Stepper(window), BareStepper(hidden)
        measured = alternate(lambda: ours.steps(STEPS), lambda: bare.steps(STEPS), pairs)
        bare.close()
    what = f"a step, {hidden} units, over a bare cell step and repaint"
    return ratio_row(what, measured, LIMIT)
