"""How thoroughly to measure."""

from dataclasses import dataclass

FEWEST = 3
"""Pairs: fewer have no median worth the name."""


@dataclass(frozen=True)
class Effort:
    """How thoroughly to measure; `quick` asks for fewer pairs and leaves the longest out."""

    quick: bool = False

    def pairs(self, thorough: int) -> int:
        """Return how many pairs to measure where a thorough run takes `thorough`."""
        return max(FEWEST, thorough // 4) if self.quick else thorough
