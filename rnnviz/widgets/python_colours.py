"""Quiet colours for Python code."""

from __future__ import annotations

import keyword
import re

from PySide6.QtGui import QColor, QPalette, QSyntaxHighlighter, QTextCharFormat, QTextDocument

_TOKENS = re.compile(
    r"(?P<comment>#.*)"
    r'|(?P<value>f?"(?:\\.|[^"\\])*"|\b\d+(?:\.\d*)?(?:e[+-]?\d+)?\b)'
    rf"|\b(?P<keyword>{'|'.join(keyword.kwlist)})\b"
)


class PythonColours(QSyntaxHighlighter):
    """Colours keywords, values and comments from a palette.

    Parameters
    ----------
    document : QTextDocument
        Code in which no text goes over several lines.
    palette : QPalette
    """

    def __init__(self, document: QTextDocument, palette: QPalette) -> None:
        super().__init__(document)
        self._formats: dict[str, QTextCharFormat] = {}
        self.take_palette(palette)

    def take_palette(self, palette: QPalette) -> None:
        """Take the colours of another theme."""
        colours = python_colours(palette)
        self._formats = {kind: _coloured(colour) for kind, colour in colours.items()}
        self.rehighlight()

    # Qt's own

    def highlightBlock(self, text: str) -> None:
        for token in _TOKENS.finditer(text):
            first, last = (_position(text, index) for index in token.span())
            assert token.lastgroup is not None
            self.setFormat(first, last - first, self._formats[token.lastgroup])


def python_colours(palette: QPalette) -> dict[str, QColor]:
    """Return the colour of each kind of token: as legible as those that it is made of."""
    role = QPalette.ColorRole
    text = palette.color(role.Text)
    return {
        "comment": palette.color(role.PlaceholderText),
        "value": _between(palette.color(role.Accent), text),
        "keyword": palette.color(role.Link),
    }


def _coloured(colour: QColor) -> QTextCharFormat:
    made = QTextCharFormat()
    made.setForeground(colour)
    return made


def _between(one: QColor, other: QColor) -> QColor:
    return QColor(
        (one.red() + other.red()) // 2,
        (one.green() + other.green()) // 2,
        (one.blue() + other.blue()) // 2,
    )


def _position(text: str, index: int) -> int:
    """Return where Qt counts an index, which takes two places for letters beyond U+FFFF."""
    return len(text[:index].encode("utf-16-le", "surrogatepass")) // 2
