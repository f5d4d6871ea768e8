"""Settings with what was opened: weights of a file, or numbers that go in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from rnnviz import initialization, sequences
from rnnviz.arrays import Stored
from rnnviz.budget import BYTES_A_NUMBER, readable_bytes
from rnnviz.changes import with_source
from rnnviz.limits import MAX_LENGTH
from rnnviz.memory import MemoryLimits
from rnnviz.recorded_settings import settings_of_record
from rnnviz.sequences import Source
from rnnviz.settings import (
    InitializationSettings,
    NetworkSettings,
    Problem,
    Settings,
    SettingsError,
)
from rnnviz.tables import counted

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from rnnviz.formats.recording import Recording


def with_weights(
    settings: Settings, network: Mapping[str, object], tensors: Mapping[str, Stored], name: str
) -> Settings:
    """Return `settings` with the network of a file and its numbers.

    The sequence stays where the new network can read it; else noise goes in.

    Parameters
    ----------
    settings : Settings
    network : mapping
        Fields of `NetworkSettings`: the kind, and what is not as by default.
    tensors : mapping of str to Stored
        By the parameter's name in its module.
    name : str
        What the numbers come from, as the user reads it.
    """
    given = {"batch_size": settings.network.batch_size, **network}
    made = NetworkSettings.model_validate(given)
    scheme = initialization.Loaded(file=name, tensors=dict(tensors))
    seed = settings.initialization.seed
    sequence = settings.sequence
    if sequence.source.misfit(sequence.steps, made.input_size):
        sequence = sequence.model_copy(update={"source": sequences.Normal()})
    changes = {
        "network": made,
        "initialization": InitializationSettings(scheme=scheme, seed=seed),
        "sequence": sequence,
        "replay": None,
    }
    return settings.model_copy(update=changes)


def with_data(settings: Settings, source: Source) -> Settings:
    """Return `settings` with other inputs, the input's size and the batch following.

    Weights of a file are kept: no size follows against them.

    Raises
    ------
    SettingsError
        If the weights are those of a file too, and read another number of columns.
    """
    scheme, size = settings.initialization.scheme, settings.network.input_size
    needed = source.needs_inputs()
    if scheme.from_file and needed is not None and source.misfit(source.own_length() or 1, size):
        about = _about_columns if source.from_file else _about_units
        raise SettingsError((Problem("sequence.columns", about(needed, size)),))
    return with_source(settings, source)


def first_steps(source: sequences.Loaded) -> sequences.Loaded:
    """Return `source`, cut to as many steps as a sequence can have."""
    if source.own_length() <= MAX_LENGTH:
        return source
    return source.model_copy(update={"last": source.first + MAX_LENGTH - 1})


def _about_columns(found: int, size: int) -> str:
    return (
        f"{counted(found, 'column')} would go in, and the network, whose weights come from a file, "
        f"reads {size:,}. Choose {size:,}, or draw other weights first (Initialisation)."
    )


def _about_units(needed: int, size: int) -> str:
    return (
        f"{counted(needed, 'input unit')} would be needed, and the network, whose weights come "
        f"from a file, has {size:,}. Draw other weights first (Initialisation)."
    )


class RecordedPass:
    """The states of one record of a recording: what `rnnviz.traces.replay.Replay` asks for.

    Parameters
    ----------
    recording : Recording
    number : int
        Which of its records.
    """

    def __init__(self, recording: Recording, number: int) -> None:
        self.recording, self.number = recording, number

    def hidden(self, first: int, last: int) -> NDArray[np.float32]:
        return self.recording.hidden(self.number, first, last)

    def output(self, first: int, last: int) -> NDArray[np.float32] | None:
        return self.recording.output(self.number, first, last)


def settings_of_pass(recording: Recording, number: int) -> Settings:
    """Return settings that show one record of a recording.

    Raises
    ------
    UnreadableFile
        If it is damaged.
    ValueError
        If what was recorded is beyond the limits.
    """
    _check_room(recording, number)
    return settings_of_record(
        recording.network,
        recording.weights(number),
        recording.inputs(number),
        RecordedPass(recording, number),
        f"{_name_in_settings(recording)}{recording.steps[number]:,}",
    )


def _check_room(recording: Recording, number: int) -> None:
    """Raise before too much is read: sizes are only claimed, and chunks may be links to one."""
    network = NetworkSettings.model_validate(recording.network)
    inputs = recording.length(number) * recording.batch_size(number) * network.input_size
    needed = BYTES_A_NUMBER * (inputs + network.parameter_count)
    budget = MemoryLimits.of_this_machine().budget
    if needed > budget:
        raise ValueError(
            f"Its inputs and weights would take {readable_bytes(needed)}; "
            f"{readable_bytes(budget)} are allowed on this machine."
        )


def is_of_recording(settings: Settings, recording: Recording) -> bool:
    """Return whether weights or inputs are those of a record, also where states are computed."""
    parts = (settings.initialization.scheme, settings.sequence.source)
    begin = _name_in_settings(recording)
    return any(getattr(part, "file", "").startswith(begin) for part in parts)


def _name_in_settings(recording: Recording) -> str:
    return f"{recording.path.name}, step "
