"""What a user chose: one frozen model, with every limit, and what follows from it without torch."""

from __future__ import annotations

import math
import shutil
from bisect import bisect_left
from collections.abc import Callable, Container
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from pydantic import Field

from rnnviz.fields import MAX_SEED, Frozen, choice, other, real, whole
from rnnviz.initialization import AnyScheme, Scheme, Uniform, misfits
from rnnviz.lockstep import SLIPS, THREE_NETWORKS
from rnnviz.memory import MemoryLimits, Sizes
from rnnviz.networks import NETWORKS, NetworkKind
from rnnviz.sequences import MAX_LENGTH, AnySource, Normal
from rnnviz.traces.scratch import cache_folder

MAX_SIZE = 100_000
MAX_LAYERS = 8
MAX_BATCH = 10_000
BYTES_A_NUMBER = 4
LANES_BESIDE = 2
"""At most so many networks run beside the session's own."""
SIZES = {
    "sequence.length": (MAX_LENGTH, "steps"),
    "network.hidden_size": (MAX_SIZE, "hidden units"),
    "network.input_size": (MAX_SIZE, "input units"),
    "network.output_size": (MAX_SIZE, "output units"),
    "network.num_layers": (MAX_LAYERS, "layers"),
    "network.batch_size": (MAX_BATCH, "sequences"),
}
"""The fields that decide how much memory a run takes: their limits, and what they count."""


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


def problems_of(
    settings: Settings, limits: MemoryLimits | None = None, before: Settings | None = None
) -> tuple[Problem, ...]:
    """Return what is wrong across fields; each field's own limits are in its model.

    Parameters
    ----------
    settings : Settings
    limits : MemoryLimits, optional
        Those of this machine if left out.
    before : Settings, optional
        What they are a change of: the reason is said beside the field that was changed.
    """
    memory = _memory_problems(settings, limits or MemoryLimits.of_this_machine(), before)
    return memory or (*_scheme_problems(settings), *_source_problems(settings))


class BytesNeeded(NamedTuple):
    """What settings would take, in Python's own integers."""

    weights: int
    """With what torch holds beside them while it draws them."""
    record: int
    """With the inputs, and all that is needed to draw them and to compute it."""
    views: int
    """The weights of the layer that is shown, as the heatmaps hold them."""
    beside: int = 0
    """Weights and records of what runs side by side."""


def bytes_needed(settings: Settings) -> BytesNeeded:
    """Return the bytes that `settings` would take."""
    network, sizes = settings.network, sizes_of(settings)
    return BytesNeeded(
        weights=(network.parameter_count + _drawing_weights(settings)) * BYTES_A_NUMBER,
        record=sizes.record + sizes.others + _drawing_inputs(settings) * BYTES_A_NUMBER,
        views=network.largest_layer * BYTES_A_NUMBER,
        beside=_beside(settings),
    )


def _beside(settings: Settings) -> int:
    """Return what two further networks take, and their differences from the first."""
    if not settings.lockstep.on:
        return 0
    network, sizes = settings.network, sizes_of(settings)
    square = network.hidden_size**2  # the identity as a head, or the layers of a network shown
    heads = (8 if settings.lockstep.slip == "output_h_n" else 1) * square * BYTES_A_NUMBER
    outputs = sizes.steps * network.batch_size * network.hidden_size * BYTES_A_NUMBER
    weights = network.parameter_count * BYTES_A_NUMBER
    return LANES_BESIDE * (weights + heads + 2 * sizes.record + outputs)


def _drawing_weights(settings: Settings) -> int:
    """Return how many numbers torch holds beside the weights while it draws the largest part."""
    init = settings.initialization
    return max(
        math.prod(shape) * max(init.scheme.working_copies, init.scheme_of(name).working_copies)
        for name, shape in settings.network.shapes.items()
    )


def _drawing_inputs(settings: Settings) -> int:
    """Return how many numbers are held beside the inputs while these are drawn."""
    network, sequence = settings.network, settings.sequence
    beside = sequence.source.copies_one and network.batch_size > 1
    return sequence.steps * network.input_size if beside else 0


