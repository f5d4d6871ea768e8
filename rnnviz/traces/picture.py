"""A trace as a picture for a notebook, drawn without a window: its tensors over one time axis."""

from __future__ import annotations

import io
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from rnnviz.colour_map import (
    NOT_FINITE,
    Colouring,
    channels_of,
    colour_table,
    level_text,
    lookup_table,
    nice_limit,
)
from rnnviz.tables import counted
from rnnviz.theme_colours import THEMES
from rnnviz.traces.afar import Rows, table_of
from rnnviz.traces.pools import Pools
from rnnviz.traces.recorded import RecordedArray

if TYPE_CHECKING:
    from PIL.Image import Image

    from rnnviz.traces.trace import Trace

DENSITY = 2
"""The picture's pixels for one of the page's: screens that show fewer lose nothing."""
INK = THEMES["light"]
TEXT, SMALL = 13 * DENSITY, 11 * DENSITY
MARGIN, GAP = 12 * DENSITY, 16 * DENSITY
TITLES, UNITS, BAR = 118 * DENSITY, 36 * DENSITY, 10 * DENSITY
"""The columns of titles and of unit numbers at the left; the colour bar at the right."""
BAR_ROOM = 64 * DENSITY
PLOT = 600 * DENSITY
"""The widest that the time axis gets."""
LEAST_WIDTH = 480 * DENSITY
CELL = (28 * DENSITY, 16 * DENSITY)
"""The largest square, across and down."""
SEAM = 12 * DENSITY
"""From such squares on, a line lies between them."""
ROW_HEIGHTS = (40 * DENSITY, 180 * DENSITY)
ALL_ROWS = 720 * DENSITY
MOST_LAYERS = 16
APART = (14 * DENSITY, 14 * DENSITY)
"""Between two numbers along time; from one to the next down the units."""


