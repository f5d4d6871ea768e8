"""What the inspector writes about a unit's sum: its rows, its sentences, its tooltips."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from rnnviz.analysis.terms import Product
from rnnviz.analysis.waterfall import Bar, Waterfall
from rnnviz.views.notation import at_step, exact, function_name, magnitude, number
from rnnviz.views.pinned import sum_name, title_text, unit_name
from rnnviz.widgets.notation import lowered

DECIMALS = 4
"""Of the numbers of the title and, where there is room, of the rows."""
Square = tuple[str, int, int]
"""A square of the equation: block, row, column."""


@dataclass(frozen=True)
class Row:
    """One bar and the texts beside it.

    Attributes
    ----------
    name : str
        In the plain notation, ``W_hh[2, 5]·h_4[5]``.
    value : float
        What is added.
    start, end : float
        Where the sum stands before and after it.
    factors : tuple of float
        Weight and input; empty where the value is no product.
    tip : str
        Everything in full, rich text.
    square : Square or None
        Where the weight is in the equation.
    total : bool
        Whether this is what all rows above make.
    """

    name: str
    value: float
    start: float
    end: float
    factors: tuple[float, ...] = ()
    tip: str = ""
    square: Square | None = None
    total: bool = False

    def calculation(self, decimals: int) -> str:
        """Return ``−0.50 × 1.00 = −0.50``; only what is added where that is no product."""
        if not self.factors:
            return "" if self.total else number(self.value, decimals)
        factors = " × ".join(number(factor, decimals) for factor in self.factors)
        return f"{factors} = {number(self.value, decimals)}"


@dataclass(frozen=True)
class Place:
    """Where in the record a unit's sum stands.

    Attributes
    ----------
    t, layer, sequence : int
    before : int
        The step of the state that goes into this one.
    below : tuple of int
        The layers whose states are this one's x, side by side; empty where that is the input.
    layers, batch, hidden_size : int
        How many there are of layers, sequences and units of a layer.
    parameter_names : mapping of str to str
        The module's own names, by symbol.
    """

    t: int
    layer: int
    sequence: int
    before: int
    below: tuple[int, ...]
    layers: int
    batch: int
    hidden_size: int
    parameter_names: Mapping[str, str]

    def symbol(self, name: str) -> str:
        """Return a symbol with its step, in plain text: ``h_5``."""
        return at_step("h", self.before) if name == "h_prev" else at_step(name, self.t)

    def where(self) -> str:
        """Return layer and sequence, where there are several; plain."""
        layer = f"layer {self.layer}" if self.layers > 1 else ""
        if self.below:
            lower = " and ".join(map(str, self.below))
            word = "layer" if len(self.below) == 1 else "layers"
            layer += f", whose {self.symbol('x')} is {self.symbol('h')} of {word} {lower}"
        parts = (layer, f"sequence {self.sequence}" if self.batch > 1 else "")
        text = "; ".join(filter(None, parts))
        return text[:1].upper() + text[1:]

    def entry(self, vector: str, j: int) -> str:
        """Return where the record keeps an entry of a vector: ``hidden[4, 0, 0, 5]``."""
        step, layer = self.t, self.layer
        if vector == "x" and not self.below:
            return f"inputs[{step - 1}, {self.sequence}, {j}]"
        if vector == "x":
            layer, j = self.below[j // self.hidden_size], j % self.hidden_size
        elif vector == "h_prev":
            step = self.before
        return f"hidden[{step}, {layer}, {self.sequence}, {j}]"

    def parameter(self, symbol: str, indices: str) -> str:
        """Return a parameter's entry, and how the module calls it where that is another name."""
        own = self.parameter_names.get(symbol, symbol)
        text = f"{symbol}[{indices}]"
        return text if own == symbol else f"{text} = {own}[{indices}]"


