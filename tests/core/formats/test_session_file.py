"""Sessions come back to the bit; whatever else is in a file is refused in a sentence."""

import io
import json
import struct
import tracemalloc
import zipfile

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from oracles import every_settings

from rnnviz import formats, initialization, sequences
from rnnviz.arrays import Stored
from rnnviz.formats import UnreadableFile, packed, session_file
from rnnviz.formats.session_file import (
    ARRAYS,
    JSON,
    DockPlace,
    Layout,
    SavedSession,
    read_session,
    write_session,
)
from rnnviz.networks.base import Interrupted
from rnnviz.selection import Pin, Selection
from rnnviz.settings import InitializationSettings, SequenceSettings, Settings

PLACE = "ein Ordner/Sitzung √2.rnnviz"

stored = hnp.arrays(
    np.float32, hnp.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=4)
).map(Stored)
sequence_data = hnp.arrays(np.float32, hnp.array_shapes(min_dims=1, max_dims=3, max_side=4))
json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**6), 10**6) | st.text()
    | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)  # fmt: skip


def loaded_schemes():
    return st.builds(
        initialization.Loaded, file=st.text(), tensors=st.dictionaries(st.text(), stored)
    )


@st.composite
def loaded_sources(draw):
    data = draw(sequence_data)
    columns = data.shape[-1] if data.ndim > 1 else 1
    names = st.lists(st.text(), min_size=columns, max_size=columns).map(tuple)
    return sequences.Loaded(
        file=draw(st.text()),
        data=Stored(data),
        names=draw(st.just(()) | names),
        batch_first=draw(st.booleans()),
        columns=draw(st.text()),
        standardise=draw(st.booleans()),
    )


@st.composite
def any_settings(draw):
    """Return settings, at times with weights or inputs of a file in them."""
    settings = draw(every_settings())
    if draw(st.booleans()):
        init = settings.initialization.model_copy(update={"scheme": draw(loaded_schemes())})
        settings = settings.model_copy(update={"initialization": init})
    if draw(st.booleans()):
        sequence = settings.sequence.model_copy(update={"source": draw(loaded_sources())})
        settings = settings.model_copy(update={"sequence": sequence})
    return settings


selections = st.builds(
    Selection,
    st.integers(0, 5),
    st.integers(0, 5),
    st.none() | st.builds(Pin, st.sampled_from(("hidden", "output")), st.integers(0, 50)),
)
docks = st.builds(
    DockPlace,
    name=st.text(),
    area=st.sampled_from(("left", "right", "top", "bottom")),
    tab_of=st.text(),
    open=st.booleans(),
    width=st.integers(0, 5000),
    height=st.integers(0, 5000),
)
sessions = st.builds(
    SavedSession,
    settings=any_settings(),
    previous_weights=st.none() | st.builds(InitializationSettings, scheme=loaded_schemes()),
    preset=st.none() | st.text(),
    cursor=st.integers(0, 10**6),
    revealed=st.integers(0, 10**6),
    selection=selections,
    carried=st.none() | stored,
    views=st.dictionaries(
        st.text(), st.dictionaries(st.text(), json_values, max_size=3), max_size=3
    ),
    layout=st.builds(
        Layout, docks=st.lists(docks, max_size=3), splitter=st.lists(st.integers(0, 999))
    ),
)


@pytest.fixture
def path(tmp_path):
    """Return a path with a space and letters beyond ASCII in it."""
    place = tmp_path / PLACE
    place.parent.mkdir()
    return place


def with_arrays():
    """Return a session that holds numbers of files and a start state."""
    numbers = np.array([[1.5, -0.0], [np.nan, np.inf]], np.float32)
    return SavedSession(
        settings=Settings(
            initialization=InitializationSettings(
                scheme=initialization.Loaded(file="w.pt", tensors={"W_hh": Stored(numbers)})
            ),
            sequence=SequenceSettings(
                source=sequences.Loaded(file="x.csv", data=Stored(np.arange(6.0).reshape(3, 2)))
            ),
        ),
        carried=Stored(np.full((1, 1, 20), 0.25)),
    )


