"""One step of one layer, and how a single unit's number came about, term by term."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from torch import Tensor

    from rnnviz.networks.base import Network
    from rnnviz.traces.trace import Trace

Floats = NDArray[np.float32]
Part = Literal["hidden", "output"]

MATRICES: dict[Part, tuple[tuple[str, str], ...]] = {
    "hidden": (("W_ih", "x"), ("W_hh", "h_prev")),
    "output": (("W_ho", "h"),),
}
"""Each part's matrices, and the vector that each of them meets."""
BIASES: dict[Part, tuple[str, ...]] = {"hidden": ("b_ih", "b_hh"), "output": ("b_ho",)}
FUNCTIONS: dict[str, Callable[[float], float]] = {
    "tanh": math.tanh,
    "relu": lambda a: 0.0 if a <= 0 else a,  # NaN stays NaN, as in torch
    "linear": lambda a: a,
}
"""What becomes of a sum, in double precision."""


@dataclass(frozen=True)
class Moment:
    """What one layer's equation holds at step t, for one sequence; 1-d float32 arrays.

    Attributes
    ----------
    t : int
    h : numpy.ndarray
        The state h_t, (H,); at t = 0 the start state.
    x, h_prev, a, y : numpy.ndarray or None
        What the layer read, its state one step earlier, the sum before the nonlinearity, and the
        output. None at t = 0, where nothing was computed; y also where there is no output.
    """

    t: int
    h: Floats
    x: Floats | None = None
    h_prev: Floats | None = None
    a: Floats | None = None
    y: Floats | None = None


def moment(network: Network, trace: Trace, t: int, layer: int, sequence: int) -> Moment:
    """Read step `t` of a layer and a sequence from the record.

    Raises
    ------
    IndexError
        If the record does not reach step `t`, or has no such layer or sequence.
    """
    states = trace.hidden
    state = states[t]  # (L, B, H)
    h = copied(state[layer, sequence])
    if t == 0:
        return Moment(0, h)
    x = copied((state[layer - 1] if layer else trace.inputs[t - 1])[sequence])
    h_prev = copied(states[t - 1][layer, sequence])
    a = pre_activation(network, x, h_prev, layer)
    outputs = trace.outputs if layer == network.num_layers - 1 else None
    y = None if outputs is None else copied(outputs[t - 1][sequence])
    return Moment(t, h, x, h_prev, a, y)


def copied(values: NDArray) -> Floats:
    """Return a copy as float32."""
    return np.array(values, np.float32)


def pre_activation(network: Network, x: Floats, h_prev: Floats, layer: int) -> Floats:
    """Return the sums a_t of a layer, (..., H), from x (..., I) and h_{t-1} (..., H)."""
    a: Floats = network.pre_activations(_tensor(x), _tensor(h_prev), layer).numpy()
    return a


def _tensor(values: Floats) -> Tensor:
    import torch

    return torch.from_numpy(values if values.flags.writeable else values.copy())


@dataclass(frozen=True)
class Product:
    """One weight, the number that it met, and what they make.

    Attributes
    ----------
    matrix, vector : str
        Their symbols, ``"W_ih"`` and ``"x"``.
    place : int
        The entry of the vector, which is the weight's column.
    """

    matrix: str
    vector: str
    place: int
    weight: float
    input: float
    product: float


@dataclass(frozen=True)
class Group:
    """A row of a matrix times a vector: ``W_ih x_t`` of one unit.

    Attributes
    ----------
    matrix, vector : str
        Their symbols.
    weights, inputs, products : numpy.ndarray
        float32, of one length.
    subtotal : float
    """

    matrix: str
    vector: str
    weights: Floats
    inputs: Floats
    products: Floats
    subtotal: float


