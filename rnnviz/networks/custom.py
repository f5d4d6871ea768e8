"""Any module of the exercise's form, ``forward(x, hidden) -> (output, hidden)``."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from rnnviz.networks.base import Block, CellNetwork

SIZE_ATTRIBUTES = ("hidden_size", "hidden_dim")


class CustomNetwork(CellNetwork):
    """A student's own module behind the contract; what is inside it is not known.

    Parameters
    ----------
    module : nn.Module
        Called as ``output, hidden = module(x, hidden)``, once a step.
    batched : bool
        Whether x is (B, I) and hidden (B, H); otherwise the module sees (I,) and (H,), as the
        exercise writes it.
    """

    def __init__(
        self, module: nn.Module, input_size: int, hidden_size: int, *, batched: bool
    ) -> None:
        self.module = module
        self.input_size = input_size
        self.hidden_size = hidden_size
        self.batched = batched

    def initial_state(self, h0: Tensor) -> Tensor:
        """Return h_0 in the shape that the module takes."""
        return h0[0] if self.batched else h0[0, 0]

    def step(self, x: Tensor, h: Tensor) -> tuple[Tensor, Tensor]:
        """Call the module once and check what it returns.

        Raises
        ------
        ValueError
            If the module fails on these shapes, or returns something else than a pair with a
            hidden state of the shape that it was given.
        """
        x = x if self.batched else x[0]
        try:
            returned = self.module(x, h)
        except (RuntimeError, IndexError) as error:
            shapes = f"x {tuple(x.shape)} and hidden {tuple(h.shape)}"
            raise ValueError(f"The module failed on {shapes}: {error}") from error
        if not (isinstance(returned, tuple) and len(returned) == 2):
            raise ValueError("The module must return two tensors: (output, hidden).")
        output, hidden = returned
        if not isinstance(hidden, Tensor):
            raise ValueError(
                f"The module returned {type(hidden).__name__} as its hidden state; "
                "it must return two tensors: (output, hidden)."
            )
        if hidden.shape != h.shape:
            raise ValueError(
                f"The module was given hidden {tuple(h.shape)} and returned {tuple(hidden.shape)}; "
                "it must return (output, hidden), in this order."
            )
        return output, hidden

    def run(self, inputs: Tensor, state: Tensor) -> Block:
        """Step through `inputs`; an unbatched module's states gain their batch axis here."""
        block = super().run(inputs, state)
        if self.batched:
            return block
        tensors = {name: tensor.unsqueeze(-2) for name, tensor in block.tensors.items()}
        return Block(tensors, block.state)

    def parameter_names(self, layer: int) -> dict[str, str]:
        """Raise ValueError: the equation of a student's module is not known."""
        raise ValueError("The equation of this module is not known.")


def hidden_size_of(module: nn.Module) -> int:
    """Find out how many hidden units a student's module has.

    Raises
    ------
    ValueError
        If neither an attribute nor a square parameter tells.
    """
    for name in SIZE_ATTRIBUTES:
        size = getattr(module, name, None)
        if isinstance(size, int):
            return size
    squares = {
        len(parameter)
        for name, parameter in module.named_parameters()
        if parameter.ndim == 2 and parameter.shape[0] == parameter.shape[1] and "hh" in name
    }
    if len(squares) == 1:
        return squares.pop()
    raise ValueError("How many hidden units the module has cannot be seen: give h0.")


def dtype_and_device(module: nn.Module) -> tuple[torch.dtype, torch.device]:
    """Return the dtype and device of a module's first parameter (torch's defaults without one)."""
    for parameter in module.parameters():
        return parameter.dtype, parameter.device
    return torch.get_default_dtype(), torch.device("cpu")
