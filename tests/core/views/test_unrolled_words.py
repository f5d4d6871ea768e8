"""What the unrolled network says about states, weights and inputs."""

import re

import pytest
from torch import nn

from rnnviz import ElmanRNN
from rnnviz.networks import network_of
from rnnviz.views.unrolled_parts import Structure, Weight
from rnnviz.views.unrolled_sight import Hit
from rnnviz.views.unrolled_words import Words


def words_of(module, labels=(), drops=False, length=10):
    """Return the words about a network."""
    network = network_of(module)
    structure = Structure(network.depth, network.num_directions, network.output_size is not None)
    return Words(network, structure, length, labels, 2.0, drops)


def said(words, hit, norm=None):
    """Return the lines of a tooltip, indices where plain text has them."""
    text = words.tooltip(hit, norm).replace("<sub>", "_").replace("<br>", "\n")
    return re.sub("<[^>]*>", "", text).splitlines()


def test_a_state_says_its_norm_and_how_it_came_about():
    words = words_of(ElmanRNN(4, 4, 3))
    lines = said(words, Hit("state", 5, 0), 2.314)
    assert lines == ["h_5: norm 2.31", "h_5 = tanh(W_ih x_5 + b_ih + W_hh h_4)"]
    assert words.line(Hit("state", 5, 0), 2.314) == "‖h_5‖ = 2.31"


def test_a_state_that_is_not_there_yet_has_no_number():
    words = words_of(nn.RNN(4, 4, bias=False, nonlinearity="relu"))
    assert said(words, Hit("state", 1, 0)) == ["h_1", "h_1 = ReLU(W_ih x_1 + W_hh h_0)"]
    assert words.line(Hit("state", 1, 0), None) == ""


def test_layers_and_directions_are_named():
    words = words_of(nn.RNN(4, 4, num_layers=2, bidirectional=True))
    lines = said(words, Hit("state", 10, 3), 1.0)
    assert lines == [
        "h_10, layer 1 ←: norm 1.00",
        "h_10 = tanh(W_ih [h_10 (layer 0 →); h_10 (layer 0 ←)] + b_ih + W_hh h_0 + b_hh)",
    ]
    assert "W_hh h_4 " in said(words, Hit("state", 3, 1))[1]
    assert words.line(Hit("state", 3, 1), 1.0) == "‖h_3‖ (layer 0 ←) = 1.00"


def test_dropout_between_layers_is_said():
    words = words_of(nn.RNN(4, 4, num_layers=2), drops=True)
    assert "W_ih x_2 " in said(words, Hit("state", 2, 0))[1]
    assert "W_ih dropout(h_2 (layer 0)) " in said(words, Hit("state", 2, 1))[1]


@pytest.mark.parametrize(("t", "state"), [(0, 0), (11, 1)])
def test_start_states_are_given(t, state):
    words = words_of(nn.RNN(4, 4, bidirectional=True))
    title, line = said(words, Hit("state", t, state), 0.0)
    assert title.startswith("h_0, layer 0") and title.endswith("norm 0.00")
    assert line == "The start state: given, not computed."


def test_weights_have_the_modules_names_and_are_shared_over_time_alone():
    words = words_of(nn.RNN(4, 6, num_layers=2))
    lines = said(words, Hit("weight", weight=Weight("W_ih", 1)))
    assert lines == [
        "W_ih, layer 1: weight_ih_l1 (6, 6)",
        "The same matrix at every step.",
        "Weights are shared over time, not over layers.",
    ]
    lines = said(words_of(ElmanRNN(4, 6, 3)), Hit("weight", weight=Weight("W_ho", 0)))
    assert lines == ["W_ho (3, 6)", "The same matrix at every step."]


def test_inputs_and_outputs():
    words = words_of(ElmanRNN(4, 6, 3, output_nonlinearity="tanh"), tuple("hellohello"))
    assert said(words, Hit("x", 2)) == ["x_2: e", "What goes in at step 2."]
    assert said(words, Hit("y", 2)) == ["y_2", "y_2 = tanh(W_ho h_2 + b_ho)"]


def test_the_range_says_why():
    lines = said(words_of(nn.RNN(4, 4)), Hit("range"))
    assert lines[0] == "‖h_t‖ from 0 to 2.00" and lines[1].endswith("√4.")
    assert len(said(words_of(nn.RNN(4, 4, nonlinearity="relu")), Hit("range"))) == 1
