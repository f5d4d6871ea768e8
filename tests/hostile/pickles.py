"""Pickles that call functions, claim sizes, or are none, and the files of torch around them."""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

from hostile.broken import broken_bytes, sizes, zip_of

Draw = Callable[[st.SearchStrategy[Any]], Any]
SENTINEL = "ran"
"""The file that a pickle writes if anything of it is run."""
CALLED = (
    *("os.system", "posix.system", "builtins.eval", "builtins.exec", "builtins.open"),
    *("subprocess.Popen", "pathlib.Path", "builtins.getattr", "builtins.bytearray"),
    *("shutil.rmtree", "torch.load", "torch.hub.load", "torch.zeros", "torch.FloatTensor"),
    *("torch.storage._load_from_bytes", "numpy.load", "numpy.core.multiarray._reconstruct"),
    *("torch._utils._rebuild_tensor", "torch._utils._rebuild_tensor_v2"),
    *("torch._utils._rebuild_parameter", "torch._utils._rebuild_qtensor"),
    *("torch._utils._rebuild_sparse_tensor", "torch._utils._rebuild_meta_tensor_no_storage"),
    *("torch._tensor._rebuild_from_type_v2", "torch.Size", "torch.device", "collections.Counter"),
    *("_codecs.encode", "builtins.set", "collections.OrderedDict", "no.such.thing", "a b.c d", "x"),
    *("torch.serialization._get_layout", "torch.nn.modules.rnn.RNN", "rnnviz.files.written"),
)
"""Functions and classes, allowed ones among them."""
CONSTANTS = (
    *(b"N", b"\x88", b"\x89", b"]", b"}", b")", b"\x8f", b"K\1", b"M\1\0"),
    *(b"J\xff\xff\xff\x7f", b"\x8a\x09" + b"\xff" * 8 + b"\0", b"G\x7f\xf0\0\0\0\0\0\0"),
)
"""None, booleans, containers, numbers, infinity."""
OPERATIONS = (
    *(b"(", b"t", b"\x85", b"\x86", b"\x87", b"R", b"b", b"Q", b"\x81", b"a", b"e", b"s", b"u"),
    *(b"0", b"q\0", b"h\0", b"j\0\0\0\0", b"r\xff\xff\xff\xff", b".", b"c", b"i"),
    *(b"\x95\xff\xff\xff\xff\xff\xff\xff\x7f", b"\x8d\xff\xff\xff\xff\xff\xff\xff\xff"),
    *(b"T\xff\xff\xff\x7f", b"\x8b\xff\xff\xff\x7f", b"\x8e\0\0\0\0\1\0\0\0"),
)
"""What a pickle does with its stack, and strings and frames that claim to be endless."""


def name(full: str) -> bytes:
    module, _, leaf = full.rpartition(".")
    return f"c{module}\n{leaf}\n".encode()


def text(value: str) -> bytes:
    written = value.encode("utf-8", "surrogatepass")
    return b"X" + struct.pack("<I", len(written)) + written


def number(value: int) -> bytes:
    written = value.to_bytes((value.bit_length() + 8) // 8, "little", signed=True)
    return b"\x8a" + bytes([len(written)]) + written


def storage(count: int, key: str = "0", kind: str = "torch.FloatStorage") -> bytes:
    return b"(" + text("storage") + name(kind) + text(key) + text("cpu") + number(count) + b"tQ"


def call(function: str, *arguments: bytes) -> bytes:
    return name(function) + b"(" + b"".join(arguments) + b"tR"


def sides(*numbers: int) -> bytes:
    return b"(" + b"".join(map(number, numbers)) + b"t"


@st.composite
def _tensor(draw: Draw) -> bytes:
    """Return a tensor that may reach past what is there."""
    count, shape = draw(sizes), draw(st.lists(sizes, max_size=3))
    strides = draw(st.lists(sizes, min_size=len(shape), max_size=len(shape)))
    key, kind = draw(st.sampled_from("01x")), draw(st.sampled_from(("Float", "Double", "Byte")))
    stored = storage(count, key, f"torch.{kind}Storage")
    hooks = b"\x89" + name("collections.OrderedDict") + b")R"
    rebuild = draw(st.sampled_from(("_rebuild_tensor_v2", "_rebuild_tensor", "_rebuild_tensor_v3")))
    where = number(draw(sizes)), sides(*shape), sides(*strides)
    return call(f"torch._utils.{rebuild}", stored, *where, hooks)


@st.composite
def _values(draw: Draw, depth: int = 2) -> bytes:
    simple = st.sampled_from(CONSTANTS) | st.sampled_from(("a", f"touch {SENTINEL}")).map(text)
    kind = draw(st.sampled_from(("simple", "tensor", "call", "dict", "noise", "storage")))
    if kind == "simple" or not depth:
        return draw(simple)
    if kind == "tensor":
        return draw(_tensor())
    if kind == "storage":
        return storage(draw(sizes))
    inside = draw(st.lists(_values(depth=depth - 1), max_size=3))
    if kind == "call":
        return call(draw(st.sampled_from(CALLED)), *inside)
    if kind == "dict":
        names = [
            text(f"rnn.weight_{'ih' if k % 2 else 'hh'}_l{k // 2}") for k in range(len(inside))
        ]
        pairs = b"".join(key + value for key, value in zip(names, inside, strict=True))
        return b"}(" + pairs + b"u"
    return b"".join(draw(st.lists(st.sampled_from(OPERATIONS + CONSTANTS), max_size=8)))


@st.composite
def pickles(draw: Draw) -> bytes:
    """Return a pickle of odd values: bare, as torch wrote it before 1.6, or in a zip as it does."""
    protocol = b"\x80" + bytes([draw(st.sampled_from((2, 2, 2, 2, 0, 4, 255)))])
    code = protocol + draw(_values()) + b"."
    how = draw(st.sampled_from(("zip", "zip", "bare", "old", "broken")))
    if how == "bare":
        return code
    if how == "old":
        return OLD_START + code + b"\x80\2]."
    return zipped(draw(broken_bytes(code)) if how == "broken" else code)


OLD_START = (
    b"\x80\2\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19.\x80\2M\xe9\x03.\x80\2}(X\x10\0\0\0protocol_version"
    b"M\xe9\x03X\r\0\0\0little_endian\x88u."
)
"""What torch wrote before the object itself, until 1.6."""


def zipped(code: bytes) -> bytes:
    """Return the zip that torch writes around a pickle."""
    files = {"data.pkl": code, "byteorder": b"little", "data/0": bytes(64), "data/1": bytes(8)}
    return zip_of(
        {f"archive/{place}": part for place, part in (files | {"version": b"3\n"}).items()}
    )
