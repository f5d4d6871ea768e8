"""What the equation says in words about the square under the pointer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from rnnviz.networks import NETWORKS
from rnnviz.settings import NetworkSettings
from rnnviz.views.equation_hover import LAID, VECTOR_OF
from rnnviz.views.notation import function_name, number, plain, rich, shape_text

ABOUT = {
    "W_ih": "Weights of the input: row i for unit i, column j for input j.",
    "W_hh": "Weights of the previous state: row i for unit i, column j for the unit it reads.",
    "W_ho": "Weights of the output: row k for output k, column j for the unit it reads.",
    "b_ih": "Bias: one number a unit, added at every step.",
    "b_hh": "A second bias, which torch keeps beside the first.",
    "b_ho": "Bias of the output: one number an output, added at every step.",
    "x": "What goes in at this step.",
    "h_prev": "The state one step earlier.",
    "a": "The sum, before {function}.",
    "h": "The state.",
    "h_above": "The state, on its way to the output.",
    "y": "The output.",
}


def about_dropout(network: NetworkSettings) -> str:
    """Say what dropout does here, if there is any."""
    if not network.has_dropout:
        return ""
    if not network.training:
        return "Dropout is off in eval mode."
    return "Dropout: zeros drawn once for the whole call, from its seed; none in eval()."


@dataclass(frozen=True)
class Words:
    """What is on show, and how to talk about it.

    Attributes
    ----------
    values : mapping of str to numpy.ndarray
        The blocks that hold something, vectors 1-d.
    t : int
        The step on show; 0 is the start state.
    before : int
        The step of the state that goes into it.
    previous : str
        The symbol of that state: ``h_prev``, or ``h_next`` where it is read from the end.
    lower : str
        What x_t is in an upper layer; empty where it is the input.
    nonlinearity : str
    parameter_names : mapping of str to str
        The module's names by symbol.
    """

    values: Mapping[str, np.ndarray]
    t: int
    before: int
    previous: str
    lower: str
    nonlinearity: str
    parameter_names: Mapping[str, str]

    def value(self, name: str, row: int, column: int) -> float:
        """Return the value of a square."""
        values = self.values[name]
        return float(values[row, column] if values.ndim == 2 else values[max(row, column)])

    def status(self, name: str, row: int, column: int) -> str:
        """Return place and value: ``W_hh[2, 4] = −0.30``."""
        return f"{self._place(plain(self._symbol(name)), name, row, column)} = " + number(
            self.value(name, row, column)
        )

    def line(self, name: str, row: int, column: int) -> str:
        """Return, as rich text, what the square does at this step."""
        place = self._place(rich(self._symbol(name)), name, row, column)
        value = number(self.value(name, row, column))
        vector = VECTOR_OF.get(name)
        if vector is not None and vector in self.values:
            met = float(self.values[vector][column])
            return (
                f"{place}·{rich(self._symbol(vector))}[{column}] = {value} × {number(met)} = "
                f"<b>{number(self.value(name, row, column) * met)}</b>"
            )
        if name == "h" and "a" in self.values:
            a = number(float(self.values["a"][row]))
            return f"{place} = {function_name(self.nonlinearity)}({a}) = <b>{value}</b>"
        return f"{place} = <b>{value}</b>"

    def tooltip(self, name: str, row: int, column: int) -> str:
        """Return what a block is, its shape, and its names, as rich text."""
        about = ABOUT[name].format(function=function_name(self.nonlinearity))
        if name == "x" and self.lower:
            about = f"{self.lower[:1].upper()}{self.lower[1:]}."
        if name == "h_prev" and self.previous == "h_next":
            about = "The state one step later: this direction comes from the end."
        laid = "<br>A column vector, laid down." if name in LAID else ""
        place = self._place(rich(self._symbol(name)), name, row, column)
        value = repr(float(np.float32(self.value(name, row, column)))).replace("-", "−")
        return (
            f"<p style='white-space:pre'><b>{place} = {value}</b><br>"
            f"{rich(self._symbol(name))} {shape_text(self.values[name].shape)}: {about}{laid}"
            f"{self._other_name(name)}</p>"
        )

    def _other_name(self, name: str) -> str:
        if name in self.parameter_names:
            own, torchs = self.parameter_names[name], NETWORKS["rnn"].symbols.get(name)
            if own != name:
                return f"<br>The exercise’s {name} is torch’s {own}."
            return f"<br>nn.RNN calls it {torchs}." if torchs else "<br>nn.RNN has none."
        t = self.t
        hidden = f"h_{t} = hidden[{t}]"
        texts = {
            "x": f"x_{t} = inputs[{t - 1}]" if not self.lower else self.lower,
            "h_prev": f"h_{self.before} = hidden[{self.before}]",
            "h": hidden,
            "h_above": hidden,
            "y": f"y_{t} = outputs[{t - 1}]",
        }
        return f"<br>{texts[name]}" if name in texts else ""

    def _symbol(self, name: str) -> str:
        return self.previous if name == "h_prev" else name

    def _place(self, symbol: str, name: str, row: int, column: int) -> str:
        if self.values[name].ndim == 2:
            return f"{symbol}[{row}, {column}]"
        return f"{symbol}[{max(row, column)}]"
