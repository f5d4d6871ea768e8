"""Another kind of network with the weights of the first one, in a script, and how it is run."""

from __future__ import annotations

from collections.abc import Callable

from rnnviz.literals import call_lines, indented
from rnnviz.networks.conversion import CORRESPONDENCE, Correspondence
from rnnviz.scripts.kinds import ElmanCode, KindCode, RNNCellCode
from rnnviz.scripts.rnn import RNNCode
from rnnviz.settings import Settings

NAMES = {"elman": "elman", "rnn_cell": "cell", "rnn": "torch_rnn"}
"""What a network of a kind is called beside ``rnn``."""
CALLS = {"elman": "_, hidden_state = {}(x, {})", "rnn_cell": "hidden_state = {}(x, {})"}
"""How the kinds that are stepped are called with a state; the others take the whole sequence."""


class ExerciseCode(ElmanCode):
    """The exercise's class where its weights are those of another network: it draws none."""

    def _reset_parameters(self) -> list[str]:
        return []


CLASSES: dict[str, type[KindCode]] = {
    "elman": ExerciseCode,
    "rnn_cell": RNNCellCode,
    "rnn": RNNCode,
}


class SameWeights:
    """The lines that make a kind of network with the session's weights, and those that run it.

    Parameters
    ----------
    settings : Settings
        The session's own; the script has made ``rnn`` from them.
    kind : str
        The kind that is needed.

    Attributes
    ----------
    own : bool
        Whether ``rnn`` is of that kind.
    name : str
        What the network is called: ``rnn``, or what is made from it.
    settings : Settings
        Those of one layer of that kind.
    """

    def __init__(self, settings: Settings, kind: str) -> None:
        self._source = settings
        self._kind = kind
        self.own = kind == settings.network.kind
        self.name = "rnn" if self.own else NAMES[kind]
        self.settings = as_kind(settings, kind)

    def made(self) -> list[list[str]]:
        """Return the paragraphs that make it; none if ``rnn`` is of that kind."""
        return [] if self.own else [*self.definition(), self.filled(self.name)]

    def definition(self) -> list[list[str]]:
        """Return the class's definition, if it is one of one's own and not yet there."""
        own_class = [] if self.own else CLASSES[self._kind](self.settings).definition()
        return [["", *own_class, ""]] if own_class else []

    def filled(self, name: str) -> list[str]:
        """Return the lines that make a network called `name`, with the weights of ``rnn``."""
        made = new(name, self.settings)
        if self.own:
            return [*made, f"{name}.load_state_dict(rnn.state_dict())"]
        return [*made, *copied(name, self.settings, "rnn", self._source)]

    def run(self, states: str) -> list[str]:
        """Return the lines that compute all states, (T, B, H), into a name."""
        if self._kind in CALLS:
            return stepped(CALLS[self._kind].format(self.name, "hidden_state"), states)
        return ["with torch.no_grad():", f"    {states}, _ = {self.name}(inputs, h0)"]

    def right(self) -> list[list[str]]:
        """Return the paragraphs that make it and compute ``right``, its states."""
        if self.own:
            return [["right = hidden[1:, -1]  # (T, B, H)"]]
        return [*self.made(), self.run("right")]


def as_kind(settings: Settings, kind: str) -> Settings:
    """Return settings of one layer of a kind that computes the same states."""
    network = settings.network
    options = network.description.options
    fields: dict[str, object] = {"kind": kind, "num_layers": 1, "bidirectional": False}
    fields["dropout"] = 0.0
    fields["bias"] = network.bias or "bias" not in options
    if "output_size" not in options:
        fields |= {"output_size": network.hidden_size, "output_nonlinearity": "linear"}
    return settings.model_copy(update={"network": network.model_copy(update=fields)})


def new(name: str, settings: Settings, *more: str) -> list[str]:
    """Return the lines that make a network of these settings, with any weights.

    Parameters
    ----------
    name : str
    settings : Settings
    *more : str
        Further arguments.
    """
    class_name, arguments = MADE[settings.network.kind]
    return call_lines(f"{name} = {class_name}(", [*arguments(settings), *more])


def copied(name: str, settings: Settings, source: str, of: Settings) -> list[str]:
    """Return lines that give `name` the weights of `source`, another kind of network."""
    lines = [line for row in CORRESPONDENCE for line in _row(row, name, settings, source, of)]
    return ["with torch.no_grad():", *indented(lines)]


def stepped(call: str, states: str) -> list[str]:
    """Return a loop from h_0 over the steps that keeps the states."""
    return [
        f"hidden_state, {states} = h0[0], []",
        "with torch.no_grad():",
        "    for x in inputs:",
        f"        {call}",
        f"        {states}.append(hidden_state)",
        f"{states} = torch.stack({states})  # (T, B, H)",
    ]


def _exercise_arguments(settings: Settings) -> list[str]:
    sizes = settings.network
    return [str(size) for size in (sizes.input_size, sizes.hidden_size, sizes.output_size)]


MADE: dict[str, tuple[str, Callable[[Settings], list[str]]]] = {
    "elman": ("RNN", _exercise_arguments),
    "rnn_cell": ("nn.RNNCell", lambda settings: RNNCellCode(settings).arguments()),
    "rnn": ("nn.RNN", lambda settings: RNNCode(settings).arguments()),
}
"""The class of each kind, and the arguments that make it."""


def _row(
    row: Correspondence, name: str, settings: Settings, source: str, of: Settings
) -> list[str]:
    """Return the lines of one parameter of the equation; what is added there is added here."""
    targets = [f"{name}.{parameter}" for parameter in _present(row, settings)]
    sources = [f"{source}.{parameter}" for parameter in _present(row, of)]
    if not sources:  # the class has zeros already
        return [
            f"nn.init.eye_({target})  # so y_t is h_t" for target in targets if "W_ho" in target
        ]
    if len(targets) == len(sources):
        return [f"{a}.copy_({b})" for a, b in zip(targets, sources, strict=True)]
    total = [f"{target}.copy_({' + '.join(sources)})" for target in targets[:1]]
    return [*total, *(f"{target}.zero_()  # one of two" for target in targets[1:])]


def _present(row: Correspondence, settings: Settings) -> list[str]:
    network = settings.network
    return [name for name in row.names(network.kind) if name in network.shapes]
