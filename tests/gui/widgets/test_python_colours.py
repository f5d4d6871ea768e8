"""The colours of code."""

import pytest
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QPlainTextEdit

from rnnviz.theme import THEMES, palette
from rnnviz.widgets.colours import contrast
from rnnviz.widgets.python_colours import PythonColours, python_colours


@pytest.fixture
def editor(qtbot):
    """Return an editor whose code has colours, and keep what colours it."""
    made = QPlainTextEdit()
    qtbot.addWidget(made)
    made.colours = PythonColours(made.document(), palette(THEMES["dark"]))
    return made


def spans(editor):
    """Return what is coloured in the first line, each with its kind."""
    block = editor.document().firstBlock()
    kinds = {
        colour.name(): kind for kind, colour in python_colours(palette(THEMES["dark"])).items()
    }
    encoded = block.text().encode("utf-16-le")  # as Qt counts
    return [
        (
            encoded[2 * span.start : 2 * (span.start + span.length)].decode("utf-16-le"),
            kinds[span.format.foreground().color().name()],
        )
        for span in block.layout().formats()
    ]


@pytest.mark.parametrize("theme", THEMES)
def test_every_colour_can_be_read(theme):
    colours = palette(THEMES[theme])
    role = QPalette.ColorRole
    for kind, colour in python_colours(colours).items():
        for background in (role.Base, role.Window, role.AlternateBase):
            assert contrast(colour, colours.color(background)) >= 4.5, (kind, background)


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("import torch", [("import", "keyword")]),
        ("reimport = x1 + importing", []),
        ("x = 1e-05 * h0[-2.5]", [("1e-05", "value"), ("2.5", "value")]),
        ('t = "a # b \\" for" # 1 "x"', [('"a # b \\" for"', "value"), ('# 1 "x"', "comment")]),
        ('f"l{k}" if None', [('f"l{k}"', "value"), ("if", "keyword"), ("None", "keyword")]),
        ('t = "🙂🙂"  # 🙂 said', [('"🙂🙂"', "value"), ("# 🙂 said", "comment")]),
    ],
)
def test_what_has_a_colour(editor, line, wanted):
    editor.setPlainText(line)
    assert spans(editor) == wanted


def test_other_colours_come_with_another_theme(editor):
    editor.setPlainText("import torch")
    editor.colours.take_palette(palette(THEMES["light"]))
    (span,) = editor.document().firstBlock().layout().formats()
    wanted = python_colours(palette(THEMES["light"]))["keyword"]
    assert span.format.foreground().color() == wanted
