"""Tables of numbers as text, read line by line, however they separate their columns."""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from rnnviz.formats.delimited import Layout, Reading, Row, find_layout
from rnnviz.formats.numbers import PREVIEW_COLUMNS, PREVIEW_ROWS
from rnnviz.formats.table_columns import choose_columns, said_of_rows, said_of_signs
from rnnviz.formats.table_rows import MOST_SHOWN, Lines, Numbers
from rnnviz.formats.text_file import opened_text
from rnnviz.formats.unreadable import UnreadableFile
from rnnviz.limits import MAX_SIZE

SAMPLE_LINES = 200
SAMPLE_CHARACTERS = 2**18
"""So much of the beginning is looked at to find out how to read it."""


@dataclass(frozen=True)
class Table:
    """Numbers of a table, and how they were read.

    Attributes
    ----------
    values : ndarray
        (time, features), float32.
    columns : tuple of str
        A name for each feature, or none at all.
    reading : Reading
    preview : tuple of tuple of str
        The first rows as they are in the file, all columns.
    notices : tuple of str
    """

    values: NDArray[np.float32]
    columns: tuple[str, ...]
    reading: Reading
    preview: tuple[tuple[str, ...], ...]
    notices: tuple[str, ...]


def read_table(
    path: str | os.PathLike[str], encoding: str, given: Reading, stopped: Callable[[], bool]
) -> Table:
    """Read a table.

    Parameters
    ----------
    path : path-like
        A plain file that is not too large.
    encoding : str
    given : Reading
        What need not be found out.
    stopped : callable
    """
    with opened_text(path, encoding) as text:
        lines = Lines(path, text, stopped)
        sample = _sample(path, lines)
    layout, rows = find_layout(
        sample, replace(given, delimiter=given.delimiter or lines.separator or None)
    )
    _check_layout(path, layout, rows)
    with opened_text(path, encoding) as text:
        lines = Lines(path, text, stopped)
        numbers = Numbers(path, lines, layout)
        values, tally = numbers.read()
    columns = choose_columns(path, values, layout, numbers.words)
    taken = values if len(columns.kept) == values.shape[1] else values[:, columns.kept]
    tally.forget_missing(int(np.isnan(values).sum() - np.isnan(taken).sum()))
    return Table(
        taken,
        columns.names,
        Reading(layout.delimiter, layout.header, layout.decimal, encoding, prose=False),
        tuple(tuple(c[:MOST_SHOWN] for c in row[:PREVIEW_COLUMNS]) for row in rows[:PREVIEW_ROWS]),
        (
            *columns.notices,
            *said_of_rows(rows, layout),
            *_left_out(lines.comments, "line that begins with #", "lines that begin with #"),
            *_left_out(
                numbers.empty, "row without a value at its end", "rows without a value at its end"
            ),
            *(() if given.decimal else said_of_signs(rows, layout)),
            *tally.notices(),
        ),
    )


def _left_out(count: int, one: str, several: str) -> tuple[str, ...]:
    what = f"1 {one} is" if count == 1 else f"{count:,} {several} are"
    return (f"{what} left out.",) if count else ()


def _sample(path: str | os.PathLike[str], lines: Lines) -> list[str]:
    sample: list[str] = []
    for line in itertools.islice(lines, SAMPLE_LINES):
        sample.append(line)
        if sum(map(len, sample)) > SAMPLE_CHARACTERS and len(sample) > 1:
            break
    if not sample:
        raise UnreadableFile(path, "There is nothing in it but blanks and comments.")
    return sample


def _check_layout(path: str | os.PathLike[str], layout: Layout, rows: list[Row]) -> None:
    if len(rows) <= layout.header:
        raise UnreadableFile(path, "It has names of columns and no row of numbers below them.")
    if not layout.kept:
        raise UnreadableFile(
            path,
            "No column of it holds numbers. Are its columns separated by commas, semicolons, "
            "tabs or spaces?",
        )
    if len(layout.kept) > MAX_SIZE:
        raise UnreadableFile(
            path, f"It has {len(layout.kept):,} columns; at most {MAX_SIZE:,} are possible."
        )
