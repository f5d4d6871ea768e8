"""What holds for every source."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from oracles import OWN_SOURCES
from pydantic import BaseModel, ValidationError

from rnnviz.arrays import Stored
from rnnviz.changes import with_source
from rnnviz.fields import hints_of, limits_of
from rnnviz.sequences import SEQUENCES, AnySource, Loaded, Text, Values
from rnnviz.settings import SequenceSettings, Settings
from rnnviz.validation import problems_of

names = st.sampled_from(sorted(OWN_SOURCES))


def test_the_index():
    assert list(SEQUENCES) == [
        "normal",
        "text",
        "file",
        "impulse",
        "jump",
        "sine",
        "square",
        "one_hot",
        "values",
    ]
    assert [n for n, source in SEQUENCES.items() if source.common] == [
        "normal",
        "text",
        "file",
        "impulse",
    ]
    assert [n for n, source in SEQUENCES.items() if source.uses_seed] == ["normal"]


@given(names, st.integers(1, 70), st.integers(0, 4), st.integers(1, 9), st.integers(0, 2**31 - 1))
def test_a_sequence_is_new_contiguous_aligned_and_the_same_again(name, length, batch, inputs, seed):
    source = SEQUENCES[name]()
    length, inputs = source.own_length() or length, source.needs_inputs() or inputs
    first, second = (
        source.draw(length, batch, inputs, torch.Generator().manual_seed(seed)) for _ in range(2)
    )
    assert first.shape == (length, batch, inputs) and first.dtype == torch.float32
    assert first.is_contiguous() and first.data_ptr() % 16 == 0
    assert first.equal(second)
    if batch:
        assert first.untyped_storage().nbytes() == 4 * first.numel()
        assert first.data_ptr() != second.data_ptr()
    if batch > 1:
        assert first[:, 0].equal(first[:, 1]) != source.uses_seed


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: SequenceSettings(length=0), "greater than or equal to 1"),
        (lambda: Text(text=""), "Type at least one letter"),
        (lambda: Values(rows=()), "Type at least one row of numbers"),
    ],
)
def test_N3_a_sequence_of_no_step_is_refused(make, said):
    with pytest.raises(ValidationError, match=said):
        make()


@pytest.mark.parametrize(
    ("source", "said"),
    [
        (Text(text=" \n", unit="words"), "There is no word in the text."),
        (Loaded(data=Stored(np.zeros((0, 3)))), "Open a file with numbers first"),
        (Loaded(data=Stored(np.zeros((5, 0)))), "Open a file with numbers first"),
        (Loaded(data=Stored(np.zeros((3, 0, 2)))), "Open a file with numbers first"),
        (Loaded(data=Stored(np.zeros((5, 3))), first=6), "No step is left"),
    ],
)
def test_N3_nothing_to_read_is_said_before_anything_is_built(source, said):
    settings = Settings(sequence=SequenceSettings(source=source))
    for found in (settings, with_source(Settings(), source)):
        (problem,) = problems_of(found)
        assert problem.field == "sequence.source"
        assert problem.sentence.startswith(said)


@pytest.mark.parametrize("name", sorted(OWN_SOURCES))
def test_torchs_global_generator_and_default_type_are_left_alone(name):
    source = SEQUENCES[name]()
    before = torch.get_rng_state()
    torch.set_default_dtype(torch.float64)
    try:
        x = source.draw(source.own_length() or 10, 1, 4, torch.Generator())
    finally:
        torch.set_default_dtype(torch.float32)
    assert x.dtype == torch.float32
    assert torch.get_rng_state().equal(before)


@pytest.mark.parametrize("name", sorted(OWN_SOURCES))
def test_fields_are_described_and_their_limits_hold(name):
    source = SEQUENCES[name]
    assert source.title and source.sentence.endswith(".")
    for field, info in source.model_fields.items():
        if field == "name":
            continue
        assert info.title and info.description.endswith(".")
        low, high = limits_of(source, field)
        if info.annotation in (int, float):
            assert low <= info.default <= high
            wrong = [low - 1, high + 1] + [True, 4.0, "4"] * (info.annotation is int)
            for value in wrong:
                with pytest.raises(ValidationError):
                    source(**{field: value})
        elif "labels" in hints_of(source, field):
            for option in hints_of(source, field)["labels"]:
                assert getattr(source(**{field: option}), field) == option


@pytest.mark.parametrize("name", sorted(OWN_SOURCES))
def test_settings_survive_json(name):
    class Holder(BaseModel):
        source: AnySource

    held = Holder(source=SEQUENCES[name]())
    assert Holder.model_validate_json(held.model_dump_json()) == held
    assert isinstance(held.source, SEQUENCES[name])


def test_torch_is_not_loaded_for_the_descriptions():
    code = (
        "import sys, rnnviz.sequences as s;"
        "[c().misfit(9, 4) for c in s.SEQUENCES.values()]; sys.exit('torch' in sys.modules)"
    )
    root = Path(__file__).parents[3]
    assert subprocess.run([sys.executable, "-c", code], cwd=root, check=False).returncode == 0
