"""Hostile files of each kind, as hypothesis strategies."""

from __future__ import annotations

import json
import struct
from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

from hostile import sound
from hostile.broken import broken_bytes, broken_json, broken_zip, sizes, texts, values, zip_of
from hostile.files import FOLDER, PIPE, Hostile, Link, Sparse, file_of
from hostile.pickles import pickles

Draw = Callable[[st.SearchStrategy[Any]], Any]
ENDINGS = (
    *(".safetensors", ".pt", ".pth", ".bin", ".ckpt", ".npy", ".npz", ".csv", ".tsv", ".txt"),
    *(".rnnviz", ".zarr", ".json", "", ".NPY", ".pt.txt"),
)
SPECIAL = (
    PIPE, FOLDER, Link("/dev/zero"), Link("/dev/stdin"), Link("nowhere"), Link("/"),
    Link("/proc/self/mem"),
    b"", b"\0" * 1000, b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 123\n",
    b"PK\3\4", b"\x93NUMPY", b"\x80\2", b"{", Sparse(b"", 3 * 10**9),
    Sparse(b"x,y\n1,2\n", 150_000_000),
)  # fmt: skip
"""What is no file, or no file of ours."""


# Numbers


@st.composite
def npy(draw: Draw) -> bytes:
    """Return a file of numpy whose header says what nobody writes."""
    descr = draw(
        st.sampled_from(("<f4", "<f8", "|O", "<U99999999", "<c16", "|V0", "|u1", ">f2", "|S0"))
        | st.just([("a", "<f4", (10**9,))])
        | st.just([("a", [("b", "<f4")])])
        | values
    )
    shape = draw(st.lists(st.integers(-3, 5) | sizes, max_size=5).map(tuple) | values)
    said = {"descr": descr, "fortran_order": draw(st.booleans() | values), "shape": shape}
    text = draw(st.just(repr(said)) | st.just(repr(said) * 3) | st.just("(" * 5000) | texts)
    header = text.encode("utf-8", "surrogatepass")
    version = draw(st.sampled_from(((1, 0), (2, 0), (3, 0), (9, 9))))
    size = draw(st.just(len(header)) | sizes)
    form = "<H" if version == (1, 0) else "<L"
    length = struct.pack(form, size % 2 ** (8 * struct.calcsize(form)))
    return b"\x93NUMPY" + bytes(version) + length + header + draw(st.binary(max_size=200))


@st.composite
def npz(draw: Draw) -> bytes:
    """Return a zip of hostile arrays among sound ones, or with a wrong directory."""
    members = sound.members(sound.data()[draw(st.sampled_from(("a.npz", "b.npz")))])
    if draw(st.booleans()):
        return draw(broken_zip(members))
    members[draw(st.sampled_from(tuple(members)))] = draw(npy())
    return zip_of(members, draw(st.booleans()))


@st.composite
def safetensors(draw: Draw) -> bytes:
    """Return a file of safetensors whose header says something else."""
    content = draw(
        st.sampled_from([c for n, c in sound.weights().items() if n.endswith(".safetensors")])
    )
    length = int.from_bytes(content[:8], "little")
    header = draw(broken_json(content[8 : 8 + length]))
    claimed = draw(st.just(len(header)) | st.just(len(header)) | sizes)
    return claimed.to_bytes(8, "little") + header + content[8 + length :]


# Text

CELLS = (
    *("1", "-2.5", "1e400", "1e-400", "nan", "inf", "-inf", "", " ", "NA", "#N/A", "0x10", "1_000"),
    *("1,5", "1.234.567", "1'000", "½", "٣", "−1", "=1+1", '"', '"a', "a\nb", "x" * 200, "#", "\0"),
    *("\ud800", "\ufeff", "\u2028", "\r", "9" * 5000, "a" * 140_000, "2026-11-24", "🎲", "\x1a"),
)
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-32", "latin-1", "utf-16-be", "utf-7", "cp500")
DECLARED = ("utf-7", "idna", "zip", "base64", "rot13", "undefined", "utf-16", "hz", "a" * 40, "\0")


@st.composite
def text(draw: Draw) -> bytes:
    """Return a table of odd cells in an odd encoding."""
    delimiter = draw(st.sampled_from((",", ";", "\t", " ", "|", "", "\0", "\x1c")))
    cells = st.sampled_from(CELLS) | st.floats().map(str) | texts
    rows = draw(st.lists(st.lists(cells, max_size=6), max_size=12))
    end = draw(st.sampled_from(("\n", "\r\n", "\r", "\n\n", "\x0b")))
    head = draw(st.sampled_from(("", "sep=;\n", "# c\n", '"""\n', "\ufeff")))
    if draw(st.booleans()):
        head = f"coding: {draw(st.sampled_from(DECLARED))}\n{head}"
    written = head + end.join(delimiter.join(row) for row in rows)
    encoding = draw(st.sampled_from(ENCODINGS))
    wide = encoding in ("utf-8", "utf-16", "utf-32", "utf-16-be")
    return written.encode(encoding, "surrogatepass" if wide else "replace")


