"""How a network is written in a script: what all kinds share, and those that are stepped."""

from __future__ import annotations

from abc import ABC, abstractmethod

from rnnviz.initialization import TorchDefault
from rnnviz.literals import call_lines, indented
from rnnviz.scripts.weights import WeightsCode
from rnnviz.settings import Settings

HIDDEN = "(T + 1, L, B, H)"


class KindCode(ABC):
    """The lines for one kind; paragraphs are lists of lines.

    Parameters
    ----------
    settings : Settings
    """

    def __init__(self, settings: Settings) -> None:
        self.sizes = settings.network
        self.scheme = settings.initialization.scheme
        self.weights = WeightsCode(settings)

    def definition(self) -> list[str]:
        """Return the lines that define a class of one's own, if there is one."""
        return []

    @abstractmethod
    def network(self) -> list[str]:
        """Return the lines that make ``rnn`` and fill its parameters."""

    @abstractmethod
    def run(self) -> list[list[str]]:
        """Return the paragraphs that compute ``hidden`` from ``rnn``, ``inputs`` and ``h0``."""


class ElmanCode(KindCode):
    """The exercise's class, and its loop."""

    def definition(self) -> list[str]:
        return [
            "class RNN(nn.Module):",
            "    def __init__(self, input_dim, hidden_dim, output_dim):",
            "        super().__init__()",
            "        self.W_ih = nn.Parameter(torch.zeros(hidden_dim, input_dim))",
            "        self.W_hh = nn.Parameter(torch.zeros(hidden_dim, hidden_dim))",
            "        self.W_ho = nn.Parameter(torch.zeros(output_dim, hidden_dim))",
            "        self.b_ih = nn.Parameter(torch.zeros(hidden_dim))",
            "        self.b_ho = nn.Parameter(torch.zeros(output_dim))",
            *self._reset_parameters(),
            "",
            "    def forward(self, x, hidden_state):",
            f"        hidden_state = torch.{self.sizes.nonlinearity}(",
            "            torch.matmul(x, self.W_ih.T)",
            "            + self.b_ih",
            "            + torch.matmul(hidden_state, self.W_hh.T)",
            "        )",
            "        output = torch.matmul(hidden_state, self.W_ho.T) + self.b_ho",
            f"        return {self._output()}, hidden_state",
        ]

    def network(self) -> list[str]:
        sizes = self.sizes
        made = f"rnn = RNN({sizes.input_size}, {sizes.hidden_size}, {sizes.output_size})"
        if self.weights.loop("self"):
            filled = [*self.weights.seed(), "rnn.reset_parameters()"]
        else:
            filled = [*self.weights.seed(), *self.weights.one_by_one()]
        return [made, *self.weights.needed(), *filled, *self.weights.overrides()]

    def run(self) -> list[list[str]]:
        loop = [
            "output, hidden_state = rnn(x, hidden_state)",
            "outputs.append(output)",
            "states.append(hidden_state)",
        ]
        last = "outputs = torch.stack(outputs)  # (T, B, O)"
        began, looped, stacked = _looped(["outputs = []"], loop)
        return [[*began, *looped], [*stacked, last]]

    def _reset_parameters(self) -> list[str]:
        loop = self.weights.loop("self")
        return ["", "    def reset_parameters(self):", *indented(indented(loop))] if loop else []

    def _output(self) -> str:
        return "output" if self.sizes.output_nonlinearity == "linear" else "torch.tanh(output)"


class TorchCode(KindCode):
    """What torch's own two kinds share."""

    class_name: str

    def network(self) -> list[str]:
        made = call_lines(f"rnn = {self.class_name}(", self.arguments())
        if isinstance(self.scheme, TorchDefault):  # so torch draws them when they are made
            needed = self.weights.needed()
            return [*self.weights.seed(), *made, *needed, *self.weights.overrides()]
        filled = self.weights.loop("rnn") or self.weights.one_by_one()
        return [
            *made,
            *self.weights.needed(),
            *self.weights.seed(),
            *filled,
            *self.weights.overrides(),
        ]

    def arguments(self) -> list[str]:
        """Return the arguments that make the module, those left out that torch has anyway."""
        sizes = self.sizes
        return [str(sizes.input_size), str(sizes.hidden_size), *self.options()]

    def options(self) -> list[str]:
        """Return the arguments by name that every layer has."""
        relu = ['nonlinearity="relu"'] if self.sizes.nonlinearity == "relu" else []
        return [*relu, *([] if self.sizes.bias else ["bias=False"])]


class RNNCellCode(TorchCode):
    """nn.RNNCell, and a loop."""

    class_name = "nn.RNNCell"

    def run(self) -> list[list[str]]:
        loop = ["hidden_state = rnn(x, hidden_state)", "states.append(hidden_state)"]
        began, looped, stacked = _looped([], loop)
        return [[*began, *looped], stacked]


def _looped(lists: list[str], body: list[str]) -> tuple[list[str], list[str], list[str]]:
    """Return what comes before a loop over the steps, the loop, and what becomes of its states."""
    return (
        ["hidden_state = h0[0]", "states = [hidden_state]", *lists],
        ["with torch.no_grad():", "    for x in inputs:", *indented(indented(body))],
        [f"hidden = torch.stack(states).unsqueeze(1)  # {HIDDEN}"],
    )
