"""Squares as shapes, read back."""

import numpy as np
from PySide6.QtCore import QBuffer, QIODevice, QRect
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgGenerator, QSvgRenderer

from rnnviz.widgets import heatmap_exact
from rnnviz.widgets.grid import Axis, Grid
from rnnviz.widgets.heatmap_exact import paint_exact

SIDE, CELL = 150, 4


def drawn(colours: np.ndarray) -> bytes:
    """Return an SVG of squares."""
    axis = Axis(0.0, float(CELL), SIDE * CELL)
    buffer, place = QBuffer(), QRect(0, 0, SIDE * CELL, SIDE * CELL)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    generator = QSvgGenerator()
    generator.setOutputDevice(buffer)
    generator.setViewBox(place)
    painter = QPainter(generator)
    paint_exact(painter, Grid(axis, axis), (0, 0), colours, place)
    painter.end()
    return bytes(buffer.data().data())


def read(svg: bytes) -> np.ndarray:
    """Return the pixels of an SVG, ARGB."""
    image = QImage(SIDE * CELL, SIDE * CELL, QImage.Format.Format_RGB32)
    image.fill(0xFF00FF00)
    painter = QPainter(image)
    QSvgRenderer(svg).render(painter)
    painter.end()
    found = np.frombuffer(image.constBits(), np.uint32).reshape(image.height(), image.width())
    return found.copy()  # the image is gone when this returns


def test_very_many_squares_of_one_colour_are_all_there(monkeypatch):
    # Qt reads only the beginning of a shape of too many points, and warns, which fails the test.
    monkeypatch.setattr(heatmap_exact, "_paint_beneath", lambda *args: None)
    places = np.indices((SIDE, SIDE)).sum(axis=0) % 2
    colours = np.array([0xFF112233, 0xFFAABBCC], np.uint32)[places]
    found = read(drawn(colours))
    np.testing.assert_array_equal(found, colours.repeat(CELL, axis=0).repeat(CELL, axis=1))
