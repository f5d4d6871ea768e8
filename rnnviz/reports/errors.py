"""Which error is told where: once in a dialog, then in the banner, always in the log."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Hashable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from rnnviz.reports.banner import Banner
from rnnviz.reports.last_actions import LastActions
from rnnviz.reports.report import cause_of, report_of, sentence_of

if TYPE_CHECKING:
    from rnnviz.reports.dialog import ErrorDialog

LOGGER = logging.getLogger(__name__)
AGAIN = "It happened again:"


class Errors(QObject):
    """Tells errors: never two dialogs for one cause, and never two at a time.

    What happens again while its dialog is open is counted there, else a banner says it: a slot
    that fails at every repaint must not fill the screen.

    Parameters
    ----------
    window : QWidget
    banner : Banner
    actions : LastActions
        What stands in a report.
    """

    def __init__(self, window: QWidget, banner: Banner, actions: LastActions) -> None:
        super().__init__(window)
        self._window, self._banner, self._actions = window, banner, actions
        self._counts: Counter[Hashable] = Counter()
        self._dialog: ErrorDialog | None = None
        self._cause: Hashable = None  # of the dialog
        self._telling = False

    def tell(self, error: BaseException, *, quietly: bool) -> None:
        """Tell an error.

        Parameters
        ----------
        error : BaseException
        quietly : bool
            Whether a banner will do, without a report: in projection, or for a file.
        """
        cause = self.log(error)
        if self._telling:  # it comes from here: what cannot be shown is in the log
            return
        self._telling = True
        try:
            self._show(error, cause, quietly)
        except Exception:
            LOGGER.exception("An error could not be shown.")
        finally:
            self._telling = False

    def log(self, error: BaseException) -> Hashable:
        """Only write it down; return its cause."""
        cause = cause_of(error)
        self._counts[cause] += 1
        _log(error, self._counts[cause])
        return cause

    def _show(self, error: BaseException, cause: Hashable, quietly: bool) -> None:
        sentence, times = sentence_of(error), self._counts[cause]
        if quietly:
            self._banner.say(sentence)
        elif self._dialog is not None and cause == self._cause:
            self._dialog.set_count(times)
        elif self._dialog is not None or times > 1:
            said = f"{AGAIN} {sentence}" if times > 1 else sentence
            report = report_of(error, self._actions.lines())
            self._banner.say(said, "Show report", partial(self._open, sentence, report, cause))
        else:
            self._open(sentence, report_of(error, self._actions.lines()), cause)

    def _open(self, sentence: str, report: str, cause: Hashable) -> None:
        if self._dialog is not None:
            return
        from rnnviz.reports.dialog import ErrorDialog

        self._cause, self._dialog = cause, ErrorDialog(sentence, report, self._window)
        if self._counts[cause] > 1:
            self._dialog.set_count(self._counts[cause])
        self._dialog.finished.connect(self._on_finished)
        self._dialog.open()

    def _on_finished(self) -> None:
        self._dialog = None


def _log(error: BaseException, times: int) -> None:
    """Write the whole of it once; then, that it happened 10, 100, … times."""
    if times == 1:
        LOGGER.error("%s", sentence_of(error), exc_info=error)
    elif str(times).rstrip("0") == "1":
        LOGGER.error("%s (%d times)", sentence_of(error), times)
