"""Several networks on one input, side by side. This index holds plain descriptions, no torch."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rnnviz.lockstep.scene import Scene, Setup

__all__ = ["SLIPS", "THREE_NETWORKS", "Slip"]

THREE_NETWORKS = "none"
"""No slip: the kinds of network with the same weights."""


@dataclass(frozen=True)
class Slip:
    """Something that is easily got wrong, and what to look at.

    Attributes
    ----------
    title : str
        What the user reads in the list.
    sentence : str
        What is wrong with it, and what there is to see.
    wrong, right : str
        The line of code that slips, and the one that was meant; empty where nothing is wrong.
    scene : callable
        Setup → what is shown: the right run beside the wrong one, or a picture of its own.
        `CannotShow` where the network is not one that can slip so.
    """

    title: str
    sentence: str
    wrong: str
    right: str
    scene: Callable[[Setup], Scene]


def _kinds(setup: Setup) -> Scene:
    from rnnviz.lockstep.kinds import three_networks

    return three_networks(setup)


def _scene(name: str) -> Callable[[Setup], Scene]:
    """Return the function of `rnnviz.lockstep.scenes` that is called `name`, imported late."""

    def make(setup: Setup) -> Scene:
        from rnnviz.lockstep import scenes

        scene: Scene = getattr(scenes, name)(setup)
        return scene

    return make


SLIPS: dict[str, Slip] = {
    THREE_NETWORKS: Slip(
        title="The same weights",
        sentence="One input, one start state, the same weights: three ways to write one equation. "
        "What is left between them is rounding.",
        wrong="",
        right="",
        scene=_kinds,
    ),
    "output_h_n": Slip(
        title="output and h_n",
        sentence="nn.RNN returns twice: output is the top layer at every step, h_n every layer "
        "at its last step. They share one corner; backwards, the last step is at t = 1.",
        wrong="last = output[-1]  # both directions: not where the backward one ends",
        right="output, h_n = rnn(inputs, h0)",
        scene=_scene("output_and_last_states"),
    ),
    "batch_first": Slip(
        title="batch_first",
        sentence="The same tensor, read as (T, B, I) and as (B, T, I). torch takes both in "
        "silence: the state then runs from sequence to sequence, not from step to step; with one "
        "sequence it runs nowhere.",
        wrong="rnn = nn.RNN(I, H, batch_first=True)\noutput, h_n = rnn(inputs)  # (T, B, I)",
        right="rnn = nn.RNN(I, H)\noutput, h_n = rnn(inputs)  # (T, B, I)",
        scene=_scene("batch_first"),
    ),
    "sequence_as_batch": Slip(
        title="A sequence as a batch",
        sentence="nn.RNNCell takes one step. Given a whole sequence it sees T sequences of one "
        "step each, all from zeros: at most the first row is what was meant.",
        wrong="hidden = cell(x)  # x is (T, I)",
        right="for x_t in x:\n    hidden = cell(x_t, hidden)",
        scene=_scene("sequence_as_batch"),
    ),
    "state_forgotten": Slip(
        title="The state not carried",
        sentence="Without h_{t−1} each step begins anew. From zeros the first step is right; "
        "nothing that came earlier is known at any other.",
        wrong="for x in inputs:\n    output, hidden = rnn(x, torch.zeros(H))",
        right="for x in inputs:\n    output, hidden = rnn(x, hidden)",
        scene=_scene("state_forgotten"),
    ),
    "state_left_over": Slip(
        title="The state left over",
        sentence="The state of the last sequence goes into the next one. A network that forgets "
        "soon closes the gap; one that does not never does.",
        wrong="for inputs in sequences:\n    for x in inputs:\n"
        "        output, hidden = rnn(x, hidden)",
        right="for inputs in sequences:\n    hidden = h0\n    for x in inputs:\n"
        "        output, hidden = rnn(x, hidden)",
        scene=_scene("state_left_over"),
    ),
    "two_biases": Slip(
        title="Two biases",
        sentence="torch adds b_ih and b_hh. Forward only their sum counts; each has the same "
        "gradient, so that under SGD the sum learns twice as fast as a single bias.",
        wrong="",
        right="",
        scene=_scene("two_biases"),
    ),
    "depth": Slip(
        title="Layers are depth",
        sentence="num_layers stacks layers, each with weights of its own. Time needs none: one "
        "layer uses the same W_hh at every step, however long the sequence is.",
        wrong="rnn = nn.RNN(I, H, num_layers=T)",
        right="rnn = nn.RNN(I, H)  # any T",
        scene=_scene("depth"),
    ),
    "late_output": Slip(
        title="y from the old state",
        sentence="y_t must come from h_t. From h_{t−1} every output is one step late and has "
        "not seen its own input.",
        wrong="output = W_ho @ hidden + b_ho\nhidden = tanh(W_ih @ x + b_ih + W_hh @ hidden)",
        right="hidden = tanh(W_ih @ x + b_ih + W_hh @ hidden)\noutput = W_ho @ hidden + b_ho",
        scene=_scene("late_output"),
    ),
    "output_tanh": Slip(
        title="The output’s tanh",
        sentence="The exercise’s formula says y_t = tanh(W_y h_t + b_y), its code leaves the "
        "tanh out. The states are the same; the outputs are not bounded by 1 without it.",
        wrong="",
        right="output = W_ho @ hidden + b_ho  # the code\n"
        "output = tanh(W_ho @ hidden + b_ho)  # the formula",
        scene=_scene("output_tanh"),
    ),
}
"""What can be looked at side by side, by name, in the order of the list."""
