"""How large states are: the Euclidean norm of h_t, and the most that it can be."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from rnnviz.analysis.scales import hidden_limit
from rnnviz.traces.run import Run


def state_norms(run: Run, row: int, sequence: int) -> NDArray[np.float64]:
    """Return ``||h_t||`` of each layer, (L,), for one sequence of the batch.

    Parameters
    ----------
    run : Run
    row : int
        Of the record's hidden states, one that is computed: t, 0 for the start state.
    sequence : int
    """
    states = run.sequence("hidden", row, row + 1)[0, :, sequence].astype(np.float64)
    norms: NDArray[np.float64] = np.linalg.norm(states, axis=-1)
    return norms


def norm_limit(run: Run) -> float:
    """Return what the norm of H units cannot exceed: ``sqrt(H)`` times the limit of each.

    A state whose units all lie at half of their range has a norm at half of this one.
    """
    return math.sqrt(run.network.hidden_size) * hidden_limit(run)
