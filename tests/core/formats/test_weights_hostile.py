"""Files that would harm whoever opens them, and files that are broken."""

import io
import os
import pickle
import struct
import zipfile
from collections import OrderedDict

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from safetensors.torch import save
from torch import nn

from rnnviz.formats import UnreadableFile, read_weights
from rnnviz.formats.pickles import check_pickle
from rnnviz.formats.weights import Weights

PROTOCOL = b"\x80\x02"


def reason(path):
    with pytest.raises(UnreadableFile) as caught:
        read_weights(path)
    assert "weights_only" not in str(caught.value)
    return caught.value.reason


def reason_of_pickle(code, size=1000):
    with pytest.raises(UnreadableFile) as caught:
        check_pickle("a.pt", io.BytesIO(PROTOCOL + code + b"."), size)
    return caught.value.reason


def name(full):
    """Return the opcode that pushes a global."""
    module, _, leaf = full.rpartition(".")
    return f"c{module}\n{leaf}\n".encode()


def text(value):
    return b"X" + struct.pack("<I", len(value)) + value.encode()


def number(value):
    return b"J" + struct.pack("<i", value)


def storage(count, key="0", view=b""):
    start = b"(" + text("storage") + name("torch.FloatStorage") + text(key) + text("cpu")
    return start + number(count) + view + b"tQ"


def tensor(stored, offset, size, stride, how="torch._utils._rebuild_tensor_v2"):
    """Return the opcodes of a tensor of one dimension."""
    shape = number(size) + b"\x85" + number(stride) + b"\x85"
    hooks = b"\x89" + name("collections.OrderedDict") + b")R"
    return name(how) + b"(" + stored + number(offset) + shape + hooks + b"tR"


def torch_zip(path, code, storages=None):
    """Write what torch.save would, around a pickle and storages of our own."""
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("archive/data.pkl", PROTOCOL + code + b".")
        archive.writestr("archive/byteorder", "little")
        for key, content in (storages or {}).items():
            archive.writestr(f"archive/data/{key}", content)
        archive.writestr("archive/version", "3\n")
    return path


class Evil:
    """What runs a command where it is unpickled."""

    def __init__(self, marker):
        self.marker = marker

    def __reduce__(self):
        return os.system, (f"touch {self.marker}",)


class Built:
    """What runs its own code where it is unpickled."""

    def __init__(self, marker):
        self.marker = marker

    def __setstate__(self, state):
        state["marker"].touch()


@pytest.mark.parametrize("new_format", [True, False])
@pytest.mark.parametrize("of", [Evil, Built])
def test_nothing_of_a_file_is_run(tmp_path, of, new_format):
    state = {"rnn": nn.RNN(2, 3).state_dict(), "more": of(tmp_path / "marker")}
    path = tmp_path / "a.pt"
    torch.save(state, path, _use_new_zipfile_serialization=new_format)
    said = reason(path)
    assert said.startswith("It is not weights alone: it asks for ")
    assert ("system" if of is Evil else "Built") in said
    assert not (tmp_path / "marker").exists()
    torch.load(path, weights_only=False)
    assert (tmp_path / "marker").exists()


def test_nor_what_other_code_of_the_process_allows(tmp_path):
    torch.save({"a": Built(tmp_path / "marker")}, tmp_path / "a.pt")
    with torch.serialization.safe_globals([Built]):
        assert "Built" in reason(tmp_path / "a.pt")
    assert not (tmp_path / "marker").exists()


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
@pytest.mark.parametrize("ending", [".pt", ".safetensors", ".bin"])
def test_a_bare_pickle(tmp_path, protocol, ending):
    path = tmp_path / f"a{ending}"
    path.write_bytes(pickle.dumps(Evil(tmp_path / "marker"), protocol))
    assert reason(path)
    assert not (tmp_path / "marker").exists()


@pytest.mark.parametrize("new_format", [True, False])
def test_whole_modules_are_named(tmp_path, new_format):
    torch.save(nn.RNN(2, 3), tmp_path / "a.pt", _use_new_zipfile_serialization=new_format)
    assert reason(tmp_path / "a.pt") == (
        "It is not weights alone: it asks for torch.nn.modules.rnn.RNN, and objects could do "
        "anything. Nothing of it was run. Save the weights alone, with "
        "torch.save(model.state_dict(), …)."
    )


@pytest.mark.parametrize("full", ["builtins.bytearray", "torch.FloatTensor", "torch.Tensor"])
def test_what_would_take_memory_is_not_called(tmp_path, full):
    torch_zip(tmp_path / "a.pt", name(full) + b"\x8a\x05" + b"\xff" * 4 + b"\x01\x85R")
    assert f"it asks for {full}, and" in reason(tmp_path / "a.pt")