def write_zip(path, *members, compression=zipfile.ZIP_DEFLATED):
    """Write a zip with just these (name, content)."""
    with zipfile.ZipFile(path, "w", compression) as made:
        for name, content in members:
            made.writestr(name, content)


def parts(path, saved=None):
    """Return the JSON, parsed, and the bytes of the arrays that are written of a session."""
    write_session(path, saved or with_arrays())
    with zipfile.ZipFile(path) as made:
        return json.loads(made.read(JSON)), made.read(ARRAYS)


def rewrite(path, found, arrays):
    write_zip(path, (JSON, json.dumps(found)), (ARRAYS, arrays))


def assert_refused(path, words):
    """Check that reading says `words`, and begins with the file's name; return it."""
    with pytest.raises(UnreadableFile) as refused:
        read_session(path)
    said = str(refused.value)
    assert words in said
    assert said.startswith(f"{path.name}: ")
    assert said.endswith((".", "?"))
    assert not said.endswith("..")
    return said


# Round trips


@given(saved=sessions)
def test_round_trip(tmp_path_factory, saved):
    path = tmp_path_factory.mktemp("round") / "a b √.rnnviz"
    write_session(path, saved)
    assert read_session(path) == saved


def test_numbers_come_back_to_the_bit(path):
    bits = np.arange(2**12, dtype=np.uint32) * 1_048_573  # NaNs with a payload among them
    saved = SavedSession(settings=Settings(), carried=Stored(bits.view(np.float32)))
    write_session(path, saved)
    found = read_session(path).carried
    assert found is not None
    np.testing.assert_array_equal(found.values.view(np.uint32), bits)
    assert not found.values.flags.writeable


@given(saved=sessions)
def test_the_same_session_gives_the_same_bytes(tmp_path_factory, saved):
    folder = tmp_path_factory.mktemp("same")
    write_session(folder / "one.rnnviz", saved)
    write_session(folder / "two.rnnviz", saved.model_copy(deep=True))
    assert (folder / "one.rnnviz").read_bytes() == (folder / "two.rnnviz").read_bytes()


def test_half_a_surrogate_in_a_text(path):
    source = sequences.SEQUENCES["text"](text="a\ud800b")
    settings = Settings(sequence=SequenceSettings(source=source))
    write_session(path, SavedSession(settings=settings))
    assert read_session(path).settings == settings


def test_the_same_numbers_are_kept_once(path):
    numbers = np.random.default_rng(0).random(10_000, np.float32)
    scheme = initialization.Loaded(tensors={"a": Stored(numbers), "b": Stored(numbers)})
    init = InitializationSettings(scheme=scheme)
    write_session(path, SavedSession(settings=Settings(initialization=init), previous_weights=init))
    assert path.stat().st_size < 1.2 * numbers.nbytes


def test_recorded_states_are_not_part_of_it_and_that_is_said(path):
    settings = Settings(replay=object())
    write_session(path, SavedSession(settings=settings, replayed=True))
    found = read_session(path)
    assert found.settings.replay is None
    assert found.notices == (session_file.NOT_REPLAYED,)
    write_session(path, found)
    assert read_session(path) == found


def test_it_is_one_of_the_readers():
    assert formats.read_session is read_session
    assert "read_session" in formats.__all__


def test_a_session_packed_by_another_program_is_read(path):
    found, arrays = parts(path)
    rewrite(path, found, arrays)
    assert read_session(path) == with_arrays()


def test_nothing_is_written_of_what_does_not_fit(path, monkeypatch):
    write_session(path, with_arrays())
    before = path.read_bytes()
    monkeypatch.setattr(session_file, "MAX_SESSION_ARRAYS", 100)
    with pytest.raises(ValueError, match=r"numbers of files take .* at most 100 bytes fit"):
        write_session(path, with_arrays())
    monkeypatch.setattr(session_file, "MAX_JSON", 10)
    with pytest.raises(ValueError, match="The settings take"):
        write_session(path, SavedSession(settings=Settings()))
    assert path.read_bytes() == before


