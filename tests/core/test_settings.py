"""The settings: what they say of a network, what changes, what they would take, what is wrong."""

import pytest
from hypothesis import assume, given
from oracles import every_settings
from pydantic import BaseModel, ValidationError

import rnnviz
from rnnviz.building import build_inputs, build_network
from rnnviz.fields import limits_of
from rnnviz.initialization import Constant, Eye, Uniform, Values
from rnnviz.networks import NETWORKS
from rnnviz.sequences import Impulse, Text
from rnnviz.settings import (
    MEMORY_BUDGET,
    InitializationSettings,
    NetworkSettings,
    SequenceSettings,
    Settings,
    SettingsError,
    bytes_needed,
    problems_of,
    readable_bytes,
)

MODELS = (NetworkSettings, InitializationSettings, SequenceSettings)


@given(every_settings())
def test_settings_come_back_from_json(settings):
    assert Settings.model_validate_json(settings.model_dump_json()) == settings


def test_settings_of_another_version_are_refused():
    with pytest.raises(ValidationError):
        Settings.model_validate({"version": 2})


@pytest.mark.parametrize("model", MODELS)
def test_every_field_has_a_title_and_a_sentence(model: type[BaseModel]):
    for name, field in model.model_fields.items():
        if name in ("scheme", "source", "overrides"):
            continue  # they have lists of their own
        assert field.title and field.title[0].isupper(), name
        assert field.description and field.description.endswith("."), name


def test_numbers_have_limits():
    for model in MODELS:
        for name, field in model.model_fields.items():
            if field.annotation is int:
                low, high = limits_of(model, name)
                assert low is not None and high is not None and low <= field.default <= high, name


@pytest.mark.parametrize(
    "name", ["input_size", "hidden_size", "output_size", "num_layers", "batch_size"]
)
@pytest.mark.parametrize("bad", [0, -1, True, 2.0, "3", 10**20])
def test_a_size_that_is_none_is_refused(name, bad):
    with pytest.raises(ValidationError) as caught:
        NetworkSettings(**{name: bad})
    assert caught.value.errors()[0]["loc"] == (name,)


def test_only_nn_rnn_has_layers():
    assert NetworkSettings(kind="rnn", num_layers=3).layers == 3
    assert NetworkSettings(kind="rnn_cell", num_layers=3).layers == 1
    assert NetworkSettings(kind="elman", num_layers=3).layers == 1


def test_the_number_of_parameters():
    assert NetworkSettings().parameter_count == 20 * 5 + 20 * 20 + 10 * 20 + 20 + 10
    rnn = NetworkSettings(kind="rnn", num_layers=2, input_size=10, hidden_size=20)
    assert rnn.parameter_count == (20 * 10 + 20 * 20 + 40) + (2 * 20 * 20 + 40)


# What a change means


@pytest.mark.parametrize(
    ("change", "same"),
    [
        ({}, True),
        ({"batch_size": 3}, True),
        ({"num_layers": 3}, True),  # an Elman network has one
        ({"bias": False}, True),  # and always its biases
        ({"output_size": 3}, False),
        ({"output_nonlinearity": "tanh"}, False),
        ({"nonlinearity": "relu"}, False),
        ({"hidden_size": 3}, False),
        ({"input_size": 3}, False),
        ({"kind": "rnn"}, False),
    ],
)
def test_what_makes_another_elman_module(change, same):
    one = NetworkSettings()
    two = one.model_copy(update=change)
    assert one.same_module(two) is same
    assert two.same_module(one) is same


@pytest.mark.parametrize(
    ("change", "same"),
    [
        ({"output_size": 3}, True),
        ({"output_nonlinearity": "tanh"}, True),
        ({"batch_size": 3}, True),
        ({"num_layers": 3}, False),
        ({"bias": False}, False),
    ],
)
def test_what_makes_another_nn_rnn(change, same):
    one = NetworkSettings(kind="rnn")
    assert one.same_module(one.model_copy(update=change)) is same


@given(every_settings(), every_settings())
def test_the_same_module_has_the_same_shapes(one, two):
    if one.network.same_module(two.network):
        assert one.network.shapes == two.network.shapes
    assert one.network.same_module(one.network)


def test_the_colour_range_changes_no_weight():
    one = InitializationSettings()
    assert one.same_weights(one.model_copy(update={"weight_range": 2.0}))
    assert not one.same_weights(one.model_copy(update={"seed": 1}))
    assert not one.same_weights(one.model_copy(update={"scheme": Uniform(low=0.0)}))
    assert not one.same_weights(one.model_copy(update={"overrides": {"W_hh": Eye()}}))


def test_an_override_goes_before_the_scheme():
    init = InitializationSettings(overrides={"W_hh": Eye(), "weight_hh_l0": Constant()})
    assert init.scheme_of("W_hh") == Eye()
    assert init.scheme_of("W_ih") == Uniform()
    assert init.overrides_for(NetworkSettings().shapes) == {"W_hh": Eye()}


