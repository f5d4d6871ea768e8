"""Which columns of a table go in, and what there is to say of the others."""

from __future__ import annotations

import os
import re
from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rnnviz.formats.cells import ambiguous
from rnnviz.formats.delimited import Layout, Row
from rnnviz.formats.numbers import listed
from rnnviz.formats.unreadable import UnreadableFile
from rnnviz.limits import MAX_SIZE

INDEX_NAMES = frozenset({"", "index", "unnamed: 0", "id", "row", "step", "t", "time"})
"""A first column that only counts the rows is left out under these names."""

_COUNTED = [str(number) for number in range(MAX_SIZE)]
_DIGITS = re.compile(r"[+-]?\d+", re.ASCII)


@dataclass(frozen=True)
class Columns:
    """What is taken of the columns that were read.

    Attributes
    ----------
    kept : list of int
        Places among the columns that were read.
    names : tuple of str
        Of those that are kept; empty without a header.
    notices : tuple of str
    """

    kept: list[int]
    names: tuple[str, ...]
    notices: tuple[str, ...]


def choose_columns(
    path: str | os.PathLike[str],
    values: NDArray[np.float32],
    layout: Layout,
    words: Collection[int] = (),
) -> Columns:
    """Leave out what holds no number at all, and a first column that only counts the rows.

    Parameters
    ----------
    path : path-like
    values : ndarray
        (time, columns), those of `layout.kept`.
    layout : Layout
    words : collection of int
        Columns of `layout.kept` that hold words nevertheless.

    Raises
    ------
    UnreadableFile
        If nothing is left.
    """
    texts = set(range(layout.width)) - set(layout.kept) | set(words)
    kept = [
        k
        for k in range(values.shape[1])
        if layout.kept[k] not in texts and not np.isnan(values[:, k]).all()
    ]
    if not kept:
        raise UnreadableFile(path, "There is no number in it.")
    blank = set(layout.kept) - texts - {layout.kept[k] for k in kept}
    index = layout.kept[kept[0]]
    counting = len(kept) > 1 and _may_count(layout, index) and _counts(values[:, kept[0]])
    kept = kept[counting:]
    return Columns(
        kept,
        tuple(layout.name(layout.kept[k]) for k in kept) if layout.header else (),
        (
            *_left_out(layout, texts, "holds dates or text", "hold dates or text"),
            *_left_out(layout, blank, "holds no number", "hold no number"),
            *_left_out(layout, {index} if counting else set(), "counts the rows", ""),
        ),
    )


def said_of_signs(rows: list[Row], layout: Layout) -> tuple[str, ...]:
    """Say if commas or points of the first numbers could be meant in two ways."""
    body = rows[layout.header + layout.units :]
    cells = [row[k] for row in body for k in layout.kept if k < len(row)]
    if _may_be_one_column(layout) and all(map(_DIGITS.fullmatch, cells)):
        pair = ",".join(body[0])
        return (f"“{pair}” was read as two columns; it could be one with a decimal comma.",)
    for sign, name in ((",", "comma"), (".", "point")):
        cell = ambiguous(cells, sign)
        if cell and (sign == "," or layout.delimiter == ";"):
            what = "the decimal sign" if layout.decimal == sign else "a separator of thousands"
            return (f"The {name} in “{cell}” was read as {what}; it could be the other.",)
    return ()


def said_of_rows(rows: list[Row], layout: Layout) -> tuple[str, ...]:
    """Say if the row below the names is left out, or if the first row could be names."""
    if layout.units:
        return (f"The row {listed(rows[1])} below the names holds no number, and is left out.",)
    first = [cell.strip() for cell in rows[0]]
    counted = not layout.header and len(first) > 2 and first == _COUNTED[: len(first)]
    if counted and not all(_DIGITS.fullmatch(cell) for row in rows for cell in row):
        return (f"The first row, {listed(first)}, was read as numbers; it could be names.",)
    return ()


def _may_be_one_column(layout: Layout) -> bool:
    return layout.delimiter == "," and layout.width == 2 and not layout.header


def _may_count(layout: Layout, column: int) -> bool:
    return column == 0 and layout.header and layout.names[0].lower() in INDEX_NAMES


def _counts(column: NDArray[np.float32]) -> bool:
    return len(column) > 1 and bool((np.diff(column) == 1).all())


def _left_out(layout: Layout, columns: set[int], one: str, several: str) -> tuple[str, ...]:
    if not columns:
        return ()
    names = listed([layout.name(k) for k in sorted(columns)])
    what = f"{one}, and is" if len(columns) == 1 else f"{several}, and are"
    return (f"{names} {what} left out.",)
