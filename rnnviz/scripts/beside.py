"""What runs beside the session's network, in a script: the other kinds, or a slip."""

from __future__ import annotations

import textwrap
from collections.abc import Callable

from rnnviz.literals import WIDTH, indented
from rnnviz.lockstep import THREE_NETWORKS
from rnnviz.networks import NETWORKS
from rnnviz.scripts.same_weights import CALLS, SameWeights, as_kind, copied, new, stepped
from rnnviz.settings import Settings

Paragraphs = list[list[str]]

LARGEST = "print((wrong - right).abs().max().item())"


def paragraphs_beside(settings: Settings) -> Paragraphs:
    """Return what stands behind the script of one network where several run side by side.

    The script has defined ``rnn``, ``inputs``, ``h0`` and ``hidden``. With the same weights
    ``beside`` becomes a dict of each other kind's states, (T, B, H). With a slip, ``right`` and
    ``wrong`` are states, (T, B, H), or outputs, (T, B, O). What cannot be shown is a comment
    that says why.
    """
    if not settings.lockstep.on:
        return []
    slip = settings.lockstep.slip
    absent = _absent(settings)
    if slip == THREE_NETWORKS and "" not in absent:  # else nothing of it can be shown
        said = [_comment(f"{title}: {reason}") for title, reason in absent.items()]
        return [*said, *_kinds(settings, absent)]
    if absent:
        return [_comment(reason) for reason in absent.values()]
    return SLIPS_CODE[slip](settings)


def _absent(settings: Settings) -> dict[str, str]:
    """Return, by title, why a lane is not there: as the scene of a single unit says it."""
    import numpy as np
    import torch

    from rnnviz.lockstep.lockstep import scene_of
    from rnnviz.lockstep.scene import Setup
    from rnnviz.traces.run import Run

    sizes = {"input_size": 1, "hidden_size": 1, "output_size": 1}
    network = settings.network.model_copy(update=sizes)
    with torch.random.fork_rng(devices=[]):
        small = network.description.build(network)
    run = Run(small, torch.zeros(1, 1, 1), torch.zeros(network.layers, 1, 1))
    scene = scene_of(settings.lockstep.slip, Setup(network.kind, run, np.empty, seed=0))
    return {lane.title: lane.said for lane in scene.lanes if lane.run is None}


def _kinds(settings: Settings, absent: dict[str, str]) -> Paragraphs:
    """Return the other kinds of network with the same weights."""
    own = settings.network.kind
    paragraphs, entries = [], []
    for kind, described in NETWORKS.items():
        if kind == own or described.title in absent:
            continue
        other = SameWeights(settings, kind)
        states = f"{other.name}_states"
        paragraphs += [*other.made(), other.run(states)]
        entries.append(f'"{described.title}": {states}')
    if not entries:
        return []
    last = [
        f"beside = {{{', '.join(entries)}}}",
        "for name, states in beside.items():",
        "    print(name, (states - hidden[1:, -1]).abs().max().item())",
    ]
    return [["# The other kinds of network, with the same weights"], *paragraphs, last]


def _output_h_n(settings: Settings) -> Paragraphs:
    from rnnviz.lockstep.grid import LAYERS, MOST_STEPS

    both = settings.lockstep.both_directions
    network = as_kind(settings, "rnn").network.model_copy(
        update={"num_layers": LAYERS, "bias": True, "bidirectional": both}
    )
    made = new("two_layers", settings.model_copy(update={"network": network}))
    called = ["with torch.no_grad():", f"    output, h_n = two_layers(inputs[:{MOST_STEPS}, :1])"]
    size, ends = ("(T, B, 2 * H)", 2 * LAYERS) if both else ("(T, B, H)", LAYERS)
    shapes = [
        f"print(output.shape)  # {size}: the top layer, at every step",
        f"print(h_n.shape)  # ({ends}, B, H): every layer, at its last step",
    ]
    about = "# Two layers with weights of their own, on the first steps of one sequence"
    return [
        [about, _seeded(settings), *made, *called],
        [*shapes, *_shared(network.hidden_size, both)],
    ]


