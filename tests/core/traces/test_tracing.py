"""``rnnviz.trace`` is what the user's own script computes, to the last bit."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from oracles import (
    LENGTHS,
    assert_same,
    batches,
    build,
    every_layer,
    expanding,
    hidden_sizes,
    input_sizes,
    layer_counts,
    lengths,
    looped,
    nonlinearities,
    script,
    seeds,
    steps_shape,
)
from torch import nn

import rnnviz
from rnnviz.traces.tracing import twin

kinds = st.sampled_from(("elman", "rnn_cell", "rnn"))
sizes = st.fixed_dictionaries(
    {
        "input_size": input_sizes,
        "hidden_size": hidden_sizes,
        "num_layers": layer_counts,
        "nonlinearity": nonlinearities,
        "bias": st.booleans(),
    }
)


def state_of(module, batch, *, layers=True):
    """Draw an h0 as torch takes it, with or without layers and a batch."""
    shape = () if batch is None else (batch,)
    layers = (module.num_layers,) if layers and isinstance(module, nn.RNN) else ()
    return torch.randn(*layers, *shape, module.hidden_size)


@given(sizes, lengths, batches, seeds)
def test_nn_rnn_equals_one_whole_call(sizes, length, batch, seed):
    rnn = build("rnn", sizes, seed)
    x, h0 = torch.randn(steps_shape(length, batch, rnn.input_size)), state_of(rnn, batch)
    output, h_n = rnn(x, h0)
    record = rnnviz.trace(rnn, x, h0)
    if batch is None:  # the record always has its batch axis
        x, h0, output, h_n = (tensor.unsqueeze(1) for tensor in (x, h0, output, h_n))
    assert_same(record.inputs, x)
    assert_same(record.hidden[0], h0)
    assert_same(record.hidden[1:, -1], output.detach())
    assert_same(record.hidden[-1], h_n.detach())
    assert_same(record.hidden[1:], every_layer(rnn, x, h0))
    assert record.outputs is None


@given(sizes, lengths, batches, seeds)
def test_nn_rnn_cell_equals_the_loop_over_the_cell(sizes, length, batch, seed):
    cell = build("rnn_cell", sizes, seed)
    x, h0 = torch.randn(steps_shape(length, batch, cell.input_size)), state_of(cell, batch)
    _, states = looped(cell, x, h0)
    record = rnnviz.trace(cell, x, h0)
    wanted = torch.cat((h0[None], states))
    assert_same(record.hidden, wanted[:, None, None] if batch is None else wanted[:, None])
    assert record.outputs is None


@given(sizes, lengths, batches, seeds)
def test_elman_equals_the_loop_over_its_forward(sizes, length, batch, seed):
    rnn = build("elman", sizes, seed)
    x, h0 = torch.randn(steps_shape(length, batch, rnn.input_size)), state_of(rnn, batch)
    outputs, states = looped(rnn, x, h0)
    record = rnnviz.trace(rnn, x, h0)
    wanted = torch.cat((h0[None], states))
    assert_same(record.hidden, wanted[:, None, None] if batch is None else wanted[:, None])
    assert_same(record.outputs, outputs[:, None] if batch is None else outputs)


@pytest.mark.parametrize("length", LENGTHS)
@pytest.mark.parametrize("kind", ["elman", "rnn_cell", "rnn"])
def test_every_length_with_the_exercises_sizes(kind, length):
    module = build(kind, {"input_size": 5, "hidden_size": 20, "num_layers": 2}, seed=length)
    layers = getattr(module, "num_layers", 1)
    x, h0 = torch.randn(length, 3, 5), torch.randn(layers, 3, 20)
    outputs, states = script(module, x, h0)
    record = rnnviz.trace(module, x, h0)
    assert len(record) == length
    assert_same(record.hidden, states)
    assert_same(record.outputs, outputs)


@given(kinds, sizes, st.sampled_from((1, 65, 130)), st.integers(0, 3), seeds)
def test_without_h0_it_starts_from_zeros(kind, sizes, length, batch, seed):
    module = build(kind, sizes, seed)
    x = torch.randn(length, batch, module.input_size)
    layers = getattr(module, "num_layers", 1)
    outputs, states = script(module, x, torch.zeros(layers, batch, module.hidden_size))
    record = rnnviz.trace(module, x)
    assert_same(record.hidden, states)
    assert_same(record.outputs, outputs)


@given(kinds, sizes, st.sampled_from((3, 130)), batches, seeds)
def test_a_list_of_tensors_equals_the_loop_over_the_list(kind, sizes, length, batch, seed):
    module = build(kind, sizes, seed)
    shape = steps_shape(length, batch, module.input_size)[1:]
    inputs = [torch.randn(shape) for _ in range(length)]
    h0 = state_of(module, batch)
    if kind == "rnn":  # takes no list: a script stacks it
        states = module(torch.stack(inputs), h0)[0].detach()
    else:
        _, states = looped(module, inputs, h0)
    record = rnnviz.trace(module, inputs, h0)
    assert_same(record.inputs.reshape(length, *shape), torch.stack(inputs))
    assert_same(record.hidden[1:, -1].reshape(states.shape), states)


@given(kinds, sizes, st.integers(1, 4), seeds)
def test_a_list_of_a_tensors_own_steps_equals_the_tensor(kind, sizes, batch, seed):
    module = build(kind, sizes, seed)
    x = torch.randn(30, batch, module.input_size)
    assert_same(rnnviz.trace(module, list(x)).hidden, rnnviz.trace(module, x).hidden)


@given(kinds, sizes, st.integers(1, 4), seeds)
def test_a_transposed_tensor_equals_a_script_on_it(kind, sizes, batch, seed):
    module = build(kind, sizes, seed)
    x = torch.randn(batch, 70, module.input_size).transpose(0, 1)
    h0 = torch.randn(getattr(module, "num_layers", 1), batch, module.hidden_size)
    _, states = script(module, x, h0)
    assert_same(rnnviz.trace(module, x, h0).hidden, states)


@given(kinds, sizes, st.integers(0, 3), batches, seeds)
def test_a_list_of_steps_at_any_address_equals_the_loop_over_the_list(
    kind, sizes, shift, batch, seed
):
    module = build(kind, sizes, seed)
    shape = steps_shape(30, batch, module.input_size)
    numbers = torch.randn(30 * math.prod(shape[1:]) + shift)
    inputs = list(numbers[shift:].view(shape))[::-1]
    h0 = state_of(module, batch)
    states = module(torch.stack(inputs), h0)[0].detach() if kind == "rnn" else None
    states = looped(module, inputs, h0)[1] if states is None else states
    record = rnnviz.trace(module, inputs, h0)
    assert_same(record.hidden[1:, -1].reshape(states.shape), states)


def strided(kind):
    """Return tensors that lie in memory in different ways."""
    whole = torch.arange(1000.0).to(kind)
    return [
        whole,
        whole[3:],
        whole[:0],
        whole[5],
        whole[1:].view(27, 37).T,
        whole[7:997].view(3, 11, 30)[:, ::2, 4:9],
        whole[2:4].expand(5, 2),
    ]


@pytest.mark.parametrize("kind", [torch.float32, torch.float64, torch.float16])
@pytest.mark.parametrize("number", range(7))
def test_a_twin_lies_in_memory_as_its_original_does(kind, number):
    one = strided(kind)[number]
    two = twin(one)
    assert torch.equal(one, two)
    assert one.stride() == two.stride()
    if one.numel():
        assert (one.data_ptr() - two.data_ptr()) % 64 == 0
        assert one.untyped_storage().data_ptr() != two.untyped_storage().data_ptr()


dtypes = st.sampled_from((torch.float32, torch.float64, torch.float16, torch.bfloat16))


@given(sizes, lengths, st.integers(1, 4), dtypes, seeds)
def test_batch_first_equals_one_whole_call(sizes, length, batch, dtype, seed):
    rnn = build("rnn", sizes, seed).to(dtype)
    rnn.batch_first = True
    x = torch.randn(batch, length, rnn.input_size).to(dtype)
    h0 = torch.randn(rnn.num_layers, batch, rnn.hidden_size).to(dtype)
    output, _ = rnn(x, h0)
    record = rnnviz.trace(rnn, x, h0)
    if dtype == torch.bfloat16:  # which numpy does not have
        x, output = x.float(), output.float()
    assert_same(record.inputs, x.transpose(0, 1))
    assert_same(record.hidden[1:, -1], output.detach().transpose(0, 1))


def test_batch_first_does_not_concern_a_single_sequence():
    rnn = nn.RNN(3, 4, batch_first=True)
    x = torch.randn(6, 3)
    assert_same(rnnviz.trace(rnn, x).hidden[1:, 0, 0], rnn(x)[0].detach())


@given(kinds, sizes, st.sampled_from((1, 65)), st.integers(1, 3), seeds)
def test_float64_stays_float64(kind, sizes, length, batch, seed):
    module = build(kind, sizes, seed).double()
    x = torch.randn(length, batch, module.input_size, dtype=torch.float64)
    layers = getattr(module, "num_layers", 1)
    h0 = torch.randn(layers, batch, module.hidden_size, dtype=torch.float64)
    outputs, states = script(module, x, h0)
    record = rnnviz.trace(module, x, h0)
    assert record.hidden.dtype == np.float64
    assert_same(record.hidden, states)
    assert_same(record.outputs, outputs)


@pytest.mark.parametrize("batch", [None, 3])
@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
@pytest.mark.parametrize("kind", ["elman", "rnn_cell", "rnn"])
def test_half_precision_is_recorded_number_by_number(kind, dtype, batch):
    module = build(kind, {"input_size": 3, "hidden_size": 4, "num_layers": 2}, 0).to(dtype)
    x = torch.randn(steps_shape(70, batch, 3)).to(dtype)
    h0 = state_of(module, batch).to(dtype)
    record = rnnviz.trace(module, x, h0)
    if batch is None:
        x, h0 = x.unsqueeze(1), h0.unsqueeze(-2)
    outputs, states = script(module, x, h0 if kind == "rnn" else h0.reshape(1, -1, 4))
    recorded = torch.float32 if dtype == torch.bfloat16 else dtype  # which numpy does not have
    assert_same(record.inputs, x.to(recorded))
    assert_same(record.hidden, states.to(recorded))
    assert_same(record.outputs, None if outputs is None else outputs.to(recorded))


@pytest.mark.parametrize("kind", ["elman", "rnn_cell", "rnn"])
def test_a_batch_of_0_has_shapes_and_no_numbers(kind):
    module = build(kind, {"input_size": 3, "hidden_size": 4}, 0)
    record = rnnviz.trace(module, torch.randn(5, 0, 3))
    assert record.hidden.shape == (6, 1, 0, 4)
    assert record.inputs.shape == (5, 0, 3)
    assert record.outputs is None or record.outputs.shape == (5, 0, 3)


@pytest.mark.parametrize("threads", [1, 2])
def test_the_number_of_threads_does_not_matter(threads):
    rnn = build("rnn", {"input_size": 5, "hidden_size": 40, "num_layers": 2}, 0)
    x, h0 = torch.randn(200, 4, 5), torch.randn(2, 4, 40)
    wanted = rnn(x, h0)[0].detach()
    torch.set_num_threads(threads)
    try:
        assert_same(rnnviz.trace(rnn, x, h0).hidden[1:, -1], wanted)
    finally:
        torch.set_num_threads(1)


# What may be given


@pytest.mark.parametrize(
    "given_as",
    [
        lambda x: x,
        lambda x: x.numpy(),
        lambda x: x.numpy().astype(np.float64),
        lambda x: x.tolist(),
        lambda x: tuple(x),
        lambda x: x.double(),
        lambda x: np.broadcast_to(x.numpy(), x.shape),  # read-only
        lambda x: x.numpy()[::-1].copy()[::-1],  # negative strides
        lambda x: nn.Parameter(x),
    ],
)
def test_inputs_are_taken_as_they_come(given_as):
    rnn = build("elman", {"input_size": 3, "hidden_size": 4}, 0)
    x = torch.randn(5, 3)
    assert_same(rnnviz.trace(rnn, given_as(x)).hidden, rnnviz.trace(rnn, x).hidden)


def test_whole_numbers_become_the_modules_dtype():
    rnn = nn.RNNCell(2, 3)
    x = torch.tensor([[1, 0], [0, 1]])
    assert_same(rnnviz.trace(rnn, x).hidden, rnnviz.trace(rnn, x.float()).hidden)


@pytest.mark.parametrize("shape", [(4,), (1, 4), (1, 1, 4)])
@pytest.mark.parametrize("kind", ["elman", "rnn_cell", "rnn"])
def test_h0_of_one_layer_and_one_sequence_is_taken_in_any_shape(kind, shape):
    module = build(kind, {"input_size": 3, "hidden_size": 4}, 0)
    h0 = torch.randn(shape)
    record = rnnviz.trace(module, torch.randn(2, 3), h0)
    assert_same(record.hidden[0, 0, 0], h0.reshape(4))


def test_a_row_of_a_record_goes_on_from_there():
    cell = build("rnn_cell", {"input_size": 3, "hidden_size": 4}, 0)
    x = torch.randn(6, 2, 3)
    whole = rnnviz.trace(cell, x)
    rest = rnnviz.trace(cell, x[3:], whole.hidden[3])
    np.testing.assert_allclose(rest.hidden[-1], whole.hidden[-1], atol=1e-5)


def test_an_nn_rnn_with_a_forward_of_its_own_is_refused():
    class Backwards(nn.RNN):
        def forward(self, x, h=None):
            return super().forward(x.flip(0), h)

    with pytest.raises(ValueError, match="forward of its own cannot be stepped"):
        rnnviz.trace(Backwards(2, 3), torch.zeros(4, 2))


def test_the_record_is_safe_from_later_changes_of_the_inputs():
    cell, x, h0 = nn.RNNCell(2, 3), torch.ones(4, 2), torch.ones(3)
    record = rnnviz.trace(cell, x, h0)
    x.zero_()
    h0.zero_()
    assert record.inputs.min() == 1
    assert record.hidden[0].min() == 1


@pytest.mark.parametrize("give", [torch.clone, list, torch.Tensor.numpy])
def test_a_module_that_works_in_place_changes_neither_record_nor_caller(give):
    class Doubling(nn.Module):
        def forward(self, x, hidden):
            return x.mul_(2).clone(), hidden.add_(x.sum())

    given, h0 = give(torch.ones(4, 2)), torch.zeros(3)
    record = rnnviz.trace(Doubling(), given, h0)
    assert record.inputs.tolist() == [[[1, 1]]] * 4
    assert record.outputs[:].tolist() == [[[2, 2]]] * 4
    assert record.hidden[:, 0, 0, 0].tolist() == [0, 4, 8, 12, 16]
    assert all(step.tolist() == [1, 1] for step in given)
    assert h0.tolist() == [0, 0, 0]


def test_the_module_is_left_as_it_was():
    rnn = nn.RNN(2, 3, 2)
    before = {name: (p.clone(), p.data_ptr()) for name, p in rnn.named_parameters()}
    rnnviz.trace(rnn, torch.randn(4, 2))
    for name, parameter in rnn.named_parameters():
        value, address = before[name]
        assert torch.equal(parameter, value)
        assert parameter.data_ptr() == address
        assert parameter.requires_grad
        assert parameter.grad is None
    assert rnn.training


def test_relu_overflows_as_it_does_in_a_script():
    cell = nn.RNNCell(1, 1, nonlinearity="relu", bias=False)
    with torch.no_grad():
        cell.weight_hh.fill_(2)
        cell.weight_ih.fill_(0)
    states = rnnviz.trace(cell, torch.zeros(130, 1), torch.ones(1)).hidden[:, 0, 0, 0]
    assert states[127] == 2.0**127
    assert np.isinf(states[128])


def test_a_nan_stays_where_it_came_in():
    cell = build("rnn_cell", {"input_size": 2, "hidden_size": 3}, 0)
    x = torch.randn(6, 2)
    x[3, 0] = float("nan")
    bad = np.isnan(rnnviz.trace(cell, x).hidden[:]).any(axis=(1, 2, 3))
    assert bad.tolist() == [False] * 4 + [True] * 3


# What is refused


@pytest.mark.parametrize("kind", ["elman", "rnn_cell", "rnn"])
def test_N3_an_empty_sequence_is_refused(kind):
    module = build(kind, {"input_size": 3, "hidden_size": 4}, 0)
    for inputs in (torch.zeros(0, 3), torch.zeros(0, 2, 3), [], (), np.zeros((0, 3))):
        with pytest.raises(ValueError, match="empty: it needs at least one step"):
            rnnviz.trace(module, inputs)


@pytest.mark.parametrize("kind", ["elman", "rnn_cell", "rnn"])
@pytest.mark.parametrize(
    ("shape", "sentence"),
    [
        ((3,), r"shape \(3,\); \(T, I\) or \(T, B, I\) is needed"),
        ((1, 2, 3, 3), r"shape \(1, 2, 3, 3\); \(T, I\) or \(T, B, I\) is needed"),
        ((5, 2), r"shape \(5, 1, 2\); \(T, B, 3\) is needed"),
        ((5, 2, 4), r"shape \(5, 2, 4\); \(T, B, 3\) is needed"),
    ],
)
def test_inputs_of_a_wrong_shape_are_refused(kind, shape, sentence):
    module = build(kind, {"input_size": 3, "hidden_size": 4}, 0)
    with pytest.raises(ValueError, match=sentence):
        rnnviz.trace(module, torch.zeros(shape))


@pytest.mark.parametrize(
    ("layers", "inputs", "h0"),
    [
        (2, (5, 3), (4,)),
        (2, (5, 3), (1, 4)),
        (2, (5, 2, 3), (2, 4)),
        (2, (5, 2, 3), (2, 3, 4)),
        (1, (5, 2, 3), (4,)),
        (1, (5, 2, 3), (1, 4)),
        (1, (5, 2, 3), (1, 2, 5)),
    ],
)
def test_an_h0_of_a_wrong_shape_is_refused(layers, inputs, h0):
    with pytest.raises(ValueError, match=r"h0 has the shape .*; .* is needed"):
        rnnviz.trace(nn.RNN(3, 4, layers), torch.zeros(inputs), torch.zeros(h0))


@pytest.mark.parametrize(
    ("inputs", "error", "sentence"),
    [
        (None, TypeError, "The inputs must be real numbers, not NoneType"),
        ("ab", TypeError, "The inputs must be real numbers, not str"),
        ([["a", "b"]], TypeError, "The inputs must be real numbers, not <U1"),
        ([[1, None]], TypeError, "The inputs must be real numbers, not object"),
        (np.ones((2, 2), complex), TypeError, "The inputs must be real numbers, not complex128"),
        (torch.ones(2, 2) * 1j, TypeError, "The inputs must be real numbers, not torch.complex64"),
        ([torch.ones(2) * 1j], TypeError, "The inputs must be real numbers, not torch.complex64"),
        (torch.ones(2, 2).to_sparse(), TypeError, "must be a dense tensor, not torch.sparse_coo"),
        (torch.ones(2, 2, device="meta"), TypeError, "on the device 'meta' there are none"),
        ([[1, 2], [3]], ValueError, "The inputs must be rows of the same length"),
    ],
)
def test_N7_inputs_that_are_no_table_of_numbers_are_refused(inputs, error, sentence):
    with pytest.raises(error, match=sentence):
        rnnviz.trace(nn.RNNCell(2, 3), inputs)


@pytest.mark.filterwarnings("ignore:.*quantize:UserWarning")
def test_N7_quantised_inputs_are_refused():
    quantised = torch.quantize_per_tensor(torch.ones(2, 2), 0.1, 0, torch.quint8)
    with pytest.raises(TypeError, match=r"The inputs must be real numbers, not torch\.quint8"):
        rnnviz.trace(nn.RNNCell(2, 3), quantised)


@pytest.mark.parametrize(
    "other",
    [
        lambda x: x.astype(">f4"),
        lambda x: x.astype(np.longdouble),
        lambda x: x[::-1].copy()[::-1],
        lambda x: np.broadcast_to(x, x.shape),  # read-only
    ],
    ids=["another order of bytes", "longdouble", "negative strides", "read-only"],
)
def test_an_array_that_torch_does_not_take_is_the_same_numbers(other):
    cell, x = nn.RNNCell(2, 3), np.random.default_rng(0).normal(size=(4, 2)).astype(np.float32)
    assert_same(rnnviz.trace(cell, other(x)).hidden, rnnviz.trace(cell, x).hidden)


def test_truth_values_are_0_and_1():
    cell, x = nn.RNNCell(2, 3), torch.tensor([[True, False], [False, True]])
    assert_same(rnnviz.trace(cell, x).hidden, rnnviz.trace(cell, x.float()).hidden)


def test_an_h0_that_is_no_state_is_refused():
    with pytest.raises(TypeError, match="h0 must be a dense tensor"):
        rnnviz.trace(nn.RNNCell(2, 3), torch.zeros(4, 2), torch.zeros(3).to_sparse())
    for module in (nn.RNNCell(2, 3), nn.GRUCell(2, 3)):
        with pytest.raises(
            ValueError, match=r"h0 (has the shape \(\)|is a single number); .* needed"
        ):
            rnnviz.trace(module, torch.zeros(4, 2), 0.0)
        with pytest.raises(TypeError, match="h0 must be real numbers, not str"):
            rnnviz.trace(module, torch.zeros(4, 2), "zeros")


def test_steps_of_different_shapes_are_refused():
    with pytest.raises(ValueError, match=r"different shapes: \[\(2,\), \(3,\)\]"):
        rnnviz.trace(nn.RNNCell(3, 4), [torch.zeros(3), torch.zeros(2)])


@pytest.mark.parametrize("no_module", [None, 3, nn.RNN, "elman"])
def test_something_else_than_a_module_is_refused(no_module):
    with pytest.raises(TypeError, match=r"A torch nn\.Module is needed, not"):
        rnnviz.trace(no_module, torch.zeros(2, 3))


def test_a_module_without_parameters_is_stepped_in_torchs_default_dtype():
    class Summing(nn.Module):
        def forward(self, x, hidden):
            return x, hidden + x.sum()

    states = rnnviz.trace(Summing(), [[1, 2], [3, 4]], [10.0]).hidden[:, 0, 0, 0]
    assert states.dtype == np.float32
    assert states.tolist() == [10, 13, 20]


def test_expanding_weights_do_show_a_difference_of_a_last_bit():
    """The tests above rest on this: a rounding difference does not stay hidden."""
    cell = expanding(nn.RNNCell(5, 40))
    x = torch.randn(200, 5)
    whole, nudged = rnnviz.trace(cell, x), rnnviz.trace(cell, x, torch.full((40,), 1e-7))
    assert np.abs(whole.hidden[-1] - nudged.hidden[-1]).max() > 0.1
