"""A text cut into words."""

from __future__ import annotations

import re
from functools import lru_cache

MARKS = r"\s!-/:-@\[-`{-~¡«»¿‐-⁞、。！？"
"""White space and punctuation, as they stand between the brackets of a regular expression."""
PATTERN = rf"[^{MARKS}]+(?:['’][^{MARKS}]+)*|\S"
_WORD = re.compile(PATTERN)


@lru_cache(maxsize=16)
def words_of(text: str) -> tuple[str, ...]:
    """Return the words of a text; each mark of punctuation is one of its own.

    An apostrophe inside a word belongs to it, as in *don't*.
    """
    return tuple(_WORD.findall(text))


def words_code() -> list[str]:
    """Return lines of Python that define ``words``, the same as `words_of` finds in ``text``."""
    return [
        "import re",
        f'marks = r"{MARKS}"  # white space and punctuation',
        'words = re.findall(rf"[^{marks}]+(?:[\'’][^{marks}]+)*|\\S", text)',
    ]
