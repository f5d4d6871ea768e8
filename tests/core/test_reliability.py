"""The page of faults and the tests named after them belong together."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROW = re.compile(r"^\| ([A-Z]\d+) \|", re.MULTILINE)
TEST = re.compile(r"^\s*(?:async )?def test_([A-Z]\d+)_\w+\(", re.MULTILINE)
NOT_HERE = re.compile(r"^- ([A-Z]\d+): \S", re.MULTILINE)


def promised():
    """Return the faults of the page, and those that it says cannot be tested."""
    page = (ROOT / "docs" / "reliability.md").read_text("utf-8")
    return ROW.findall(page), NOT_HERE.findall(page)


def tested():
    """Return the faults that tests are named after."""
    files = (ROOT / "tests").rglob("test_*.py")
    return {fault for file in files for fault in TEST.findall(file.read_text("utf-8"))}


def test_every_fault_has_a_test_of_its_name_or_a_reason():
    faults, untested = promised()
    assert len(faults) > 40 and len(set(faults)) == len(faults)
    assert sorted(set(faults) - tested() - set(untested)) == []
    assert sorted(set(untested) & tested()) == []


def test_every_test_that_is_named_after_a_fault_is_on_the_page():
    assert sorted(tested() - set(promised()[0])) == []
