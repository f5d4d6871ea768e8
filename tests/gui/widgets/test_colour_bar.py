"""The colour bar says which colour is which number."""

import pytest
from PySide6.QtGui import QColor, QPalette

from rnnviz.widgets.colour_bar import ColourBar, level_text
from rnnviz.widgets.colours import NOT_FINITE, lookup_table


@pytest.fixture
def bar(qtbot):
    widget = ColourBar()
    qtbot.addWidget(widget)
    widget.resize(widget.sizeHint().width(), 200)
    return widget


def test_labels_stand_at_their_levels(bar):
    bar.set_levels(-0.5, 1.5)
    top, zero, bottom = bar.marks()
    assert (top[1], zero[1], bottom[1]) == ("1.5", "0", "−0.5")
    assert (top[0], bottom[0]) == (bar.bar_rect().top(), bar.bar_rect().bottom())
    assert zero[0] == pytest.approx(bottom[0] - 0.25 * (bottom[0] - top[0]), abs=1)


def test_zero_is_marked_only_within_the_levels(bar):
    bar.set_levels(1, 2)
    assert [text for _, text in bar.marks()] == ["2", "1"]


def test_levels_must_ascend(bar):
    with pytest.raises(ValueError, match="ascend"):
        bar.set_levels(1, -1)
    assert bar.levels() == (-1, 1)


@pytest.mark.parametrize("window", ["#16181d", "#f4f5f7"])
def test_the_gradient_follows_the_theme(bar, window):
    palette = QPalette(bar.palette())
    palette.setColor(QPalette.ColorRole.Window, QColor(window))
    bar.setPalette(palette)
    image = bar.grab().toImage()
    table = lookup_table(window == "#16181d")
    rect = bar.bar_rect()
    assert image.pixelColor(5, rect.bottom()).rgba() == table[0]
    assert image.pixelColor(5, rect.top()).rgba() in table[-2:].tolist()


def test_the_swatch_of_what_is_not_finite_comes_and_goes(bar):
    def purple() -> bool:
        image = bar.grab().toImage()
        return any(image.pixelColor(5, y) == NOT_FINITE for y in range(image.height()))

    assert not purple()
    narrow = bar.sizeHint().width()
    bar.set_not_finite(True)
    assert purple()
    assert bar.sizeHint().width() > narrow
    assert "NaN" in bar.accessibleDescription()
    bar.set_not_finite(False)
    assert not purple()


def test_larger_text_takes_more_room(bar):
    before = bar.sizeHint().width()
    bar.set_text_scale(2)
    assert bar.sizeHint().width() > before


def test_levels_read_shortly():
    assert [level_text(v) for v in (-0.25, 1.0, 0.12345)] == ["−0.25", "1", "0.123"]
