"""What a user chose: one frozen model, with every limit, and what follows from it without torch."""

from __future__ import annotations

import math
from collections.abc import Container
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import Field

from rnnviz.fields import Frozen, choice, other, real, whole
from rnnviz.initialization import AnyScheme, Scheme, Uniform
from rnnviz.limits import MAX_BATCH, MAX_LAYERS, MAX_LENGTH, MAX_SEED, MAX_SIZE
from rnnviz.lockstep import SLIPS, THREE_NETWORKS
from rnnviz.networks import NETWORKS, NetworkKind
from rnnviz.sequences import AnySource, Normal

DROPOUT = frozenset({"dropout", "training", "dropout_seed"})
"""The fields that decide which states are dropped between layers."""


class NetworkSettings(Frozen):
    """Which network, and how large."""

    kind: Literal["elman", "rnn_cell", "rnn"] = choice(
        "elman",
        "Kind",
        "Which network computes: the exercise's own, or one of torch's two.",
        {name: kind.title for name, kind in NETWORKS.items()},
    )
    input_size: int = whole(
        5, "Input size", "How many numbers go in at each step: the length of x_t.", low=1,
        high=MAX_SIZE,
    )  # fmt: skip
    hidden_size: int = whole(
        20, "Hidden size", "How many hidden units the state h_t has.", low=1, high=MAX_SIZE
    )
    output_size: int = whole(
        10, "Output size", "How many numbers come out at each step: the length of y_t.", low=1,
        high=MAX_SIZE,
    )  # fmt: skip
    num_layers: int = whole(
        1, "Layers", "How many layers lie above each other. Depth, not length.", low=1,
        high=MAX_LAYERS,
    )  # fmt: skip
    batch_size: int = whole(
        1, "Sequences (batch)", "How many sequences run side by side, through the same weights.",
        low=1, high=MAX_BATCH, fold=True,
    )  # fmt: skip
    nonlinearity: Literal["tanh", "relu"] = choice(
        "tanh", "Nonlinearity", "What is applied to the sum a_t to give the state h_t.",
        {"tanh": "tanh", "relu": "ReLU"}, fold=True,
    )  # fmt: skip
    output_nonlinearity: Literal["linear", "tanh"] = choice(
        "linear", "Output", "What is applied to the output. The exercise's code has nothing here, "
        "its formula has tanh.", {"linear": "linear", "tanh": "tanh"}, fold=True,
    )  # fmt: skip
    bias: bool = other(
        True, "Biases", "Whether b_ih and b_hh are added. Without them they are gone, not zero.",
        fold=True,
    )  # fmt: skip

    bidirectional: bool = other(
        False, "Both directions", "Whether each layer reads the sequence from its end as well, by "
        "weights of its own. The whole sequence must be there for that.", fold=True,
    )  # fmt: skip
    dropout: float = real(
        0.0, "Dropout", "The share of states that are set to zero on their way to the layer above, "
        "in training mode. It needs two layers.", low=0.0, high=0.95, decimals=2, fold=True,
    )  # fmt: skip
    training: bool = other(
        False, "Training mode", "train() or eval(): whether dropout drops.", fold=True
    )
    dropout_seed: int = whole(
        0, "Dropout seed", "The same seed drops the same states: as torch.manual_seed just before "
        "the call.", low=0, high=MAX_SEED, fold=True,
    )  # fmt: skip

    @property
    def description(self) -> NetworkKind:
        """The description of the kind."""
        return NETWORKS[self.kind]

    @property
    def layers(self) -> int:
        """The entries of h_0's first axis: the layers that this kind has, times its directions."""
        layers = self.num_layers if "num_layers" in self.description.options else 1
        return self.directions * layers

    @property
    def directions(self) -> int:
        """1, or 2 where the sequence is read from its end as well."""
        return 2 if self.bidirectional and "bidirectional" in self.description.options else 1

    @property
    def options(self) -> frozenset[str]:
        """Which fields beyond the common ones mean something: dropout needs a layer above."""
        options = self.description.options
        return options if self.num_layers > 1 else options - DROPOUT

    @property
    def has_dropout(self) -> bool:
        """Whether units would be dropped in training mode."""
        return "dropout" in self.options and self.dropout > 0

    @property
    def drops(self) -> bool:
        """Whether units are dropped."""
        return self.has_dropout and self.training

    @property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        """The shapes of the parameters by name, in the module's own order."""
        return self.description.shapes(self)

    @property
    def parameter_count(self) -> int:
        """How many numbers the parameters hold together."""
        return sum(math.prod(shape) for shape in self.shapes.values())

    @property
    def largest_layer(self) -> int:
        """How many numbers the parameters of the largest layer hold."""
        one, two = (self._of_layers(count).parameter_count for count in (1, 2))
        return one if self.layers == self.directions else max(one, two - one)

    def _of_layers(self, count: int) -> NetworkSettings:
        return self.model_copy(update={"num_layers": count})

    def same_module(self, other: NetworkSettings) -> bool:
        """Return whether `other` describes a module of the same class, sizes and nonlinearity."""
        fixed = ("input_size", "hidden_size", "nonlinearity")
        names = {*fixed, *self.description.options}
        if not (self.drops and other.drops):
            names -= {"dropout_seed"}
        return self.kind == other.kind and all(
            getattr(self, name) == getattr(other, name) for name in names
        )


