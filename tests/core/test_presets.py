"""The settings that come with the program."""

import json

import pytest
import torch
from pydantic import ValidationError

import rnnviz
from rnnviz.assets import asset
from rnnviz.building import build_inputs, build_network
from rnnviz.presets import FIRST, Preset, load_presets
from rnnviz.settings import Settings
from rnnviz.validation import problems_of

PRESETS = load_presets()


def record(settings):
    """Return the record of settings that start from zeros or from a drawn state."""
    network, (inputs, state) = build_network(settings), build_inputs(settings)
    h0 = state if settings.sequence.start_state == "normal" else None
    return rnnviz.trace(network.module, inputs, h0)


def spelt(settings):
    """Return the letters of the largest outputs."""
    names = settings.sequence.source.unit_names()
    return "".join(names[unit] for unit in record(settings).outputs[:, 0].argmax(-1))


def test_the_menu():
    assert list(PRESETS) == [
        "hello",
        "exercise-single-input",
        "exercise-sequence",
        "exercise-rnncell",
        "exercise-rnn",
        "exercise-rnncell-sequence",
        "exercise-rnn-sequence",
        "impulse",
        "rounding",
        "bidirectional",
    ]
    assert FIRST == "hello"
    assert [preset.position for preset in PRESETS.values()] == list(range(10))


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_runs(name):
    preset = PRESETS[name]
    assert problems_of(preset.settings) == ()
    assert torch.isfinite(torch.as_tensor(record(preset.settings).hidden)).all()


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_says_what_it_is_in_sentences(name):
    preset = PRESETS[name]
    for text in (preset.sentence, *(line.text for line in preset.tries)):
        assert text[0].isupper() or text.startswith("torch"), text
        assert text.endswith("."), text
    assert preset.title


@pytest.mark.parametrize("name", PRESETS)
def test_what_it_offers_to_try_can_be_done(name):
    settings = PRESETS[name].settings
    for line in PRESETS[name].tries:
        moves = settings.sequence.steps * (
            settings.network.num_layers if settings.network.directions == 2 else 1
        )
        assert (line.until_step or 0) <= moves
        assert bool(line.button) == bool(line.overrides)
        assert set(line.overrides) <= set(settings.network.shapes)
        init = settings.initialization.model_copy(update={"overrides": line.overrides})
        assert problems_of(settings.model_copy(update={"initialization": init})) == ()


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_comes_back_from_json(name):
    preset = PRESETS[name]
    assert Preset.model_validate_json(preset.model_dump_json()) == preset
    settings = preset.settings
    assert Settings.model_validate_json(settings.model_dump_json()) == settings


@pytest.mark.parametrize(
    ("name", "repr_", "inputs", "hidden"),
    [
        ("exercise-single-input", "ElmanRNN(5, 20, 10", (1, 1, 5), (2, 1, 1, 20)),
        ("exercise-sequence", "ElmanRNN(5, 20, 10", (4, 1, 5), (5, 1, 1, 20)),
        ("exercise-rnncell", "RNNCell(10, 20)", (6, 3, 10), (7, 1, 3, 20)),
        ("exercise-rnn", "RNN(10, 20, num_layers=2)", (5, 3, 10), (6, 2, 3, 20)),
        ("exercise-rnncell-sequence", "RNNCell(5, 20)", (4, 1, 5), (5, 1, 1, 20)),
        ("exercise-rnn-sequence", "RNN(5, 20)", (4, 1, 5), (5, 1, 1, 20)),
    ],
)
def test_the_exercises_cases_have_its_sizes(name, repr_, inputs, hidden):
    settings = PRESETS[name].settings
    assert repr(build_network(settings).module).startswith(repr_)
    found = record(settings)
    assert found.inputs.shape == inputs
    assert found.hidden.shape == hidden


def test_the_random_h0_of_the_exercise():
    assert record(PRESETS["exercise-rnn"].settings).hidden[0].any()
    assert not record(PRESETS["exercise-sequence"].settings).hidden[0].any()


def test_hello_says_the_next_letter():
    assert spelt(PRESETS["hello"].settings) == "ellohelloh"


def test_hello_without_memory_says_the_same_after_both_ls():
    hello = PRESETS["hello"]
    line = hello.tries[2]
    assert set(line.overrides) == {"W_hh"}
    init = hello.settings.initialization.model_copy(update={"overrides": line.overrides})
    assert spelt(hello.settings.model_copy(update={"initialization": init})) == "elllhelllh"


def test_hellos_first_state_is_one_column_of_the_input_weights():
    settings = PRESETS["hello"].settings
    module = build_network(settings).module
    column = torch.tanh(module.W_ih[:, 0].detach())
    torch.testing.assert_close(torch.from_numpy(record(settings).hidden[1][0, 0].copy()), column)


def test_the_memory_of_the_impulse_fades_and_lasts_longer_where_it_is_orthogonal():
    preset = PRESETS["impulse"]
    line = preset.tries[1]
    init = preset.settings.initialization
    kept = init.model_copy(update={"overrides": init.overrides | line.overrides})
    fading, lasting = (
        abs(record(settings).hidden[:, 0, 0]).max(axis=-1)
        for settings in (
            preset.settings,
            preset.settings.model_copy(update={"initialization": kept}),
        )
    )
    assert fading[20] < 0.05 * fading[1]
    assert lasting[20] > 5 * fading[20]


def test_a_preset_with_an_unknown_field_is_refused():
    text = json.loads((asset("presets") / "hello.json").read_text(encoding="utf-8"))
    text["settings"]["network"]["hiden_size"] = 6
    with pytest.raises(ValidationError, match="hiden_size"):
        Preset.model_validate(text)
