"""Light and dark: every colour of the program, as Qt palettes."""

from __future__ import annotations

from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication, QStyleFactory

from rnnviz.theme_colours import THEMES as THEMES
from rnnviz.theme_colours import Theme as Theme

Role = QPalette.ColorRole


DEFAULT_THEME = "dark"


def palette(theme: Theme) -> QPalette:
    """Return the palette of a theme.

    ``PlaceholderText`` is the muted text, ``Mid`` the border, ``Accent`` the cursor and the
    selection, ``Link`` the focus ring.
    """
    made = QPalette()
    roles = {
        Role.Window: theme.window,
        Role.Base: theme.panel,
        Role.AlternateBase: theme.raised,
        Role.Button: theme.raised,
        Role.ToolTipBase: theme.raised,
        Role.Mid: theme.border,
        Role.Midlight: theme.border,
        Role.Dark: theme.border,
        Role.Light: theme.raised,
        Role.Shadow: theme.window,
        Role.WindowText: theme.text,
        Role.Text: theme.text,
        Role.ButtonText: theme.text,
        Role.ToolTipText: theme.text,
        Role.BrightText: theme.accent,
        Role.PlaceholderText: theme.muted,
        Role.Highlight: theme.focus,
        Role.HighlightedText: theme.on_accent,
        Role.Accent: theme.accent,
        Role.Link: theme.focus,
        Role.LinkVisited: theme.focus,
    }
    for role, colour in roles.items():
        made.setColor(role, QColor(colour))
    for role in (Role.WindowText, Role.Text, Role.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, role, _between(theme.muted, theme.raised))
    return made


def apply_theme(app: QApplication, name: str) -> None:
    """Give the whole program the colours of a theme, also while it runs."""
    if app.style().name().lower() != "fusion":
        app.setStyle(QStyleFactory.create("Fusion"))
    app.setPalette(palette(THEMES[name]))


def _between(one: str, two: str) -> QColor:
    a, b = QColor(one), QColor(two)
    return QColor(
        (a.red() + b.red()) // 2, (a.green() + b.green()) // 2, (a.blue() + b.blue()) // 2
    )
