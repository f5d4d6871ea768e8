"""The equation's geometry, without a widget."""

from hypothesis import given
from hypothesis import strategies as st

from rnnviz.views.equation_layout import (
    LEAST_THICKNESS,
    OUTLINE,
    Line,
    Measures,
    Part,
    best_layout,
    possible_squares,
    squares_a_pixel,
)

BLOCKS = ("W_ih", "W_hh", "W_ho", "b_ih", "b_hh", "b_ho", "x", "h_prev", "a", "h", "h_above", "y")
MEASURES = Measures(
    dict.fromkeys(BLOCKS, (34, 31)),
    {"W_hh": (17, 24), "b_ih": (17, 24), "b_hh": (17, 24), "a": (17, 24), "h": (40, 36)}
    | {"b_ho": (17, 24), "y": (17, 24)},
)
UNDER = {"W_ho": "W_hh", "b_ho": "b_ih", "y": "a"}


def elman(inputs, units, outputs):
    matrices = (Part("W_ih", inputs, "x"), Part("W_hh", units, "h_prev"))
    hidden = Line(
        units,
        (*matrices, Part("b_ih"), Part("a"), Part("h")),
    )
    output = Line(outputs, (Part("W_ho", units, "h_above"), Part("b_ho"), Part("y")), UNDER)
    return [hidden, output]


def rnn(inputs, units):
    parts = (Part("W_ih", inputs, "x"), Part("W_hh", units, "h_prev"))
    return [Line(units, (*parts, Part("b_ih"), Part("b_hh"), Part("a"), Part("h")))]


def overlaps(a, b):
    return a.left < b.right and b.left < a.right and a.top < b.bottom and b.top < a.bottom


sizes = st.integers(1, 60)


@given(sizes, sizes, sizes, st.integers(300, 2000), st.integers(150, 900))
def test_nothing_overlaps_and_rows_and_columns_line_up(inputs, units, outputs, width, height):
    layout = best_layout(elman(inputs, units, outputs), MEASURES, (width, height))
    b = layout.blocks
    rects = [*b.values(), *layout.symbols.values(), *layout.operators.values()]
    for number, rect in enumerate(rects):
        assert not any(overlaps(rect, other) for other in rects[number + 1 :])
    for name in ("W_hh", "b_ih", "a", "h"):
        assert (b[name].top, b[name].height) == (b["W_ih"].top, b["W_ih"].height)
    for name in ("b_ho", "y"):
        assert (b[name].top, b[name].height) == (b["W_ho"].top, b["W_ho"].height)
    for vector, matrix in (("x", "W_ih"), ("h_prev", "W_hh"), ("h_above", "W_ho")):
        assert (b[vector].left, b[vector].width) == (b[matrix].left, b[matrix].width)
        assert b[vector].bottom < b[matrix].top


@given(sizes, sizes, sizes, st.integers(300, 2000), st.integers(150, 900))
def test_squares_have_one_size(inputs, units, outputs, width, height):
    layout = best_layout(elman(inputs, units, outputs), MEASURES, (width, height))
    b, square = layout.blocks, layout.square
    if square < LEAST_THICKNESS:
        return
    assert (b["W_ih"].width, b["W_ih"].height) == (inputs * square, units * square)
    assert (b["W_ho"].width, b["W_ho"].height) == (units * square, outputs * square)
    assert all(b[name].width == square for name in ("b_ih", "a", "h", "b_ho", "y"))
    assert all(b[name].height == square for name in ("x", "h_prev", "h_above"))


@given(sizes, sizes, st.integers(600, 2000), st.integers(220, 900))
def test_it_fits_and_no_larger_square_would(inputs, units, width, height):
    layout = best_layout(rnn(inputs, units), MEASURES, (width, height))
    assert layout.width <= width and layout.height <= height
    bigger = best_layout(rnn(inputs, units), MEASURES, (width + 400, height + 400))
    assert bigger.square >= layout.square
    for rect in [*layout.blocks.values(), *layout.symbols.values()]:
        assert rect.left >= 0 and rect.right <= width and rect.bottom <= height


def test_outlines_of_what_is_not_computed_have_room_at_every_size():
    for width in range(500, 1200):
        layout = best_layout(elman(4, 6, 4), MEASURES, (width, 400))
        assert layout.blocks["y"].right + OUTLINE <= width
        assert layout.blocks["a"].right + OUTLINE <= width


def test_output_goes_below_where_there_is_height_else_beside():
    tall = best_layout(elman(4, 6, 4), MEASURES, (700, 900)).blocks
    assert tall["W_ho"].top > tall["W_hh"].bottom
    assert tall["W_ho"].left == tall["W_hh"].left
    assert tall["b_ho"].left == tall["b_ih"].left and tall["y"].left == tall["a"].left
    wide = best_layout(elman(4, 6, 4), MEASURES, (1400, 300)).blocks
    assert wide["W_ho"].top == wide["W_hh"].top
    assert wide["W_ho"].left > wide["h"].right


def test_hello_carries_numbers_where_there_is_room():
    assert best_layout(elman(4, 6, 4), MEASURES, (1060, 270)).square >= 36


def test_matrices_far_too_large_are_scaled_together():
    b = best_layout(elman(3, 2048, 5), MEASURES, (800, 240))
    assert 0 < b.square < 1
    assert b.blocks["W_hh"].width == b.blocks["W_hh"].height <= 240
    assert b.blocks["h"].width == LEAST_THICKNESS
    assert squares_a_pixel(b.square) == round(1 / b.square)


def test_squares_cover_whole_device_pixels():
    for ratio in (1.0, 1.25, 1.5, 1.75, 2.0):
        for square in possible_squares(56, ratio, 300):
            pixels = square * ratio
            if square >= 16:
                assert pixels == int(pixels)
            if square < 1:
                assert abs(1 / pixels - round(1 / pixels)) < 1e-9


def test_an_impossible_area_gives_the_smallest_layout():
    layout = best_layout(elman(4, 600, 4), MEASURES, (50, 40))
    assert layout.square == min(possible_squares(56, 1.0, 600))
