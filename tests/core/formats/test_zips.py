"""What the end of a zip says."""

import io
import zipfile

import pytest
import torch

from rnnviz.formats.zips import Directory, directory_of


def packed(names, comment=b""):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name in names:
            archive.writestr(name, b"x")
        archive.comment = comment
    return file


@pytest.mark.parametrize("count", [0, 1, 5])
def test_how_many_files_and_how_long_their_list_is(count):
    directory = directory_of(packed([f"{k}" for k in range(count)]))
    assert directory == Directory(count, count * 47, large=False)


def test_torch_writes_the_end_of_large_ones():
    file = io.BytesIO()
    torch.save({"a": torch.zeros(2)}, file)
    with zipfile.ZipFile(file) as archive:
        count, place = len(archive.filelist), archive.start_dir
    directory = directory_of(file)
    assert (directory.files, directory.large) == (count, True)
    assert directory.nbytes == len(file.getvalue()) - place - 22 - 20 - 56


@pytest.mark.parametrize("content", [b"", b"PK", b"PK\5\6", b"x" * 200])
def test_no_zip(content):
    assert directory_of(io.BytesIO(content)) is None


def test_a_comment_is_not_skipped():
    assert directory_of(packed("a", comment=b"hello")) is None


def test_a_large_end_that_is_not_there():
    content = packed("a").getvalue()
    locator = b"PK\6\7".ljust(20, b"\0")
    assert directory_of(io.BytesIO(content[:-22] + locator + content[-22:])) is None
