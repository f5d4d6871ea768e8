"""What one change brings with it."""

import pytest
import torch
from hypothesis import assume, given
from hypothesis import strategies as st
from oracles import OWN_SCHEMES, every_settings

from rnnviz.building import build_inputs, build_network
from rnnviz.changes import difference, sentence_about, why_no_draw, with_network, with_source
from rnnviz.initialization import (
    INIT_SCHEMES,
    Constant,
    Eye,
    Orthogonal,
    TorchDefault,
    Uniform,
    Values,
)
from rnnviz.networks import NETWORKS
from rnnviz.presets import load_presets
from rnnviz.sequences import Normal, Text
from rnnviz.sequences import Values as TypedSequence
from rnnviz.settings import InitializationSettings, NetworkSettings, Settings
from rnnviz.validation import problems_of

kinds = st.sampled_from(sorted(NETWORKS))


def changed(settings, **network):
    """Return `settings` with other network fields, and what follows."""
    return with_network(settings, settings.network.model_copy(update=network))


def table(rows, columns):
    """Return a table in which every number says where it stands."""
    return tuple(tuple(10.0 * row + column for column in range(columns)) for row in range(rows))


def typed(**network):
    """Return settings of a small network with a table for every parameter."""
    net = NetworkSettings(
        **{"input_size": 2, "hidden_size": 3, "output_size": 2, "num_layers": 2, **network}
    )
    tables = {name: table(*((1, *shape)[-2:])) for name, shape in net.shapes.items()}
    init = InitializationSettings(scheme=Values(tables=tables))
    return Settings(network=net, initialization=init)


def test_hello_keeps_its_numbers_as_another_kind():
    hello = load_presets()["hello"].settings
    tables = hello.initialization.scheme.tables
    rnn = changed(hello, kind="rnn").initialization.scheme.tables
    assert rnn["weight_ih_l0"] == tables["W_ih"]
    assert rnn["weight_hh_l0"] == tables["W_hh"]
    assert rnn["bias_ih_l0"] == tables["b_ih"]
    cell = changed(hello, kind="rnn_cell").initialization.scheme.tables
    assert cell["weight_hh"] == tables["W_hh"]
    assert problems_of(changed(hello, kind="rnn")) == ()


@given(kinds, kinds)
def test_there_and_back_keeps_typed_numbers(one, two):
    settings = typed(kind=one)
    assert changed(changed(settings, kind=two), kind=one) == settings


@given(every_settings(), kinds)
def test_there_and_back_keeps_all_that_does_not_depend_on_the_kind(settings, kind):
    back = changed(changed(settings, kind=kind), kind=settings.network.kind)
    assert back.network == settings.network
    assert back.sequence == settings.sequence
    assert back.initialization.seed == settings.initialization.seed


@pytest.mark.parametrize("kind", ["rnn_cell", "rnn"])
def test_an_untouched_scheme_becomes_the_new_kinds_default(kind):
    assert changed(Settings(), kind=kind).initialization.scheme == TorchDefault()
    back = changed(changed(Settings(), kind=kind), kind="elman")
    assert back.initialization.scheme == Uniform()


def test_a_touched_scheme_stays():
    touched = Settings(initialization=InitializationSettings(scheme=Uniform(low=-0.5)))
    assert changed(touched, kind="rnn").initialization.scheme == Uniform(low=-0.5)
    eye = Settings(initialization=InitializationSettings(scheme=Eye()))
    assert changed(eye, kind="rnn").initialization.scheme == Eye()


def test_an_override_follows_its_parameter():
    init = InitializationSettings(overrides={"W_hh": Eye(), "W_ho": Constant()})
    rnn = changed(Settings(initialization=init), kind="rnn").initialization
    assert rnn.overrides == {"weight_hh_l0": Eye(), "W_ho": Constant()}
    assert rnn.overrides_for(NetworkSettings(kind="rnn").shapes) == {"weight_hh_l0": Eye()}


def test_a_table_that_grows_gains_zeros():
    grown = changed(typed(), hidden_size=4, input_size=3).initialization.scheme.tables
    assert grown["W_ih"] == ((0, 1, 0), (10, 11, 0), (20, 21, 0), (0, 0, 0))
    assert grown["W_hh"] == ((0, 1, 2, 0), (10, 11, 12, 0), (20, 21, 22, 0), (0, 0, 0, 0))
    assert grown["b_ih"] == ((0, 1, 2, 0),)
    assert grown["b_ho"] == ((0, 1),)


def test_a_table_that_shrinks_loses_its_last_rows_and_columns():
    cut = changed(typed(), hidden_size=2).initialization.scheme.tables
    assert cut["W_hh"] == ((0, 1), (10, 11))
    assert cut["W_ho"] == ((0, 1), (10, 11))


@given(st.integers(1, 8), st.integers(1, 8), st.integers(1, 8), kinds)
def test_typed_numbers_fit_after_any_change_up_to_8(inputs, hidden, outputs, kind):
    settings = changed(
        typed(), kind=kind, input_size=inputs, hidden_size=hidden, output_size=outputs
    )
    assert isinstance(settings.initialization.scheme, Values)
    assert problems_of(settings) == ()


