"""Where the data files lie: inside an installed package, or beside it in a checkout."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).parent


def asset(name: str) -> Path:
    """Return the path of a file or folder in ``resources/``.

    Raises
    ------
    FileNotFoundError
        If it is in neither place.
    """
    for base in (_PACKAGE / "resources", _PACKAGE.parent / "resources"):
        if (base / name).exists():
            return base / name
    raise FileNotFoundError(f"resources/{name} is missing: rnnviz is not installed whole.")
