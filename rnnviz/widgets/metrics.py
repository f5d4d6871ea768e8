"""Lengths that several parts of the window must share to line up, in pixels."""

TITLE_WIDTH = 116
"""The column of titles at the left of the timeline and the transport."""
AXIS_WIDTH = 36
"""The column of row numbers beside it."""
GUTTER_RIGHT = 124
"""The column of colour bars, speed and loop at the right."""
TEXT, SMALL, TITLE, OPERATOR = 13, 11, 15, 20
"""Sizes of type."""
