"""The live update by matplotlib: redrawn, blitted, and as a picture in a notebook."""

from __future__ import annotations

import io
from collections.abc import Callable

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_qtagg import FigureCanvasQTAgg
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from numpy.typing import NDArray

from benchmarks.live import SIZE, paint, settle
from benchmarks.recording import Recording

DPI = 100


def set_data(recording: Recording) -> Callable[[], object]:
    """Return an update that hands the array over and asks for a drawing."""
    canvas, _, image = _live(recording)
    drawn: list[object] = []
    canvas.mpl_connect("draw_event", drawn.append)

    def update() -> None:
        recording.step()
        image.set_data(recording.states)
        drawn.clear()
        canvas.draw_idle()
        while not drawn:
            paint()
        paint()

    return update


def blitting(recording: Recording) -> Callable[[], object]:
    """Return an update that draws the image alone over a background that is kept."""
    canvas, axes, image = _live(recording)
    image.set_animated(True)
    canvas.draw()
    background = canvas.copy_from_bbox(axes.bbox)

    def update() -> None:
        recording.step()
        image.set_data(recording.states)
        canvas.restore_region(background)
        axes.draw_artist(image)
        canvas.blit(axes.bbox)
        paint()

    return update


def notebook_cell(recording: Recording) -> Callable[[], object]:
    """Return a notebook's cell: compute all, draw all, write a PNG, as is sent to the browser."""

    def update() -> None:
        figure = _figure()
        FigureCanvasAgg(figure)
        _imshow(figure.add_subplot(), recording.whole())
        figure.savefig(io.BytesIO(), format="png")

    return update


def _live(recording: Recording) -> tuple[FigureCanvasQTAgg, Axes, AxesImage]:
    figure = _figure()
    canvas = FigureCanvasQTAgg(figure)
    axes = figure.add_subplot()
    image = _imshow(axes, recording.states)
    canvas.resize(*SIZE)
    canvas.show()
    settle(100)
    return canvas, axes, image


def _figure() -> Figure:
    return Figure(figsize=(SIZE[0] / DPI, SIZE[1] / DPI), dpi=DPI)


def _imshow(axes: Axes, states: NDArray[np.float32]) -> AxesImage:
    return axes.imshow(states, aspect="auto", vmin=-1, vmax=1, cmap="RdBu")
