"""Where the equation's blocks, symbols and operators go: sizes in, rectangles out. No Qt.

A line is read from left to right, all its blocks share their rows. A matrix has its vector laid
down above it, entry j over column j; both carry their symbols at the left, where also the operator
before them stands. A column carries its symbol above it. All squares have one size.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import ceil

GAP = 5
"""Between a laid vector and its matrix."""
PAD = 2
"""Beside an operator."""
NEAR = 4
"""Between a symbol and its block."""
LEAST_THICKNESS = 4
"""A vector of smaller squares is drawn thicker, to be seen at all."""
BESIDE, BELOW = 6, 16
"""Between the lines, side by side and one below the other."""
FRAME, OUTLINE = 4, 1
"""So far reach the frame round a state, and the outline of what is not computed, beyond squares."""
AIRS = (12, 8, 5, 3, 1, 0)
"""What may be added beside operators where width is left over."""


@dataclass(frozen=True)
class Rect:
    """Whole logical pixels."""

    left: int
    top: int
    width: int
    height: int

    @property
    def right(self) -> int:
        """The first pixel beyond."""
        return self.left + self.width

    @property
    def bottom(self) -> int:
        """The first pixel below."""
        return self.top + self.height

    def moved(self, right: int, down: int) -> Rect:
        """Return the same rectangle elsewhere."""
        return Rect(self.left + right, self.top + down, self.width, self.height)


@dataclass(frozen=True)
class Part:
    """One block of a line.

    Attributes
    ----------
    name : str
    columns : int
    above : str or None
        The vector that lies above a matrix; None for a column.
    """

    name: str
    columns: int = 1
    above: str | None = None


@dataclass(frozen=True)
class Line:
    """One equation.

    Attributes
    ----------
    rows : int
    parts : tuple of Part
    under : mapping of str to str
        Which parts keep below which of the line above, where there is room.
    """

    rows: int
    parts: tuple[Part, ...]
    under: Mapping[str, str] = field(default_factory=dict)


Size = tuple[int, int]
_NOTHING: Size = (0, 0)


@dataclass(frozen=True)
class Measures:
    """The sizes of texts, (width, height).

    Attributes
    ----------
    symbols : mapping of str to Size
        Of each block's symbol, with its shape below it.
    operators : mapping of str to Size
        Of the operator before a part.
    caption : int
        The height of a caption above everything, from the first vector on; 0 without one.
    air : int
        What is added on both sides of operators.
    """

    symbols: Mapping[str, Size]
    operators: Mapping[str, Size]
    caption: int = 0
    air: int = 0


@dataclass(frozen=True)
class Layout:
    """Where everything goes.

    Attributes
    ----------
    square : float
        The side of a square; under 1 where several share a pixel.
    width, height : int
        So far it reaches from the corner (0, 0).
    blocks, symbols, operators : dict of str to Rect
    caption : Rect or None
        Where the caption begins.
    """

    square: float
    width: int
    height: int
    blocks: dict[str, Rect]
    symbols: dict[str, Rect]
    operators: dict[str, Rect]
    caption: Rect | None = None

    def moved(self, right: int, down: int) -> Layout:
        """Return the same layout elsewhere."""

        def move(rects: dict[str, Rect]) -> dict[str, Rect]:
            return {name: rect.moved(right, down) for name, rect in rects.items()}

        return Layout(
            self.square,
            self.width + right,
            self.height + down,
            move(self.blocks),
            move(self.symbols),
            move(self.operators),
            self.caption and self.caption.moved(right, down),
        )


def best_layout(
    lines: Sequence[Line], measures: Measures, area: Size, *, ratio: float = 1.0, largest: int = 56
) -> Layout:
    """Return the layout with the largest squares that fit into `area`, centred in it.

    The second line goes below the first where that costs nothing, else beside it. Where nothing
    fits, the smallest layout is returned.

    Parameters
    ----------
    lines : sequence of Line
        One or two.
    measures : Measures
    area : (int, int)
        Width and height, in logical pixels.
    ratio : float
        Device pixels in a logical one.
    largest : int
        Squares grow no larger.
    """
    rows = max(line.rows for line in lines)
    squares = possible_squares(largest, ratio, rows)
    found = [
        (_largest(lines, measures, area, squares, below), below) for below in _arrangements(lines)
    ]
    best, below = max(found, key=lambda pair: (_fits(pair[0], area), pair[0].square))
    best = _aired(lines, measures, area, best, below)
    return best.moved(max(0, area[0] - best.width) // 2, max(0, area[1] - best.height) // 2)


def possible_squares(largest: int, ratio: float, rows: int) -> list[float]:
    """Return the sides that squares may have, descending: whole device pixels, then 1/2, 1/3."""
    step = next((n for n in (1, 2, 3, 4) if (n * ratio).is_integer()), 1)
    whole = [n for n in range(largest, 0, -1) if n < 4 * step or n % step == 0]
    first = 1 if ratio > 1 else 2
    return [*map(float, whole), *(1 / (n * ratio) for n in range(first, max(first, rows) + 1))]


def squares_a_pixel(square: float, ratio: float = 1.0) -> int:
    """Return how many squares share a device pixel in either direction."""
    return max(1, round(1 / (square * ratio)))


def _arrangements(lines: Sequence[Line]) -> tuple[bool, ...]:
    return (True, False) if len(lines) > 1 else (True,)


def _fits(layout: Layout, area: Size) -> bool:
    return layout.width <= area[0] and layout.height <= area[1]


def _largest(
    lines: Sequence[Line], measures: Measures, area: Size, squares: list[float], below: bool
) -> Layout:
    # Smaller squares never make a larger layout, so the ones that fit end the list.
    place = bisect_left(
        squares,
        True,
        key=lambda square: _fits(layout_for(lines, measures, square, below=below), area),
    )
    return layout_for(lines, measures, squares[min(place, len(squares) - 1)], below=below)


def _aired(
    lines: Sequence[Line], measures: Measures, area: Size, tight: Layout, below: bool
) -> Layout:
    """Return a layout with the same squares and as much air as there is room for."""
    aired = (
        layout_for(lines, replace(measures, air=air), tight.square, below=below) for air in AIRS
    )
    return next((layout for layout in aired if _fits(layout, area)), tight)


def layout_for(lines: Sequence[Line], measures: Measures, square: float, *, below: bool) -> Layout:
    """Return the layout with squares of this side, its corner at (0, 0)."""
    first = _LinePlacer(lines[0], measures, square, {}).place()
    if len(lines) == 1:
        return first
    if below:
        second = _LinePlacer(lines[1], measures, square, first.blocks).place()
        return _joined(first, second.moved(0, first.height + BELOW))
    second = _LinePlacer(lines[1], measures, square, {}).place()
    # Their rows begin at one height.
    drop = _head(lines[0], measures, square) - _head(lines[1], measures, square)
    first, second = first.moved(0, max(0, -drop)), second.moved(0, max(0, drop))
    return _joined(first, second.moved(first.width + BESIDE + 3 * measures.air, 0))


def _joined(one: Layout, two: Layout) -> Layout:
    return Layout(
        one.square,
        max(one.width, two.width),
        max(one.height, two.height),
        one.blocks | two.blocks,
        one.symbols | two.symbols,
        one.operators | two.operators,
        one.caption,
    )


def _length(count: int, square: float) -> int:
    return max(1, ceil(round(count * square, 6)))


def _thickness(square: float) -> int:
    return max(LEAST_THICKNESS, ceil(square))


def _head(line: Line, measures: Measures, square: float) -> int:
    """Return the height above the rows: laid vectors with their caption, and symbols."""
    symbols = [measures.symbols.get(part.above or part.name, _NOTHING)[1] for part in line.parts]
    above = max(symbols) + NEAR + _lift(line, measures, square)
    return _caption(line, measures) + max(_thickness(square) + GAP, above)


def _lift(line: Line, measures: Measures, square: float) -> int:
    """Return how far operators reach above rows that are too few for them."""
    operators = [measures.operators.get(part.name, _NOTHING)[1] for part in line.parts]
    return max(0, ceil((max(operators) - _length(line.rows, square)) / 2))


def _caption(line: Line, measures: Measures) -> int:
    return measures.caption if any(part.above == "x" for part in line.parts) else 0


class _LinePlacer:
    """Places the parts of one line from the left, its head at the top."""

    def __init__(
        self, line: Line, measures: Measures, square: float, above: Mapping[str, Rect]
    ) -> None:
        self._line = line
        self._m = measures
        self._square = square
        self._above = above
        self._top = _head(line, measures, square)
        self._height = _length(line.rows, square)
        self._blocks: dict[str, Rect] = {}
        self._symbols: dict[str, Rect] = {}
        self._operators: dict[str, Rect] = {}
        self._caption: Rect | None = None

    def place(self) -> Layout:
        """Return the line's layout."""
        right, previous = 0, None
        for part in self._line.parts:
            left = right + self._gutter(part, previous)
            if part.name in self._line.under and self._line.under[part.name] in self._above:
                left = max(left, self._above[self._line.under[part.name]].left)
            place = self._place_matrix if part.above else self._place_column
            place(part, left)
            self._place_operator(part, previous, right, left)
            right, previous = self._blocks[part.name].right, part
        rects = [*self._blocks.values(), *self._symbols.values(), *self._operators.values()]
        frame = FRAME if "h" in self._blocks else OUTLINE
        return Layout(
            self._square,
            max(rect.right for rect in rects) + frame,
            max(rect.bottom for rect in rects) + frame,
            self._blocks,
            self._symbols,
            self._operators,
            self._caption,
        )

    def _width(self, part: Part) -> int:
        return _length(part.columns, self._square) if part.above else _thickness(self._square)

    def _symbol(self, name: str) -> Size:
        return self._m.symbols.get(name, _NOTHING)

    def _operator(self, part: Part) -> Size:
        return self._m.operators.get(part.name, _NOTHING)

    def _overhang(self, part: Part | None) -> int:
        """Return how far a column's symbol reaches beyond it on either side."""
        if part is None or part.above:
            return 0
        return max(0, ceil((self._symbol(part.name)[0] - self._width(part)) / 2))

    def _gutter(self, part: Part, previous: Part | None) -> int:
        """Return the width before a part, for its operator and, before a matrix, its symbols."""
        width, _ = self._operator(part)
        operator = width + 2 * (PAD + self._m.air) if previous else 0
        if not part.above:
            return max(operator, self._overhang(part) + self._overhang(previous) + NEAR)
        symbols = self._matrix_symbols(part)
        if self._beside_symbols(part):
            return operator + symbols
        return max(operator, symbols + (PAD + self._m.air if previous else 0))

    def _matrix_symbols(self, part: Part) -> int:
        return max(self._symbol(part.name)[0], self._symbol(part.above or "")[0]) + NEAR

    def _beside_symbols(self, part: Part) -> bool:
        """Return whether too few rows leave no room for the operator below a matrix's symbol."""
        below_symbol = self._height / 2 - self._symbol(part.name)[1]
        return below_symbol < self._operator(part)[1] / 2

    def _place_matrix(self, part: Part, left: int) -> None:
        assert part.above is not None
        thickness = _thickness(self._square)
        strip = Rect(left, self._top - GAP - thickness, self._width(part), thickness)
        self._blocks[part.name] = Rect(left, self._top, self._width(part), self._height)
        self._blocks[part.above] = strip
        width, height = self._symbol(part.above)
        middle = strip.top + (strip.height - height) // 2
        top = max(_caption(self._line, self._m), min(middle, self._top - 2 - height))
        self._symbols[part.above] = Rect(left - NEAR - width, top, width, height)
        width, height = self._symbol(part.name)
        self._symbols[part.name] = Rect(left - NEAR - width, self._top, width, height)
        if part.above == "x" and self._m.caption:
            self._caption = Rect(left, 0, strip.width, self._m.caption)

    def _place_column(self, part: Part, left: int) -> None:
        thickness = self._width(part)
        self._blocks[part.name] = Rect(left, self._top, thickness, self._height)
        width, height = self._symbol(part.name)
        middle = left + (thickness - width) // 2
        top = self._top - NEAR - _lift(self._line, self._m, self._square) - height
        self._symbols[part.name] = Rect(middle, top, width, height)

    def _place_operator(self, part: Part, previous: Part | None, right: int, left: int) -> None:
        width, height = self._operator(part)
        if previous is None or not width:
            return
        if part.above and self._beside_symbols(part):
            left -= self._matrix_symbols(part)
        top = self._top + (self._height - height) // 2
        self._operators[part.name] = Rect((right + left - width) // 2, top, width, height)
