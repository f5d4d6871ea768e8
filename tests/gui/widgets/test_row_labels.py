"""Row numbers stand beside their rows and never on top of each other."""

import itertools

import numpy as np
import pytest

from rnnviz.widgets.heatmap import Heatmap
from rnnviz.widgets.row_labels import RowLabels


@pytest.fixture
def labels_of(qapp):
    def make(rows: int, height: int, scale: float = 1.0, names=()):
        labels = RowLabels()
        labels.text_scale, labels.names = scale, names
        places = labels.places(rows, height)
        return [(rect.top(), rect.bottom(), text) for rect, text in places]

    return make


@pytest.fixture
def heatmap_of(qtbot):
    def make(rows: int, height: int):
        heatmap = Heatmap(row_axis=True)
        qtbot.addWidget(heatmap)
        heatmap.resize(200, height)
        heatmap.set_values(np.zeros((rows, 3)))
        return heatmap

    return make


def test_each_row_is_numbered_where_there_is_room(labels_of, heatmap_of):
    found = labels_of(4, 200)
    assert [text for *_, text in found] == ["0", "1", "2", "3"]
    for row, (top, bottom, _) in enumerate(found):
        middle = heatmap_of(4, 200).cell_rect(row, 0).center().y()
        assert (top + bottom) / 2 == pytest.approx(middle, abs=1.5)


@pytest.mark.parametrize(("rows", "height"), [(1, 12), (40, 100), (512, 300), (4096, 60)])
@pytest.mark.parametrize("scale", [1.0, 2.0])
def test_labels_thin_out_and_stay_inside(labels_of, rows, height, scale):
    found = labels_of(rows, height, scale)
    assert found[0][2] == "0"
    for (_, bottom, _), (top, _, _) in itertools.pairwise(found):
        assert top >= bottom - 2 * scale  # a line's leading may overlap, its digits do not
    if height > 30:
        assert found[0][0] >= 0
        assert found[-1][1] <= height + 0.5


def test_names_stand_in_for_numbers(labels_of):
    found = labels_of(4, 200, names=("h", "e", "l"))
    assert [text for *_, text in found] == ["h", "e", "l", "3"]


def test_labels_are_painted_at_the_left_in_the_muted_ink(heatmap_of):
    heatmap = heatmap_of(4, 200)
    image = heatmap.grab().toImage()
    background = image.pixel(1, 1)
    inked = {x for x in range(36) for y in range(200) if image.pixel(x, y) != background}
    assert inked
    assert max(inked) < 32  # a gap stays before the squares
    heatmap.set_row_names(["", "", "", ""])
    image = heatmap.grab().toImage()
    assert {image.pixel(x, y) for x in range(36) for y in range(200)} == {background}


def test_axes_have_one_width(heatmap_of):
    assert {heatmap_of(rows, 100).cell_rect(0, 0).left() for rows in (1, 100, 4096)} == {36}


def test_names_are_rather_small_than_left_out(labels_of):
    assert [text for *_, text in labels_of(4, 40, names="helo")] == ["h", "e", "l", "o"]
    assert [text for *_, text in labels_of(4, 40, scale=1.5)] != ["0", "1", "2", "3"]
    assert len(labels_of(4, 20, names="helo")) < 4
