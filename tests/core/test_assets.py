"""Data files are found in a checkout and in an installed package."""

import pytest

from rnnviz import assets
from rnnviz.assets import asset


@pytest.fixture
def package(tmp_path, monkeypatch):
    """Return a package folder without resources, in an empty place."""
    folder = tmp_path / "rnnviz"
    folder.mkdir()
    monkeypatch.setattr(assets, "_PACKAGE", folder)
    return folder


def put(folder, text):
    (folder / "resources").mkdir()
    (folder / "resources" / "note.txt").write_text(text, encoding="utf-8")


def test_the_presets_are_there():
    assert (asset("presets") / "hello.json").is_file()


def test_beside_the_package_in_a_checkout(package):
    put(package.parent, "beside")
    assert asset("note.txt").read_text(encoding="utf-8") == "beside"


def test_inside_the_package_first(package):
    put(package.parent, "beside")
    put(package, "inside")
    assert asset("note.txt").read_text(encoding="utf-8") == "inside"


def test_what_is_in_neither_place_is_named(package):
    put(package, "inside")
    with pytest.raises(FileNotFoundError, match=r"resources/other.txt is missing"):
        asset("other.txt")
