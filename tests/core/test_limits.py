"""Limits have one place, each is used and said, and the page lists them."""

import ast
import re
from pathlib import Path

from rnnviz import limits
from rnnviz.budget import readable_bytes

ROOT = Path(__file__).parents[2]
OWN = Path(limits.__file__)
FILES = [path for path in (ROOT / "rnnviz").rglob("*.py") if path != OWN]
SOURCES = {path: path.read_text("utf-8") for path in FILES}
TREE = ast.parse(OWN.read_text("utf-8"))
DOCUMENTED = re.compile(r"(?P<guards>.+?) Says(?: nothing)?: “?(?P<said>.+?)”?", re.DOTALL)
NAMES = [node.targets[0].id for node in TREE.body if isinstance(node, ast.Assign)]
OF_PYDANTIC = "less than or equal to"
RANGES = {"MAX_SPEED"}
"""What a slider goes to: no guard."""


def documented():
    """Return what stands below each constant, by its name."""
    pairs = zip(TREE.body, TREE.body[1:], strict=False)
    return {
        node.targets[0].id: below.value.value
        for node, below in pairs
        if isinstance(node, ast.Assign) and isinstance(below, ast.Expr)
    }


def parts(name):
    match = DOCUMENTED.fullmatch(documented().get(name, ""))
    assert match, f"{name} does not say what it guards, and what is said"
    return match


def row(name):
    match, value = parts(name), getattr(limits, name)
    shown = readable_bytes(value) if match["guards"].startswith("Bytes") else f"{value:,}"
    said = match["said"] if "Says nothing" in match[0] else f"“… {match['said'].strip()} …”"
    return f"| `{name}` | {shown} | {match['guards']} | {said} |"


def imported():
    """Return the names that other modules take from the limits."""
    nodes = (node for text in SOURCES.values() for node in ast.walk(ast.parse(text)))
    taken = (n for n in nodes if isinstance(n, ast.ImportFrom) and n.module == limits.__name__)
    return {alias.name for node in taken for alias in node.names}


def test_each_is_looked_at():
    assert imported() == set(NAMES)


def test_each_is_said_in_words_of_the_program():
    words = [re.sub(r'"\s*f?"', "", text) for text in SOURCES.values()]  # texts of several lines
    for name in NAMES:
        said = parts(name)["said"]
        ours = "Says nothing" not in parts(name)[0] and said != OF_PYDANTIC
        assert not ours or any(said in text for text in words), f"{name}: {said}"


def test_the_page_lists_them():
    page = (ROOT / "docs" / "limits.md").read_text("utf-8")
    missing = [row(name) for name in NAMES if row(name) not in page]
    assert not missing, "\n".join(missing)
    assert page.count("\n| `") == len(NAMES)


def test_no_other_module_has_a_limit_of_its_own():
    elsewhere = re.compile(r"^(MAX_\w+)(?:: \w+)? = ", re.MULTILINE)
    found = {
        f"{path.name}: {name}"
        for path, text in SOURCES.items()
        for name in elsewhere.findall(text)
        if name not in RANGES
    }
    assert found == set()
