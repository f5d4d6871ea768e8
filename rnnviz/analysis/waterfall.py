"""A unit's sum as a waterfall: every addend, and where the sum stands after it."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rnnviz.analysis.terms import FUNCTIONS, Product, UnitSum, by_size

MOST_BARS = 20
"""Products that stand for themselves; the others are one bar together."""
EPS, TINY = float(np.finfo(np.float32).eps), float(np.finfo(np.float32).tiny)


@dataclass(frozen=True)
class Bar:
    """One addend: a product, the sum of the products that have no bar, or a bias.

    Attributes
    ----------
    start : float
        The sum of all bars before.
    value : float
        What is added: the exact product of two float32 numbers.
    product : Product or None
    others : int
        How many products are added here at once; 0 for a product and for a bias.
    bias : str
        The symbol of a bias, else empty.
    """

    start: float
    value: float
    product: Product | None = None
    others: int = 0
    bias: str = ""

    @property
    def end(self) -> float:
        """The sum up to and with this bar."""
        return self.start + self.value


@dataclass(frozen=True)
class Waterfall:
    """A unit's sum, addend by addend.

    The sums are in double precision, whose own rounding is nothing beside that of float32: what
    separates `total` from ``terms.a`` is the rounding of the network.

    Attributes
    ----------
    terms : UnitSum
    bars : tuple of Bar
        Products from the largest on, then the other products, then the biases.
    rounding : float
        By how much float32 may miss the sum of n products and biases, ``n eps sum(|addends|)``:
        a product and n - 1 additions round by eps / 2 each, in whichever order. Infinite or NaN
        where an addend is.
    """

    terms: UnitSum
    bars: tuple[Bar, ...]
    rounding: float

    @property
    def total(self) -> float:
        """What the addends make together."""
        return self.bars[-1].end

    @property
    def applied(self) -> float:
        """The nonlinearity of `total`."""
        return FUNCTIONS[self.terms.nonlinearity](self.total)

    @property
    def result_rounding(self) -> float:
        """By how much the recorded number may miss `applied`.

        No nonlinearity stretches a difference of sums, and each rounds once itself.
        """
        return self.rounding + 2 * EPS * abs(self.terms.result)

    @property
    def overflows(self) -> bool:
        """Whether float32 cannot hold what the addends make, or a sum on the way there."""
        return math.isfinite(self.total) and not math.isfinite(self.terms.a)


def waterfall(terms: UnitSum, count: int = MOST_BARS) -> Waterfall:
    """Lay a unit's sum out as bars: the `count` largest products, the others, the biases."""
    exact = exact_products(terms)
    order = by_size(exact)
    bars: list[Bar] = []

    def add(value: float, product: Product | None = None, others: int = 0, bias: str = "") -> None:
        bars.append(Bar(bars[-1].end if bars else 0.0, value, product, others, bias))

    for place in order[:count]:
        add(float(exact[place]), product=terms.product(place))
    if len(order) > count:
        with np.errstate(invalid="ignore"):  # infinity less infinity is NaN, and shown so
            add(float(exact[order[count:]].sum()), others=len(order) - count)
    for name, value in terms.biases.items():
        add(value, bias=name)
    return Waterfall(terms, tuple(bars), _rounding(exact, terms))


def exact_products(terms: UnitSum) -> NDArray[np.float64]:
    """Return all products in double precision, which holds that of two float32 numbers exactly."""
    with np.errstate(invalid="ignore"):
        products = [g.weights.astype(np.float64) * g.inputs for g in terms.groups]
    return np.concatenate(products)


def _rounding(exact: NDArray[np.float64], terms: UnitSum) -> float:
    size = float(np.abs(exact).sum()) + sum(map(abs, terms.biases.values()))
    addends = len(exact) + len(terms.biases)
    return addends * (EPS * size + TINY)
