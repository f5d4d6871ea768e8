"""A run: a network, its inputs, the record, and how far it is computed and revealed."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from rnnviz.networks.base import Network
from rnnviz.traces.record import GrowingArray
from rnnviz.traces.trace import Trace

FLOPS_GUESS = 4e9
"""Multiply-adds a second, until the first block has been timed."""
CALL_SECONDS = 2e-5
"""What calling a small module once costs."""


class Run:
    """Computes a sequence block by block and reveals it step by step.

    `computed` and `revealed` belong to this class alone. The blocks depend on the length of the
    sequence and on nothing else, so that the record is the same to the last bit however one got
    there: stepping, running on, stopping and resuming only decide *when* a block is computed.

    Parameters
    ----------
    network : Network
    inputs : Tensor
        (T, B, I), contiguous; it is used as it lies in memory, not copied.
    h0 : Tensor
        (L, B, H); it is used as it lies in memory, not copied.

    Attributes
    ----------
    lock : threading.Lock
        Held while a block is computed; at most one thread computes.

    Raises
    ------
    ValueError
        If the sequence is empty or a shape does not fit the network.
    """

    def __init__(self, network: Network, inputs: Tensor, h0: Tensor) -> None:
        _check_shapes(network, inputs, h0)
        self.network = network
        self.inputs = inputs
        self.h0 = h0
        self.lock = threading.Lock()
        self._state = network.initial_state(h0)
        self._arrays: dict[str, GrowingArray] = {}
        self.trace = Trace(inputs.detach().cpu().numpy(), self._arrays)
        self._largest = {"input": _largest(self.trace.all_inputs)}
        self._append({"hidden": h0.detach().unsqueeze(0)})
        self._seconds_per_step: float | None = None

    @property
    def length(self) -> int:
        """The number of steps T of the whole sequence."""
        return len(self.inputs)

    @property
    def batch_size(self) -> int:
        """The number of sequences B."""
        return self.inputs.shape[1]

    @property
    def computed(self) -> int:
        """How many steps are in the record."""
        return len(self._arrays["hidden"]) - 1

    @property
    def revealed(self) -> int:
        """How many steps are shown; never more than `computed`."""
        return len(self.trace)

    def next_block(self) -> int:
        """Return the size of the next block: the remainder is merged into the last one."""
        left = self.length - self.computed
        size = self.network.block_steps
        return left if left < 2 * size else size

    def expected_seconds(self, steps: int) -> float:
        """Return about how long `steps` steps take, from the last block or, at first, a guess."""
        return steps * (self._seconds_per_step or self._guessed_seconds())

    def compute_block(self) -> None:
        """Compute the next block; nothing happens at the end of the sequence."""
        with self.lock:
            first, steps = self.computed, self.next_block()
            if not steps:
                return
            started = time.perf_counter()
            with torch.no_grad():
                block = self.network.run(self.inputs[first : first + steps], self._state)
            self._append(block.tensors)
            self._state = block.state
            self._seconds_per_step = (time.perf_counter() - started) / steps

    def reveal(self, step: int) -> None:
        """Show the record up to `step`, as far as it is computed; it never shrinks."""
        self.trace._steps = max(self.revealed, min(step, self.computed))

    def sequence(self, name: str, first: int, last: int) -> NDArray:
        """Return rows ``first`` to ``last - 1`` of the record, revealed or not."""
        return self._arrays[name].read(first, last)

    def largest(self, name: str) -> float:
        """Return the largest finite magnitude of ``"input"`` (all of it) or of a tensor so far."""
        return self._largest.get(name, 0.0)

    def _append(self, tensors: Mapping[str, Tensor]) -> None:
        # `hidden` goes last: its length is what `computed` counts, and others read up to it.
        for name in sorted(tensors, key=lambda name: name == "hidden"):
            rows = _as_array(tensors[name])
            if name not in self._arrays:
                self._arrays[name] = GrowingArray(rows.shape[1:], rows.dtype)
            self._largest[name] = max(self._largest.get(name, 0.0), _largest(rows))
            self._arrays[name].append(rows)

    def _guessed_seconds(self) -> float:
        weights = sum(parameter.numel() for parameter in self.network.module.parameters())
        return CALL_SECONDS * self.network.num_layers + weights * self.batch_size / FLOPS_GUESS


def _as_array(tensor: Tensor) -> NDArray[np.floating]:
    tensor = tensor.detach().cpu()
    return (tensor.float() if tensor.dtype == torch.bfloat16 else tensor).numpy()


def _largest(rows: NDArray) -> float:
    finite = np.abs(rows[np.isfinite(rows)])
    return float(finite.max(initial=0.0))


def _check_shapes(network: Network, inputs: Tensor, h0: Tensor) -> None:
    if inputs.ndim != 3 or inputs.shape[-1] != network.input_size:
        raise ValueError(
            f"The inputs have the shape {tuple(inputs.shape)}; "
            f"(T, B, {network.input_size}) is needed."
        )
    if len(inputs) == 0:
        raise ValueError("The sequence is empty: it needs at least one step.")
    wanted = (network.num_layers, inputs.shape[1], network.hidden_size)
    if tuple(h0.shape) != wanted:
        raise ValueError(f"h0 has the shape {tuple(h0.shape)}; {wanted} is needed.")
