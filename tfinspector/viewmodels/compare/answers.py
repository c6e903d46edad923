"""What one cell of the table of a comparison answers: to Qt's questions and to the delegates'."""

from __future__ import annotations

from math import isnan
from typing import Any

from PySide6.QtCore import Qt

from tfinspector.contents import numbers
from tfinspector.contents.drift_metrics import METRIC_BY_NAME
from tfinspector.viewmodels.compare.rows import (
    FIGURES,
    CompareColumn,
    CompareRow,
    CompareRows,
    a_name,
    sign_of,
)
from tfinspector.viewmodels.compare.states import MEANINGS, SIGNS, Became
from tfinspector.viewmodels.variables.answers import Ask
from tfinspector.viewmodels.variables.group_cells import NO_NAME
from tfinspector.viewmodels.variables.state_table import OF_ANY, Cell, answer_of_any

_TITLES = {
    CompareColumn.RELATIVE_L2: "Relative",
    CompareColumn.L2: "L2",
    CompareColumn.COSINE: "Cosine",
    CompareColumn.MAX_ABS: "Max |d|",
    CompareColumn.CHANGED: "Changed %",
    CompareColumn.SIGN_FLIPS: "Signs %",
}
HEADINGS = {
    CompareColumn.NAME: ("Name", "The name in B; in A where only A has it"),
    CompareColumn.STATE: ("State", "What became of it from A to B"),
    CompareColumn.A_NAME: ("Name in A", "Where it is another one"),
    CompareColumn.SHAPE: ("Shape", "Length of each axis; in A and in B where they differ"),
    **{column: (_TITLES[column], METRIC_BY_NAME[name].meaning) for column, name in FIGURES.items()},
    CompareColumn.DTYPE: ("Dtype", "Type of the elements; in A and in B where they differ"),
}
_PERCENT = (CompareColumn.CHANGED, CompareColumn.SIGN_FLIPS)
_ARROW = " \N{RIGHTWARDS ARROW} "


def answer(content: CompareRows, node: int, column: CompareColumn, role: int) -> Any:
    """The answer of a node's cell to `role`; None where it has none."""
    if role in OF_ANY:
        return answer_of_any(content, node, role)
    row = content.row(node)
    if row is None:
        return _of_group(content, node, column, role)
    match role:
        case Ask.IS_GROUP:
            return False
        case Ask.PROBLEM:
            return _is_other(row, column)
        case Cell.SIGN:
            return sign_of(row)
        case Qt.ItemDataRole.DisplayRole:
            if column is CompareColumn.NAME:
                return content.forest.labels[node] or NO_NAME
            return _text(row, column)
        case Qt.ItemDataRole.ToolTipRole:
            return _tip(row, column)
    return None


def _is_other(row: CompareRow, column: CompareColumn) -> bool:
    """Whether the cell says something that is different on the two sides, or wrong."""
    if column is CompareColumn.NAME:
        return row.state is Became.UNREAD
    if not row.a or not row.b:
        return False
    return (column is CompareColumn.SHAPE and row.a.shape != row.b.shape) or (
        column is CompareColumn.DTYPE and row.a.dtype != row.b.dtype
    )


def _text(row: CompareRow, column: CompareColumn) -> str:
    match column:
        case CompareColumn.STATE:
            return sign_of(row).word
        case CompareColumn.A_NAME:
            return a_name(row)
        case CompareColumn.SHAPE:
            return shape_text(row)
        case CompareColumn.DTYPE:
            return _both(*(each.dtype.name for each in (row.a, row.b) if each))
    if not row.figures:
        return ""
    return figure_text(row.figure(FIGURES[column]), column)


def shape_text(row: CompareRow) -> str:
    """The shape; both where they differ."""
    return _both(*(numbers.shape(each.shape) for each in (row.a, row.b) if each))


def _both(first: str, second: str = "") -> str:
    return first if second in ("", first) else f"{first}{_ARROW}{second}"


def figure_text(value: float, column: CompareColumn) -> str:
    """A figure as the column shows it; an en dash where it has none."""
    if isnan(value):
        return "\N{EN DASH}"
    if column is CompareColumn.COSINE:
        return f"{value:.6f}".replace("-", numbers.MINUS)
    return numbers.four(100 * value if column in _PERCENT else value)


def _tip(row: CompareRow, column: CompareColumn) -> str:
    match column:
        case CompareColumn.NAME:
            return _names_tip(row)
        case CompareColumn.STATE:
            return _state_tip(row)
        case CompareColumn.A_NAME | CompareColumn.SHAPE | CompareColumn.DTYPE:
            return _text(row, column)
    if not row.figures:
        return row.reason
    value = row.figure(FIGURES[column])
    if isnan(value):
        if row.besides is Became.IDENTICAL or row.state is Became.IDENTICAL:
            return "Nothing moved, so there is no angle"
        return "Has no value for such elements, or where none is finite on both sides"
    return numbers.exact(100 * value if column in _PERCENT else value)


def _names_tip(row: CompareRow) -> str:
    if row.a and row.b and row.a.name != row.b.name:
        return f"In A: {row.a.name}\nIn B: {row.b.name}"
    return f"{row.name}\nKey: {row.variable.key}"


def _state_tip(row: CompareRow) -> str:
    lines = [f"{MEANINGS[row.state]}."]
    if row.renamed:
        lines += [f"{MEANINGS[row.besides]}."] if row.besides else []
        sure = numbers.four(100 * row.renamed.confidence)
        if row.renamed.confidence < 1:
            lines.append(f"Suggested, {sure} % sure: {row.renamed.why}")
        else:
            lines.append(row.renamed.why)
    return "\n".join([*lines, *filter(None, [row.reason])])


def _of_group(content: CompareRows, node: int, column: CompareColumn, role: int) -> Any:
    match role:
        case Ask.IS_GROUP:
            return True
        case Ask.PROBLEM:
            return False
        case Cell.SIGN:
            return SIGNS[content.tell(node)[0]]._replace(role="muted")
        case Qt.ItemDataRole.DisplayRole:
            return _group_text(content, node, column)
        case Qt.ItemDataRole.ToolTipRole:
            return _group_tip(content, node, column)
    return None


def _group_text(content: CompareRows, node: int, column: CompareColumn) -> str:
    match column:
        case CompareColumn.NAME:
            return content.forest.labels[node] or NO_NAME
        case CompareColumn.STATE:
            state, some, count = content.tell(node)
            told = f"{numbers.whole(some)} of " if some != count else ""
            return f"{told}{numbers.whole(count)} {SIGNS[state].word}"
        case CompareColumn.L2:
            value = content.total("squares", node) ** 0.5
            value = float("nan") if content.total("far", node) else value
            return figure_text(value, column) if _has_figures(content, node) else ""
        case CompareColumn.MAX_ABS:
            value = content.greatest("max_abs", node)
            return "" if isnan(value) else figure_text(value, column)
    return ""


def _has_figures(content: CompareRows, node: int) -> bool:
    return content.total("far", node) > 0 or not isnan(content.greatest("l2", node))


def _group_tip(content: CompareRows, node: int, column: CompareColumn) -> str:
    match column:
        case CompareColumn.NAME:
            return content.forest.path(node)
        case CompareColumn.L2:
            return "The length of the change of all that is shown below"
        case CompareColumn.MAX_ABS:
            return "The largest change of one element below"
    return ""
