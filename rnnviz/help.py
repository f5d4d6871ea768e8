"""What the Help menu opens."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMainWindow, QMessageBox

import rnnviz
from rnnviz.actions import keys_of

IN_PROJECTION = {
    "run.step_forward": "step",
    "run.step_back": "back",
    "run.play": "play",
    "view.projection": "leave projection",
}
"""What is done by keys where there is no menu."""


def show_keys(window: QMainWindow) -> None:
    """List the shortcuts of all actions."""
    rows = "".join(
        f"<tr><td style='padding:2px 24px 2px 0'>{action.iconText()}</td>"
        f"<td><b>{keys_of(action)}</b></td></tr>"
        for action in window.actions()
        if action.shortcuts()
    )
    _open(window, "help.keys_dialog", "Keys", f"<table>{rows}</table>")


def keys_in_a_line(window: QMainWindow) -> str:
    """Say in a sentence which keys help in front of an audience."""
    named = {action.objectName(): action for action in window.actions()}
    said = [f"{keys_of(named[name])}: {does}" for name, does in IN_PROJECTION.items()]
    return "  ·  ".join(
        item.replace(" ", "\N{NO-BREAK SPACE}") for item in [*said, "B: black screen"]
    )


def show_about(window: QMainWindow) -> None:
    """Say what the program is, and its version."""
    _open(
        window,
        "help.about_dialog",
        "About rnnviz",
        f"<b>rnnviz {rnnviz.__version__}</b><br>Recurrent networks made visible: every number "
        "on the screen comes from a real torch module.",
    )


def _open(window: QMainWindow, name: str, title: str, text: str) -> None:
    box = QMessageBox(window)
    box.setObjectName(name)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.setWindowTitle(title)
    box.setText(text)
    box.open()
