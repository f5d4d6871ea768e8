"""A trace as a picture: what is drawn where, in which colours, at any size."""

import io
import subprocess
import sys
from itertools import pairwise

import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn

import rnnviz
from rnnviz.colour_map import NOT_FINITE, channels_of, colour_table
from rnnviz.traces.picture import CELL, DENSITY, MARGIN, MOST_LAYERS, PLOT, TITLES, UNITS
from rnnviz.traces.record import GrowingArray
from rnnviz.traces.trace import Trace

LEFT = MARGIN + TITLES + UNITS


def trace_of(inputs, hidden, outputs=None):
    """Return a trace of these arrays, as a recorder elsewhere would make it."""
    arrays = {}
    for name, values in {"hidden": hidden, "output": outputs}.items():
        if values is not None:
            arrays[name] = GrowingArray(values.shape[1:], values.dtype)
            arrays[name].append(values)
    made = Trace(inputs, arrays)
    made._steps = len(inputs)
    return made


def pixels_of(trace):
    with Image.open(io.BytesIO(trace._repr_png_())) as image:
        assert image.format == "PNG"
        return np.asarray(image.convert("RGB"))


def colour_at(value, limit):
    """Return the colour of a number as the program's own table has it."""
    place = int((value + limit) / (2 * limit) * 255 + 0.5)
    packed = int(colour_table(False)[place])
    return (packed >> 16 & 255, packed >> 8 & 255, packed & 255)


def squares_down(pixels, step, cell=CELL[0]):
    """Return the colours met on the way down through the middle of a step, seams left out."""
    column = pixels[:, LEFT + round((step + 0.5) * cell)]
    seen = []
    for before, colour in pairwise(column):
        if (before == colour).all() and (not seen or seen[-1] != tuple(colour)):
            seen.append(tuple(int(channel) for channel in colour))
    return seen


def test_squares_have_the_colours_of_their_numbers():
    inputs = np.array([[[0.5, -0.25]], [[1.0, 0.75]]])
    hidden = np.array([[[[0.1, 0.2]]], [[[-0.9, 0.9]]], [[[0.3, -1.0]]]])
    outputs = np.array([[[4.0, -1.0]], [[2.0, 3.0]]])
    pixels = pixels_of(trace_of(inputs, hidden, outputs))
    for step in (1, 2):
        wanted = [colour_at(value, 1.0) for value in inputs[step - 1, 0]]
        wanted += [colour_at(value, 1.0) for value in hidden[step, 0, 0]]
        wanted += [colour_at(value, 4.0) for value in outputs[step - 1, 0]]
        found = [colour for colour in squares_down(pixels, step) if colour in wanted]
        assert found == wanted
    assert set(squares_down(pixels, 0)) >= {colour_at(value, 1.0) for value in hidden[0, 0, 0]}
    assert colour_at(0.5, 1.0) not in squares_down(pixels, 0)  # there is no x_0


def test_it_is_drawn_for_dense_screens_and_says_how_large_it_is_on_the_page():
    record = rnnviz.trace(nn.RNN(2, 3), torch.zeros(4, 2))
    data, metadata = record._repr_mimebundle_()
    assert data == {"image/png": record._repr_png_()}
    with Image.open(io.BytesIO(data["image/png"])) as image:
        size = metadata["image/png"]
        assert (size["width"] * DENSITY, size["height"] * DENSITY) == (
            image.width // DENSITY * DENSITY,
            image.height // DENSITY * DENSITY,
        )
    assert repr(record).startswith("<Trace of 4 steps: inputs (4, 1, 2)")
    assert not hasattr(record, "_repr_html_")


def test_one_odd_step_among_100_000_is_seen_of_the_record_and_of_the_inputs():
    module = nn.RNN(1, 2)
    for parameter in module.parameters():
        nn.init.zeros_(parameter)
    nn.init.constant_(module.weight_ih_l0, 20.0)
    inputs = torch.zeros(100_000, 1)
    inputs[71_234] = -1.0
    pixels = pixels_of(rnnviz.trace(module, inputs))
    lowest = (pixels == colour_at(-1.0, 1.0)).all(axis=-1)
    x = LEFT + int(71_235.5 * PLOT / 100_001)
    assert lowest[:, x - 1 : x + 2].any(axis=1).sum() > CELL[1] + CELL[1]  # inputs and states
    assert not lowest[:, LEFT : x - 1].any() and not lowest[:, x + 2 : LEFT + PLOT].any()


