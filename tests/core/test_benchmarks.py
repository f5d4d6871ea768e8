"""What the benchmarks print, and that they are all there; what they measure is not tested here."""

import ast
import json
import math
import sys
import types
from pathlib import Path

import pytest

import benchmarks
from benchmarks import __main__ as program
from benchmarks import isolated, machine
from benchmarks.arguments import Options, listing, parse
from benchmarks.effort import FEWEST, Effort
from benchmarks.pairs import Limit, Pairs, Row, alternate, duration, figure, ratio_row, timed
from benchmarks.processes import answer, seconds_until_word
from benchmarks.report import as_json, cells, markdown_table, text_table

NAMES = (
    "startup", "step", "lockstep", "growth", "pause", "run_all", "weights", "training", "memory",
    "peers",
)  # fmt: skip
FOLDER = Path(benchmarks.__file__).parent
HELD = Row("a step", (1.0, 2.0, 4.0), Limit(3.0), note="2 ms / 1 ms")
BROKEN = Row("a pause", (20.0,), Limit(16.7), "ms")
FAST = Row("a peer", (150.0,), Limit(100, at_least=True))
ABSENT = Row("another peer", (), Limit(100, at_least=True), note="needs matplotlib")


# The command line


def test_all_are_run_when_none_is_named():
    assert parse([]) == Options(names=NAMES)


def test_every_option():
    given = parse(["step", "memory", "--json", "out.json", "--quick", "--markdown", "--list"])
    assert given == Options(("step", "memory"), Path("out.json"), True, True, True)


def test_an_unknown_name_is_refused_with_those_that_there_are(capsys):
    with pytest.raises(SystemExit) as ended:
        parse(["steps"])
    assert ended.value.code == 2
    said = capsys.readouterr().err
    assert "no benchmark 'steps'" in said
    assert all(name in said for name in NAMES)


def test_help_and_list_name_every_benchmark(capsys):
    with pytest.raises(SystemExit):
        parse(["--help"])
    helped = capsys.readouterr().out
    assert program.main(["--list"]) == 0
    assert capsys.readouterr().out == listing() + "\n"
    assert all(name in helped and name in listing() for name in NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_every_benchmark_has_a_file_that_measures(name):
    tree = ast.parse((FOLDER / f"{name}.py").read_text(encoding="utf-8"))
    functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    assert [argument.arg for argument in functions["measure"].args.args] == ["effort"]


def test_quick_measures_fewer_pairs_but_never_too_few():
    assert [Effort().pairs(40), Effort(quick=True).pairs(40)] == [40, 10]
    assert Effort(quick=True).pairs(5) == FEWEST


# The statistics


def test_ratios_are_taken_pair_by_pair():
    # The medians of both sides alone would give 2 / 2.
    assert Pairs((1.0, 2.0, 9.0), (2.0, 1.0, 3.0)).ratios == (0.5, 2.0, 3.0)


def test_pairs_are_measured_by_turns_and_warming_up_does_not_count():
    order = []

    def measure(name):
        order.append(name)
        return float(len(order))

    found = alternate(lambda: measure("a"), lambda: measure("b"), 2, warm_up=1)
    assert "".join(order) == "ababab"
    assert found == Pairs((3.0, 5.0), (4.0, 6.0))


def test_timed_averages_over_the_calls(monkeypatch):
    clock = iter([10.0, 16.0])
    monkeypatch.setattr("benchmarks.pairs.time.perf_counter", lambda: next(clock))
    calls = []
    assert timed(lambda: calls.append(1), 3) == 2.0
    assert len(calls) == 3


def test_median_and_quartiles():
    row = Row("", (5.0, 1.0, 2.0, 4.0, 3.0))
    assert (row.median, row.spread) == (3.0, (2.0, 4.0))
    assert BROKEN.spread == (20.0, 20.0)


def test_a_limit_holds_at_its_value_and_from_the_right_side():
    assert Limit(3.0).holds(3.0) and not Limit(3.0).holds(3.01)
    assert Limit(100, at_least=True).holds(100) and not Limit(100, at_least=True).holds(99.9)
    assert [row.holds for row in (HELD, BROKEN, FAST, ABSENT)] == [True, False, True, None]
    assert Row("", (1.0,)).holds is None


def test_a_ratio_row_tells_both_medians():
    row = ratio_row("a step", Pairs((0.002, 0.004, 0.003), (0.001, 0.001, 0.001)), Limit(3.0))
    assert row.values == (2.0, 4.0, 3.0)
    assert row.note == "3.00 ms / 1.00 ms"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(2.5e-5, "25.0 µs"), (9.996e-4, "1,000 µs"), (0.0123, "12.3 ms"), (2.15, "2.15 s")],
)
def test_durations_have_a_unit_that_suits(seconds, text):
    assert duration(seconds) == text


