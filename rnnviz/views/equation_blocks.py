"""One block of the equation: a heatmap, its symbol and its shape."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QFont, QPalette
from PySide6.QtWidgets import QLabel, QWidget

from rnnviz.views.equation_layout import Rect
from rnnviz.views.notation import plain, rich, shape_text
from rnnviz.widgets.heatmap import Heatmap
from rnnviz.widgets.metrics import SMALL, TITLE

WEIGHT_DECIMALS, STATE_DECIMALS = 1, 2


class Block:
    """A matrix or a vector on show; a part of the view, not a widget of its own.

    Parameters
    ----------
    name : str
        ``"W_ih"``, ``"x"``, …; the heatmap is named ``view.equation.<name>``.
    laid : bool
        Whether it is a vector that is drawn as a row.
    parent : QWidget
    """

    def __init__(self, name: str, laid: bool, parent: QWidget) -> None:
        self.name = name
        self.laid = laid
        self.empty = True
        self.visible = False
        self.shape: tuple[int, ...] = (1,)
        self.heatmap = Heatmap(parent)
        self.heatmap.setObjectName(f"view.equation.{name}")
        self.heatmap.set_decimals(WEIGHT_DECIMALS if self.is_weight else STATE_DECIMALS)
        self._symbol = QLabel(rich(name), parent)
        self._shape = QLabel(parent)
        self._shape.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        for label in (self._symbol, self._shape):
            label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    @property
    def is_weight(self) -> bool:
        """Whether it holds parameters, and not what is computed from them."""
        return self.name[0] in "Wb"

    def set_symbol(self, name: str) -> None:
        """Write another symbol beside it."""
        self._symbol.setText(rich(name))

    def set_shape(self, shape: tuple[int, ...]) -> None:
        """Take another shape, as torch writes it; nothing is shown in it until `show_values`."""
        self.shape = shape
        self._shape.setText(shape_text(shape))
        self.heatmap.setAccessibleName(f"{plain(self.name)} {shape_text(shape)}")
        self.show_values(None)

    def show_values(self, values: np.ndarray | None) -> None:
        """Show a matrix or a vector; None leaves the place empty."""
        self.empty = values is None
        table = np.zeros(self.shape, np.float32) if values is None else values
        if table.ndim == 1:
            table = table[None, :] if self.laid else table[:, None]
        self.heatmap.set_values(table)
        if values is None:
            self.heatmap.show_columns(0)

    def set_visible(self, visible: bool) -> None:
        """Show or hide the heatmap with its symbol."""
        self.visible = visible
        for widget in (self.heatmap, self._symbol, self._shape):
            widget.setVisible(visible)

    def set_text_scale(self, scale: float) -> None:
        """Scale the type."""
        self.heatmap.set_text_scale(scale)
        set_pixel_size(self._symbol, TITLE * scale)
        set_pixel_size(self._shape, SMALL * scale)

    def symbol_size(self) -> tuple[int, int]:
        """Return the size of the symbol with the shape below it."""
        symbol, shape = self._symbol.sizeHint(), self._shape.sizeHint()
        return max(symbol.width(), shape.width()), symbol.height() + shape.height()

    def place(self, block: Rect, symbol: Rect, aligned: Qt.AlignmentFlag) -> None:
        """Move to these rectangles of the parent."""
        self.heatmap.setGeometry(q_rect(block))
        height = self._symbol.sizeHint().height()
        self._symbol.setGeometry(symbol.left, symbol.top, symbol.width, height)
        self._shape.setGeometry(
            symbol.left, symbol.top + height, symbol.width, symbol.height - height
        )
        self._symbol.setAlignment(aligned | Qt.AlignmentFlag.AlignVCenter)
        self._shape.setAlignment(aligned | Qt.AlignmentFlag.AlignTop)


def q_rect(rect: Rect) -> QRect:
    """Return the rectangle as Qt knows it."""
    return QRect(rect.left, rect.top, rect.width, rect.height)


def set_pixel_size(widget: QWidget, pixels: float, *, semibold: bool = False) -> None:
    """Give a widget's font a size in pixels."""
    font = widget.font()
    font.setPixelSize(max(1, round(pixels)))
    font.setWeight(QFont.Weight.DemiBold if semibold else QFont.Weight.Normal)
    widget.setFont(font)