def test_a_folder_that_is_not_there(tmp_path):
    with pytest.raises(OSError, match="No such file"):
        write_session(tmp_path / "none" / "a.rnnviz", SavedSession(settings=Settings()))


# Versions


def test_an_older_version_is_brought_up(path, monkeypatch):
    found, arrays = parts(path)
    wanted = read_session(path)
    found["where"] = found.pop("cursor") + 3  # so version 0 called it
    found["version"] = 0

    def from_0(old):
        return {**{k: v for k, v in old.items() if k != "where"}, "cursor": old["where"]}

    monkeypatch.setitem(session_file.MIGRATIONS, 0, from_0)
    rewrite(path, found, arrays)
    assert read_session(path) == wanted.model_copy(update={"cursor": 3})
    rewrite(path, {"format": found["format"], "version": 0}, arrays)
    assert_refused(path, "it is not what version 0 of the format was")
    rewrite(path, found | {"version": 7}, arrays)
    assert_refused(path, "newer rnnviz (format 7; this one reads 0 to 1): update rnnviz.")


def test_a_newer_version_asks_for_an_update(path):
    found, arrays = parts(path)
    rewrite(path, found | {"version": 3}, arrays)
    assert_refused(
        path, "It was made by a newer rnnviz (format 3; this one reads 1): update rnnviz."
    )


@pytest.mark.parametrize("version", [0, -1, True, "1", None, 1.0])
def test_no_version(path, version):
    found, arrays = parts(path)
    rewrite(path, found | {"version": version}, arrays)
    assert_refused(path, "which version")


# What is refused


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"cursor": -1}, "cursor: Input should be greater than or equal to 0"),
        ({"cursor": 1.5}, "cursor"),
        ({"unknown": 1}, "unknown: Extra inputs are not permitted"),
        ({"settings": {"network": {"hidden_size": 0}}}, "settings.network.hidden_size"),
        ({"settings": []}, "settings"),
        ({"selection": {"sequence": -1}}, "counted from 0"),
        ({"selection": {"pin": {"part": "gate", "unit": 1}}}, "selection.pin.part"),
        ({"carried": {"sha256": "0" * 64}}, "carried: The numbers of the file that this speaks"),
        ({"carried": [1, 2]}, "by their SHA-256"),
        ({"views": {"a": 3}}, "views.a"),
        ({"layout": {"docks": 3}}, "layout.docks"),
        ({"layout": {"splitter": [-1]}}, "layout.splitter.0"),
    ],
)
def test_fields_that_are_not_what_they_should_be(path, change, words):
    found, arrays = parts(path)
    rewrite(path, found | change, arrays)
    assert_refused(path, words)


def test_changed_numbers_are_found_out(path):
    found, arrays = parts(path)
    rewrite(path, found, arrays[:-1] + bytes([arrays[-1] ^ 1]))
    assert_refused(path, "SHA-256 differs")


@pytest.mark.parametrize("text", ["", "[1", "\ud800".encode("utf-8", "surrogatepass"), "{'a': 1}"])
def test_what_is_no_json(path, text):
    write_zip(path, (JSON, text), (ARRAYS, parts(path)[1]))
    write_zip(path, (JSON, text), (ARRAYS, b""))
    assert_refused(path, "is no JSON")


@pytest.mark.parametrize("opening", ["[", '{"a":'])
def test_json_without_end(path, opening):
    write_zip(path, (JSON, opening * 100_000), (ARRAYS, b""))
    assert_refused(path, "is no JSON")


def test_deep_values_of_a_view(path):
    found, arrays = parts(path)
    deep = json.loads("[" * 900 + "]" * 900)
    rewrite(path, found | {"views": {"a": {"b": deep}}}, arrays)
    assert len(assert_refused(path, "views.a.b")) < 200


@pytest.mark.parametrize("text", ["3", "[]", "{}", '{"format": "another", "version": 1}'])
def test_json_of_something_else(path, text):
    write_zip(path, (JSON, text), (ARRAYS, b""))
    assert_refused(path, "It is no session of rnnviz.")


