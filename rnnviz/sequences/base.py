"""What every source of input shares."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, ClassVar

from rnnviz.fields import Described

if TYPE_CHECKING:
    import torch


class Source(Described):
    """Where a sequence comes from.

    Steps are counted from 1, as h_1 follows x_1; units from 0, as torch indexes them.

    Attributes
    ----------
    name : str
        The source's name in settings files.
    uses_seed : bool
        Whether chance is involved.
    copies_one : bool
        Whether several sequences are copies of one, which is there beside them for a moment.
    """

    name: str
    uses_seed: ClassVar[bool] = False
    copies_one: ClassVar[bool] = False

    @abstractmethod
    def draw(
        self, length: int, batch_size: int, input_size: int, generator: torch.Generator
    ) -> torch.Tensor:
        """Return the sequence, new, contiguous and float32.

        Parameters
        ----------
        length : int
            The number of steps T; the source's `own_length` where it has one.
        batch_size, input_size : int
            The numbers of sequences B and of input units I. All B sequences are the same, unless
            chance is involved.
        generator : torch.Generator
            Where chance comes from.

        Returns
        -------
        Tensor
            Of shape (T, B, I).

        Raises
        ------
        ValueError
            Where `misfit` has something to say, or the length is not the source's own.
        """

    @abstractmethod
    def code(self, length: int, batch_size: int, input_size: int) -> list[str]:
        """Return lines of Python that define ``inputs``, the same bits as `draw` returns.

        Where chance is involved, it comes from torch's global generator.
        """

    def own_length(self) -> int | None:
        """Return the number of steps that the source itself has; None: the user's length counts."""
        return None

    def needs_inputs(self) -> int | None:
        """Return the input size that the source asks for; None: any."""
        return None

    def own_batch(self) -> int | None:
        """Return the number of sequences that the source itself has; None: any."""
        return None

    def batch_misfit(self, batch_size: int) -> str | None:
        """Return a sentence why so many sequences are not possible, or None."""
        own = self.own_batch()
        if own in (None, batch_size):
            return None
        return f"The source has {own:,} sequences: set the batch to {own}."

    def following(self, previous: Source) -> Source:
        """Return this source with what a change from `previous` brings along."""
        return self

    def misfit(self, length: int, input_size: int) -> str | None:
        """Return a sentence why the source does not fit, with the limit, or None."""
        return None

    def labels(self) -> tuple[str, ...] | None:
        """Return a label for each step, or None."""
        return None

    def unit_names(self) -> tuple[str, ...] | None:
        """Return the names of the first input units, or None."""
        return None


class Fixed(Source):
    """A source without chance: all sequences of the batch are the same."""

    copies_one: ClassVar[bool] = True

    def draw(
        self, length: int, batch_size: int, input_size: int, generator: torch.Generator
    ) -> torch.Tensor:
        if sentence := self.misfit(length, input_size):
            raise ValueError(sentence)
        if self.own_length() not in (None, length):
            raise ValueError(f"The sequence has {self.own_length()} steps, not {length}.")
        one = self._one(length, input_size)
        return one.unsqueeze(1).expand(-1, batch_size, -1).contiguous()

    def code(self, length: int, batch_size: int, input_size: int) -> list[str]:
        copies = f".repeat(1, {batch_size}, 1)" if batch_size > 1 else ""
        return [
            *self._one_code(length, input_size),
            f"inputs = sequence.unsqueeze(1){copies}  # (T, B, I)",
        ]

    @abstractmethod
    def _one(self, length: int, input_size: int) -> torch.Tensor:
        """Return one sequence (T, I), float32."""

    @abstractmethod
    def _one_code(self, length: int, input_size: int) -> list[str]:
        """Return lines of Python that define ``sequence`` as `_one` returns it."""


def unit_misfit(unit: int, input_size: int) -> str | None:
    """Return a sentence if the input has no such unit."""
    if unit < input_size:
        return None
    if input_size == 1:
        return f"There is no unit {unit}: the input's only unit is 0."
    return f"There is no unit {unit}: the input's units are 0 to {input_size - 1}."
