"""The live update by pyqtgraph's own image."""

from __future__ import annotations

from collections.abc import Callable

import pyqtgraph as pg

from benchmarks.live import SIZE, paint, settle
from benchmarks.recording import Recording


def image_item(recording: Recording) -> Callable[[], object]:
    """Return an update that gives ImageItem the whole array after each step."""
    return _Plot(recording).update


class _Plot:
    def __init__(self, recording: Recording) -> None:
        self._recording = recording
        self._image = pg.ImageItem(recording.states, axisOrder="row-major", levels=(-1, 1))
        self._image.setColorMap(pg.colormap.get("CET-D1A"))
        self._widget = pg.PlotWidget()
        self._widget.addItem(self._image)
        self._widget.resize(*SIZE)
        self._widget.show()
        settle(100)

    def update(self) -> None:
        self._recording.step()
        self._image.setImage(self._recording.states, autoLevels=False)
        paint()
