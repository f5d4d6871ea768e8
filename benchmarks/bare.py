"""What the program is held against: a step of torch's own and a repaint that cannot be undercut."""

from __future__ import annotations

import numpy as np
import torch
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget
from torch import nn

from benchmarks.live import INPUTS, SIZE, paint, settle
from benchmarks.pairs import timed
from benchmarks.stepper import WARM_UP


class BarePicture(QWidget):
    """A window that draws a prepared picture of its own size, pixel on pixel."""

    def __init__(self, size: QSize) -> None:
        super().__init__()
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.resize(size)
        noise = np.random.default_rng(0).integers(0, 2**24, (size.height(), size.width()))
        pixels = noise.astype(np.uint32)
        self._image = QImage(
            pixels.data, size.width(), size.height(), QImage.Format.Format_RGB32
        ).copy()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.drawImage(event.rect(), self._image, event.rect())
        painter.end()


class BareCell:
    """A loop over nn.RNNCell, and nothing else."""

    def __init__(self, hidden: int) -> None:
        torch.set_num_threads(1)
        self._cell = nn.RNNCell(INPUTS, hidden)
        self._x = torch.randn(1, INPUTS)
        self.h = torch.zeros(1, hidden)

    def step(self) -> None:
        """Compute one step."""
        with torch.no_grad():
            self.h = self._cell(self._x, self.h)


class BareStepper:
    """One step of nn.RNNCell and one repaint of a picture as large as the window."""

    def __init__(self, hidden: int) -> None:
        self._cell = BareCell(hidden)
        self._picture = BarePicture(QSize(*SIZE))
        self._picture.show()
        settle(100)
        self.steps(WARM_UP)

    def steps(self, count: int) -> float:
        """Make `count` steps; return the seconds that one took on average."""
        return timed(self._step, count)

    def close(self) -> None:
        """Close the picture."""
        self._picture.close()

    def _step(self) -> None:
        self._cell.step()
        self._picture.update()
        paint()
