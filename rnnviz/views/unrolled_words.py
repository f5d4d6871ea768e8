"""What the unrolled network says in words about what is pointed at."""

from __future__ import annotations

from dataclasses import dataclass

from rnnviz.networks.base import Network
from rnnviz.views.notation import function_name, number, shape_text
from rnnviz.views.unrolled_parts import Structure, Weight
from rnnviz.views.unrolled_sight import Hit
from rnnviz.widgets.notation import lowered


@dataclass(frozen=True)
class Words:
    """How to talk about a network.

    Attributes
    ----------
    network : Network
    structure : Structure
    length : int
        The number of steps.
    labels : tuple of str
        The steps' own, such as the letters of a text; empty without.
    limit : float
        The norm of the last colour.
    drops : bool
        Whether dropout lies between the layers.
    """

    network: Network
    structure: Structure
    length: int
    labels: tuple[str, ...]
    limit: float
    drops: bool = False

    def line(self, hit: Hit, norm: float | None) -> str:
        """Return a line for the status bar; empty where no number is shown."""
        if norm is None:
            return ""
        name = self._layer(hit.state)
        return f"‖{self._h(hit.state, hit.t)}‖{f' ({name})' if name else ''} = {number(norm)}"

    def tooltip(self, hit: Hit, norm: float | None) -> str:
        """Return what is pointed at, as rich text; `norm` is None where no number is shown."""
        if hit.weight is not None:
            said = self._about_weight(hit.weight)
        elif hit.kind == "state":
            said = self._about_state(hit.state, hit.t, norm)
        elif hit.kind == "range":
            said = self._about_range()
        else:
            said = self._about_input(hit.t) if hit.kind == "x" else self._about_output(hit.t)
        first, *others = map(lowered, said)
        return "<p style='white-space:pre'>" + "<br>".join([f"<b>{first}</b>", *others]) + "</p>"

    def _layer(self, state: int) -> str:
        """Return the name of a state's layer and direction; empty where there is only one."""
        return self.network.layer_name(state) if self.structure.states > 1 else ""

    def _h(self, state: int, t: int) -> str:
        return "h_0" if self.structure.given(state, t, self.length) else f"h_{t}"

    def _about_state(self, state: int, t: int, norm: float | None) -> list[str]:
        name = ", ".join(filter(None, (self._h(state, t), self._layer(state))))
        title = name if norm is None else f"{name}: norm {number(norm)}"
        if self.structure.given(state, t, self.length):
            return [title, "The start state: given, not computed."]
        return [title, self._equation(state, t)]

    def _equation(self, state: int, t: int) -> str:
        names = self.network.parameter_names(state)
        earlier = t + 1 if self.structure.backward(state) else t - 1
        terms = {
            "W_ih": f"W_ih {self._read(state, t)}",
            "b_ih": "b_ih",
            "W_hh": f"W_hh {self._h(state, earlier)}",
            "b_hh": "b_hh",
        }
        total = " + ".join(term for symbol, term in terms.items() if symbol in names)
        return f"h_{t} = {function_name(self.network.nonlinearity)}({total})"

    def _read(self, state: int, t: int) -> str:
        """Return what a state reads: the input, or the states below it."""
        below = [f"h_{t} ({self.network.layer_name(lower)})" for lower in self.network.below(state)]
        if not below:
            return f"x_{t}"
        read = below[0] if len(below) == 1 else f"[{'; '.join(below)}]"
        return f"dropout({read})" if self.drops else read

    def _about_input(self, t: int) -> list[str]:
        label = f": {self.labels[t - 1]}" if self.labels else ""
        return [f"x_{t}{label}", f"What goes in at step {t:,}."]

    def _about_output(self, t: int) -> list[str]:
        names = self.network.parameter_names(self.structure.states - 1)
        terms = {"W_ho": f"W_ho h_{t}", "b_ho": "b_ho"}
        total = " + ".join(term for symbol, term in terms.items() if symbol in names)
        function = function_name(self.network.output_nonlinearity or "linear")
        return [f"y_{t}", f"y_{t} = {total if function == 'linear' else f'{function}({total})'}"]

    def _about_weight(self, weight: Weight) -> list[str]:
        symbol, state = weight
        own = self.network.parameter_names(state)[symbol]
        shape = shape_text(tuple(self.network.parameters(state)[symbol].shape))
        layer = "" if symbol == "W_ho" else self._layer(state)
        lines = [
            f"{symbol}{f', {layer}' if layer else ''}{f': {own}' if own != symbol else ''} {shape}",
            "The same matrix at every step.",
        ]
        if layer:
            lines.append("Weights are shared over time, not over layers.")
        return lines

    def _about_range(self) -> list[str]:
        said = [f"‖h_t‖ from 0 to {number(self.limit)}"]
        if self.network.nonlinearity == "tanh":
            units = self.network.hidden_size
            said.append(f"tanh keeps each unit within −1 and 1, and so the norm under √{units}.")
        return said
