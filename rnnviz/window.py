"""The window: painted at once as a shell, filled when torch and pyqtgraph are loaded."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QEvent, QSettings, Qt, QTimer
from PySide6.QtGui import QAction, QCloseEvent
from PySide6.QtWidgets import QApplication, QLabel, QMainWindow, QVBoxLayout, QWidget

import rnnviz
from rnnviz.actions import Entry, add_choice, add_entries, keys_of
from rnnviz.keys import KeyRouter
from rnnviz.reports import Banner, ErrorDialog, sentence_of
from rnnviz.store import remembered_bytes, remembered_number, remembered_theme
from rnnviz.theme import THEMES, apply_theme

if TYPE_CHECKING:
    from rnnviz.player import Player
    from rnnviz.session import Session
    from rnnviz.settings import Settings
    from rnnviz.workspace import Workspace

LAYOUT_VERSION = 1
TEXT = 13
DEFAULT_SIZE = (1440, 900)
DOCK_SHARES = [230, 330, 250]
PROJECTION_SCALE = 1.5
NOTICE_MILLISECONDS = 12_000


class MainWindow(QMainWindow):
    """The program's window.

    Attributes
    ----------
    session : Session
        There from `load` on.
    """

    session: Session

    def __init__(self, store: QSettings) -> None:
        super().__init__()
        self.setObjectName("window")
        self.setWindowTitle("rnnviz")
        self._store = store
        self._workspace: Workspace | None = None
        self._player: Player | None = None
        self._actions: dict[str, QAction] = {}
        self._projecting = False
        self._error: ErrorDialog | None = None
        self._build_shell()
        apply_theme(application(), remembered_theme(store))
        self.resize(*DEFAULT_SIZE)

    # The shell

    def _build_shell(self) -> None:
        self._waiting = QLabel("Loading PyTorch …")
        self._waiting.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._waiting.setForegroundRole(self.palette().ColorRole.PlaceholderText)
        self.banner = Banner()
        self._centre = QWidget()
        layout = QVBoxLayout(self._centre)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.banner)
        layout.addWidget(self._waiting, 1)
        self.setCentralWidget(self._centre)
        self._blank = QWidget(self)
        self._blank.setObjectName("projection.blank")
        self._blank.setAutoFillBackground(True)
        self._blank.setPalette(Qt.GlobalColor.black)
        self._blank.hide()
        self._square = QLabel()
        self._square.setObjectName("status.square")
        self._shapes = QLabel()
        self._shapes.setObjectName("status.shapes")
        self._shapes.setToolTip("The shapes of inputs, states and outputs, as torch writes them.")
        self._shapes.setForegroundRole(self.palette().ColorRole.PlaceholderText)
        self.statusBar().addPermanentWidget(self._square)
        self.statusBar().addPermanentWidget(self._shapes)
        self.statusBar().setSizeGripEnabled(False)
        self._menus = {
            name: self.menuBar().addMenu(f"&{name}")
            for name in ("File", "Edit", "Run", "View", "Help")
        }

    # Filling it

    def load(self, settings: Settings | None = None, preset: str | None = None) -> None:
        """Import what is large, make the session, and fill the window.

        Parameters
        ----------
        settings : Settings, optional
            What to begin with.
        preset : str, optional
            The preset to open instead; "hello" if neither is given.
        """
        from rnnviz.panels.progress import ProgressPanel
        from rnnviz.player import MAX_SPEED, MIN_SPEED, Player
        from rnnviz.presets import FIRST
        from rnnviz.session import Session
        from rnnviz.workspace import Workspace

        self.session = Session(settings, parent=self)
        self._player = Player(self.session, self)
        self._player.set_speed(
            remembered_number(self._store, "speed", self._player.speed, MIN_SPEED, MAX_SPEED)
        )
        self._fill_menus()
        if settings is None:
            self.session.open_preset(preset or FIRST)
        self._workspace = Workspace(self.session, self._player, self._actions)
        layout = self._centre.layout()
        assert layout is not None
        layout.replaceWidget(self._waiting, self._workspace)
        self._waiting.hide()
        self._waiting.deleteLater()
        self._docks = self._workspace.make_docks()
        self._arrange()
        self._add_dock_entries()
        progress = ProgressPanel(self.session, self._actions["cancel"])
        self.statusBar().insertPermanentWidget(0, progress)
        self._connect()
        self._router = KeyRouter(
            self, self._on_key, self._workspace.has_pending, lambda: self._projecting
        )
        self._restore_layout()
        self._refresh_icons()
        self._show_shapes()
        self._update_actions()
        self._give_focus_back()

    def _connect(self) -> None:
        session, player, workspace = self.session, self._player, self._workspace
        assert player is not None and workspace is not None
        session.notice.connect(self._on_notice)
        session.failed.connect(self.show_error)
        session.trace_reset.connect(self._on_trace_reset)
        session.settings_changed.connect(self._update_actions)
        session.cursor_moved.connect(self._update_actions)
        session.busy_changed.connect(self._update_actions)
        player.playing_changed.connect(self._on_playing_changed)
        workspace.square_hovered.connect(self._square.setText)
        workspace.committed.connect(self._give_focus_back)

    def _fill_menus(self) -> None:
        session, player = self.session, self._player
        assert player is not None
        self._fill_file_menu()
        add_entries(self, self._menus["Edit"], [
            Entry("edit.copy", "&Copy values", self._copy_values, ["Ctrl+C"],
                  "Copy the values of the heatmap under the pointer"),
            None,
            Entry("init.draw_action", "&Draw new weights", session.draw_new_weights),
            Entry("init.restore_action", "&Back to the previous weights",
                  session.restore_previous_weights),
        ])  # fmt: skip
        add_entries(self, self._menus["Run"], [
            Entry("run.step_forward", "Step &forward", session.step_forward, ["Right"],
                  icon="step-forward"),
            Entry("run.step_back", "Step &back", session.step_back, ["Left"], icon="step-back"),
            Entry("run.play", "&Play", player.toggle, ["Space"], icon="play"),
            None,
            Entry("run.to_start", "To the &start", self._to_start, ["Ctrl+Left"], icon="to-start"),
            Entry("run.to_end", "Run to the &end", session.run_to_end, ["Ctrl+Right"],
                  icon="to-end"),
            Entry("run.cancel", "&Cancel", session.cancel, ["Esc"], icon="cancel"),
        ])  # fmt: skip
        self._fill_view_menu()
        add_entries(self, self._menus["Help"], [
            Entry("help.keys", "&Keys", self._show_keys, ["F1"]),
            Entry("help.about", "&About rnnviz", self._show_about),
        ])  # fmt: skip
        for action in self.actions():
            self._actions[action.objectName().split(".")[-1]] = action

    def _fill_file_menu(self) -> None:
        from rnnviz.presets import load_presets

        presets = self._menus["File"].addMenu("Open &preset")
        for name, preset in load_presets().items():
            entry = Entry(
                f"preset.{name}",
                preset.title,
                lambda name=name: self.session.open_preset(name),
                tip=preset.sentence,
            )
            add_entries(self, presets, [entry])
        add_entries(self, self._menus["File"], [
            None,
            Entry("file.quit", "&Quit", self.close, ["Ctrl+Q"]),
        ])  # fmt: skip

    def _fill_view_menu(self) -> None:
        view = self._menus["View"]
        themes = view.addMenu("&Theme")
        entries = [
            Entry(f"view.theme.{name}", name.capitalize(), lambda name=name: self.set_theme(name))
            for name in THEMES
        ]
        add_choice(self, themes, entries, f"view.theme.{remembered_theme(self._store)}")
        add_entries(self, view, [
            Entry("view.projection", "&Projection", self.set_projection, ["F11"],
                  "Full screen, large type", checkable=True),
            Entry("view.fit", "&Fit all steps", self._fit_all, ["Home"]),
            None,
        ])  # fmt: skip

    def _add_dock_entries(self) -> None:
        view = self._menus["View"]
        for dock in self._docks:
            toggle = dock.toggleViewAction()
            toggle.setObjectName(f"view.{dock.objectName()}")
            view.addAction(toggle)
        add_entries(self, view, [Entry("view.reset_layout", "&Reset layout", self.reset_layout)])

    # Following session and player

    def _on_notice(self, sentence: str) -> None:
        self.statusBar().showMessage(sentence, NOTICE_MILLISECONDS)

    def _on_trace_reset(self) -> None:
        self._show_shapes()
        if self._player is not None:
            self._player.pause()

    def _on_playing_changed(self, playing: bool) -> None:
        self._actions["play"].setText("&Pause" if playing else "&Play")
        self._actions["play"].setToolTip("Pause (Space)" if playing else "Play (Space)")
        self._actions["play"].setProperty("icon_name", "pause" if playing else "play")
        self._refresh_icons()

    def _show_shapes(self) -> None:
        run, network = self.session.run, self.session.settings.network
        steps, batch = run.length, run.batch_size
        parts = [
            f"x ({steps}, {batch}, {network.input_size})",
            f"h ({steps + 1}, {network.layers}, {batch}, {network.hidden_size})",
        ]
        if run.network.output_size is not None:
            parts.append(f"y ({steps}, {batch}, {run.network.output_size})")
        self._shapes.setText(f"{'  →  '.join(parts)}   ·   {network.parameter_count:,} parameters")

    def _update_actions(self) -> None:
        session, actions = self.session, self._actions
        actions["step_forward"].setEnabled(session.target < session.length)
        actions["to_end"].setEnabled(session.target < session.length)
        actions["step_back"].setEnabled(session.target > 0)
        actions["to_start"].setEnabled(session.target > 0)
        actions["cancel"].setEnabled(session.busy)
        actions["restore_action"].setEnabled(session.previous_weights is not None)

    # What the menus do

    def _on_key(self, name: str) -> None:
        if name == "blank":
            self._toggle_blank()
        else:
            self._actions[name].trigger()

    def _to_start(self) -> None:
        self.session.seek(0)

    def _fit_all(self) -> None:
        if self._workspace is not None:
            self._workspace.timeline.fit_all()

    def _copy_values(self) -> None:
        from rnnviz.widgets.heatmap import Heatmap

        for heatmap in self.findChildren(Heatmap):
            if heatmap.underMouse() or heatmap.hasFocus():
                heatmap.copy_values()
                self._on_notice(f"Copied the values of {heatmap.accessibleName()}.")
                return
        self._on_notice("Point at a heatmap to copy its values.")

    def _give_focus_back(self) -> None:
        if self._workspace is not None:
            self._workspace.timeline.setFocus()

    def set_theme(self, name: str) -> None:
        """Change to another theme, also while it plays."""
        apply_theme(application(), name)
        self._store.setValue("theme", name)

    def _refresh_icons(self) -> None:
        from rnnviz.widgets.icons import icon

        for action in self.actions():
            name = action.property("icon_name")
            if name:
                action.setIcon(icon(name, self.palette()))

    def set_projection(self, on: bool) -> None:
        """Go to full screen with large type and folded panels, or back."""
        if on == self._projecting or self._workspace is None:
            return
        self._projecting = on
        if on:
            self._layout_before = self.saveState(LAYOUT_VERSION)
        self.menuBar().setVisible(not on)
        for dock in self._docks:
            dock.setVisible(not on)
        self._set_text_scale(PROJECTION_SCALE if on else 1.0)
        if on:
            self.showFullScreen()
        else:
            self._blank.hide()
            self.showNormal()
            self.restoreState(self._layout_before, LAYOUT_VERSION)
        self._actions["projection"].setChecked(on)

    def _set_text_scale(self, scale: float) -> None:
        assert self._workspace is not None
        self._workspace.set_text_scale(scale)
        font = self.statusBar().font()
        font.setPixelSize(round(TEXT * scale))
        for part in (self.statusBar(), self._square, self._shapes, self.banner):
            part.setFont(font)

    @property
    def projecting(self) -> bool:
        """Whether it is in projection mode."""
        return self._projecting

    def _toggle_blank(self) -> None:
        self._blank.setGeometry(self.rect())
        self._blank.raise_()
        self._blank.setVisible(self._blank.isHidden())

    def reset_layout(self) -> None:
        """Bring docks and splitter back to where they were at the first start."""
        for dock in self._docks:
            self.removeDockWidget(dock)
        self._arrange()

    def _arrange(self) -> None:
        """Put docks and splitter where they belong; sizes are known once they are laid out."""
        for dock in self._docks:
            self.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, dock)
            dock.show()
        QTimer.singleShot(0, self, self._share_space)

    def _share_space(self) -> None:
        assert self._workspace is not None
        self.resizeDocks(self._docks, DOCK_SHARES, Qt.Orientation.Vertical)
        widths = [dock.minimumWidth() for dock in self._docks]
        self.resizeDocks(self._docks, widths, Qt.Orientation.Horizontal)
        height = self._workspace.splitter.height()
        self._workspace.splitter.setSizes([round(height * 0.45), round(height * 0.55)])

    def show_error(self, error: BaseException) -> None:
        """Say that something went wrong: in a dialog, or in projection in a banner."""
        if self._projecting:
            self.banner.say(sentence_of(error))
            return
        if self._error is not None:
            return  # one dialog at a time: the next error is often the same again
        self._error = ErrorDialog(error, self)
        self._error.finished.connect(self._on_error_closed)
        self._error.open()

    def _on_error_closed(self) -> None:
        self._error = None

    def _show_keys(self) -> None:
        from PySide6.QtWidgets import QMessageBox

        rows = "".join(
            f"<tr><td style='padding:2px 24px 2px 0'>{action.text().replace('&', '')}</td>"
            f"<td><b>{keys_of(action)}</b></td></tr>"
            for action in self.actions()
            if action.shortcuts()
        )
        box = QMessageBox(self)
        box.setObjectName("help.keys_dialog")
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.setWindowTitle("Keys")
        box.setText(f"<table>{rows}</table>")
        box.open()

    def _show_about(self) -> None:
        from PySide6.QtWidgets import QMessageBox

        box = QMessageBox(self)
        box.setObjectName("help.about_dialog")
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.setWindowTitle("About rnnviz")
        box.setText(
            f"<b>rnnviz {rnnviz.__version__}</b><br>Recurrent networks made visible: every number "
            "on the screen comes from a real torch module."
        )
        box.open()

    # Layout between two starts

    def _restore_layout(self) -> None:
        state = remembered_bytes(self._store, "state")
        splitter = remembered_bytes(self._store, "splitter")
        if state is not None and splitter is not None:
            self._restore_parts(state, splitter)
            # Once more when all is laid out: only then do the sizes hold.
            QTimer.singleShot(0, self, lambda: self._restore_parts(state, splitter))
        geometry = remembered_bytes(self._store, "geometry")
        if geometry is not None:
            self.restoreGeometry(geometry)

    def _restore_parts(self, state: QByteArray, splitter: QByteArray) -> None:
        assert self._workspace is not None
        self.restoreState(state, LAYOUT_VERSION)
        self._workspace.splitter.restoreState(splitter)

    def _save_layout(self) -> None:
        if self._workspace is None or self._player is None:
            return
        if self._projecting:
            self.set_projection(False)
        self._store.setValue("geometry", self.saveGeometry())
        self._store.setValue("state", self.saveState(LAYOUT_VERSION))
        self._store.setValue("splitter", self._workspace.splitter.saveState())
        self._store.setValue("speed", self._player.speed)
        self._store.sync()

    # Qt's own

    def closeEvent(self, event: QCloseEvent) -> None:
        if self._player is not None:
            self._player.pause()
            self.session.close()
        self._save_layout()
        super().closeEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and self._workspace is not None:
            QTimer.singleShot(0, self._refresh_icons)


def application() -> QApplication:
    """Return the application that exists, or a new one."""
    existing = QApplication.instance()
    if isinstance(existing, QApplication):
        return existing
    made = QApplication(sys.argv[:1])
    made.setApplicationName("rnnviz")
    made.setOrganizationName("rnnviz")
    return made