@dataclass(frozen=True)
class UnitSum:
    """How one unit's number came about.

    Attributes
    ----------
    part : str
        ``"hidden"`` or ``"output"``.
    unit : int
    groups : tuple of Group
    biases : mapping of str to float
        By symbol; empty without biases.
    a : float
        The sum, the network's own: what the nonlinearity was given.
    result : float
        The number in the record.
    nonlinearity : str
        ``"tanh"``, ``"relu"`` or ``"linear"``.
    """

    part: Part
    unit: int
    groups: tuple[Group, ...]
    biases: Mapping[str, float]
    a: float
    result: float
    nonlinearity: str

    @property
    def bias(self) -> float:
        """The biases together."""
        return float(sum(self.biases.values()))

    def largest(self, count: int) -> list[Product]:
        """Return the `count` products of largest magnitude, largest first; NaN comes before all."""
        return [self.product(place) for place in by_size(self._products())[:count]]

    def others(self, count: int) -> tuple[int, float]:
        """Return how many products `largest` leaves out, and their sum."""
        products = self._products()
        rest = by_size(products)[count:]
        return len(rest), float(products[rest].sum(dtype=np.float32))

    def _products(self) -> Floats:
        return np.concatenate([group.products for group in self.groups])

    def product(self, place: int) -> Product:
        """Return one product, counted through all groups."""
        for group in self.groups:
            if place < len(group.products):
                break
            place -= len(group.products)
        return Product(
            group.matrix,
            group.vector,
            int(place),
            float(group.weights[place]),
            float(group.inputs[place]),
            float(group.products[place]),
        )


def unit_terms(
    network: Network,
    layer: int,
    part: Part,
    unit: int,
    x: Floats,
    h_prev: Floats,
    h: Floats,
    y: Floats | None = None,
    a: Floats | None = None,
) -> UnitSum:
    """Take one unit's number apart.

    The products are weight times input in float32; the sum and the result are the network's own,
    so that the parts add up to the sum but for rounding.

    Parameters
    ----------
    network : Network
    layer : int
    part : {"hidden", "output"}
        Whether `unit` is one of h_t or of y_t.
    unit : int
    x, h_prev, h : numpy.ndarray
        What the layer read, its state before, and its state: (I,), (H,), (H,).
    y : numpy.ndarray, optional
        The output, (O,); needed for the part "output".
    a : numpy.ndarray, optional
        The layer's sums, (H,), where they are known: to work them out takes all weights.

    Raises
    ------
    ValueError
        If the layer has no output.
    """
    parameters = network.parameters(layer)
    vectors = {"x": x, "h_prev": h_prev, "h": h}
    present = [(matrix, vector) for matrix, vector in MATRICES[part] if matrix in parameters]
    if not present or (part == "output" and y is None):
        raise ValueError(f"Layer {layer} has no output.")
    groups = tuple(
        _group(matrix, vector, parameters[matrix][unit].numpy(), vectors[vector])
        for matrix, vector in present
    )
    biases = {name: float(parameters[name][unit]) for name in BIASES[part] if name in parameters}
    if part == "output":
        assert y is not None
        nonlinearity = network.output_nonlinearity or "linear"
        result = float(y[unit])
        total = result if nonlinearity == "linear" else _output_sum(network, layer, h, unit)
    else:
        nonlinearity, result = network.nonlinearity, float(h[unit])
        sums = pre_activation(network, x, h_prev, layer) if a is None else a
        total = float(sums[unit])
    return UnitSum(part, unit, groups, biases, total, result, nonlinearity)


def _output_sum(network: Network, layer: int, h: Floats, unit: int) -> float:
    from torch.nn.functional import linear

    parameters = network.parameters(layer)
    return float(linear(_tensor(h), parameters["W_ho"], parameters.get("b_ho"))[unit])


def _group(matrix: str, vector: str, weights: Floats, inputs: Floats) -> Group:
    weights, inputs = np.array(weights, np.float32), np.array(inputs, np.float32)
    with np.errstate(invalid="ignore", over="ignore"):  # inf and NaN are shown as they are
        products = weights * inputs
        subtotal = float(products.sum(dtype=np.float32))
    return Group(matrix, vector, weights, inputs, products, subtotal)


def by_size(products: NDArray) -> NDArray[np.intp]:
    """Return the places of `products`, the largest magnitude first; NaN counts as infinite."""
    magnitude = np.where(np.isnan(products), np.inf, np.abs(products))
    return np.argsort(-magnitude, kind="stable")
