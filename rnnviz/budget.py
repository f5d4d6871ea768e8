"""How much memory settings would take, and what is said where it is too much."""

from __future__ import annotations

import math
import shutil
from bisect import bisect_left
from collections.abc import Callable
from typing import NamedTuple

from rnnviz.limits import MAX_BATCH, MAX_LAYERS, MAX_LENGTH, MAX_SIZE
from rnnviz.memory import MemoryLimits, Sizes
from rnnviz.settings import NetworkSettings, Problem, Settings
from rnnviz.traces.scratch import cache_folder

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


def memory_problems(
    settings: Settings, limits: MemoryLimits, before: Settings | None
) -> tuple[Problem, ...]:
    """Return why `settings` take too much memory, or room on the disk, and how much would fit."""
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
