"""Tables of text: found out how to read them, or read as is said."""

import csv
import io
import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnviz.formats import UnreadableFile, read_data, table_file, table_rows
from rnnviz.formats.cells import number_in
from rnnviz.formats.data import Reading
from rnnviz.formats.table_rows import MEND
from rnnviz.networks.base import Interrupted

DELIMITERS = (",", "\t", ";", "|", " ")
NUMBERS = st.floats(width=32, allow_infinity=False, allow_nan=False) | st.integers(-999, 999)
HEAD = st.text(st.characters(codec="latin-1", categories=["L"]), min_size=5, max_size=9)
HEADS = st.lists(HEAD, min_size=6, max_size=6, unique=True)


def tables(least_rows=2, least_columns=2):
    def rows(columns):
        row = st.lists(NUMBERS, min_size=columns, max_size=columns)
        return st.lists(row, min_size=least_rows, max_size=30)

    return st.integers(least_columns, 6).flatmap(rows)


def written(rows, delimiter, decimal, head=None, quoting=csv.QUOTE_MINIMAL, end="\n"):
    """Return what Python's own csv module writes."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, quoting=quoting, lineterminator=end)
    if head:
        writer.writerow(head)
    for row in rows:
        writer.writerow(["" if v is None else str(v).replace(".", decimal) for v in row])
    return text.getvalue()


def single(rows):
    return np.array([[math.nan if v is None else v for v in row] for row in rows], np.float32)


def read(tmp_path, content, name="own.csv", **how):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_data(path, **how)


def refused(tmp_path, content, **how):
    with pytest.raises(UnreadableFile) as caught:
        read(tmp_path, content, **how)
    return caught.value.reason


def values(found):
    return found.values.values.tolist()


# Round trips


@pytest.mark.parametrize("delimiter", DELIMITERS)
@pytest.mark.parametrize("decimal", [".", ","])
@pytest.mark.parametrize("quoting", [csv.QUOTE_MINIMAL, csv.QUOTE_ALL])
@given(rows=tables(), head=st.booleans(), heads=HEADS,
       end=st.sampled_from(["\n", "\r\n", "\r"]), encoding=st.sampled_from(["utf-8", "utf-8-sig",
       "utf-16", "utf-32"]))  # fmt: skip
def test_every_way_to_write_a_table(
    tmp_path, delimiter, decimal, quoting, rows, head, heads, end, encoding
):
    names = heads[: len(rows[0])] if head else None
    text = written(rows, delimiter, decimal, names, quoting, end)
    reading = Reading(delimiter, head, decimal, encoding, prose=False)
    found = read(tmp_path, text.encode(encoding), reading=reading)
    assert found.values.values.tobytes() == single(rows).tobytes()
    assert found.columns == tuple(names or ())
    assert found.reading == reading


@pytest.mark.parametrize("delimiter", DELIMITERS)
@pytest.mark.parametrize("decimal", [".", ","])
@given(rows=tables(), head=st.booleans(), heads=HEADS)
def test_how_it_is_written_is_found_out(tmp_path, delimiter, decimal, rows, head, heads):
    rows = [[0.5, *row[1:]] for row in rows]  # one number at least that tells the decimal sign
    names = heads[: len(rows[0])] if head else None
    text = written(rows, delimiter, decimal, names)
    found = read(tmp_path, text)
    assert found.reading == Reading(delimiter, head, decimal, "utf-8", prose=False)
    assert found.values.values.tobytes() == single(rows).tobytes()
    assert found.columns == tuple(names or ())


@given(rows=tables(least_rows=1, least_columns=1), name=st.sampled_from(["own.csv", "own.txt"]))
def test_numpy_savetxt(tmp_path, rows, name):
    path = tmp_path / name
    np.savetxt(path, single(rows), header="written by numpy")
    assert read_data(path).values.values.tobytes() == single(rows).tobytes()


@given(st.lists(st.lists(st.none() | st.floats(width=32, allow_nan=False, allow_infinity=False),
                         min_size=3, max_size=3), min_size=3, max_size=20),
       st.sampled_from(["", "NA", "nan", "N/A", "null", "#N/A", "-"]))  # fmt: skip
def test_missing_numbers_are_nan_and_counted(tmp_path, rows, missing):
    rows = [[1.5, 2.5, 3.5], *rows, [4.5, 5.5, 6.5]]
    lines = [",".join(missing if v is None else repr(v) for v in row) for row in rows]
    found = read(tmp_path, "\n".join(lines))
    wanted = single(rows)
    assert np.array_equal(found.values.values, wanted, equal_nan=True)
    count = int(np.isnan(wanted).sum())
    said = [f"{'1 number is' if count == 1 else f'{count} numbers are'} missing: NaN."]
    assert list(found.notices) == (said if count else [])


# What is found out


@pytest.mark.parametrize(
    ("text", "columns", "wanted"),
    [
        ("1.5", (), [[1.5]]),
        ("5\n6\n7\n", (), [[5], [6], [7]]),
        ("x\n1,5\n2,5\n", ("x",), [[1.5], [2.5]]),
        ("a,b\n\n# a comment\n1,2\n  # another\n3,4\n\n", ("a", "b"), [[1, 2], [3, 4]]),
        ("a;b\n1.234,5;2\n1.000.000;3\n", ("a", "b"), [[1234.5, 2], [1e6, 3]]),
        ('a,b\n"1,234.5",2\n"1,000,000",3\n', ("a", "b"), [[1234.5, 2], [1e6, 3]]),
        ('"1,5","2,5"\n"3,5","4,5"\n', (), [[1.5, 2.5], [3.5, 4.5]]),
        ("1, 2,  3\n4, 5,  6\n", (), [[1, 2, 3], [4, 5, 6]]),
        ("  1   2\n 10  20\n", (), [[1, 2], [10, 20]]),
        ("1\t2  3\n4\t5  6\n", (), [[1, 2, 3], [4, 5, 6]]),
        ("−1,+2\n3e2,.5\n", (), [[-1, 2], [300, 0.5]]),
        ("a,b,\n1,2,\n3,4,\n", ("a", "b"), [[1, 2], [3, 4]]),
        ("a,b\n1,2,\n3,4,\n", ("a", "b"), [[1, 2], [3, 4]]),
        (",b\n1.5,2\n3,4\n", ("column 0", "b"), [[1.5, 2], [3, 4]]),
        ('"u" "v v"\n"r1" 1 2\n"r2" 3 4\n', ("u", "v v"), [[1, 2], [3, 4]]),
        ('a,b\n1,"2"\n"3",4\n', ("a", "b"), [[1, 2], [3, 4]]),
        ('"a\nb",c\n1,2\n', ("a b", "c"), [[1, 2]]),
        (",0,1\n0,0.5,1.5\n1,2.5,3.5\n", ("0", "1"), [[0.5, 1.5], [2.5, 3.5]]),
        (",2019,2020\nUlm,1,2\nBonn,3,4\n", ("2019", "2020"), [[1, 2], [3, 4]]),
        ("sep=;\na;b\n0,5;1\n", ("a", "b"), [[0.5, 1]]),
        ("SEP=,\n0,5\n1,5\n", (), [[0, 5], [1, 5]]),
        ("a;b\n1’234.5;2\n2\u00a0345\u202f678;3\n", ("a", "b"), [[1234.5, 2], [2345678, 3]]),
        ("a;b\n-1\u00a0234,5;2\n", ("a", "b"), [[-1234.5, 2]]),
        ("x,x,y,x\n1,2,3,4\n", ("x", "x (2)", "y", "x (3)"), [[1, 2, 3, 4]]),
        ("a,b\n#DIV/0!,1\n#NV,2\n3,#WERT!\n4,5\n6,7\n", ("a", "b"),
         [[None, 1], [None, 2], [3, None], [4, 5], [6, 7]]),
        ("a,b\n-nan(ind),<NA>\n-nan,.\n1,2\n", ("a", "b"), [[None] * 2, [None] * 2, [1, 2]]),
        ("\t2\t3\n4\t\t6\n7\t8\t9\n", (), [[None, 2, 3], [4, None, 6], [7, 8, 9]]),
    ],
)  # fmt: skip
def test_tables_as_people_write_them(tmp_path, text, columns, wanted):
    found = read(tmp_path, text)
    assert np.array_equal(found.values.values, single(wanted), equal_nan=True)
    assert found.columns == columns


@pytest.mark.parametrize(
    ("text", "columns", "notices"),
    [
        ("date,x\n2020-01-01,5\n2020-01-02,7\n", ("x",),
         ("“date” holds dates or text, and is left out.",)),
        ("date,x,city\n2020-01-01,5,Ulm\n2020-01-02,7,Bonn\n", ("x",),
         ("“date”, “city” hold dates or text, and are left out.",)),
        ("x,y\n5,\n7,\n", ("x",), ("“y” holds no number, and is left out.",)),
        (",x\n0,5\n1,7\n", ("x",), ("“column 0” counts the rows, and is left out.",)),
        ("Time,x\n3,5\n4,7\n", ("x",), ("“Time” counts the rows, and is left out.",)),
        ("time,x\n3,5\n5,7\n", ("time", "x"), ()),
        ("count,x\n3,5\n4,7\n", ("count", "x"), ()),
        ("id\n3\n4\n", ("id",), ()),
        ("id,x\n3,5\n", ("id", "x"), ()),
        ("a;b\n1,234;5\n", ("a", "b"),
         ("The comma in “1,234” was read as the decimal sign; it could be the other.",)),
        ('a,b\n"1,234",5\n', ("a", "b"),
         ("The comma in “1,234” was read as a separator of thousands; it could be the other.",)),
        ("a;b\n1.234;5\n", ("a", "b"),
         ("The point in “1.234” was read as the decimal sign; it could be the other.",)),
        ("a,b\n1.234,5\n", ("a", "b"), ()),
        ("1,5\n2,5\n", (),
         ("“1,5” was read as two columns; it could be one with a decimal comma.",)),
        ("t,u\ns,V\n0.5,1\n0.6,2\n", ("t", "u"),
         ("The row “s”, “V” below the names holds no number, and is left out.",)),
        ("a,b\n# above\n1,2\n#3,4\n5,6\n", ("a", "b"),
         ("2 lines that begin with # are left out.",)),
        ("# a b\n1 2\n3 4\n", (), ()),
        ("a;b;\n1;2;\n;;\n3;4;\n;;\n;;\n", ("a", "b"),
         ("“column 2” holds no number, and is left out.",
          "2 rows without a value at its end are left out.", "2 numbers are missing: NaN.")),
        ("0,1,2\n0.5,1.5,2.5\n", (),
         ("The first row, “0”, “1”, “2”, was read as numbers; it could be names.",)),
        ("0 1 2\n1 2 3\n", (), ()),
        ("x,y\n16777217,0.1\n", ("x", "y"), ("Rounded to float32, which has fewer digits: 1 of 2 "
         "numbers, whole ones above 2²⁴.",)),
        ("x,y\n1e39,inf\n", ("x", "y"), ("1 number is too large for float32, and infinite now.",
         "1 number is infinite.")),
    ],
)  # fmt: skip
def test_what_is_left_out_or_could_be_otherwise_is_said(tmp_path, text, columns, notices):
    found = read(tmp_path, text)
    assert (found.columns, found.notices[: len(notices)]) == (columns, notices)
    assert bool(found.notices) == bool(notices)


def test_numbers_that_are_missing_in_a_column_left_out_are_not_counted(tmp_path):
    found = read(tmp_path, "x,y,z\n1.5,,\n2,,3\n")
    assert found.notices == (
        "“y” holds no number, and is left out.",
        "1 number is missing: NaN.",
    )


def test_words_in_a_column_that_was_empty_so_far(tmp_path):
    found = read(tmp_path, "x,note\n" + "1,\n" * 300 + "2,hello\n")
    assert found.values.shape == (301, 1)
    assert found.notices == ("“note” holds dates or text, and is left out.",)


def test_numbers_in_a_column_that_was_empty_so_far(tmp_path):
    found = read(tmp_path, "x,y\n" + "1,\n" * 300 + "2,3\n")
    assert values(found)[-1] == [2, 3]
    assert found.notices == ("300 numbers are missing: NaN.",)


def test_rows_without_a_value_are_steps_unless_they_are_the_last(tmp_path):
    found = read(tmp_path, "1;2\n;\n;\n3;4\n;\n")
    wanted = single([[1, 2], [None, None], [None, None], [3, 4]])
    assert np.array_equal(found.values.values, wanted, equal_nan=True)


@pytest.mark.parametrize(
    ("reading", "columns", "wanted"),
    [
        (Reading(), (), [[1, 234], [2, 345]]),
        (Reading(delimiter=";"), (), [[1.234], [2.345]]),
        (Reading(delimiter=";", decimal="."), (), [[1234], [2345]]),
        (Reading(decimal=","), (), [[1.234], [2.345]]),
        (Reading(header=True), ("1", "234"), [[2, 345]]),
        (Reading(encoding="latin-1"), (), [[1, 234], [2, 345]]),
    ],
)
def test_what_is_said_beats_what_is_found(tmp_path, reading, columns, wanted):
    found = read(tmp_path, "1,234\n2,345\n", reading=reading)
    assert np.array_equal(found.values.values, single(wanted))
    assert found.columns == columns
    for field in ("delimiter", "header", "decimal", "encoding"):
        assert getattr(reading, field) in (None, getattr(found.reading, field))


def test_a_choice_is_no_longer_said_to_be_doubtful(tmp_path):
    text = "a;b\n1,234;5\n"
    assert read(tmp_path, text).notices
    assert not read(tmp_path, text, reading=Reading(decimal=",")).notices


def test_the_preview_shows_the_file_s_own_cells(tmp_path):
    head, row = ["date", "x" * 60, *(f"c{k}" for k in range(60))], ["2020-01-01", "5", *"7" * 60]
    text = "\n".join(",".join(cells) for cells in [head, *[row] * 40])
    preview = read(tmp_path, text).preview
    assert len(preview) == 20 and {len(row) for row in preview} == {50}
    assert preview[0][:3] == ("date", "x" * 40, "c0")
    assert preview[1][:2] == ("2020-01-01", "5")


# Refusals


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("1,2,3,4\n" * 6 + "1,2,3\n", f"Line 7 has 3 values, line 1 has 4. {MEND}"),
        ("# c\n\n1,2,3\n\n3\n", f"Line 5 has 1 value, line 3 has 3. {MEND}"),
        ("title\n1,2,3\n", f"Line 2 has 3 values, line 1 has 1. {MEND}"),
        ("a,b\n1,2\n3,x\n", f"Line 3: “x” in “b” is not a number. {MEND}"),
        ("1,2,3\n1,2,3\n1,2,3,x\n", f"Line 3 has 4 values, line 1 has 3. {MEND}"),
        ("1,2\n" * 300 + "1_000,2\n", f"Line 301: “1_000” in “column 0” is not a number. {MEND}"),
        ("1;2,5\n" * 300 + "1.5;2\n", f"Line 301: “1.5” in “column 0” is not a number. {MEND}"),
        (" \n\n#\n", "There is nothing in it but blanks and comments."),
        ("a,b\nc,d\n", "No column of it holds numbers. Are its columns separated by commas, "
         "semicolons, tabs or spaces?"),
        ("NA,NA\nNA,NA\n", "There is no number in it."),
        (b"\x89PNG\r\n\x1a\n\0\0", "It is not text, or does not say its encoding. "
         "Save a table as CSV in UTF-8, and arrays with numpy.save."),
        ('1,2\n3,"4' + "4" * 200_000, "Line 2: a cell is longer than 131,072 characters. Is a "
         "quotation mark not closed?"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_its_line(tmp_path, text, reason):
    assert refused(tmp_path, text) == reason


def test_a_name_for_each_column_and_nothing_below(tmp_path):
    said = refused(tmp_path, "a,b\n", reading=Reading(header=True))
    assert said == "It has names of columns and no row of numbers below them."


def test_limits_are_said(tmp_path, monkeypatch):
    wide = ",".join("1" * 100_001)
    assert refused(tmp_path, wide) == "It has 100,001 columns; at most 100,000 are possible."
    monkeypatch.setattr(table_rows, "MAX_LINE", 10)
    assert refused(tmp_path, "1,2\n1,2,3,4,5,6\n") == "Line 2 is longer than 10 characters."
    monkeypatch.setattr(table_rows, "MAX_NUMBERS", 5)
    assert refused(tmp_path, "1,2\n" * 3) == "It has more than 5 numbers."
    assert read(tmp_path, "1,2\n" * 2).values.shape == (2, 2)


@pytest.mark.parametrize("line", ["", "  ", "# a comment", ",", '"","\n"'])
def test_lines_that_hold_nothing_have_an_end(tmp_path, monkeypatch, line):
    monkeypatch.setattr(table_rows, "MAX_BLANK", 20)
    lines = f"{line}\n"
    assert read(tmp_path, f"1,2\n{lines * 20}3,4\n").values.values[-1].tolist() == [3, 4]
    said = refused(tmp_path, f"1,2\n{lines * 30}3,4\n")
    end = 3 if line.endswith('\n"') else 2  # of the first one
    assert said == f"From line {end} on, more than 20 lines hold no value: leave them out."


def test_many_rows_come_in_parts(tmp_path, monkeypatch):
    monkeypatch.setattr(table_rows, "AT_ONCE", 16)
    monkeypatch.setattr(table_file, "SAMPLE_CHARACTERS", 20)
    rows = np.arange(3000.0).reshape(1000, 3) / 4
    found = read(tmp_path, written(rows.tolist(), ";", ","))
    assert np.array_equal(found.values.values, rows.astype(np.float32))


def test_reading_many_rows_can_be_given_up(tmp_path):
    asked = itertools.count()
    with pytest.raises(Interrupted):
        read(tmp_path, "1,2\n" * 5000, stopped=lambda: next(asked) > 3)
    assert next(asked) == 5


def test_a_reading_that_is_none():
    for delimiter in ("", ",,", "\n", '"'):
        with pytest.raises(ValueError, match="one character"):
            Reading(delimiter=delimiter)
    with pytest.raises(ValueError, match="a point or a comma"):
        Reading(decimal=" ")


# Single numbers


@given(st.floats(allow_nan=False, allow_infinity=False), st.sampled_from(".,"))
def test_numbers_as_python_writes_them(number, decimal):
    text = repr(number).replace(".", decimal)
    assert number_in(f" {text} ", decimal) == number


@given(st.integers(-(10**15), 10**15), st.sampled_from(".,"))
def test_numbers_in_groups_of_three(number, decimal):
    grouped = f"{number:,}.25".replace(",", ";").replace(".", decimal)
    text = grouped.replace(";", "," if decimal == "." else ".")
    assert number_in(text, decimal) == float(f"{number}.25")


@pytest.mark.parametrize("cell", ["1,23", "1,2345", ",123", "1_000", "1e", "e5", "0x1", "1 2", "١"])
def test_what_is_no_number(cell):
    assert number_in(cell, ".") is None