def test_what_is_not_finite_has_its_colour_and_is_explained():
    hidden = np.zeros((4, 1, 1, 2), np.float32)
    purple = lambda pixels: (pixels == channels_of(NOT_FINITE)).all(axis=-1)  # noqa: E731
    inputs = np.ones((3, 1, 1), np.float32)
    assert not purple(pixels_of(trace_of(inputs, hidden))).any()
    hidden[2, 0, 0] = np.nan, np.inf
    found = purple(pixels_of(trace_of(inputs, hidden)))
    middle = LEFT + round(2.5 * CELL[0])
    assert found[:, middle].sum() >= 2 * CELL[1] - 2
    assert not found[:, : LEFT + 2 * CELL[0] - 1].any()
    assert found[:, LEFT + 4 * CELL[0] :].any()  # the legend at the right


def test_the_first_sequence_is_shown():
    states = torch.randn(6, 1, 3, 4).numpy()
    inputs = torch.randn(5, 3, 2).numpy()
    alone = pixels_of(trace_of(inputs[:, :1], states[:, :, :1]))
    several = pixels_of(trace_of(inputs, states))
    added = len(several) - len(alone)
    assert added > 0  # a line says so
    shown = slice(LEFT, LEFT + 6 * CELL[0])
    assert (several[added:, shown] == alone[:, shown])[100:].all()


@pytest.mark.parametrize(
    ("steps", "layers", "units"), [(1, 1, 1), (3, 1, 2048), (1300, 8, 30), (7, 40, 2), (0, 1, 3)]
)
def test_any_shape_is_drawn_within_a_page(steps, layers, units):
    hidden = np.random.default_rng(0).uniform(-1, 1, (steps + 1, layers, 1, units))
    pixels = pixels_of(trace_of(np.ones((steps, 1, 1)), hidden))
    height, width, _ = pixels.shape
    assert 400 * DENSITY < width < 900 * DENSITY
    assert 60 * DENSITY < height < (MOST_LAYERS + 2) * 80 * DENSITY


@pytest.mark.filterwarnings("error")
def test_N3_a_single_number_that_never_changes_has_a_range_of_colours():
    rnn = nn.RNN(1, 1)
    for parameter in rnn.parameters():
        nn.init.zeros_(parameter)
    pixels = pixels_of(rnnviz.trace(rnn, torch.zeros(1, 1)))
    assert colour_at(0.0, 1.0) in squares_down(pixels, 1)
    colours = {tuple(map(int, colour)) for colour in pixels.reshape(-1, 3)}
    assert {colour_at(level, 1.0) for level in (-1.0, 0.0, 1.0)} <= colours  # the colour bar


def test_without_a_sequence_there_is_only_the_text():
    record = rnnviz.trace(nn.RNN(2, 3), torch.zeros(4, 0, 2))
    assert record._repr_png_() is None
    assert record._repr_mimebundle_() == ({}, {})


@pytest.mark.parametrize("dtype", [torch.float16, torch.float64, torch.bfloat16])
def test_every_dtype_is_drawn(dtype):
    record = rnnviz.trace(nn.RNN(2, 3).to(dtype), torch.ones(4, 2, dtype=dtype))
    assert pixels_of(record).any()


def test_it_needs_neither_qt_nor_a_notebook():
    code = (
        "import sys; sys.modules.update(dict.fromkeys(('PySide6', 'pyqtgraph', 'IPython')))\n"
        "import torch, rnnviz\n"
        "print(rnnviz.trace(torch.nn.RNN(2, 3), torch.zeros(4, 2))._repr_png_()[1:4])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout == "b'PNG'\n", done.stderr
