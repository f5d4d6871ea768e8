"""nn.RNN in a script: one call and, for the states of every layer, a call for each of them."""

from __future__ import annotations

from rnnviz.literals import WIDTH, indented, number
from rnnviz.scripts.kinds import HIDDEN, TorchCode

ABOUT_LAYERS = [
    "# That is the top layer alone. For the others,",
    "# one nn.RNN a layer, with the same weights:",
]


class RNNCode(TorchCode):
    """nn.RNN of any number of layers, in one direction or both, with or without dropout."""

    class_name = "nn.RNN"

    def network(self) -> list[str]:
        silent = self._dropout and not self.sizes.training
        return [*super().network(), *(["rnn.eval()  # drops nothing"] if silent else [])]

    def arguments(self) -> list[str]:
        sizes = self.sizes
        layers = [f"num_layers={sizes.num_layers}"] if sizes.num_layers > 1 else []
        return [str(sizes.input_size), str(sizes.hidden_size), *layers, *self.options()]

    def options(self) -> list[str]:
        dropout = [f"dropout={number(self.sizes.dropout)}"] if self._dropout else []
        return [*self._layer_options(), *dropout]

    def run(self) -> list[list[str]]:
        called = [*self._seed(), "with torch.no_grad():", "    output, h_n = rnn(inputs, h0)"]
        if self.sizes.num_layers > 1:
            return [called, self._layers(), self._through_layers()]
        if self.sizes.directions == 1:
            return [called, [f"hidden = torch.cat([h0, output]).unsqueeze(1)  # {HIDDEN}"]]
        halved = "states = output.chunk(2, dim=-1)  # forward, backward"
        return [called, [halved, *_stacked()]]

    @property
    def _dropout(self) -> bool:
        return self.sizes.dropout > 0 and self.sizes.num_layers > 1

    def _layer_options(self) -> list[str]:
        both = ["bidirectional=True"] if self.sizes.directions == 2 else []
        return [*super().options(), *both]

    def _seed(self) -> list[str]:
        seed = self.sizes.dropout_seed
        return [f"torch.manual_seed({seed})  # for what is dropped"] if self.sizes.drops else []

    def _layers(self) -> list[str]:
        """Return the lines that make each layer a module of its own."""
        sizes = self.sizes
        above = sizes.directions * sizes.hidden_size
        reads = ", ".join(map(str, [sizes.input_size, *[above] * (sizes.num_layers - 1)]))
        made = ", ".join(["nn.RNN(size", str(sizes.hidden_size), *self._layer_options()])
        return [
            *ABOUT_LAYERS,
            *_comprehension("layers", f"{made})", f"for size in ({reads})"),
            "for k, layer in enumerate(layers):",
            "    for name in layer.state_dict():",
            '        weights = getattr(rnn, name.replace("l0", f"l{k}"))',
            "        setattr(layer, name, weights)",
        ]

    def _through_layers(self) -> list[str]:
        both = self.sizes.directions == 2
        first = "2 * k : 2 * k + 2" if both else "k : k + 1"
        kept = "states += x.chunk(2, dim=-1)  # forward, backward" if both else "states.append(x)"
        dropped = f"x = nn.functional.dropout(x, {number(self.sizes.dropout)})"
        loop = [
            *(["if k > 0:", f"    {dropped}"] if self.sizes.drops else []),
            f"x, _ = layer(x, h0[{first}])",
            kept,
        ]
        return [
            *self._seed(),
            "x, states = inputs, []",
            "with torch.no_grad():",
            "    for k, layer in enumerate(layers):",
            *indented(indented(loop)),
            *_stacked(),
        ]


def _comprehension(name: str, value: str, loop: str) -> list[str]:
    line = f"{name} = [{value} {loop}]"
    return [line] if len(line) <= WIDTH else [f"{name} = [", *indented([value, loop]), "]"]


def _stacked() -> list[str]:
    return [
        "states = torch.stack(states, dim=1)",
        f"hidden = torch.cat([h0.unsqueeze(0), states])  # {HIDDEN}",
    ]
