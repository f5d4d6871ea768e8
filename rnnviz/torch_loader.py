"""Importing torch, which takes longest: in a thread, and with a sentence where it fails."""

from __future__ import annotations

import re
import threading

OLDEST = (2, 10)
"""What lies below reads files in ways that are known to be unsafe."""
REMEDY = 'Install it with: pip install "torch>=2.10,<2.14"'


class TorchError(ImportError):
    """torch is missing, broken or too old; says what, why, and what to do."""


def import_torch() -> None:
    """Import torch.

    Raises
    ------
    TorchError
        If it is missing, broken or too old.
    """
    try:
        import torch
    except ModuleNotFoundError as error:
        raise TorchError(f"PyTorch is missing ({error}). {REMEDY}") from error
    except Exception as error:  # whatever a broken installation raises
        raise TorchError(f"PyTorch is broken ({_one_line(error)}). {REMEDY}") from error
    if _version(torch.__version__) < OLDEST:
        oldest = ".".join(map(str, OLDEST))
        raise TorchError(
            f"PyTorch {torch.__version__} is too old: at least {oldest} is needed. {REMEDY}"
        )


class TorchThread(threading.Thread):
    """Imports torch while the window shows itself."""

    def __init__(self) -> None:
        super().__init__(name="import torch", daemon=True)
        self._error: TorchError | None = None

    def result(self) -> None:
        """Raise what the import has raised."""
        if self._error is not None:
            raise self._error

    def run(self) -> None:
        """Import (called in the new thread)."""
        try:
            import_torch()
        except TorchError as error:
            self._error = error


def _version(text: str) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d+", text)[:2])


def _one_line(error: Exception) -> str:
    said = str(error).strip().splitlines()
    return said[0] if said else type(error).__name__