def sizes_of(settings: Settings) -> Sizes:
    """Return what a step takes, and how many there are."""
    network = settings.network
    output = network.output_size if "output_size" in network.description.options else 0
    a_unit = network.batch_size * BYTES_A_NUMBER
    return Sizes(
        steps=settings.sequence.steps,
        block_steps=network.description.block_steps(network),
        inputs=network.input_size * a_unit,
        hidden=(network.layers + _read_by_layers(network)) * network.hidden_size * a_unit,
        output=output * a_unit,
    )


def _read_by_layers(network: NetworkSettings) -> int:
    """Return how many states' worth is recorded of what layers are given after dropout."""
    return network.layers - network.directions if network.drops else 0


def readable_bytes(count: int) -> str:
    """Return a number of bytes with a unit, as ``1.6 GB``."""
    value = float(count)
    for unit in ("bytes", "kB", "MB", "GB", "TB"):
        if value < 999.5 or unit == "TB":
            break
        value /= 1000
    digits = 1 if value < 9.95 and unit != "bytes" else 0
    return f"{value:,.{digits}f} {unit}"


def _memory_problems(
    settings: Settings, limits: MemoryLimits, before: Settings | None
) -> tuple[Problem, ...]:
    needed = bytes_needed(settings)
    if sum(needed) > limits.budget:
        weights, whole, views, beside = map(readable_bytes, needed)
        others = f", {beside} for the networks side by side" if needed.beside else ""
        said = (
            f"This would take {weights} for the weights, {whole} for the record{others} and "
            f"{views} for the views; {readable_bytes(limits.budget)} are allowed together"
        )
        return _too_large(settings, said, lambda s: sum(bytes_needed(s)) <= limits.budget, before)
    on_disk = _bytes_on_disk(settings, limits)
    if on_disk > (free := _room_on_disk()):
        said = (
            f"The record would take {readable_bytes(on_disk)} on the disk, "
            f"which has {readable_bytes(free)} left"
        )
        return _too_large(settings, said, lambda s: _bytes_on_disk(s, limits) <= free, before)
    return ()


def _bytes_on_disk(settings: Settings, limits: MemoryLimits) -> int:
    """Return what goes to the disk: nothing, or all records with those that run side by side."""
    record = sizes_of(settings).record
    if record <= limits.in_memory:
        return 0
    return record + (2 * LANES_BESIDE * record if settings.lockstep.on else 0)


def _too_large(
    settings: Settings, said: str, fits: Callable[[Settings], bool], before: Settings | None
) -> tuple[Problem]:
    """Say beside the field that was changed, or that counts most, how large it may be."""
    field = _field_to_cut(settings, fits, before)
    limit, counted = SIZES[field]
    sizes = range(1, limit + 1)
    most = bisect_left(sizes, True, key=lambda size: not fits(_with(settings, field, size)))
    return (Problem(field, f"{said}: at most {most:,} {counted} fit." if most else f"{said}."),)


def _room_on_disk() -> int:
    return shutil.disk_usage(cache_folder()).free


def _field_to_cut(
    settings: Settings, fits: Callable[[Settings], bool], before: Settings | None
) -> str:
    changed = [f for f in SIZES if before is not None and _size(before, f) != _size(settings, f)]
    order = [*changed, *SIZES] if len(changed) == 1 else [*SIZES]
    enough = (field for field in order if fits(_with(settings, field, 1)))
    return next(enough, "network.hidden_size")


def _size(settings: Settings, field: str) -> int:
    part, name = field.split(".")
    size: int = getattr(getattr(settings, part), name)
    return size


def _with(settings: Settings, field: str, size: int) -> Settings:
    part, name = field.split(".")
    changed = getattr(settings, part).model_copy(update={name: size})
    return settings.model_copy(update={part: changed})


def _scheme_problems(settings: Settings) -> tuple[Problem, ...]:
    init, shapes = settings.initialization, settings.network.shapes
    sentences = misfits(init.scheme, init.overrides_for(shapes), shapes).values()
    return tuple(Problem("initialization.scheme", sentence) for sentence in sentences)


def _source_problems(settings: Settings) -> tuple[Problem, ...]:
    sequence = settings.sequence
    sentence = sequence.source.misfit(sequence.steps, settings.network.input_size)
    sentence = sentence or sequence.source.batch_misfit(settings.network.batch_size)
    return (Problem("sequence.source", sentence),) if sentence else ()
