"""Which squares of the equation belong together: names and places in, names and places out."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from rnnviz.analysis.terms import Part

ROW_BLOCKS: dict[Part, tuple[str, ...]] = {
    "hidden": ("W_ih", "W_hh", "b_ih", "b_hh", "a", "h"),
    "output": ("W_ho", "b_ho", "y"),
}
"""Blocks whose row i belongs to unit i, by part."""
COLUMNS: dict[Part, tuple[str, ...]] = {
    "hidden": ("b_ih", "b_hh", "a", "h"),
    "output": ("b_ho", "y"),
}
RESULTS: dict[Part, tuple[str, ...]] = {"hidden": ("a", "h"), "output": ("y",)}
VECTOR_OF = {"W_ih": "x", "W_hh": "h_prev", "W_ho": "h_above"}
MATRIX_OF = {vector: matrix for matrix, vector in VECTOR_OF.items()}
LAID = tuple(MATRIX_OF)
"""Column vectors that are drawn laid down."""


@dataclass(frozen=True)
class Lit:
    """What stays bright of one block; None stands for all."""

    rows: Collection[int] | None = None
    columns: Collection[int] | None = None


DARK = Lit(rows=())


def part_of(name: str) -> Part | None:
    """Return the part whose rows a block has; None for laid vectors."""
    return next((part for part, names in ROW_BLOCKS.items() if name in names), None)


def lit_by(name: str, row: int, column: int) -> dict[str, Lit]:
    """Return what belongs to the square (row, column) of a block; what is not named is dimmed.

    A number of a column lights its unit's row everywhere, and the vectors that go into it; a weight
    lights itself, its input and its unit's result; an input lights its column.
    """
    if name in MATRIX_OF:
        lit = {name: Lit(columns=(column,)), MATRIX_OF[name]: Lit(columns=(column,))}
        return lit | ({"h": Lit(rows=(column,))} if name == "h_above" else {})
    part = part_of(name)
    if part is None:
        return {}
    if name in VECTOR_OF:
        lit = {name: Lit((row,), (column,)), VECTOR_OF[name]: Lit(columns=(column,))}
        lit |= {result: Lit(rows=(row,)) for result in RESULTS[part]}
        return lit | ({"h": Lit(rows=(column,))} if name == "W_ho" else {})
    lit = {block: Lit(rows=(row,)) for block in ROW_BLOCKS[part]}
    lit |= {VECTOR_OF[block]: Lit() for block in ROW_BLOCKS[part] if block in VECTOR_OF}
    return lit | ({"h": Lit()} if part == "output" else {})
