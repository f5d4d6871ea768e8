"""Fields describe themselves: what the form and the messages read from a model."""

from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError, model_validator

from rnnviz.fields import Frozen, choice, hints_of, limits_of, other, real, sentence_of, whole
from rnnviz.limits import MAX_SEED


class Model(Frozen):
    size: int = whole(4, "Size", "How large.", low=1, high=10, suffix="units", fold=True)
    gain: float = real(0.5, "Gain", "How strong.", low=0, high=2, decimals=3)
    mode: Literal["in", "out"] = choice("in", "Mode", "Which way.", {"in": "In", "out": "Out"})
    flag: bool = other(True, "Flag", "Whether.")

    @model_validator(mode="after")
    def _not_both(self):
        if self.size == 10 and not self.flag:
            raise ValueError("ten needs the flag.")
        return self


def test_a_field_carries_its_title_and_help():
    field = Model.model_fields["size"]
    assert (field.title, field.description, field.default) == ("Size", "How large.", 4)


def test_hints_are_for_the_form():
    assert hints_of(Model, "size") == {"suffix": "units", "fold": True}
    assert hints_of(Model, "gain") == {"decimals": 3}
    assert hints_of(Model, "mode") == {"labels": {"in": "In", "out": "Out"}}
    assert hints_of(Model, "flag") == {}


def test_limits_are_those_of_the_field():
    assert limits_of(Model, "size") == (1, 10)
    assert limits_of(Model, "gain") == (0, 2)
    assert limits_of(Model, "mode") == (None, None)


@given(st.integers(-5, 15))
def test_whole_numbers_are_taken_between_the_limits(value):
    if 1 <= value <= 10:
        assert Model(size=value).size == value
    else:
        with pytest.raises(ValidationError):
            Model(size=value)


@pytest.mark.parametrize("bad", [True, False, 4.0, 4.5, "4", "", "1e3", "٣", None, 10**20])
def test_a_whole_number_is_nothing_else(bad):
    with pytest.raises(ValidationError):
        Model(size=bad)


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), -0.1, 2.1, "much"])
def test_a_real_number_is_finite_and_within_its_limits(bad):
    with pytest.raises(ValidationError):
        Model(gain=bad)


def test_a_choice_and_an_unknown_field_are_refused():
    with pytest.raises(ValidationError):
        Model(mode="sideways")
    with pytest.raises(ValidationError, match="Extra inputs"):
        Model(sise=4)


def test_a_model_does_not_change():
    model = Model()
    with pytest.raises(ValidationError, match="frozen"):
        model.size = 5
    assert model == Model()
    assert model != Model(size=5)


def test_a_sentence_has_no_prefix_and_begins_with_a_capital():
    with pytest.raises(ValidationError) as caught:
        Model(size=10, flag=False)
    assert sentence_of(caught.value) == "Ten needs the flag."
    with pytest.raises(ValidationError) as caught:
        Model(size=0)
    assert sentence_of(caught.value) == "Input should be greater than or equal to 1"


def test_the_largest_seed_fits_a_spin_box():
    assert MAX_SEED == 2**31 - 1
