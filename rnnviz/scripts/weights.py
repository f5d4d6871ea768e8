"""How the parameters get their numbers, as Python code."""

from __future__ import annotations

from rnnviz.initialization import Scheme, own_seed
from rnnviz.literals import indented
from rnnviz.settings import Settings


class WeightsCode:
    """What `rnnviz.initialization.initialize` does, in lines.

    Parameters
    ----------
    settings : Settings
    """

    def __init__(self, settings: Settings) -> None:
        self._init = settings.initialization
        self._hidden_size = settings.network.hidden_size
        self._shapes = settings.network.shapes
        self._overrides = self._init.overrides_for(self._shapes)

    def seed(self) -> list[str]:
        """Return the line that seeds the scheme of all parameters, if it draws at all."""
        draws = any(map(self._init.scheme.draws, self._shapes.values()))
        return [f"torch.manual_seed({self._init.seed})"] if draws else []

    def needed(self) -> list[str]:
        """Return the lines that the schemes' own rely on, each once."""
        schemes = [self._init.scheme, *self._overrides.values()]
        return list(dict.fromkeys(line for scheme in schemes for line in scheme.needed_code()))

    def loop(self, module: str) -> list[str]:
        """Return a loop over a module's parameters that fills them all; empty if none can."""
        bodies = {name: self._base(name, "parameter") for name in self._shapes}
        matrices, vectors = (
            [bodies[name] for name, shape in self._shapes.items() if (len(shape) > 1) is matrix]
            for matrix in (True, False)
        )
        if not (_all_equal(matrices) and _all_equal(vectors)):
            return []
        return [f"for parameter in {module}.parameters():", *indented(_either(matrices, vectors))]

    def one_by_one(self) -> list[str]:
        """Return lines that fill one parameter of ``rnn`` after the other."""
        names = [name for name in self._shapes if name not in self._overrides or self.seed()]
        return [line for name in names for line in self._base(name, f"rnn.{name}")]

    def overrides(self) -> list[str]:
        """Return lines that fill the parameters of ``rnn`` that have a scheme of their own."""
        lines = []
        for position, (name, shape) in enumerate(self._shapes.items()):
            if (scheme := self._overrides.get(name)) is not None:
                if scheme.draws(shape):
                    lines.append(f"torch.manual_seed({own_seed(self._init.seed, position)})")
                lines += self._code(scheme, name, f"rnn.{name}")
        return lines

    def _base(self, name: str, target: str) -> list[str]:
        return self._code(self._init.scheme, name, target)

    def _code(self, scheme: Scheme, name: str, target: str) -> list[str]:
        shape = self._shapes[name]
        return scheme.code(target, name=name, shape=shape, hidden_size=self._hidden_size)


def _all_equal(bodies: list[list[str]]) -> bool:
    return all(body == bodies[0] for body in bodies)


def _either(matrices: list[list[str]], vectors: list[list[str]]) -> list[str]:
    """Return the lines for one parameter, whether it is a matrix or a vector."""
    if not vectors or matrices[0] == vectors[0]:
        return matrices[0]
    return [
        "if parameter.dim() > 1:",
        *indented(matrices[0]),
        "else:",
        *indented(vectors[0]),
    ]
