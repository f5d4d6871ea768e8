"""The fields of the export dialog."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from rnnviz.figures.figure import MOST_SCALE
from rnnviz.figures.subjects import views_of
from rnnviz.session import Session
from rnnviz.taking.options import (
    AS_ON_SCREEN,
    LEAST_SIDE,
    MOST_SIDE,
    MOST_SPEED,
    OWN,
    SIZES,
    SUFFIXES,
    Options,
)
from rnnviz.theme import THEMES
from rnnviz.widgets.form import Changes, Field, Form
from rnnviz.widgets.form_editors import ChoiceEditor, LineEditor, WholeEditor

WHAT = {"figure": "A figure", "record": "The record", "film": "A film"}
FORMATS = {
    ".png": "PNG, pixels",
    ".svg": "SVG, shapes",
    ".pdf": "PDF, shapes",
    ".npz": "NumPy, .npz",
    ".csv": "Table, .csv",
    ".safetensors": ".safetensors",
    ".gif": "GIF",
    ".mp4": "MP4",
}
LOOK = ("theme", "size")


def export_form(session: Session, apply: Callable[[Changes], None]) -> Form:
    """Return the form with all its rows; `shown_fields` says which of them are asked when."""
    form = Form("export", apply)
    _choice(form, "what", "Export", WHAT)
    _choice(form, "view", "View", views_of(session))
    for what, suffixes in SUFFIXES.items():
        _choice(form, f"{what}_format", "Format", {name: FORMATS[name] for name in suffixes})
    form.add(Field("title", "Title", LineEditor(), wide=True))
    themes = {AS_ON_SCREEN: "As on the screen"} | {name: name.capitalize() for name in THEMES}
    _choice(form, "theme", "Colours", themes)
    sizes = {name: f"{width} × {height}" for name, (width, height) in SIZES.items()}
    sizes = {AS_ON_SCREEN: "As on the screen"} | sizes | {OWN: "Another size"}
    _choice(form, "size", "Size", sizes)
    for name in ("width", "height"):
        _number(form, name, name.capitalize(), LEAST_SIDE, MOST_SIDE, "px")
    scales = {scale: f"{scale} ×" for scale in range(1, MOST_SCALE + 1)}
    _choice(form, "scale", "Pixels", scales)
    _number(form, "first", "From step", 0, session.length)
    _number(form, "last", "To step", 0, session.length)
    _number(form, "speed", "Speed", 1, MOST_SPEED, "a second")
    return form


def shown_fields(options: Options) -> set[str]:
    """Return the names of the rows that are asked."""
    names = {"what", f"{options.what}_format"}
    if options.what != "record":
        names |= {"view", *LOOK} | ({"width", "height"} if options.size == OWN else set())
    if options.what == "figure":
        names |= {"title"} | ({"scale"} if options.suffix == ".png" else set())
    if options.what == "film":
        names |= {"first", "last", "speed"}
    return names


def _choice(form: Form, name: str, title: str, texts: Mapping[Any, str]) -> None:
    form.add(Field(name, title, ChoiceEditor(list(texts.items()))))


def _number(form: Form, name: str, title: str, low: int, high: int, unit: str = "") -> None:
    form.add(Field(name, title, WholeEditor(title, low, high, suffix=unit)))