@pytest.mark.parametrize("kind", sorted(NETWORKS))
@pytest.mark.parametrize("field", ["input_size", "hidden_size"])
def test_beyond_8_the_kinds_default_draws(kind, field):
    settings = changed(typed(kind=kind), **{field: 9})
    default = INIT_SCHEMES[NETWORKS[kind].default_scheme]()
    assert settings.initialization.scheme == default
    assert problems_of(settings) == ()


def test_beyond_8_only_the_table_that_is_too_large_goes():
    numbers = Values(tables={"W_hh": table(3, 3), "b_ho": table(1, 2)})
    init = InitializationSettings(scheme=Eye(), overrides={"W_hh": numbers, "b_ho": numbers})
    net = NetworkSettings(input_size=2, hidden_size=3, output_size=2)
    after = changed(Settings(network=net, initialization=init), hidden_size=9).initialization
    assert after.scheme == Eye()
    assert after.overrides["W_hh"] == Uniform()
    assert after.overrides["b_ho"].tables["b_ho"] == table(1, 2)


def test_a_parameter_without_a_table_needs_none():
    init = InitializationSettings(scheme=Values(tables={"W_hh": table(3, 3)}))
    net = NetworkSettings(input_size=2, hidden_size=3, output_size=2)
    after = changed(Settings(network=net, initialization=init), input_size=5)
    assert after.initialization == init


def test_a_change_that_moves_no_shape_leaves_the_initialisation():
    for change in ({"batch_size": 3}, {"nonlinearity": "relu"}, {"output_nonlinearity": "tanh"}):
        assert changed(typed(), **change).initialization == typed().initialization


# Sources


def test_a_text_with_more_letters_grows_the_input():
    after = with_source(Settings(), Text(text="abcdefg"))
    assert after.network.input_size == 7
    assert after.sequence.source == Text(text="abcdefg")
    assert problems_of(after) == ()


def test_a_text_with_fewer_letters_leaves_it():
    assert with_source(Settings(), Text(text="ab")).network == Settings().network


def test_typed_weights_follow_an_input_that_grows():
    after = with_source(typed(), Text(text="abc"))
    assert after.initialization.scheme.tables["W_ih"] == ((0, 1, 0), (10, 11, 0), (20, 21, 0))


@pytest.mark.parametrize("columns", [1, 3, 7])
def test_typed_inputs_decide_the_input_size(columns):
    after = with_source(Settings(), TypedSequence(rows=table(2, columns)))
    assert after.network.input_size == columns
    assert problems_of(after) == ()


def test_a_letter_outside_the_alphabet_changes_no_size():
    source = Text(text="abz", alphabet="ab")
    after = with_source(Settings(), source)
    assert after.network == Settings().network
    assert "not in the alphabet" in problems_of(after)[0].sentence


def test_an_alphabet_grows_with_the_text_that_is_typed():
    before = with_source(typed(), Text(text="ab", alphabet="ab"))
    after = with_source(before, Text(text="zab", alphabet="ab"))
    assert after.sequence.source.alphabet == "abz"
    assert after.network.input_size == 3
    tables = [s.initialization.scheme.tables["W_ih"] for s in (before, after)]
    assert [row[:2] for row in tables[1]] == [row[:2] for row in tables[0]]
    assert problems_of(after) == ()


def test_an_alphabet_that_is_typed_itself_does_not_grow():
    before = with_source(typed(), Text(text="ab", alphabet="ab"))
    after = with_source(before, Text(text="ab", alphabet="a"))
    assert after.sequence.source.alphabet == "a"
    assert "not in the alphabet" in problems_of(after)[0].sentence


def test_noise_leaves_everything_else():
    settings = typed()
    after = with_source(settings, Normal())
    assert after == settings


@given(every_settings(), st.text(st.characters(codec="ascii"), min_size=1, max_size=20))
def test_a_text_fits_whatever_was_there(settings, text):
    assume(not problems_of(settings))
    after = with_source(settings, Text(text=text))
    assert not [p for p in problems_of(after) if p.field == "sequence.source"]


