"""The program: an application, its window, and the order in which things are loaded."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QSettings, QTimer

from rnnviz.store import mended, user_store
from rnnviz.window import MainWindow, application

if TYPE_CHECKING:
    from rnnviz.cli import Options
    from rnnviz.settings import Settings


def create_window(
    settings: Settings | None = None, *, store: QSettings | None = None
) -> MainWindow:
    """Make a window, complete with its network, without starting the event loop.

    Parameters
    ----------
    settings : Settings, optional
        What to begin with; the preset "hello" if left out.
    store : QSettings, optional
        Where layout and theme are kept; the user's own if left out.

    Returns
    -------
    MainWindow
        ``window.session`` is its `Session`. It closes without asking.

    Raises
    ------
    SettingsError
        If the settings cannot be applied.
    """
    window = MainWindow(user_store() if store is None else mended(store))
    window.load(settings)
    return window


def main(argv: Sequence[str] | None = None) -> int:
    """Run the program; return its exit code.

    Parameters
    ----------
    argv : sequence of str, optional
        The arguments without the program's name; those of the command line if left out.
    """
    from rnnviz.cli import parse

    options = parse(sys.argv[1:] if argv is None else argv)
    if options.screenshot is not None:
        from rnnviz.screenshot import take

        return take(options)
    if problem := display_problem():
        print(f"rnnviz: {problem}", file=sys.stderr)
        return 1
    return _run(options)


def display_problem() -> str:
    """Return why no window can open, before Qt ends the program over it."""
    if sys.platform in ("win32", "darwin") or os.environ.get("QT_QPA_PLATFORM"):
        return ""
    if os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"):
        return ""
    return "there is no display; set DISPLAY, or draw to a file with --screenshot FILE."


def _run(options: Options) -> int:
    from rnnviz.reports import ExceptionHook

    app = application()
    window = MainWindow(user_store())
    hook = ExceptionHook()
    hook.raised.connect(window.show_error)
    hook.install()
    window.show()
    loading = threading.Thread(target=_import_torch, daemon=True)
    # The first paint comes before anything large is imported.
    QTimer.singleShot(0, loading.start)
    QTimer.singleShot(0, lambda: _load_when_ready(window, options, loading))
    try:
        return app.exec()
    finally:
        hook.remove()


def _load_when_ready(window: MainWindow, options: Options, loading: threading.Thread) -> None:
    if loading.is_alive():
        QTimer.singleShot(20, lambda: _load_when_ready(window, options, loading))
        return
    window.load(preset=options.preset)
    if options.project:
        window.set_projection(True)


def _import_torch() -> None:
    import torch  # noqa: F401  (the import is the point)
