"""Files with many bytes, or that would become many: bombs, long lines, headers, pickles."""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Iterator
from io import BytesIO

from hostile import sound
from hostile.broken import zip_of
from hostile.files import Hostile, Sparse, file_of
from hostile.named import MB, npy, safetensors
from hostile.pickles import OLD_START, call, number, sides, storage, text, zipped


def heavy() -> Iterator[Hostile]:
    """Yield those that have many bytes, or would become many."""
    yield from _bombs()
    yield from _long_texts()
    yield from _long_pickles()
    yield from _long_headers()
    yield from _sparse()


# Bombs


def bomb(members: dict[str, tuple[bytes, int]]) -> bytes:
    """Return a zip of files, each of some bytes and so many zeros."""
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, (start, size) in members.items():
            with archive.open(name, "w") as member:
                member.write(start)
                for _ in range(size // MB):
                    member.write(bytes(MB))
    return file.getvalue()


def _bombs() -> Iterator[Hostile]:
    for size in (20, 60, 200, 1000):
        array = npy((size * MB,), "|u1")
        yield file_of("data", f"{size} MB.npz", bomb({"a.npy": (array, size * MB)}))
    claimed = b"\x93NUMPY\2\0\xff\xff\xff\x7f"
    yield file_of("data", "headers.npz", bomb({f"{k}.npy": (claimed, 50 * MB) for k in range(10)}))
    members = sound.members(sound.sessions()["b.rnnviz"])
    for size in (20, 60, 200, 1000):
        header = {"x": {"dtype": "F32", "shape": [size * MB // 4], "data_offsets": [0, size * MB]}}
        arrays = safetensors(header), size * MB
        pair = {"session.json": (members["session.json"], 0), "arrays.safetensors": arrays}
        yield file_of("session", f"{size} MB.rnnviz", bomb(pair))
    for size in (1, 4, 20, 32):
        pair = {"session.json": (b"[" + b"[],", 0), "arrays.safetensors": (b"", 0)}
        for value in (b"[],", b'{"":0},', b'"a",', b"0,"):
            text_of = b'{"format":"rnnviz session","version":1,"a":[' + value * (
                size * MB // len(value)
            )
            pair["session.json"] = (text_of + b"0]}", 0)
            yield file_of("session", f"{size} MB of JSON.rnnviz", bomb(pair))
            plain = {"session.json": pair["session.json"][0], "arrays.safetensors": b""}
            yield file_of("session", f"{size} MB of plain JSON.rnnviz", zip_of(plain))
    checkpoint = sound.members(sound.weights()["a.pt"])
    yield file_of(
        "weights", "a.pt", bomb({name: (part, 100 * MB) for name, part in checkpoint.items()})
    )
    for count in (5_000, 20_000, 65_000, 200_000):
        entries = {f"{k}.npy": b"" for k in range(count)}
        yield file_of("data", f"{count} empty.npz", zip_of(entries))
        yield file_of("weights", f"{count} parts.pt", zip_of(checkpoint | entries))
        yield file_of("session", f"{count}.rnnviz", zip_of(members | entries))
        if count <= 20_000:
            arrays = dict.fromkeys(entries, sound.data()["b.npy"])
            yield file_of("data", f"{count}.npz", zip_of(arrays, packed=True))


# Long texts


def _long_texts() -> Iterator[Hostile]:
    for name in ("a.csv", "a.txt"):
        yield file_of("data", name, b"1" * 100 * MB)
        yield file_of("data", name, b"1," * (50 * MB))
        yield file_of("data", name, b"x" * 100 * MB)
        yield file_of("data", name, b"1," * MB + b"1\n")
        yield file_of("data", name, (b"1," * MB + b"1\n") * 3)
        yield file_of("data", name, b"," * (4 * MB - 9) + b"\n")
        yield file_of("data", name, (b"," * (4 * MB - 9) + b"\n") * 3)
        yield file_of("data", name, b" " * 100 * MB)
        yield file_of("data", name, b"\n" * 100 * MB)
        yield file_of("data", name, b"#\n" * (25 * MB))
        yield file_of("data", name, b'"\n' * (10 * MB))
        yield file_of("data", name, b'"' * (4 * MB - 9) + b"\n")
        yield file_of("data", name, b'1,"' + b"\n" * (4 * MB - 9))
        yield file_of("data", name, b"\0" * 100 * MB)
        yield file_of("data", name, ("\U0001f3b2" * (20 * MB)).encode())
        yield file_of("data", name, b"a,b\n" + b"1,2\n" * 100 + b"," * (4 * MB - 9))
        yield file_of("data", name, b",".join(b"%d" % k for k in range(500_000)) + b"\n1,2\n")
        yield file_of("data", name, b",".join(b"a%d" % k for k in range(500_000)) + b"\n1,2\n")
        yield file_of("data", name, (b",".join(b"1" for k in range(99_999)) + b"\n") * 20)
        yield file_of("data", name, b"\x80" * 100 * MB)
        yield file_of("data", name, b"coding: utf-7\n" + b"+AGE-" * (5 * MB))
        yield file_of("data", name, b"coding: hz\n" + b"~{" * (5 * MB))
    yield file_of("settings", "a.json", b"[" + b"[]," * 40_000 + b"0]")


# Long pickles


def _long_pickles() -> Iterator[Hostile]:
    count = 30 * MB
    for code in (
        b"]" * count,
        b"N" * count,
        b"(" * count,
        b")" * count,
        b"}q\0" * (count // 3),
        b"h\0" * (count // 2),
        b"]" + b"q\0h\0" * (count // 4),
        b"].",
        b"](" + b"K\1" * (count // 2) + b"e",
        b"}(" + b"".join(b"J" + struct.pack("<i", k) + b"N" for k in range(2 * MB)) + b"u",
        b"".join(b"r" + struct.pack("<I", 2**31 + k) for k in range(3 * MB)),
        text("a" * count),
        b"(" + (text("\U0001f3b2" * 1000) * 7000) + b"l",
        (b"ctorch._utils\n_rebuild_tensor_v2\n") * (count // 40),
        b"\x8a\xff" + b"\x7f" * 255,
        (b"\x8a\xff" + b"\x7f" * 255) * (count // 257),
    ):
        yield file_of("weights", "long.pt", zipped(b"\x80\2" + code + b"."))
        yield file_of("weights", "long.bin", OLD_START + b"\x80\2" + code + b".")
    hooks = b"\x89" + call("collections.OrderedDict")
    for count in (5_000, 20_000, 60_000):
        tensors = (
            text(f"rnn{k}.weight_hh_l0")
            + call(
                "torch._utils._rebuild_tensor_v2",
                storage(16),
                number(0),
                sides(4, 4),
                sides(4, 1),
                hooks,
            )
            for k in range(count)
        )
        state = b"}(" + b"".join(tensors) + b"u."
        yield file_of("weights", f"{count} tensors.pt", zipped(b"\x80\2" + state))
        yield file_of("data", f"{count} tensors.pt", zipped(b"\x80\2" + state))


# Long headers


def _long_headers() -> Iterator[Hostile]:
    for opener in ("weights", "data"):
        for megabytes in (1, 8, 31, 99):
            size = megabytes * MB
            blank = b"{}" + b" " * size
            yield file_of(opener, f"{megabytes} MB of blanks.safetensors", safetensors(blank))
            said = ",".join(f'"{k}":"a"' for k in range(size // 12))
            metadata = ('{"__metadata__":{' + said + "}}").encode()
            yield file_of(opener, f"{megabytes} MB of metadata.safetensors", safetensors(metadata))
            said = ",".join(
                f'"{k}.weight_hh_l0":{{"dtype":"F32","shape":[0,4],"data_offsets":[0,0]}}'
                for k in range(size // 72)
            )
            yield file_of(
                opener,
                f"{megabytes} MB of tensors.safetensors",
                safetensors(("{" + said + "}").encode()),
            )
            lists = (
                b'{"a":{"dtype":"F32","shape":['
                + b"1," * (size // 2)
                + b'1],"data_offsets":[0,4]}}'
            )
            yield file_of(
                opener, f"{megabytes} MB of axes.safetensors", safetensors(lists, bytes(4))
            )


# Files that take no room

STARTS = {
    "a.npy": b"\x93NUMPY\2\0\xff\xff\xff\x7f{",
    "b.npy": npy((10,)),
    "a.npz": b"PK\3\4",
    "a.pt": b"PK\3\4",
    "b.pt": OLD_START,
    "c.pt": b"\x80\2",
    "a.safetensors": safetensors({}),
    "b.safetensors": (7 * MB).to_bytes(8, "little") + b"{",
    "a.rnnviz": b"PK\3\4",
    "a.csv": b"1,2\n3,4\n",
    "a.txt": b"Wer reitet",
    "a": b"",
    "a.bin": b"",
}


def _sparse() -> Iterator[Hostile]:
    for name, start in STARTS.items():
        for size in (190 * MB, 1000 * MB, 6000 * MB, 2**42):
            yield file_of("any", name, Sparse(start, size))
