"""Pictures as PNG."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice
from PySide6.QtGui import QImage, QImageWriter

from rnnviz.files import written


def png_of(image: QImage) -> bytes:
    """Return a picture as the bytes of a PNG file; any thread may ask for it."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    QImageWriter(buffer, QByteArray(b"png")).write(image)
    return bytes(buffer.data().data())


def write_png(image: QImage, path: str | Path) -> None:
    """Write a picture as PNG, whole or not at all.

    Raises
    ------
    OSError
        Where it could not be written, and why; an older file of that name is then untouched.
    """
    try:
        with written(path) as file:
            file.write(png_of(image))
    except OSError as error:
        raise OSError(
            f"The picture cannot be written to {path}: {error.strerror or error}."
        ) from error
