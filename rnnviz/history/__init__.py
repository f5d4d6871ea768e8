"""The changes that were made, each with a name, so that they can be undone and done again."""

from rnnviz.history.history import MAX_BYTES, MOST, PAUSE, History
from rnnviz.history.moment import Moment
from rnnviz.history.naming import Named, named

__all__ = ["MAX_BYTES", "MOST", "PAUSE", "History", "Moment", "Named", "named"]