def test_figures_have_three_digits_that_count():
    assert [figure(value) for value in (1.256, 12.56, 125.6, 3215.0)] == [
        "1.26", "12.6", "126", "3,215",
    ]  # fmt: skip


# The report


def test_what_stands_in_the_columns():
    assert cells(HELD) == (
        "a step", "≤ 3.00", "2.00", "1.50 to 3.00", "3", "holds", "2 ms / 1 ms",
    )  # fmt: skip
    assert cells(BROKEN)[1:6] == ("≤ 16.7 ms", "20.0 ms", "20.0 to 20.0", "1", "does not hold")
    assert cells(FAST)[1:6] == ("≥ 100", "150", "150 to 150", "1", "holds")
    assert cells(ABSENT) == (
        "another peer", "≥ 100", "", "", "0", "not measured", "needs matplotlib",
    )  # fmt: skip


def test_columns_of_the_text_begin_at_the_same_place():
    lines = text_table([HELD, BROKEN]).splitlines()
    assert (
        len({line.index(mark) for line, mark in zip(lines, ("limit", "≤", "≤"), strict=True)}) == 1
    )
    assert [line for line in lines if line != line.rstrip()] == []


def test_markdown_has_a_line_for_each_row():
    lines = markdown_table([HELD, FAST]).splitlines()
    assert len(lines) == 4
    assert {line.count("|") for line in lines} == {8}
    assert lines[2] == "| a step | ≤ 3.00 | 2.00 | 1.50 to 3.00 | 3 | holds | 2 ms / 1 ms |"


def test_json_keeps_every_value():
    told = json.loads(json.dumps(as_json([HELD, ABSENT], {"Machine": "a"})))
    held, absent = told["rows"]
    assert told["machine"] == {"Machine": "a"}
    assert held["values"] == [1.0, 2.0, 4.0]
    assert (held["median"], held["quartiles"], held["holds"]) == (2.0, [1.5, 3.0], True)
    assert held["limit"] == {"value": 3.0, "at_least": False}
    assert (absent["median"], absent["holds"], absent["values"]) == (None, None, [])


def test_the_machine_and_all_versions_are_told():
    import torch

    told = machine.describe()
    assert f"torch {torch.__version__}" in told["Versions"]
    assert all(name in told["Versions"] for name in machine.PACKAGES)
    assert machine.version("no-such-package-anywhere") == "not installed"
    assert machine.cpu_model() in told["Machine"]


# The program


def test_a_benchmark_that_breaks_down_does_not_lose_the_others(monkeypatch, capsys, tmp_path):
    def run(name, effort):
        if name == "step":
            raise RuntimeError("nothing is painted")
        return [Row(name, (1.5 if effort.quick else math.nan,))]

    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    monkeypatch.setattr(program, "run", run)
    file = tmp_path / "out.json"
    assert program.main(["step", "pause", "--quick", "--json", str(file)]) == 1
    said = capsys.readouterr()
    assert "nothing is painted" in said.err
    assert "pause" in said.out and "1.50" in said.out
    assert [row["what"] for row in json.loads(file.read_text())["rows"]] == ["pause"]
    assert program.main(["pause", "--quick", "--markdown"]) == 0
    assert "| pause |" in capsys.readouterr().out


def test_a_benchmark_is_found_by_its_name(monkeypatch):
    found = types.SimpleNamespace(measure=lambda effort: [Row("found", (1.0,))])
    monkeypatch.setitem(sys.modules, "benchmarks.some", found)
    assert isolated.measure("some", Effort()) == [Row("found", (1.0,))]


def test_the_time_until_a_process_says_something():
    endless = "import threading; print('now', flush=True); threading.Event().wait()"
    assert seconds_until_word("-c", endless) > 0  # and it is not waited for any longer
    with pytest.raises(RuntimeError, match="said nothing"):
        seconds_until_word("-c", "pass")


def test_the_last_line_of_a_module_is_its_answer():
    assert answer("benchmarks", "--list") == listing().splitlines()[-1]


def test_what_others_are_missing_is_said_first(monkeypatch, capsys):
    monkeypatch.setattr(program, "find_spec", lambda name: None if name == "pyqtgraph" else name)
    assert program.main(["step", "peers"]) == 2
    assert capsys.readouterr().err == 'pyqtgraph is not installed: pip install -e ".[bench]"\n'
    assert program.lacking_for(["step", "memory"]) == ""
