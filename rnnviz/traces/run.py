"""A run: a network, its inputs, the record, and how far it is computed and revealed."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import ClassVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from rnnviz.memory import most_steps
from rnnviz.networks.base import Block, Network, Steps, never
from rnnviz.pooling import POOL
from rnnviz.traces.pools import Pools
from rnnviz.traces.record import Allocate
from rnnviz.traces.recorded import RecordedArray, measures_of
from rnnviz.traces.trace import Trace, rows_of
from rnnviz.traces.walk import Walk

EMPTY = "The sequence is empty: it needs at least one step."
BLOCK_STEPS = 64
FLOPS_GUESS = 4e9
"""Multiply-adds a second, until some steps have been timed."""
CALL_SECONDS = 2e-5
"""What calling a small module once costs."""
DOUBT = 24
"""A machine may be so many times slower than the guess."""
PROBES = (1, 1, 4, 16)
"""So many steps are timed to see what one costs; the first find cold caches."""


class Run:
    """Computes a sequence block by block and reveals it step by step.

    `computed` and `revealed` belong to this class alone. How the sequence is cut into blocks does
    not show in the record, to the last bit: stepping, running on, stopping and resuming only
    decide *when* a block is computed.

    Parameters
    ----------
    network : Network
    inputs : Tensor
        (T, B, I); it is used as it lies in memory, not copied.
    h0 : Tensor
        (L, B, H); it is used as it lies in memory, not copied.
    allocate : callable, optional
        (shape, dtype) → room for a part of the record; in memory if left out.
    reads : Tensor or list of Tensor, optional
        What the network is given, if not `inputs` themselves: the same numbers elsewhere in memory.

    Attributes
    ----------
    length : int
        The number of steps T of the whole sequence.
    walk : Walk
        The order in which it is revealed.
    moves : int
        How many moves that takes: T, or T for each layer with both directions.
    batch_size : int
        The number of sequences B.
    steps : int
        How many steps are in the record.
    computed : int
        How many moves can be revealed.
    lock : threading.Lock
        Held while a block is computed; at most one thread computes.
    has_gaps : bool
        Whether NaN stands for what was not recorded.

    Raises
    ------
    ValueError
        If the sequence is empty or a shape does not fit the network.
    """

    has_gaps: ClassVar[bool] = False

    def __init__(
        self,
        network: Network,
        inputs: Tensor,
        h0: Tensor,
        allocate: Allocate = np.empty,
        reads: Steps | None = None,
    ) -> None:
        _check_shapes(network, inputs, h0)
        self.network = network
        self.inputs = inputs
        self.h0 = h0
        self.length, self.batch_size = inputs.shape[:2]
        self.walk = Walk(self.length, network.depth, network.num_directions == 2)
        self.moves = self.walk.moves
        self.steps = self._revealed = 0
        self.lock = threading.Lock()
        self._allocate = allocate
        self._reads = inputs if reads is None else reads
        self._state = network.initial_state(h0)
        self._seconds_per_step: float | None = None
        start = as_array(h0)[np.newaxis]
        self._arrays = {"hidden": self._new_array("hidden", start)}
        self._arrays["hidden"].append(start)
        if network.output_size is not None:  # of a student's module the first step tells
            no_output = np.empty((0, self.batch_size, network.output_size), start.dtype)
            self._arrays["output"] = self._new_array("output", no_output)
        self.trace = Trace(as_array(inputs), self._arrays)

    @property
    def computed(self) -> int:
        """How many moves can be revealed: with both directions, all of them or none."""
        return self.moves if self.steps == self.length else self.steps

    @property
    def revealed(self) -> int:
        """How many moves are shown; never more than `computed`."""
        return self._revealed

    # Computing

    def next_block(self, steps: int = BLOCK_STEPS) -> int:
        """Return the size of the next block if `steps` are wanted.

        It is a multiple of the network's `block_steps`, at least one of these; the remainder of the
        sequence is merged into the last block. What would take too much memory at once is cut.
        """
        least = self.network.block_steps
        wanted = max(1, min(steps, self._most_steps) // least) * least
        left = self.length - self.steps
        return left if left < wanted + least else wanted

    def compute_block(self, steps: int = BLOCK_STEPS, stopped: Callable[[], bool] = never) -> None:
        """Compute the next block; nothing happens at the end of the sequence.

        The block is recorded whole or not at all.

        Parameters
        ----------
        steps : int
            How many are wanted; `next_block` says how many it will be.
        stopped : callable
            Asked from time to time; a true answer ends the work.

        Raises
        ------
        Interrupted
            If `stopped` said so.
        """
        with self.lock:
            steps = self.next_block(steps)
            if not steps:
                return
            first = self.steps == 0
            started = time.perf_counter()
            block = self._steps(steps, stopped)
            self._append(block.tensors, steps)
            self._state = block.state
            self._take_time((time.perf_counter() - started) / steps, first)

    def expected_seconds(self, steps: int) -> float:
        """Return about how long `steps` steps take, from what was timed or, at first, a guess."""
        return steps * (self._seconds_per_step or self._guessed_seconds)

    def is_quick(self, steps: int, seconds: float) -> bool:
        """Return whether `steps` steps take less than `seconds`.

        At first some steps are computed and thrown away to see what one costs, if one is surely
        quick; if it may be slow, so may be finding out.
        """
        if self._seconds_per_step is None and DOUBT * self._guessed_seconds < seconds:
            self._probe(seconds)
        return self._seconds_per_step is not None and self.expected_seconds(steps) < seconds

    def steps_within(self, seconds: float) -> int:
        """Return how many steps take about `seconds`, as far as that is known; at least 1."""
        a_step = self._seconds_per_step or DOUBT * self._guessed_seconds
        return max(1, int(seconds / a_step))

    # Showing

    def reveal(self, step: int) -> None:
        """Show the record up to a move, as far as it is computed; it never shrinks.

        The public trace holds the steps that are shown whole: with both directions, none of them
        before the last move.
        """
        self._revealed = max(self.revealed, min(step, self.computed))
        whole = self.revealed == self.moves or not self.walk.both
        self.trace._steps = min(self.revealed, self.length) if whole else 0

    def sequence(self, name: str, first: int, last: int) -> NDArray:
        """Return rows ``first`` to ``last - 1`` of the record, revealed or not."""
        return self._arrays[name].read(first, last)

    def pooled(self, name: str, level: int, first: int, last: int) -> NDArray:
        """Return what is seen from afar: of every so many rows the entries of largest magnitude.

        Parameters
        ----------
        name : str
            ``"input"``, or a tensor of the record. Rows of ``"hidden"`` begin with h_0.
        level : int
            1: a pool has `rnnviz.pooling.POOL` rows. 2: it has POOL * POOL.
        first, last : int
            Pools ``first`` to ``last - 1``, pool k beginning at row k * POOL ** level. Only pools
            whose rows are all computed exist, revealed or not.

        Returns
        -------
        ndarray
            (last - first, *shape of a row), read-only.

        Raises
        ------
        IndexError
            If one of the pools does not exist.
        """
        rows = self.length if name == "input" else rows_of(name, self.steps)
        if not 0 <= first <= last <= rows // POOL**level:
            raise IndexError(f"Pools {first} to {last - 1} are not all among those of {rows} rows.")
        return self._pools_of(name, last * POOL**level).read(level, first, last)

    def largest(self, name: str) -> float:
        """Return the largest finite magnitude of ``"input"`` (all of it) or of what is revealed."""
        if name == "input":
            return self._input_measures[0]
        if name not in self._arrays:
            return 0.0
        steps = self.steps if self.walk.both and self.revealed else min(self.revealed, self.length)
        return self._arrays[name].largest(rows_of(name, steps))

    def first_not_finite(self, name: str) -> int | None:
        """Return the first row of ``"input"``, or of what is computed, that holds NaN or infinity.

        It may not be revealed yet. None: there is no such row, or no such tensor.
        """
        if name == "input":
            return self._input_measures[1]
        return self._arrays[name].first_not_finite if name in self._arrays else None

    def states_after(self, move: int) -> NDArray:
        """Return a copy of the latest state of each layer and direction after a move, (L, B, H).

        After the last move it is torch's h_n.
        """
        latest = [self.walk.position(layer, move) for layer in range(self.network.num_layers)]
        states = [self.sequence("hidden", t, t + 1)[0, layer] for layer, t in enumerate(latest)]
        return np.stack(states)

    # How it is done

    def _steps(self, steps: int, stopped: Callable[[], bool] = never) -> Block:
        first = self.steps
        with torch.no_grad():
            return self.network.run(self._reads[first : first + steps], self._state, stopped)

    def _append(self, tensors: Mapping[str, Tensor], steps: int) -> None:
        """Record a block; `steps`, which readers go by, changes when all of it is there."""
        self._check_same(tensors)
        arrays = dict(self._arrays)
        for name, tensor in tensors.items():
            rows = as_array(tensor)
            if name not in arrays:
                arrays[name] = self._new_array(name, rows)
            arrays[name].cut(rows_of(name, self.steps))  # of a block that failed half-way
            arrays[name].append(rows)
        self._arrays.update(arrays)
        self.steps += steps

    def _check_same(self, tensors: Mapping[str, Tensor]) -> None:
        known = {name: array.row_shape for name, array in self._arrays.items()}
        found = {name: tuple(tensor.shape[1:]) for name, tensor in tensors.items()}
        if self.steps and found != known:
            raise ValueError(
                "The module must return tensors of the same shapes at every step; "
                f"they were {known}, and are {found} after step {self.steps}."
            )

    def _new_array(self, name: str, rows: NDArray) -> RecordedArray:
        count = rows_of(name, self.length)
        return RecordedArray(rows.shape[1:], rows.dtype, count, self._allocate)

    def _probe(self, seconds: float) -> None:
        """Time some steps, and more of them as long as these take less than `seconds`.

        The first time says little, as nothing is in a cache then: there is always a second.
        """
        for number, wanted in enumerate(PROBES):
            steps = min(wanted, self.length - self.steps)
            if not steps or (number > 1 and self.expected_seconds(steps) > seconds):
                return
            started = time.perf_counter()
            self._steps(steps)
            self._take_time((time.perf_counter() - started) / steps)

    def _take_time(self, seconds_per_step: float, first_recorded: bool = False) -> None:
        # The least counts: whatever else the machine did meanwhile says nothing of the next block.
        # But what was only tried out was not recorded, which may take longer than computing.
        known = None if first_recorded else self._seconds_per_step
        self._seconds_per_step = seconds_per_step if known is None else min(known, seconds_per_step)

    def _pools_of(self, name: str, last_row: int) -> Pools:
        if name != "input":
            return self._arrays[name].pools
        self._input_pools.extend(last_row)
        return self._input_pools

    @cached_property
    def _input_pools(self) -> Pools:
        inputs = self.trace.all_inputs
        return Pools(lambda a, b: inputs[a:b], inputs.shape[1:], inputs.dtype, self.length)

    @cached_property
    def _input_measures(self) -> tuple[float, int | None]:
        return measures_of(self.trace.all_inputs)

    @cached_property
    def _most_steps(self) -> int:
        network = self.network
        numbers = network.num_layers * network.hidden_size + (network.output_size or 0)
        return most_steps(numbers * self.batch_size * self.inputs.element_size())

    @cached_property
    def _guessed_seconds(self) -> float:
        weights = sum(parameter.numel() for parameter in self.network.module.parameters())
        return CALL_SECONDS * self.network.num_layers + weights * self.batch_size / FLOPS_GUESS


def as_array(tensor: Tensor) -> NDArray[np.floating]:
    """Return a tensor as numpy has it; bfloat16, which numpy lacks, as float32."""
    tensor = tensor.detach().cpu()
    return (tensor.float() if tensor.dtype == torch.bfloat16 else tensor).numpy()


def _check_shapes(network: Network, inputs: Tensor, h0: Tensor) -> None:
    if inputs.ndim != 3 or inputs.shape[-1] != network.input_size:
        raise ValueError(
            f"The inputs have the shape {tuple(inputs.shape)}; "
            f"(T, B, {network.input_size}) is needed."
        )
    if len(inputs) == 0:
        raise ValueError(EMPTY)
    wanted = (network.num_layers, inputs.shape[1], network.hidden_size)
    if tuple(h0.shape) != wanted:
        raise ValueError(f"h0 has the shape {tuple(h0.shape)}; {wanted} is needed.")
