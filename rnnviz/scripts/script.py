"""The whole script, from the import to the last state."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rnnviz.limits import MAX_WRITTEN
from rnnviz.literals import tensor_lines
from rnnviz.scripts.beside import paragraphs_beside
from rnnviz.scripts.kinds import ElmanCode, KindCode, RNNCellCode
from rnnviz.scripts.rnn import RNNCode
from rnnviz.settings import Settings

if TYPE_CHECKING:
    from torch import Tensor

KINDS: dict[str, type[KindCode]] = {"elman": ElmanCode, "rnn_cell": RNNCellCode, "rnn": RNNCode}
"""The kinds of network by name."""


def code_of(settings: Settings, *, h0: Tensor | None = None) -> str:
    """Return the PyTorch code that computes what these settings describe.

    Run by a fresh interpreter on the same machine, it defines ``inputs`` (T, B, I), ``hidden``
    (T + 1, L, B, H) and, where there is an output layer, ``outputs`` (T, B, O), the same bits as
    those of the record. Where several networks run side by side, those beside it follow.

    Parameters
    ----------
    settings : Settings
    h0 : Tensor, optional
        (L, B, H), the state that the run started from. It matters only where the start state is
        "carry", as no seed gives it; left out, it is zeros.

    Raises
    ------
    ValueError
        If that state has more than `MAX_WRITTEN` numbers.
    """
    kind = KINDS[settings.network.kind](settings)
    start = ["import torch", "from torch import nn"]
    threads = ["# More threads may round differently.", "torch.set_num_threads(1)"]
    paragraphs = [kind.network(), [*_inputs(settings), *_start_state(settings, h0)], *kind.run()]
    if definition := kind.definition():
        paragraphs = [start, threads, ["", *definition, ""], *paragraphs]
    else:
        paragraphs = [start, threads, *paragraphs]
    paragraphs += paragraphs_beside(settings)
    return "\n\n".join("\n".join(lines) for lines in paragraphs) + "\n"


def _inputs(settings: Settings) -> list[str]:
    sequence, network = settings.sequence, settings.network
    lines = sequence.source.code(sequence.steps, network.batch_size, network.input_size)
    return [_seeded(settings), *lines] if sequence.source.uses_seed else lines


def _start_state(settings: Settings, h0: Tensor | None) -> list[str]:
    sequence, shape = settings.sequence, ", ".join(map(str, settings.state_shape))
    if sequence.start_state == "normal":
        seed = [] if sequence.source.uses_seed else [_seeded(settings)]  # else drawn behind inputs
        return [*seed, f"h0 = torch.randn({shape})  # (L, B, H)"]
    if sequence.start_state == "carry" and h0 is not None and h0.any():
        return _written(h0)
    return [f"h0 = torch.zeros({shape})  # (L, B, H)"]


def _seeded(settings: Settings) -> str:
    return f"torch.manual_seed({settings.sequence.seed})"


def _written(h0: Tensor) -> list[str]:
    """Write a state out, number by number."""
    if h0.numel() > MAX_WRITTEN:
        raise ValueError(
            f"The start state is the last state of the previous run: {h0.numel():,} numbers that "
            f"no seed gives, and at most {MAX_WRITTEN:,} are written out. "
            "With another start state there is code."
        )
    shape = ", ".join(map(str, h0.shape))
    rows = h0.flatten(end_dim=1).tolist()
    lines = tensor_lines("h0", rows, f".view({shape})")
    return ["# The last state of the previous run, (L, B, H)", *lines]
