"""All ways into the program for what comes from outside, each as the window goes it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from pydantic import ValidationError

from rnnviz.formats import UnreadableFile, read_data, read_recording, read_session, read_weights
from rnnviz.formats.any_file import read_any
from rnnviz.formats.weights import Weights
from rnnviz.opened import settings_of_pass, with_weights
from rnnviz.saving.command import settings_from
from rnnviz.settings import Settings, SettingsError

REFUSED = (ValidationError, SettingsError)
"""What the window says of numbers that were read and cannot be shown."""


def _weights(path: Path) -> object:
    return _taken(read_weights(path))


def _taken(found: Weights) -> object:
    layer = found.layers[0]
    return with_weights(Settings(), {"kind": layer.kind, **layer.sizes}, layer.tensors, "a")


def _recording(path: Path) -> object:
    found = read_recording(path)
    found.times()
    for k in range(min(len(found), 2)):
        settings_of_pass(found, k)
        found.hidden(k, 0, found.length(k) + 1)
        found.output(k, 0, found.length(k))
    return found


def _settings(path: Path) -> object:
    try:
        return settings_from(path.read_text(encoding="utf-8", errors="surrogateescape"))
    except ValueError as error:
        raise UnreadableFile(path, f"{error}.") from error


OPENERS: dict[str, Callable[[Path], object]] = {
    "weights": _weights,
    "data": read_data,
    "session": read_session,
    "recording": _recording,
    "any": lambda path: read_any(path, stopped=lambda: False),
    "settings": _settings,
}
