"""Verify: the chosen signature, or a snapshot of a run, against another with the same input.

The inputs, their seed and the device are those of the form that runs it. Looking executes nothing;
`verify` runs models and the factory, in fresh workers.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple
from weakref import WeakKeyDictionary

from PySide6.QtCore import QObject, Signal

from tfinspector.contents.findings import Finding
from tfinspector.contents.saved_models import Signature
from tfinspector.contents.verifications import VerifyReport
from tfinspector.viewmodels.compare.sides import Side, sides_of
from tfinspector.viewmodels.restore.callables import ask_callables
from tfinspector.viewmodels.restore.form import CPU, DeviceChoice, RestoreForm, recalled
from tfinspector.viewmodels.restore.log_relay import LogRelay
from tfinspector.viewmodels.session import Session
from tfinspector.viewmodels.signatures.model import SignaturesModel
from tfinspector.viewmodels.signatures.running import RunModel
from tfinspector.viewmodels.tasks import Task
from tfinspector.viewmodels.verify.form import (
    WITH_FACTORY,
    VerifyForm,
    VerifyKind,
    fitted,
    kinds_for,
    others_for,
    path_of,
)

if TYPE_CHECKING:
    from tfinspector.engine.jobs import Ticket
    from tfinspector.engine.opening import OpenSource
    from tfinspector.engine.running.verifying import VerifyRequest
    from tfinspector.engine.worker.client import WorkerClient

HALF = "CPU:1"
_Result = VerifyReport | Finding
_Key = tuple[str, VerifyKind]


class _Kept(NamedTuple):
    """What came of a comparison, and the script of it."""

    result: _Result | None
    code: str = ""


_NOTHING = _Kept(None)


class VerifyModel(QObject):
    """Follows the page's chosen entry and the sources that are open.

    changed       `form`, `kinds`, `others`, `devices`, `why_not`
    ended         `task` (running now, or None), `result` (VerifyReport, Finding or None)
    offered       as of the page Restore: the functions of a Python file
    form_changed  the factory (for the list of its functions)
    remembered    (path of the source, what was filled in to build its model)
    """

    changed = Signal()
    ended = Signal()
    offered = Signal(object)
    form_changed = Signal()
    remembered = Signal(str, object)

    def __init__(
        self,
        session: Session,
        signatures: SignaturesModel,
        running: RunModel,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session, self._signatures, self._running = session, signatures, running
        self.asked = VerifyForm()
        self.sides: list[Side] = []
        self.task: Task | None = None
        self._path = ""
        self._results: WeakKeyDictionary[OpenSource, dict[_Key, _Kept]] = WeakKeyDictionary()
        self._recall: Callable[[str], Mapping[str, str]] = lambda path: {}
        self._log = LogRelay(session, self)
        session.current_changed.connect(self._follow)
        session.sources_changed.connect(self._follow)
        signatures.changed.connect(self._tell)
        running.changed.connect(self._tell)
        self._follow()

    # What is filled in

    @property
    def form(self) -> RestoreForm:
        """The factory and its arguments."""
        return self.asked.factory

    @property
    def kinds(self) -> tuple[VerifyKind, ...]:
        """What can be compared with what is current."""
        return kinds_for(self._session.current, self.sides)

    @property
    def others(self) -> list[Side]:
        """What can stand on the other side."""
        current = self._session.current
        return others_for(self.asked.kind, current, self.sides) if current else []

    @property
    def devices(self) -> list[DeviceChoice]:
        """The other devices that the worker offers; the CPU can be split in two."""
        first = self._running.device
        offered = [each for each in self._running.devices if each.name != first]
        if first == CPU and HALF not in [each.name for each in offered]:
            offered.append(DeviceChoice(HALF, f"{HALF} · the CPU split in two"))
        return offered

    @property
    def folder(self) -> str:
        """Where a factory is looked for first."""
        return os.path.dirname(self.form.file or self._path.rstrip("/"))

    @property
    def why_not(self) -> str:
        """Why nothing can be compared now, "" if it can."""
        if self.task:
            return "It is running."
        if self.asked.kind is not VerifyKind.SNAPSHOT and (never := self._running.cannot_be_called):
            return never
        return self.asked.why_not or self._running.input_problem

    def recall_from(self, recall: Callable[[str], Mapping[str, str]]) -> None:
        """Where to ask what was last filled in to restore a source."""
        self._recall = recall
        self._path = ""
        self._follow()

    def ask(self, **change: Any) -> None:
        """Change fields of `asked`."""
        asked = replace(self.asked, **change)
        if asked != self.asked:
            self.asked = asked
            self._tell()
            self.ended.emit()

    def fill_in(self, **change: Any) -> None:
        """Change fields of the factory's form."""
        self.ask(factory=replace(self.form, **change))

    def list_callables(self, path: str) -> None:
        """Ask which functions the Python file offers; `offered` answers. Nothing is executed."""
        ask_callables(self._session, path, self.offered, self)

    # The comparison

    @property
    def result(self) -> _Result | None:
        """What came of the last one of this entry and kind; None if there was none."""
        return self._kept.result

    @property
    def code(self) -> str:
        """Python that compares the same; "" while nothing was compared."""
        return self._kept.code

    @property
    def _kept(self) -> _Kept:
        current = self._session.current
        known = self._results.get(current, {}) if current else {}
        return known.get(self._key(), _NOTHING)

    @property
    def request(self) -> VerifyRequest:
        """As the engine wants it, for what is chosen now."""
        from tfinspector.engine.running.run import CallRequest
        from tfinspector.engine.running.verifying import VerifyRequest

        asked, running = self.asked, self._running
        seed, device = running.seed, running.device
        against = path_of(asked.b) if asked.b and asked.kind is not VerifyKind.DEVICE else ""
        factory = self.form if asked.kind in WITH_FACTORY else RestoreForm()
        path, call = self._path, CallRequest(device=device, seed=seed)
        if asked.kind is VerifyKind.SNAPSHOT and asked.a:
            path = path_of(asked.a)
        elif (entry := self._signatures.chosen) is not None:
            is_signature = isinstance(entry.item, Signature)
            several = len(self._signatures.saved_model.meta_graphs) > 1  # type: ignore[union-attr]
            call = replace(
                call,
                signature=entry.name if is_signature else None,
                function=None if is_signature else entry.name,
                form=self._signatures.form.number if self._signatures.form else None,
                inputs=running.choices,
                tags=entry.graph.tags if several else None,
            )
        devices = (device, asked.device) if asked.kind is VerifyKind.DEVICE else ()
        known = [each.name for each in running.devices]
        if HALF in devices and HALF not in known:
            call = replace(call, logical_cpus=2)
        return VerifyRequest(
            path, against, factory.spec, factory.arguments, call, devices, asked.allowed
        )

    def verify(self) -> None:
        """Call both with the same input and compare: runs the models, and the factory."""
        source = self._session.current
        if source is None or self.why_not:
            return
        doors, command, note = self._session.doors, self._session.worker.command, self._log.note
        request, key = self.request, self._key()
        if self.asked.kind in WITH_FACTORY:
            kept = dict(self._recall(self._path))
            factory = {"factory": self.form.factory, "kwargs": self.form.kwargs}
            self.remembered.emit(self._path, kept | factory)

        def job(ticket: Ticket) -> _Kept:
            from tfinspector.engine.code.verifying import verification_of
            from tfinspector.engine.running.verifying import verify

            def make_client() -> WorkerClient:
                return doors.worker(command, note, lambda state: None)

            report = verify(request, make_client, ticket)
            return _Kept(report, verification_of(request, report))

        def done(kept: _Kept) -> None:
            self._results.setdefault(source, {})[key] = kept

        self.task = task = self._session.run(
            f"Verify {os.path.basename(self._path.rstrip('/'))}", job, done,
            lambda finding: done(_Kept(finding)), key="verify", owner=source,
        )  # fmt: skip
        self._log.start()
        task.ended.connect(lambda: self._on_ended(task))
        self.ended.emit()
        self._tell()

    def cancel(self) -> None:
        """Stop comparing."""
        if self.task:
            self.task.cancel()

    def _key(self) -> _Key:
        entry = self._signatures.chosen
        form = self._signatures.form
        name = f"{entry.graph.tags} {entry.is_signature} {entry.name}" if entry else ""
        return f"{name} {form.number if form else 0}", self.asked.kind

    def _on_ended(self, task: Task) -> None:
        if self.task is task:
            self.task = None
            self._log.stop()
        self.ended.emit()
        self._tell()

    # Following

    def _follow(self) -> None:
        """What is open or current has changed: fit to it what is asked, then tell."""
        current = self._session.current
        self.sides = sides_of(self._session.sources)
        path = current.source.path if current else ""
        if path != self._path:
            self._path = path
            self.asked = replace(self.asked, factory=recalled(self._recall(path)))
        self._tell()
        self.ended.emit()

    def _tell(self) -> None:
        """In whichever order the signals come, nothing is offered that is not there."""
        current = self._session.current
        if current is not None:
            self.asked = fitted(self.asked, current, self.sides)
        usable = [each.name for each in self.devices if not each.why_not]
        if self.asked.device not in usable:
            self.asked = replace(self.asked, device=usable[0] if usable else "")
        self.changed.emit()
        self.form_changed.emit()