@dataclass(frozen=True)
class Inspection:
    """A unit's sum, and where it stands."""

    made: Waterfall
    place: Place

    def title(self) -> str:
        """Return ``h_5[2] = tanh(a_5[2]) = tanh(0.4387) = 0.4127``, plain."""
        return title_text(self.made.terms, self.place.symbol, DECIMALS)

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        """All bars, and what they make."""
        return (*map(self._row, self.made.bars), self._total())

    def sum_sentences(self) -> list[str]:
        """Say what the terms make and what the network has for it, and why they differ."""
        made, terms = self.made, self.made.terms
        holder = "record" if terms.nonlinearity == "linear" else "network"
        both = f"The terms add up to {exact(made.total)}; the {holder} has {exact(terms.a)}."
        if made.overflows:
            return [both, "On the way float32 left its range, which ends at 3.4e+38."]
        return [both, *_apart(made.total - terms.a, made.rounding)]

    def result_sentences(self) -> list[str]:
        """Say what the nonlinearity makes of it, beside the number of the record."""
        made, terms = self.made, self.made.terms
        if terms.nonlinearity == "linear":
            return []  # the sum is the result
        function = function_name(terms.nonlinearity)
        both = (
            f"{function}({exact(made.total)}) = {exact(made.applied)}; "
            f"the record has {exact(terms.result)}."
        )
        return [both, *_apart(made.applied - terms.result, made.result_rounding)]

    def text(self) -> str:
        """Return everything in plain text, the numbers in full."""
        lines = [self.title(), self.place.where()]
        lines += [_line(row) for row in self.rows]
        lines += [*self.sum_sentences(), *self.result_sentences()]
        return "\n".join(filter(None, lines))

    def _row(self, bar: Bar) -> Row:
        if bar.product is not None:
            return self._product_row(bar, bar.product)
        unit = self.made.terms.unit
        if bar.bias:
            lines = (self.place.parameter(bar.bias, str(unit)), f"bias {exact(bar.value)}")
            square = (bar.bias, unit, 0)
            return _bar_row(f"{bar.bias}[{unit}]", bar, _tip(bar, *lines), square)
        name = f"{bar.others:,} other{'' if bar.others == 1 else 's'}"
        lines = ("All products without a bar of their own", f"together {exact(bar.value)}")
        return _bar_row(name, bar, _tip(bar, *lines), None)

    def _product_row(self, bar: Bar, product: Product) -> Row:
        unit, place = self.made.terms.unit, self.place
        j = product.place
        given = f"{place.symbol(product.vector)}[{j}]"
        tip = _tip(
            bar,
            place.parameter(product.matrix, f"{unit}, {j}"),
            f"{given} = {place.entry(product.vector, j)}",
            f"{exact(product.weight)} × {exact(product.input)} = {exact(bar.value)}",
        )
        name = f"{product.matrix}[{unit},{j}]·{given}"
        factors = (product.weight, product.input)
        return _bar_row(name, bar, tip, (product.matrix, unit, j), factors)

    def _total(self) -> Row:
        terms, total = self.made.terms, self.made.total
        if terms.nonlinearity == "linear":
            name = unit_name(terms.part, terms.unit, self.place.symbol)
        else:
            name = sum_name(terms.part, terms.unit, self.place.symbol)
        tip = "<br>".join(self.sum_sentences())
        return Row(name, total, 0.0, total, tip=tip, total=True)


def _bar_row(
    name: str, bar: Bar, tip: str, square: Square | None, factors: tuple[float, ...] = ()
) -> Row:
    return Row(name, bar.value, bar.start, bar.end, factors, tip, square)


def _tip(bar: Bar, *lines: str) -> str:
    return lowered("\n".join((*lines, f"sum so far {exact(bar.end)}"))).replace("\n", "<br>")


def _line(row: Row) -> str:
    if row.total:
        return f"{row.name} = {exact(row.end)}"
    factors = " × ".join(map(exact, row.factors))
    value = f"{factors} = {exact(row.value)}" if factors else exact(row.value)
    return f"{row.name}: {value}; sum {exact(row.end)}"


def _apart(difference: float, bound: float) -> Iterator[str]:
    """Say how far two numbers are apart, and how far rounding may bring them."""
    if math.isfinite(difference):
        apart, most = magnitude(abs(difference)), magnitude(bound)
        yield f"They are {apart} apart; the rounding of float32 explains up to {most}."
