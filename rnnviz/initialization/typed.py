"""Weights typed number by number."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import model_validator

from rnnviz.fields import other
from rnnviz.initialization.base import Scheme
from rnnviz.limits import MAX_SIDE
from rnnviz.literals import tensor_lines
from rnnviz.tables import Rows, check_table, counted

if TYPE_CHECKING:
    import torch


class Values(Scheme):
    title: ClassVar[str] = "Values"
    sentence: ClassVar[str] = (
        f"The numbers that you type or paste, for matrices up to {MAX_SIDE} × {MAX_SIDE}; "
        "a parameter left empty is zeros."
    )
    common: ClassVar[bool] = True
    uses_seed: ClassVar[bool] = False
    name: Literal["values"] = "values"
    tables: dict[str, Rows] = other(
        {},
        "Values",
        "The rows of each matrix; a bias is one row.",
        editor="tables",
    )

    @model_validator(mode="after")
    def _small_tables(self) -> Values:
        for name, rows in self.tables.items():
            check_table(rows)
            if len(rows) > MAX_SIDE or (rows and len(rows[0]) > MAX_SIDE):
                raise ValueError(_too_large(name, (len(rows), len(rows[0]))))
        return self

    def misfit(self, name: str, shape: tuple[int, ...]) -> str | None:
        if max(shape) > MAX_SIDE:
            return _too_large(name, shape)
        rows = self.tables.get(name)
        height, width = (1, *shape)[-2:]
        if not rows or (len(rows), len(rows[0])) == (height, width):
            return None
        return (
            f"{name} needs {counted(height, 'row')} of {counted(width)}; "
            f"this has {counted(len(rows), 'row')} of {len(rows[0])}."
        )

    def fill(
        self, parameter: torch.Tensor, *, name: str, hidden_size: int, generator: torch.Generator
    ) -> None:
        import torch

        if sentence := self.misfit(name, tuple(parameter.shape)):
            raise ValueError(sentence)
        with torch.no_grad():
            if rows := self.tables.get(name):
                parameter.copy_(torch.tensor(rows, dtype=parameter.dtype).view_as(parameter))
            else:
                parameter.zero_()

    def code(
        self, target: str, *, name: str, shape: tuple[int, ...], hidden_size: int
    ) -> list[str]:
        rows = self.tables.get(name, ())
        if not any(map(any, rows)):
            return [f"nn.init.zeros_({target})"]
        return tensor_lines(f"{target}.data", rows if len(shape) > 1 else rows[0])

    def renamed(self, names: Mapping[str, str]) -> Values:
        tables = {names.get(name, name): table for name, table in self.tables.items()}
        return self.model_copy(update={"tables": tables})

    def fitted(self, shapes: Mapping[str, tuple[int, ...]]) -> Values | None:
        """Return the same with its tables cut or filled up; None where they cannot be so large."""
        if any(max(shape) > MAX_SIDE for shape in shapes.values()):
            return None
        tables = {
            name: _resized(table, shapes[name]) if name in shapes else table
            for name, table in self.tables.items()
        }
        return self.model_copy(update={"tables": tables})

    def what_became(self, now: Scheme) -> str:
        if now == self:
            return ""
        if isinstance(now, Values):
            return "Typed weights were cut, or filled up with zeros, to fit."
        return f"Typed weights go up to {MAX_SIDE} × {MAX_SIDE}: {now.title} draws them now."


def _resized(table: Rows, shape: tuple[int, ...]) -> Rows:
    rows, columns = shape if len(shape) == 2 else (1, shape[0])

    def number(row: int, column: int) -> float:
        inside = row < len(table) and column < len(table[row])
        return table[row][column] if inside else 0.0

    return tuple(tuple(number(row, column) for column in range(columns)) for row in range(rows))


def _too_large(name: str, shape: tuple[int, ...]) -> str:
    if len(shape) < 2:
        return f"Values can be typed for biases up to {MAX_SIDE} numbers; {name} has {shape[0]:,}."
    return (
        f"Values can be typed for matrices up to {MAX_SIDE} × {MAX_SIDE}; "
        f"{name} is {shape[0]} × {shape[1]}."
    )
