"""Sequences typed number by number."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import field_validator

from rnnviz.fields import other
from rnnviz.limits import MAX_TYPED
from rnnviz.literals import tensor_lines
from rnnviz.sequences.base import Fixed
from rnnviz.tables import Rows, check_table, counted

if TYPE_CHECKING:
    import torch


class Values(Fixed):
    title: ClassVar[str] = "Values"
    sentence: ClassVar[str] = "The numbers that you type or paste, one row a step."
    name: Literal["values"] = "values"
    rows: Rows = other(
        ((1.0, 0.0, 0.0, 0.0), (0.0, 1.0, 0.0, 0.0), (0.0, 0.0, 1.0, 0.0), (0.0, 0.0, 0.0, 1.0)),
        "Values",
        f"A row for each step, a column for each input unit; at most {MAX_TYPED:,} numbers.",
        editor="table",
    )

    @field_validator("rows")
    @classmethod
    def _table(cls, rows: Rows) -> Rows:
        if not rows:
            raise ValueError("Type at least one row of numbers.")
        check_table(rows)
        count = len(rows) * len(rows[0])
        if count > MAX_TYPED:
            raise ValueError(f"There are {count:,} numbers; at most {MAX_TYPED:,} are possible.")
        return rows

    def own_length(self) -> int:
        return len(self.rows)

    def needs_inputs(self) -> int:
        return len(self.rows[0])

    def misfit(self, length: int, input_size: int) -> str | None:
        columns = self.needs_inputs()
        if columns == input_size:
            return None
        return (
            f"Each row has {counted(columns)} and the input {counted(input_size, 'unit')}: "
            f"set the input size to {columns}."
        )

    def _one(self, length: int, input_size: int) -> torch.Tensor:
        import torch

        return torch.tensor(self.rows, dtype=torch.float32)

    def _one_code(self, length: int, input_size: int) -> list[str]:
        return tensor_lines("sequence", self.rows)
