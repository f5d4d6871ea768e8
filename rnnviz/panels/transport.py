"""The transport: where in the sequence we are, and how to get elsewhere."""

from __future__ import annotations

from pydantic import Field, JsonValue
from PySide6.QtCore import QEvent, QSignalBlocker, QSize, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QSpinBox, QToolButton, QWidget

from rnnviz.fields import Frozen
from rnnviz.player import MAX_SPEED, MIN_SPEED, Player
from rnnviz.session import Session
from rnnviz.widgets.icons import icon
from rnnviz.widgets.metrics import AXIS_WIDTH, GUTTER_RIGHT, TEXT, TITLE_WIDTH
from rnnviz.widgets.time_slider import TimeSlider

MOST_SPEED_SCALE = 1.2
"""The pace keeps to the width of the gutter above it."""
BUTTONS = ("to_start", "step_back", "play", "step_forward", "to_end")


class Pace(Frozen):
    """How fast it plays, and whether it begins again at the end."""

    speed: int = Field(ge=MIN_SPEED, le=MAX_SPEED)
    loop: bool


class TransportPanel(QWidget):
    """Buttons, slider and pace in one line; the buttons show the actions of the Run menu.

    Parameters
    ----------
    actions : dict of str to QAction
        ``to_start``, ``step_back``, ``play``, ``step_forward``, ``to_end``.
    """

    def __init__(
        self,
        session: Session,
        player: Player,
        actions: dict[str, QAction],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("transport")
        self._session, self._player, self._actions = session, player, actions
        self._scale = 1.0
        self._build()
        session.trace_reset.connect(self._on_trace_reset)
        session.trace_extended.connect(self._on_trace_extended)
        session.cursor_moved.connect(self._show_cursor)
        session.busy_changed.connect(self._show_cursor)
        self.slider.valueChanged.connect(self._on_value_changed)
        self.slider.sliderReleased.connect(self._show_cursor)
        self._on_trace_reset()

    def _build(self) -> None:
        self.slider = TimeSlider()
        self.slider.setObjectName("transport.slider")
        self.slider.setAccessibleName("Step")
        self.slider.setToolTip("Drag to go through the sequence.")
        self._buttons = QWidget()
        buttons = QHBoxLayout(self._buttons)
        buttons.setContentsMargins(0, 0, 8, 0)
        buttons.setSpacing(2)
        for name in BUTTONS:
            buttons.addWidget(self._button(name))
        self._pace = self._pace_part()
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 2, 0, 4)
        layout.setSpacing(0)
        layout.addWidget(self._buttons)
        layout.addWidget(self.slider, 1)
        layout.addWidget(self._pace)
        self._align()

    def _button(self, name: str) -> QToolButton:
        button = QToolButton()
        button.setObjectName(f"transport.{name}")
        button.setDefaultAction(self._actions[name])
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
        button.setAutoRaise(name != "play")
        button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return button

    def _pace_part(self) -> QWidget:
        self.speed = QSpinBox()
        self.speed.setObjectName("transport.speed")
        self.speed.setRange(MIN_SPEED, MAX_SPEED)
        self.speed.setValue(self._player.speed)
        self.speed.setSuffix(" /s")
        self.speed.setAccessibleName("Steps a second")
        self.speed.setToolTip(f"Steps a second while playing, {MIN_SPEED} to {MAX_SPEED}.")
        self.speed.valueChanged.connect(self._player.set_speed)
        self.loop = QToolButton()
        self.loop.setObjectName("transport.loop")
        self.loop.setCheckable(True)
        self.loop.setText("Loop")
        self.loop.setToolTip("Begin again at the end.")
        self.loop.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.loop.toggled.connect(self._player.set_loop)
        part = QWidget()
        line = QHBoxLayout(part)
        line.setContentsMargins(12, 0, 12, 0)
        line.setSpacing(6)
        line.addWidget(self.speed, 1)
        line.addWidget(self.loop)
        return part

    def view_state(self) -> dict[str, JsonValue]:
        """Return what a session keeps of the panel."""
        return Pace(speed=self._player.speed, loop=self._player.loop).model_dump()

    def restore_view_state(self, state: dict[str, JsonValue]) -> None:
        """Bring back what was kept; raises ValueError where it is something else."""
        pace = Pace.model_validate(state)
        self.speed.setValue(pace.speed)
        self.loop.setChecked(pace.loop)

    # Following the session

    def _on_trace_reset(self) -> None:
        with QSignalBlocker(self.slider):
            self.slider.setRange(0, self._session.length)
        self.slider.setPageStep(max(1, self._session.length // 10))
        self.slider.set_revealed(self._session.run.revealed)
        self._show_cursor()

    def _on_trace_extended(self, first: int, last: int) -> None:
        self.slider.set_revealed(last)

    def _on_value_changed(self, value: int) -> None:
        try:
            self._session.seek(value)
        finally:
            self._show_cursor()  # a step that was refused moves nothing

    def _show_cursor(self) -> None:
        """Put the handle where the cursor is; one that is held waits for the cursor to come."""
        if self._session.busy and self.slider.isSliderDown():
            return
        with QSignalBlocker(self.slider):
            self.slider.setValue(self._session.cursor)

    # Looks

    def set_text_scale(self, scale: float) -> None:
        """Scale the type."""
        self._scale = scale
        self._align()

    def _align(self) -> None:
        left = round(TITLE_WIDTH * self._scale) + round(AXIS_WIDTH * self._scale)
        self._buttons.setFixedWidth(left)
        self._pace.setFixedWidth(GUTTER_RIGHT)
        self.setFixedHeight(round(40 * self._scale))
        for button in self._buttons.findChildren(QToolButton):
            size = round((24 if button.objectName().endswith("play") else 18) * self._scale)
            button.setIconSize(QSize(size, size))
        font = self.speed.font()
        font.setPixelSize(round(TEXT * min(self._scale, MOST_SPEED_SCALE)))
        self.speed.setFont(font)
        self.loop.setIcon(icon("loop", self.palette()))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "loop"):
            self.loop.setIcon(icon("loop", self.palette()))
