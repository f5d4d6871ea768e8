"""Tables of numbers that a user types or pastes: text to rows, and back."""

import math
import re
from collections.abc import Sequence

from rnnviz.limits import MAX_TEXT

Rows = tuple[tuple[float, ...], ...]


LARGEST = 3.4028235e38
"""The largest number that torch's float32 holds."""

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", re.ASCII | re.IGNORECASE)
_INNERMOST = re.compile(r"\[([^\[\]]*)\]")
_AROUND = re.compile(  # what numpy, torch and Python print around the numbers
    r"Parameter containing:|\b(np\.|numpy\.|torch\.)?(tensor|array)\b"
    r"|dtype=[\w.]+|device='[^']*'|requires_grad=\w+|grad_fn=<\w+>|[\[\](),\s]"
)
_TIGHT_COMMA = re.compile(r"\d,\d")
_OTHER_SEPARATOR = re.compile(r"[^\s,;](\s+|\s*;\s*)[^\s,;]")


def parse_table(text: str) -> Rows:
    """Read rows of numbers from typed or pasted text.

    Spaces, tabs, commas and semicolons stand between numbers. Each line is a row, or each innermost
    pair of brackets where there are any, as numpy, torch and Python print them.

    Parameters
    ----------
    text : str
        At most `MAX_TEXT` characters.

    Returns
    -------
    tuple of tuple of float
        Rows of one length; empty for a blank text.

    Raises
    ------
    ValueError
        With a sentence that says which row is wrong, and how.
    """
    if len(text) > MAX_TEXT:
        raise ValueError(f"The text is longer than {MAX_TEXT:,} characters.")
    pieces = _pieces(text.replace("−", "-"))
    rows = tuple(_row(number, piece) for number, piece in enumerate(pieces, start=1))
    check_table(rows)
    return rows


def table_text(rows: Sequence[Sequence[float]]) -> str:
    """Write `rows` as aligned columns, each number as short as it can be and read back the same."""
    cells = [[_number_text(value) for value in row] for row in rows]
    width = max((len(cell) for row in cells for cell in row), default=0)
    return "\n".join("  ".join(cell.rjust(width) for cell in row) for row in cells)


def check_table(rows: Sequence[Sequence[float]]) -> None:
    """Check that the rows are of one length, not empty, and hold numbers that float32 can hold.

    Raises
    ------
    ValueError
        With a sentence that says which row is wrong, and how.
    """
    for number, row in enumerate(rows, start=1):
        if not row:
            raise ValueError(f"Row {number} is empty.")
        if len(row) != len(rows[0]):
            raise ValueError(f"Row {number} has {counted(len(row))}, row 1 has {len(rows[0])}.")
        for value in row:
            if not math.isfinite(value) or abs(value) > LARGEST:
                raise ValueError(f"Row {number}: {_number_text(value)} is too large.")


def shortened(text: str, longest: int) -> str:
    """Return `text`, its middle left out where it has more than `longest` characters."""
    if len(text) <= longest:
        return text
    behind = (longest - 1) // 2
    return f"{text[: longest - 1 - behind]}…{text[len(text) - behind :]}"


def counted(count: int, noun: str = "number") -> str:
    """Return "1 number", "2 numbers"."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def _pieces(text: str) -> list[str]:
    """Cut `text` into the texts of its rows."""
    if "[" not in text:
        text = text.replace("(", "[").replace(")", "]")
    if "[" not in text and "]" not in text:
        return [line for line in text.splitlines() if line.strip()]
    outside = _AROUND.sub("", _INNERMOST.sub("", text))
    if outside or text.count("[") != text.count("]"):
        raise ValueError("Each row needs an opening and a closing bracket, or write none at all.")
    return _INNERMOST.findall(text)


def _row(number: int, text: str) -> tuple[float, ...]:
    if _TIGHT_COMMA.search(text) and _OTHER_SEPARATOR.search(text):
        raise ValueError(f"Row {number}: write decimals with a point, as in 0.5.")
    text = text.strip()
    if text.endswith((",", ";")):  # as between the lines of a list
        text = text[:-1].rstrip()
    tokens = re.split(r"\s*[,;]\s*|\s+", text) if text else []
    return tuple(_number(number, token) for token in tokens)


def _number(row: int, token: str) -> float:
    if not token:
        raise ValueError(f"Row {row}: a number is missing between two separators.")
    if not _NUMBER.fullmatch(token):
        raise ValueError(f'Row {row}: "{token[:20]}" is not a number.')
    if math.isinf(float(token)):
        raise ValueError(f"Row {row}: {token[:20]} is too large.")
    return float(token)


def _number_text(value: float) -> str:
    return repr(float(value)).removesuffix(".0")