def _shared(hidden_size: int, both: bool) -> list[str]:
    """Return the lines that find the states that both of what nn.RNN returns have."""
    if not both:
        return ["print(torch.equal(output[-1], h_n[-1]))  # True"]
    return [
        f"forward, backward = output.split({hidden_size}, dim=-1)",
        "print(torch.equal(forward[-1], h_n[-2]))  # True",
        "print(torch.equal(backward[0], h_n[-1]))  # True: it ends at the first step",
    ]


def _batch_first(settings: Settings) -> Paragraphs:
    rnn = SameWeights(settings, "rnn")
    wrong = [
        "# The same tensor, read as T sequences of B steps",
        *new("batch_first", rnn.settings, "batch_first=True"),
        f"batch_first.load_state_dict({rnn.name}.state_dict())",
        "with torch.no_grad():",
        "    wrong, _ = batch_first(inputs)",
        LARGEST,
    ]
    return [*rnn.right(), wrong]


def _sequence_as_batch(settings: Settings) -> Paragraphs:
    cell = SameWeights(settings, "rnn_cell")
    wrong = [
        "# A whole sequence (T, I) at once: for the cell a batch of T",
        "with torch.no_grad():",
        f"    sequences = [{cell.name}(x) for x in inputs.unbind(dim=1)]",
        "wrong = torch.stack(sequences, dim=1)",
        LARGEST,
    ]
    return [*cell.right(), wrong]


def _state_forgotten(settings: Settings) -> Paragraphs:
    kind = settings.network.kind if settings.network.kind in CALLS else "rnn_cell"
    cell = SameWeights(settings, kind)
    wrong = [
        "# The state is not carried: each step begins anew",
        "wrong = []",
        "with torch.no_grad():",
        "    for x in inputs:",
        f"        {CALLS[kind].format(cell.name, 'torch.zeros_like(h0[0])')}",
        "        wrong.append(hidden_state)",
        "wrong = torch.stack(wrong)",
        LARGEST,
    ]
    return [*cell.right(), wrong]


def _state_left_over(settings: Settings) -> Paragraphs:
    from rnnviz.lockstep.scenes import LAST_SEQUENCE

    network = settings.network
    earlier = [
        "# Another sequence came before, and its last state is left over",
        f"torch.manual_seed({settings.initialization.seed + 1})",
        f"earlier = torch.randn({LAST_SEQUENCE}, {network.batch_size}, {network.input_size})",
    ]
    if network.kind not in CALLS:
        return [earlier, [*_left_over_whole(settings), "right = output", LARGEST]]
    loop = [
        "hidden_state = torch.zeros_like(h0[0])",
        "with torch.no_grad():",
        "    for sequence in (earlier, inputs):",
        "        wrong = []",
        "        for x in sequence:",
        f"            {CALLS[network.kind].format('rnn', 'hidden_state')}",
        "            wrong.append(hidden_state)",
        "wrong, right = torch.stack(wrong), hidden[1:, -1]  # (T, B, H)",
    ]
    return [earlier, [*loop, LARGEST]]


def _left_over_whole(settings: Settings) -> list[str]:
    """Return the two calls of an nn.RNN, each with the same units dropped if any are."""
    sizes = settings.network
    seed = [f"torch.manual_seed({sizes.dropout_seed})"] if sizes.drops else []
    calls = ["_, left_over = rnn(earlier)", "wrong, _ = rnn(inputs, left_over)"]
    return ["with torch.no_grad():", *indented(line for call in calls for line in (*seed, call))]


def _two_biases(settings: Settings) -> Paragraphs:
    elman = SameWeights(settings, "elman")
    cell = as_kind(elman.settings, "rnn_cell")
    return [
        *elman.definition(),
        ["# One bias, and two with the same sum", *elman.filled("one")],
        [*new("two", cell), *copied("two", cell, "one", elman.settings)],
        *_gradients(),
        _learned(),
        stepped(CALLS["elman"].format("one", "hidden_state"), "right"),
        [*stepped(CALLS["rnn_cell"].format("two", "hidden_state"), "wrong"), LARGEST],
    ]