def test_nor_by_the_function_that_calls_others():
    call = name("torch._tensor._rebuild_from_type_v2") + b"("
    code = call + name("builtins.bytearray") + name("torch.Tensor") + number(9) + b"\x85}tR"
    assert "it asks for builtins.bytearray, and" in reason_of_pickle(code)


@pytest.mark.parametrize("new_format", [True, False])
def test_tensors_with_attributes_are_weights(tmp_path, new_format):
    state = nn.RNN(2, 3).state_dict(keep_vars=True)
    state["weight_ih_l0"].trained = True
    state["bias_ih_l0"] = state["bias_ih_l0"].detach()
    state["bias_ih_l0"].trained = True
    torch.save(state, tmp_path / "a.pt", _use_new_zipfile_serialization=new_format)
    assert len(read_weights(tmp_path / "a.pt").layers[0].tensors) == 4


def test_tuples_of_tuples_do_not_take_for_ever(tmp_path):
    double = b"q\x00h\x00\x86"  # the pair of what is there, twice
    torch_zip(tmp_path / "a.pt", b"}" + number(1) + b"\x85" + double * 64 + b"Ns")
    assert "its tuples have more than 20,000,000 parts" in reason(tmp_path / "a.pt")


def test_nor_does_one_that_is_used_again_and_again():
    wide = b"(" + b"N" * 10_000 + b"tq\x00"
    code = b"]" + wide + b"a(" + b"h\x00" * 3_000 + b"e"
    assert "its tuples have more than" in reason_of_pickle(code)


SIZES = "It speaks of more numbers than fit into its 1,000 bytes: it is cut off or forged."


@pytest.mark.parametrize(
    "code",
    [
        storage(1001),
        storage(600) + storage(600, key="1"),
        tensor(storage(4), 0, 5, 1),
        tensor(storage(4), 1, 4, 1),
        tensor(storage(4), 0, 2, 4),
        tensor(storage(4, view=b"(" + text("v") + number(0) + number(2) + b"t"), 0, 3, 1),
    ],
)
def test_sizes_are_held_against_what_is_there(code):
    assert reason_of_pickle(code).startswith(SIZES)


@pytest.mark.parametrize(
    "code",
    [
        storage(4),
        tensor(storage(4), 0, 4, 1),
        tensor(storage(4), 3, 1, 99),
        tensor(storage(4), 99, 0, 1),
        tensor(storage(4, view=b"N"), 0, 4, 1),
        tensor(storage(4, view=b"(" + text("v") + number(0) + number(2) + b"t"), 0, 2, 1),
        storage(600) + storage(600),
    ],
)
def test_what_fits_is_let_through(code):
    check_pickle("a.pt", io.BytesIO(PROTOCOL + code + b"."), 1000)


def test_a_storage_that_is_not_there(tmp_path):
    code = b"}" + text("weight_ih") + tensor(storage(4), 0, 4, 1) + b"s"
    assert reason(torch_zip(tmp_path / "a.pt", code)).startswith("It is damaged")


def test_a_storage_beyond_its_part(tmp_path):
    code = b"}" + text("weight_ih") + tensor(storage(400), 0, 400, 1) + b"s"
    path = torch_zip(tmp_path / "a.pt", code, {"0": bytes(16)})
    assert reason(path).startswith(("It is damaged", "It speaks of more numbers"))


@pytest.mark.parametrize(
    "code",
    [
        b"NNR",  # a call of nothing
        name("torch.Size") + b"NR",  # arguments that are no tuple
        tensor(storage(4), 0, 4, 1) + b"Nb",  # a tensor that is set anew
        tensor(b"N", 0, 4, 1),
        tensor(storage(4), -1, 4, 1),
        tensor(storage(4), 0, -4, 1),
        storage(-1),
        text("storage") + b"Q",
        b"\x85",
        b"h\x07",
        b"t",
        b"",
    ],
)
def test_pickles_that_no_one_writes(code):
    assert reason_of_pickle(code).startswith("It is damaged")


@pytest.mark.parametrize(
    "code",
    [
        b"\x96" + b"\xff" * 7 + b"\x00",  # a bytearray of 2**56 bytes
        b"X\xff\xff\xff\xff",
        b"X" + struct.pack("<I", 40 * 2**20) + b"a" * (40 * 2**20),
        b"c" + b"a" * (40 * 2**20) + b"\n",
    ],
)
def test_no_more_is_read_than_a_pickle_needs(code):
    assert reason_of_pickle(code).startswith("It is damaged")


def test_a_pickle_of_more_steps_than_any_needs(monkeypatch):
    monkeypatch.setattr("rnnviz.formats.pickles.MAX_OPCODES", 10)
    check_pickle("a.pt", io.BytesIO(PROTOCOL + b"N" * 8 + b"."), 100)
    said = "It describes too much: more than 10 steps would be needed, and a tensor takes about 40."
    assert reason_of_pickle(b"N" * 9).startswith(said)