def png_of(trace: Trace) -> tuple[bytes, tuple[int, int]] | None:
    """Return a PNG file and the width and height that it has on the page, in its pixels.

    The first sequence of a batch is shown, and the first layers of very many. Where steps or units
    share a pixel, it is the number of largest magnitude. None where there is nothing to show.
    """
    rows = list(_rows(trace))
    if not all(row.rows.units for row in rows) or not trace.hidden.shape[2]:
        return None
    image = _Page(trace, rows).drawn()
    file = io.BytesIO()
    image.save(file, "PNG", dpi=(96 * DENSITY, 96 * DENSITY))
    return file.getvalue(), (image.width // DENSITY, image.height // DENSITY)


@dataclass(frozen=True)
class _Row:
    """A heatmap: what it is called, the shape of its array, and its numbers."""

    title: str
    shape: tuple[int, ...]
    rows: Rows


def _rows(trace: Trace) -> Iterator[_Row]:
    """Yield what lies one under the other: inputs, the layers from the lowest, outputs."""
    yield _Row("inputs", trace.inputs.shape, _rows_of(trace.inputs, (0,), 1))
    hidden, pools = trace.hidden, _pools(trace, "hidden")
    for layer in range(min(hidden.shape[1], MOST_LAYERS)):
        title = f"hidden[:, {layer}]" if hidden.shape[1] > 1 else "hidden"
        yield _Row(title, hidden.shape, _rows_of(hidden, (layer, 0), 0, pools))
    if trace.outputs is not None:
        rows = _rows_of(trace.outputs, (0,), 1, _pools(trace, "output"))
        yield _Row("outputs", trace.outputs.shape, rows)


def _pools(trace: Trace, name: str) -> Pools | None:
    recorded = trace._arrays[name]
    return recorded.pools if isinstance(recorded, RecordedArray) else None


def _rows_of(array: Any, place: tuple[int, ...], first: int, pools: Pools | None = None) -> Rows:
    """Return the rows of an array, (time, …, units), at a place of its middle axes."""

    def read(start: int, end: int) -> NDArray:
        rows: NDArray = array[(slice(start, end), *place)]
        return rows

    def pooled(level: int, start: int, end: int) -> NDArray:
        assert pools is not None
        key: Any = (slice(None), *place)
        rows: NDArray = pools.read(level, start, end)[key]
        return rows

    a_step = math.prod(array.shape[1:]) * array.dtype.itemsize
    return Rows(len(array), array.shape[-1], first, a_step, read, pooled if pools else None)


class _Page:
    """Draws the rows under each other, over one axis of time."""

    def __init__(self, trace: Trace, rows: list[_Row]) -> None:
        self._trace, self._rows, self._steps = trace, rows, len(trace)
        self._slots = min(self._steps + 1, PLOT)
        self._cell = max(1, min(CELL[0], PLOT // (self._steps + 1)))
        low, high = ROW_HEIGHTS
        room = max(low, min(high, ALL_ROWS // len(rows)))
        self._tables = [table_of(row.rows, self._slots, self._steps, room) for row in rows]
        self._heights = [max(1, min(CELL[1], room // len(table))) for table in self._tables]
        self._limits = self._find_limits()
        self._finite = all(bool(np.isfinite(table).all()) for table in self._tables)
        self._left = MARGIN + TITLES + UNITS

    def drawn(self) -> Image:
        """Return the picture."""
        from PIL import Image, ImageDraw, ImageFont

        self._fonts = {size: ImageFont.load_default(size) for size in (TEXT, SMALL)}
        notes = self._notes()
        top = MARGIN + _line(TEXT) + _line(SMALL) * len(notes) + GAP // 2
        blocks = [self._block(number) for number in range(len(self._rows))]
        height = top + sum(blocks) + GAP * len(blocks) + _line(SMALL) + MARGIN // 2
        self._image = Image.new("RGB", (self._width, height), INK.panel)
        self._draw = ImageDraw.Draw(self._image)
        self._draw_heading(notes)
        for number, block in enumerate(blocks):
            self._draw_row(number, top)
            top += block + GAP
        self._draw_time(top - GAP // 2)
        return self._image

    # What there is

    @property
    def _width(self) -> int:
        return max(LEAST_WIDTH, self._bar_left + BAR_ROOM)

    @property
    def _bar_left(self) -> int:
        return self._left + self._slots * self._cell + 12 * DENSITY

    def _find_limits(self) -> list[float]:
        """Return the range of each row's colours; all states have one, 1 where it holds them."""
        names = [row.title.partition("[")[0] for row in self._rows]
        largest = dict.fromkeys(names, 0.0)
        for name, table in zip(names, self._tables, strict=True):
            finite = np.abs(table[np.isfinite(table)])
            largest[name] = max(largest[name], float(finite.max(initial=0.0)))
        largest["hidden"] = max(1.0, largest["hidden"])
        return [nice_limit(largest[name]) for name in names]

    def _block(self, number: int) -> int:
        """Return the height of a row: that of its heatmap, or of its title."""
        return max(len(self._tables[number]) * self._heights[number], ROW_HEIGHTS[0])

    def _notes(self) -> list[str]:
        """Return what has to be said of the picture, a sentence each."""
        layers, sequences = self._trace.hidden.shape[1:3]
        notes = []
        if sequences > 1:
            notes.append(f"The first of {sequences:,} sequences.")
        if layers > MOST_LAYERS:
            notes.append(f"The first {MOST_LAYERS} of {layers:,} layers.")
        heights = zip(self._rows, self._tables, strict=True)
        units = any(row.rows.units > len(table) for row, table in heights)
        shared = ["steps"] * (self._slots <= self._steps) + ["units"] * units
        if shared:
            what = " and ".join(shared).capitalize()
            notes.append(f"{what} share pixels, which show the largest magnitude.")
        return notes

    # How it is drawn

    def _draw_heading(self, notes: list[str]) -> None:
        self._write(MARGIN, MARGIN, f"Trace of {counted(self._steps, 'step')}", TEXT)
        for number, note in enumerate(notes):
            y = MARGIN + _line(TEXT) + number * _line(SMALL)
            self._write(MARGIN, y, note, SMALL, INK.muted)

    def _draw_row(self, number: int, top: int) -> None:
        row, table = self._rows[number], self._tables[number]
        self._write(MARGIN, top, row.title, TEXT)
        self._write(MARGIN, top + _line(TEXT), f"{row.shape}", SMALL, INK.muted)
        self._paste(number, top)
        height = len(table) * self._heights[number]
        self._draw_units(row.rows.units, top, height)
        self._draw_bar(top, max(height, ROW_HEIGHTS[0]), self._limits[number])

    def _paste(self, number: int, top: int) -> None:
        """Draw the squares; before the first step there are none."""
        limit, down = self._limits[number], self._heights[number]
        squares = Colouring(colour_table(dark=False), -limit, limit)(self._tables[number])
        pixels = squares.repeat(down, axis=0).repeat(self._cell, axis=1)
        if min(down, self._cell) >= SEAM:
            seam = _packed(INK.raised)
            pixels[down - 1 : -1 : down] = pixels[:, self._cell - 1 : -1 : self._cell] = seam
        before = self._before(number)
        if pixels.shape[1] > before:
            left, right = self._left + before, self._left + pixels.shape[1]
            frame = (left - 1, top - 1, right, top + len(pixels))  # zero is as white as the page
            self._draw.rectangle(frame, outline=INK.border)
            self._image.paste(_image(pixels[:, before:]), (left, top))

    def _before(self, number: int) -> int:
        """Return how many pixels lie before the first step of a row."""
        rows = self._rows[number].rows
        empty = rows.first * self._slots // (self._steps + 1) if rows.count else self._slots
        return empty * self._cell

    def _draw_units(self, units: int, top: int, height: int) -> None:
        every = _nice_step(APART[1] * units / height)
        for unit in range(0, units, every):
            middle = top + round((unit + 0.5) * height / units)
            self._write(self._left - 6 * DENSITY, middle, f"{unit}", SMALL, INK.muted, "rm")

    def _draw_bar(self, top: int, height: int, limit: float) -> None:
        """Draw the colours from the top, with the highest and the lowest number and zero."""
        left, half = self._bar_left, SMALL // 2
        top, height = top + half, height - 2 * half
        places = np.arange(height)[::-1] * 255 // max(1, height - 1)
        column = lookup_table(dark=False)[places][:, np.newaxis]
        self._image.paste(_image(column.repeat(BAR, axis=1)), (left, top))
        marks = {top: limit, top + height - DENSITY: -limit}
        if height >= 3 * SMALL:
            marks[top + (height - DENSITY) // 2] = 0.0
        for y, level in marks.items():
            right = left + BAR + 4 * DENSITY
            self._draw.rectangle((left + BAR, y, right - 1, y + DENSITY - 1), INK.muted)
            self._write_level(right + 4 * DENSITY, y + DENSITY // 2, level)

    def _draw_time(self, top: int) -> None:
        self._write(MARGIN, top, "step t", SMALL, INK.muted)
        width = self._slots * self._cell
        apart = self._fonts[SMALL].getlength(f"{self._steps:,}") + APART[0]
        for step in range(0, self._steps + 1, _nice_step(apart * (self._steps + 1) / width)):
            x = self._left + round((step + 0.5) * width / (self._steps + 1))
            self._write(x, top, f"{step:,}", SMALL, INK.muted, "ma")
        if not self._finite:
            left, side = self._bar_left, BAR
            self._draw.rectangle((left, top + 2, left + side - 1, top + 1 + side), NOT_FINITE)
            self._write(left + BAR + 8 * DENSITY, top, "NaN, inf", SMALL, INK.muted)

    def _write_level(self, left: int, middle: int, level: float) -> None:
        """Write a number; the font has no minus, so it is a line."""
        text = level_text(level)
        if text.startswith("−"):
            width = self._fonts[SMALL].getlength("0")
            y = middle + DENSITY // 2
            self._draw.rectangle(
                (left + DENSITY, y, left + width - 2 * DENSITY, y + DENSITY - 1), INK.muted
            )
            left += round(width)
        self._write(left, middle, text.removeprefix("−").replace("−", "-"), SMALL, INK.muted, "lm")

    def _write(
        self, x: int, y: int, text: str, size: int, ink: str = INK.text, anchor: str = "la"
    ) -> None:
        self._draw.text((x, y), text, ink, self._fonts[size], anchor)


def _line(size: int) -> int:
    return round(size * 1.35)


def _nice_step(least: float) -> int:
    """Return the least of 1, 2, 5, 10, 20, … that is not under `least`."""
    power = 10 ** max(0, math.floor(math.log10(max(1.0, least))))
    return next(factor * power for factor in (1, 2, 5, 10) if factor * power >= least)


def _packed(colour: str) -> np.uint32:
    red, green, blue = channels_of(colour)
    return np.uint32(0xFF000000 | red << 16 | green << 8 | blue)


def _image(pixels: NDArray[np.uint32]) -> Image:
    """Return ARGB pixels, (height, width), as an image."""
    from PIL import Image

    channels = np.stack([pixels >> 16, pixels >> 8, pixels], axis=-1)
    return Image.fromarray((channels & 0xFF).astype(np.uint8))
