"""What one cell of the match table answers: to Qt's own questions and to the delegates'."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt

from tfinspector.contents import numbers
from tfinspector.contents.restores import Row, State
from tfinspector.contents.saved_models import Shape
from tfinspector.viewmodels.restore.rows import MatchColumn, MatchRows, text_of
from tfinspector.viewmodels.restore.states import MEANINGS, Sign, gravest, kind
from tfinspector.viewmodels.variables.answers import Ask
from tfinspector.viewmodels.variables.group_cells import NO_NAME
from tfinspector.viewmodels.variables.state_table import OF_ANY, Cell, answer_of_any

HEADINGS = {
    MatchColumn.NAME: ("Name", "The file's name; the model's where only the model has it"),
    MatchColumn.STATE: ("State", "Restored means: proved equal to the bytes in the file"),
    MatchColumn.FILE_SHAPE: ("File shape", "Length of each axis in the file"),
    MatchColumn.MODEL_SHAPE: ("Model shape", "Length of each axis in the model"),
    MatchColumn.FILE_DTYPE: ("File dtype", "Type of the elements in the file"),
    MatchColumn.MODEL_DTYPE: ("Model dtype", "Type of the elements in the model"),
    MatchColumn.DEVICE: ("Device", "Where the worker has placed the model's variable"),
    MatchColumn.MODEL_PATH: ("Path in the model", "From what the factory returned"),
    MatchColumn.KEY: ("Key", "The key in the file"),
}

_DIFFERENT = {
    State.SHAPE_MISMATCH: (MatchColumn.FILE_SHAPE, MatchColumn.MODEL_SHAPE),
    State.DTYPE_MISMATCH: (MatchColumn.FILE_DTYPE, MatchColumn.MODEL_DTYPE),
}
_GROUP_ICONS = {
    "proved": "proved", "text": "matched", "muted": "info", "attention": "warning",
    "wrong": "error",
}  # fmt: skip


def answer(content: MatchRows, node: int, column: MatchColumn, role: int) -> Any:
    """The answer of a node's cell to `role`; None where it has none."""
    if role in OF_ANY:
        return answer_of_any(content, node, role)
    row = content.row(node)
    if row is None:
        return _of_group(content, node, column, role)
    if role == Ask.IS_GROUP:
        return False
    if role == Ask.PROBLEM:
        return MEANINGS[row.state] if column in _DIFFERENT.get(row.state, ()) else ""
    if role == Cell.SIGN:
        return content.signs[int(content.forest.leaf[node])]
    if role == Qt.ItemDataRole.DisplayRole:
        return content.forest.labels[node] if column is MatchColumn.NAME else _cell(
            content, node, row, column
        )  # fmt: skip
    if role == Qt.ItemDataRole.ToolTipRole:
        return _tip(content, node, row, column)
    return None


def _cell(content: MatchRows, node: int, row: Row, column: MatchColumn) -> str:
    match column:
        case MatchColumn.STATE:
            return content.signs[int(content.forest.leaf[node])].word
        case MatchColumn.FILE_SHAPE:
            return shape_text(row.file_shape) if row.key else ""
        case MatchColumn.MODEL_SHAPE:
            return shape_text(row.model_shape) if row.variable >= 0 else ""
    return text_of(row, column)


def shape_text(shape: Shape) -> str:
    """ "64 x 3"; an unknown rank is an en dash, there is no room for more."""
    return "–" if shape is None else numbers.shape(shape)


def _tip(content: MatchRows, node: int, row: Row, column: MatchColumn) -> str:
    match column:
        case MatchColumn.NAME:
            return "\n".join(
                line for line in (
                    content.forest.path(node),
                    f"Key: {row.key}" if row.key else "Not in the file",
                    f"In the model: {row.model_path}" if row.model_path else "Not in the model",
                ) if line
            )  # fmt: skip
        case MatchColumn.STATE:
            return "\n".join(line for line in (f"{MEANINGS[kind(row)]}.", row.why) if line)
    return _cell(content, node, row, column)


def _of_group(content: MatchRows, node: int, column: MatchColumn, role: int) -> Any:
    good, count = content.tally(node)
    match role:
        case Ask.IS_GROUP:
            return True
        case Ask.PROBLEM:
            return ""
        case Cell.SIGN:
            colour = gravest(content.gravest(node))
            return Sign(_GROUP_ICONS[colour], colour, "")
        case Qt.ItemDataRole.DisplayRole if column is MatchColumn.NAME:
            return content.forest.labels[node] or NO_NAME
        case Qt.ItemDataRole.DisplayRole if column is MatchColumn.STATE:
            return f"{numbers.whole(good)} of {numbers.whole(count)}"
        case Qt.ItemDataRole.ToolTipRole if column is MatchColumn.NAME:
            return content.forest.path(node)
        case Qt.ItemDataRole.ToolTipRole if column is MatchColumn.STATE:
            return group_tip(content, good, count)
    return None


def group_tip(content: MatchRows, good: int, count: int) -> str:
    """What the figures of a group mean."""
    is_proof = State.RESTORED in content.counts
    word = "proved equal to the file" if is_proof else "would be restored"
    return f"{numbers.whole(good)} of {numbers.whole(count)} {word}"


def tsv(content: MatchRows, nodes: list[int]) -> str:
    """The table of these nodes, groups left out, in full, for the clipboard."""
    lines = ["\t".join(HEADINGS[column][0] for column in MatchColumn) + "\tWhy"]
    for node in nodes:
        row = content.row(node)
        if row is None:
            continue
        cells = [content.forest.path(node), kind(row).value]
        cells += [_cell(content, node, row, column) for column in list(MatchColumn)[2:]]
        lines.append("\t".join([*cells, row.why]))
    return "\n".join(lines) + "\n"
