"""Numbers as they are written in tables: with a point or a comma, in groups, or missing."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence

SHEET_ERRORS = (
    *("#n/a", "#nv", "#div/0!", "#value!", "#wert!", "#num!", "#zahl!", "#ref!", "#bezug!"),
    *("#name?", "#null!"),
)
"""What spreadsheets write for a number that is missing, in small letters."""
MISSING = frozenset(
    {
        *("", "na", "n/a", "<na>", "nan", "nat", "null", "none", "-", "--", "?", "."),
        *("+nan", "-nan", "nan(ind)", "-nan(ind)", "1.#qnan", "-1.#qnan", "1.#ind", "-1.#ind"),
        *SHEET_ERRORS,
    }
)
"""What stands for a number that is not there, in small letters."""

_NUMBER = re.compile(
    r"[+-]?(?:(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?|[+-]?inf(?:inity)?",
    re.ASCII | re.IGNORECASE,
)
_SPACED = re.compile(r"[+-]?\d{1,3}(?:[\u00a0\u2009\u202f'’]\d{3})+(?:[.,]\d*)?", re.ASCII)
_SPACES = str.maketrans(dict.fromkeys("\u00a0\u2009\u202f'’"))
_SWAPPED = str.maketrans(",.", ".,")
_GROUPED = {sign: re.compile(rf"[+-]?[1-9]\d{{0,2}}\{sign}\d{{3}}") for sign in ".,"}


def number_in(cell: str, decimal: str) -> float | None:
    """Return the number that a cell holds, NaN where it is missing, None where it is none.

    Parameters
    ----------
    cell : str
    decimal : str
        A point or a comma; the other one, a narrow blank or an apostrophe may stand between
        groups of three digits.
    """
    text = cell.strip().replace("−", "-")
    if text.casefold() in MISSING:
        return math.nan
    if _SPACED.fullmatch(text):
        text = text.translate(_SPACES)
    if decimal == ",":
        if text.endswith(","):  # nobody writes “5,” for 5, as some write “5.”
            return None
        text = text.translate(_SWAPPED)
    return float(text.replace(",", "")) if _NUMBER.fullmatch(text) else None


def numbers_in(cells: Sequence[str], decimal: str) -> list[float] | None:
    """Return the numbers of a row, or None where Python alone does not read them as meant.

    It is the fast way: `number_in` knows more ways to write a number.
    """
    joined = "\t".join(cells)
    if "_" in joined or (decimal == "," and "." in joined):
        return None
    if decimal == ",":
        cells = [cell.replace(",", ".") for cell in cells]
    try:
        return list(map(float, cells))
    except ValueError:
        return None


def is_missing(cell: str) -> bool:
    """Return whether a cell says that there is no number."""
    return cell.strip().casefold() in MISSING


def ambiguous(cells: Iterable[str], sign: str) -> str | None:
    """Return a cell whose `sign` may be decimal or after the thousands, if all could be both."""
    signed = [cell.strip() for cell in cells if sign in cell]
    if signed and all(_GROUPED[sign].fullmatch(cell) for cell in signed):
        return signed[0]
    return None
