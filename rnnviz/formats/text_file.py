"""Files of text: which encoding they have, and what they say."""

from __future__ import annotations

import codecs
import io
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO, TextIO

from rnnviz.formats.unreadable import UnreadableFile
from rnnviz.networks.base import Interrupted

_BOMS = (  # that of UTF-32 begins as that of UTF-16 does
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CHUNK = 2**20
_DECLARED = re.compile(rb"\b(?:coding|encoding|charset)\s*[=:]\s*[\"']?([-\w.]{1,40})")
"""As editors, XML and HTML say it."""
_WIDE = ("utf-16", "utf-32")
"""Nobody could read a declaration without knowing first that it is one of these."""
_NO_TEXT = frozenset({"idna", "punycode", "raw-unicode-escape", "undefined", "unicode-escape"})
"""Python's own, which are no encodings of files."""


def encoding_of(path: str | os.PathLike[str], stopped: Callable[[], bool]) -> str:
    """Return the encoding of a file: by its first bytes, its first two lines, or by trying.

    What is neither UTF-8 nor declared is cp1252 or, where that lacks a character, latin-1.
    """
    with Path(path).open("rb") as file:
        start = file.read(1000)
        for mark, name in _BOMS:
            if start.startswith(mark):
                return name
        for name in (*_declared(start), "utf-8", "cp1252"):
            if _decodes(file, name, stopped):
                return name
    return "latin-1"


def guessed(encoding: str) -> tuple[str, ...]:
    """Return a notice if an encoding that was found is no more than likely."""
    if encoding not in ("cp1252", "latin-1"):
        return ()
    return (f"It is not UTF-8 and was read as {encoding}: look whether the letters are right.",)


def opened_text(path: str | os.PathLike[str], encoding: str) -> TextIO:
    """Open a file as text, whose lines all end with a newline."""
    if not _is_text(encoding):
        raise UnreadableFile(path, f"There is no encoding “{encoding[:40]}”. UTF-8 is one.")
    return Path(path).open(encoding=encoding)


def whole_text(
    path: str | os.PathLike[str], encoding: str, most: int, stopped: Callable[[], bool]
) -> tuple[str, int]:
    """Return the first `most` letters of a text, and how many there are."""
    kept, count = io.StringIO(), 0
    with opened_text(path, encoding) as text:
        while piece := text.read(_CHUNK):
            if stopped():
                raise Interrupted
            check_text(path, piece)
            kept.write(piece[: max(0, most - count)])
            count += len(piece)
    return kept.getvalue(), count


def check_text(path: str | os.PathLike[str], piece: str) -> None:
    """Raise if there is what no text has."""
    if "\0" in piece:
        raise UnreadableFile(
            path,
            "It is not text, or does not say its encoding. Save a table as CSV in UTF-8, and "
            "arrays with numpy.save.",
        )


def _declared(start: bytes) -> list[str]:
    found = (_DECLARED.search(line) for line in start.split(b"\n", 2)[:2])
    names = [match[1].decode("ascii", "replace") for match in found if match]
    known = [codecs.lookup(name).name for name in names if _is_text(name)]
    return [name for name in known if not name.startswith(_WIDE)]


def _is_text(encoding: str) -> bool:
    """Return whether it is an encoding of text; Python also has some of bytes, and zip is one."""
    try:
        known = codecs.lookup(encoding)
    except (LookupError, ValueError):
        return False
    return known._is_text_encoding and known.name not in _NO_TEXT


def _decodes(file: BinaryIO, encoding: str, stopped: Callable[[], bool]) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    file.seek(0)
    try:
        while chunk := file.read(_CHUNK):
            if stopped():
                raise Interrupted
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeError:
        return False
    return True
