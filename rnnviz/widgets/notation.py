"""One notation for the equation's symbols in every text that a user reads."""

from __future__ import annotations

import html
import re

_INDEXED = re.compile(r"\b([WbhxyaL])_(\w+|\{[^}]*\})")


def lowered(text: str) -> str:
    """Return `text` as rich text, in which ``W_hh`` and ``h_t`` have lowered indices.

    Braces hold longer indices together, as in ``h_{t−1}``.
    """

    def symbol(match: re.Match[str]) -> str:
        return f"<i>{match[1]}</i><sub>{match[2].strip('{}')}</sub>"

    return _INDEXED.sub(symbol, html.escape(text, quote=False))


def indexed_pieces(text: str) -> list[tuple[str, str]]:
    """Cut `text` for painting: each piece, and what it is.

    That is ``"plain"``, a ``"symbol"`` or the ``"index"`` of one.
    """
    pieces, end = [], 0
    for match in _INDEXED.finditer(text):
        pieces += [
            (text[end : match.start()], "plain"),
            (match[1], "symbol"),
            (match[2].strip("{}"), "index"),
        ]
        end = match.end()
    pieces.append((text[end:], "plain"))
    return [(piece, kind) for piece, kind in pieces if piece]
