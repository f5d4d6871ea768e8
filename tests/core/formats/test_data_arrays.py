"""numpy's files, one array or several."""

import io
import struct
import zipfile

import hypothesis.extra.numpy as hnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnviz.formats import UnreadableFile, numbers, numpy_files, read_data
from rnnviz.networks.base import Interrupted

DTYPES = (
    hnp.boolean_dtypes()
    | hnp.integer_dtypes(endianness="?")
    | hnp.unsigned_integer_dtypes(endianness="?")
    | hnp.floating_dtypes(endianness="?", sizes=(16, 32, 64))
)
SHAPES = hnp.array_shapes(min_dims=1, max_dims=3, max_side=5)


def refused(path, **how):
    with pytest.raises(UnreadableFile) as caught:
        read_data(path, **how)
    return caught.value.reason


@given(hnp.arrays(DTYPES, SHAPES), st.booleans())
def test_numpy_s_own_reader_gives_the_same(tmp_path, values, fortran):
    path = tmp_path / "own.npy"
    np.save(path, np.asfortranarray(values) if fortran else values)
    with np.errstate(over="ignore"):
        wanted = np.load(path).astype(np.float32)
    found = read_data(path)
    assert found.values.values.tobytes() == wanted.tobytes()
    assert found.values.shape == values.shape
    assert found.values.values.flags.c_contiguous


@given(hnp.arrays(DTYPES, SHAPES))
def test_what_is_lost_is_counted(tmp_path, values):
    np.save(tmp_path / "own.npy", values)
    exact = [v.item() for v in values.flat]
    with np.errstate(over="ignore"):
        taken = [v.item() for v in values.astype(np.float32).flat]
    finite = np.isfinite(exact)
    large = sum(bool(f) and not np.isfinite(t) for f, t in zip(finite, taken, strict=True))
    pairs = zip(exact, taken, strict=True)
    rounded = sum(np.isfinite(t) and e != t for e, t in pairs)  # Python compares exactly
    said = []
    if rounded:
        count = numbers.counted(values.size)
        said.append(f"Rounded to float32, which has fewer digits: {rounded:,} of {count}.")
    for count, what in (
        (large, "too large for float32, and infinite now."),
        (int(np.isnan(taken).sum()), "missing: NaN."),
        (int(np.isinf(taken).sum()) - large, "infinite."),
    ):
        if count:
            said.append(f"{'1 number is' if count == 1 else f'{count:,} numbers are'} {what}")
    assert read_data(tmp_path / "own.npy").notices == tuple(said)


@pytest.mark.parametrize(
    ("values", "lost"),
    [
        (np.array([2**24, 2**24 + 2, -(2**24), 2**62]), 0),
        (np.array([2**24 + 1, 2**63 - 1, -(2**63), 3]), 2),
        (np.array([2**64 - 1, 2**63], np.uint64), 1),
        (np.array([2**31 - 1, -(2**31)], np.int32), 1),
        (np.array([127, -128], np.int8), 0),
        (np.array([0.5, 0.1, np.nan, np.inf]), 1),
        (np.array([0.1], np.longdouble), 1),
        (np.array([0.1], np.float16), 0),
    ],
)
def test_digits_are_lost_only_where_they_are(tmp_path, values, lost):
    np.save(tmp_path / "own.npy", values)
    said = [s for s in read_data(tmp_path / "own.npy").notices if s.startswith("Rounded")]
    count = numbers.counted(values.size)
    wanted = [f"Rounded to float32, which has fewer digits: {lost} of {count}."] if lost else []
    assert said == wanted


@given(st.dictionaries(st.from_regex(r"[a-zé_ ][a-zé_ 0-9]{0,9}", fullmatch=True),
                       hnp.arrays(np.float32, SHAPES), min_size=1, max_size=4),
       st.booleans())  # fmt: skip
