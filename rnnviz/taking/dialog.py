"""File > Export: a figure, the record, or a film."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QMessageBox,
    QProgressBar,
    QVBoxLayout,
    QWidget,
)

from rnnviz.figures.figure import save_figure, stage_of
from rnnviz.figures.subjects import title_of
from rnnviz.session import Session
from rnnviz.taking.encoding import why_not
from rnnviz.taking.fields import FORMATS, export_form, shown_fields
from rnnviz.taking.filming import Filming
from rnnviz.taking.options import Options, sentence_about
from rnnviz.taking.preview import Preview
from rnnviz.taking.work import RecordWork, Work
from rnnviz.widgets.form import Changes
from rnnviz.widgets.form_parts import ProblemLabel

SPACE = 16
LONG_FILM = 100
"""A film of a run that nobody has gone through yet has so many steps at first."""
FORM_WIDTH = 260
FOLLOWING = 200
"""Milliseconds between two looks at a run that goes on meanwhile."""


class ExportDialog(QDialog):
    """Asks what to write and how, shows it, and writes it.

    Parameters
    ----------
    session : Session
    window : QWidget
        Whose views are shown as they stand.
    said : callable
        Takes the sentence of what was done.
    """

    def __init__(self, session: Session, window: QWidget, said: Callable[[str], object]) -> None:
        super().__init__(window)
        self.setObjectName("export")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Export")
        self._session, self._window, self._said = session, window, said
        self._suggested = title_of(session)
        self._options = Options(title=self._suggested, last=_last_step(session))
        self._work: Work | None = None
        self._form = export_form(session, self._take)
        for field in self._form.fields.values():
            field.entered.connect(self.accept)  # whose Enter does not reach the button
        self._preview = Preview()
        self._later = QTimer(self, singleShot=True, interval=0)
        self._later.timeout.connect(self._show_preview)
        self._going_on = QTimer(self, singleShot=True, interval=FOLLOWING)
        self._going_on.timeout.connect(self._on_gone_on)
        session.cursor_moved.connect(self._on_cursor_moved)
        self._build()
        self._show()

    def _build(self) -> None:
        self._form.setFixedWidth(FORM_WIDTH)
        left = QVBoxLayout()
        left.addWidget(self._form)
        left.addStretch(1)
        middle = QHBoxLayout()
        middle.setSpacing(SPACE)
        middle.addLayout(left)
        middle.addWidget(self._preview)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE, SPACE, SPACE, SPACE)
        column.setSpacing(SPACE)
        column.addWidget(_title())
        column.addLayout(middle, 1)
        self._problem = ProblemLabel()
        self._problem.setObjectName("export.problem")
        column.addWidget(self._problem)
        column.addWidget(self._bottom())

    def _bottom(self) -> QWidget:
        bottom = QWidget()
        line = QHBoxLayout(bottom)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(SPACE)
        self._progress = QProgressBar()
        self._progress.setObjectName("export.progress")
        self._progress.setTextVisible(False)
        policy = self._progress.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self._progress.setSizePolicy(policy)
        self._progress.hide()
        line.addWidget(self._progress, 1)
        line.addWidget(self._buttons())
        return bottom

    def _buttons(self) -> QDialogButtonBox:
        buttons = QDialogButtonBox()
        cancel = buttons.addButton(QDialogButtonBox.StandardButton.Cancel)
        cancel.setObjectName("export.cancel")
        self._save = buttons.addButton("Save …", QDialogButtonBox.ButtonRole.AcceptRole)
        self._save.setObjectName("export.save")
        self._save.setDefault(True)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        return buttons

    # What is chosen

    def _take(self, changes: Changes) -> None:
        self._options = replace(self._options, **changes)
        self._show()

    def _show(self) -> None:
        self._form.show_values(vars(self._options))
        self._form.set_shown(shown_fields(self._options))
        self._say(self._reason())
        self._later.start()

    def _reason(self) -> str:
        """Return why this cannot be written, or nothing."""
        options = self._options
        if options.what != "film":
            return ""
        if options.first > options.last:
            return "The film ends before it begins: From step is above To step."
        return why_not(options.suffix)

    def _say(self, problem: str) -> None:
        self._problem.say(problem)
        self._save.setEnabled(not problem)

    def _show_preview(self) -> None:
        options = self._options
        if options.what == "record":
            self._preview.show_record(self._session)
            return
        figure = replace(options.figure(), title=options.title if options.what == "figure" else "")
        try:
            with stage_of(figure, self._session, self._window) as stage:
                self._preview.show_picture(stage.picture())
        except ValueError as reason:  # too small, or nothing to be seen
            self._preview.setText("")
            self._say(str(reason))

    # A run that goes on meanwhile

    def _on_cursor_moved(self) -> None:
        if not self._going_on.isActive():
            self._going_on.start()

    def _on_gone_on(self) -> None:
        if self._work is None:  # else it may be a film that moves the cursor
            self._follow()
            self._show()

    def _follow(self) -> None:
        """Let a title that nobody has changed say the step that is shown by now."""
        title = title_of(self._session)
        if self._options.title == self._suggested:
            self._options = replace(self._options, title=title)
        self._suggested = title

    # Writing

    def _ask(self) -> None:
        suffix, name = self._options.suffix, self._options.what
        dialog = QFileDialog(self, "Export")
        dialog.setObjectName("export.file")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilter(f"{FORMATS[suffix]} (*{suffix})")
        dialog.setDefaultSuffix(suffix[1:])
        dialog.selectFile(f"rnnviz-{name}-t{self._session.cursor}{suffix}")
        dialog.fileSelected.connect(self._on_file_selected)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _on_file_selected(self, name: str) -> None:
        path, suffix = Path(name), self._options.suffix
        if path.suffix.lower() == suffix:
            self._write(path)
            return
        path = path.with_name(path.name + suffix)
        if path.exists():  # the file dialog has asked about another name, if at all
            self._ask_whether_to_replace(path)
        else:
            self._write(path)

    def _ask_whether_to_replace(self, path: Path) -> None:
        box = QMessageBox(self)
        box.setObjectName("export.replace")
        box.setIcon(QMessageBox.Icon.Warning)
        box.setWindowTitle("Export")
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setText(f"{path.name} is there already. Replace it?")
        box.addButton("Replace", QMessageBox.ButtonRole.AcceptRole)
        box.setDefaultButton(box.addButton(QMessageBox.StandardButton.Cancel))
        box.accepted.connect(lambda: self._write(path))
        box.finished.connect(box.deleteLater)
        box.open()

    def _write(self, path: Path) -> None:
        self._follow()
        options = self._options
        try:
            if options.what == "figure":
                save_figure(path, options.figure(), self._session, self._window)
                self._done(path)
            elif options.what == "record":
                self._begin(RecordWork(path, self._session, self))
            else:
                film = options.film()
                self._begin(Filming(path, film, self._session, self._window, self))
        except (OSError, ValueError, MemoryError) as error:
            self._problem.say(sentence_about(path.name, error))

    def _begin(self, work: Work) -> None:
        self._work = work
        self._busy(True)
        work.progressed.connect(self._on_progressed)
        work.finished.connect(self._on_finished)

    def _busy(self, busy: bool) -> None:
        self._form.setEnabled(not busy)
        self._save.setEnabled(not busy)
        self._progress.setVisible(busy)
        self._progress.setValue(0)
        if busy:
            self._problem.say("")

    def _on_progressed(self, done: int, total: int) -> None:
        self._progress.setRange(0, 1000)  # bytes may be too many for an int of Qt's
        self._progress.setValue(1000 * done // max(1, total))

    def _on_finished(self, error: Exception | None) -> None:
        work, self._work = self._work, None
        assert work is not None
        self._busy(False)
        if error is not None:
            self._problem.say(sentence_about(work.path.name, error))
        elif work.cancelled:
            self._problem.say("Cancelled: nothing was written.")
        else:
            self._done(work.path)
        work.deleteLater()

    def _done(self, path: Path) -> None:
        self._said(f"Wrote {path.name}.")
        super().accept()

    # Qt's own

    def accept(self) -> None:
        self._form.flush()
        wrong = [field for field in self._form.fields.values() if field.has_draft()]
        if wrong:
            wrong[0].widget.setFocus()
        elif self._work is None and self._save.isEnabled():
            self._ask()

    def reject(self) -> None:
        if self._work is not None:
            self._work.cancel()  # the dialog stays, for another try
        else:
            super().reject()

    def closeEvent(self, event: QCloseEvent) -> None:
        if self._work is not None:
            self._work.cancel()
        super().closeEvent(event)


def _title() -> QLabel:
    title = QLabel("Export")
    title.setObjectName("export.heading")
    font = title.font()
    font.setBold(True)
    title.setFont(font)
    return title


def _last_step(session: Session) -> int:
    return session.cursor or min(session.length, LONG_FILM)
