"""Hostile files that chance does not find: bombs, endless nesting, sizes that are claimed."""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator
from typing import Any

import numpy as np

from hostile import sound
from hostile.broken import lying, zip_of
from hostile.files import PIPE, Hostile, Link, Sparse, file_of
from hostile.pickles import CALLED, OLD_START, SENTINEL, call, number, sides, storage, text, zipped

DEEP = 100_000
"""So deep is what is nested."""
MB = 10**6


def light() -> Iterator[Hostile]:
    """Yield those that are small, and made at once."""
    yield from _claims()
    yield from _nested()
    yield from _calls()
    yield from _zips()
    yield from _texts()
    yield from _recordings()


# Sizes that are claimed


def npy(shape: object, descr: object = "<f4", body: bytes = b"", fortran: bool = False) -> bytes:
    said = repr({"descr": descr, "fortran_order": fortran, "shape": shape}).encode()
    return b"\x93NUMPY\1\0" + struct.pack("<H", len(said)) + said + body


def safetensors(header: object, body: bytes = b"") -> bytes:
    said = header if isinstance(header, bytes) else json.dumps(header).encode()
    return len(said).to_bytes(8, "little") + said + body


def _claims() -> Iterator[Hostile]:
    gib = (2**33,)
    yield file_of("data", "32 GiB.npy", npy(gib))
    yield file_of("data", "records.npy", npy((1,), [("a", "<f4", (2**33,))]))
    yield file_of("data", "negative.npy", npy((-1, 4)))
    yield file_of("data", "endless.npy", npy((2**62, 2**62)))
    yield file_of("data", "text.npy", npy((1,), "<U2147483647"))
    yield file_of("data", "objects.npy", npy((1,), "|O", b"cos\nsystem\n(S'touch ran'\ntR."))
    yield file_of("data", "65 axes.npy", npy((1,) * 65, body=bytes(4)))
    yield file_of("data", "no numbers.npy", npy((0, 2**62)))
    yield file_of("data", "header.npy", b"\x93NUMPY\2\0\xff\xff\xff\xff{")
    yield file_of("data", "32 GiB.npz", zip_of({"a.npy": npy(gib)}))
    for opener in ("weights", "data"):
        yield file_of(opener, "header.safetensors", (2**63 - 1).to_bytes(8, "little") + b"{")
        yield file_of(opener, "none.safetensors", safetensors({}))
        for name, shape, dtype, end in (
            ("32 GiB", [2**33], "F32", 2**35),
            ("overflow", [2**32, 2**32], "F32", 0),
            ("65 axes", [1] * 65, "F32", 4),
            ("no numbers", [0, 2**62], "F32", 0),
            ("whole", [1], "I32", 4),
            ("small", [8], "F4", 4),
        ):
            said = {"dtype": dtype, "shape": shape, "data_offsets": [0, end]}
            header = {"rnn.weight_hh_l0": said}
            yield file_of(opener, f"{name}.safetensors", safetensors(header, bytes(4)))
    for axes, end in (([1] * 65, 4), ([0, 2**62], 0), ([2**40, 0], 0)):
        said = {"x": {"dtype": "F32", "shape": axes, "data_offsets": [0, end]}}
        yield _session(arrays=safetensors(said, bytes(end)))


def _session(**changes: Any) -> Hostile:
    members = sound.members(sound.sessions()["b.rnnviz"])
    members["session.json"] = changes.get("json", members["session.json"])
    members["arrays.safetensors"] = changes.get("arrays", members["arrays.safetensors"])
    return file_of("session", "a.rnnviz", zip_of(members, changes.get("packed", False)))


# Nested


def _nested() -> Iterator[Hostile]:
    for opening, closing in ((b"[", b"]"), (b'{"a":', b"}")):
        deep = opening * DEEP + b"1" + closing * DEEP
        sound_json = sound.members(sound.sessions()["a.rnnviz"])["session.json"]
        yield _session(json=deep)
        yield _session(json=sound_json.replace(b'"views":{}', b'"views":{"a":{"b":' + deep + b"}}"))
        yield file_of("settings", "deep.json", deep)
        yield file_of("settings", "deeper.json", b'{"network":' + deep + b"}")
        yield file_of("weights", "deep.safetensors", safetensors(deep))
        yield file_of("data", "deep.safetensors", safetensors(b'{"x":' + deep + b"}"))
        yield _recording("zarr.json", deep)
        yield _recording("hidden/zarr.json", deep)
    for lists in (b"]" * DEEP + b"a" * (DEEP - 1), b")" + b"\x85" * DEEP, b"(" * DEEP):
        yield file_of("weights", "deep.pt", zipped(b"\x80\2" + lists + b"."))
        yield file_of("weights", "deep.bin", OLD_START + b"\x80\2" + lists + b".")
    deep_tuple = b")" + b"".join(b"q\0h\0\x86" for _ in range(60))
    yield file_of("data", "doubling.pt", zipped(b"\x80\2" + deep_tuple + b"."))
    yield file_of("data", "deep.npy", npy("(" * 4000))
    zipped_twice = sound.data()["a.npz"]
    for _ in range(20):
        zipped_twice = zip_of({"a.npy": zipped_twice}, packed=True)
    yield file_of("data", "nested.npz", zipped_twice)