# Sessions, settings and recordings


@st.composite
def session(draw: Draw) -> bytes:
    """Return a session with wrong JSON, numbers or zip."""
    members = sound.members(sound.sessions()[draw(st.sampled_from(("a.rnnviz", "b.rnnviz")))])
    what = draw(st.sampled_from(("json", "json", "arrays", "header", "zip")))
    if what == "zip":
        return draw(broken_zip(members))
    if what == "json":
        members["session.json"] = draw(broken_json(members["session.json"]))
    elif what == "arrays":
        members["arrays.safetensors"] = draw(broken_bytes(members["arrays.safetensors"]))
    else:
        members["arrays.safetensors"] = draw(safetensors())
    return zip_of(members, draw(st.booleans()))


@st.composite
def recording(draw: Draw) -> dict[str, Any]:
    """Return a recording of which one to three files are wrong, missing, or no files."""
    parts: dict[str, Any] = dict(sound.recording())
    for _ in range(draw(st.integers(1, 3))):
        name = draw(st.sampled_from(tuple(parts)))
        if not isinstance(parts[name], bytes):
            continue
        wrong = draw(st.sampled_from(("json", "bytes", "json", "gone", "special")))
        if wrong == "gone":
            del parts[name]
        elif wrong == "special":
            parts[name] = draw(st.sampled_from(SPECIAL))
        elif wrong == "json" and name.endswith(".json") and _is_json(parts[name]):
            parts[name] = draw(broken_json(parts[name]))
        else:
            parts[name] = draw(broken_bytes(parts[name]))
    return parts


def _is_json(content: bytes) -> bool:
    try:
        return isinstance(json.loads(content), dict)
    except ValueError:
        return False


# All of them


@st.composite
def _broken(draw: Draw, opener: str, files: Callable[[], dict[str, bytes]]) -> Hostile:
    name = draw(st.sampled_from(tuple(files())))
    return file_of(opener, name, draw(broken_bytes(files()[name])))


@st.composite
def _named(
    draw: Draw, opener: str, endings: tuple[str, ...], content: st.SearchStrategy[Any]
) -> Hostile:
    return file_of(opener, "a" + draw(st.sampled_from(endings)), draw(content))


@st.composite
def _misnamed(draw: Draw, files: st.SearchStrategy[Hostile]) -> Hostile:
    """Return a file with the ending of another kind, for the opener that goes by it."""
    file = draw(files)
    return Hostile("any", "a" + draw(st.sampled_from(ENDINGS)), file.parts)


def sound_files() -> list[Hostile]:
    """Return a sound file for each opener, and of each kind."""
    return [
        *(
            file_of("weights", name, part)
            for name, part in sound.weights().items()
            if name != "d.ckpt"
        ),
        *(file_of("data", name, part) for name, part in sound.data().items()),
        *(file_of("data", name, part) for name, part in sound.traces().items()),
        *(file_of("session", name, part) for name, part in sound.sessions().items()),
        file_of("settings", "a.json", sound.settings()),
        Hostile("recording", "a.zarr", sound.recording()),
    ]


@st.composite
def _special(draw: Draw) -> Hostile:
    opener = draw(st.sampled_from(("weights", "data", "session", "recording", "any")))
    return file_of(opener, "a" + draw(st.sampled_from(ENDINGS)), draw(st.sampled_from(SPECIAL)))


@st.composite
def _recording(draw: Draw) -> Hostile:
    return Hostile("recording", "a.zarr", draw(recording()))


of_weights = st.one_of(
    _broken("weights", sound.weights),
    _named("weights", (".safetensors",), safetensors()),
    _named("weights", (".pt", ".bin"), pickles()),
)
of_data = st.one_of(
    _broken("data", sound.data),
    _broken("data", sound.traces),
    _named("data", (".npy",), npy()),
    _named("data", (".npz",), npz()),
    _named("data", (".csv", ".txt", ".tsv", ""), text()),
    _named("data", (".safetensors",), safetensors()),
    _named("data", (".pt",), pickles()),
)
of_sessions = st.one_of(
    _broken("session", sound.sessions), _named("session", (".rnnviz",), session())
)
of_settings = _named(
    "settings",
    (".json",),
    st.deferred(lambda: broken_json(sound.settings()) | broken_bytes(sound.settings())),
)
of_recordings = _recording()
files = st.one_of(
    of_weights, of_data, of_data, of_sessions, of_settings, _special(),
    _misnamed(of_weights | of_data | of_sessions),
    _named("any", ENDINGS, st.binary(max_size=300)),
)  # fmt: skip
"""Everything but recordings, which take far longer to make and to read."""
