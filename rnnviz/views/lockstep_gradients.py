"""One bias against two: three gradients that are equal, and the step that is twice as long."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QLabel, QSizePolicy, QVBoxLayout, QWidget

from rnnviz.analysis.scales import nice_limit
from rnnviz.lockstep.gradients import BiasGradients
from rnnviz.views.lockstep_gradients_strips import GradientStrips
from rnnviz.views.lockstep_gradients_words import everything, factor, head, rows, step
from rnnviz.views.symbols import tabular
from rnnviz.widgets.colours import Inks
from rnnviz.widgets.metrics import SMALL, TITLE
from rnnviz.widgets.notation import lowered


class GradientsPicture(QWidget):
    """Three strips of units, the largest gradient's unit in numbers, and the step taken."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("view.lockstep.gradients")
        self.setAccessibleName("The gradients of one bias and of two")
        self._gradients: BiasGradients | None = None
        self._head, self._step = QLabel(), QLabel()
        self._step.setObjectName("view.lockstep.gradients.step")
        self.strips = GradientStrips()
        self._build()
        self.set_text_scale(1.0)

    def _build(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 4, 12, 8)
        layout.setSpacing(4)
        for part in (self._head, self.strips, self._step):
            layout.addWidget(part)
        for label in (self._head, self._step):
            label.setTextFormat(Qt.TextFormat.RichText)
            label.setWordWrap(True)
        self._head.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def set_gradients(self, g: BiasGradients) -> None:
        """Show these gradients."""
        self._gradients = g
        self._head.setText(lowered(head(g, colour_limit(g))))
        self.strips.set_gradients(g, colour_limit(g))
        self._say_step(g)
        self.setAccessibleDescription(self.text())

    def text(self) -> str:
        """Return what is shown, in words."""
        g = self._gradients
        return "" if g is None else everything(g, colour_limit(g))

    def set_text_scale(self, scale: float) -> None:
        """Scale the type."""
        self._head.setFont(tabular(self._head.font(), SMALL * scale))
        self._step.setFont(tabular(self._step.font(), TITLE * scale))
        self.strips.set_text_scale(scale)

    def _say_step(self, g: BiasGradients) -> None:
        accent = Inks.of(self.palette()).accent.name()
        said = lowered(step(g)).replace(": b ", ": <i>b</i> ")
        self._step.setText(f'{said} <b style="color:{accent}">{factor(g)}.</b>')

    # Qt's own

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and self._gradients is not None:
            self._say_step(self._gradients)


def colour_limit(g: BiasGradients) -> float:
    """Return the limit of the largest gradient, one for all three strips."""
    every = np.concatenate([values for _, _, values in rows(g)])
    return nice_limit(float(np.abs(every[np.isfinite(every)]).max(initial=0.0)))
