"""torch's two kinds behind the contract."""

import numpy as np
import pytest
import torch
from torch import nn

import rnnviz
from rnnviz import ElmanRNN
from rnnviz.networks import network_of
from rnnviz.networks.pytorch import RNNCellNetwork, RNNNetwork


def test_layers_share_the_modules_parameters():
    rnn = nn.RNN(2, 3, 2)
    network = RNNNetwork(rnn)
    x, h0 = torch.randn(4, 1, 2), torch.zeros(2, 1, 3)
    with torch.no_grad():
        before = network.run(x, network.initial_state(h0)).tensors["hidden"]
        rnn.weight_hh_l1.mul_(2)
        after = network.run(x, network.initial_state(h0)).tensors["hidden"]
        output, _ = rnn(x, h0)
    assert torch.equal(before[:, 0], after[:, 0])
    assert not torch.equal(before[:, 1], after[:, 1])
    assert torch.equal(after[:, 1], output)


def test_the_start_state_is_a_view():
    h0 = torch.randn(2, 1, 3)
    states = RNNNetwork(nn.RNN(2, 3, 2)).initial_state(h0)
    assert [state.data_ptr() for state in states] == [h0[0].data_ptr(), h0[1].data_ptr()]
    cell = RNNCellNetwork(nn.RNNCell(2, 3)).initial_state(h0[:1])
    assert cell.data_ptr() == h0.data_ptr()
    assert cell.shape == (1, 3)


def test_the_module_itself_is_called():
    calls = []
    cell = nn.RNNCell(2, 3)
    cell.register_forward_hook(lambda *_: calls.append(1))
    network = RNNCellNetwork(cell)
    network.run(torch.randn(5, 1, 2), torch.zeros(1, 3))
    assert len(calls) == 5


def test_a_bidirectional_module_is_refused():
    with pytest.raises(ValueError, match=r"bidirectional nn\.RNN cannot be stepped"):
        RNNNetwork(nn.RNN(2, 3, bidirectional=True))


def test_dropout_is_refused_while_training_and_harmless_afterwards():
    rnn = nn.RNN(2, 3, 2, dropout=0.5)
    with pytest.raises(ValueError, match=r"call module.eval\(\) first"):
        RNNNetwork(rnn)
    network = RNNNetwork(rnn.eval())
    x, h0 = torch.randn(4, 1, 2), torch.zeros(2, 1, 3)
    with torch.no_grad():
        found = network.run(x, network.initial_state(h0)).tensors["hidden"][:, -1]
        assert torch.equal(found, rnn(x, h0)[0])


def test_weights_that_are_computed_at_each_call_are_refused():
    rnn = nn.utils.parametrizations.weight_norm(nn.RNN(2, 3), "weight_hh_l0")
    with pytest.raises(ValueError, match=r"weight_hh_l0 of this .* is not a plain Parameter"):
        RNNNetwork(rnn)


@pytest.mark.parametrize("register", ["register_forward_hook", "register_forward_pre_hook"])
def test_hooks_which_the_layers_would_not_run_are_refused(register):
    rnn = nn.RNN(2, 3)
    hook = getattr(rnn, register)(lambda *_: None)
    with pytest.raises(ValueError, match="forward hooks cannot be stepped: remove them first"):
        RNNNetwork(rnn)
    hook.remove()
    assert RNNNetwork(rnn).module is rnn


def test_a_call_of_its_own_is_refused():
    class Louder(nn.RNN):
        def __call__(self, x, h=None):
            return super().__call__(2 * x, h)

    with pytest.raises(ValueError, match=r"__call__ of its own cannot be stepped"):
        RNNNetwork(Louder(2, 3))


@pytest.mark.filterwarnings("ignore:Complex modules")
@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: nn.RNNCell(2, 0), "hidden_size must be a whole number from 1, not 0"),
        (lambda: nn.RNNCell(0, 3), "input_size must be a whole number from 1, not 0"),
        (lambda: nn.RNNCell(2, True), "hidden_size must be a whole number from 1, not True"),
        (lambda: nn.RNN(True, 3), "input_size must be a whole number from 1, not True"),
        (
            lambda: nn.RNN(True, 3, bidirectional=True),
            "input_size must be a whole number from 1, not True",
        ),
        (
            lambda: nn.RNNCell(2, 3, nonlinearity="sigmoid"),
            "nonlinearity must be one of 'tanh', 'relu', not 'sigmoid'",
        ),
        (
            lambda: nn.RNN(2, 3).to(torch.complex64),
            "The weights are complex numbers: real ones are needed.",
        ),
    ],
)
def test_N1_what_torch_takes_and_cannot_compute_with_is_refused(make, said):
    module = make()
    for use in (
        lambda: network_of(module),
        lambda: rnnviz.trace(module, torch.zeros(4, module.input_size)),
        lambda: rnnviz.convert(module, "rnn"),
    ):
        with pytest.raises(ValueError, match=f"^{said}$"):
            use()


def test_a_size_may_be_numpys():
    two, three = np.int64(2), np.int32(3)
    assert RNNCellNetwork(nn.RNNCell(two, three)).hidden_size == 3
    assert ElmanRNN(two, three, two).W_ih.shape == (3, 2)


def test_without_bias_there_are_no_bias_names():
    assert set(RNNNetwork(nn.RNN(2, 3, bias=False)).parameter_names(0)) == {"W_ih", "W_hh"}
    assert set(RNNCellNetwork(nn.RNNCell(2, 3, bias=False)).parameter_names(0)) == {"W_ih", "W_hh"}
