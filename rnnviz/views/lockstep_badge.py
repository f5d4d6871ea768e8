"""How far apart the networks are, where, and by what that is judged."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QPalette, QResizeEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QSizePolicy, QWidget

from rnnviz.views.lockstep_words import Verdict
from rnnviz.widgets.metrics import SMALL, TEXT

HEADS = ("", "largest difference", "at", "one step, same state", "tolerance", "")
MOST = 2
"""Differences from the first lane."""
ONE_STEP = 3
"""The column of single steps."""
EDGE, SPACE = 12, 14
LEAST_FIT, SAFE = 0.8, 0.96
"""Type shrinks down to this part of its size where a line would not fit; then lines break."""


class LockstepBadge(QWidget):
    """A line for each difference, and one line on what it teaches."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("lockstep.badge")
        self.setAccessibleName("How far apart the networks are")
        self._heads = [QLabel(head) for head in HEADS]
        self._rows = [[QLabel() for _ in HEADS] for _ in range(MOST)]
        self._figures = [QLabel() for _ in range(MOST)]
        self._lesson = QLabel()
        self._lesson.setObjectName("lockstep.lesson")
        self._lesson.setWordWrap(True)
        self._text = ""
        self._verdicts: tuple[Verdict, ...] = ()
        self._scale = 1.0
        self._narrow = False
        self._fitted: tuple[int, ...] = ()
        self._build()
        self.set_text_scale(1.0)

    def _build(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(EDGE, 6, EDGE, 8)
        grid.setHorizontalSpacing(SPACE)
        grid.setVerticalSpacing(2)
        for row, labels in enumerate((self._heads, *self._rows)):
            for column, label in enumerate(labels):
                label.setTextFormat(Qt.TextFormat.PlainText)
                grid.addWidget(label, 2 * row, column)
        for row, figures in enumerate(self._figures, start=1):
            figures.setWordWrap(True)
            figures.setForegroundRole(QPalette.ColorRole.PlaceholderText)
            grid.addWidget(figures, 2 * row + 1, 0, 1, len(HEADS))
        for label in self._heads:
            label.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        grid.setColumnStretch(len(HEADS) - 1, 1)
        grid.addWidget(self._lesson, 2 * (MOST + 1), 0, 1, len(HEADS))
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setAutoFillBackground(True)
        self.setBackgroundRole(QPalette.ColorRole.Base)

    def text(self) -> str:
        """Return all that is said, line by line."""
        return self._text

    def say(self, verdicts: Sequence[Verdict], lesson: str) -> None:
        """Say how far apart they are; hidden if there is nothing to say."""
        self._text = "\n".join([*(verdict.text() for verdict in verdicts), lesson]).strip()
        self._verdicts = tuple(verdicts)
        self.setAccessibleDescription(self._text)
        self.setVisible(bool(self._text))
        self._show_verdicts()
        self._lesson.setText(lesson)
        self._lesson.setVisible(bool(lesson))
        longest = tuple(map(len, self._text.splitlines()))
        if longest != self._fitted:  # fonts take longer to set than all the rest of a step
            self._fitted = longest
            self._fit()

    def _show_verdicts(self) -> None:
        verdicts = self._verdicts
        for row, labels in enumerate(self._rows):
            verdict = verdicts[row] if row < len(verdicts) else None
            _show(labels, verdict, self._narrow)
            self._figures[row].setText(verdict.figures() if verdict and self._narrow else "")
            self._figures[row].setVisible(bool(verdict) and self._narrow)
        for column, head in enumerate(self._heads):
            one_step = any(verdict.one_step for verdict in verdicts)
            head.setVisible(not self._narrow and (column != ONE_STEP or one_step))

    def set_text_scale(self, scale: float) -> None:
        """Scale the type."""
        self._scale = scale
        self._fit()

    def _fit(self) -> None:
        """Let the type be so large that a line fits, and the lesson as high as it needs."""
        room = self.width() - 2 * EDGE
        self._size_type(self._scale)
        self._break_lines(False)
        wanted = self._line_width()
        if wanted > room > 0:
            fit = SAFE * room / wanted
            self._size_type(max(LEAST_FIT, fit) * self._scale)
            self._break_lines(fit < LEAST_FIT)
        self._lesson.setFixedHeight(max(0, self._lesson.heightForWidth(max(1, room))))
        self.updateGeometry()

    def _break_lines(self, narrow: bool) -> None:
        """Write the figures below the judgement, or beside it."""
        if narrow != self._narrow:
            self._narrow = narrow
            self._show_verdicts()

    def _line_width(self) -> int:
        """Return what all columns take beside each other."""
        columns = zip(self._heads, *self._rows, strict=True)
        widths = [
            max((label.sizeHint().width() for label in labels if not label.isHidden()), default=0)
            for labels in columns
        ]
        return sum(widths) + SPACE * (len(HEADS) - 1)

    def _size_type(self, scale: float) -> None:
        for label in (*self._heads, *self._figures):
            label.setFont(_font(label.font(), SMALL * scale))
        for labels in self._rows:
            for label in labels:
                label.setFont(_font(label.font(), TEXT * scale, bold=label is labels[-1]))
        self._lesson.setFont(_font(self._lesson.font(), TEXT * scale))

    # Qt's own

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._fit()


def _show(labels: Sequence[QLabel], verdict: Verdict | None, narrow: bool) -> None:
    for column, label in enumerate(labels):
        label.setVisible(verdict is not None and (not narrow or column in (0, len(HEADS) - 1)))
    if verdict is None:
        return
    texts = (
        verdict.name,
        verdict.largest,
        verdict.where,
        verdict.one_step,
        verdict.tolerance,
        verdict.judgement,
    )
    for label, text in zip(labels, texts, strict=True):
        label.setText(text)
    labels[ONE_STEP].setVisible(bool(verdict.one_step) and not narrow)


def _font(font: QFont, pixels: float, *, bold: bool = False) -> QFont:
    font = QFont(font)
    font.setPixelSize(round(pixels))
    font.setBold(bold)
    font.setFeature(QFont.Tag("tnum"), 1)
    return font
