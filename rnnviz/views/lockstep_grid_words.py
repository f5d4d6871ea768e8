"""What is written around the states of an nn.RNN: where each is returned, and where not."""

from __future__ import annotations

import re

from rnnviz.lockstep.grid import OutputGrid
from rnnviz.views.notation import number, shape_text
from rnnviz.widgets.colours import Inks
from rnnviz.widgets.notation import lowered

OUTPUT, LAST = "output", "h_n"
_RETURNED = re.compile(rf"((?:{OUTPUT}|{LAST})\[[^\]]*\])")


def backward(grid: OutputGrid, lane: int) -> bool:
    """Return whether a lane reads from the end."""
    return lane % grid.directions == 1


def lane_name(grid: OutputGrid, lane: int) -> str:
    """Return a layer's name and the direction it reads in: ``layer 1 ←``."""
    return f"layer {lane // grid.directions} {'←' if backward(grid, lane) else '→'}"


def shapes(grid: OutputGrid) -> dict[str, str]:
    """Return the shapes of what is returned, in letters and in numbers."""
    steps, wide = grid.output.shape
    lanes, units = grid.h_n.shape
    return {
        OUTPUT: f"(T, B, D·H) = {shape_text((steps, 1, wide))}",
        LAST: f"(D·L, B, H) = {shape_text((lanes, 1, units))}",
    }


def key(grid: OutputGrid, limit: float) -> str:
    """Return what the letters, the dim squares and the colours mean."""
    lanes, steps, units = grid.states.shape
    counts = (
        ("T", steps, "step"),
        ("B", 1, "sequence"),
        ("L", lanes // grid.directions, "layer"),
        ("D", grid.directions, "direction"),
        ("H", units, "unit"),
    )
    letters = ", ".join(f"{letter} = {_counted(count, name)}" for letter, count, name in counts)
    ends = f"colours from {number(-limit, 0)} to {number(limit, 0)}"
    return f"{letters}  ·  dim: computed, not returned  ·  {ends}"


def note(grid: OutputGrid) -> str:
    """Return what is easily got wrong here."""
    top, steps = len(grid.states) - 1, grid.steps
    if grid.directions == 1:
        return f"output[-1] is h_n[{top}], the top layer’s last state: the corner that both share."
    if steps == 1:
        return "With a single step both directions end at t = 1."
    return (
        f"output[-1, :, H:] has read only x_{steps}; the backward direction ends at t = 1: "
        f"h_n[{top}] is output[0, :, H:]."
    )


def note_rich(grid: OutputGrid, inks: Inks) -> str:
    """Return the note as rich text, in which what is returned has the colour of its outline."""
    pieces = _RETURNED.split(note(grid))
    colours = {OUTPUT: inks.accent.name(), LAST: inks.focus.name()}
    for place in range(1, len(pieces), 2):
        colour = colours[pieces[place].partition("[")[0]]
        whole = pieces[place].replace(" ", "&nbsp;")
        pieces[place] = f'<code style="color:{colour}">{whole}</code>'
    pieces[::2] = map(lowered, pieces[::2])
    return "".join(pieces).replace("t = 1", "t&nbsp;=&nbsp;1")


def end_tags(grid: OutputGrid, lane: int) -> tuple[str, str]:
    """Return how a lane's last step is called in h_n; and in output[-1], if it is there."""
    in_last = grid.in_output(lane) and grid.last_step(lane) == grid.steps - 1
    return f"h_n[{lane}]", f"= output[-1{_half(grid, lane)}]" if in_last else ""


def slip_tags(grid: OutputGrid, lane: int) -> tuple[str, str]:
    """Return what ``output[-1]`` has of a lane that ends elsewhere; nothing for other lanes."""
    if not grid.in_output(lane) or grid.last_step(lane) == grid.steps - 1:
        return "", ""
    return f"output[-1{_half(grid, lane)}]", f"has read only x_{grid.steps}"


def tip(grid: OutputGrid, lane: int, step: int, unit: int) -> str:
    """Return what one square is, and where it is returned; `step` is an index."""
    value = number(float(grid.states[lane, step, unit]), 4)
    lines = [f"{lane_name(grid, lane)}, t = {step + 1}, unit {unit}: {value}"]
    lines += [f"output[{step}, 0, {unit + _offset(grid, lane)}]"] if grid.in_output(lane) else []
    lines += [f"h_n[{lane}, 0, {unit}]"] if grid.last_step(lane) == step else []
    return "\n".join(lines if len(lines) > 1 else [*lines, "not returned"])


def _offset(grid: OutputGrid, lane: int) -> int:
    """Return where a lane's units begin in ``output``: the backward ones come after the others."""
    return grid.states.shape[2] if backward(grid, lane) else 0


def _half(grid: OutputGrid, lane: int) -> str:
    if grid.directions == 1:
        return ""
    return ", :, H:" if backward(grid, lane) else ", :, :H"


def _counted(count: int, name: str) -> str:
    return f"{count} {name}{'s' if count != 1 else ''}"
