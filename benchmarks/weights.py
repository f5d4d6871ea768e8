"""Weights changed in the live network and drawn again, over repainting what is cached."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

import torch
from PySide6.QtWidgets import QWidget

from benchmarks.effort import Effort
from benchmarks.live import open_window, paint, settings_for
from benchmarks.painting import check_painted, drawn_on
from benchmarks.pairs import Limit, Pairs, Row, alternate, ratio_row, timed
from rnnviz.session import Session

if TYPE_CHECKING:
    from rnnviz.window import MainWindow

LIMIT = Limit(4.0)
UNITS, LENGTH, PAIRS, CHANGES = 512, 1_000, 40, 5
HEATMAPS = tuple(f"view.equation.{name}" for name in ("W_ih", "W_hh", "W_ho", "b_ih", "b_ho"))


def measure(effort: Effort) -> list[Row]:
    """Return a row for one weight changed, and one for all of them at once."""
    with open_window(settings_for("elman", UNITS, LENGTH)) as window:
        window.session.seek(100)
        paint()
        one = partial(_change_one, window.session)
        check_painted(window, ("view.equation.W_hh",), one)
        every = partial(_change_all, window.session)
        check_painted(window, HEATMAPS, every)
        found = [_compare(window, change, effort.pairs(PAIRS)) for change in (one, every)]
    over = f"{UNITS} units, over repainting all cached pixels"
    return [
        ratio_row(f"one weight changed, {over}", found[0], LIMIT),
        ratio_row(f"every weight changed, {over}", found[1], LIMIT),
    ]


def _compare(window: MainWindow, change: Callable[[], None], pairs: int) -> Pairs:
    repaint = partial(_repaint, [drawn_on(window, name) for name in HEATMAPS])
    return alternate(lambda: timed(change, CHANGES), lambda: timed(repaint, CHANGES), pairs)


@torch.no_grad()
def _change_one(session: Session) -> None:
    """Change a weight in place, and say so."""
    session.network.get_parameter("W_hh")[0, 0].neg_()
    session.weights_changed.emit()
    paint()


@torch.no_grad()
def _change_all(session: Session) -> None:
    """Change all weights in place, as an optimiser does; the range of colours stays."""
    for parameter in session.network.parameters():
        parameter.neg_()
    session.weights_changed.emit()
    paint()


def _repaint(places: list[QWidget]) -> None:
    for place in places:
        place.update()
    paint()
