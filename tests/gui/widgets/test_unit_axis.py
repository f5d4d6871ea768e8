"""Row numbers stand beside their rows and never on top of each other."""

import itertools

import numpy as np
import pytest
from PySide6.QtGui import QImage, QPainter

from rnnviz.widgets.heatmap import Heatmap


@pytest.fixture
def axis_of(qtbot):
    def make(rows: int, height: int, scale: float = 1.0):
        heatmap = Heatmap(row_axis=True)
        qtbot.addWidget(heatmap)
        heatmap.resize(200, height)
        heatmap.set_values(np.zeros((rows, 3)))
        heatmap.set_text_scale(scale)
        heatmap.show()
        return heatmap, heatmap._axis

    return make


def labels(axis) -> list[tuple[float, float, str]]:
    painter = QPainter(image := QImage(1, 1, QImage.Format.Format_RGB32))
    _, ticks, texts = axis.generateDrawSpecs(painter)
    painter.end()
    assert ticks == []
    assert not image.isNull()
    return [(rect.top(), rect.bottom(), text) for rect, _, text in texts]


def test_each_row_is_numbered_where_there_is_room(axis_of):
    heatmap, axis = axis_of(4, 200)
    found = labels(axis)
    assert [text for *_, text in found] == ["0", "1", "2", "3"]
    for row, (top, bottom, _) in enumerate(found):
        middle = heatmap.cell_rect(row, 0).center().y()
        assert (top + bottom) / 2 == pytest.approx(middle, abs=1.5)


@pytest.mark.parametrize(("rows", "height"), [(1, 12), (40, 100), (512, 300), (4096, 60)])
@pytest.mark.parametrize("scale", [1.0, 2.0])
def test_labels_thin_out_and_stay_inside(axis_of, rows, height, scale):
    _, axis = axis_of(rows, height, scale)
    found = labels(axis)
    assert found[0][2] == "0"
    for (_, bottom, _), (top, _, _) in itertools.pairwise(found):
        assert top >= bottom - 2 * scale  # a line's leading may overlap, its digits do not
    if height > 30:
        assert found[0][0] >= 0
        assert found[-1][1] <= height + 0.5


def test_names_stand_in_for_numbers(axis_of):
    heatmap, axis = axis_of(4, 200)
    heatmap.set_row_names(["h", "e", "l"])
    assert [text for *_, text in labels(axis)] == ["h", "e", "l", "3"]


def test_axes_have_one_width(axis_of):
    widths = {axis_of(rows, 100)[0].cell_rect(0, 0).left() for rows in (1, 100, 4096)}
    assert widths == {36}
