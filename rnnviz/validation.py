"""What is wrong with settings, across their fields."""

from __future__ import annotations

from rnnviz.budget import memory_problems
from rnnviz.initialization import misfits
from rnnviz.memory import MemoryLimits
from rnnviz.settings import Problem, Settings


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
    memory = memory_problems(settings, limits or MemoryLimits.of_this_machine(), before)
    return memory or (*_scheme_problems(settings), *_source_problems(settings))


def _scheme_problems(settings: Settings) -> tuple[Problem, ...]:
    init, shapes = settings.initialization, settings.network.shapes
    sentences = misfits(init.scheme, init.overrides_for(shapes), shapes).values()
    return tuple(Problem("initialization.scheme", sentence) for sentence in sentences)


def _source_problems(settings: Settings) -> tuple[Problem, ...]:
    sequence = settings.sequence
    sentence = sequence.source.misfit(sequence.steps, settings.network.input_size)
    sentence = sentence or sequence.source.batch_misfit(settings.network.batch_size)
    return (Problem("sequence.source", sentence),) if sentence else ()
