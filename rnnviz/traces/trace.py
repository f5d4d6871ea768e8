"""The public record of a run: what went in, every hidden state, every output."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from rnnviz.traces.record import ArrayView, GrowingArray


class Trace:
    """What happened from step 1 to step T, time first.

    A Trace is a view on a record that may still grow; it ends where the revealing ends.

    Parameters
    ----------
    inputs : ndarray
        All inputs of the sequence, (length, B, I).
    arrays : mapping of str to GrowingArray
        The tensors that the network named. ``hidden`` has one row more than steps: h_0.
    """

    def __init__(self, inputs: NDArray, arrays: Mapping[str, GrowingArray]) -> None:
        self._inputs = inputs
        self._arrays = arrays
        self._steps = 0

    def __len__(self) -> int:
        """Return T, the number of steps."""
        return self._steps

    @property
    def inputs(self) -> NDArray:
        """The inputs (T, B, I), read-only: ``inputs[t - 1]`` is x_t."""
        shown = self._inputs[: self._steps]
        shown.flags.writeable = False
        return shown

    @property
    def all_inputs(self) -> NDArray:
        """The inputs of the whole sequence, also of steps that are still to come."""
        return self._inputs

    @property
    def hidden(self) -> ArrayView:
        """The hidden states (T + 1, L, B, H): ``hidden[t]`` is h_t, ``hidden[0]`` is h_0.

        With both directions L counts each twice, in the order of torch's h_n: layer 0 forward,
        layer 0 backward, layer 1 forward, … Both lie where their inputs do: ``hidden[t]`` belongs
        to x_t, as ``output[t - 1]`` does, so that the backward direction ends at ``hidden[1]``.
        """
        return self["hidden"]

    @property
    def outputs(self) -> ArrayView | None:
        """The outputs (T, B, O), ``outputs[t - 1]`` being y_t; None without an output layer."""
        return self["output"] if "output" in self._arrays else None

    @property
    def names(self) -> tuple[str, ...]:
        """The names that ``trace[name]`` knows.

        With dropout there is ``read`` (T, layers − 1, B, D·H): what each layer but the lowest was
        given, zeros where a state was dropped.
        """
        return tuple(self._arrays)

    def __getitem__(self, name: str) -> ArrayView:
        array = self._arrays[name]
        return ArrayView(array, rows_of(name, self._steps))

    def __repr__(self) -> str:
        outputs = None if self.outputs is None else self.outputs.shape
        return (
            f"<Trace of {len(self)} steps: inputs {np.shape(self.inputs)}, "
            f"hidden {self.hidden.shape}, outputs {outputs}>"
        )

    def _repr_png_(self) -> bytes | None:
        """Return the picture that a notebook shows; None where there is nothing to show."""
        from rnnviz.traces.picture import png_of

        drawn = png_of(self)
        return None if drawn is None else drawn[0]

    def _repr_mimebundle_(
        self, include: object = None, exclude: object = None
    ) -> tuple[dict[str, object], dict[str, object]]:
        """Return the same with its size on the page, so that dense screens show it sharply."""
        from rnnviz.traces.picture import png_of

        drawn = png_of(self)
        if drawn is None:
            return {}, {}
        png, (width, height) = drawn
        return {"image/png": png}, {"image/png": {"width": width, "height": height}}


def rows_of(name: str, steps: int) -> int:
    """Return how many rows a tensor has after `steps` steps: ``hidden`` begins with h_0."""
    return steps + 1 if name == "hidden" else steps
