"""What one cell of the variables page answers: to Qt's own questions and to the delegates'."""

from __future__ import annotations

from enum import IntEnum
from typing import Any

from PySide6.QtCore import Qt

from tfinspector.viewmodels.variables.columns import TEXTUAL, Column, cell, is_shared, tip
from tfinspector.viewmodels.variables.filter import matched_spans
from tfinspector.viewmodels.variables.group_cells import NO_NAME, group_cell, group_tip
from tfinspector.viewmodels.variables.rows import VariableRows

_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


class Ask(IntEnum):
    """What the view's delegates ask beyond Qt's own roles."""

    FIGURES = Qt.ItemDataRole.UserRole
    DEPTH = Qt.ItemDataRole.UserRole + 1
    IS_GROUP = Qt.ItemDataRole.UserRole + 2
    IS_EXPANDED = Qt.ItemDataRole.UserRole + 3
    SPANS = Qt.ItemDataRole.UserRole + 4
    PROBLEM = Qt.ItemDataRole.UserRole + 5
    IS_SHARED = Qt.ItemDataRole.UserRole + 6


def alignment(column: Column) -> Qt.AlignmentFlag:
    """Words left, numbers right."""
    return _LEFT if column in TEXTUAL or column is Column.HISTOGRAM else _RIGHT


def answer(content: VariableRows, node: int, column: Column, role: int) -> Any:
    """The answer of a node's cell to `role`; None where it has none."""
    if role == Ask.DEPTH:
        return 0 if content.is_flat else int(content.forest.depth[node])
    if role == Ask.SPANS:
        words = content.arrangement.wish.filter.words
        return matched_spans(content.forest.path(node), _label(content, node), words)
    leaf = int(content.forest.leaf[node])
    if leaf < 0:
        return _of_group(content, node, column, role)
    return _of_variable(content, leaf, node, column, role)


def _of_variable(content: VariableRows, leaf: int, node: int, column: Column, role: int) -> Any:
    variable, figures = content.variables[leaf], content.table.statistics[leaf]
    match role:
        case Qt.ItemDataRole.DisplayRole:
            if column is Column.NAME:
                return _label(content, node)
            return cell(variable, figures, column)
        case Qt.ItemDataRole.ToolTipRole:
            return tip(variable, figures, column)
        case Ask.FIGURES:
            return figures
        case Ask.PROBLEM:
            return variable.problem
        case Ask.IS_SHARED:
            return is_shared(variable)
        case Ask.IS_GROUP:
            return False
    return None


def _of_group(content: VariableRows, node: int, column: Column, role: int) -> Any:
    match role:
        case Qt.ItemDataRole.DisplayRole:
            return group_cell(content, node, column)
        case Qt.ItemDataRole.ToolTipRole:
            return group_tip(content, node, column)
        case Ask.FIGURES | Ask.PROBLEM:
            return ""  # nothing to draw, nothing is awaited, nothing is wrong
        case Ask.IS_GROUP:
            return True
        case Ask.IS_SHARED:
            return False
    return None


def _label(content: VariableRows, node: int) -> str:
    if content.is_flat:
        return content.forest.path(node)
    return content.forest.labels[node] or NO_NAME
