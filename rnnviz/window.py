"""The window: painted at once as a shell, filled when torch is loaded."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QMargins, QSettings, QSize, QTimer, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QApplication, QDialog, QMainWindow, QVBoxLayout, QWidget

from rnnviz.arrangement import Arrangement
from rnnviz.help import keys_in_a_line, show_about, show_keys
from rnnviz.keys import KeyRouter
from rnnviz.loading import LoadingPage
from rnnviz.menus import Menus
from rnnviz.projection import Projection
from rnnviz.reports import Banner, report_of, sentence_of
from rnnviz.reports.errors import Errors
from rnnviz.reports.last_actions import LastActions
from rnnviz.status import Status
from rnnviz.store import (
    remember_limits,
    remembered_limits,
    remembered_number,
    remembered_theme,
)
from rnnviz.theme import THEMES, apply_theme
from rnnviz.torch_loader import import_torch

if TYPE_CHECKING:
    from rnnviz.actions import Commands
    from rnnviz.formats.session_file import SavedSession
    from rnnviz.memory import MemoryLimits
    from rnnviz.opening.files import Files
    from rnnviz.player import Player
    from rnnviz.recovery.recovery import Recovery
    from rnnviz.reports.log import Log
    from rnnviz.saving.saving import Saving
    from rnnviz.session import Session
    from rnnviz.settings import Settings
    from rnnviz.workspace import Workspace

DEFAULT_SIZE, LEAST_SIZE = (1440, 900), (1024, 660)
FRAME = 40
"""What a window manager puts around a window takes about so many pixels of a screen's height."""


