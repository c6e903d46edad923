"""Exports of the variables page, as tasks: what is shown as CSV, a variable's values as NPY."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tfinspector.viewmodels.tasks import Task
from tfinspector.viewmodels.variables import table_text
from tfinspector.viewmodels.variables.columns import Column

if TYPE_CHECKING:
    from tfinspector.engine.jobs import Ticket
    from tfinspector.viewmodels.session import Choice, Session
    from tfinspector.viewmodels.variables.tree import VariableTable


def export_csv(model: VariableTable, columns: Sequence[Column], path: str) -> Task | None:
    """Write the rows on screen, in their order, to a new file. None if nothing is shown."""
    if model.content is None:
        return None
    content = model.content.as_shown()

    def job(ticket: Ticket) -> None:
        from tfinspector.engine.exporting import write_csv

        lines = table_text.table(content, columns)
        ticket.check()
        write_csv(path, table_text.header(columns), lines)

    return model.session.run(f"Export the table to {_short(path)}", job)


def export_npy(session: Session, choice: Choice, path: str) -> Task:
    """Write all values of a variable to a new `.npy` file."""

    def job(ticket: Ticket) -> None:
        from tfinspector.engine.exporting import write_npy

        write_npy(path, choice.source.reader(choice.snapshot), choice.variable, ticket)

    return session.run(f"Export {choice.variable.name} to {_short(path)}", job)


def _short(path: str) -> str:
    return path.rsplit("/", 1)[-1]
