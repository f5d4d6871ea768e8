"""The settings: what they say of a network, what changes, what they would take, what is wrong."""

import json
import re
import tracemalloc

import numpy as np
import pytest
from hypothesis import assume, given
from oracles import every_settings
from pydantic import BaseModel, ValidationError

from rnnviz.budget import bytes_needed, readable_bytes, sizes_of
from rnnviz.building import build_inputs, build_network
from rnnviz.fields import limits_of
from rnnviz.initialization import Constant, Eye, Orthogonal, TruncNormal, Uniform, Values
from rnnviz.memory import MemoryLimits
from rnnviz.networks import NETWORKS
from rnnviz.sequences import Impulse, Normal, Text
from rnnviz.settings import (
    InitializationSettings,
    NetworkSettings,
    SequenceSettings,
    Settings,
    SettingsError,
)
from rnnviz.traces.run import Run
from rnnviz.validation import problems_of

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
@pytest.mark.parametrize("bad", [0, -1, True, 2.0, 4.5, "", "3", "1e3", "٣", 10**20, None])
def test_N1_a_size_that_is_none_is_refused(name, bad):
    for refused in (
        lambda: NetworkSettings(**{name: bad}),
        lambda: NetworkSettings.model_validate_json(json.dumps({name: bad})),
    ):
        with pytest.raises(ValidationError) as caught:
            refused()
        assert caught.value.errors()[0]["loc"] == (name,)


@pytest.mark.parametrize(
    ("model", "name"),
    [(SequenceSettings, "length"), (SequenceSettings, "seed"), (InitializationSettings, "seed")],
)
@pytest.mark.parametrize("bad", [-1, True, 4.5, "", "1e3", "٣", 10**20, None])
def test_N1_a_length_or_a_seed_that_is_none_is_refused(model, name, bad):
    with pytest.raises(ValidationError) as caught:
        model(**{name: bad})
    assert caught.value.errors()[0]["loc"] == (name,)


def test_only_nn_rnn_has_layers():
    assert NetworkSettings(kind="rnn", num_layers=3).layers == 3
    assert NetworkSettings(kind="rnn_cell", num_layers=3).layers == 1
    assert NetworkSettings(kind="elman", num_layers=3).layers == 1


def test_dropout_means_something_with_a_layer_above_alone():
    rnn = NetworkSettings(kind="rnn", dropout=0.5, training=True)
    assert "dropout" not in rnn.options and not rnn.has_dropout and not rnn.drops
    two = rnn.model_copy(update={"num_layers": 2})
    assert {"dropout", "training", "dropout_seed"} <= two.options and two.drops
    evaluated = two.model_copy(update={"training": False})
    assert evaluated.has_dropout and not evaluated.drops
    assert not two.model_copy(update={"kind": "elman"}).has_dropout


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


def test_an_override_goes_before_the_scheme():
    init = InitializationSettings(overrides={"W_hh": Eye(), "weight_hh_l0": Constant()})
    assert init.scheme_of("W_hh") == Eye()
    assert init.scheme_of("W_ih") == Uniform()
    assert init.overrides_for(NetworkSettings().shapes) == {"W_hh": Eye()}


def test_a_text_is_as_long_as_it_is():
    assert SequenceSettings(length=7).steps == 7
    assert SequenceSettings(length=7, source=Text(text="hello")).steps == 5


# What it would take


LIMITS = MemoryLimits(budget=4 * 2**30, in_memory=2**30)


def with_sizes(length=40, source=None, **sizes):
    """Return settings of a network of these sizes and a sequence of this length."""
    sequence = {"length": length} | ({} if source is None else {"source": source})
    return Settings(network=NetworkSettings(**sizes), sequence=SequenceSettings(**sequence))


def nearest_of(problem):
    """Return the size that a problem names."""
    return int(re.search(r"at most ([\d,]+) [a-z ]+ fit\.$", problem.sentence)[1].replace(",", ""))


@given(every_settings())
def test_the_bytes_of_the_record_are_those_it_takes(settings):
    assume(not problems_of(settings))
    taken = []

    def allocate(shape, dtype):
        taken.append(int(np.prod(shape)) * np.dtype(dtype).itemsize)
        return np.empty(shape, dtype)

    network, (inputs, h0) = build_network(settings), build_inputs(settings)
    run = Run(network, inputs, h0, allocate)
    while run.computed < run.length:
        run.compute_block()
    sizes = sizes_of(settings)
    assert sizes.record == sum(taken)
    assert sizes.steps * sizes.inputs == inputs.nbytes
    needed = bytes_needed(settings)
    assert needed.weights >= sum(p.nbytes for p in network.module.parameters())
    assert needed.record > sum(taken) + inputs.nbytes + 2 * h0.nbytes


