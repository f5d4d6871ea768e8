"""What the program remembers between two starts: window, docks, theme, pace."""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QSettings, QStandardPaths

from rnnviz.theme import DEFAULT_THEME, THEMES

if TYPE_CHECKING:
    from rnnviz.memory import MemoryLimits

LOWEST_LIMIT, HIGHEST_LIMIT = 10**8, 10**12
"""Bytes between which a limit of memory is believed."""


def user_store() -> QSettings:
    """Open the user's own store; a broken file is put aside as ``.bak`` and begun anew."""
    store = QSettings(QSettings.Format.IniFormat, QSettings.Scope.UserScope, "rnnviz", "rnnviz")
    return mended(store)


def mended(store: QSettings) -> QSettings:
    """Return `store`, emptied if its file could not be read; the old file is kept beside it."""
    if store.status() == QSettings.Status.FormatError:
        path = Path(store.fileName())
        with suppress(OSError):  # a copy that cannot be made is no reason not to start
            shutil.copy2(path, path.with_name(path.name + ".bak"))
        store.clear()
    return store


def recovery_folder() -> Path | None:
    """Return the user's folder for unsaved work, made if it is missing; None if that cannot be."""
    place = QStandardPaths.StandardLocation.AppLocalDataLocation
    folder = Path(QStandardPaths.writableLocation(place)) / "recovery"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return None
    return folder if os.access(folder, os.W_OK | os.X_OK) else None


def why_not_kept(store: QSettings) -> str:
    """Return in a sentence what the program cannot keep on this machine; empty if it can."""
    lost = [] if store.isWritable() else ["Settings are not remembered"]
    if recovery_folder() is None:
        lost.append("unsaved work is not kept for after a crash")
    if not lost:
        return ""
    sentence = " and ".join(lost)
    return f"{sentence[0].upper()}{sentence[1:]}: the folder of your own data cannot be written."


def remembered_theme(store: QSettings) -> str:
    """Return the name of the theme."""
    name = str(store.value("theme", DEFAULT_THEME))
    return name if name in THEMES else DEFAULT_THEME


def remembered_bytes(store: QSettings, key: str) -> QByteArray | None:
    """Return a window's geometry or state; None if there is none, or something else."""
    value = store.value(key)
    return value if isinstance(value, QByteArray) and not value.isEmpty() else None


def remember_sealed(store: QSettings, key: str, value: QByteArray) -> None:
    """Keep bytes that Qt may crash over if they are damaged."""
    store.setValue(key, value)
    store.setValue(f"{key}_sha256", _seal(value))


def remembered_sealed(store: QSettings, key: str) -> QByteArray | None:
    """Return what `remember_sealed` kept; None if it is damaged, or there is none."""
    value = remembered_bytes(store, key)
    if value is None or store.value(f"{key}_sha256") != _seal(value):
        return None
    return value


def _seal(value: QByteArray) -> str:
    import hashlib  # not before the window is painted

    return hashlib.sha256(value.data()).hexdigest()


def remembered_number(store: QSettings, key: str, default: int, low: int, high: int) -> int:
    """Return a whole number within its limits, else the default."""
    try:
        value = int(str(store.value(key, default)))
    except ValueError:
        return default
    return value if low <= value <= high else default


def remembered_limits(store: QSettings) -> MemoryLimits:
    """Return how much memory runs may take; the machine's own defaults for what is absurd."""
    from rnnviz.memory import MemoryLimits

    default = MemoryLimits.of_this_machine()

    def remembered(key: str, otherwise: int) -> int:
        return remembered_number(store, key, otherwise, LOWEST_LIMIT, HIGHEST_LIMIT)

    return MemoryLimits(
        remembered("memory_budget", default.budget),
        remembered("record_in_memory", default.in_memory),
    )


def remember_limits(store: QSettings, limits: MemoryLimits) -> None:
    """Keep how much memory runs may take."""
    store.setValue("memory_budget", limits.budget)
    store.setValue("record_in_memory", limits.in_memory)
    store.sync()
