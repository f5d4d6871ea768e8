"""The colours of the two themes, for whatever draws: Qt's palettes, and pictures without Qt."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Theme:
    """The colours of one theme; every text colour holds 4.5:1 on its three backgrounds."""

    window: str
    panel: str
    raised: str
    border: str
    text: str
    muted: str
    accent: str
    focus: str
    on_accent: str


THEMES = {
    "dark": Theme(
        window="#16181d",
        panel="#1e2128",
        raised="#2a2e37",
        border="#3a404b",
        text="#e8ebf0",
        muted="#a3adba",
        accent="#ffb454",
        focus="#6cb6ff",
        on_accent="#16181d",
    ),
    "light": Theme(
        window="#f4f5f7",
        panel="#ffffff",
        raised="#e9ecf0",
        border="#cdd2da",
        text="#1b1f26",
        muted="#535d69",
        accent="#9a5b00",
        focus="#0b62c4",
        on_accent="#ffffff",
    ),
}