@pytest.mark.parametrize(
    ("scheme", "overrides", "copies"),
    [
        (Uniform(), {}, 0),
        (Orthogonal(), {}, 4 * 70),
        (TruncNormal(), {"W_hh": Uniform()}, 4 * 70),  # the scheme draws those of others too
        (Uniform(), {"W_hh": Orthogonal()}, 4 * 49),
        (Uniform(), {"waits": Orthogonal()}, 0),
    ],
)
def test_the_weights_take_more_while_some_schemes_draw_them(scheme, overrides, copies):
    network = NetworkSettings(input_size=10, hidden_size=7, output_size=2)
    init = InitializationSettings(scheme=scheme, overrides=overrides)
    needed = bytes_needed(Settings(network=network, initialization=init))
    assert needed.weights == 4 * (network.parameter_count + copies)


def test_a_sequence_that_is_copied_for_the_batch_is_counted_beside_it():
    def record(source, batch):
        return bytes_needed(with_sizes(50, source, input_size=8, batch_size=batch)).record

    assert record(Impulse(), 1) == record(Normal(), 1)
    assert record(Impulse(), 2) == record(Normal(), 2) + 4 * 50 * 8


def test_the_views_hold_the_weights_of_the_largest_layer():
    one = with_sizes(kind="rnn", input_size=50, hidden_size=10)
    assert bytes_needed(one).views == bytes_needed(one).weights
    two = with_sizes(kind="rnn", input_size=50, hidden_size=10, num_layers=2)
    assert bytes_needed(two).views == bytes_needed(one).weights
    deep = with_sizes(kind="rnn", input_size=1, hidden_size=10, num_layers=3)
    assert bytes_needed(deep).views == 4 * (2 * 10 * 10 + 2 * 10)


def test_N2_too_large_a_network_is_refused_with_its_bytes_and_without_allocating():
    tracemalloc.start()
    try:
        (problem,) = problems_of(with_sizes(hidden_size=100_000), LIMITS)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 2**20
    assert problem.field == "network.hidden_size"
    assert "40 GB for the weights" in problem.sentence
    assert "4.3 GB are allowed together" in problem.sentence


def test_N2_the_bytes_are_counted_in_whole_numbers_of_any_size():
    network = NetworkSettings(kind="rnn_cell", input_size=7, hidden_size=100_000)
    settings = Settings(network=network, sequence=SequenceSettings(length=1))
    h = 100_000
    assert bytes_needed(settings).weights == 4 * (7 * h + h * h + 2 * h)
    long = with_sizes(100_000, kind="rnn_cell", hidden_size=4096)
    assert readable_bytes(100_000 * 4096 * 4) == "1.6 GB"
    record, pools = 100_001 * 4096 * 4, (6250 + 390) * 4096 * 4
    assert sizes_of(long).record == record + pools + 100_001 * 8


def test_N2_too_long_a_record_is_refused_at_its_length():
    (problem,) = problems_of(with_sizes(100_000, hidden_size=4096, batch_size=4), LIMITS)
    assert problem.field == "sequence.length"
    assert "7.0 GB for the record" in problem.sentence


def test_one_step_of_huge_rows_is_not_reckoned_as_a_thousand():
    huge = with_sizes(1, kind="rnn_cell", input_size=1, hidden_size=10_000, batch_size=10_000)
    assert 2 * 4 * 10**8 < bytes_needed(huge).record < 12 * 4 * 10**8


