"""``--export``: what the dialog does, without a dialog."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QEventLoop
from PySide6.QtWidgets import QWidget

from rnnviz.figures.figure import save_figure
from rnnviz.figures.subjects import title_of
from rnnviz.formats.trace_file import save_trace
from rnnviz.session import Session
from rnnviz.taking.encoding import why_not
from rnnviz.taking.filming import Film, Filming
from rnnviz.taking.options import OWN, Options, sentence_about, what_is


def options_for(
    path: Path,
    view: str,
    size: tuple[int, int] | None = None,
    theme: str | None = None,
    scale: int | None = None,
) -> Options:
    """Return what a file is to hold; what is None is as the dialog has it at first.

    Raises
    ------
    ValueError
        If nothing is written with that suffix, or not on this machine.
    """
    what = what_is(path.suffix)
    if what == "film" and (reason := why_not(path.suffix.lower())):
        raise ValueError(reason)
    options = Options(what=what, view=view)
    if size is not None:
        options = replace(options, size=OWN, width=size[0], height=size[1])
    return replace(options, theme=theme or options.theme, scale=scale or options.scale)


def export(path: Path, options: Options, session: Session, window: QWidget) -> None:
    """Write what `options` say: a film of the steps 0 to that of the cursor.

    Raises
    ------
    ValueError
        In one sentence, if it cannot be written.
    """
    options = replace(options, title=title_of(session), last=session.cursor)
    try:
        if options.what == "figure":
            save_figure(path, options.figure(), session, window)
        elif options.what == "record":
            save_trace(path, session.trace, session.settings)
        else:
            _film(path, options.film(), session, window)
    except (OSError, MemoryError) as error:
        raise ValueError(sentence_about(path.name, error)) from error


def _film(path: Path, film: Film, session: Session, window: QWidget) -> None:
    errors: list[Exception | None] = []
    filming, loop = Filming(path, film, session, window), QEventLoop()
    filming.finished.connect(errors.append)
    filming.finished.connect(loop.quit)
    loop.exec()
    if errors[0] is not None:
        raise errors[0]
