"""How a table of text is to be read: what separates its columns, and which of them hold numbers.

What fits the first lines best is taken: rows of one width, most cells of which are numbers.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice

from rnnviz.formats.cells import is_missing, number_in
from rnnviz.settings import MAX_SIZE

DELIMITERS = (",", "\t", ";", "|", " ")
"""Between columns, the likelier one first; a space stands for any white space."""
MOST_CELLS = 10_000
"""So many cells tell how well a way to read them fits."""

Row = list[str]

_BETWEEN = re.compile(r"[\s,;|]+")


@dataclass(frozen=True)
class Reading:
    """How a file of text is read; what is None is found out.

    Attributes
    ----------
    delimiter : str, optional
        What stands between columns; a space stands for any white space.
    header : bool, optional
        Whether the first row names the columns.
    decimal : str, optional
        A point or a comma.
    encoding : str, optional
    prose : bool, optional
        Whether it is a text to be read letter by letter, and no table.
    """

    delimiter: str | None = None
    header: bool | None = None
    decimal: str | None = None
    encoding: str | None = None
    prose: bool | None = None

    def __post_init__(self) -> None:
        if self.delimiter is not None and (len(self.delimiter) != 1 or self.delimiter in '"\r\n'):
            raise ValueError("What stands between columns is one character.")
        if self.decimal not in (None, ".", ","):
            raise ValueError("The decimal sign is a point or a comma.")


@dataclass(frozen=True)
class Layout:
    """What a table has in its columns.

    Attributes
    ----------
    delimiter, decimal : str
    header : bool
    names : tuple of str
        Of all columns; empty without a header.
    width : int
        How many cells a row has.
    kept : tuple of int
        The columns that hold numbers.
    """

    delimiter: str
    decimal: str
    header: bool
    names: tuple[str, ...]
    width: int
    kept: tuple[int, ...]

    def name(self, column: int) -> str:
        """Return what a column is called."""
        named = column < len(self.names) and self.names[column]
        return named or f"column {column}"


def cells_of(lines: Iterable[str], delimiter: str) -> Iterator[Row]:
    """Yield the cells of each row; a quoted cell may hold delimiters and line breaks."""
    if delimiter == " ":
        return map(_between_spaces, lines)
    return csv.reader(lines, delimiter=delimiter, skipinitialspace=True)


def find_layout(lines: Sequence[str], given: Reading) -> tuple[Layout, list[Row]]:
    """Return what fits the first lines of a table best, and their cells.

    Parameters
    ----------
    lines : sequence of str
        At least one.
    given : Reading
        What need not be found out.
    """
    delimiters = _delimiters(given)
    decimals = [given.decimal] if given.decimal else [".", ","]
    split = {delimiter: _rows(lines, delimiter) for delimiter in delimiters}
    delimiter, decimal = max(
        ((delimiter, decimal) for delimiter in delimiters for decimal in decimals),
        key=lambda pair: _fit(split[pair[0]], *pair),
    )
    rows = split[delimiter]
    header = _has_header(rows, decimal) if given.header is None else given.header
    return _layout(rows, delimiter, decimal, header), rows


def is_prose(text: str) -> bool:
    """Return whether less than half of what stands between blanks and commas is a number."""
    first, _, rest = text.lstrip().partition("\n")
    words = [word.strip('"') for word in _BETWEEN.split(rest if rest.strip() else first)]
    words = [word for word in words if not is_missing(word)]
    return 2 * sum(number_in(word, ".") is not None for word in words) < max(1, len(words))


def _delimiters(given: Reading) -> Sequence[str]:
    if given.delimiter:
        return [given.delimiter]
    return DELIMITERS if given.decimal != "," else [d for d in DELIMITERS if d != ","]


def _between_spaces(line: str) -> Row:
    cells = line.split()
    return next(csv.reader([" ".join(cells)], delimiter=" ")) if '"' in line else cells


def _rows(lines: Sequence[str], delimiter: str) -> list[Row]:
    """Return the rows up to a cell that has no end, if there is one."""
    rows: list[Row] = []
    with suppress(csv.Error):
        rows.extend(row for row in cells_of(lines, delimiter) if row)
    return rows


def _fit(rows: list[Row], delimiter: str, decimal: str) -> tuple[float, int, bool]:
    """Return how well rows look like a table: the larger, the better."""
    if not rows:
        return -1, 0, False
    (width, agree), *_ = Counter(map(len, rows)).most_common(1)
    there = (cell for row in rows for cell in row if not is_missing(cell))
    cells = list(islice(there, MOST_CELLS))
    numeric = [cell for cell in cells if number_in(cell, decimal) is not None]
    commas = delimiter != "," and any("," in cell for cell in numeric)
    share = len(numeric) / max(1, len(cells))
    return share * agree / len(rows), width, (decimal == ",") == commas


def _has_header(rows: list[Row], decimal: str) -> bool:
    """Return whether the first row has words above numbers."""
    if len(rows) < 2:
        return False
    first, body = rows[0], rows[1:]
    above = [k for k in range(min(len(first), MAX_SIZE)) if _numbers(body, k, decimal) > 0]
    return any(number_in(first[k], decimal) is None for k in above)


def _layout(rows: list[Row], delimiter: str, decimal: str, header: bool) -> Layout:
    names, body = (rows[0], rows[1:]) if header and rows else ([], rows)
    width = len(rows[0]) if rows else 0
    if header and delimiter in " \t" and body and all(len(row) == width + 1 for row in body):
        names, width = ["", *names], width + 1  # R has no name for its column of names
    looked_at = width <= MAX_SIZE  # what is wider is refused anyway
    kept = (k for k in range(width) if not looked_at or _numbers(body, k, decimal) >= 0)
    stripped = tuple(name.strip() for name in names)
    return Layout(delimiter, decimal, header, stripped, width, tuple(kept))


def _numbers(body: list[Row], column: int, decimal: str) -> int:
    """Return by how many more cells of a column are numbers than are not; -1 if fewer.

    0 where there is nothing but missing numbers.
    """
    there = [row[column] for row in body if column < len(row) and not is_missing(row[column])]
    count = sum(number_in(cell, decimal) is not None for cell in there)
    return max(-1, 2 * count - len(there))
