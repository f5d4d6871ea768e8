"""One notation for the equation's symbols in every label."""

from __future__ import annotations

import html
import re

_INDEXED = re.compile(r"\b([WbhxyaL])_(\w+|\{[^}]*\})")


def rich(text: str) -> str:
    """Return rich text in which ``W_hh`` and ``h_t`` have lowered indices.

    What follows the underscore is lowered; braces hold longer indices together, as in
    ``h_{t−1}``.
    """

    def lowered(match: re.Match[str]) -> str:
        symbol, index = match[1], match[2].strip("{}")
        letter = f"<i>{symbol}</i>" if symbol.islower() else symbol
        return f"{letter}<sub>{index}</sub>"

    return _INDEXED.sub(lowered, html.escape(text, quote=False))
