"""A slider over the records of a recording, under their curve."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QSlider

from rnnviz.widgets.spark import INSET
from rnnviz.widgets.time_slider import HANDLE, RING, TimeSlider


class RecordSlider(TimeSlider):
    """Value k stands under point k of a `Spark` as wide; Up, Down, Page Up and Page Down move it.

    Left and Right go through the sequence, as everywhere.
    """

    def x_of(self, value: float) -> float:
        """Return the pixel of a record."""
        return INSET + (self.width() - 2 * INSET) * value / max(1, self.maximum())

    def value_at(self, x: float) -> int:
        """Return the record at a pixel."""
        value = round((x - INSET) / max(1, self.width() - 2 * INSET) * self.maximum())
        return max(0, min(value, self.maximum()))

    # Qt's own

    def sizeHint(self) -> QSize:
        return QSize(120, HANDLE + 2 * RING)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        QSlider.keyPressEvent(self, event)
