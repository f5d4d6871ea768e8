"""Bytes, JSON and zips with something wrong in them, as hypothesis strategies."""

from __future__ import annotations

import io
import json
import struct
import warnings
import zipfile
from collections.abc import Callable, Mapping
from typing import Any

from hypothesis import strategies as st

EXTREMES = (0, 1, 2, 4, 127, 128, 255, 256, 32767, 65535, 65536, 10**6, 2**24, 2**31 - 1, 2**31)
EXTREMES = (*EXTREMES, 2**32 - 1, 2**32, 2**33, 10**12, 2**53, 2**62, 2**63 - 1, 2**63, 2**64 - 1)
"""Sizes that somebody might not have thought of."""

sizes = st.sampled_from(EXTREMES) | st.integers(0, 40)
whole = sizes | sizes.map(lambda size: -size) | st.just(10**30)
texts = st.text(max_size=20) | st.sampled_from(
    ("../../x", "/etc/passwd", "C:\\x", "a\0b", "\ud800", "‮abc", "𝓗" * 300, "a\nb", "%s%n", "<b>x")
)
values = st.recursive(
    st.none() | st.booleans() | whole | texts | st.floats(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=6,
)
"""What JSON can hold, and what Python writes into it beside: NaN, half surrogates."""

# Bytes

Draw = Callable[[st.SearchStrategy[Any]], Any]


def _flip(draw: Draw, content: bytearray) -> None:
    if content:
        content[draw(st.integers(0, len(content) - 1))] ^= 1 << draw(st.integers(0, 7))


def _cut(draw: Draw, content: bytearray) -> None:
    del content[draw(st.integers(0, len(content))) :]


def _put(draw: Draw, content: bytearray) -> None:
    size, order = draw(st.sampled_from((1, 2, 4, 8))), draw(st.sampled_from(("little", "big")))
    number = draw(st.sampled_from(EXTREMES)) % 2 ** (8 * size)
    at = draw(st.integers(0, len(content)))
    content[at : at + size] = number.to_bytes(size, order)


def _repeat(draw: Draw, content: bytearray) -> None:
    first, last = sorted(draw(st.integers(0, len(content))) for _ in range(2))
    at = draw(st.integers(0, len(content)))
    content[at:at] = content[first:last] * draw(st.integers(1, 3))


def _drop(draw: Draw, content: bytearray) -> None:
    first = draw(st.integers(0, len(content)))
    del content[first : first + draw(st.integers(1, 64))]


def _grow(draw: Draw, content: bytearray) -> None:
    content += draw(st.binary(min_size=1, max_size=100) | st.just(b"\0" * 1000))


WAYS = (_flip, _cut, _put, _repeat, _drop, _grow)


@st.composite
def broken_bytes(draw: Draw, sound: bytes) -> bytes:
    """Return `sound` with one to four things wrong in it."""
    content = bytearray(sound)
    for way in draw(st.lists(st.sampled_from(WAYS), min_size=1, max_size=4)):
        way(draw, content)
    return bytes(content)


# JSON


@st.composite
def broken_json(draw: Draw, sound: bytes) -> bytes:
    """Return JSON with one to three of its values replaced, left out, or beside new ones."""
    found = json.loads(sound)
    for _ in range(draw(st.integers(1, 3))):
        holder, key = draw(st.sampled_from(_places(found)))
        wrong = draw(st.sampled_from(("replaced", "left out", "beside")))
        if wrong == "replaced":
            holder[key] = draw(values)
        elif wrong == "left out":
            del holder[key]
        else:
            _add(holder, draw(texts), draw(values))
        if not isinstance(found, dict) or not found:
            break
    return json.dumps(found).encode("utf-8", "surrogatepass")


def _places(found: Any) -> list[tuple[Any, Any]]:
    """Return every place of a value: what holds it, and under which key."""
    pairs = found.items() if isinstance(found, dict) else enumerate(found)
    here = [(found, key) for key, _ in pairs]
    below = [found[key] for _, key in here if isinstance(found[key], (dict, list))]
    return here + [place for part in below for place in _places(part)]


def _add(holder: Any, key: str, value: Any) -> None:
    if isinstance(holder, dict):
        holder[key] = value
    else:
        holder.append(value)


# Zips

FIELDS = {
    "flags": (8, "<H"),
    "method": (10, "<H"),
    "crc": (16, "<L"),
    "packed size": (20, "<L"),
    "size": (24, "<L"),
    "name's length": (28, "<H"),
    "extra's length": (30, "<H"),
    "comment's length": (32, "<H"),
    "offset": (42, "<L"),
}
"""Where they stand in an entry of a zip's directory."""
NAMES = ("../x.npy", "/x.npy", "a.npy", "a.npy", "x\0.npy", "a/data.pkl", "b/../data.pkl", "", "é")


def zip_of(members: Mapping[str, bytes] | list[tuple[str, bytes]], packed: bool = False) -> bytes:
    """Return a zip of files, in which a name may stand twice."""
    file = io.BytesIO()
    how = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
    pairs = members.items() if isinstance(members, Mapping) else members
    with warnings.catch_warnings(), zipfile.ZipFile(file, "w", how) as archive:
        warnings.simplefilter("ignore")  # of a name that stands twice
        for name, content in pairs:
            archive.writestr(zipfile.ZipInfo(name or "x"), content, how)
    return file.getvalue()


def lying(content: bytes, entry: int, field: str, value: int) -> bytes:
    """Return a zip of which an entry of the directory says something else."""
    found = bytearray(content)
    at = -1
    for _ in range(entry + 1):
        at = max(found.find(b"PK\1\2", at + 1), 0)
    offset, form = FIELDS[field]
    size = struct.calcsize(form)
    struct.pack_into(form, found, at + offset, value % 2 ** (8 * size))
    return bytes(found)


@st.composite
def broken_zip(draw: Draw, sound: Mapping[str, bytes]) -> bytes:
    """Return a zip with wrong names, files or sizes."""
    pairs = list(sound.items())
    for _ in range(draw(st.integers(0, 2))):
        k = draw(st.integers(0, len(pairs) - 1))
        new = draw(st.sampled_from(NAMES) | st.just(pairs[k][0])), pairs[k][1]
        pairs[k : k + draw(st.integers(0, 1))] = [new]
    content = zip_of(pairs, draw(st.booleans()))
    for _ in range(draw(st.integers(0, 2))):
        field = draw(st.sampled_from(tuple(FIELDS)))
        content = lying(content, draw(st.integers(0, len(pairs) - 1)), field, draw(sizes))
    return content
