"""The order in which a sequence is gone through: step by step or, both ways, layer by layer."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Walk:
    """Moves through a sequence, each of which shows one position of a layer or of all layers.

    With one direction, move t shows step t of every layer. With both, a layer can begin only when
    the one below is there as a whole: the moves 1 to T belong to layer 0, T + 1 to 2T to layer 1,
    and so on. Within a layer's moves the forward direction comes from the left, the backward one
    from the right.

    Attributes
    ----------
    length : int
        The number of steps T.
    depth : int
        The number of layers, if both directions are read; else it does not matter.
    both : bool
        Whether the sequence is read from its end as well.
    """

    length: int
    depth: int
    both: bool

    @property
    def moves(self) -> int:
        """How many moves there are."""
        return self.length * (self.depth if self.both else 1)

    def depth_at(self, move: int) -> int:
        """Return which layer a move belongs to; 0 where it belongs to all."""
        return max(0, min(move, self.moves) - 1) // self.length if self.both else 0

    def done(self, layer: int, move: int) -> int:
        """Return how many of its positions an entry of the axis of layers has shown by then."""
        before = layer // 2 * self.length if self.both else 0
        return max(0, min(move - before, self.length))

    def position(self, layer: int, move: int) -> int:
        """Return the latest position that an entry has shown by then; 0 before its first."""
        done = self.done(layer, move)
        return self.length - done + 1 if done and self._is_backward(layer) else done

    def shown(self, layer: int, move: int) -> range:
        """Return the positions, from 1, that an entry has shown by then."""
        done = self.done(layer, move)
        if self._is_backward(layer):
            return range(self.length - done + 1, self.length + 1)
        return range(1, done + 1)

    def before(self, layer: int, position: int) -> int:
        """Return where the state lies that a position came from; 0 is the start state."""
        if self._is_backward(layer):
            return 0 if position in (0, self.length) else position + 1
        return max(0, position - 1)

    def seen(self, layer: int, position: int) -> range:
        """Return the steps of the input that a state could be told of."""
        if position == 0:
            return range(0)
        if not self.both:
            return range(1, position + 1)
        if layer // 2:
            return range(1, self.length + 1)
        backward = self._is_backward(layer)
        return range(position, self.length + 1) if backward else range(1, position + 1)

    def move_to(self, layer: int, position: int) -> int:
        """Return the move that shows a position of an entry; at 0, the one before its first."""
        if not self.both:
            return position
        if position == 0:
            return layer // 2 * self.length
        done = self.length - position + 1 if self._is_backward(layer) else position
        return layer // 2 * self.length + done

    def _is_backward(self, layer: int) -> bool:
        return self.both and layer % 2 == 1
