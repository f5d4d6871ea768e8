"""The slips: for each, the run that was meant and the one that came about."""

from __future__ import annotations

import torch
from torch import nn

from rnnviz.lockstep.gradients import bias_gradients
from rnnviz.lockstep.grid import output_grid
from rnnviz.lockstep.kinds import carried
from rnnviz.lockstep.scene import CannotShow, Lane, Scene, Setup
from rnnviz.lockstep.slipped import (
    BatchFirstNetwork,
    ForgetfulNetwork,
    WholeSequenceNetwork,
    output_before_state,
    with_output,
)
from rnnviz.networks import network_of
from rnnviz.networks.base import CellNetwork, Network
from rnnviz.networks.elman import ElmanRNN
from rnnviz.traces.run import Run

LAST_SEQUENCE = 20
"""The steps of the sequence that came before this one."""
DEEP = 3
"""Layers that are stacked to show what depth is."""


def output_and_last_states(setup: Setup) -> Scene:
    """Return a grid of layers x time, with what nn.RNN returns of it."""
    grid = output_grid(setup)
    return Scene((), compared=False, picture=grid)


def batch_first(setup: Setup) -> Scene:
    """Return nn.RNN on (T, B, I), and what reads the same tensor as (B, T, I)."""
    rnn, _ = carried(setup, "rnn")
    _check_single(rnn)
    right = Lane("as (T, B, I)", _own_or_new(setup, rnn))
    return Scene((right, Lane("as (B, T, I)", setup.another(BatchFirstNetwork(rnn)))))


def sequence_as_batch(setup: Setup) -> Scene:
    """Return the loop over nn.RNNCell, and one call of it with the whole sequence."""
    cell, _ = carried(setup, "rnn_cell")
    right = Lane("loop over steps", _own_or_new(setup, cell))
    return Scene((right, Lane("one call", setup.another(WholeSequenceNetwork(cell)))))


def state_forgotten(setup: Setup) -> Scene:
    """Return a loop that carries the state, and one that does not."""
    cell = _cell(setup)
    right = Lane("carried", _own_or_new(setup, cell))
    return Scene((right, Lane("not carried", setup.another(ForgetfulNetwork(cell)))))


def state_left_over(setup: Setup) -> Scene:
    """Return a run from its own start state, and one from the end of another sequence."""
    right = Lane("begins anew", setup.run)
    left_over = setup.another(setup.network, _last_state_of_another(setup))
    return Scene((right, Lane("left over", left_over)))


def two_biases(setup: Setup) -> Scene:
    """Return one bias and two after the same step of SGD, and the gradients."""
    elman, _ = carried(setup, "elman")
    gradients = bias_gradients(setup, elman)
    lanes = (
        Lane("one bias", setup.another(gradients.one_learned)),
        Lane("two biases", setup.another(gradients.two_learned)),
    )
    return Scene(lanes, picture=gradients)


def depth(setup: Setup) -> Scene:
    """Return one layer over all steps, and a stack of layers with weights of their own."""
    rnn, _ = carried(setup, "rnn")
    _check_single(rnn)
    stack = _stack(setup, rnn)
    h0 = torch.zeros(DEEP, setup.run.batch_size, rnn.hidden_size)
    deep = Run(stack, setup.run.inputs, h0, setup.allocate)
    lanes = (
        Lane("num_layers=1", _own_or_new(setup, rnn)),
        Lane(f"num_layers={DEEP}", deep),
    )
    return Scene(lanes, compared=False)


def late_output(setup: Setup) -> Scene:
    """Return y from h_t, and y from the state before."""
    elman = _elman(setup)
    same = with_output(elman, elman.output_nonlinearity)
    right = Lane("from the new h", setup.another(same))
    wrong = Lane("from the old h", setup.another(output_before_state(elman)))
    return Scene((right, wrong), part="output")


def output_tanh(setup: Setup) -> Scene:
    """Return the output as the exercise's code has it, and as its formula says."""
    elman = _elman(setup)
    lanes = tuple(
        Lane(title, setup.another(with_output(elman, name)))
        for title, name in (("code: linear", "linear"), ("formula: tanh", "tanh"))
    )
    return Scene(lanes, part="output")


def _own_or_new(setup: Setup, network: Network) -> Run:
    """Return the session's own run where the network is its own."""
    return setup.run if network is setup.network else setup.another(network)


def _cell(setup: Setup) -> CellNetwork:
    if isinstance(setup.network, CellNetwork):
        return setup.network
    cell, _ = carried(setup, "rnn_cell")
    assert isinstance(cell, CellNetwork)
    return cell


def _elman(setup: Setup) -> ElmanRNN:
    network, _ = carried(setup, "elman")
    assert isinstance(network.module, ElmanRNN)
    return network.module


def _check_single(rnn: Network) -> None:
    if rnn.num_layers > 1:
        raise CannotShow("This is shown with one layer and one direction: set Layers to 1.")


def _last_state_of_another(setup: Setup) -> torch.Tensor:
    """Return the last state of another sequence: noise from the next seed."""
    run = setup.run
    generator = torch.Generator().manual_seed(setup.seed + 1)
    shape = (LAST_SEQUENCE, run.batch_size, setup.network.input_size)
    before = Run(setup.network, torch.randn(shape, generator=generator), torch.zeros_like(run.h0))
    while before.computed < before.moves:
        before.compute_block(LAST_SEQUENCE)
    return torch.from_numpy(before.states_after(before.moves))


def _stack(setup: Setup, rnn: Network) -> Network:
    """Return nn.RNN of several layers: the lowest has the session's weights, the rest their own."""
    module = rnn.module
    assert isinstance(module, nn.RNN)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(setup.seed)
        stack = nn.RNN(
            module.input_size,
            module.hidden_size,
            DEEP,
            nonlinearity=module.nonlinearity,
            bias=module.bias,
        )
    stack.load_state_dict(module.state_dict(), strict=False)  # names of layer 0 alone
    network = network_of(stack)
    assert network is not None
    return network
