"""Which of several sequences and layers the equation shows."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QButtonGroup, QComboBox, QLabel, QToolButton, QVBoxLayout, QWidget

from rnnviz.session import Session
from rnnviz.views.equation_blocks import set_pixel_size
from rnnviz.widgets.metrics import SMALL, TEXT


class EquationSide(QWidget):
    """A choice of sequence, and the stack of layers, top layer on top; hidden without a choice."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._scale = 1.0
        self._layers: list[QToolButton] = []
        self._build()

    def _build(self) -> None:
        self._sequence = QComboBox(self)
        self._sequence.setObjectName("equation.sequence")
        self._sequence.setAccessibleName("Sequence of the batch")
        self._sequence.setToolTip("Which sequence of the batch the equation shows")
        self._sequence.activated.connect(self._on_sequence_chosen)
        self._same = QLabel("same weights for\nevery sequence", self)
        self._same.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self._group = QButtonGroup(self)
        self._group.idClicked.connect(self._on_layer_chosen)
        self._stack = QVBoxLayout()
        self._stack.setSpacing(2)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self._sequence)
        layout.addWidget(self._same)
        layout.addSpacing(8)
        layout.addLayout(self._stack)
        layout.addStretch(1)

    def rebuild(self) -> None:
        """Offer the session's sequences and layers."""
        batch, layers = self._session.run.batch_size, self._session.contract.num_layers
        if self._sequence.count() != batch:
            self._sequence.clear()
            for number in range(batch):
                self._sequence.addItem(f"Sequence {number + 1} of {batch}", number)
        for widget in (self._sequence, self._same):
            widget.setVisible(batch > 1)
        while len(self._layers) < layers:
            self._add_layer(len(self._layers))
        for number, button in enumerate(self._layers[:layers]):
            name = self._session.contract.layer_name(number)
            button.setText(name)
            button.setToolTip(f"Show the equation of {name}")
        for number, button in enumerate(self._layers):
            button.setVisible(layers > 1 and number < layers)
        self.setVisible(batch > 1 or layers > 1)
        self.show_selection()

    def _add_layer(self, number: int) -> None:
        button = QToolButton(self)
        button.setObjectName(f"equation.layer.{number}")
        button.setCheckable(True)
        button.setAutoRaise(True)
        button.toggled.connect(lambda on, b=button: self._mark(b, on))
        set_pixel_size(button, TEXT * self._scale)
        self._group.addButton(button, number)
        self._stack.insertWidget(0, button, 0, Qt.AlignmentFlag.AlignLeft)
        self._layers.append(button)

    def show_selection(self) -> None:
        """Check what the session has selected."""
        self._sequence.setCurrentIndex(self._session.selection.sequence)
        self._layers[self._session.selection.layer].setChecked(True)

    def _mark(self, button: QToolButton, checked: bool) -> None:
        """Let the chosen layer stand out: the style's own way is hardly seen in the dark."""
        role = QPalette.ColorRole
        palette = QPalette()
        if checked:
            palette.setColor(role.ButtonText, self.palette().color(role.Accent))
        button.setPalette(palette)
        set_pixel_size(button, TEXT * self._scale, semibold=checked)

    def set_text_scale(self, scale: float) -> None:
        """Scale the type."""
        self._scale = scale
        set_pixel_size(self._same, SMALL * scale)
        set_pixel_size(self._sequence, TEXT * scale)
        for button in self._layers:
            self._mark(button, button.isChecked())

    def _on_sequence_chosen(self, index: int) -> None:
        self._session.select(sequence=self._sequence.itemData(index))

    def _on_layer_chosen(self, layer: int) -> None:
        self._session.select(layer=layer)

    # Qt's own

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            for button in self._layers:
                self._mark(button, button.isChecked())
