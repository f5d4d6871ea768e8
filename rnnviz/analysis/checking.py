"""``rnnviz.check``: a student's own network beside the reference, with the same weights."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from rnnviz.analysis.check_report import Comparison, Difference, Part, PartName, Report
from rnnviz.analysis.explaining import Observed, Words, distance, explain, loop_tolerance
from rnnviz.analysis.faults import SQUASHES, Recipe
from rnnviz.analysis.student import Numbers, Student
from rnnviz.analysis.symbols import names_of, sizes_of, unknown_parameters
from rnnviz.networks import NETWORKS, network_of
from rnnviz.networks.conversion import carry, why_not
from rnnviz.networks.elman import (
    ACTIVATIONS,
    OUTPUT_ACTIVATIONS,
    ElmanRNN,
    check_one_of,
    check_size,
)

INPUT_GAIN, STATE_GAIN, BIAS_BOUND = 1.0, 0.45, 0.5
"""Weights are drawn so that all terms are of a size to be seen, and rounding does not grow."""


def check(
    module: nn.Module,
    reference: str = "elman",
    *,
    nonlinearity: str = "tanh",
    output_nonlinearity: str = "linear",
    length: int = 16,
    seed: int = 0,
) -> Report:
    """Run a module of one's own beside a reference with the same weights.

    Both get the same random weights, inputs and h_0, so that every fault shows: zeros tell nothing.
    They are compared step by step, each from the reference's own h_{t-1}, and in a loop. Where they
    differ, the usual faults are tried, alone and up to three together in the state and in the
    output: which of them reproduces the module's numbers?

    Parameters
    ----------
    module : nn.Module
        Of the exercise's form: ``forward(x, hidden) -> (output, hidden)``, with the parameters
        ``W_ih``, ``W_hh``, ``W_ho``, ``b_ih``, ``b_ho``, or Wikipedia's ``W_h``, ``U_h``, ``W_y``,
        ``b_h``, ``b_y``; x is (I,), or (1, I) if it takes only batches. It stays as it is: a copy
        is run, in eval mode.
    reference : {"elman", "rnn_cell", "rnn"}
        `ElmanRNN`, or torch's nn.RNNCell or nn.RNN. These have no output: none is compared, none is
        needed, and the module's parameters may have torch's names.
    nonlinearity, output_nonlinearity : str
        What is right, as in `ElmanRNN`. The exercise's formula has the output's tanh, its code has
        not.
    length : int
        Steps.
    seed : int
        Of weights, inputs and h_0. torch's global generator is left alone.

    Returns
    -------
    Report
        Its text says it all; ``report.equal``, ``report.faults``, ``report.state`` and
        ``report.output`` are for programs.

    Raises
    ------
    ValueError
        If a parameter is missing or of another shape, or the module fails or returns what is no
        output and state.
    TypeError
        If `module` is not an ``nn.Module``.

    Examples
    --------
    >>> import rnnviz
    >>> rnnviz.check(rnnviz.ElmanRNN(5, 20, 10)).equal
    True
    """
    if not isinstance(module, nn.Module):
        raise TypeError(f"A torch nn.Module is needed, not {type(module).__name__}.")
    if isinstance(module, nn.RNN) and (reason := why_not(module, "rnn_cell")):
        raise ValueError(f"One step of one layer is checked. {reason}")
    check_one_of("reference", reference, NETWORKS)
    check_one_of("nonlinearity", nonlinearity, ACTIVATIONS)
    check_one_of("output_nonlinearity", output_nonlinearity, OUTPUT_ACTIVATIONS)
    check_size("length", length)
    rules = _Rules(reference, nonlinearity, output_nonlinearity)
    names = names_of(module, with_output=rules.has_output)
    like: Tensor = getattr(module, names["W_hh"])
    devices = [like.device] if like.device.type == "cuda" else []
    with torch.inference_mode(False), torch.no_grad(), torch.random.fork_rng(devices):
        torch.manual_seed(seed)  # for a module that draws
        drawn = _draw(sizes_of(module, names), names, length, seed, like)
        return _report(module, rules, names, drawn)


@dataclass(frozen=True)
class _Rules:
    """What the module is held against."""

    reference: str
    nonlinearity: str
    output_nonlinearity: str

    @property
    def has_output(self) -> bool:
        return "W_ho" in NETWORKS[self.reference].symbols

    def recipe(self, weights: Mapping[str, Tensor]) -> Recipe:
        squash = OUTPUT_ACTIVATIONS[self.output_nonlinearity]
        return Recipe(weights, (SQUASHES[self.nonlinearity],), () if squash is None else (squash,))


@dataclass(frozen=True)
class _Drawn:
    """The seed's numbers: weights by symbol, x (T, I), h_0 (H,)."""

    seed: int
    weights: dict[str, Tensor]
    x: Tensor
    h0: Tensor