def test_arrays_that_cannot_be_read(path):
    found, arrays = parts(path)
    for broken in (b"", b"{}", arrays[:-4], struct.pack("<Q", 2**60) + b"{}"):
        rewrite(path, found, broken)
        assert_refused(path, "arrays.safetensors in it cannot be read")


@pytest.mark.parametrize(
    ("axes", "size"), [([1] * 65, 4), ([0, 2**62], 0)], ids=["too many", "too long"]
)
def test_axes_that_no_array_has(path, axes, size):
    header = {"x": {"dtype": "F32", "shape": axes, "data_offsets": [0, size]}}
    said = json.dumps(header).encode()
    rewrite(path, parts(path)[0], len(said).to_bytes(8, "little") + said + bytes(size))
    assert_refused(path, "arrays.safetensors in it cannot be read")


def test_arrays_of_another_type(path):
    from safetensors.numpy import save

    found, _ = parts(path)
    rewrite(path, found, save({"a": np.zeros(2)}))
    assert_refused(path, "does not hold float32")


def test_files_that_are_no_zip(path):
    path.write_bytes(b"")
    assert_refused(path, "it is no zip")
    path.write_bytes(b"PK")
    assert_refused(path, "cut off")
    path.write_bytes(json.dumps({"format": "rnnviz session"}).encode())
    assert_refused(path, "it is no zip")


def test_what_is_no_file(path):
    assert_refused(path, "There is no such file")
    path.mkdir()
    assert_refused(path, "This is a folder")


def test_a_disk_that_fails(path, monkeypatch):
    write_session(path, with_arrays())

    def failing(self, *args):
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(zipfile.ZipExtFile, "read", failing)
    assert_refused(path, "It cannot be read: Input/output error.")
    monkeypatch.setattr(zipfile.ZipExtFile, "read", lambda *_: (_ for _ in ()).throw(OSError("?")))
    assert_refused(path, "It cannot be read: ?.")


# Hostile zips


@pytest.mark.parametrize(
    "names",
    [
        (JSON,),
        (JSON, ARRAYS, "more"),
        (JSON, "../arrays.safetensors"),
        ("/session.json", ARRAYS),
        (JSON, "folder/" + ARRAYS),
        (JSON.upper(), ARRAYS),
        (JSON, ARRAYS + "/"),
    ],
)
def test_only_the_two_names_that_are_expected(path, names):
    found, arrays = parts(path)
    contents = {JSON: json.dumps(found), ARRAYS: arrays}
    write_zip(path, *((name, contents.get(name, b"")) for name in names))
    assert_refused(path, "just the 2 files")


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_no_name_stands_twice(path):
    found, _ = parts(path)
    write_zip(path, (JSON, json.dumps(found)), (JSON, json.dumps(found)))
    assert_refused(path, "just the 2 files")


def test_a_zip_bomb_is_not_unpacked(path):
    write_zip(path, (JSON, b"{}"), (ARRAYS, bytes(60 * 2**20)))
    tracemalloc.start()
    assert_refused(path, "packed more than 20 times")
    assert tracemalloc.get_traced_memory()[1] < 2**20
    tracemalloc.stop()


def test_sizes_beyond_the_limits(path, monkeypatch):
    write_session(path, with_arrays())
    monkeypatch.setitem(session_file.LIMITS, ARRAYS, 10)
    assert_refused(path, "arrays.safetensors in it has")
    monkeypatch.setitem(session_file.LIMITS, JSON, 10)
    assert_refused(path, "session.json in it has")


def test_no_more_numbers_than_this_machine_has_room_for(path, monkeypatch):
    write_session(path, with_arrays())
    monkeypatch.setattr("rnnviz.memory.LEAST_BUDGET", 100)
    monkeypatch.setattr("rnnviz.memory.physical_memory", lambda: 200)
    assert_refused(path, "at most 100 bytes are read")


