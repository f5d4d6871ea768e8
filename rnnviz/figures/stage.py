"""A view that nobody sees: on the session of the window, in its own size and colours."""

from __future__ import annotations

from types import TracebackType

from PySide6.QtCore import QCoreApplication, QEvent, QSize, Qt
from PySide6.QtGui import QFont, QImage, QPainter, QPalette
from PySide6.QtWidgets import (
    QAbstractButton,
    QCheckBox,
    QLabel,
    QScrollArea,
    QScrollBar,
    QSplitter,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from rnnviz.figures.subjects import Handle, Subject, subject
from rnnviz.session import Session
from rnnviz.widgets.metrics import TITLE

EDGE, ABOVE = 12, 8
ROUNDS = 4
"""So often are layouts brought up to date, the inner ones telling the outer ones."""


class Stage:
    """Shows a view of the session, and a title above it, where no screen is.

    The views in the window stay as they are: this one is another view of the same session.

    Parameters
    ----------
    session : Session
    view : str
        One of `VIEWS`.
    window : QWidget, optional
        Where the view is looked for whose range, folded rows and size are taken over.
    size : tuple of int, optional
        Width and height in logical pixels, with the title; as on the screen if left out.
    palette : QPalette, optional
        Its colours; those of the program if left out.
    title : str
    controls : bool
        Whether it has the buttons that the window has.

    Raises
    ------
    ValueError
        If there is no such view, or there is too little room for it.

    Attributes
    ----------
    widget : QWidget
        The view with its title.
    view : QWidget
        The view alone.
    """

    def __init__(
        self,
        session: Session,
        view: str,
        window: QWidget | None = None,
        *,
        size: tuple[int, int] | None = None,
        palette: QPalette | None = None,
        title: str = "",
        controls: bool = False,
    ) -> None:
        shown = subject(session, view)
        live = None if window is None else window.findChild(QWidget, shown.live)
        self.widget = _sheet()
        self.view = shown.make(session, live, self.widget)
        _lay_out(self.widget, self.view, title)
        if palette is not None:
            self.widget.setPalette(palette)
        self._controls = controls
        try:
            self._show(shown, live, size)
        except ValueError:
            self.close()
            raise

    def _show(self, shown: Subject, live: QWidget | None, size: tuple[int, int] | None) -> None:
        on_screen = live is not None and live.isVisible()
        wanted = live.size() if live is not None and on_screen else QSize(*shown.size)
        self.view.resize(wanted)
        self.widget.resize(wanted)
        self.widget.show()
        settle(self.widget)
        title = self.widget.height() - self.view.height()
        if size is None:
            wanted = self._whole(wanted, on_screen=on_screen) + QSize(0, title)
        else:
            self._check(size)
            wanted = QSize(*size)
        self.widget.resize(wanted)
        settle(self.widget)
        if size is None and not self._controls:
            self._unroll()
        elif live is not None:
            _scroll_as(self.view, live)

    def _unroll(self) -> None:
        """Make it so high that nothing has to be scrolled to: paper cannot be scrolled."""
        for _ in range(ROUNDS):
            more = max((bar.maximum() for bar in _bars(self.view)), default=0)
            if more == 0:
                return
            page = self.view if isinstance(self.view, QSplitter) else None
            heights = [] if page is None else page.sizes()
            self.widget.resize(self.widget.width(), self.widget.height() + more)
            if page is not None:  # it is its upper part that scrolls
                page.setSizes([heights[0] + more, *heights[1:]])
            settle(self.widget)

    def _whole(self, size: QSize, *, on_screen: bool) -> QSize:
        """Return the size in which nothing is cut off."""
        least = self.view.minimumSizeHint()
        if self.view.hasHeightForWidth():
            least.setHeight(self.view.heightForWidth(max(size.width(), least.width())))
        return size if on_screen and least.height() <= size.height() else size.expandedTo(least)

    def _check(self, size: tuple[int, int]) -> None:
        least = self.widget.minimumSizeHint()
        if size[0] < least.width() or size[1] < least.height():
            raise ValueError(
                f"{size[0]} × {size[1]} is too small for this view: it needs at least "
                f"{least.width()} × {least.height()}."
            )

    def picture(self, scale: float = 1.0) -> QImage:
        """Return what it shows, with `scale` pixels for each logical one."""
        image = QImage(self.widget.size() * scale, QImage.Format.Format_RGB32)
        image.setDevicePixelRatio(scale)
        image.fill(self.widget.palette().color(QPalette.ColorRole.Window))
        with QPainter(image) as painter:
            self.paint(painter)
        return image

    def paint(self, painter: QPainter) -> None:
        """Paint what it shows."""
        if not self._controls:
            _hide_controls(self.view)
        settle(self.widget)
        self.widget.render(painter, self.widget.rect().topLeft())

    def close(self) -> None:
        """Forget it."""
        self.widget.hide()
        self.widget.deleteLater()
        QCoreApplication.sendPostedEvents(self.widget, QEvent.Type.DeferredDelete)

    def __enter__(self) -> Stage:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def _bars(view: QWidget) -> list[QScrollBar]:
    return [area.verticalScrollBar() for area in view.findChildren(QScrollArea)]


def _scroll_as(view: QWidget, live: QWidget) -> None:
    """Scroll to where the view on the screen is."""
    bars, like = _bars(view), _bars(live)
    for bar, other in zip(bars, like, strict=False):  # the same ones, if both are of one kind
        bar.setValue(other.value())


def _sheet() -> QWidget:
    sheet = QWidget()
    sheet.setObjectName("figure")
    sheet.setAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen)
    sheet.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
    return sheet


def _lay_out(sheet: QWidget, view: QWidget, title: str) -> None:
    layout = QVBoxLayout(sheet)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(0)
    layout.setSizeConstraint(QVBoxLayout.SizeConstraint.SetNoConstraint)
    if title:
        layout.addWidget(_title(title))
    layout.addWidget(view, 1)


def _title(text: str) -> QLabel:
    label = QLabel()
    label.setObjectName("figure.title")
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setText(text)
    font = QFont(label.font())
    font.setPixelSize(TITLE)
    font.setWeight(QFont.Weight.DemiBold)
    label.setFont(font)
    label.setContentsMargins(EDGE, ABOVE, EDGE, 0)
    label.setMinimumWidth(1)
    return label


def _hide_controls(view: QWidget) -> None:
    """Hide what can be pressed or dragged and says nothing; its place stays free."""
    for handle in view.findChildren(Handle):
        handle.dotted = False
    for button in view.findChildren(QAbstractButton):
        if not _says_something(button):
            policy = button.sizePolicy()
            policy.setRetainSizeWhenHidden(True)
            button.setSizePolicy(policy)
            button.hide()


def _says_something(button: QAbstractButton) -> bool:
    """Return whether a button tells what is on show: a tick, or which one of several."""
    if isinstance(button, QToolButton) and button.arrowType() != Qt.ArrowType.NoArrow:
        return False
    several = button.autoExclusive() or button.group() is not None
    return isinstance(button, QCheckBox) or several


def settle(widget: QWidget) -> None:
    """Bring all layouts up to date, as the event loop would before it paints."""
    for _ in range(ROUNDS):
        for part in (widget, *widget.findChildren(QWidget)):
            QCoreApplication.sendPostedEvents(part, QEvent.Type.LayoutRequest)