class MainWindow(QMainWindow):
    """The program's window.

    Attributes
    ----------
    session : Session
        There from `load` on.
    saving : Saving or None
        Where the session is kept; there from `load` on.
    asks_before_closing : bool
        Whether changes that are not saved keep the window open.
    recovery : Recovery or None
        What keeps unsaved work for after a crash; there from `keep_unsaved_work` on.

    Signals
    -------
    refused(sentence) : why a file was not opened or saved.
    """

    refused = Signal(str)
    session: Session

    def __init__(self, store: QSettings) -> None:
        super().__init__()
        self.setObjectName("window")
        self.setWindowTitle("rnnviz")
        self._store = store
        self._player: Player | None = None
        self._workspace: Workspace | None = None
        self.saving: Saving | None = None
        self.recovery: Recovery | None = None
        self.asks_before_closing = False
        self._log: Log | None = None
        apply_theme(application(), remembered_theme(store))
        self._build_shell()
        self.resize(self._first_size())

    def _first_size(self) -> QSize:
        """Return the size at the first start: all of it is on the screen, if it can be."""
        room = self.screen().availableSize().shrunkBy(QMargins(0, FRAME, 0, 0))
        return QSize(*DEFAULT_SIZE).boundedTo(room).expandedTo(QSize(*LEAST_SIZE))

    # The shell

    def _build_shell(self) -> None:
        self._menus = Menus(self, {"file.quit": self.close})
        self.banner, self.loading = Banner(), LoadingPage()
        self.refused.connect(self.banner.say)
        self._last_actions = LastActions(self)
        self._errors = Errors(self, self.banner, self._last_actions)
        self._centre = QWidget()
        self._column = QVBoxLayout(self._centre)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addWidget(self.banner)
        self._column.addWidget(self.loading, 1)
        self.setCentralWidget(self._centre)
        self._status = Status()
        self.setStatusBar(self._status)

    # Filling it

    def load(self, settings: Settings | None = None, preset: str | None = None) -> None:
        """Import what is large, make the session, and fill the window.

        Parameters
        ----------
        settings : Settings, optional
            What to begin with.
        preset : str, optional
            The preset to open instead; "hello" if neither is given.

        Raises
        ------
        TorchError
            If torch is missing, broken or too old.
        SettingsError
            If the settings cannot be applied.
        """
        for _ in self.filling(settings, preset):
            pass

    def filling(
        self, settings: Settings | None = None, preset: str | None = None
    ) -> Iterator[None]:
        """Do what `load` does, piece by piece; the event loop may run between two of them."""
        import_torch()
        import rnnviz.workspace  # noqa: F401  (the largest import that needs torch)

        yield
        self._open_session(settings, preset)
        yield
        self._fill()

    def open_dock(self, name: str) -> None:
        """Open one of the docks that explain, such as ``"code"``."""
        action = self._menus.actions[name]
        if not action.isChecked():
            action.trigger()

    def show_load_failure(self, error: BaseException) -> None:
        """Say in place of the views why there are none."""
        reason = sentence_of(error)
        sentence = reason if "PyTorch" in reason else f"rnnviz could not be loaded: {reason}"
        self.loading.show_failure(sentence, report_of(error))
        self._errors.log(error)

    def _open_session(self, settings: Settings | None, preset: str | None) -> None:
        from rnnviz.player import MAX_SPEED, MIN_SPEED, Player
        from rnnviz.presets import FIRST
        from rnnviz.session import Session

        self.session = Session(settings, self, remembered_limits(self._store))
        self._player = Player(self.session, self)
        self._player.set_speed(
            remembered_number(self._store, "speed", self._player.speed, MIN_SPEED, MAX_SPEED)
        )
        if settings is None:
            self.session.open_preset(preset or FIRST)
            self.session.history.clear()  # it is what one begins with

    def _fill(self) -> None:
        from rnnviz.commands import SessionCommands
        from rnnviz.panels.progress import ProgressPanel
        from rnnviz.presets import load_presets
        from rnnviz.workspace import Workspace

        assert self._player is not None
        presets = load_presets()
        self.files = self._make_files()
        of_session = SessionCommands(
            self.session, self._player, self._menus, self._status.say, self
        )
        commands = {
            **self._commands(presets),
            **of_session.commands(),
            **self.files.commands(),
        }
        self._menus.fill(commands, presets, remembered_theme(self._store))
        actions = self._menus.actions
        self._workspace = workspace = Workspace(self.session, self._player, actions)
        docks, explaining = workspace.make_docks(), workspace.make_explaining()
        self._arrangement = Arrangement(self, docks, explaining, workspace.splitter)
        self._projection = Projection(self, self._arrangement, self._set_text_scale)
        self._column.replaceWidget(self.loading, workspace)
        self.loading.hide()
        self._arrangement.reset()
        self._menus.add_docks(docks, [dock for dock, _ in explaining], commands)
        self._status.insertPermanentWidget(0, ProgressPanel(self.session, actions["cancel"]))
        KeyRouter(self, self._on_key, workspace.has_pending, lambda: self.projecting)
        self._arrangement.restore(self._store)
        self.saving = self._make_saving(workspace)
        self.files.join(workspace)
        self._status.insertPermanentWidget(0, self.files.reading)
        self._last_actions.follow(self.actions(), self.session)
        of_session.follow()
        self._follow(self._player, workspace)

    def _make_files(self) -> Files:
        from rnnviz.opening.files import Files

        files = Files(self.session, self)
        files.said.connect(self._status.say)
        files.refused.connect(self.refused)
        files.asking.connect(lambda: self.set_projection(False))
        files.session_read.connect(self.open_session)
        return files

    def open_files(self, paths: Iterable[str | Path], kind: str = "any") -> None:
        """Open weights, data, sessions or recordings, one after the other; see `Opening`."""
        self.files.open_files(paths, kind)

    @property
    def opening(self) -> bool:
        """Whether a file is on its way."""
        return self.files.busy or (self.saving is not None and self.saving.busy)

    def _make_saving(self, workspace: Workspace) -> Saving:
        from rnnviz.saving.keeping import Keeping
        from rnnviz.saving.recent import Recent
        from rnnviz.saving.saving import Saving

        keeping = Keeping(self, self.session, workspace.splitter)
        recent = Recent(self._store, self._menus.recent)
        saving = Saving(self, self.session, keeping, recent)
        saving.asking.connect(lambda: self.set_projection(False))
        saving.said.connect(self._status.say)
        saving.failed.connect(self.refused)
        recent.chosen.connect(lambda path: self.open_files([path]))
        return saving

    def _follow(self, player: Player, workspace: Workspace) -> None:
        from rnnviz.reports.warnings import Warnings

        session = self.session
        session.notice.connect(self._status.say)
        session.failed.connect(self.show_error)
        session.trace_reset.connect(self._show_shapes)
        workspace.square_hovered.connect(self._status.show_square)
        workspace.committed.connect(self._give_focus_back)
        Warnings(session, self.banner, self).followed.connect(player.pause)
        self._menus.show_icons()
        self._show_shapes()
        self._give_focus_back()

    def _commands(self, presets: Iterable[str]) -> Commands:
        themes = {f"view.theme.{name}": partial(self.set_theme, name) for name in THEMES}
        opening = {f"preset.{name}": partial(self._open_preset, name) for name in presets}
        return (
            themes
            | opening
            | {
                "file.save": self.save,
                "file.save_as": self.save_as,
                "file.export": self._export,
                "edit.copy": self._copy_values,
                "edit.copy_image": self._copy_image,
                "edit.preferences": self._show_preferences,
                "view.projection": self.set_projection,
                "view.fit": self._fit_all,
                "view.reset_layout": self.reset_layout,
                "help.keys": self._show_keys,
                "help.show_log": self._show_log,
                "help.about": partial(show_about, self),
            }
        )

    def _show_shapes(self) -> None:
        self._status.show_shapes(self.session)

    # What menus and keys do

    def _on_key(self, name: str) -> None:
        if name == "blank":
            self._projection.toggle_blank()
        else:
            self._menus.actions[name].trigger()

    def _copy_values(self) -> None:
        assert self._workspace is not None
        self._status.say(self._workspace.copy_values())

    def _copy_image(self) -> None:
        from rnnviz.taking.copying import copy_image

        self._status.say(copy_image(self))

    def _export(self) -> None:
        from rnnviz.taking.dialog import ExportDialog

        if self.projecting:
            self._status.say("Something can be exported when projection is over (F11).")
            return
        assert self._player is not None
        self._player.pause()
        ExportDialog(self.session, self, self._status.say).open()

    def save(self) -> None:
        """Save the session where it was saved before, or ask where."""
        assert self.saving is not None
        self.saving.save()

    def save_as(self) -> None:
        """Ask where to save the session."""
        assert self.saving is not None
        self.saving.save_as()

    def _open_preset(self, name: str) -> None:
        assert self.saving is not None
        self.saving.open_preset(name)

    def open_session(self, saved: SavedSession, path: Path) -> None:
        """Show a session that was read from `path`; a banner says why if that cannot be."""
        assert self.saving is not None
        self.set_projection(False)
        self.saving.open(saved, path)

    def keep_unsaved_work(self, root: Path) -> None:
        """Keep under `root` what is not saved, and offer what a crash has left there."""
        from rnnviz.recovery.recovery import Recovery

        assert self.saving is not None
        self.recovery = Recovery(self, self.session, self.saving, root)
        self.recovery.failed.connect(self.refused)
        self.recovery.offered.connect(lambda offer: self._column.insertWidget(1, offer))
        self.recovery.discarded.connect(self._on_recovery_discarded)
        self.recovery.set_projection(self.projecting)

    def _on_recovery_discarded(self, sentence: str) -> None:
        assert self.recovery is not None
        self.banner.hint(sentence, "Undo", self.recovery.bring_back)

    def end(self) -> None:
        """Close without a question, as the system wants it; unsaved work is kept."""
        self.asks_before_closing = False
        if self.recovery is not None:
            self.recovery.stays = True
        if self.saving is not None:  # a file that is being written is waited for, once
            self.saving.failed.connect(self.close)
        self.close()

    def _fit_all(self) -> None:
        assert self._workspace is not None
        self._workspace.timeline_in_sight.fit_all()

    def _give_focus_back(self) -> None:
        if self._workspace is not None:
            self._workspace.timeline_in_sight.setFocus()

    def set_theme(self, name: str) -> None:
        """Change to another theme, also while it plays."""
        apply_theme(application(), name)
        self._store.setValue("theme", name)

    def reset_layout(self) -> None:
        """Bring docks and splitter back to where they were at the first start."""
        self._arrangement.reset()

    # Preferences

    def _show_preferences(self) -> None:
        from rnnviz.preferences import PreferencesDialog

        if self.projecting:
            self._status.say("Preferences can be changed when projection is over (F11).")
            return
        dialog = PreferencesDialog(self.session.limits, self)
        dialog.accepted.connect(lambda: self._on_preferences_accepted(dialog.limits))
        dialog.open()

    def _on_preferences_accepted(self, limits: MemoryLimits) -> None:
        self.session.set_limits(limits)
        remember_limits(self._store, limits)

    # Projection

    @property
    def projecting(self) -> bool:
        """Whether it is in projection mode."""
        return self._workspace is not None and self._projection.on

    def set_projection(self, on: bool) -> None:
        """Go to full screen with large type and folded panels, or back."""
        if self._workspace is not None and self.saving is not None:
            if on != self.projecting:
                self.saving.hold_layout(on)
            self._projection.set_on(on)
            if self.recovery is not None:
                self.recovery.set_projection(on)
            self._menus.actions["projection"].setChecked(on)

    def _set_text_scale(self, scale: float) -> None:
        assert self._workspace is not None
        self._workspace.set_text_scale(scale)
        self._status.set_text_scale(scale)
        self.banner.set_text_scale(scale)

    # Help, and what went wrong

    def _show_keys(self) -> None:
        if self.projecting:
            self.banner.hint(keys_in_a_line(self))
        else:
            show_keys(self)

    def _show_log(self) -> None:
        from rnnviz.reports.log_dialog import LogDialog

        self.set_projection(False)
        LogDialog(self._log, self).open()

    def keep_log(self, log: Log) -> None:
        """Let `log` be the one that Help shows; a banner says why if it cannot be kept."""
        self._log = log
        if log.problem:
            self.banner.say(log.problem)

    def show_error(self, error: BaseException) -> None:
        """Say that something went wrong: in a dialog, or, of a file or in projection, a banner."""
        from rnnviz.formats import UnreadableFile

        self._errors.tell(error, quietly=self.projecting or isinstance(error, UnreadableFile))

    # Qt's own

    def closeEvent(self, event: QCloseEvent) -> None:
        if self.saving is not None and not self.saving.may_close(self.asks_before_closing):
            event.ignore()
            return
        if self.recovery is not None:
            self.recovery.close()
        for dialog in self.findChildren(QDialog):
            dialog.close()  # Qt would leave it on the screen
        if self._player is not None:
            self._player.pause()
            self.session.close()
            self._store.setValue("speed", self._player.speed)
        if self._workspace is not None:
            self.files.stop()
            self.set_projection(False)
            self._arrangement.save(self._store)
        self._store.sync()
        super().closeEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and self._workspace is not None:
            QTimer.singleShot(0, self, self._menus.show_icons)


def application() -> QApplication:
    """Return the application that exists, or a new one."""
    existing = QApplication.instance()
    if isinstance(existing, QApplication):
        return existing
    made = QApplication(sys.argv[:1])
    made.setApplicationName("rnnviz")
    made.setOrganizationName("rnnviz")
    return made
