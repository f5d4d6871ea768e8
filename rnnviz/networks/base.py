"""The contract of a network: what the record, the session and the views may ask of it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import torch
from torch import Tensor, nn

Steps = Tensor | list[Tensor]
"""x_1 .. x_n as (n, B, I), or each for itself, (B, I), where it lies in memory."""


class Interrupted(Exception):  # noqa: N818 (nothing went wrong)
    """A block was given up before its end, because nobody waits for it any more."""


def never() -> bool:
    """Return False: the block is computed to its end."""
    return False


@dataclass(frozen=True)
class Block:
    """What a network computed for a block of n steps.

    Attributes
    ----------
    tensors : mapping of str to Tensor
        Time first. ``hidden`` (n, L, B, H) always; ``output`` (n, B, O) where there is one.
    state : object
        What `Network.run` wants back to go on. It holds the very tensors that the module returned:
        a copy at another address changes the last bits of what follows.
    """

    tensors: Mapping[str, Tensor]
    state: Any


class Network(ABC):
    """A torch module, and how a sequence goes through it.

    Attributes
    ----------
    module : nn.Module
        The module itself, as a script would use it.
    input_size, hidden_size : int
    num_layers : int
        The entries of the record's axis of layers. With both directions each layer has two, in the
        order of torch's h_n: layer 0 forward, layer 0 backward, layer 1 forward, …
    num_directions : int
        2 where the sequence is read from its end as well, else 1.
    output_size : int or None
        None where the module has no output layer.
    nonlinearity : str
        ``"tanh"`` or ``"relu"``.
    output_nonlinearity : str or None
        ``"linear"`` or ``"tanh"``; None without an output layer.
    """

    block_steps: ClassVar[int]
    """Blocks are multiples of this, the last one with the remainder: only so are the bits the same
    as in one go."""

    module: nn.Module
    input_size: int
    hidden_size: int
    num_layers: int = 1
    num_directions: int = 1
    output_size: int | None = None
    nonlinearity: str = "tanh"
    output_nonlinearity: str | None = None

    @abstractmethod
    def initial_state(self, h0: Tensor) -> Any:
        """Return the state to begin with, from `h0` (L, B, H), which is not copied."""

    @abstractmethod
    def run(self, inputs: Steps, state: Any, stopped: Callable[[], bool] = never) -> Block:
        """Run the n steps of `inputs`, a part of the whole sequence, from `state`.

        Parameters
        ----------
        inputs : Tensor or list of Tensor
            (n, B, I), a view: last bits hang on where it lies.
        state : object
            What `initial_state` or the block before gave; it is as good afterwards.
        stopped : callable
            Asked from time to time; a true answer ends the work.

        Raises
        ------
        Interrupted
            If `stopped` said so.
        """

    @abstractmethod
    def parameter_names(self, layer: int) -> dict[str, str]:
        """Return, for each symbol of the equation, the name of the module's parameter.

        The symbols are those of ``W_ih``, ``W_hh``, ``b_ih``, ``b_hh``, ``W_ho``, ``b_ho`` that
        this layer has; the output's stand with the last layer.
        """

    @property
    def depth(self) -> int:
        """The number of layers, however many directions each has."""
        return self.num_layers // self.num_directions

    def depth_of(self, layer: int) -> int:
        """Return which layer an entry of the axis of layers belongs to."""
        return layer // self.num_directions

    def is_backward(self, layer: int) -> bool:
        """Return whether an entry of the axis of layers reads from the end."""
        return self.num_directions == 2 and layer % 2 == 1

    def layer_name(self, layer: int) -> str:
        """Return how an entry of the axis of layers is called: ``layer 0``, ``layer 0 ←``."""
        name = f"layer {self.depth_of(layer)}"
        if self.num_directions == 1:
            return name
        return f"{name} {'←' if self.is_backward(layer) else '→'}"

    def below(self, layer: int) -> tuple[int, ...]:
        """Return the entries that a layer reads, put behind each other; none: the inputs."""
        depth, d = self.depth_of(layer), self.num_directions
        return tuple(range((depth - 1) * d, depth * d)) if depth else ()

    def parameters(self, layer: int) -> dict[str, Tensor]:
        """Return the tensors of one layer's equation by symbol, detached, not copied."""
        module, names = self.module, self.parameter_names(layer)
        return {symbol: getattr(module, name).detach() for symbol, name in names.items()}

    def pre_activations(self, x: Tensor, h_prev: Tensor, layer: int) -> Tensor:
        """Return ``a_t = W_ih x_t + b_ih + W_hh h_{t-1} + b_hh`` of a layer.

        Parameters
        ----------
        x : Tensor
            What the layer reads: (..., I), or (..., H) of the layer below.
        h_prev : Tensor
            The layer's state one step earlier, (..., H).
        """
        p, linear = self.parameters(layer), nn.functional.linear
        return linear(x, p["W_ih"], p.get("b_ih")) + linear(h_prev, p["W_hh"], p.get("b_hh"))


class CellNetwork(Network):
    """A network that is stepped in a loop, as a script would write it."""

    block_steps = 1

    @abstractmethod
    def step(self, x: Tensor, h: Tensor) -> tuple[Tensor | None, Tensor]:
        """Return ``(output or None, hidden)`` of one step; x (B, I), h (B, H)."""

    def initial_state(self, h0: Tensor) -> Tensor:
        """Return h_0 (B, H), a view of `h0` (1, B, H)."""
        return h0[0]

    def run(self, inputs: Steps, state: Tensor, stopped: Callable[[], bool] = never) -> Block:
        """Step through `inputs`, feeding back the tensor that the module returned."""
        hidden, outputs = [], []
        for x in inputs:
            if stopped():
                raise Interrupted
            output, state = self.step(x, state)
            hidden.append(self.kept(state))
            if output is not None:
                outputs.append(self.kept(output))
        tensors = {"hidden": torch.stack(hidden).unsqueeze(1)}
        if outputs:
            tensors["output"] = _stacked_outputs(outputs, len(hidden))
        return Block(tensors, state)

    def kept(self, tensor: Tensor) -> Tensor:
        """Return `tensor` as it is to be recorded: itself, where nobody changes it any more."""
        return tensor


def _stacked_outputs(outputs: list[Tensor], steps: int) -> Tensor:
    shapes = {tuple(output.shape) for output in outputs}
    if len(shapes) > 1 or len(outputs) < steps:
        raise ValueError("The module must return an output of the same shape at every step.")
    return torch.stack(outputs)
