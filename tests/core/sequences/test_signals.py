"""Impulse, jump and waves, held against closed forms."""

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from rnnviz.sequences import Impulse, Jump, Sine, Square

GENERATOR = torch.Generator()


def drawn(source, length=12, batch=1, inputs=3) -> list[list[float]]:
    return source.draw(length, batch, inputs, GENERATOR)[:, 0].tolist()


@given(st.integers(1, 12), st.integers(0, 2), st.floats(-1000, 1000, width=32))
def test_impulse(at, unit, amplitude):
    assert drawn(Impulse(at=at, unit=unit, amplitude=amplitude)) == [
        [amplitude * (step == at and i == unit) for i in range(3)] for step in range(1, 13)
    ]


@given(st.integers(1, 12), st.integers(0, 2), st.floats(-1000, 1000, width=32))
def test_jump(at, unit, amplitude):
    assert drawn(Jump(at=at, unit=unit, amplitude=amplitude)) == [
        [amplitude * (step >= at and i == unit) for i in range(3)] for step in range(1, 13)
    ]


@given(st.floats(2, 50), st.floats(-360, 360), st.integers(0, 2), st.floats(-10, 10))
def test_sine_on_one_unit(period, phase, unit, amplitude):
    x = drawn(Sine(period=period, phase=phase, unit=unit, amplitude=amplitude), length=30)
    for k, row in enumerate(x):
        wave = amplitude * math.sin(2 * math.pi * k / period + math.radians(phase))
        assert row == pytest.approx([wave * (i == unit) for i in range(3)], abs=1e-5)


def test_sine_begins_at_zero_and_rises():
    x = drawn(Sine(period=4), inputs=1, length=5)
    assert [row[0] for row in x] == pytest.approx([0, 1, 0, -1, 0], abs=1e-6)


@given(st.floats(2, 50), st.integers(1, 5))
def test_sine_on_all_units_is_spread_over_one_period(period, inputs):
    # A unit that does not exist is no matter when all have the wave.
    x = drawn(Sine(period=period, spread="all", unit=9), inputs=inputs)
    for k, row in enumerate(x):
        waves = [math.sin(2 * math.pi * (k / period - i / inputs)) for i in range(inputs)]
        assert row == pytest.approx(waves, abs=1e-5)


@given(st.integers(1, 30), st.floats(-10, 10, width=32))
def test_square_of_an_even_period(half, amplitude):
    x = drawn(Square(period=2 * half, amplitude=amplitude), length=100, inputs=1)
    assert [row[0] for row in x] == [
        amplitude if k // half % 2 == 0 else -amplitude for k in range(100)
    ]


@given(st.integers(1, 12), st.integers(2, 7))
def test_squares_on_all_units_are_the_same_wave_later(inputs, steps_apart):
    period = inputs * steps_apart
    x = drawn(Square(period=period, spread="all"), inputs=inputs, length=3 * period)
    for i in range(inputs):
        later = [row[i] for row in x[i * steps_apart :]]
        assert later == [row[0] for row in x[: len(later)]]


def test_phase_of_a_square():
    x = drawn(Square(period=4, phase=90), inputs=1, length=5)
    assert [row[0] for row in x] == [1, -1, -1, 1, 1]


@pytest.mark.parametrize("kind", [Impulse, Jump, Sine, Square])
def test_a_unit_that_does_not_exist(kind):
    assert kind(unit=2).misfit(10, 3) is None
    assert kind(unit=3).misfit(10, 3) == "There is no unit 3: the input's units are 0 to 2."
    assert kind(unit=1).misfit(10, 1) == "There is no unit 1: the input's only unit is 0."


@pytest.mark.parametrize("kind", [Impulse, Jump])
def test_a_step_that_does_not_exist(kind):
    assert kind(at=10).misfit(10, 3) is None
    sentence = "There is no step 1,200: the sequence ends at step 1,000."
    assert kind(at=1200).misfit(1000, 3) == sentence
    with pytest.raises(ValueError, match="There is no step"):
        kind(at=1200).draw(1000, 1, 3, GENERATOR)