def test_a_text_is_as_long_as_it_is():
    assert SequenceSettings(length=7).steps == 7
    assert SequenceSettings(length=7, source=Text(text="hello")).steps == 5


# What it would take


@given(every_settings())
def test_bytes_are_those_of_weights_and_record(settings):
    assume(not problems_of(settings))
    network, (inputs, h0) = build_network(settings), build_inputs(settings)
    trace = rnnviz.trace(network.module, inputs, h0)
    weights = sum(p.nbytes for p in network.module.parameters())
    states = trace.hidden[1:].nbytes + (0 if trace.outputs is None else trace.outputs[:].nbytes)
    assert bytes_needed(settings) == (weights, trace.inputs.nbytes + states)


def test_too_large_a_network_is_refused_with_its_bytes_and_without_allocating():
    (problem,) = problems_of(Settings(network=NetworkSettings(hidden_size=100_000)))
    assert problem.field == "network.hidden_size"
    assert "40 GB for the weights" in problem.sentence
    assert "at most 4.3 GB" in problem.sentence


def test_too_long_a_record_is_refused_at_its_length():
    settings = Settings(
        network=NetworkSettings(hidden_size=4096, batch_size=4),
        sequence=SequenceSettings(length=100_000),
    )
    (problem,) = problems_of(settings)
    assert problem.field == "sequence.length"
    assert "6.6 GB for the record" in problem.sentence


def test_the_largest_sizes_of_all_overflow_nothing():
    high = {name: int(limits_of(NetworkSettings, name)[1]) for name in (
        "input_size", "hidden_size", "output_size", "num_layers", "batch_size",
    )}  # fmt: skip
    for kind in NETWORKS:
        network = NetworkSettings(kind=kind, **high)
        settings = Settings(network=network, sequence=SequenceSettings(length=100_000))
        weights, record = bytes_needed(settings)
        assert weights == 4 * network.parameter_count > 4 * 10**10
        assert record >= 4 * 10**5 * 10**4 * 2 * 10**5
        assert problems_of(settings)


def test_what_the_issue_wants_to_run_is_allowed():
    wanted = Settings(
        network=NetworkSettings(hidden_size=256), sequence=SequenceSettings(length=100_000)
    )
    assert problems_of(wanted) == ()
    assert sum(bytes_needed(wanted)) < MEMORY_BUDGET


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0 bytes"),
        (1, "1 bytes"),
        (999, "999 bytes"),
        (1000, "1.0 kB"),
        (9_940, "9.9 kB"),
        (9_999, "10 kB"),
        (12_345, "12 kB"),
        (999_999, "1.0 MB"),
        (1_638_400_000, "1.6 GB"),
        (4 * 2**30, "4.3 GB"),
        (40_000_000_000, "40 GB"),
        (2 * 10**15, "2,000 TB"),
    ],
)
def test_bytes_are_readable(count, text):
    assert readable_bytes(count) == text


# What is wrong across fields


def test_nothing_is_wrong_at_first():
    assert problems_of(Settings()) == ()


def test_a_scheme_that_does_not_fit_is_a_problem_of_its_field():
    init = InitializationSettings(scheme=Values(tables={"W_ih": ((1.0,),)}))
    network = NetworkSettings(input_size=2, hidden_size=2, output_size=1)
    (problem,) = problems_of(Settings(network=network, initialization=init))
    assert problem.field == "initialization.scheme"
    assert problem.sentence == "W_ih needs 2 rows of 2 numbers; this has 1 row of 1."


def test_an_override_that_waits_for_its_kind_is_no_problem():
    init = InitializationSettings(overrides={"weight_hh_l0": Values(tables={"x": ((1.0,),)})})
    assert problems_of(Settings(initialization=init)) == ()


def test_a_source_that_does_not_fit_is_a_problem_of_its_field():
    settings = Settings(sequence=SequenceSettings(source=Impulse(unit=5)))
    (problem,) = problems_of(settings)
    assert problem.field == "sequence.source"
    assert problem.sentence == "There is no unit 5: the input's units are 0 to 4."


def test_several_problems_are_said_together():
    settings = Settings(
        initialization=InitializationSettings(overrides={"W_hh": Values()}),
        sequence=SequenceSettings(source=Impulse(unit=5)),
    )
    problems = problems_of(settings)
    assert [p.field for p in problems] == ["initialization.scheme", "sequence.source"]
    error = SettingsError(problems)
    assert error.problems == problems
    assert str(error) == " ".join(p.sentence for p in problems)


@given(every_settings())
def test_settings_without_a_problem_can_be_built(settings):
    assume(not problems_of(settings))
    network, (inputs, state) = build_network(settings), build_inputs(settings)
    steps = settings.sequence.steps
    assert inputs.shape == (steps, settings.network.batch_size, settings.network.input_size)
    assert state.shape == (network.num_layers, settings.network.batch_size, network.hidden_size)
