"""Frames as a film, one by one: an animated GIF, or an MP4 where ffmpeg is installed."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from rnnviz.files import written
from rnnviz.taking.reduced import Frame, reduced

SUFFIXES = (".gif", ".mp4")
NO_FFMPEG = 'MP4 needs ffmpeg: pip install "rnnviz[video]". GIF works without it.'
CENTISECONDS = 100
_FOR_EVER = b"!\xff\x0bNETSCAPE2.0\x03\x01\x00\x00\x00"
_END = b";"


def why_not(suffix: str) -> str:
    """Return why a film cannot be written as `suffix`, or nothing."""
    if suffix not in SUFFIXES:
        return f"A film is written as {' or '.join(SUFFIXES)}, not as {suffix or 'a file without'}."
    return NO_FFMPEG if suffix == ".mp4" and find_spec("imageio_ffmpeg") is None else ""


def write_film(path: Path, frames: Iterator[Frame], speed: int) -> None:
    """Write frames as they come, holding one of them; the file is there whole or not at all.

    Parameters
    ----------
    path : Path
        Ends with ``.gif`` or ``.mp4``.
    frames : iterator of numpy.ndarray
        uint8 (height, width, 3), all of one size; what it raises ends the film.
    speed : int
        Frames a second. A GIF counts in hundredths of a second, and keeps time on the whole.

    Raises
    ------
    ValueError
        If it is another suffix, or ffmpeg is missing.
    OSError
        If it cannot be written.
    """
    suffix = path.suffix.lower()
    if reason := why_not(suffix):
        raise ValueError(reason)
    with written(path) as file:
        (_write_gif if suffix == ".gif" else _write_mp4)(file, frames, speed)


def _write_gif(file: BinaryIO, frames: Iterator[Frame], speed: int) -> None:
    # Pillow's own writer keeps all frames until the last one; this one needs the previous one.
    before: Frame | None = None
    for number, frame in enumerate(frames):
        if before is None:
            file.write(_gif_header(frame))
        ticks = (number + 1) * CENTISECONDS // speed - number * CENTISECONDS // speed
        file.write(_gif_frame(frame, _changed(before, frame), ticks))
        before = frame
    file.write(_END)


def _gif_header(frame: Frame) -> bytes:
    height, width = frame.shape[:2]
    size = width.to_bytes(2, "little") + height.to_bytes(2, "little")
    return b"GIF89a" + size + b"\x70\x00\x00" + _FOR_EVER


def _gif_frame(frame: Frame, changed: tuple[slice, slice], ticks: int) -> bytes:
    """Return what has changed, with colours of its own, to be shown for so many hundredths."""
    from PIL import GifImagePlugin, Image

    places, colours = reduced(frame[changed])
    image = Image.fromarray(places)
    image.putpalette(colours.tobytes())
    corner = changed[1].start, changed[0].start
    return b"".join(
        GifImagePlugin.getdata(image, corner, duration=10 * ticks, include_color_table=True)
    )


def _changed(before: Frame | None, frame: Frame) -> tuple[slice, slice]:
    """Return the rows and columns in which two frames differ; one pixel, if they do not."""
    if before is None:
        return slice(0, frame.shape[0]), slice(0, frame.shape[1])
    differ = (before != frame).any(axis=2)
    if not differ.any():
        return slice(0, 1), slice(0, 1)
    rows, columns = np.flatnonzero(differ.any(axis=1)), np.flatnonzero(differ.any(axis=0))
    return slice(int(rows[0]), int(rows[-1]) + 1), slice(int(columns[0]), int(columns[-1]) + 1)


def _write_mp4(file: BinaryIO, frames: Iterator[Frame], speed: int) -> None:
    """Let ffmpeg write a file of its own, which it does not do whole or not at all."""
    import imageio.v2 as imageio

    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder) / "film.mp4"
        writer: Any = imageio.get_writer(
            made,
            format="FFMPEG",
            mode="I",
            fps=speed,
            codec="libx264",
            pixelformat="yuv420p",
            quality=9,
            macro_block_size=1,
            ffmpeg_log_level="error",
            output_params=["-movflags", "+faststart"],
        )
        with writer:
            for frame in frames:
                writer.append_data(_even(frame))
        with made.open("rb") as whole:
            shutil.copyfileobj(whole, file)


def _even(frame: Frame) -> Frame:
    """Return a frame of even sides, as the format needs; the last line is there twice, if so."""
    down, across = frame.shape[0] % 2, frame.shape[1] % 2
    return np.pad(frame, ((0, down), (0, across), (0, 0)), mode="edge")