@pytest.mark.parametrize(
    ("field", "counted", "sizes"),
    [
        ("network.hidden_size", "hidden units", {"hidden_size": 100_000}),
        ("network.input_size", "input units", {"input_size": 100_000, "hidden_size": 20_000}),
        ("network.output_size", "output units", {"output_size": 100_000, "hidden_size": 20_000}),
        ("network.num_layers", "layers", {"kind": "rnn", "num_layers": 8, "hidden_size": 10_000}),
        ("network.batch_size", "sequences", {"batch_size": 10_000, "hidden_size": 4000}),
        ("sequence.length", "steps", {"length": 100_000, "hidden_size": 20_000}),
    ],
)
def test_the_nearest_size_that_fits_is_said_beside_the_field_that_was_changed(
    field, counted, sizes
):
    _, name = field.split(".")
    small = with_sizes(**sizes | {name: 1})
    assert problems_of(small, LIMITS) == ()
    (problem,) = problems_of(with_sizes(**sizes), LIMITS, before=small)
    assert problem.field == field
    assert problem.sentence.endswith(f" {counted} fit.")
    nearest = nearest_of(problem)
    assert problems_of(with_sizes(**sizes | {name: nearest}), LIMITS) == ()
    assert problems_of(with_sizes(**sizes | {name: nearest + 1}), LIMITS)


def test_where_no_size_alone_would_do_none_is_said():
    sizes = dict.fromkeys(("length", "hidden_size", "input_size"), 100_000)
    all_too_large = with_sizes(kind="rnn", num_layers=8, batch_size=10_000, **sizes)
    (problem,) = problems_of(all_too_large, LIMITS)
    assert problem.sentence.endswith("are allowed together.")


def test_a_text_is_not_made_shorter_by_its_length_field():
    text = Text(text="ab" * 2000)
    before = with_sizes(source=text, batch_size=1, hidden_size=50, input_size=2)
    (problem,) = problems_of(
        with_sizes(source=text, batch_size=10_000, hidden_size=50, input_size=2), LIMITS, before
    )
    assert problem.field == "network.batch_size"
    (problem,) = problems_of(
        with_sizes(source=text, batch_size=10_000, hidden_size=50, input_size=2), LIMITS
    )
    assert problem.field == "network.hidden_size"


def test_a_larger_budget_lets_more_through():
    settings = with_sizes(100_000, hidden_size=4096, batch_size=4)
    assert problems_of(settings, LIMITS)
    assert problems_of(settings, MemoryLimits(budget=8 * 2**30, in_memory=8 * 2**30)) == ()


def test_a_record_that_goes_to_the_disk_must_fit_there(monkeypatch):
    settings = with_sizes(1000, hidden_size=1000)  # 4 MB and its pools
    monkeypatch.setattr("rnnviz.budget._room_on_disk", lambda: 3_000_000)
    assert problems_of(settings, LIMITS) == ()  # it stays in memory
    (problem,) = problems_of(settings, MemoryLimits(budget=2**30, in_memory=2**20))
    assert problem.field == "sequence.length"
    assert "4.3 MB on the disk, which has 3.0 MB left: at most" in problem.sentence


@pytest.mark.parametrize("free", [0, 10_000_000, 300_000_000])
def test_what_would_stay_in_memory_needs_no_room_on_the_disk(monkeypatch, free):
    limits = MemoryLimits(budget=2**30, in_memory=200_000_000)
    monkeypatch.setattr("rnnviz.budget._room_on_disk", lambda: free)
    (problem,) = problems_of(with_sizes(100_000, hidden_size=1000), limits)
    most = nearest_of(problem)
    assert problems_of(with_sizes(most, hidden_size=1000), limits) == ()
    assert problems_of(with_sizes(most + 1, hidden_size=1000), limits)


def test_the_most_steps_of_an_nn_rnn_are_the_most():
    limits = MemoryLimits(budget=1_500_000_000, in_memory=1_500_000_000)

    def problems(length):
        return problems_of(with_sizes(length, kind="rnn", hidden_size=2048, batch_size=100), limits)

    assert [length for length in range(1, 2000) if not problems(length)] == [
        *range(1, nearest_of(*problems(5000)) + 1)
    ]


def test_the_largest_sizes_of_all_overflow_nothing():
    high = {name: int(limits_of(NetworkSettings, name)[1]) for name in (
        "input_size", "hidden_size", "output_size", "num_layers", "batch_size",
    )}  # fmt: skip
    for kind in NETWORKS:
        settings = with_sizes(100_000, kind=kind, **high)
        needed = bytes_needed(settings)
        assert needed.weights == 4 * settings.network.parameter_count > 4 * 10**10
        assert needed.record >= 4 * 10**5 * 10**4 * 2 * 10**5
        assert problems_of(settings)


def test_what_the_issue_wants_to_run_is_allowed():
    assert problems_of(with_sizes(100_000, hidden_size=256), LIMITS) == ()


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
