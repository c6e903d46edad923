"""What the variables page says of more than one variable: group rows, the line below the table."""

from __future__ import annotations

import numpy as np

from tfinspector.contents import numbers
from tfinspector.contents.variables import Role
from tfinspector.viewmodels.variables.columns import Column
from tfinspector.viewmodels.variables.rows import VariableRows

NO_NAME = "(no name)"


def group_cell(content: VariableRows, node: int, column: Column) -> str:
    """The text of a group's cell: totals over the shown variables below it."""
    match column:
        case Column.NAME:
            return content.forest.labels[node] or NO_NAME
        case Column.SHAPE:
            return numbers.counted(int(content.total("count", node)), "variable")
        case Column.PARAMETERS:
            return numbers.count(int(content.total("parameters", node)))
        case Column.BYTES:
            return numbers.size(int(content.total("nbytes", node)))
        case Column.NONFINITE:
            measured = content.total("measured", node)
            return numbers.count(int(content.total("nonfinite", node))) if measured else ""
    return ""


def exact_group_cell(content: VariableRows, node: int, column: Column) -> str:
    """The same for copies and exports, in full."""
    match column:
        case Column.NAME:
            return content.forest.path(node)
        case Column.PARAMETERS:
            return str(int(content.total("parameters", node)))
        case Column.BYTES:
            return str(int(content.total("nbytes", node)))
        case Column.NONFINITE:
            measured = content.total("measured", node)
            return str(int(content.total("nonfinite", node))) if measured else ""
    return ""


def group_tip(content: VariableRows, node: int, column: Column) -> str:
    """What a group's cell says on hover."""
    match column:
        case Column.NAME:
            return content.forest.path(node)
        case Column.PARAMETERS:
            return numbers.whole(int(content.total("parameters", node)))
        case Column.BYTES:
            return f"{numbers.whole(int(content.total('nbytes', node)))} bytes"
        case Column.NONFINITE:
            left = int(content.total("count", node) - content.total("measured", node))
            bad = numbers.whole(int(content.total("nonfinite", node)))
            return f"{bad} NaN or infinite" + (f", {left} without figures" if left else "")
    return ""


def summary(content: VariableRows) -> str:
    """ "1,234 of 2,000 variables · 12.4 M values · 49.6 MB", of what is shown."""
    count, all_of_them = int(content.arrangement.shown.sum()), len(content.variables)
    of = f" of {numbers.whole(all_of_them)}" if count != all_of_them else ""
    noun = "variable" if all_of_them == 1 else "variables"
    return (
        f"{numbers.whole(count)}{of} {noun} · "
        f"{numbers.count_of(int(content.sum_of('parameters')), 'value')} · "
        f"{numbers.size(int(content.sum_of('nbytes')))}"
    )


def hidden_text(content: VariableRows) -> str:
    """ "128 hidden: slot, metric", or "" """
    hidden = content.arrangement.hidden
    if not hidden:
        return ""
    return f"{numbers.whole(sum(hidden.values()))} hidden: {', '.join(hidden)}"


def role_counts(content: VariableRows) -> dict[Role, int]:
    """How many variables the snapshot has of each role; only roles there are."""
    counts = np.bincount(content.table.roles, minlength=len(Role))
    return {role: int(counts[at]) for at, role in enumerate(Role) if counts[at]}
