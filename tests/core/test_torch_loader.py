"""Importing torch, where it is missing, broken or too old."""

import re
import sys
from pathlib import Path
from types import ModuleType

import pytest
import torch

from rnnviz.torch_loader import OLDEST, REMEDY, TorchError, TorchThread, import_torch

PROJECT = Path(__file__).parents[2] / "pyproject.toml"


class Broken:
    """A finder whose torch raises what a broken one does."""

    @classmethod
    def find_spec(cls, name, *_):
        if name == "torch":
            raise OSError("libtorch_cpu.so: cannot open shared object file\nand more")


@pytest.fixture
def without_torch(monkeypatch):
    """Forget torch until the end of the test."""
    monkeypatch.delitem(sys.modules, "torch")
    return monkeypatch


def test_the_one_that_is_here_will_do():
    import_torch()
    assert sys.modules["torch"] is torch


def test_a_missing_one(without_torch):
    without_torch.setitem(sys.modules, "torch", None)
    with pytest.raises(TorchError, match=r"PyTorch is missing .*Install it with: pip install"):
        import_torch()


def test_a_broken_one_is_told_of_in_one_line(without_torch):
    without_torch.setattr(sys, "meta_path", [Broken, *sys.meta_path])
    with pytest.raises(TorchError, match=r"broken \(libtorch_cpu\.so: cannot open") as raised:
        import_torch()
    assert "\n" not in str(raised.value) and isinstance(raised.value.__cause__, OSError)


def test_an_old_one(without_torch):
    old = ModuleType("torch")
    old.__version__ = "2.9.1+cu128"
    without_torch.setitem(sys.modules, "torch", old)
    with pytest.raises(TorchError, match=r"PyTorch 2\.9\.1\+cu128 is too old: at least 2\.10"):
        import_torch()


def test_a_thread_hands_its_error_over(without_torch):
    without_torch.setitem(sys.modules, "torch", None)
    thread = TorchThread()
    thread.start()
    thread.join(20)
    with pytest.raises(TorchError, match="missing"):
        thread.result()


def test_a_thread_that_succeeds():
    thread = TorchThread()
    thread.start()
    thread.join(20)
    assert thread.result() is None


def test_the_remedy_is_what_the_project_asks_for():
    wanted = re.search(r'"(torch>=[^"]+)"', PROJECT.read_text(encoding="utf-8"))[1]
    assert f'"{wanted}"' in REMEDY
    assert wanted.startswith(f"torch>={OLDEST[0]}.{OLDEST[1]},")
