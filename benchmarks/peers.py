"""The same live update as others draw it, over a step in the whole window."""

from __future__ import annotations

from collections.abc import Callable

from benchmarks import peers_matplotlib as them
from benchmarks import peers_pyqtgraph
from benchmarks.effort import Effort
from benchmarks.live import open_window, settings_for
from benchmarks.pairs import Limit, Pairs, Row, alternate, ratio_row, timed
from benchmarks.recording import Recording
from benchmarks.stepper import Stepper

UNITS, STEPS = 512, 30
SHORT, LONG = 1_000, 100_000
PAIRS = {SHORT: 15, LONG: 7}
LEFT = {SHORT: 500, LONG: 2_000}
"""Steps of the run that are still to come when measuring begins."""
LIMITS = {SHORT: Limit(100, at_least=True), LONG: Limit(3_000, at_least=True)}
PYQTGRAPH = "pyqtgraph, ImageItem.setImage"
MATPLOTLIB = ("matplotlib, set_data and draw_idle", "matplotlib, blitting", "a notebook's cell")

Update = Callable[[], object]


def measure(effort: Effort) -> list[Row]:
    """Return a row for each peer and length; the long one only in a thorough run."""
    lengths = (SHORT,) if effort.quick else (SHORT, LONG)
    return [row for length in lengths for row in _length(length, effort.pairs(PAIRS[length]))]


def _length(length: int, pairs: int) -> list[Row]:
    with open_window(settings_for("rnn_cell", UNITS, length)) as window:
        stepper = Stepper(window, length - LEFT[length])
        return [_row(name, make, length, stepper, pairs) for name, make in _peers().items()]


def _row(
    name: str,
    make: Callable[[Recording], Update],
    length: int,
    stepper: Stepper,
    pairs: int,
) -> Row:
    what = f"{name}, {UNITS} units, T = {length:,}, over our step"
    limit = LIMITS[length] if name == MATPLOTLIB[0] else None
    return ratio_row(what, _compare(make(_recording(length)), stepper, pairs), limit)


def _compare(update: Update, stepper: Stepper, pairs: int) -> Pairs:
    return alternate(lambda: timed(update), lambda: stepper.steps(STEPS), pairs)


def _recording(length: int) -> Recording:
    return Recording(UNITS, length, length - LEFT[length])


def _peers() -> dict[str, Callable[[Recording], Update]]:
    """Return what makes each peer's update."""
    made = (them.set_data, them.blitting, them.notebook_cell, peers_pyqtgraph.image_item)
    return dict(zip((*MATPLOTLIB, PYQTGRAPH), made, strict=True))
