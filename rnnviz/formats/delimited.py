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
from rnnviz.limits import MAX_SIZE

DELIMITERS = (",", "\t", ";", "|", " ")
"""Between columns, the likelier one first; a space stands for any white space."""
MOST_CELLS = 10_000
"""So many cells tell how well a way to read them fits."""

Row = list[str]

_BETWEEN = re.compile(r"[\s,;|]+")
_DIGITS = re.compile(r"\s*\d+\s*", re.ASCII)


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
        The columns that hold numbers, as far as the first rows say.
    blank : frozenset of int
        Those of them of which the first rows hold nothing.
    units : bool
        Whether the row below the names holds no number, as one of units does.
    """

    delimiter: str
    decimal: str
    header: bool
    names: tuple[str, ...]
    width: int
    kept: tuple[int, ...]
    blank: frozenset[int] = frozenset()
    units: bool = False

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
    """Return whether the first row has words above numbers, or numbers beside an empty corner."""
    if len(rows) < 2:
        return False
    first, body = rows[0], rows[1:]
    if _has_corner(first, body):
        return True
    above = [k for k in range(min(len(first), MAX_SIZE)) if _numbers(body, k, decimal) > 0]
    return any(number_in(first[k], decimal) is None for k in above)


def _has_corner(first: Row, body: list[Row]) -> bool:
    """Return whether numbers are names, beside an empty corner above names or numbers of rows."""
    corner, *names = first
    if corner.strip() or not names or not all(map(_DIGITS.fullmatch, names)):
        return False
    below = [row[0].strip() for row in body]
    counted = ([str(start + k) for k in range(len(below))] for start in (0, 1))
    return below in counted or all(number_in(cell, ".") is None for cell in below)


def _layout(rows: list[Row], delimiter: str, decimal: str, header: bool) -> Layout:
    names, body = (rows[0], rows[1:]) if header and rows else ([], rows)
    width = len(rows[0]) if rows else 0
    if header and delimiter in " \t" and body and all(len(row) == width + 1 for row in body):
        names, width = ["", *names], width + 1  # R has no name for its column of names
    looked_at = width <= MAX_SIZE  # what is wider is refused anyway
    kept = tuple(k for k in range(width) if not looked_at or _numbers(body, k, decimal) >= 0)
    blank = frozenset(k for k in kept if looked_at and not _there(body, k))
    units = header and len(body) > 1 and _is_words([body[0][k] for k in kept if k < len(body[0])])
    return Layout(delimiter, decimal, header, _unique(names), width, kept, blank, units)


def _is_words(cells: Row) -> bool:
    """Return whether some of the cells hold words, and none a number in any way to write it."""
    there = [cell for cell in cells if not is_missing(cell)]
    return bool(there) and all(number_in(c, sign) is None for c in there for sign in ".,")


def _unique(names: Row) -> tuple[str, ...]:
    """Return names in one line each, those that come again with a number behind."""
    seen: Counter[str] = Counter()
    made = []
    for name in (" ".join(name.split()) for name in names):
        seen[name] += 1
        made.append(f"{name} ({seen[name]})" if name and seen[name] > 1 else name)
    return tuple(made)


def _numbers(body: list[Row], column: int, decimal: str) -> int:
    """Return by how many more cells of a column are numbers than are not; -1 if fewer."""
    there = _there(body, column)
    count = sum(number_in(cell, decimal) is not None for cell in there)
    return max(-1, 2 * count - len(there))


def _there(body: list[Row], column: int) -> Row:
    """Return the cells of a column that are not missing."""
    return [row[column] for row in body if column < len(row) and not is_missing(row[column])]
