"""Values as Python code: what is written is read back as the same bits, in lines of one width."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence

WIDTH = 79
"""The longest line, in characters."""


def number(value: float) -> str:
    """Return a number as short as it can be and read back as the same float64: ``1``, ``0.1``."""
    text = repr(float(value))
    return text if text == "-0.0" else text.removesuffix(".0")


def single(value: float) -> str:
    """Return a number as short as it can be and read back as the same float32, always a float."""
    import numpy as np

    wanted = np.float32(value)
    if not np.isfinite(wanted):
        return f"{'-' if wanted < 0 else ''}torch.{'nan' if np.isnan(wanted) else 'inf'}"
    text = str(wanted)
    # The shortest digits may lie so near between two float32 that float64 does not tell them apart.
    return text if np.float32(float(text)) == wanted else repr(float(wanted))


def quoted(text: str) -> str:
    """Return a text in double quotes."""
    return f'"{"".join(map(_escaped, text))}"'


def literal(value: float | str) -> str:
    """Return a text or a number."""
    return quoted(value) if isinstance(value, str) else number(value)


def text_lines(name: str, text: str) -> list[str]:
    """Return ``name = "text"``, a long text in several lines."""
    line = f"{name} = {quoted(text)}"
    if len(line) <= WIDTH:
        return [line]
    return [f"{name} = (", *(f"    {quoted(piece)}" for piece in _pieces(text, WIDTH - 6)), ")"]


def tensor_lines(name: str, values: Sequence, behind: str = "") -> list[str]:
    """Return ``name = torch.tensor(values)`` and what comes `behind` it.

    Parameters
    ----------
    name : str
        What is assigned to.
    values : sequence of float or sequence of sequence of float
        A vector, or the rows of a matrix.
    """
    rows = [_listed(row) for row in (values if _is_matrix(values) else [values])]
    whole = f"[{', '.join(rows)}]" if _is_matrix(values) else rows[0]
    line = f"{name} = torch.tensor({whole}){behind}"
    if len(line) <= WIDTH:
        return [line]
    if not _is_matrix(values):
        return [f"{name} = torch.tensor([", *_wrapped(rows[0][1:-1], "    "), f"]){behind}"]
    wrapped = [piece for row in rows for piece in _wrapped(f"{row},", "     ")]
    return [f"{name} = torch.tensor([", *wrapped, f"]){behind}"]


def call_lines(before: str, arguments: Iterable[str], *, room: int = 0) -> list[str]:
    """Return a call, its arguments on lines of their own if they are long.

    Parameters
    ----------
    before : str
        What comes before the arguments, with the bracket.
    arguments : iterable of str
    room : int
        How far the lines may be indented later.
    """
    listed = ", ".join(arguments)
    line, width = f"{before}{listed})", WIDTH - room
    return [line] if len(line) <= width else [before, *_wrapped(listed, "    ", width), ")"]


def indented(lines: Iterable[str]) -> list[str]:
    """Return lines, one step further to the right."""
    return [f"    {line}" if line else line for line in lines]


def _is_matrix(values: Sequence) -> bool:
    return not isinstance(values[0], float)


def _listed(row: Iterable[float]) -> str:
    return f"[{', '.join(map(single, row))}]"


def _wrapped(text: str, indent: str, width: int = WIDTH) -> list[str]:
    """Break a text at its spaces; the first line of a row begins where its bracket does."""
    first = indent[:-1] if text.startswith("[") else indent
    return textwrap.wrap(
        text,
        width,
        initial_indent=first,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,  # of a minus
    )


def _pieces(text: str, width: int) -> list[str]:
    """Cut a text so that each piece, written with its escapes, fits `width`."""
    pieces, first, used = [], 0, 0
    for position, cost in enumerate(len(_escaped(letter)) for letter in text):
        if used + cost > width:
            pieces.append(text[first:position])
            first, used = position, 0
        used += cost
    return [*pieces, text[first:]]


def _escaped(letter: str) -> str:
    if letter in '"\\':
        return f"\\{letter}"
    return letter if letter.isprintable() else repr(letter)[1:-1]