def test_ordered_dictionaries_have_attributes():
    state = OrderedDict(a=1)
    state.more = {"version": 1}
    check_pickle("a.pt", io.BytesIO(pickle.dumps(state, 2)), 1000)


def test_a_zip_that_lies_about_its_sizes(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.pt", "w") as archive:
        archive.writestr("archive/data.pkl", b"")
        archive.writestr("archive/data/0", b"")
        archive.filelist[-1].file_size = 10**9
    assert reason(tmp_path / "a.pt").startswith("Its parts claim more than its ")


def test_a_directory_that_takes_for_ever_is_not_read(tmp_path, monkeypatch):
    entry = struct.pack("<4s6H3L5H2L", b"PK\x01\x02", 20, 20, *[0] * 7, 1, *[0] * 6) + b"a"
    directory = entry * 360_000
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 1, 1, len(directory), 30, 0)
    (tmp_path / "a.pt").write_bytes(b"PK\x03\x04".ljust(30, b"\0") + directory + end)
    monkeypatch.setattr(zipfile, "ZipFile", None)
    assert reason(tmp_path / "a.pt").startswith("The list of its parts has more than 8,388,608 b")


def test_a_memory_that_is_full_is_no_matter_of_the_file(tmp_path, monkeypatch):
    def full(*_, **__):
        raise MemoryError

    torch.save(nn.RNN(2, 3).state_dict(), tmp_path / "a.pt")
    (tmp_path / "a.safetensors").write_bytes(save(nn.RNN(2, 3).state_dict()))
    for place, path in (
        ("pickletools.genops", "a.pt"),
        ("torch.load", "a.pt"),
        ("safetensors.torch.load", "a.safetensors"),
    ):
        with monkeypatch.context() as patch, pytest.raises(MemoryError):
            patch.setattr(place, full)
            read_weights(tmp_path / path)


def sound(kind):
    """Return the bytes of a sound file."""
    state = {name: torch.zeros_like(p) for name, p in nn.RNN(2, 3).state_dict().items()}
    if kind == "safetensors":
        return save(state, {"format": "pt"})
    file = io.BytesIO()
    torch.save({"model": state}, file, _use_new_zipfile_serialization=kind == "zip")
    return file.getvalue()


KINDS = ("zip", "old", "safetensors")
SOUND = {kind: sound(kind) for kind in KINDS}


def try_to_read(path, content):
    """Read a file that may be broken: it is refused in a sentence, or something comes out."""
    path.write_bytes(content)
    try:
        assert isinstance(read_weights(path), Weights)
    except UnreadableFile as error:
        assert "weights_only" not in str(error)


@pytest.mark.parametrize("kind", KINDS)
@given(part=st.floats(0, 1, exclude_max=True))
def test_files_that_are_cut_off(tmp_path, kind, part):
    content = SOUND[kind]
    try_to_read(tmp_path / "a.pt", content[: int(part * len(content))])


@pytest.mark.parametrize("named", [".pt", ".safetensors"])
@pytest.mark.parametrize("kind", KINDS)
@given(flips=st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 7)), max_size=4))
def test_files_with_wrong_bits(tmp_path, kind, named, flips):
    content = bytearray(SOUND[kind])
    for part, bit in flips:
        content[int(part * len(content))] ^= 1 << bit
    try_to_read(tmp_path / f"a{named}", bytes(content))


@pytest.mark.parametrize("kind", ["zip", "old"])
@given(place=st.floats(0, 1, exclude_max=True), value=st.integers(0, 255))
def test_pickles_with_wrong_bytes(tmp_path, kind, place, value):
    """The pickle alone is changed, and the zip's own sums with it, so that torch gets to see it."""
    if kind == "old":
        content = bytearray(SOUND[kind])
        content[int(place * content.rindex(b"."))] = value
        try_to_read(tmp_path / "a.pt", bytes(content))
        return
    with zipfile.ZipFile(io.BytesIO(SOUND["zip"])) as archive:
        parts = {entry: archive.read(entry) for entry in archive.namelist()}
    pickled = next(entry for entry in parts if entry.endswith("/data.pkl"))
    changed = bytearray(parts[pickled])
    changed[int(place * len(changed))] = value
    parts[pickled] = bytes(changed)
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as archive:
        for entry, part in parts.items():
            archive.writestr(entry, part)
    try_to_read(tmp_path / "a.pt", whole.getvalue())


@given(st.binary(max_size=200))
def test_files_of_anything(tmp_path, content):
    for start in (b"", PROTOCOL, b"PK\x03\x04", len(content).to_bytes(8, "little") + b"{"):
        try_to_read(tmp_path / "a.bin", start + content)
