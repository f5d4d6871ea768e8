"""The program: an application, its window, and the order in which things are loaded."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from PySide6.QtCore import QSettings
    from PySide6.QtWidgets import QApplication

    from rnnviz.cli import Options
    from rnnviz.settings import Settings
    from rnnviz.window import MainWindow

PATIENCE = 1.5
"""Seconds to wait for the worker after the window is closed."""
REMEDY = (
    'Install it with: pip install "PySide6-Essentials<6.12". On Debian and Ubuntu it needs '
    "libegl1, libgl1, libfontconfig1, libxkbcommon0 and libdbus-1-3 as well."
)


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
    from rnnviz.store import mended, user_store
    from rnnviz.window import MainWindow, application

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
    try:
        import rnnviz.window  # noqa: F401  (what of Qt is missing shows itself here)
    except ImportError as error:
        return _refuse(f"Qt cannot be loaded: {error}. {REMEDY}")
    if options.screenshot is not None or options.export is not None:
        from rnnviz.screenshot import take

        return take(options)
    if problem := display_problem():
        return _refuse(problem)
    return _run(options)


def display_problem() -> str:
    """Return why no window can open, before Qt ends the program over it."""
    from rnnviz.showing import has_display

    if has_display():
        return ""
    return "there is no display; set DISPLAY, or draw to a file with --screenshot FILE."


def _refuse(sentence: str) -> int:
    print(f"rnnviz: {sentence}", file=sys.stderr)
    return 1


def _run(options: Options) -> int:
    from rnnviz.interrupts import Interrupts
    from rnnviz.reports import ExceptionHook
    from rnnviz.reports.log import Log
    from rnnviz.startup import Startup
    from rnnviz.store import user_store
    from rnnviz.window import MainWindow

    app, store, log = _application(), user_store(), Log()
    log.begin()
    window = MainWindow(store)
    window.keep_log(log)
    window.asks_before_closing = True
    hook, interrupts = ExceptionHook(), Interrupts()
    hook.raised.connect(window.show_error)
    interrupts.came.connect(window.end)
    hook.install()
    interrupts.install()
    opened = partial(_opened, window, store, options)
    startup = Startup(window, options.preset, opened, options.settings)
    window.show()
    try:
        code = app.exec()
    finally:
        interrupts.remove()
        hook.remove()
        log.end()
    if startup.failure:
        code = _refuse(startup.failure)
    if startup.is_importing or not _is_over(window):
        _leave_at_once(code)
    return code


def _application() -> QApplication:
    """Make the application; where Qt would abort, end with one line and 1."""
    from PySide6.QtCore import QtMsgType, qInstallMessageHandler

    from rnnviz.window import application

    def say(kind: QtMsgType, context: object, message: str) -> None:
        if kind == QtMsgType.QtFatalMsg:
            _refuse(f"no window can open: {message.splitlines()[0]}")
            _leave_at_once(1)

    before = qInstallMessageHandler(say)
    try:
        return application()
    finally:
        qInstallMessageHandler(before)


def _opened(window: MainWindow, store: QSettings, options: Options) -> Iterator[None]:
    """Open what was asked for; from then on nothing is lost."""
    from rnnviz.cli import open_as

    return _kept_from_then_on(window, store, open_as(window, options))


def _kept_from_then_on(
    window: MainWindow, store: QSettings, opening: Iterable[None]
) -> Iterator[None]:
    from rnnviz.store import recovery_folder, why_not_kept

    yield from opening
    if reason := why_not_kept(store):
        window.refused.emit(reason)
    if folder := recovery_folder():
        window.keep_unsaved_work(folder)


def _is_over(window: MainWindow) -> bool:
    """Wait for the threads for a moment, and return whether they have ended."""
    session, files = getattr(window, "session", None), getattr(window, "files", None)
    computed = session is None or session.wait_closed(PATIENCE)
    read = files is None or files.finished(PATIENCE)
    return computed and read and (window.recovery is None or window.recovery.finished(PATIENCE))


def _leave_at_once(code: int) -> NoReturn:
    """End without waiting for a thread that is inside a long call of torch; all is saved."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
