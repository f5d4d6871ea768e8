"""The changes that were made, each with a name, so that they can be undone and done again."""

from rnnviz.history.history import PAUSE, History
from rnnviz.history.moment import Moment
from rnnviz.history.naming import Named, named
from rnnviz.limits import MAX_UNDO_BYTES, MAX_UNDO_STEPS

__all__ = ["MAX_UNDO_BYTES", "MAX_UNDO_STEPS", "PAUSE", "History", "Moment", "Named", "named"]
