"""What a user chose: one frozen model, with every limit, and what follows from it without torch."""

from __future__ import annotations

import math
from collections.abc import Container
from dataclasses import dataclass
from typing import Literal

from rnnviz.fields import MAX_SEED, Frozen, choice, other, real, whole
from rnnviz.initialization import AnyScheme, Scheme, Uniform, misfits
from rnnviz.networks import NETWORKS, NetworkKind
from rnnviz.sequences import MAX_LENGTH, AnySource, Normal

MAX_SIZE = 100_000
MAX_LAYERS = 8
MAX_BATCH = 10_000
MEMORY_BUDGET = 4 * 2**30
"""Bytes that weights and record of one run may take together."""
BYTES_A_NUMBER = 4


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

    @property
    def description(self) -> NetworkKind:
        """The description of the kind."""
        return NETWORKS[self.kind]

    @property
    def layers(self) -> int:
        """The number of layers that this kind really has."""
        return self.num_layers if "num_layers" in self.description.options else 1

    @property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        """The shapes of the parameters by name, in the module's own order."""
        return self.description.shapes(self)

    @property
    def parameter_count(self) -> int:
        """How many numbers the parameters hold together."""
        return sum(math.prod(shape) for shape in self.shapes.values())

    def same_module(self, other: NetworkSettings) -> bool:
        """Return whether `other` describes a module of the same class, sizes and nonlinearity."""
        fixed = ("input_size", "hidden_size", "nonlinearity")
        names = (*fixed, *self.description.options)
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

    def same_weights(self, other: InitializationSettings) -> bool:
        """Return whether `other` fills every parameter with the same numbers."""
        return self.model_copy(update={"weight_range": 0.0}) == other.model_copy(
            update={"weight_range": 0.0}
        )


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


class Settings(Frozen):
    """Everything that decides the record, apart from a carried state."""

    version: Literal[1] = 1
    network: NetworkSettings = NetworkSettings()
    initialization: InitializationSettings = InitializationSettings()
    sequence: SequenceSettings = SequenceSettings()

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


def problems_of(settings: Settings) -> tuple[Problem, ...]:
    """Return what is wrong across fields; each field's own limits are in its model."""
    memory = _memory_problems(settings)
    return memory or (*_scheme_problems(settings), *_source_problems(settings))


def bytes_needed(settings: Settings) -> tuple[int, int]:
    """Return the bytes of the weights and of the record, in Python's own integers."""
    network, steps = settings.network, settings.sequence.steps
    output = network.output_size if "output_size" in network.description.options else 0
    a_step = network.input_size + network.layers * network.hidden_size + output
    record = steps * network.batch_size * a_step
    return network.parameter_count * BYTES_A_NUMBER, record * BYTES_A_NUMBER


def readable_bytes(count: int) -> str:
    """Return a number of bytes with a unit, as ``1.6 GB``."""
    value = float(count)
    for unit in ("bytes", "kB", "MB", "GB", "TB"):
        if value < 999.5 or unit == "TB":
            break
        value /= 1000
    digits = 1 if value < 9.95 and unit != "bytes" else 0
    return f"{value:,.{digits}f} {unit}"


def _memory_problems(settings: Settings) -> tuple[Problem, ...]:
    weights, record = bytes_needed(settings)
    if weights + record <= MEMORY_BUDGET:
        return ()
    field = "network.hidden_size" if weights > record else "sequence.length"
    return (
        Problem(
            field,
            f"This would take {readable_bytes(weights)} for the weights and "
            f"{readable_bytes(record)} for the record; at most {readable_bytes(MEMORY_BUDGET)} "
            "are allowed together.",
        ),
    )


def _scheme_problems(settings: Settings) -> tuple[Problem, ...]:
    init, shapes = settings.initialization, settings.network.shapes
    sentences = misfits(init.scheme, init.overrides_for(shapes), shapes).values()
    return tuple(Problem("initialization.scheme", sentence) for sentence in sentences)


def _source_problems(settings: Settings) -> tuple[Problem, ...]:
    sequence = settings.sequence
    sentence = sequence.source.misfit(sequence.steps, settings.network.input_size)
    return (Problem("sequence.source", sentence),) if sentence else ()
