"""The lines of PyTorch that compute what is on the screen."""

from rnnviz.limits import MAX_WRITTEN
from rnnviz.scripts.script import KINDS, code_of

__all__ = ["KINDS", "MAX_WRITTEN", "code_of"]
