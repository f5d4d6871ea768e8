"""``rnnviz.show``: the window on a module of one's own, from a script or a notebook."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QEventLoop, QObject, QThread, QTimer, Signal
from PySide6.QtWidgets import QApplication

from rnnviz.reports import ExceptionHook
from rnnviz.store import user_store
from rnnviz.window import MainWindow, application

if TYPE_CHECKING:
    from torch import nn

    from rnnviz.settings import Settings

NO_DISPLAY = (
    "There is no display that a window could open on. rnnviz.trace(...) needs none: "
    "in a notebook, its record shows itself as a picture."
)


def show(
    module: nn.Module,
    inputs: Any,
    h0: Any = None,
    *,
    layer: str | None = None,
    block: bool | None = None,
) -> MainWindow | None:
    """Open the window on a module, with the states that really flow through it.

    What is shown first is read from a record of this call, to the last bit what the module gave (as
    float32). From the first change of weights, network or sequence on, the program computes.

    Parameters
    ----------
    module : nn.Module
        An `ElmanRNN`, `torch.nn.RNNCell`, `torch.nn.RNN`, a module with the exercise's parameters
        (``W_ih``, ``W_hh``, ``W_ho``, ``b_ih``, ``b_ho``), or any other that contains one of these:
        it is called whole, as ``module(inputs)``.
    inputs : Tensor or array-like
        As for `rnnviz.trace`: (T, I) or (T, B, I), time first; for a module that is called whole
        its own arguments, a tuple or a dict where there are several.
    h0 : Tensor or array-like, optional
        The start state; zeros if left out.
    layer : str, optional
        The layer's name in the module, such as ``"encoder.rnn"``; needed where there are several.
    block : bool, optional
        Whether to wait until the window is closed. If left out: unless Qt's event loop runs
        already, as in a notebook after ``%gui qt``.

    Returns
    -------
    MainWindow or None
        The window, which stays open; None where it was waited for.

    Raises
    ------
    RuntimeError
        If there is no display.
    ValueError
        If there is no such layer, it cannot be recorded, or it is larger than the program takes.
    TypeError
        If `module` is not an ``nn.Module``.

    Examples
    --------
    >>> import torch, rnnviz
    >>> rnnviz.show(torch.nn.RNN(10, 20, 2), torch.randn(5, 3, 10))  # doctest: +SKIP
    """
    if not has_display():
        raise RuntimeError(NO_DISPLAY)
    from rnnviz.module_settings import settings_of_module

    settings = settings_of_module(module, inputs, h0, layer)
    waits = not _loop_runs() if block is None else block
    threads = _threads_of_torch()
    shown = Shown(_window_on(settings), threads)
    if not waits:
        return shown.window
    shown.wait()
    return None


def has_display() -> bool:
    """Return whether a window can open; Qt would end the program where none can."""
    named = map(os.environ.get, ("QT_QPA_PLATFORM", "DISPLAY", "WAYLAND_DISPLAY"))
    return sys.platform in ("win32", "darwin") or any(named)


class Shown(QObject):
    """An open window: keeps it alive until it is closed.

    Parameters
    ----------
    window : MainWindow
    threads : int
        What torch computes with again when the last such window is closed: the window's steps are
        too small for more than one.

    Signals
    -------
    closed()
    """

    closed = Signal()

    def __init__(self, window: MainWindow, threads: int) -> None:
        super().__init__(application())
        self.window, self.threads = window, threads
        window.installEventFilter(self)
        window.show()

    def wait(self) -> None:
        """Run the event loop until the window is closed; errors in it are shown meanwhile."""
        loop = QEventLoop()
        self.closed.connect(loop.quit)
        with _errors_shown_in(self.window):
            loop.exec()

    def _look(self) -> None:
        """Let go of the window if it was closed: it may have asked, and stayed."""
        if not self.window.isVisible():
            self.window.removeEventFilter(self)
            self._give_threads_back()
            self.closed.emit()
            self.window.deleteLater()
            self.deleteLater()

    def _give_threads_back(self) -> None:
        import torch

        if _open() == [self]:
            torch.set_num_threads(self.threads)

    # Qt's own

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Close:
            QTimer.singleShot(0, self, self._look)
        return super().eventFilter(watched, event)


def _open() -> list[Shown]:
    return application().findChildren(Shown)


def _threads_of_torch() -> int:
    """Return with how many threads torch computes where no window is open."""
    import torch

    return next((shown.threads for shown in _open()), torch.get_num_threads())


def _window_on(settings: Settings) -> MainWindow:
    application()
    window = MainWindow(user_store())
    try:
        window.load(settings)
    except BaseException:
        window.deleteLater()
        raise
    return window


def _loop_runs() -> bool:
    """Return whether somebody runs Qt's event loop: a program around this call, or IPython."""
    if not isinstance(QApplication.instance(), QApplication):
        return False
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    gui = getattr(shell, "active_eventloop", None) or ""
    return QThread.currentThread().loopLevel() > 0 or str(gui).startswith("qt")


@contextmanager
def _errors_shown_in(window: MainWindow) -> Iterator[None]:
    """Show what is raised in the window there, as the program does, and not only in a terminal."""
    before, hook = sys.excepthook, ExceptionHook()
    hook.raised.connect(window.show_error)
    hook.install()
    try:
        yield
    finally:
        sys.excepthook = before