def patched(path, offset, layout, value, *, central=True):
    """Change a field of the first entry of the directory, or of the directory's end."""
    content = bytearray(path.read_bytes())
    place = (
        content.rindex(b"PK\1\2", 0, content.rindex(b"PK\1\2")) if central else len(content) - 22
    )
    struct.pack_into(layout, content, place + offset, value)
    path.write_bytes(content)


def test_a_size_that_is_not_the_real_one(path):
    parts(path)
    patched(path, 24, "<L", 100)  # the file's size
    assert_refused(path, "damaged")
    parts(path)
    patched(path, 20, "<L", 2**31)  # its packed size
    assert_refused(path, "damaged")


def test_a_directory_that_lies_before_the_file(path):
    write_session(path, with_arrays())
    content = bytearray(path.read_bytes())
    content[-6:-2] = b"\xff" * 4  # where it says that its directory begins
    path.write_bytes(content)
    assert_refused(path, "It is damaged or cut off. Copy it again")


def test_encryption_and_uncommon_packing(path):
    parts(path)
    patched(path, 8, "<H", 1)
    assert_refused(path, "encrypted")
    parts(path)
    patched(path, 10, "<H", zipfile.ZIP_LZMA)
    assert_refused(path, "uncommon")


def test_a_directory_that_is_too_long_is_not_read(path):
    parts(path)
    patched(path, 12, "<L", 2**30, central=False)
    assert_refused(path, "just the 2 files")
    parts(path)
    patched(path, 20, "<H", 1, central=False)  # a comment that is not there
    assert_refused(path, "damaged")


def test_the_directory_of_large_zips_is_not_followed(path):
    parts(path)
    content = path.read_bytes()
    locator = struct.pack("<4sLQL", b"PK\6\7", 0, 0, 1)
    path.write_bytes(content[:-22] + locator + content[-22:])
    assert_refused(path, "damaged")


@given(data=st.data())
def test_cut_off_files_are_refused(tmp_path_factory, data):
    path = tmp_path_factory.mktemp("cut") / "a.rnnviz"
    write_session(path, with_arrays())
    content = path.read_bytes()
    path.write_bytes(content[: data.draw(st.integers(0, len(content) - 1))])
    with pytest.raises(UnreadableFile):
        read_session(path)


@given(data=st.data())
def test_flipped_bits_are_refused_or_do_not_matter(tmp_path_factory, data):
    path = tmp_path_factory.mktemp("flip") / "a.rnnviz"
    write_session(path, with_arrays())
    content = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    path.write_bytes(content)
    try:
        found = read_session(path)
    except UnreadableFile:
        return
    assert found == with_arrays()  # a date, or what else says nothing


@given(content=st.binary(max_size=200))
def test_any_bytes_at_all(tmp_path_factory, content):
    path = tmp_path_factory.mktemp("any") / "a.rnnviz"
    path.write_bytes(b"PK" + content)
    with pytest.raises(UnreadableFile):
        read_session(path)


@given(found=st.dictionaries(st.sampled_from(sorted(SavedSession.model_fields)), json_values))
def test_any_json_at_all(tmp_path_factory, found):
    path = tmp_path_factory.mktemp("json") / "a.rnnviz"
    _, arrays = parts(path)
    rewrite(path, {"format": session_file.FORMAT, "version": 1, **found}, arrays)
    with pytest.raises(UnreadableFile):
        read_session(path)


# Giving up


def test_it_gives_up_between_pieces(path, monkeypatch):
    monkeypatch.setattr(packed, "PIECE", 100)
    write_session(path, with_arrays())
    asked = []

    def stopped():
        asked.append(None)
        return len(asked) == 3

    with pytest.raises(Interrupted):
        read_session(path, stopped=stopped)
    assert len(asked) == 3


def test_reading_leaves_the_file_closed_and_as_it_was(path):
    write_session(path, with_arrays())
    before = path.read_bytes()
    read_session(path)
    assert path.read_bytes() == before
    assert isinstance(zipfile.ZipFile(io.BytesIO(before)), zipfile.ZipFile)
