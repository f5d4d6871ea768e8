"""The colour maps keep what they promise: signs, contrast, monotone brightness."""

import numpy as np
import pytest
from PySide6.QtGui import QColor, QPalette

from rnnviz.widgets.colours import (
    NOT_FINITE,
    colour_table,
    contrast,
    is_dark,
    lookup_table,
    luminance,
    text_on,
)

# Machado, Oliveira and Fernandes (2009), severity 1: how red- and green-blind eyes see linear RGB.
PROTAN = np.array([[0.152, 1.053, -0.205], [0.115, 0.786, 0.099], [-0.004, -0.048, 1.052]])
DEUTAN = np.array([[0.367, 0.861, -0.228], [0.280, 0.673, 0.047], [-0.012, 0.043, 0.969]])


def colours(dark: bool) -> list[QColor]:
    return [QColor.fromRgb(int(value)) for value in lookup_table(dark)]


def linear(colour: QColor) -> np.ndarray:
    channels = np.array([colour.redF(), colour.greenF(), colour.blueF()])
    return np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)


@pytest.mark.parametrize("dark", [False, True])
def test_negative_is_blue_and_positive_is_red(dark):
    for index, colour in enumerate(colours(dark)):
        if index < 110:
            assert colour.blue() > colour.red(), index
        if index > 145:
            assert colour.red() > colour.blue(), index


@pytest.mark.parametrize("dark", [False, True])
def test_brightness_is_monotone_from_the_centre(dark):
    brightness = np.array([luminance(colour) for colour in colours(dark)])
    outwards = brightness if dark else -brightness
    assert (np.diff(outwards[130:]) > -1e-3).all()
    assert (np.diff(outwards[:126][::-1]) > -1e-3).all()


def test_dark_ends_stand_out_and_zero_recedes():
    table = colours(dark=True)
    for end in (table[0], table[-1]):
        assert contrast(end, QColor("#16181d")) >= 6
    assert 1 < contrast(table[128], QColor("#1e2128")) < 1.5
    assert luminance(table[128]) > luminance(QColor("#1e2128"))


def test_light_centre_is_white_and_ends_stand_out():
    table = colours(dark=False)
    assert luminance(table[128]) > 0.75
    for end in (table[0], table[-1]):
        assert contrast(end, QColor("#f4f5f7")) >= 6


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("eye", [PROTAN, DEUTAN], ids=["protan", "deutan"])
def test_signs_differ_for_colour_blind_eyes(dark, eye):
    table = colours(dark)
    for index in (20, 50, 80):
        negative = eye @ linear(table[index])
        positive = eye @ linear(table[255 - index])
        # Blue against the rest, relative to how bright the two are.
        share = [c[2] / c.clip(1e-4).sum() for c in (negative, positive)]
        assert share[0] - share[1] > 0.15, (index, share)


@pytest.mark.parametrize("dark", [False, True])
def test_what_is_not_finite_has_a_colour_of_its_own(dark):
    assert colour_table(dark)[256] == NOT_FINITE.rgba()
    assert NOT_FINITE.rgba() not in lookup_table(dark).tolist()
    nearest = min(
        np.abs(np.array(c.getRgb()[:3]) - NOT_FINITE.getRgb()[:3]).sum() for c in colours(dark)
    )
    assert nearest > 120


def test_text_is_legible_on_every_colour():
    for dark in (False, True):
        for colour in [*colours(dark), NOT_FINITE]:
            assert contrast(text_on(colour.rgba()), colour) >= 4.5


def test_contrast_is_that_of_the_standard():
    assert contrast(QColor("black"), QColor("white")) == pytest.approx(21)
    assert contrast(QColor("#777777"), QColor("white")) == pytest.approx(4.48, abs=0.01)


def test_is_dark_goes_by_the_windows_colour():
    palette = QPalette()
    palette.setColor(QPalette.ColorRole.Window, QColor("#16181d"))
    assert is_dark(palette)
    palette.setColor(QPalette.ColorRole.Window, QColor("#f4f5f7"))
    assert not is_dark(palette)