class InitializationSettings(Frozen):
    """How the parameters get their numbers."""

    scheme: AnyScheme = Uniform()
    overrides: dict[str, AnyScheme] = {}
    """A scheme of its own for single parameters, by the module's name for them."""
    seed: int = whole(
        0, "Weights seed", "The same seed gives the same weights, on every run.", low=0,
        high=MAX_SEED,
    )  # fmt: skip
    weight_range: float = real(
        0.0, "Colour range", "The largest weight that the colours tell apart, ±. "
        "0: the largest that there is.", low=0.0, high=1000.0, special="automatic", fold=True,
    )  # fmt: skip

    def scheme_of(self, parameter: str) -> Scheme:
        """Return the scheme that fills `parameter`."""
        return self.overrides.get(parameter, self.scheme)

    def overrides_for(self, names: Container[str]) -> dict[str, Scheme]:
        """Return the overrides of parameters in `names`; others wait for their kind to return."""
        return {name: scheme for name, scheme in self.overrides.items() if name in names}


class SequenceSettings(Frozen):
    """What goes in, and the state to begin with."""

    source: AnySource = Normal()
    length: int = whole(
        40, "Length", "How many steps the sequence has: T.", low=1, high=MAX_LENGTH, suffix="steps"
    )
    seed: int = whole(
        0, "Sequence seed", "The same seed gives the same sequence, on every run.", low=0,
        high=MAX_SEED,
    )  # fmt: skip
    start_state: Literal["zeros", "normal", "carry"] = choice(
        "zeros", "Start state", "The state h_0 before the first step.",
        {"zeros": "Zeros", "normal": "Standard normal", "carry": "Last state of the previous run"},
        fold=True,
    )  # fmt: skip

    @property
    def steps(self) -> int:
        """The number of steps T: the source's own where it has one."""
        return self.source.own_length() or self.length


class LockstepSettings(Frozen):
    """Whether several networks run side by side, and which."""

    on: bool = other(False, "Side by side", "Whether other networks run on the same input.")
    slip: Literal[
        "none", "output_h_n", "batch_first", "sequence_as_batch", "state_forgotten",
        "state_left_over", "two_biases", "depth", "late_output", "output_tanh",
    ] = choice(
        THREE_NETWORKS, "Show", "The three networks with the same weights, or what is easily "
        "got wrong beside what was meant.", {name: slip.title for name, slip in SLIPS.items()},
    )  # fmt: skip
    both_directions: bool = other(
        False, "Both directions", "Whether the network of “output and h_n” reads from the end too."
    )


class Settings(Frozen):
    """Everything that decides the record, apart from a carried state.

    Attributes
    ----------
    replay : Replay, optional
        States that were recorded elsewhere, of just this network and sequence; they are read, not
        computed. It is no part of the JSON.
    """

    version: Literal[1] = 1
    network: NetworkSettings = NetworkSettings()
    initialization: InitializationSettings = InitializationSettings()
    sequence: SequenceSettings = SequenceSettings()
    lockstep: LockstepSettings = LockstepSettings()
    replay: Any = Field(default=None, exclude=True, repr=False)

    @property
    def state_shape(self) -> tuple[int, int, int]:
        """The shape of h_0: (L, B, H)."""
        return self.network.layers, self.network.batch_size, self.network.hidden_size


@dataclass(frozen=True)
class Problem:
    """Something that keeps settings from being applied.

    Attributes
    ----------
    field : str
        The dotted name of the field that it is said beside.
    sentence : str
        What is wrong, why, and the limit.
    """

    field: str
    sentence: str


class SettingsError(ValueError):
    """Settings that cannot be applied; `problems` says why, field by field."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__(" ".join(problem.sentence for problem in problems))
        self.problems = problems
