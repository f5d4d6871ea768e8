"""Edit > Preferences: how much memory a run may take."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QVBoxLayout, QWidget

from rnnviz.memory import MemoryLimits, physical_memory
from rnnviz.store import HIGHEST_LIMIT, LOWEST_LIMIT
from rnnviz.widgets.form import Changes, Field, Form
from rnnviz.widgets.form_editors import RealEditor
from rnnviz.widgets.form_parts import MutedLabel

GB = 10**9
WIDTH = 470
SPACE = 16
NAMES = {"memory_budget": "budget", "record_in_memory": "in_memory"}
"""Field → what of `MemoryLimits` it is."""


class PreferencesDialog(QDialog):
    """Two fields in GB, with the limits and the defaults beside them.

    Parameters
    ----------
    limits : MemoryLimits
        What is shown at first; `limits` is what was chosen, in the end.
    """

    def __init__(self, limits: MemoryLimits, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.limits = limits
        self.setObjectName("preferences")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Preferences")
        self._form = Form("preferences", self._take)
        self._form.committed.connect(self.accept)
        self._form.set_spacing(SPACE)
        self._add_fields()
        self._build()
        self._show()

    def _add_fields(self) -> None:
        defaults = MemoryLimits.of_this_machine()
        self._add(
            "memory_budget",
            "Memory budget",
            "What would take more for weights, record and views is refused. "
            f"Default: {_gigabytes(defaults.budget)}.",
        )
        self._add(
            "record_in_memory",
            "Record in memory",
            "A larger record goes to a file on the disk, and is slower to go through. "
            f"Default: {_gigabytes(defaults.in_memory)}.",
        )

    def _add(self, name: str, title: str, hint: str) -> None:
        editor = RealEditor(title, LOWEST_LIMIT / GB, HIGHEST_LIMIT / GB, suffix="GB", step=0.5)
        field = Field(name, title, editor, wide=True)
        field.set_hint(hint)
        self._form.add(field)

    def _build(self) -> None:
        title = QLabel("Memory")
        title.setObjectName("preferences.title")
        font = title.font()
        font.setBold(True)
        title.setFont(font)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE, SPACE, SPACE, SPACE)
        column.setSpacing(SPACE)
        column.addWidget(title)
        if physical := physical_memory():
            column.addWidget(MutedLabel(f"This machine has {_gigabytes(physical)}."))
        column.addWidget(self._form)
        column.addStretch(1)
        column.addWidget(self._buttons())
        self.setMinimumWidth(WIDTH)

    def _buttons(self) -> QDialogButtonBox:
        buttons = QDialogButtonBox()
        kinds = QDialogButtonBox.StandardButton
        for kind, name in ((kinds.Ok, "ok"), (kinds.Cancel, "cancel")):
            buttons.addButton(kind).setObjectName(f"preferences.{name}")
        defaults = buttons.addButton("Defaults", QDialogButtonBox.ButtonRole.ResetRole)
        defaults.setObjectName("preferences.defaults")
        defaults.clicked.connect(self._on_defaults)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        return buttons

    def _show(self) -> None:
        self._form.show_values(
            {name: round(getattr(self.limits, of) / GB, 2) for name, of in NAMES.items()}
        )

    def _take(self, changes: Changes) -> None:
        changed = {NAMES[name]: round(value * GB) for name, value in changes.items()}
        self.limits = replace(self.limits, **changed)

    def _on_defaults(self) -> None:
        self._form.restore()
        self.limits = MemoryLimits.of_this_machine()
        self._show()

    # Qt's own

    def accept(self) -> None:
        self._form.flush()
        wrong = [field for field in self._form.fields.values() if field.has_draft()]
        if wrong:
            wrong[0].widget.setFocus()
        else:
            super().accept()


def _gigabytes(count: int) -> str:
    return f"{count / GB:,.2f}\u00a0GB"
