"""Settings that show a record are read back as that record."""

import numpy as np
import pytest
import torch
from oracles import assert_same, expanding
from torch import nn

import rnnviz
from rnnviz.building import build
from rnnviz.memory import MemoryLimits
from rnnviz.recorded_settings import settings_of_record
from rnnviz.settings import Settings
from rnnviz.traces.replay import Replay
from rnnviz.traces.trace import Trace
from rnnviz.traces.trace_replay import TraceReplay
from rnnviz.validation import problems_of

LIMITS = MemoryLimits(2**30, 2**30)


def weights_of(module: nn.Module) -> dict[str, np.ndarray]:
    return {name: parameter.detach().numpy() for name, parameter in module.named_parameters()}


def recorded(module: nn.Module, kind: str, inputs, **fields) -> tuple[Settings, Trace]:
    trace = rnnviz.trace(module, inputs)
    network = {"kind": kind, "hidden_size": module.hidden_size, **fields}
    settings = settings_of_record(
        network,
        weights_of(module),
        trace.inputs,
        TraceReplay(trace, fields.get("output_size")),
        "my module",
    )
    return settings, trace


def gone_through(settings: Settings):
    run = build(settings, LIMITS).run
    while run.computed < run.moves:
        run.compute_block()
    run.reveal(run.moves)
    return run.trace


@pytest.mark.parametrize(
    ("module", "kind", "fields"),
    [
        (rnnviz.ElmanRNN(5, 9, 4), "elman", {"output_size": 4}),
        (nn.RNNCell(5, 9, nonlinearity="relu"), "rnn_cell", {"nonlinearity": "relu"}),
        (nn.RNN(5, 9, 3), "rnn", {"num_layers": 3}),
        (nn.RNN(5, 9, 2, bias=False), "rnn", {"num_layers": 2, "bias": False}),
        (nn.RNN(5, 9, 2, bidirectional=True), "rnn", {"num_layers": 2, "bidirectional": True}),
    ],
)
def test_what_is_replayed_is_what_is_computed(module, kind, fields):
    settings, trace = recorded(expanding(module), kind, torch.randn(131, 3, 5), **fields)
    assert problems_of(settings, LIMITS) == ()
    replayed = gone_through(settings)
    computed = gone_through(settings.model_copy(update={"replay": None}))
    for found in (replayed, computed):
        assert_same(found.inputs, trace.inputs)
        assert_same(found.hidden, trace.hidden)
        assert_same(found.outputs, trace.outputs)


def test_what_was_recorded_is_shown_and_not_what_would_be_computed():
    module = nn.RNN(2, 3)
    h0 = torch.full((1, 1, 3), 0.5)
    trace = rnnviz.trace(module, torch.zeros(4, 2), h0)
    network = {"kind": "rnn", "hidden_size": 3}
    settings = settings_of_record(
        network, weights_of(module), trace.inputs, TraceReplay(trace, None), "RNN"
    )
    assert_same(gone_through(settings).hidden, trace.hidden)


def test_a_double_trace_is_read_as_float32():
    trace = rnnviz.trace(nn.RNN(2, 3).double(), torch.ones(4, 2))
    replay = TraceReplay(trace, None)
    assert isinstance(replay, Replay)
    assert_same(replay.hidden(0, 5), np.asarray(trace.hidden).astype(np.float32))
    assert replay.output(0, 4) is None


def test_outputs_are_those_that_the_network_has_room_for():
    trace = rnnviz.trace(rnnviz.ElmanRNN(1, 2, 3), torch.zeros(4, 1))
    assert_same(TraceReplay(trace, 3).output(1, 3), trace.outputs[1:3])
    assert TraceReplay(trace, None).output(1, 3) is None
    for others in (trace, rnnviz.trace(nn.RNN(1, 2), torch.zeros(4, 1))):
        missing = TraceReplay(others, 5).output(1, 3)
        assert missing.shape == (2, 1, 5) and np.isnan(missing).all()


def test_what_is_beyond_a_limit_is_said_with_its_field():
    trace = rnnviz.trace(nn.RNN(2, 3), torch.zeros(4, 2))
    replay = TraceReplay(trace, None)
    with pytest.raises(ValueError, match=r"^num_layers: .*less than or equal to 8"):
        settings_of_record({"kind": "rnn", "num_layers": 9}, {}, trace.inputs, replay, "RNN")
    with pytest.raises(ValueError, match="kind"):
        settings_of_record({"kind": "lstm"}, {}, trace.inputs, replay, "LSTM")
    with pytest.raises(ValueError, match=r"are \(T, B, I\), not \(4, 2\)"):
        settings_of_record({"kind": "rnn"}, {}, trace.inputs[:, 0], replay, "RNN")


def test_a_weight_of_another_shape_is_a_problem_of_the_scheme():
    module = nn.RNN(2, 3)
    trace = rnnviz.trace(module, torch.zeros(4, 2))
    network = {"kind": "rnn", "hidden_size": 5}
    settings = settings_of_record(
        network, weights_of(module), trace.inputs, TraceReplay(trace, None), "RNN"
    )
    fields = {problem.field for problem in problems_of(settings, LIMITS)}
    assert fields == {"initialization.scheme"}
