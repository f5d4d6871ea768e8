"""Numbers of any type as float32: which arrays are sequences, and what became of their numbers."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rnnviz.budget import BYTES_A_NUMBER, readable_bytes
from rnnviz.formats.unreadable import UnreadableFile
from rnnviz.limits import MAX_BATCH, MAX_DATA_BYTES, MAX_NUMBERS, MAX_SIZE
from rnnviz.memory import MemoryLimits
from rnnviz.networks.base import Interrupted
from rnnviz.tables import counted

PIECE = 2**20
"""So many numbers are converted at once; then it is asked whether anybody still waits."""
PREFERRED = "inputs"
"""The array that goes in, where there are several: what the export of a trace calls it."""
MOST_NAMED = 8
"""So many names are listed in a sentence."""
PREVIEW_ROWS = 20
PREVIEW_COLUMNS = 50

_NO_NUMBERS = {
    "O": "Python objects, which would have to be run to be read",
    "c": "complex numbers",
    "S": "text",
    "U": "text",
    "M": "dates",
    "m": "spans of time",
    "V": "records of several fields",
}


@dataclass(frozen=True)
class Taken:
    """An array of a file.

    Attributes
    ----------
    values : ndarray
        float32.
    notices : tuple of str
    name : str
        What the file calls it; empty where it has no name.
    choices : tuple of str
        All arrays of the file that could be taken.
    """

    values: NDArray[np.float32]
    notices: tuple[str, ...]
    name: str = ""
    choices: tuple[str, ...] = ()


def why_no_sequence(shape: tuple[int, ...], dtype: np.dtype[Any]) -> str | None:
    """Return a sentence why an array is no sequence of vectors, or None.

    Parameters
    ----------
    shape : tuple of int
        (time), (time, features), or (time, batch, features), its first two in any order.
    dtype : numpy.dtype
    """
    if dtype.kind not in "biuf":
        return f"It holds {_NO_NUMBERS.get(dtype.kind, str(dtype))}. Save it as float32."
    if not 1 <= len(shape) <= 3:
        what = f"It has {len(shape)} axes" if shape else "It is a single number"
        return f"{what}. A sequence is (time), (time, features) or (time, batch, features)."
    return _too_much(shape)


def _too_much(shape: tuple[int, ...]) -> str | None:
    """Return a sentence with the limit that a shape is beyond, or None."""
    if math.prod(shape) == 0:
        return f"It is empty: its shape is {shape}."
    if math.prod(shape) > MAX_NUMBERS:
        return f"It has {math.prod(shape):,} numbers; at most {MAX_NUMBERS:,} are read."
    needed, budget = BYTES_A_NUMBER * math.prod(shape), MemoryLimits.of_this_machine().budget
    if needed > budget:
        said = f"{readable_bytes(needed)}; {readable_bytes(budget)} are allowed on this machine"
        return f"It would take {said}. Save a part of it alone."
    if len(shape) > 1 and shape[-1] > MAX_SIZE:
        return f"It has {shape[-1]:,} features; at most {MAX_SIZE:,} are possible."
    if len(shape) == 3 and min(shape[:2]) > MAX_BATCH:
        return f"It has {min(shape[:2]):,} sequences; at most {MAX_BATCH:,} are possible."
    return None


def check_bytes(path: str | os.PathLike[str], size: int, most: int = MAX_DATA_BYTES) -> None:
    """Raise unless a file has something in it, and not too much."""
    if not size:
        raise UnreadableFile(path, "It is empty.")
    if size > most:
        raise UnreadableFile(
            path, f"It has {readable_bytes(size)}; at most {readable_bytes(most)} are read."
        )


def usable(path: str | os.PathLike[str], reasons: Mapping[str, str | None]) -> list[str]:
    """Return the names of the arrays that are sequences: no reason speaks against them.

    Raises
    ------
    UnreadableFile
        If there is none: why the first array is none.
    """
    names = [name for name, reason in reasons.items() if reason is None]
    if not names:
        said = [f"“{name[:40]}”: {why}" if name else str(why) for name, why in reasons.items()]
        raise UnreadableFile(path, " ".join(["It holds no sequence.", *said[:1]]))
    return names


def chosen_name(path: str | os.PathLike[str], names: list[str], name: str | None) -> str:
    """Return which of several arrays is taken: `name`, or else the inputs of a trace, or the first.

    Raises
    ------
    UnreadableFile
        If none of them is called `name`.
    """
    if name is None:
        return PREFERRED if PREFERRED in names else names[0]
    if name not in names:
        raise UnreadableFile(
            path, f"There is no array called “{name[:40]}”; there is {listed(names)}."
        )
    return name


def listed(names: list[str]) -> str:
    """Return names as they stand in a sentence, the first ones of many."""
    shown = ", ".join(f"“{name[:40]}”" for name in names[:MOST_NAMED])
    more = len(names) - MOST_NAMED
    return f"{shown} and {more:,} more" if more > 0 else shown


def pieces(count: int, stopped: Callable[[], bool]) -> Iterator[slice]:
    """Yield the slices that `count` numbers are converted in.

    Raises
    ------
    Interrupted
        If `stopped` said so.
    """
    for first in range(0, count, PIECE):
        if stopped():
            raise Interrupted
        yield slice(first, min(first + PIECE, count))


class Tally:
    """Converts numbers to float32, piece by piece, and counts what cannot stay as it is.

    Parameters
    ----------
    decimal : bool
        The numbers were written with digits: that 0.1 lies between two float32 is not worth saying.
    """

    def __init__(self, *, decimal: bool = False) -> None:
        self._decimal = decimal
        self._count = self._rounded = self._large = self._nan = self._infinite = 0

    def converted(self, piece: NDArray[Any]) -> NDArray[np.float32]:
        """Return a piece as float32."""
        with np.errstate(over="ignore", invalid="ignore"):
            taken = piece.astype(np.float32)
        self._count += taken.size
        infinite = np.isinf(taken)
        if infinite.any():
            large = infinite & np.isfinite(piece)
            self._large += int(large.sum())
            self._infinite += int(infinite.sum() - large.sum())
        self._nan += int(np.isnan(taken).sum())
        self._rounded += int(self._lost(piece, taken).sum())
        return taken

    def forget_missing(self, count: int) -> None:
        """Do not speak of missing numbers that are left out."""
        self._nan -= count

    def notices(self) -> tuple[str, ...]:
        """Return what became of the numbers, a sentence each."""
        said = []
        if self._rounded:
            where = ", whole ones above 2²⁴" if self._decimal else ""
            said.append(
                "Rounded to float32, which has fewer digits: "
                f"{self._rounded:,} of {counted(self._count)}{where}."
            )
        if self._large:
            said.append(f"{_are(self._large)} too large for float32, and infinite now.")
        if self._nan:
            said.append(f"{_are(self._nan)} missing: NaN.")
        if self._infinite:
            said.append(f"{_are(self._infinite)} infinite.")
        return tuple(said)

    def _lost(self, piece: NDArray[Any], taken: NDArray[np.float32]) -> NDArray[np.bool_]:
        """Return which finite numbers are others now."""
        if piece.dtype.kind in "iu" and piece.dtype.itemsize > 2:
            with np.errstate(invalid="ignore"):
                same = taken.astype(piece.dtype) == piece
            return ~same | (taken >= float(np.iinfo(piece.dtype).max))
        if piece.dtype.kind != "f" or piece.dtype.itemsize <= taken.itemsize:
            return np.zeros(0, np.bool_)
        lost = np.isfinite(taken) & (taken != piece)
        return lost & (piece == np.trunc(piece)) if self._decimal else lost


def preview_of(values: NDArray[np.float32]) -> tuple[tuple[str, ...], ...]:
    """Return the first numbers as rows of text, one step a row; of a batch, its first sequence."""
    steps, columns = values[:PREVIEW_ROWS], values.shape[-1] if values.ndim > 1 else 1
    rows = steps.reshape(len(steps), -1)[:, : min(PREVIEW_COLUMNS, columns)]
    return tuple(tuple(map(str, row)) for row in rows)


def _are(count: int) -> str:
    return "1 number is" if count == 1 else f"{count:,} numbers are"
