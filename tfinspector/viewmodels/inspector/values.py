"""The values of the chosen variable: which slice, as a table or as a picture, and its exports."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from enum import StrEnum
from typing import Any

from PySide6.QtCore import QObject, Signal

from tfinspector.contents import numbers
from tfinspector.contents.findings import Finding, Unreadable
from tfinspector.engine.jobs import Ticket
from tfinspector.viewmodels.inspector import choice_names
from tfinspector.viewmodels.inspector.heat_map import HeatMap, has_heat_map, read_heat_map
from tfinspector.viewmodels.inspector.value_slices import (
    SliceView,
    same_look,
    view_of_region,
    whole_view,
)
from tfinspector.viewmodels.inspector.value_texts import exact_text
from tfinspector.viewmodels.inspector.values_table import ValuesTable, read_part
from tfinspector.viewmodels.measuring.queue import Choice
from tfinspector.viewmodels.session import Session
from tfinspector.viewmodels.tasks import Task

MOST_COPIED = 200_000
_ROWS_AT_ONCE = 256


class Look(StrEnum):
    """How the slice is shown."""

    TABLE = "table"
    HEAT_MAP = "heat map"


class ValuesModel(QObject):
    """Binds to the first chosen variable.

    slice_changed    `choice`, `view`, `look`
    heat_map_changed `heat_map`, `is_stale` (it is not of this slice any more), `task`
    refused          `problem` (why the slice can't be shown, "" if it can)
    """

    slice_changed = Signal()
    heat_map_changed = Signal()
    refused = Signal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.choice: Choice | None = None
        self.view: SliceView = whole_view(())
        self.look = Look.TABLE
        self.table = ValuesTable(session)
        self.table.failed.connect(self._refuse)
        self.heat_map: HeatMap | None = None
        self.is_stale = False
        self.task: Task | None = None
        self.problem = ""
        session.chosen_changed.connect(self._on_chosen)
        self._on_chosen()

    def set_look(self, look: Look) -> None:
        """Table or heat map."""
        if look is not self.look:
            self.look = look
            self._show()

    def set_view(self, view: SliceView) -> None:
        """Another slice of the same tensor."""
        if view != self.view:
            self.view = view
            self._show()

    def type_slice(self, text: str) -> str:
        """Take a typed slice, "0:4,:"; returns why it can't be taken, "" if it was."""
        from tfinspector.engine.values import parse_slice

        if self.choice is None:
            return ""
        shape = self.choice.variable.shape
        try:
            region = parse_slice(text, shape)
        except Unreadable as refusal:
            return refusal.finding.title
        if any(part.start == part.stop for part in region):
            return f'The slice "{text.strip()}" holds no values.'
        self.set_view(view_of_region(shape, region, self.view))
        return ""

    @property
    def size(self) -> int:
        """How many elements the slice on the screen has."""
        return self.view.row_count * self.view.column_count

    @property
    def title(self) -> str:
        """ "kernel, float32, 64 x 10"."""
        if self.choice is None:
            return ""
        variable = self.choice.variable
        parts = [variable.dtype.name, numbers.shape(variable.shape)]
        step = choice_names.step_words(self.choice)
        return ", ".join([*parts, step] if step else parts)

    def cancel(self) -> None:
        """Stop reading the heat map; the last one stays, dimmed."""
        if self.task:
            self.task.cancel()

    def read_tsv(self, on_done: Callable[[str], object]) -> Task | None:
        """Read the slice as tab-separated text, off the window's thread; None if it is too big."""
        if self.choice is None or self.size > MOST_COPIED:
            return None
        choice, view = self.choice, self.view

        def job(ticket: Ticket) -> str:
            return "\n".join("\t".join(row) for row in _rows(choice, view, ticket))

        return self._session.run("Copy values", job, on_done, owner=choice.source)

    def export(self, path: str, kind: str) -> Task | None:
        """Write the slice to `path` as "npy" or "csv", as a task."""
        if self.choice is None:
            return None
        choice, view = self.choice, self.view
        write = {"npy": _write_npy, "csv": _write_csv}[kind]
        return self._session.run(
            f"Export {choice.variable.name}",
            lambda ticket: write(path, choice, view, ticket),
            owner=choice.source,
        )

    def _on_chosen(self) -> None:
        chosen = self._session.chosen
        choice = chosen[0] if chosen else None
        if choice == self.choice:
            return
        self.choice = choice
        self.view = same_look(self.view, choice.variable.shape if choice else ())
        self._show()

    def _show(self) -> None:
        self._stop()
        choice = self.choice
        self.problem = _why_not(choice) if choice else ""
        shown = choice if not self.problem else None
        self.table.show_slice(shown, self.view)
        self.slice_changed.emit()
        self._read_heat_map(shown if self.look is Look.HEAT_MAP else None)

    def _read_heat_map(self, choice: Choice | None) -> None:
        if choice is None or has_heat_map(choice.variable):
            self.heat_map, self.is_stale = None, False
            self.heat_map_changed.emit()
            return
        view = self.view
        self.is_stale = True
        self.task = self._session.run(
            "Draw values", lambda ticket: read_heat_map(choice, view, ticket), self._has_drawn,
            self._refuse, quiet=True, owner=choice.source,
        )  # fmt: skip
        self.task.ended.connect(self._on_ended)
        self.heat_map_changed.emit()

    def _has_drawn(self, heat_map: HeatMap) -> None:
        self.heat_map, self.is_stale, self.task = heat_map, False, None
        self.heat_map_changed.emit()

    def _on_ended(self) -> None:
        if self.task and self.task.state.is_over:
            self.task = None
            self.heat_map_changed.emit()

    def _stop(self) -> None:
        if self.task:
            task, self.task = self.task, None
            task.drop()

    def _refuse(self, finding: Finding) -> None:
        self.problem = finding.title
        self.refused.emit()


def _why_not(choice: Choice) -> str:
    variable = choice.variable
    if variable.problem:
        return variable.problem
    if variable.size == 0:
        return f"Holds no values: its shape is {numbers.shape(variable.shape)}."
    return ""


def _parts(choice: Choice, view: SliceView, ticket: Ticket) -> Iterator[Any]:
    """The slice from top to bottom in bounded parts, as 2-d arrays."""
    reader = choice.source.reader(choice.snapshot)
    step = max(1, min(_ROWS_AT_ONCE, (1 << 20) // max(1, view.column_count)))
    for top in range(0, view.row_count, step):
        ticket.report(top, view.row_count, f"{numbers.whole(top)} rows")
        rows = (top, min(top + step, view.row_count))
        yield read_part(reader, choice.variable, view, rows if view.rows is not None else None)


def _rows(choice: Choice, view: SliceView, ticket: Ticket) -> Iterator[list[str]]:
    for part in _parts(choice, view, ticket):
        for row in part:
            yield [exact_text(value) for value in row]


def _write_csv(path: str, choice: Choice, view: SliceView, ticket: Ticket) -> None:
    from tfinspector.engine.exporting import write_csv

    header = [str(view.first_column + column) for column in range(view.column_count)]
    write_csv(path, header, _rows(choice, view, ticket))


def _write_npy(path: str, choice: Choice, view: SliceView, ticket: Ticket) -> None:
    import numpy as np

    from tfinspector.engine.exporting import write_npy

    if view == whole_view(choice.variable.shape) and len(view.shape) < 3:
        reader = choice.source.reader(choice.snapshot)
        write_npy(path, reader, choice.variable, ticket)
        return
    values = np.concatenate(list(_parts(choice, view, ticket)))
    write_npy(path, values if view.columns is not None else values[:, 0])
