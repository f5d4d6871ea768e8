"""Settings that show a record: its network, its weights, its inputs, and the states themselves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike
from pydantic import ValidationError

from rnnviz import initialization, sequences
from rnnviz.arrays import Stored
from rnnviz.fields import sentence_of
from rnnviz.settings import InitializationSettings, NetworkSettings, SequenceSettings, Settings

if TYPE_CHECKING:
    from rnnviz.traces.replay import Replay


def settings_of_record(
    network: Mapping[str, object],
    weights: Mapping[str, ArrayLike],
    inputs: ArrayLike,
    replay: Replay,
    name: str,
) -> Settings:
    """Return settings whose run reads a record instead of computing.

    Parameters
    ----------
    network : mapping
        Fields of `NetworkSettings`: ``kind``, ``hidden_size`` and what else is not as by default.
        The input's size and the batch are those of `inputs`.
    weights : mapping of str to array_like
        The numbers by the parameter's name in its module; as float32.
    inputs : array_like
        (T, B, I); as float32.
    replay : Replay
        The recorded states, and outputs where the kind has them.
    name : str
        What the numbers come from, as the user reads it.

    Raises
    ------
    ValueError
        If a field is beyond its limits. What is wrong across fields, such as a weight of another
        shape, `rnnviz.validation.problems_of` says.
    """
    read = Stored(inputs)
    if len(read.shape) != 3:
        raise ValueError(f"The inputs of a record are (T, B, I), not {read.shape}.")
    sizes = {"batch_size": read.shape[1], "input_size": read.shape[2]}
    numbers = {key: Stored(np.asarray(values)) for key, values in weights.items()}
    try:
        return Settings(
            network=NetworkSettings.model_validate({**network, **sizes}),
            initialization=InitializationSettings(
                scheme=initialization.Loaded(file=name, tensors=numbers)
            ),
            sequence=SequenceSettings(source=sequences.Loaded(file=name, data=read)),
            replay=replay,
        )
    except ValidationError as error:
        raise ValueError(_sentence(error)) from error


def _sentence(error: ValidationError) -> str:
    """Return what is wrong, and of which field."""
    field = ".".join(map(str, error.errors()[0]["loc"]))
    return f"{field}: {sentence_of(error)}"
