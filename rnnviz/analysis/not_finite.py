"""Where a run first leaves the finite numbers: in a weight, the start state, an input, a state."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from rnnviz.networks.base import Network
from rnnviz.traces.run import Run


@dataclass(frozen=True)
class NotFinite:
    """A number that is NaN or infinite, the first of its run, and where it is.

    Attributes
    ----------
    symbol : str
        That of the equation: ``"x"``, ``"h"``, ``"y"``, or a parameter such as ``"W_hh"``.
    value : float
    step : int
        0 for the start state and for parameters.
    move : int
        The first one that shows it.
    layer, sequence, unit : int
        Of a parameter `unit` is the row.
    column : int or None
        Of a matrix.
    """

    symbol: str
    value: float
    step: int = 0
    move: int = 0
    layer: int = 0
    sequence: int = 0
    unit: int = 0
    column: int | None = None


class FirstNotFinite:
    """Knows the first number of a run that is not finite, as soon as it is revealed.

    Asking costs the same after any number of steps: the record knows its odd rows.

    Parameters
    ----------
    run : Run
    """

    def __init__(self, run: Run) -> None:
        self._run = run
        self._found: dict[str, NotFinite | None] = {}  # in the rows that were looked at
        self._find = {"input": self._input, "hidden": self._state, "output": self._output}

    def shown(self) -> NotFinite | None:
        """Return the first one that is revealed: of one move the input, then the state."""
        there = [found for found in self._all() if found.move <= self._run.revealed]
        return min(there, key=lambda found: found.move, default=None)

    def _all(self) -> Iterator[NotFinite]:
        for name, find in self._find.items():
            row = self._run.first_not_finite(name)
            if row is not None and name not in self._found:
                self._found[name] = find(row)
            if (found := self._found.get(name)) is not None:
                yield found

    def _input(self, row: int) -> NotFinite:
        rows = self._run.trace.all_inputs[row]  # (B, I)
        sequence, unit = _first_place(~np.isfinite(rows))
        # Read from both ends, there is no saying which end meets it first.
        move = 1 if self._run.walk.both else row + 1
        value = float(rows[sequence, unit])
        return NotFinite("x", value, row + 1, move, sequence=sequence, unit=unit)

    def _state(self, row: int) -> NotFinite | None:
        walk = self._run.walk
        layer, row = _first_both_ways(self._run) if walk.both and row else (None, row)
        states = self._run.sequence("hidden", row, row + 1)[0]  # (L, B, H)
        odd = self._odd(states)
        if layer is not None:
            odd[:layer] = odd[layer + 1 :] = False
        if not odd.any():
            return None
        layer, sequence, unit = _first_place(odd)
        value, move = float(states[layer, sequence, unit]), walk.move_to(layer, row)
        return NotFinite("h", value, row, move if row else 0, layer, sequence, unit)

    def _output(self, row: int) -> NotFinite | None:
        outputs = self._run.sequence("output", row, row + 1)[0]  # (B, O)
        odd = self._odd(outputs)
        if not odd.any():
            return None
        sequence, unit = _first_place(odd)
        layer, value = self._run.network.num_layers - 1, float(outputs[sequence, unit])
        return NotFinite("y", value, row + 1, row + 1, layer, sequence, unit)

    def _odd(self, values: NDArray) -> NDArray[np.bool_]:
        """Return what is not finite, but for NaN that stands for what was not recorded."""
        odd: NDArray[np.bool_] = np.isinf(values) if self._run.has_gaps else ~np.isfinite(values)
        return odd


def weight_not_finite(network: Network) -> NotFinite | None:
    """Return the first parameter of the equation that is NaN or infinite, and where."""
    for layer in range(network.num_layers):
        for symbol, tensor in network.parameters(layer).items():
            if not _is_finite(tensor):
                odd = (~torch.isfinite(tensor)).cpu().numpy()
                unit, *column = _first_place(odd)
                value = float(tensor[(unit, *column)])
                return NotFinite(
                    symbol, value, layer=layer, unit=unit, column=column[0] if column else None
                )
    return None


def _is_finite(tensor: torch.Tensor) -> bool:
    """Return whether all numbers are finite, with no memory of their size."""
    return not tensor.numel() or all(math.isfinite(float(end)) for end in tensor.aminmax())


def _first_place(odd: NDArray[np.bool_]) -> tuple[int, ...]:
    return tuple(int(i) for i in np.unravel_index(int(odd.argmax()), odd.shape))


def _first_both_ways(run: Run) -> tuple[int, int]:
    """Return the layer and the row of the first odd state, in the order that they are shown."""
    walk, states = run.walk, run.sequence("hidden", 1, run.steps + 1)
    found = []
    for layer in range(run.network.num_layers):
        rows = np.flatnonzero(~np.isfinite(states[:, layer]).all(axis=(1, 2))) + 1
        if len(rows):
            found.append(min((walk.move_to(layer, int(r)), layer, int(r)) for r in rows[[0, -1]]))
    return min(found)[1:]
