"""The menu bar: what stands in it, and what of it can be done now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QDockWidget, QMainWindow

from rnnviz.actions import Commands, Entry, add_choice, add_entries, set_tip
from rnnviz.switches import Switches
from rnnviz.theme import THEMES

if TYPE_CHECKING:
    from rnnviz.history import History
    from rnnviz.presets import Preset
    from rnnviz.session import Session

OPEN = (
    Entry("file.open", "&Open …", ["Ctrl+O"], "Weights, numbers, a text or a session"),
    Entry("file.open_recording", "Open &recording …", tip="A training loop that was recorded"),
)
SAVE = (
    None,
    Entry("file.save", "&Save", ["Ctrl+S"], "Everything that is set, in one file"),
    Entry("file.save_as", "Save &as …", ["Ctrl+Shift+S"], "The same in another file"),
    Entry("file.save_weights", "Save &weights …", tip="As .safetensors or .pt, for torch"),
    Entry("file.export", "&Export …", ["Ctrl+E"], "A figure, the record as data, or a film"),
    None,
    Entry(
        "file.copy_command", "Copy as comman&d", tip="The command line that opens rnnviz like this"
    ),
    None,
)
QUIT = Entry("file.quit", "&Quit", ["Ctrl+Q"])
UNDO = Entry("edit.undo", "&Undo", ["Ctrl+Z"])
REDO = Entry("edit.redo", "&Redo", ["Ctrl+Shift+Z", "Ctrl+Y"])
EDIT = (
    UNDO,
    REDO,
    None,
    Entry(
        "edit.copy", "&Copy values", ["Ctrl+C"], "Copy the values of the heatmap under the pointer"
    ),
    Entry(
        "edit.copy_image", "Copy &image", ["Ctrl+Alt+C"], "Copy the view under the pointer, or all"
    ),
    None,
    Entry("init.draw_action", "&Draw new weights", tip="Take the next weights seed."),
    Entry("init.restore_action", "&Back to the previous weights"),
    None,
    Entry("edit.preferences", "&Preferences …", ["Ctrl+,"], "How much memory runs may take"),
)
RUN = (
    Entry("run.step_forward", "Step &forward", ["Right"], icon="step-forward"),
    Entry("run.step_back", "Step &back", ["Left"], icon="step-back"),
    Entry("run.play", "&Play", ["Space"], icon="play"),
    None,
    Entry("run.to_start", "To the &start", ["Ctrl+Left"], icon="to-start"),
    Entry("run.to_end", "Run to the &end", ["Ctrl+Right"], icon="to-end"),
    Entry("run.cancel", "&Cancel", ["Esc"], icon="cancel"),
    None,
    Entry(
        "run.copy_code",
        "Copy as P&yTorch code",
        ["Ctrl+Shift+C"],
        "The lines that compute what is on the screen",
    ),
)
PAGES = (
    Entry("view.network", "&Network", ["Ctrl+1"], "One network, every number of it"),
    Entry(
        "view.lockstep",
        "&Side by side",
        ["Ctrl+2"],
        "Three networks with the same weights, and what is easily got wrong",
    ),
)
VIEW = (
    Entry("view.projection", "&Projection", ["F11"], "Full screen, large type", checkable=True),
    Entry("view.fit", "&Fit all steps", ["Home"]),
    None,
)
EXPLAINING_KEYS = {
    "view.dock.unrolled": ("Ctrl+U", "The network unrolled over time"),
    "view.dock.inspector": ("Ctrl+I", "Every term of one number"),
    "view.dock.code": ("Ctrl+K", "The PyTorch code of what is on the screen"),
}
RESET = Entry("view.reset_layout", "&Reset layout")
HELP = (
    Entry("help.keys", "&Keys", ["F1"]),
    Entry("help.show_log", "&Show log", tip="What went wrong, and when"),
    Entry("help.about", "&About rnnviz"),
)


class Menus:
    """The menus of a window; at first they are empty but for Quit.

    Attributes
    ----------
    actions : dict of str to QAction
        By the last part of their names; there from `fill` on.
    recent : QMenu
        The files that were open last; there from `fill` on.
    """

    def __init__(self, window: QMainWindow, commands: Commands) -> None:
        self.actions: dict[str, QAction] = {}
        self._window = window
        self._menus = {
            name: window.menuBar().addMenu(f"&{name}")
            for name in ("File", "Edit", "Run", "View", "Help")
        }
        for menu in self._menus.values():
            menu.setToolTipsVisible(True)
        add_entries(window, self._menus["File"], [QUIT], commands)

    def fill(self, commands: Commands, presets: Mapping[str, Preset], theme: str) -> None:
        """Add all actions, `theme` being the one that is ticked."""
        self._add_presets(commands, presets)
        names = [f"view.theme.{name}" for name in THEMES]
        themes = [Entry(*named) for named in zip(names, map(str.capitalize, THEMES), strict=True)]
        view = self._menus["View"]
        add_choice(self._window, view, PAGES, commands, PAGES[0].name)
        view.addSeparator()
        menu = view.addMenu("&Theme")
        add_choice(self._window, menu, themes, commands, f"view.theme.{theme}")
        for name, entries in (("Edit", EDIT), ("Run", RUN), ("View", VIEW), ("Help", HELP)):
            add_entries(self._window, self._menus[name], entries, commands)
        self.actions = {
            action.objectName().split(".")[-1]: action for action in self._window.actions()
        }

    def add_docks(
        self,
        docks: Sequence[QDockWidget],
        explaining: Sequence[QDockWidget],
        commands: Commands,
    ) -> None:
        """Let the View menu open and close docks, and bring all back; add the switches."""
        view = self._menus["View"]
        for group in (explaining, docks):
            for dock in group:
                toggle = dock.toggleViewAction()
                toggle.setObjectName(f"view.{dock.objectName()}")
                view.addAction(toggle)
            view.addSeparator()
        add_entries(self._window, view, [RESET], commands)
        self._add_switches([dock.toggleViewAction() for dock in explaining])

    def _add_switches(self, explaining: Sequence[QAction]) -> None:
        for action in explaining:
            keys, tip = EXPLAINING_KEYS[action.objectName()]
            action.setShortcut(QKeySequence(keys))
            set_tip(action, tip)
            self._window.addAction(action)
            self.actions[action.objectName().split(".")[-1]] = action
        pages = [self.actions[page.name.split(".")[-1]] for page in PAGES]
        # Kept here: Qt does not own it as long as the menu bar is not laid out.
        self._switches = Switches(self._presets, pages, explaining)
        self._window.menuBar().setCornerWidget(self._switches, Qt.Corner.TopRightCorner)
        self._switches.show()  # a menu bar that is on the screen does not

    def open_explaining(self) -> list[str]:
        """Return the names of the docks that explain and are open."""
        names = [name.split(".")[-1] for name in EXPLAINING_KEYS]
        return [name for name in names if self.actions[name].isChecked()]

    def show_page(self, session: Session) -> None:
        """Tick the page that is on show."""
        self.actions["network" if session.lockstep is None else "lockstep"].setChecked(True)

    def show_moves(self, session: Session, playing: bool) -> None:
        """Enable the steps that lead somewhere, and Cancel where there is something to end."""
        target, actions = session.target, self.actions
        ahead, behind = target < session.length, target > 0
        actions["step_forward"].setEnabled(ahead)
        actions["to_end"].setEnabled(ahead)
        actions["step_back"].setEnabled(behind)
        actions["to_start"].setEnabled(behind)
        actions["cancel"].setEnabled(session.busy or playing)

    def show_playing(self, playing: bool) -> None:
        """Let Play be Pause while it plays."""
        play, word = self.actions["play"], "Pause" if playing else "Play"
        play.setText(f"&{word}")
        set_tip(play, word)
        play.setProperty("icon_name", word.lower())
        self.show_icons()

    def show_weights(self, session: Session) -> None:
        """Enable what can be done with the weights, and say of the rest why it cannot."""
        from rnnviz.changes import why_no_draw

        why = why_no_draw(session.settings)
        self.actions["draw_action"].setEnabled(not why)
        set_tip(self.actions["draw_action"], why or "Take the next weights seed.")
        self.actions["restore_action"].setEnabled(session.previous_weights is not None)

    def show_history(self, history: History) -> None:
        """Say in the menu what would be undone and done again."""
        for entry, name in ((UNDO, history.undo_name), (REDO, history.redo_name)):
            action = self.actions[entry.name.split(".")[-1]]
            action.setText(f"{entry.text} {name.replace('&', '&&')}".strip())
            action.setIconText(entry.text.replace("&", ""))  # what the list of keys says
            action.setEnabled(bool(name))

    def show_icons(self) -> None:
        """Draw the icons in the colours of the theme."""
        from rnnviz.widgets.icons import icon

        for action in self._window.actions():
            if name := action.property("icon_name"):
                action.setIcon(icon(name, self._window.palette()))

    def _add_presets(self, commands: Commands, presets: Mapping[str, Preset]) -> None:
        file = self._menus["File"]
        quit_action = file.actions()[0]
        add_entries(self._window, file, OPEN, commands)
        self._presets = menu = file.addMenu("Open &preset")
        self.recent = file.addMenu("Open re&cent")
        for submenu in (menu, self.recent):
            submenu.setToolTipsVisible(True)
        add_entries(self._window, file, SAVE, commands)
        file.addAction(quit_action)  # behind all others
        entries = [Entry(f"preset.{n}", p.title, tip=p.sentence) for n, p in presets.items()]
        add_entries(self._window, menu, entries, commands)
