"""What a painter paints on: the screen, a picture at another scale, or a drawing of shapes."""

from PySide6.QtGui import QPaintEngine, QPainter

_DRAWINGS = frozenset({QPaintEngine.Type.SVG, QPaintEngine.Type.Pdf, QPaintEngine.Type.Picture})
LOSSLESS = QPainter.RenderHint.LosslessImageRendering
"""PDF would else make photographs of pictures."""


def is_drawing(painter: QPainter) -> bool:
    """Return whether shapes and text are kept as such: it may be looked at in any size."""
    engine = painter.paintEngine()
    return engine is not None and engine.type() in _DRAWINGS


def pixel_ratio(painter: QPainter) -> float:
    """Return how many pixels of what is painted on a logical one has; 1 in a drawing."""
    return painter.deviceTransform().m11()
