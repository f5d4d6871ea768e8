"""Any module of the exercise's form, ``forward(x, hidden) -> (output, hidden)``."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from rnnviz.networks.base import Block, CellNetwork, Steps, never

SIZE_ATTRIBUTES = ("hidden_size", "hidden_dim")


class CustomNetwork(CellNetwork):
    """A student's own module behind the contract; what is inside it is not known.

    Parameters
    ----------
    module : nn.Module
        Called as ``output, hidden = module(x, hidden)``, once a step; a kind of nn.RNNCell may
        return hidden alone.
    batched : bool
        Whether x is (B, I) and hidden (B, H); otherwise the module sees (I,) and (H,), as the
        exercise writes it.

    Raises
    ------
    ValueError
        If the module's forward does not take two arguments.
    """

    def __init__(
        self, module: nn.Module, input_size: int, hidden_size: int, *, batched: bool
    ) -> None:
        _check_takes_two(module)
        self.module = module
        self.input_size = input_size
        self.hidden_size = hidden_size
        self.batched = batched

    def initial_state(self, h0: Tensor) -> Tensor:
        """Return h_0 in the shape that the module takes."""
        return h0[0] if self.batched else h0[0, 0]

    def step(self, x: Tensor, h: Tensor) -> tuple[Tensor | None, Tensor]:
        """Call the module once and check what it returns.

        Raises
        ------
        ValueError
            If the module fails on these shapes, or returns something else than an output and a
            hidden state of the shape that it was given.
        """
        x = x if self.batched else x[0]
        try:
            returned = self.module(x, h)
        except (RuntimeError, IndexError) as error:
            shapes = f"x {tuple(x.shape)} and hidden {tuple(h.shape)}"
            raise ValueError(f"The module failed on {shapes}: {error}") from error
        output, hidden = self._as_pair(returned)
        _check_hidden(hidden, h)
        return self._as_vectors(output), hidden

    def run(self, inputs: Steps, state: Tensor, stopped: Callable[[], bool] = never) -> Block:
        """Step through `inputs`; an unbatched module's states gain their batch axis here."""
        block = super().run(inputs, state, stopped)
        if self.batched:
            return block
        tensors = {name: tensor.unsqueeze(-2) for name, tensor in block.tensors.items()}
        return Block(tensors, block.state)

    def kept(self, tensor: Tensor) -> Tensor:
        """Return a copy: the module may change its tensor in place at the next step."""
        return tensor.clone()

    def parameter_names(self, layer: int) -> dict[str, str]:
        """Raise ValueError: the equation of a student's module is not known."""
        raise ValueError("The equation of this module is not known.")

    def _as_pair(self, returned: Any) -> tuple[Any, Any]:
        if isinstance(self.module, nn.RNNCell) and isinstance(returned, Tensor):
            return None, returned
        if not (isinstance(returned, tuple) and len(returned) == 2):
            raise ValueError("The module must return two tensors: (output, hidden).")
        return returned

    def _as_vectors(self, output: Any) -> Tensor | None:
        """Return the output as (O,), or (B, O): a squeezed one has a single unit."""
        if output is None:
            return None
        if not isinstance(output, Tensor):
            raise ValueError(
                f"The module returned {type(output).__name__} as its output; "
                "it must be a tensor, or None."
            )
        axes = 2 if self.batched else 1
        if output.ndim not in (axes - 1, axes):
            wanted = "(B, O)" if self.batched else "(O,)"
            raise ValueError(
                f"The module returned an output of shape {tuple(output.shape)}; {wanted} is needed."
            )
        _check_numbers(output, "an output")
        return output if output.ndim == axes else output.unsqueeze(-1)


def takes_two(module: nn.Module) -> bool:
    """Return whether a module can be called with two arguments, x and hidden."""
    try:
        _signature(module).bind(None, None)
    except TypeError:
        return False
    except ValueError:  # a function written in C does not tell
        return True
    return True


def _signature(module: nn.Module) -> inspect.Signature:
    called = module if type(module).__call__ is not nn.Module.__call__ else module.forward
    return inspect.signature(called)


def _check_takes_two(module: nn.Module) -> None:
    if not takes_two(module):
        raise ValueError(
            f"{type(module).__name__} cannot be stepped: its forward takes "
            f"({', '.join(_signature(module).parameters)}), not (x, hidden)."
        )


def _check_numbers(tensor: Tensor, what: str) -> None:
    if tensor.dtype == torch.bool or tensor.is_complex():
        raise ValueError(
            f"The module returned {what} of {tensor.dtype}; real numbers can be recorded."
        )


def _check_hidden(hidden: Any, h: Tensor) -> None:
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
    _check_numbers(hidden, "a hidden state")


def hidden_size_of(module: nn.Module) -> int:
    """Find out how many hidden units a student's module has.

    Raises
    ------
    ValueError
        If neither an attribute nor a square parameter tells.
    """
    for name in SIZE_ATTRIBUTES:
        size = getattr(module, name, None)
        if isinstance(size, (int, np.integer)) and size is not True and size > 0:
            return int(size)
    squares = {
        len(parameter)
        for name, parameter in module.named_parameters()
        if parameter.ndim == 2 and parameter.shape[0] == parameter.shape[1] and "hh" in name
    }
    if len(squares) == 1:
        return squares.pop()
    raise ValueError("How many hidden units the module has cannot be seen: give h0.")


def dtype_and_device(module: nn.Module) -> tuple[torch.dtype, torch.device]:
    """Return those of a module's first parameter of real numbers (torch's defaults without one)."""
    for parameter in module.parameters():
        if parameter.is_floating_point():
            return parameter.dtype, parameter.device
    return torch.get_default_dtype(), torch.device("cpu")
