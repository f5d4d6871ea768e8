"""A heatmap's values as text, and its picture."""

import numpy as np
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QWidget

from rnnviz.widgets.source import Floats

MOST_VALUES = 1_000_000
"""So many values at most go to the clipboard, about 12 MB of text."""


def values_text(values: Floats) -> str:
    """Return a table as tab-separated text, each float32 in the fewest digits that restore it."""
    return "\n".join("\t".join(row) for row in np.asarray(values, np.float32).astype(str).tolist())


def picture_of(view: QWidget, scale: float, background: QColor) -> QImage:
    """Return what a view shows, with `scale` pixels for each logical one."""
    size = QSize(round(view.width() * scale), round(view.height() * scale))
    image = QImage(size.expandedTo(QSize(1, 1)), QImage.Format.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(scale)
    image.fill(background)
    view.render(image)
    return image