@pytest.mark.parametrize(
    ("change", "expected", "said"),
    [
        ({}, (False, False, False, False), ""),
        (
            {"network": {"hidden_size": 7}},
            (True, True, True, False),
            "New network: Elman RNN; the sequence is the same.",
        ),
        ({"network": {"input_size": 7}}, (True, True, True, False), "New network: Elman RNN."),
        ({"network": {"num_layers": 3}}, (False, False, False, False), ""),
        (
            {"network": {"output_size": 3}},
            (True, True, False, False),
            "New network: Elman RNN; the sequence is the same.",
        ),
        (
            {"initialization": {"seed": 1}},
            (False, True, False, False),
            "New weights; the sequence is the same.",
        ),
        ({"initialization": {"weight_range": 3.0}}, (False, False, False, False), ""),
        (
            {"sequence": {"seed": 1}},
            (False, False, True, False),
            "New sequence of 40 steps; the weights are the same.",
        ),
        (
            {"sequence": {"length": 50}},
            (False, False, True, False),
            "New sequence of 50 steps; the weights are the same. "
            "Noise of another length does not keep its beginning.",
        ),
        (
            {"sequence": {"start_state": "normal"}},
            (False, False, False, True),
            "New start state; weights and sequence are the same.",
        ),
    ],
)
def test_a_difference_is_what_gives_other_numbers(change, expected, said):
    old = Settings()
    new = Settings.model_validate(change)
    differs = difference(old, new)
    assert (differs.network, differs.weights, differs.sequence, differs.start_state) == expected
    assert differs.record is any(expected)
    assert sentence_about(old, new) == said


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ({"sequence": {"source": {"name": "text"}}}, {"length": 7}),
        ({"sequence": {"source": {"name": "text"}}}, {"seed": 7}),
        ({"sequence": {"source": {"name": "sine"}}}, {"seed": 7}),
        ({"sequence": {"source": {"name": "values", "rows": [[1, 2, 3, 4, 5]]}}}, {"length": 7}),
    ],
)
def test_what_a_source_ignores_makes_no_new_run(old, new):
    old = Settings.model_validate(old)
    sequence = old.sequence.model_copy(update=new)
    changed = old.model_copy(update={"sequence": sequence})
    assert not difference(old, changed).record
    assert sentence_about(old, changed) == ""


def test_a_random_start_state_listens_to_the_seed_of_a_sequence_without_chance():
    old = Settings.model_validate(
        {"sequence": {"source": {"name": "sine"}, "start_state": "normal"}}
    )
    sequence = old.sequence.model_copy(update={"seed": 7})
    new = old.model_copy(update={"sequence": sequence})
    assert difference(old, new).record
    assert sentence_about(old, new) == "New start state; weights and sequence are the same."


def test_an_override_of_a_parameter_that_is_not_there_makes_no_new_weights():
    init = InitializationSettings(overrides={"weight_hh_l7": Eye()})
    assert not difference(Settings(), Settings(initialization=init)).record


def test_an_override_equal_to_the_common_scheme_draws_from_a_seed_of_its_own():
    init = InitializationSettings(overrides={"W_hh": Uniform()})
    assert difference(Settings(), Settings(initialization=init)).weights


def test_hello_has_nothing_to_draw():
    hello = load_presets()["hello"].settings
    assert "no weight comes from chance" in why_no_draw(hello)
    assert why_no_draw(Settings()) == ""
    biases = {"b_ih": Orthogonal(), "b_ho": Orthogonal()}  # which makes biases zeros
    init = InitializationSettings(scheme=Constant(), overrides=biases)
    assert why_no_draw(Settings(initialization=init))


def same_parameters(old, new):
    one, two = (build_network(settings).module.state_dict() for settings in (old, new))
    return all(torch.equal(one[name], two[name]) for name in one)


@pytest.mark.parametrize("name", sorted(set(OWN_SCHEMES) - {"values"}))
def test_a_seed_makes_new_weights_exactly_where_torch_draws_others(name):
    net = NetworkSettings(input_size=12, hidden_size=12, output_size=12)
    schemes = [InitializationSettings(scheme=INIT_SCHEMES[name](), seed=seed) for seed in (0, 1)]
    old, new = (Settings(network=net, initialization=init) for init in schemes)
    assert difference(old, new).weights is not same_parameters(old, new)


@given(every_settings(), every_settings())
def test_where_nothing_differs_torch_gives_the_same_numbers(old, other):
    new = old.model_copy(
        update={"initialization": other.initialization, "sequence": other.sequence}
    )
    assume(not problems_of(old) and not problems_of(new))
    differs = difference(old, new)
    if not differs.weights:
        assert same_parameters(old, new)
    if not differs.sequence:
        assert torch.equal(build_inputs(old)[0], build_inputs(new)[0])


def test_what_becomes_of_typed_weights_is_said():
    hello = load_presets()["hello"].settings
    larger, far_larger = changed(hello, hidden_size=7), changed(hello, hidden_size=512)
    assert "filled up with zeros" in sentence_about(hello, larger)
    assert sentence_about(hello, far_larger).endswith(
        "Typed weights go up to 8 × 8: Uniform draws them now."
    )
    other = changed(hello, output_nonlinearity="tanh")
    assert "Typed" not in sentence_about(hello, other)


@pytest.mark.parametrize(
    ("before", "change", "said"),
    [
        ({"training": True}, {"dropout": 0.5}, "States are dropped"),
        ({"training": True, "dropout": 0.5}, {"dropout_seed": 3}, "Other states are dropped"),
        ({"training": True, "dropout": 0.5}, {"training": False}, "Nothing is dropped"),
    ],
)
def test_what_a_change_of_dropout_does_is_said(before, change, said):
    rnn = NetworkSettings(kind="rnn", num_layers=2, **before)
    old = Settings(network=rnn)
    new = Settings(network=rnn.model_copy(update=change))
    assert sentence_about(old, new) == f"{said}; weights and sequence are the same."
    wider = new.model_copy(update={"network": new.network.model_copy(update={"hidden_size": 3})})
    assert sentence_about(old, wider).startswith("New network: nn.RNN")
