"""The table, as text, as Markdown and as JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from benchmarks.pairs import Row, figure

HEADINGS = ("what", "limit", "median", "quartiles", "pairs", "limit holds", "measured / against")
VERDICTS = {True: "holds", False: "does not hold", None: "–"}


def cells(row: Row) -> tuple[str, ...]:
    """Return what stands in each column of a row."""
    limit = ""
    if row.limit is not None:
        limit = f"{'≥' if row.limit.at_least else '≤'} {figure(row.limit.value)}"
    if not row.values:
        return row.what, limit, "", "", "0", "not measured", row.note
    low, high = row.spread
    return (
        row.what,
        f"{limit} {row.unit}".rstrip() if limit else "",
        f"{figure(row.median)} {row.unit}".rstrip(),
        f"{figure(low)} to {figure(high)}",
        str(len(row.values)),
        VERDICTS[row.holds],
        row.note,
    )


def text_table(rows: Sequence[Row]) -> str:
    """Return the rows in columns of one width."""
    lines = [HEADINGS, *map(cells, rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join(
        "  ".join(f"{cell:<{width}}" for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )


def markdown_table(rows: Sequence[Row]) -> str:
    """Return the rows as a table in Markdown."""
    lines = [HEADINGS, ("---",) * len(HEADINGS), *map(cells, rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def text_of(rows: Sequence[Row], machine: Mapping[str, str], *, markdown: bool) -> str:
    """Return the whole report: the machine, then the table."""
    table = markdown_table(rows) if markdown else text_table(rows)
    said = [f"{name}: {value}" for name, value in machine.items()]
    return "\n".join([*(f"- {line}" if markdown else line for line in said), "", table])


def as_json(rows: Sequence[Row], machine: Mapping[str, str]) -> dict[str, object]:
    """Return the report as JSON takes it, every measured value included."""
    return {"machine": dict(machine), "rows": [_row_as_json(row) for row in rows]}


def _row_as_json(row: Row) -> dict[str, object]:
    limit = row.limit and {"value": row.limit.value, "at_least": row.limit.at_least}
    return {
        "what": row.what,
        "unit": row.unit,
        "limit": limit,
        "median": row.median if row.values else None,
        "quartiles": row.spread if row.values else None,
        "holds": row.holds,
        "values": row.values,
        "note": row.note,
    }