def test_several_arrays_by_name(tmp_path, arrays, packed):
    path = tmp_path / "own.npz"
    arrays.pop("file", None)  # the name of an argument of numpy.savez
    arrays["y"] = np.ones(2, np.float32)
    (np.savez_compressed if packed else np.savez)(path, **arrays)
    for name, values in arrays.items():
        found = read_data(path, name=name)
        assert found.values.values.tobytes() == values.tobytes()
        assert found.name == name
        assert found.choices == tuple(arrays)
    assert read_data(path).name == next(iter(arrays))


def test_the_inputs_of_a_trace_come_first_and_what_is_no_sequence_is_no_choice(tmp_path):
    path = tmp_path / "own.npz"
    np.savez(path, hidden=np.zeros((2, 1, 3, 4)), a=np.ones(2), inputs=np.arange(3.0), s="text")
    found = read_data(path)
    assert (found.name, found.choices) == ("inputs", ("a", "inputs"))
    assert found.values.values.tolist() == [0, 1, 2]
    assert refused(path, name="hidden") == (
        "There is no array called “hidden”; there is “a”, “inputs”."
    )


def test_many_names_are_not_all_said(tmp_path):
    np.savez(tmp_path / "own.npz", **{f"x{k}": np.ones(1) for k in range(10)})
    assert refused(tmp_path / "own.npz", name="y").endswith("“x6”, “x7” and 2 more.")


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        (np.array([1, "a", None], object), "It holds Python objects, which would have to be run "
         "to be read. Save it as float32."),
        (np.ones(2, complex), "It holds complex numbers. Save it as float32."),
        (np.array(["a", "b"]), "It holds text. Save it as float32."),
        (np.array([b"a", b"b"]), "It holds text. Save it as float32."),
        (np.array(["2020-01-01"], "M8[D]"), "It holds dates. Save it as float32."),
        (np.array([1], "m8[s]"), "It holds spans of time. Save it as float32."),
        (np.zeros(2, "f4,f4"), "It holds records of several fields. Save it as float32."),
        (np.float32(3), "It is a single number. A sequence is (time), (time, features) or "
         "(time, batch, features)."),
        (np.zeros((1, 1, 1, 1)), "It has 4 axes. A sequence is (time), (time, features) or "
         "(time, batch, features)."),
        (np.zeros((0, 3)), "It is empty: its shape is (0, 3)."),
        (np.zeros((1, 100_001)), "It has 100,001 features; at most 100,000 are possible."),
        (np.zeros((10_001, 10_001, 1), np.int8),
         "It has 10,001 sequences; at most 10,000 are possible."),
    ],
)  # fmt: skip
def test_what_is_no_sequence(tmp_path, values, reason):
    np.save(tmp_path / "own.npy", values, allow_pickle=True)
    assert refused(tmp_path / "own.npy") == reason
    np.savez_compressed(tmp_path / "own.npz", x=values)
    assert refused(tmp_path / "own.npz") == f"It holds no sequence. “x”: {reason}"


def test_as_many_as_are_possible(tmp_path):
    np.save(tmp_path / "own.npy", np.zeros((2, 100_000), bool))
    assert read_data(tmp_path / "own.npy").values.shape == (2, 100_000)


