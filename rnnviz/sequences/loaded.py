"""Sequences that came from a file of numbers."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationInfo, field_validator

from rnnviz.arrays import Stored
from rnnviz.fields import other, whole
from rnnviz.limits import MAX_LENGTH, MAX_STEP
from rnnviz.sequences.base import Source
from rnnviz.tables import counted

if TYPE_CHECKING:
    import torch

FILE_IN_CODE = "trace.safetensors"
"""What the file is called in a script: the one that File > Export writes."""


class Loaded(Source):
    """Numbers of a file, and what is taken of them.

    Attributes
    ----------
    file : str
        The file's name.
    data : Stored
        As the file has them: (T), (T, I) or (T, B, I); (B, T, I) with `batch_first`.
    names : tuple of str
        A name for each column, or none.
    """

    title: ClassVar[str] = "From a file"
    sentence: ClassVar[str] = "The numbers of a file that you opened, one row a step."
    common: ClassVar[bool] = True
    from_file: ClassVar[bool] = True
    name: Literal["file"] = "file"
    file: str = ""
    data: Stored = Stored(np.zeros((0, 1)))
    names: tuple[str, ...] = ()
    batch_first: bool = other(
        False,
        "Batch first",
        "Whether the file's axes are (batch, time, features), not (time, batch, features).",
    )
    columns: str = other(
        "",
        "Columns",
        "Which columns go in: their names or numbers, counted from 0, as in 0-3, 7. If empty: all.",
    )
    first: int = whole(1, "From step", "The first step that is taken.", low=1, high=MAX_STEP)
    last: int = whole(
        0, "To step", "The last step that is taken.", low=0, high=MAX_STEP, special="the last"
    )
    standardise: bool = other(
        False, "Standardise", "Whether each column gets the mean 0 and the standard deviation 1."
    )

    @field_validator("data")
    @classmethod
    def _sequence(cls, data: Stored) -> Stored:
        if not 1 <= len(data.shape) <= 3:
            raise ValueError(f"A sequence has one to three axes, not {len(data.shape)}.")
        return data

    @field_validator("names")
    @classmethod
    def _one_each(cls, names: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        if not names or "data" not in info.data:  # what is wrong there is said already
            return names
        shape: tuple[int, ...] = info.data["data"].shape
        columns = shape[-1] if len(shape) > 1 else 1
        if len(names) != columns:
            raise ValueError(f"There are {len(names)} names for {counted(columns, 'column')}.")
        return names

    def idle_fields(self) -> frozenset[str]:
        return frozenset() if len(self.data.shape) == 3 else frozenset({"batch_first"})

    def about(self) -> str:
        if not self.data.values.size:
            return self.sentence
        axes = ["time", "features"][: len(self.data.shape)]
        if len(self.data.shape) == 3:
            axes = ["batch", "time"] if self.batch_first else ["time", "batch"]
            axes.append("features")
        shape = " × ".join(f"{side:,}" for side in self.data.shape)
        return f"{self.file}: {shape} ({', '.join(axes)})."

    def own_length(self) -> int:
        return max(0, self._end() - self.first + 1)

    def needs_inputs(self) -> int | None:
        try:
            return len(self.chosen())
        except ValueError:
            return None

    def own_batch(self) -> int | None:
        batch = self._all().shape[1]
        return batch if batch > 1 else None

    def misfit(self, length: int, input_size: int) -> str | None:
        if not self.data.values.size:
            return "Open a file with numbers first: File > Open, or drop it on the window."
        if sentence := self._misfit_steps():
            return sentence
        try:
            columns = len(self.chosen())
        except ValueError as error:
            return str(error)
        if columns == input_size:
            return None
        return (
            f"{counted(columns, 'column')} of {self.file} go in and the input has "
            f"{counted(input_size, 'unit')}: set the input size to {columns}."
        )

    def draw(
        self, length: int, batch_size: int, input_size: int, generator: torch.Generator
    ) -> torch.Tensor:
        import torch

        sentence = self.misfit(length, input_size) or self.batch_misfit(batch_size)
        if sentence:
            raise ValueError(sentence)
        if length != self.own_length():
            raise ValueError(f"The sequence has {self.own_length()} steps, not {length}.")
        taken = self.taken()
        shape = (length, batch_size, input_size)
        return torch.from_numpy(np.broadcast_to(taken, shape).copy())

    def code(self, length: int, batch_size: int, input_size: int) -> list[str]:
        return [
            "# File > Export writes this file, when the run is at its end.",
            "from safetensors.torch import load_file",
            f'inputs = load_file("{FILE_IN_CODE}")["inputs"].clone()  # (T, B, I)',
        ]

    def unit_names(self) -> tuple[str, ...] | None:
        return tuple(self.names[column] for column in self.chosen()) if self.names else None

    def chosen(self) -> list[int]:
        """Return the numbers of the columns that are taken, in their order.

        Raises
        ------
        ValueError
            If there is no such column.
        """
        count = self._all().shape[2]
        typed = self.columns.strip()
        parts = [typed] if typed in self.names else [part.strip() for part in typed.split(",")]
        chosen = [column for part in parts if part for column in self._columns(part, count)]
        return chosen or list(range(count))

    def with_toggled(self, column: str) -> Loaded:
        """Return the same without a column, called by its name or number, or with it again."""
        labels = self.names or tuple(map(str, range(self._all().shape[2])))
        if column not in labels:
            return self
        try:
            chosen = set(self.chosen())
        except ValueError:  # what was typed is given up
            chosen = set(range(len(labels)))
        chosen ^= {labels.index(column)}
        all_of_them = not chosen or len(chosen) == len(labels)
        text = "" if all_of_them else ", ".join(_ranges(sorted(chosen), labels))
        return self.model_copy(update={"columns": text})

    def taken(self) -> NDArray[np.float32]:
        """Return what is taken of the file, (T, B, I), float32."""
        rows = self._all()[self.first - 1 : self._end(), :, self.chosen()]
        return _standardised(rows) if self.standardise else rows

    def _all(self) -> NDArray[np.float32]:
        """Return all of the file as (T, B, I), a view."""
        values = self.data.values
        if values.ndim == 3:
            return values.swapaxes(0, 1) if self.batch_first else values
        return values.reshape(len(values), 1, *values.shape[1:] or (1,))

    def _end(self) -> int:
        steps = len(self._all())
        return min(self.last or steps, steps)

    def _misfit_steps(self) -> str | None:
        steps, there = self.own_length(), len(self._all())
        if steps < 1:
            return (
                f"No step is left: {self.file} has {counted(there, 'step')}, from 1 to {there:,}."
            )
        if steps > MAX_LENGTH:
            return (
                f"These are {steps:,} steps; at most {MAX_LENGTH:,} are possible. "
                "Choose fewer with From step and To step."
            )
        return None

    def _columns(self, part: str, count: int) -> range:
        """Return the columns that one name, number or range of numbers stands for."""
        if part in self.names:
            column = self.names.index(part)
            return range(column, column + 1)
        first, _, last = part.partition("-")
        last = last or first
        if not all(_is_number(side.strip()) for side in (first, last)):
            raise ValueError(f"There is no column called “{part[:40]}” in {self.file}.")
        chosen = range(int(first), int(last) + 1)
        if not chosen or chosen[-1] >= count:
            raise ValueError(f"There is no column {part}: they are 0 to {count - 1}.")
        return chosen


def _ranges(numbers: list[int], names: Collection[str]) -> Iterator[str]:
    """Yield ascending numbers as texts, those that follow each other as one: 0-3.

    None is the name of a column: where 2 is called so, the number 2 is written as 2 - 2.
    """
    there = set(numbers)
    starts = [k for k in numbers if k - 1 not in there]
    ends = [k for k in numbers if k + 1 not in there]
    for first, last in zip(starts, ends, strict=True):
        short = str(first) if first == last else f"{first}-{last}"
        yield f"{first} - {last}" if short in names else short


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 10


def _standardised(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return each column with mean 0 and standard deviation 1; one that never changes is zeros."""
    there, axes, exact = np.isfinite(rows), (0, 1), rows.astype(np.float64)
    low = exact.min(axis=axes, initial=np.inf, where=there)
    high = exact.max(axis=axes, initial=-np.inf, where=there)
    changes = high > low
    count = np.maximum(there.sum(axis=axes), 1)
    mean = np.where(changes, exact.sum(axis=axes, where=there) / count, low)
    spread = np.sqrt(((exact - mean) ** 2).sum(axis=axes, where=there) / count)
    with np.errstate(invalid="ignore"):  # what is not finite stays so
        return ((exact - mean) / np.where(changes, spread, 1)).astype(np.float32)