# Code


def _calls() -> Iterator[Hostile]:
    for function in CALLED:
        for arguments in ((), (text(f"touch {SENTINEL}"),), (number(2**40),)):
            code = b"\x80\2" + call(function, *arguments) + b"."
            yield file_of("weights", "call.pt", zipped(code))
        yield file_of("any", "call.bin", OLD_START + code)
    run = b"cos\nsystem\n(S'touch " + SENTINEL.encode() + b"'\ntR."
    for name in ("a.pt", "a.npy", "a.csv", "a.rnnviz", "a.safetensors", "a.txt", "a.pkl"):
        yield file_of("any", name, run)
    yield file_of("data", "a.npz", zip_of({"a.npy": run, "b.npy": sound.data()["a.npy"]}))
    yield _session(json=run)
    for count, offset, size, stride in (
        (2**40, 0, 1, 1), (16, 2**40, 1, 1), (16, 0, 2**40, 0), (16, 0, 2**40, 1),
        (16, 0, 1, 2**62),        (-1, 0, 1, 1), (16, -1, 1, 1), (16, 0, -1, 1), (16, 0, 2**31, 0),
    ):  # fmt: skip
        where = number(offset), sides(size), sides(stride)
        hooks = b"\x89" + call("collections.OrderedDict")
        tensor = call("torch._utils._rebuild_tensor_v2", storage(count), *where, hooks)
        yield file_of("data", "tensor.pt", zipped(b"\x80\2" + tensor + b"."))
        named = b"}" + text("rnn.weight_hh_l0") + tensor + b"s."
        yield file_of("weights", "tensor.pt", zipped(b"\x80\2" + named))


# Zips


def _zips() -> Iterator[Hostile]:
    checkpoint = sound.members(sound.weights()["a.pt"])
    array = sound.data()["a.npy"]
    names = ("../x.npy", "/x.npy", "C:\\x.npy", "a\0.npy", "a/" * 500 + "x.npy", "\n.npy", "‮.npy")
    for name in names:
        yield file_of("data", "name.npz", zip_of({name: array}))
        yield file_of("weights", "name.pt", zip_of(checkpoint | {name: b"x"}))
        members = sound.members(sound.sessions()["a.rnnviz"])
        yield file_of("session", "name.rnnviz", zip_of(members | {name: b"x"}))
    yield file_of("data", "twice.npz", zip_of([("a.npy", array), ("a.npy", npy((2**33,)))]))
    pickled = next(name for name in checkpoint if name.endswith("data.pkl"))
    harm = b"\x80\2" + call("os.system", text(f"touch {SENTINEL}")) + b"."
    for pairs in ([(pickled, harm), *checkpoint.items()], [*checkpoint.items(), (pickled, harm)]):
        yield file_of("weights", "twice.pt", zip_of(pairs))
    for code in ("x/data.pkl", "archive/DATA.PKL", "/data.pkl", "data.pkl"):
        yield file_of("weights", "other.pt", zip_of([(code, harm), *checkpoint.items()]))
        yield file_of("weights", "other.pt", zip_of([*checkpoint.items(), (code, harm)]))
    for field, value in (("size", 2**32 - 1), ("packed size", 2**32 - 1), ("offset", 2**31)):
        for name, content in (("a.npz", sound.data()["a.npz"]), ("a.pt", sound.weights()["a.pt"])):
            yield file_of("any", name, lying(content, 0, field, value))
        yield file_of("session", "a.rnnviz", lying(sound.sessions()["a.rnnviz"], 0, field, value))


# Text

