"""A small picture of what will be exported."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPalette, QPixmap
from PySide6.QtWidgets import QLabel, QSizePolicy

from rnnviz.formats.trace_file import arrays_of
from rnnviz.session import Session

SIZE = QSize(440, 330)


class Preview(QLabel):
    """Shows a picture as large as there is room, or the shapes of a record."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("export.preview")
        self.setAccessibleName("Preview")
        self.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignHCenter)
        self.setFixedSize(SIZE)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(True)

    def show_picture(self, picture: QImage) -> None:
        """Show a picture."""
        ratio = self.devicePixelRatioF()
        keep = Qt.AspectRatioMode.KeepAspectRatio
        smooth = Qt.TransformationMode.SmoothTransformation
        plain = picture.copy()
        plain.setDevicePixelRatio(1)
        shown = QPixmap.fromImage(plain.scaled(SIZE * ratio, keep, smooth))
        shown.setDevicePixelRatio(ratio)
        self._frame(shown)
        self.setPixmap(shown)

    def _frame(self, shown: QPixmap) -> None:
        """Draw a hairline round it: its ground may be that of the dialog."""
        size = shown.deviceIndependentSize()
        with QPainter(shown) as painter:
            painter.setPen(self.palette().color(QPalette.ColorRole.Mid))
            painter.drawRect(QRectF(0, 0, size.width() - 1, size.height() - 1))

    def show_record(self, session: Session) -> None:
        """Show the names and shapes of what will be in the file."""
        arrays = arrays_of(session.trace)
        shapes = "\n".join(f"{name} {tuple(array.shape)}" for name, array in arrays.items())
        self.setText(f"{steps_of(session)}\n\n{shapes}")


def steps_of(session: Session) -> str:
    """Return which steps of the record are shown by now, and so exported."""
    steps, length = len(session.trace), session.run.length
    if steps == 0:
        return f"Step 0 of {length:,}, the start state. Go on first, to export more."
    return f"Steps 0 to {steps:,} of {length:,}: those that are shown by now."