def _draw(
    sizes: tuple[int, int, int], names: Mapping[str, str], length: int, seed: int, like: Tensor
) -> _Drawn:
    i, h, o = sizes
    generator = torch.Generator().manual_seed(seed)

    def uniform(*shape: int, bound: float) -> Tensor:
        drawn = torch.rand(shape, generator=generator, dtype=torch.float64) * 2 - 1
        return (bound * drawn).to(like)

    weights = {
        "W_ih": uniform(h, i, bound=INPUT_GAIN * (3 / i) ** 0.5),
        "W_hh": uniform(h, h, bound=STATE_GAIN * (3 / h) ** 0.5),
        "b_ih": uniform(h, bound=BIAS_BOUND),
        "b_hh": uniform(h, bound=BIAS_BOUND),
        "W_ho": uniform(o, h, bound=INPUT_GAIN * (3 / h) ** 0.5),
        "b_ho": uniform(o, bound=BIAS_BOUND),
    }
    for name in ("b_ih", "b_hh"):
        weights[name] *= name in names
    x = torch.randn((length, i), generator=generator, dtype=torch.float64).to(like)
    return _Drawn(seed, weights, x, uniform(h, bound=1.0))


def _report(module: nn.Module, rules: _Rules, names: Mapping[str, str], drawn: _Drawn) -> Report:
    student = Student(module, names, drawn.weights, with_output=rules.has_output)
    wanted = _run_reference(rules, drawn)
    recipe = rules.recipe(drawn.weights)
    before = torch.cat((drawn.h0.unsqueeze(0), wanted.hidden[:-1]))
    observed = Observed(
        drawn.x,
        before,
        student.stepwise(drawn.x, before),
        student.looped(drawn.x, drawn.h0),
        recipe.rounding(drawn.x, before),
    )
    explanations = explain(observed, recipe, names, rules.nonlinearity)
    output = _part("output", observed, wanted, explanations.output) if rules.has_output else None
    return Report(
        module=type(module).__name__,
        reference=NETWORKS[rules.reference].title,
        setting=_setting(drawn, rules),
        state=_part("state", observed, wanted, explanations.state),
        output=output,
        explanations=explanations.together,
        remarks=(*_remarks(module, names), *student.habits(drawn.x[0], drawn.h0)),
    )


def _run_reference(rules: _Rules, drawn: _Drawn) -> Numbers:
    w = drawn.weights
    (h, i), o = w["W_ih"].shape, len(w["W_ho"])
    options = {
        "nonlinearity": rules.nonlinearity,
        "output_nonlinearity": rules.output_nonlinearity,
    }
    with torch.device("meta"):
        elman = ElmanRNN(i, h, o, **options)
    for name, weight in (w | {"b_ih": w["b_ih"] + w["b_hh"]}).items():
        if name in NETWORKS["elman"].symbols:
            setattr(elman, name, nn.Parameter(weight))
    network = network_of(carry(elman, rules.reference).module)
    assert network is not None
    state = network.initial_state(drawn.h0.view(1, 1, -1))
    tensors = network.run(drawn.x.unsqueeze(1), state).tensors
    output = tensors.get("output")
    return Numbers(tensors["hidden"][:, 0, 0], None if output is None else output[:, 0])


def _part(name: PartName, observed: Observed, wanted: Numbers, words: Words) -> Part:
    def numbers(of: Numbers) -> Tensor:
        tensor = of.hidden if name == "state" else of.output
        assert tensor is not None
        return tensor

    right = numbers(wanted)
    in_loop = loop_tolerance(observed.tolerance, len(observed.x))
    return Part(
        name,
        _comparison(name, numbers(observed.stepwise), right, observed.tolerance),
        _comparison(name, numbers(observed.looped), right, in_loop),
        words,
    )


def _comparison(name: PartName, found: Tensor, wanted: Tensor, tolerance: float) -> Comparison:
    distances = distance(found, wanted)
    beyond = (~(distances <= tolerance)).nonzero()  # so NaN is beyond
    first = None
    if len(beyond):
        k, unit = map(int, beyond[0])
        first = Difference(name, k + 1, unit, float(found[k, unit]), float(wanted[k, unit]))
    return Comparison(float(distances.max()), tolerance, first)


def _setting(drawn: _Drawn, rules: _Rules) -> str:
    (h, i), o = drawn.weights["W_ih"].shape, len(drawn.weights["W_ho"])
    outputs = f", {o} outputs" if rules.has_output else ""
    dtype = str(drawn.x.dtype).removeprefix("torch.")
    return (
        f"{i} inputs, {h} hidden units{outputs}; {len(drawn.x)} steps of {dtype}; "
        f"weights, x and h_0 drawn from seed {drawn.seed}"
    )


def _remarks(module: nn.Module, names: Mapping[str, str]) -> Iterator[str]:
    parameters = dict(module.named_parameters())
    for name in names.values():
        if name not in parameters:
            yield f"{name} is not an nn.Parameter: no optimiser would find it."
    others = unknown_parameters(module)
    if others:
        yield f"It has other parameters, whose part in it is not known: {', '.join(others)}."