TEXTS = (
    *(
        b"x" * 5_000,
        b"1" * 5_000,
        b"1," * 5_000,
        b'"' * 5_000,
        b'1,"' + b"x" * 200_000,
        b"\0" * 100,
    ),
    *(
        b"1,2\n3,\n",
        b"a,b\n" * 300,
        b"\n" * 5_000,
        b"#\n" * 5_000,
        b"1e999999999,2\n3,4\n",
        b"\x1a",
    ),
    *(b"1\t2\n\0\0", b"coding: zip\n1,2\n", b"coding: idna\n\xff", b"sep=,\n", b"\xff" * 99),
    *(b"\xff\xfe\0", b"\xff\xfe\0\0\0", b"\xef\xbb\xbf", b"+AGEAYgBj-" * 50, b"1" * 400 + b"\n1"),
    *("٣,٤\n٥,٦\n".encode(), b"a\r" * 2000, b"-" * 3000, b"1,2\n" + b"9" * 5000 + b",1\n"),
    *(b"nan,inf\n-inf,nan\n", b"1,2\n\x85\n", b"\xc3"),
)


def _texts() -> Iterator[Hostile]:
    for content in TEXTS:
        for name in ("a.csv", "a.txt", "a.tsv"):
            yield file_of("data", name, content)
    for name in ("a.npy", "a.npz", "a.pt", "a.safetensors", "a.rnnviz", "a.zarr", "a.csv"):
        for part in (
            PIPE,
            Link("/dev/zero"),
            Link(name),
            Link("/"),
            b"",
            b"version https://git-lfs",
        ):
            yield file_of("any", name, part)
    not_finite = np.array([[np.nan, np.inf], [-np.inf, 1e-45]], "f4")
    yield file_of("data", "not finite.npy", npy((2, 2), body=not_finite.tobytes()))


# Recordings


def _recording(name: str, part: Any) -> Hostile:
    return Hostile("recording", "a.zarr", sound.recording() | {name: part})


def _metadata(name: str, **changes: Any) -> Hostile:
    found = json.loads(sound.recording()[f"{name}/zarr.json"])
    return _recording(f"{name}/zarr.json", json.dumps(found | changes).encode())


def _attributes(**changes: Any) -> Hostile:
    found = json.loads(sound.recording()["zarr.json"])
    found["attributes"] |= changes
    return _recording("zarr.json", json.dumps(found).encode())


def _regular(*sides: int) -> dict[str, Any]:
    return {"name": "regular", "configuration": {"chunk_shape": list(sides)}}


def _recordings() -> Iterator[Hostile]:
    huge = 10**15
    yield _metadata("hidden", shape=[huge, 1, 2, 3])
    yield _metadata("hidden", shape=[huge, 1, 10**9, 3])
    yield _metadata("inputs", shape=[huge, 2, 2], chunk_grid=_regular(2**25, 2, 2))
    yield _metadata("hidden", chunk_grid=_regular(2**25, 1, 1, 4))
    yield _metadata("hidden", chunk_grid=_regular(2**40, 1, 1, 4))
    yield _metadata("hidden", chunk_grid=_regular(0, 1, 1, 4))
    yield _metadata("index", shape=[huge, 4])
    yield _metadata("index", shape=[huge, 4], chunk_grid=_regular(1, 4))
    yield _metadata("index", shape=[10**9, 4], chunk_grid=_regular(2**22, 4))
    yield _metadata("time", shape=[huge], chunk_grid=_regular(2**25))
    yield _metadata("hidden", codecs=[{"name": "pickle"}])
    yield _metadata("hidden", codecs=[{"name": "numcodecs.pickle", "configuration": {}}])
    yield _metadata("hidden", storage_transformers=[{"name": "x"}])
    yield _metadata(
        "hidden", chunk_key_encoding={"name": "v2", "configuration": {"separator": "/"}}
    )
    yield _metadata("hidden", data_type="object")
    yield _metadata("hidden", data_type={"name": "fixed_length_utf32", "length_bytes": 2**40})
    yield _metadata("hidden", fill_value="x" * 100_000)
    yield _metadata("hidden", zarr_format=2)
    yield _attributes(world_size=10**9, layer=None)
    yield _attributes(format="x" * 100_000)
    yield _attributes(version="x" * 100_000)
    yield _attributes(parameters=["x"] * 10_000)
    yield _attributes(network={"kind": "rnn", "hidden_size": 10**9})
    yield _attributes(network={"kind": "module"})
    many = json.loads(sound.recording()["zarr.json"])
    del many["attributes"]["layer"]
    many["attributes"]["world_size"] = 10**9
    yield _recording("zarr.json", json.dumps(many).encode())
    for part in (
        PIPE,
        Link("/dev/zero"),
        Link("/"),
        b"",
        Sparse(b"", 2**40),
        Sparse(b"", 500 * MB),
    ):
        yield _recording("hidden/c/0/0/0/0", part)
        yield _recording("index/zarr.json", part)
