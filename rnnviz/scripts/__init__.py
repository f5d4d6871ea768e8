"""The lines of PyTorch that compute what is on the screen."""

from rnnviz.scripts.script import KINDS, MOST_WRITTEN, code_of

__all__ = ["KINDS", "MOST_WRITTEN", "code_of"]
