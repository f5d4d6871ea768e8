"""The program: an application, its window, and the order in which things are loaded."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, NoReturn

from PySide6.QtCore import QSettings

from rnnviz.showing import has_display
from rnnviz.store import mended, user_store
from rnnviz.window import MainWindow, application

if TYPE_CHECKING:
    from rnnviz.cli import Options
    from rnnviz.settings import Settings

PATIENCE = 1.5
"""Seconds to wait for the worker after the window is closed."""


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
    TorchError
        If torch is missing, broken or too old.
    """
    application()  # Qt has no window without one
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
    if options.screenshot is not None or options.export is not None:
        from rnnviz.screenshot import take

        return take(options)
    if problem := display_problem():
        print(f"rnnviz: {problem}", file=sys.stderr)
        return 1
    return _run(options)


def display_problem() -> str:
    """Return why no window can open, before Qt ends the program over it."""
    if has_display():
        return ""
    return "there is no display; set DISPLAY, or draw to a file with --screenshot FILE."


def _run(options: Options) -> int:
    from rnnviz.cli import open_as
    from rnnviz.reports import ExceptionHook
    from rnnviz.startup import Startup

    app = application()
    window = MainWindow(user_store())
    window.asks_before_closing = True
    hook = ExceptionHook()
    hook.raised.connect(window.show_error)
    hook.install()
    startup = Startup(window, options.preset, lambda: open_as(window, options), options.settings)
    window.show()
    try:
        code = app.exec()
    finally:
        hook.remove()
    if startup.is_importing or not _is_over(window):
        _leave_at_once(code)
    return code


def _is_over(window: MainWindow) -> bool:
    """Wait for the threads for a moment, and return whether they have ended."""
    session, files = getattr(window, "session", None), getattr(window, "files", None)
    computed = session is None or session.wait_closed(PATIENCE)
    return computed and (files is None or files.finished(PATIENCE))


def _leave_at_once(code: int) -> NoReturn:
    """End without waiting for a thread that is inside a long call of torch; all is saved."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
