"""What every scheme shares."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

from rnnviz.fields import Described

if TYPE_CHECKING:
    import torch


class Scheme(Described):
    """How a parameter gets its first numbers.

    Attributes
    ----------
    name : str
        The scheme's name in settings files.
    matrices_only : bool
        Whether torch defines it for matrices alone; biases become zeros.
    uses_seed : bool
        Whether chance is involved.
    working_copies : int
        How many copies of a parameter, at most, torch holds beside it while it fills it.
    """

    name: str = ""
    matrices_only: ClassVar[bool] = False
    uses_seed: ClassVar[bool] = True
    working_copies: ClassVar[int] = 0

    @abstractmethod
    def fill(
        self, parameter: torch.Tensor, *, name: str, hidden_size: int, generator: torch.Generator
    ) -> None:
        """Fill `parameter` in place.

        Parameters
        ----------
        parameter : Tensor
            A matrix (rows, columns) or a bias (rows,).
        name : str
            The parameter's name in its module.
        hidden_size : int
            The number of hidden units, which torch's default asks for.
        generator : torch.Generator
            Where chance comes from; it moves on as torch's global one would in a script.

        Raises
        ------
        ValueError
            Where `misfit` has something to say.
        """

    @abstractmethod
    def code(
        self, target: str, *, name: str, shape: tuple[int, ...], hidden_size: int
    ) -> list[str]:
        """Return lines of Python that do the same as `fill`, with torch's global generator.

        Parameters
        ----------
        target : str
            What the parameter is called in the script, such as ``rnn.W_hh``.
        name : str
            The parameter's name in its module.
        shape : tuple of int
        hidden_size : int
        """

    def draws(self, shape: tuple[int, ...]) -> bool:
        """Return whether a parameter of `shape` gets its numbers from chance."""
        return self.uses_seed and not (self.matrices_only and len(shape) < 2)

    def misfit(self, name: str, shape: tuple[int, ...]) -> str | None:
        """Return a sentence why the scheme cannot fill parameter `name` of `shape`, or None."""
        return None

    def needed_code(self) -> list[str]:
        """Return lines of Python that `code` relies on, to stand once before it."""
        return []

    def renamed(self, names: Mapping[str, str]) -> Scheme:
        """Return the same for a network that calls its parameters otherwise: old → new name."""
        return self

    def fitted(self, shapes: Mapping[str, tuple[int, ...]]) -> Scheme | None:
        """Return the same for parameters of other shapes; None where it cannot fill them."""
        return self

    def what_became(self, now: Scheme) -> str:
        """Say what became of the numbers when the network changed; empty if nothing did."""
        return ""
