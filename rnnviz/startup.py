"""The order in which a start loads things, so that the window is there first."""

from __future__ import annotations

import gc
import importlib
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from rnnviz.reports import sentence_of
from rnnviz.torch_loader import TorchThread
from rnnviz.typeahead import TypeAhead

if TYPE_CHECKING:
    from rnnviz.settings import Settings
    from rnnviz.window import MainWindow

BEFORE_TORCH = (
    "numpy",
    "pydantic",
    "rnnviz.settings",
    "rnnviz.widgets.form",
    "rnnviz.widgets.heatmap",
)
"""Imported before torch, not beside it: PySide's import hook fails where two threads import."""
UNPAINTED = 300
"""Milliseconds after which it begins even if nothing was painted: a window may be covered."""
LOOK_AGAIN = 10
"""Milliseconds between two looks whether torch is there."""


class Startup(QObject):
    """Fills a window that is on the screen, piece by piece, and gives it the keys pressed since.

    Parameters
    ----------
    window : MainWindow
    preset : str, optional
        The preset to open.
    then : callable, optional
        Called when the window is complete, before it gets its keys; it may return what is left to
        do, piece by piece.
    settings : Settings, optional
        What to begin with, instead of a preset.

    Attributes
    ----------
    failure : str
        Why the window could not be filled; empty if it was, or may still be.
    """

    def __init__(
        self,
        window: MainWindow,
        preset: str | None = None,
        then: Callable[[], Iterable[object] | None] | None = None,
        settings: Settings | None = None,
    ) -> None:
        super().__init__(window)
        self._window, self._preset, self._then = window, preset, then
        self._settings = settings
        self.failure = ""
        self._torch = TorchThread()
        self._keys = TypeAhead(window)
        self._pieces = self._loading()
        self._next = QTimer(self, singleShot=True)
        self._next.timeout.connect(self._on_next)
        self._next.start(UNPAINTED)
        window.loading.painted.connect(self._on_painted)

    @property
    def is_importing(self) -> bool:
        """Whether torch's import is going on."""
        return self._torch.is_alive()

    def _on_painted(self) -> None:
        self._window.loading.painted.disconnect(self._on_painted)
        self._next.start(0)

    def _on_next(self) -> None:
        if not self._window.isVisible():
            return  # it was closed meanwhile
        try:
            self._next.start(next(self._pieces))
        except StopIteration:
            self._end()
        except Exception as error:  # of whatever is installed here; there is no going on
            self._end()
            self.failure = sentence_of(error)
            self._window.show_load_failure(error)

    def _loading(self) -> Iterator[int]:
        """Load; yields after each piece, with the milliseconds until the next."""
        gc.disable()  # nothing of what is being loaded is garbage
        for name in BEFORE_TORCH:
            importlib.import_module(name)
            yield 0
        self._torch.start()
        while self._torch.is_alive():
            yield LOOK_AGAIN
        self._torch.result()
        for _ in self._window.filling(self._settings, self._preset):
            yield 0
        left = self._then() if self._then is not None else None
        self._keys.give_back()
        for _ in left or ():
            yield LOOK_AGAIN

    def _end(self) -> None:
        self._keys.stop()
        gc.freeze()  # what is loaded stays, so that no collection ever goes through it again
        gc.enable()
