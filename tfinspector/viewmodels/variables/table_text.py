"""Exactly what the variables page shows, as text: TSV for the clipboard, rows for a CSV file.

Same rows, same order, same columns as on screen; figures in full precision.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tfinspector.viewmodels.variables.columns import HEADINGS, Column, exact_cell
from tfinspector.viewmodels.variables.group_cells import exact_group_cell
from tfinspector.viewmodels.variables.rows import VariableRows


def header(columns: Sequence[Column]) -> list[str]:
    """The headings; the histogram is a picture and is left out."""
    return [HEADINGS[column][0] for column in columns if column is not Column.HISTOGRAM]


def table(
    content: VariableRows, columns: Sequence[Column], rows: Iterable[int] | None = None
) -> list[list[str]]:
    """The cells of `rows` (None: all of them)."""
    shown = [column for column in columns if column is not Column.HISTOGRAM]
    nodes = content.rows if rows is None else content.rows[list(rows)]
    return [_row(content, node, shown) for node in nodes.tolist()]


def tsv(content: VariableRows, columns: Sequence[Column], rows: Iterable[int]) -> str:
    """Heading and rows, for the clipboard. Tabs and line ends inside a name become blanks."""
    lines = [header(columns), *table(content, columns, rows)]
    return "\n".join("\t".join(" ".join(text.split("\t")) for text in line) for line in lines)


def _row(content: VariableRows, node: int, columns: Sequence[Column]) -> list[str]:
    leaf = int(content.forest.leaf[node])
    if leaf < 0:
        return [exact_group_cell(content, node, column) for column in columns]
    variable, figures = content.variables[leaf], content.table.statistics[leaf]
    return [exact_cell(variable, figures, column) for column in columns]
