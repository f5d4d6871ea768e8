"""The public names, and what importing them does not import."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
import torch

import rnnviz
from rnnviz.analysis.checking import check
from rnnviz.networks.conversion import convert
from rnnviz.networks.elman import ElmanRNN
from rnnviz.traces.tracing import trace

WITHOUT_TORCH = (
    "rnnviz",
    "rnnviz.settings",
    "rnnviz.presets",
    "rnnviz.changes",
    "rnnviz.building",
    "rnnviz.recorded_settings",
    "rnnviz.module_settings",
    "rnnviz.colour_map",
    "rnnviz.networks",
    "rnnviz.networks.conversion",
    "rnnviz.initialization",
    "rnnviz.sequences",
    "rnnviz.tables",
    "rnnviz.assets",
    "rnnviz.fields",
)
WITH_TORCH = (
    "rnnviz.networks.base",
    "rnnviz.networks.elman",
    "rnnviz.networks.pytorch",
    "rnnviz.networks.custom",
    "rnnviz.traces.record",
    "rnnviz.traces.run",
    "rnnviz.traces.trace",
    "rnnviz.traces.tracing",
    "rnnviz.analysis.scales",
    "rnnviz.analysis.terms",
    "rnnviz.analysis.checking",
)
NO_QT = "import sys; sys.modules.update(dict.fromkeys(('PySide6', 'pyqtgraph')))"


def python(*lines):
    """Run lines in a Python of their own and return what they print."""
    done = subprocess.run(
        [sys.executable, "-c", "\n".join(lines)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_names():
    assert rnnviz.ElmanRNN is ElmanRNN
    assert rnnviz.trace is trace
    assert rnnviz.convert is convert
    assert rnnviz.check is check
    assert set(rnnviz.__all__) <= set(dir(rnnviz))
    for name in set(rnnviz.__all__) - {"show"}:  # that one needs Qt
        assert getattr(rnnviz, name) is not None


def test_the_version_is_three_numbers():
    assert [part.isdigit() for part in rnnviz.__version__.split(".")] == [True] * 3


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="module 'rnnviz' has no attribute 'trase'"):
        _ = rnnviz.trase
    with pytest.raises(ImportError):
        from rnnviz import trase  # noqa: F401  (the failure is the point)


def test_core_rooms_load_where_there_is_no_qt_at_all():
    imports = [f"import {name}" for name in (*WITHOUT_TORCH, *WITH_TORCH)]
    run = "import torch; print(rnnviz.trace(rnnviz.ElmanRNN(1, 2, 3), torch.zeros(4, 1)))"
    assert "hidden (5, 1, 1, 2)" in python(NO_QT, *imports, run)


def test_the_settings_load_without_torch():
    imports = [f"import {name}" for name in WITHOUT_TORCH]
    check = "print([m for m in ('torch', 'PySide6', 'pyqtgraph') if m in sys.modules])"
    assert python("import sys", *imports, check) == "[]\n"


def test_presets_are_read_without_torch():
    lines = ("import sys, rnnviz.presets", "rnnviz.presets.load_presets()")
    assert python(*lines, "print('torch' in sys.modules)") == "False\n"


def test_the_example_of_the_documentation():
    record = rnnviz.trace(torch.nn.RNN(10, 20, 2), torch.randn(5, 3, 10))
    assert record.hidden.shape == (6, 2, 3, 20)


def test_the_examples_of_the_readme_print_what_it_shows(capsys):
    readme = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    names = {}
    for block in re.findall(r"```python\n(.*?)```", readme, re.DOTALL):
        exec(block, names)
    printed = capsys.readouterr().out.splitlines()
    shown = readme.split("```\n" + printed[0])[1].splitlines()
    assert printed[2] in shown  # the faults; figures may vary in their last digits
    assert len(printed) - 1 == shown[1:].index("```")


def test_the_example_of_a_layer_runs_as_its_page_says():
    page = (Path(__file__).parents[2] / "docs" / "python.md").read_text(encoding="utf-8")
    names = {}
    for block in re.findall(r"```python\n(.*?)```", page, re.DOTALL):
        exec(block, names)
    shape = re.search(r"record\.hidden\.shape  # (\([\d, ]+\))", page)[1]
    assert str(names["record"].hidden.shape) == shape
