"""The rows of a table of text, one after the other, as numbers."""

from __future__ import annotations

import csv
import itertools
import math
import os
import re
from collections.abc import Callable, Iterator
from typing import TextIO

import numpy as np
from numpy.typing import NDArray

from rnnviz.formats.cells import SHEET_ERRORS, number_in, numbers_in
from rnnviz.formats.delimited import Layout, Row, cells_of
from rnnviz.formats.numbers import Tally
from rnnviz.formats.text_file import check_text
from rnnviz.formats.unreadable import UnreadableFile
from rnnviz.limits import MAX_BLANK, MAX_LINE, MAX_NUMBERS
from rnnviz.networks.base import Interrupted
from rnnviz.tables import counted

AT_ONCE = 2**17
"""So many numbers wait as Python's own before they become float32."""
MOST_SHOWN = 40
"""Characters of a cell in the preview and in messages."""
MEND = (
    "Mend it, leave a cell empty where there is no number, or begin with # each line that is no "
    "part of the table."
)
"""What is to be done about a row that cannot be read."""
_SEPARATOR = re.compile(r"sep=([,;|\t ])\s*", re.IGNORECASE)
"""What spreadsheets write above a table to say what stands between its columns."""


class Lines:
    """The lines of a table that hold something; comments (#) and ``sep=;`` are left out.

    Parameters
    ----------
    path : path-like
    text : text file
    stopped : callable

    Attributes
    ----------
    number : int
        That of the last line, counted from 1.
    comments : int
        How many comments there were below the first line of the table.
    separator : str
        What the first line says that stands between columns; empty if it does not.
    """

    def __init__(
        self, path: str | os.PathLike[str], text: TextIO, stopped: Callable[[], bool]
    ) -> None:
        self.number = self.comments = 0
        self.separator = ""
        self._begun = False
        self._path, self._text, self._stopped = path, text, stopped

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        first = self.number + 1
        while line := self._text.readline(MAX_LINE + 1):
            self._check(line)
            if self._is_of_the_table(line.strip(" \n")):
                self._begun = True
                return line
            if self.number - first > MAX_BLANK:
                raise too_blank(self._path, first)
        raise StopIteration

    def _is_of_the_table(self, line: str) -> bool:
        if self.number == 1 and (match := _SEPARATOR.fullmatch(line)):
            self.separator = match[1]
            return False
        is_comment = line.startswith("#") and not line.casefold().startswith(SHEET_ERRORS)
        self.comments += is_comment and self._begun
        return bool(line) and not is_comment

    def _check(self, line: str) -> None:
        self.number += 1
        if self.number % 1000 == 0 and self._stopped():
            raise Interrupted
        if len(line) > MAX_LINE:
            raise UnreadableFile(
                self._path, f"Line {self.number:,} is longer than {MAX_LINE:,} characters."
            )
        check_text(self._path, line)


def too_blank(path: str | os.PathLike[str], line: int) -> UnreadableFile:
    """Return what is said of a table that holds nothing, from some line on."""
    said = f"From line {line:,} on, more than {MAX_BLANK:,} lines hold no value: leave them out."
    return UnreadableFile(path, said)


class Numbers:
    """Reads the rows of a table whose layout is known.

    Attributes
    ----------
    words : set of int
        Columns of which the first rows held nothing, and that then turned out to hold words.
    empty : int
        How many rows at the end have no value at all; they are left out.
    """

    def __init__(self, path: str | os.PathLike[str], lines: Lines, layout: Layout) -> None:
        self._path, self._lines, self._layout = path, lines, layout
        self._first_line = self._blank_from = 0
        self._tally = Tally(decimal=True)
        self._count = 0
        self.words: set[int] = set()
        self.empty = 0

    def read(self) -> tuple[NDArray[np.float32], Tally]:
        """Return all rows of the columns that are kept, and what became of their numbers."""
        try:
            parts = list(self._parts())
        except csv.Error:
            raise self._wrong(
                f"a cell is longer than {csv.field_size_limit():,} characters. Is a quotation "
                "mark not closed?"
            ) from None
        values = np.concatenate(parts).reshape(-1, len(self._layout.kept))
        return values, self._tally

    def _parts(self) -> Iterator[NDArray[np.float32]]:
        waiting: list[float] = []
        for row in self._rows():
            waiting += numbers_in(row, self._layout.decimal) or self._carefully(row)
            if len(waiting) >= AT_ONCE:
                yield self._converted(waiting)
                waiting = []
        yield self._converted(waiting)

    def _rows(self) -> Iterator[Row]:
        """Yield the cells of the columns that are kept."""
        layout = self._layout
        rows = cells_of(self._lines, layout.delimiter)
        for number, row in enumerate(rows):
            self._first_line = self._first_line or self._lines.number
            if number < layout.header + layout.units:
                continue
            if not any(map(str.strip, row)):
                self._blank_from = self._blank_from if self.empty else self._lines.number
                self.empty += 1
                if self.empty > MAX_BLANK:
                    raise too_blank(self._path, self._blank_from)
                continue
            yield from itertools.repeat([""] * len(layout.kept), self.empty)
            self.empty = 0
            if len(row) != layout.width:
                row = self._mended(row)
            yield row if len(layout.kept) == layout.width else [row[k] for k in layout.kept]

    def _mended(self, row: Row) -> Row:
        """Return a row without the delimiter at its end, if that is all that it has too much."""
        width = self._layout.width
        if len(row) == width + 1 and not row[-1].strip():
            return row[:-1]
        raise UnreadableFile(
            self._path,
            f"Line {self._lines.number:,} has {counted(len(row), 'value')}, "
            f"line {self._first_line:,} has {width:,}. {MEND}",
        )

    def _carefully(self, row: Row) -> list[float]:
        return [
            self._number(column, cell) for column, cell in zip(self._layout.kept, row, strict=True)
        ]

    def _number(self, column: int, cell: str) -> float:
        found = number_in(cell, self._layout.decimal)
        if found is None and column in self._layout.blank:
            self.words.add(column)
            return math.nan
        if found is None:
            name = self._layout.name(column)
            raise self._wrong(f"“{cell.strip()[:MOST_SHOWN]}” in “{name}” is not a number. {MEND}")
        return found

    def _wrong(self, what: str) -> UnreadableFile:
        return UnreadableFile(self._path, f"Line {self._lines.number:,}: {what}")

    def _converted(self, waiting: list[float]) -> NDArray[np.float32]:
        self._count += len(waiting)
        if self._count > MAX_NUMBERS:
            raise UnreadableFile(self._path, f"It has more than {MAX_NUMBERS:,} numbers.")
        return self._tally.converted(np.array(waiting, np.float64))
