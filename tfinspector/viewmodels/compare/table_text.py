"""What the table of a comparison shows, as text: for the clipboard and for a CSV file.

Same rows, same order; both sides of every fact in columns of their own, figures in full.
"""

from __future__ import annotations

from collections.abc import Iterable

from tfinspector.contents import numbers
from tfinspector.contents.variables import Variable
from tfinspector.viewmodels.compare.rows import FIGURES, CompareRow, CompareRows

HEADER = (
    "State", "Name in A", "Name in B", "Shape A", "Shape B", "Dtype A", "Dtype B",
    *FIGURES.values(), "Why",
)  # fmt: skip


def lines(content: CompareRows, nodes: Iterable[int]) -> list[list[str]]:
    """The rows among these nodes; groups are left out, for they say nothing of their own."""
    rows = (content.row(node) for node in nodes)
    return [_line(row) for row in rows if row is not None]


def tsv(content: CompareRows, nodes: Iterable[int]) -> str:
    """Heading and rows, for the clipboard. Tabs inside a name become blanks."""
    made = [HEADER, *lines(content, nodes)]
    return "\n".join("\t".join(" ".join(cell.split("\t")) for cell in line) for line in made) + "\n"


def _line(row: CompareRow) -> list[str]:
    why = row.renamed.why if row.renamed else row.reason
    figures = [_figure(row, name) for name in FIGURES.values()]
    return [
        f"{row.state}, {row.besides}" if row.besides else row.state,
        row.a.name if row.a else "", row.b.name if row.b else "",
        _shape(row.a), _shape(row.b), _dtype(row.a), _dtype(row.b),
        *figures, why,
    ]  # fmt: skip


def _figure(row: CompareRow, name: str) -> str:
    return numbers.exact(row.figure(name)) if row.figures else ""


def _shape(variable: Variable | None) -> str:
    return numbers.shape(variable.shape) if variable else ""


def _dtype(variable: Variable | None) -> str:
    return variable.dtype.name if variable else ""
