"""The page Restore: what is filled in, what runs, what came of it, and what to do about it.

Looking at it executes nothing. `dry_run`, `restore` and `write_repaired` run the user's code, in a
fresh worker each.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from tfinspector.contents.findings import Finding
from tfinspector.contents.reports import Interpreter
from tfinspector.viewmodels.restore import jobs
from tfinspector.viewmodels.restore.callables import ask_callables
from tfinspector.viewmodels.restore.devices import Comparison, comparisons
from tfinspector.viewmodels.restore.form import DeviceChoice, RestoreForm, device_choices, recalled
from tfinspector.viewmodels.restore.jobs import Order, Result, Written
from tfinspector.viewmodels.restore.kept_results import KeptResults
from tfinspector.viewmodels.restore.log_relay import LogRelay
from tfinspector.viewmodels.restore.renames import RenameList
from tfinspector.viewmodels.restore.repairs import free_prefix, why_not_repaired
from tfinspector.viewmodels.restore.table import MatchTableModel
from tfinspector.viewmodels.session import Session
from tfinspector.viewmodels.tasks import Task

if TYPE_CHECKING:
    from tfinspector.engine.jobs import Ticket
    from tfinspector.engine.opening import OpenSource

EMPTY = (
    "Choose the function that builds your model; the program shows what would be restored "
    "before anything is assigned."
)
NO_SOURCE = "Open a checkpoint or a SavedModel to restore it into your model."
NO_CHECKPOINT = "This SavedModel has no variables, so there is nothing to restore."


class RestoreModel(QObject):
    """Binds to the current snapshot of the session.

    changed          `result`, `failure`, `task`, `doing`
    form_changed     `form`, `devices`, `why_not`
    offered          tuple of `Offered`, or the Finding that says why there are none: the answer
                     to `list_callables`
    code_changed     `code`
    written_changed  `written`
    remembered       (path of the source, what was filled in for it)
    """

    changed = Signal()
    form_changed = Signal()
    offered = Signal(object)
    code_changed = Signal()
    written_changed = Signal()
    remembered = Signal(str, object)

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.form = RestoreForm()
        self.table = MatchTableModel(session, self)
        self.renames = RenameList(self)
        self.task: Task | None = None
        self.doing = ""
        self.code: str | Finding = ""
        self.written: Written | Finding | None = None
        self._results = KeptResults()
        self._source: OpenSource | None = None
        self._task_path = ""
        self._shown: Result | Finding | None = None
        self._recall: Callable[[str], Mapping[str, str]] = lambda path: {}
        self._log = LogRelay(session, self)
        session.current_changed.connect(self._on_current)
        session.sources_changed.connect(self._drop_if_closed)
        session.worker.changed.connect(self.form_changed)
        self.renames.decided.connect(self._ask_code)
        self._on_current()

    # What is filled in

    def recall_from(self, recall: Callable[[str], Mapping[str, str]]) -> None:
        """Where to ask what was last filled in for a source."""
        self._recall = recall
        if self._source:
            self.fill_in(**asdict(recalled(recall(self._source.source.path))))

    def fill_in(self, **change: Any) -> None:
        """Change fields of `form`."""
        form = replace(self.form, **change)
        if form == self.form:
            return
        if form.spec != self.form.spec:
            self.renames.forget()
        self.form = form
        self.form_changed.emit()

    @property
    def empty_words(self) -> str:
        """Why there is nothing to restore at all, "" if there is."""
        if self._session.current is None:
            return NO_SOURCE
        return "" if self._session.current_snapshot else NO_CHECKPOINT

    @property
    def why_not(self) -> str:
        """Why neither button can be pressed, "" if they can."""
        return self.empty_words or self.form.why_not

    @property
    def interpreter(self) -> Interpreter | None:
        """The interpreter that would be used, if it has already told about itself."""
        if not self.form.worker.strip():
            return self._session.worker.about
        result = self.result
        if result and result.order.form.worker == self.form.worker and result.report.model:
            return result.report.model.interpreter
        return None

    @property
    def devices(self) -> list[DeviceChoice]:
        """What the interpreter offers; a GPU that is not there with the reason."""
        return device_choices(self.interpreter, self.form.device)

    @property
    def comparisons(self) -> list[Comparison]:
        """Devices that can be compared."""
        return comparisons(self.interpreter)

    @property
    def folder(self) -> str:
        """Where a factory is looked for first: beside the source."""
        if self.form.file:
            return os.path.dirname(self.form.file)
        path = self._source.source.path if self._source else ""
        return os.path.dirname(path.rstrip("/")) if path else ""

    def list_callables(self, path: str) -> None:
        """Ask which functions the Python file offers; `offered` answers. Nothing is executed."""
        ask_callables(self._session, path, self.offered, self)

    # Work

    def dry_run(self) -> None:
        """Show what a restore would do."""
        self._start("Dry run", jobs.dry_run)

    def restore(self) -> None:
        """Restore, with the accepted pairs, and prove it."""
        self._start("Restore", jobs.restore)

    def compare(self, wanted: Comparison) -> None:
        """Restore on each of the devices, and compare what a call answers there."""
        self._start(
            "Compare devices", lambda doors, order, ticket: jobs.compare_devices(
                doors, order, wanted, ticket
            ),
        )  # fmt: skip

    def cancel(self) -> None:
        """Stop what runs; its worker is ended."""
        if self.task:
            self.task.cancel()

    @property
    def result(self) -> Result | None:
        """What came of the last one for the current snapshot. It stays while another runs."""
        return self._shown if isinstance(self._shown, Result) else None

    @property
    def failure(self) -> Finding | None:
        """Why the last one came to nothing at all (the source can't be read)."""
        return self._shown if isinstance(self._shown, Finding) else None

    @property
    def is_stale(self) -> bool:
        """Whether what is shown is about to be replaced."""
        return self.task is not None and self._shown is not None and self.doing != "Write"

    def _start(self, verb: str, job: Callable[[Any, Order, Ticket], Result]) -> None:
        order = self._order()
        if order is None:
            return
        doors, place = self._session.doors, (order.source.source.path, order.snapshot)
        self.remembered.emit(place[0], self.form.remembered())

        def done(result: Result | Finding) -> None:
            self._results.keep(place, result)
            self._show()

        self._follow(
            verb,
            self._session.run(
                f"{verb} {os.path.basename(order.snapshot)} into {order.form.callable}",
                lambda ticket: job(doors, order, ticket), done, done,
                key="restore",
            ),
            place[0],
        )  # fmt: skip

    def _order(self) -> Order | None:
        source, snapshot = self._session.current, self._session.current_snapshot
        if source is None or snapshot is None or self.why_not:
            return None
        command = self.form.command or self._session.worker.command
        return Order(
            source, snapshot, self.form, command, self._log.note, self.renames.accepted
        )  # fmt: skip

    def _follow(self, verb: str, task: Task, path: str) -> None:
        """The task belongs to the path, not to what is open: a run that goes on is read again."""
        self.task, self.doing, self._task_path = task, verb, path
        self._log.start()
        task.ended.connect(lambda: self._on_ended(task))
        self.changed.emit()

    def _on_ended(self, task: Task) -> None:
        if task is not self.task:
            return
        self.task, self.doing = None, ""
        self._log.stop()
        self.changed.emit()

    # Repair

    @property
    def why_not_write(self) -> str:
        """Why no repaired checkpoint can be written now, "" if it can."""
        report = self.result.report if self.result else None
        return self.why_not or why_not_repaired(report, self.renames.accepted)

    @property
    def suggested_prefix(self) -> str:
        """A prefix that is not taken, beside the old one; never inside a SavedModel."""
        prefix = self._session.current_snapshot or ""
        if self._source and self._source.source.saved_model:
            prefix = self._source.source.path.rstrip("/")
        return free_prefix(prefix)

    def write_repaired(self, prefix: str) -> None:
        """Write a checkpoint under a new prefix that the ordinary call restores, and prove it."""
        order = self._order()
        if order is None:
            return
        doors = self._session.doors

        def done(written: Written | Finding) -> None:
            self.written = written
            self.written_changed.emit()

        task = self._session.run(
            f"Write {os.path.basename(prefix)}",
            lambda ticket: jobs.write_repaired(doors, order, prefix, ticket), done, done,
            key="restore",
        )  # fmt: skip
        self._follow("Write", task, order.source.source.path)

    def save_map(self, path: str) -> None:
        """Save the accepted pairs."""
        renames, door = self.renames.accepted, self._session.doors.restoring.save_map
        self._session.run(f"Save {os.path.basename(path)}", lambda ticket: door(path, renames))

    def load_map(self, path: str) -> None:
        """Load pairs; all of them count as accepted."""
        door = self._session.doors.restoring.load_map
        self._session.run(
            f"Load {os.path.basename(path)}", lambda ticket: door(path), self.renames.take_map
        )

    def save_code(self, path: str) -> None:
        """Save the generated script."""
        text = self.code
        if isinstance(text, str):
            self._session.run(
                f"Save {os.path.basename(path)}", lambda ticket: jobs.save_text(path, text)
            )

    def _ask_code(self) -> None:
        """Write the script anew, for the pairs that are accepted now."""
        result, renames, doors = self.result, self.renames.accepted, self._session.doors
        if result is None or result.report.model is None:
            self._have_code("")
            return
        self._session.run(
            "Write the code",
            lambda ticket: jobs.code(doors, result, renames),
            self._have_code,
            self._have_code,
            quiet=True,
            key=f"code {id(self)}",
        )

    def _have_code(self, code: str | Finding) -> None:
        if code != self.code:
            self.code = code
            self.code_changed.emit()

    # Following the session

    def _on_current(self) -> None:
        source = self._session.current
        before = self._source.source.path if self._source else ""
        self._source = source
        path = source.source.path if source else ""
        if path != before:
            self.renames.forget()
            self.form = recalled(self._recall(path)) if path else RestoreForm()
            self.written = None
        self._show()
        self.form_changed.emit()
        self.written_changed.emit()

    def _drop_if_closed(self) -> None:
        paths = {source.source.path for source in self._session.sources}
        if self.task and self._task_path not in paths:
            self.task.drop()
        self._results.drop_all_but(paths)

    def _show(self) -> None:
        """The result of the current snapshot, if there is one."""
        place = (
            self._source.source.path if self._source else "", self._session.current_snapshot or ""
        )  # fmt: skip
        shown = self._results.get(place)
        if shown is not self._shown:
            self._shown = shown
            result = self.result
            self.table.show_rows(result.rows if result else None)
            if result and result.order.form.spec == self.form.spec:
                self.renames.propose(result.report.renames, result.report.model)
            else:  # what was accepted for one snapshot of a run holds for the others
                self.renames.propose((), None)
            self._ask_code()
        self.changed.emit()