class Marks:
    """Leaves a file behind, if it is unpickled."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return (self.path.touch, ())


def test_pickled_objects_never_run(tmp_path):
    marker = tmp_path / "marker"
    values = np.array([Marks(marker)], object)
    np.save(tmp_path / "own.npy", values, allow_pickle=True)
    np.savez(tmp_path / "own.npz", x=values)
    assert "Python objects" in refused(tmp_path / "own.npy")
    assert "Python objects" in refused(tmp_path / "own.npz")
    assert not marker.exists()


def header(text, version=b"\x01\x00"):
    text = text.encode() + b"\n"
    length = struct.pack("<H" if version == b"\x01\x00" else "<I", len(text))
    return b"\x93NUMPY" + version + length + text


@pytest.mark.parametrize("version", [b"\x01\x00", b"\x02\x00", b"\x03\x00"])
def test_more_than_the_file_holds(tmp_path, version):
    said = "{'descr': '<f4', 'fortran_order': False, 'shape': (400000, 1000)}"
    start = header(said, version)
    (tmp_path / "own.npy").write_bytes(start + bytes(40))
    assert refused(tmp_path / "own.npy") == (
        f"It should have {1_600_000_000 + len(start):,} bytes for its shape (400000, 1000), and "
        f"has {len(start) + 40:,}: it is cut off. Copy it again."
    )


@pytest.mark.parametrize(
    "start",
    [
        b"no array",
        header("{'descr': '<f4', 'fortran_order': False, 'shape': (-2, -2)}"),
        header("{'descr': '<f4', 'fortran_order': False, 'shape': 'x'}"),
        header("{'descr': 'nothing', 'fortran_order': False, 'shape': (1,)}"),
        header("[" * 5000),
        header("__import__('os')"),
    ],
)
def test_headers_that_are_none(tmp_path, start):
    (tmp_path / "own.npy").write_bytes(start + bytes(64))
    assert refused(tmp_path / "own.npy") == (
        "It does not begin as numpy's files do. Save it again, with numpy.save."
    )


def test_a_header_that_claims_to_be_endless_is_not_read(tmp_path):
    for claimed, said in (
        (10_000, "cut off"),
        (10_001, "does not begin"),
        (2**32 - 1, "not begin"),
    ):
        start = b"\x93NUMPY\2\0" + claimed.to_bytes(4, "little")
        about = b"{'descr': '<f4', 'fortran_order': False, 'shape': (9,)}".ljust(
            min(claimed, 10_001)
        )
        (tmp_path / "own.npy").write_bytes(start + about)
        assert said in refused(tmp_path / "own.npy")


def test_more_numbers_than_are_read(tmp_path):
    said = "{'descr': '|i1', 'fortran_order': False, 'shape': (500000001,)}"
    (tmp_path / "own.npy").write_bytes(header(said))
    assert refused(tmp_path / "own.npy") == (
        "It has 500,000,001 numbers; at most 500,000,000 are read."
    )


def test_more_numbers_than_this_machine_has_room_for(tmp_path, monkeypatch):
    np.save(tmp_path / "own.npy", np.zeros(26))
    monkeypatch.setattr("rnnviz.memory.LEAST_BUDGET", 100)
    monkeypatch.setattr("rnnviz.memory.physical_memory", lambda: 200)
    assert refused(tmp_path / "own.npy").startswith("It would take 104 bytes; 100 bytes are all")


def test_what_follows_the_array_is_left_out(tmp_path):
    with (tmp_path / "own.npy").open("wb") as file:
        np.save(file, np.arange(3, dtype=np.float32))
        file.write(bytes(2000))
    found = read_data(tmp_path / "own.npy")
    assert found.values.values.tolist() == [0, 1, 2]
    assert found.notices == ("2.0 kB behind the array are left out.",)


def test_a_file_that_becomes_shorter_while_it_is_read(tmp_path, monkeypatch):
    path = tmp_path / "own.npy"
    np.save(path, np.zeros(100))
    whole = path.stat().st_size
    path.write_bytes(path.read_bytes()[:-8])
    monkeypatch.setattr(numpy_files, "plain_size", lambda path: whole)
    assert refused(path) == "It ended while it was read. Copy it again."


def test_what_fails_on_the_disk_is_said_as_such(tmp_path, monkeypatch):
    np.save(tmp_path / "own.npy", np.zeros(1))

    def fail(file):
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(numpy_files.npy, "read_magic", fail)
    assert refused(tmp_path / "own.npy") == "It cannot be read: Input/output error."


def test_large_arrays_are_read_in_pieces_and_can_be_given_up(tmp_path, monkeypatch):
    monkeypatch.setattr(numbers, "PIECE", 7)
    values = np.arange(50.0).reshape(10, 5)
    np.save(tmp_path / "own.npy", values)
    np.savez_compressed(tmp_path / "own.npz", values)
    for name in ("own.npy", "own.npz"):
        assert np.array_equal(read_data(tmp_path / name).values.values, values)
    answers = iter([False, False, True])
    with pytest.raises(Interrupted):
        read_data(tmp_path / "own.npy", stopped=lambda: next(answers))


def test_preview_of_one_two_and_three_axes(tmp_path):
    path = tmp_path / "own.npy"
    np.save(path, np.arange(30.0))
    assert read_data(path).preview == tuple((f"{k}.0",) for k in range(20))
    np.save(path, np.arange(200.0).reshape(2, 100))
    assert [len(row) for row in read_data(path).preview] == [50, 50]
    np.save(path, np.arange(12.0).reshape(2, 3, 2))
    assert read_data(path).preview == (("0.0", "1.0"), ("6.0", "7.0"))


# Zips that are not what they say


def test_a_bomb_is_not_unpacked(tmp_path):
    path = tmp_path / "own.npz"
    np.savez_compressed(path, x=np.zeros(20_000_000, np.float32))
    assert path.stat().st_size < 100_000
    assert refused(path) == (
        "It says that 78 kB in it become 80 MB; beyond 34 MB, at most 20 times as much is "
        "unpacked. Save it with numpy.savez."
    )


def test_zeros_that_are_packed_well_are_read(tmp_path):
    np.savez_compressed(tmp_path / "own.npz", x=np.zeros(1_000_000, np.float32))
    assert read_data(tmp_path / "own.npz").values.shape == (1_000_000,)


def test_an_entry_that_claims_more_than_it_has(tmp_path):
    start = header("{'descr': '<f8', 'fortran_order': False, 'shape': (400000, 100)}")
    with zipfile.ZipFile(tmp_path / "own.npz", "w") as archive:
        archive.writestr("x.npy", start + bytes(40))
    assert "it is cut off" in refused(tmp_path / "own.npz")


def test_an_entry_whose_bytes_were_changed(tmp_path):
    path = tmp_path / "own.npz"
    np.savez(path, x=np.zeros(1000))
    content = bytearray(path.read_bytes())
    content[4000] ^= 1
    path.write_bytes(content)
    assert refused(path) == "It is damaged. Copy it again, or save it again."


def test_a_directory_that_lies_before_the_file(tmp_path):
    path = tmp_path / "own.npz"
    np.savez(path, x=np.zeros(1000))
    content = bytearray(path.read_bytes())
    content[-6:-2] = b"\xff" * 4  # where it says that its directory begins
    path.write_bytes(content)
    assert refused(path) == "It is damaged. Copy it again, or save it again."


def test_an_archive_without_an_array(tmp_path):
    path = tmp_path / "own.npz"
    with zipfile.ZipFile(path, "w"):
        pass
    assert refused(path) == "It holds no sequence."
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("readme.txt", "none")
    assert refused(path) == "It holds no sequence. “readme.txt”: This is no array of numpy."
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("x.npy", "none")
    assert "“x”: It does not begin as numpy's files do." in refused(path)


def test_packed_in_another_way(tmp_path):
    with zipfile.ZipFile(tmp_path / "own.npz", "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("x.npy", bytes(100))
    assert refused(tmp_path / "own.npz") == (
        "It is packed in a way that numpy does not use. Save it with numpy.savez."
    )


def test_no_zip_at_all(tmp_path):
    for content in (b"no zip", bytes(100)):
        (tmp_path / "own.npz").write_bytes(content)
        assert refused(tmp_path / "own.npz").startswith("It does not end as numpy's .npz files do")


def test_more_arrays_than_are_read(tmp_path, monkeypatch):
    np.savez(tmp_path / "own.npz", a=np.ones(1), b=np.ones(1), c=np.ones(1))
    monkeypatch.setattr(numpy_files, "MAX_NPZ_ARRAYS", 2)
    assert refused(tmp_path / "own.npz") == "It has 3 arrays; at most 2 are read."
    monkeypatch.setattr(numpy_files, "MAX_NPZ_DIRECTORY", 20)
    assert refused(tmp_path / "own.npz") == "Its list of arrays has more than 20 bytes."


def test_more_arrays_than_a_small_zip_can_have(tmp_path):
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as made:
        for number in range(65_536):
            made.writestr(f"{number}", b"")
    (tmp_path / "own.npz").write_bytes(archive.getvalue())
    assert refused(tmp_path / "own.npz") == "It has 65,536 arrays; at most 10,000 are read."
