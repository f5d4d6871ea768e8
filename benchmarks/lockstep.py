"""A step of three networks side by side in the whole window, over a step of one of them."""

from __future__ import annotations

from benchmarks.effort import Effort
from benchmarks.live import open_window, settings_for
from benchmarks.pairs import Limit, Row, alternate, ratio_row
from benchmarks.stepper import Stepper

LIMIT = Limit(3.5)
UNITS = (128, 512)
LENGTH, PAIRS, STEPS = 5_000, 40, 20
MUST_PAINT = tuple(f"view.lockstep.lane.{lane}" for lane in range(3))


def measure(effort: Effort) -> list[Row]:
    """Return a row for each number of units."""
    return [_step(hidden, effort.pairs(PAIRS)) for hidden in UNITS]


def _step(hidden: int, pairs: int) -> Row:
    settings = settings_for("rnn_cell", hidden, LENGTH)
    with open_window(settings) as one, open_window(settings) as three:
        three.session.set_lockstep(True)
        alone, beside = Stepper(one), Stepper(three, must_paint=MUST_PAINT)
        measured = alternate(lambda: beside.steps(STEPS), lambda: alone.steps(STEPS), pairs)
    what = f"a step of three networks side by side, {hidden} units, over a step of one"
    return ratio_row(what, measured, LIMIT)
