"""What partial repaints leave on the screen equals a full redraw, pixel for pixel.

The screen is the window's backing store. Device pixel ratios other than 1 need a process of their
own: this file runs itself with QT_SCALE_FACTOR.
"""

import os
import subprocess
import sys
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QWidget

from rnnviz.widgets.colours import colour_table
from rnnviz.widgets.grid import Axis, Grid
from rnnviz.widgets.heatmap import Heatmap
from rnnviz.widgets.raster import Colouring, Raster
from rnnviz.widgets.source import ArraySource

RATIOS = ("1", "1.25", "1.5", "2")
MARKS = ("cursor", "previous", "dim_from", "dim_before", "emphasis", "frame", "outline")


class Screen:
    """A window with a heatmap at an odd place in it."""

    def __init__(self, values: np.ndarray, size: tuple[int, int]) -> None:
        self.window = QWidget()
        self.window.resize(size[0] + 31, size[1] + 29)
        self.heatmap = Heatmap(self.window, row_axis=size[0] % 2 == 0, gap_after_first=True)
        self.heatmap.setGeometry(13, 17, *size)
        self.heatmap.set_source(ArraySource(values))
        self.heatmap.set_decimals(1)

    def show(self) -> None:
        self.window.show()
        QApplication.processEvents()

    def pixels(self) -> np.ndarray:
        QApplication.processEvents()
        image = self.window.backingStore().paintDevice()
        assert isinstance(image, QImage)
        copy = image.convertToFormat(QImage.Format.Format_RGB32)
        raw = np.frombuffer(copy.constBits(), np.uint32)
        return raw.reshape(copy.height(), copy.bytesPerLine() // 4)[:, : copy.width()].copy()

    def close(self) -> None:
        self.window.close()
        self.window.deleteLater()


def apply(heatmap: Heatmap, state: dict) -> None:
    if state["range"] is not None:
        heatmap.set_x_range(*state["range"])
    heatmap.show_columns(state["shown"])
    heatmap.hide_columns_before(state["absent"])
    heatmap.set_step(state["cursor"], state["previous"], state["dim_from"], state["dim_before"])
    heatmap.set_emphasis(*state["emphasis"])
    heatmap.set_frame(state["frame"])
    heatmap.set_outline(state["outline"])


def changed(state: dict, choice: np.random.Generator, rows: int, columns: int) -> dict:
    """Return the state after a step (most often), or with one mark moved."""
    some = int(choice.integers(columns))
    row = int(choice.integers(rows))
    moves = {
        "cursor": some,
        "previous": some,
        "dim_from": None if some % 3 == 0 else some,
        "dim_before": None if some % 3 == 0 else some,
        "outline": None if some % 3 == 0 else (some // 2, some),
        "emphasis": (None, None) if some % 3 else ({row}, {some, 0}),
        "frame": None if some % 3 == 0 else (row, rows - 1, some, columns - 1),
    }
    if choice.random() < 0.5:
        return state | {"shown": min(columns, state["shown"] + int(choice.integers(1, 4)))}
    if choice.random() < 0.05:
        return state | {"shown": some}
    if choice.random() < 0.1:
        return state | {"absent": max(0, state["absent"] - int(choice.integers(1, 4)))}
    if choice.random() < 0.05:
        return state | {"absent": some}
    if choice.random() < 0.1:
        return state | {"range": (some - 0.8, some + 1 + columns * float(choice.random()))}
    mark = MARKS[int(choice.integers(len(MARKS)))]
    return state | {mark: moves[mark]}


def check(rows: int, columns: int, size: tuple[int, int], seed: int, moves: int = 10) -> None:
    choice = np.random.default_rng(seed)
    values = choice.normal(size=(rows, columns)).astype(np.float32)
    values[choice.random(values.shape) < 0.02] = np.nan
    state = dict.fromkeys(MARKS) | {"shown": 0, "absent": 0}
    state |= {"range": None, "emphasis": (None, None)}
    live = Screen(values, size)
    live.show()
    for move in range(moves):
        state = changed(state, choice, rows, columns)
        apply(live.heatmap, state)
        seen = live.pixels()
        fresh = Screen(values, size)
        apply(fresh.heatmap, state)
        fresh.show()
        expected = fresh.pixels()
        fresh.close()
        differ = np.argwhere(seen != expected)
        assert not len(differ), (rows, columns, size, seed, move, state, differ[:5])
    live.close()


def check_exact(rows: int, columns: int, size: tuple[int, int], seed: int, ratio: float) -> None:
    """Hold the screen against pixels computed from the sizes alone, without Qt."""
    values = np.random.default_rng(seed).uniform(-1, 1, (rows, columns)).astype(np.float32)
    window = QWidget()
    window.resize(size[0] + 31, size[1] + 29)
    heatmap = Heatmap(window)
    heatmap.setGeometry(13, 17, *size)
    heatmap.set_values(values)
    screen = Screen.__new__(Screen)
    screen.window, screen.heatmap = window, heatmap
    screen.show()
    seen = screen.pixels()
    left, top = 13 * ratio, 17 * ratio
    x = Axis(left, size[0] * ratio / columns, seen.shape[1])
    y = Axis(top, size[1] * ratio / rows, seen.shape[0])
    raster = Raster(ArraySource(values), Grid(x, y), Colouring(colour_table(False), -1, 1))
    raster.extend(columns)
    # At fractional ratios Qt clips the outermost pixel of a widget one way or the other.
    inner = np.s_[
        int(top) + 2 : int(top + size[1] * ratio) - 2,
        int(left) + 2 : int(left + size[0] * ratio) - 2,
    ]
    np.testing.assert_array_equal(seen[inner], raster.pixels[inner])
    screen.close()


@settings(max_examples=10)
@given(
    st.integers(1, 40),
    st.integers(1, 300),
    st.tuples(st.integers(40, 420), st.integers(8, 300)),
    st.integers(0, 2**31),
)
def test_partial_repaints_equal_full_ones(qapp, rows, columns, size, seed):
    check(rows, columns, size, seed)


@pytest.mark.parametrize("ratio", RATIOS)
def test_partial_repaints_equal_full_ones_at(ratio):
    environment = os.environ | {"QT_SCALE_FACTOR": ratio, "QT_QPA_PLATFORM": "offscreen"}
    root = Path(__file__).parents[3]
    done = subprocess.run(
        [sys.executable, __file__, ratio], env=environment, cwd=root, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr[-3000:]


def main(ratio: float) -> None:
    app = QApplication([])
    assert app.devicePixelRatio() == ratio
    choice = np.random.default_rng(7)
    for seed in range(8):
        rows, columns = int(choice.integers(1, 12)), int(choice.integers(1, 30))
        check(rows, columns, tuple(choice.integers(60, 500, 2).tolist()), seed)
    for columns, rows in ((40, 30), (97, 61), (1000, 5), (5000, 900)):
        check_exact(rows, columns, (301, 187), columns, ratio)
    for seed in range(4):  # more columns, and more rows, than pixels
        check(int(choice.integers(1, 300)), 2000, tuple(choice.integers(40, 250, 2).tolist()), seed)


if __name__ == "__main__":
    main(float(sys.argv[1]))