def _gradients() -> Paragraphs:
    """Return the paragraphs of the loss, half the mean of h_T squared, and its gradients."""
    from rnnviz.lockstep.gradients import STEPS

    loss = [
        "def loss_of(step):",
        "    state = h0[0]",
        f"    for x in inputs[:{STEPS}]:",
        "        state = step(x, state)",
        "    return state.square().mean() / 2",
    ]
    gradients = [
        "loss_of(lambda x, state: one(x, state)[1]).backward()",
        "loss_of(two).backward()",
        "gradient_b = one.b_ih.grad",
        "gradient_b_ih, gradient_b_hh = two.bias_ih.grad, two.bias_hh.grad",
    ]
    return [["", *loss, ""], gradients]


def _learned() -> list[str]:
    """Return the lines that move the biases, and find how far."""
    from rnnviz.lockstep.gradients import RATE

    return [
        "# One step of SGD: the sum of two biases moves twice as far",
        "with torch.no_grad():",
        "    before_one, before_two = one.b_ih.clone(), two.bias_ih + two.bias_hh",
        f"torch.optim.SGD([one.b_ih], lr={RATE}).step()",
        f"torch.optim.SGD([two.bias_ih, two.bias_hh], lr={RATE}).step()",
        "with torch.no_grad():",
        "    moved_one = one.b_ih - before_one",
        "    moved_two = two.bias_ih + two.bias_hh - before_two",
        "print(moved_one.abs().max().item(), moved_two.abs().max().item())",
    ]


def _depth(settings: Settings) -> Paragraphs:
    from rnnviz.lockstep.scenes import DEEP

    rnn = SameWeights(settings, "rnn")
    network = rnn.settings.network.model_copy(update={"num_layers": DEEP})
    deep = [
        "# The lowest layer has the same weights, the others their own",
        _seeded(settings),
        *new("deep", rnn.settings.model_copy(update={"network": network})),
        f"deep.load_state_dict({rnn.name}.state_dict(), strict=False)",
        "with torch.no_grad():",
        "    wrong, _ = deep(inputs)  # of the top layer",
    ]
    counted = [
        f"for network in ({rnn.name}, deep):",
        "    print(sum(weights.numel() for weights in network.parameters()))",
    ]
    return [*rnn.right(), deep, counted]


def _late_output(settings: Settings) -> Paragraphs:
    elman = SameWeights(settings, "elman")
    late = f"torch.matmul(hidden_state, {elman.name}.W_ho.T) + {elman.name}.b_ho"
    squashed = elman.settings.network.output_nonlinearity == "tanh"
    loop = [
        f"late = {late}",
        f"wrong.append({'torch.tanh(late)' if squashed else 'late'})",
        f"output, hidden_state = {elman.name}(x, hidden_state)",
        "right.append(output)",
    ]
    return [*elman.made(), ["# y_t from h_t, and from the state before", *_outputs(loop)]]


def _output_tanh(settings: Settings) -> Paragraphs:
    elman = SameWeights(settings, "elman")
    loop = [
        f"_, hidden_state = {elman.name}(x, hidden_state)",
        f"output = torch.matmul(hidden_state, {elman.name}.W_ho.T) + {elman.name}.b_ho",
        "right.append(output)",
        "wrong.append(torch.tanh(output))",
    ]
    about = "# The output as the exercise's code has it, and as its formula says"
    return [*elman.made(), [about, *_outputs(loop)]]


def _outputs(loop: list[str]) -> list[str]:
    return [
        "hidden_state, right, wrong = h0[0], [], []",
        "with torch.no_grad():",
        "    for x in inputs:",
        *indented(indented(loop)),
        "right, wrong = torch.stack(right), torch.stack(wrong)  # (T, B, O)",
        LARGEST,
    ]


def _seeded(settings: Settings) -> str:
    return f"torch.manual_seed({settings.initialization.seed})"


def _comment(text: str) -> list[str]:
    return textwrap.wrap(text, WIDTH, initial_indent="# ", subsequent_indent="# ")


SLIPS_CODE: dict[str, Callable[[Settings], Paragraphs]] = {
    "output_h_n": _output_h_n,
    "batch_first": _batch_first,
    "sequence_as_batch": _sequence_as_batch,
    "state_forgotten": _state_forgotten,
    "state_left_over": _state_left_over,
    "two_biases": _two_biases,
    "depth": _depth,
    "late_output": _late_output,
    "output_tanh": _output_tanh,
}
"""The paragraphs of each slip, by its name."""
