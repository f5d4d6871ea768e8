"""A figure as a file."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMarginsF, QRect, QSizeF
from PySide6.QtGui import (
    QImage,
    QImageWriter,
    QPageLayout,
    QPageSize,
    QPainter,
    QPalette,
    QPdfWriter,
)
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QWidget

import rnnviz
from rnnviz.figures.stage import Stage
from rnnviz.figures.subjects import PAGE
from rnnviz.files import written
from rnnviz.limits import MAX_PIXELS
from rnnviz.session import Session

SUFFIXES = (".png", ".svg", ".pdf")
MOST_SCALE = 4
POINTS = 72
"""In an inch, as a page is measured."""
ALIAS, GENERIC = b'font-family="Sans Serif"', b'font-family="sans-serif"'
"""What a font without a name is called by Qt, and by all others."""
METRE = 39.3701
"""In inches."""


@dataclass(frozen=True)
class Figure:
    """What is drawn, and how.

    Attributes
    ----------
    view : str
        One of `rnnviz.figures.subjects.VIEWS`.
    title : str
        Above it; none if empty.
    size : tuple of int or None
        Width and height in logical pixels, of which an inch has 96; None: as on the screen.
    scale : float
        Pixels of a PNG for each logical one.
    palette : QPalette or None
        None: the program's colours.
    """

    view: str = PAGE
    title: str = ""
    size: tuple[int, int] | None = None
    scale: float = 1.0
    palette: QPalette | None = None


def stage_of(figure: Figure, session: Session, window: QWidget | None = None) -> Stage:
    """Return the figure's view, to be closed in the end."""
    return Stage(
        session,
        figure.view,
        window,
        size=figure.size,
        palette=figure.palette,
        title=figure.title,
    )


def save_figure(
    path: str | os.PathLike[str],
    figure: Figure,
    session: Session,
    window: QWidget | None = None,
) -> None:
    """Write a figure, whole or not at all; the window does not change.

    Parameters
    ----------
    path : path-like
        Ends with ``.png``, ``.svg`` or ``.pdf``.
    figure : Figure
    session : Session
    window : QWidget, optional
        Whose views are shown as they stand: their range, their folded rows, their size.

    Raises
    ------
    ValueError
        If the suffix is another one, or there is no such view, or its size cannot be.
    OSError
        If it cannot be written; an older file is untouched then.
    """
    suffix = Path(path).suffix.lower()
    if suffix not in SUFFIXES:
        raise ValueError(f"A figure is written as {', '.join(SUFFIXES)}, not as {suffix or path}.")
    drawn = {".png": _png, ".svg": _svg, ".pdf": _pdf}[suffix]
    with stage_of(figure, session, window) as stage:
        contents = drawn(stage, figure)
    with written(path) as file:
        file.write(contents)


def _png(stage: Stage, figure: Figure) -> bytes:
    size = stage.widget.size() * figure.scale
    if size.width() * size.height() > MAX_PIXELS:
        raise ValueError(
            f"A picture of {size.width():,} × {size.height():,} pixels is too large: up to "
            f"{MAX_PIXELS // 10**6} million can be written."
        )
    image = stage.picture(figure.scale)
    resolution = round(stage.widget.logicalDpiX() * figure.scale * METRE)
    image.setDotsPerMeterX(resolution)
    image.setDotsPerMeterY(resolution)
    image.setText("Title", figure.title)
    image.setText("Software", _software())
    return _encoded(image)


def _encoded(image: QImage) -> bytes:
    buffer = _buffer()
    writer = QImageWriter(buffer, QByteArray(b"png"))
    if not writer.write(image):
        raise OSError(f"The picture cannot be made: {writer.errorString()}.")
    return bytes(buffer.data().data())


def _svg(stage: Stage, figure: Figure) -> bytes:
    buffer, widget = _buffer(), stage.widget
    generator = QSvgGenerator()
    generator.setOutputDevice(buffer)
    generator.setSize(widget.size())
    generator.setViewBox(QRect(0, 0, widget.width(), widget.height()))
    generator.setResolution(widget.logicalDpiX())
    generator.setTitle(figure.title or figure.view)
    generator.setDescription(_software())
    with QPainter(generator) as painter:
        # Its parts have grounds of their own, between which the paper would shine through.
        painter.fillRect(widget.rect(), widget.palette().color(QPalette.ColorRole.Window))
        stage.paint(painter)
    return bytes(buffer.data().data()).replace(ALIAS, GENERIC)


def _pdf(stage: Stage, figure: Figure) -> bytes:
    buffer, widget = _buffer(), stage.widget
    points = QSizeF(widget.size()) * (POINTS / widget.logicalDpiX())
    writer = QPdfWriter(buffer)
    writer.setTitle(figure.title or figure.view)
    writer.setCreator(_software())
    writer.setResolution(widget.logicalDpiX())  # so that its unit is a logical pixel
    exact = QPageSize.SizeMatchPolicy.ExactMatch
    page = QPageSize(points, QPageSize.Unit.Point, "figure", exact)
    writer.setPageLayout(QPageLayout(page, QPageLayout.Orientation.Portrait, QMarginsF()))
    with QPainter(writer) as painter:
        over = QRect(0, 0, widget.width() + 2, widget.height() + 2)  # a page is measured in points
        painter.fillRect(over, widget.palette().color(QPalette.ColorRole.Window))
        stage.paint(painter)
    return bytes(buffer.data().data())


def _buffer() -> QBuffer:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    return buffer


def _software() -> str:
    return f"rnnviz {rnnviz.__version__}"
