"""File > Open recent: the last sessions that are still there."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, QSettings, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

MOST = 8
KEY = "recent"


class Recent(QObject):
    """Fills a menu with files, the last one first.

    Parameters
    ----------
    store : QSettings
    menu : QMenu

    Signals
    -------
    chosen(path)
    """

    chosen = Signal(object)

    def __init__(self, store: QSettings, menu: QMenu) -> None:
        super().__init__(menu)
        self._store, self._menu = store, menu
        menu.aboutToShow.connect(self._fill)
        self._fill()

    def paths(self) -> list[Path]:
        """Return those that exist, the last one first."""
        return [path for path in self._remembered() if path.is_file()][:MOST]

    def remember(self, path: Path) -> None:
        """Put `path` before the others."""
        path = path.absolute()
        others = [other for other in self._remembered() if other != path]
        self._store.setValue(KEY, [str(path) for path in (path, *others[: MOST - 1])])
        self._fill()

    def clear(self) -> None:
        """Forget all of them."""
        self._store.remove(KEY)
        self._fill()

    def _remembered(self) -> list[Path]:
        value = self._store.value(KEY)
        texts = value if isinstance(value, list) else [value]
        return [Path(text) for text in texts if isinstance(text, str) and text]

    def _fill(self) -> None:
        for action in self._menu.actions():
            self._menu.removeAction(action)
            action.deleteLater()
        paths = self.paths()
        for index, path in enumerate(paths):
            self._add(f"file.recent.{index}", _text(index, path), path)
        self._menu.addSeparator()
        clear = QAction("&Clear", self._menu)
        clear.setObjectName("file.clear_recent")
        clear.triggered.connect(self.clear)
        self._menu.addAction(clear)
        self._menu.setEnabled(bool(paths))

    def _add(self, name: str, text: str, path: Path) -> None:
        action = QAction(text, self._menu)
        action.setObjectName(name)
        action.setToolTip(str(path))
        action.triggered.connect(lambda: self.chosen.emit(path))
        self._menu.addAction(action)


def _text(index: int, path: Path) -> str:
    """Return the number as a mnemonic, the name, and the folder, which tells equal names apart."""
    name, folder = (part.replace("&", "&&").replace("\t", " ") for part in path.parts[-1:-3:-1])
    return f"&{index + 1}  {name}\t{folder}"
