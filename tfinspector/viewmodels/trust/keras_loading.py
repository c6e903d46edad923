"""Loading a whole model of Keras: its classes from modules that a person names, its own code by
consent only.

Each load has a worker of its own, since it may run code of the file: nothing of it stays behind.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from PySide6.QtCore import QObject, Signal

from tfinspector.contents.findings import Finding
from tfinspector.contents.keras_files import CustomObject, KerasFile, KerasLayout
from tfinspector.contents.reports import LoadReport
from tfinspector.contents.trust import CodeInFile
from tfinspector.viewmodels.restore.log_relay import LogRelay
from tfinspector.viewmodels.session import Session
from tfinspector.viewmodels.tasks import Task

if TYPE_CHECKING:
    from tfinspector.engine.jobs import Ticket
    from tfinspector.engine.opening import OpenSource

_WHOLE = frozenset({KerasLayout.ARCHIVE, KerasLayout.DIRECTORY, KerasLayout.HDF5_MODEL})
_Result = LoadReport | Finding


class KerasLoading(QObject):
    """Binds to the current source.

    changed        `is_offered`, `needed_words`, `modules`, `task`, `result`
    consent_asked  a `CodeInFile`: what the file could do, for a person to allow (`load_allowed`)
                   or not. Nothing has been loaded by then.
    """

    changed = Signal()
    consent_asked = Signal(object)

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.modules: tuple[str, ...] = ()
        self.task: Task | None = None
        self._results: WeakKeyDictionary[OpenSource, _Result] = WeakKeyDictionary()
        self._source: OpenSource | None = None
        self._log = LogRelay(session, self)
        session.current_changed.connect(self._on_current)
        self._on_current()

    @property
    def _keras(self) -> KerasFile | None:
        checkpoint = self._source.source.checkpoint if self._source else None
        return checkpoint.keras if checkpoint else None

    @property
    def is_offered(self) -> bool:
        """Whether the current source is one file with a whole model of Keras."""
        keras, source = self._keras, self._source
        single = source is not None and len(source.source.snapshots) == 1
        return single and keras is not None and keras.layout in _WHOLE

    @property
    def needed_words(self) -> str:
        """ "It needs Scale of classes, and odd_loss to go on training." """
        keras = self._keras
        objects = keras.custom_objects if keras else ()
        needed = _names([each for each in objects if each.needed])
        spared = _names([each for each in objects if not each.needed])
        if not objects:
            return "It needs no classes but those of Keras."
        if not needed:
            return f"It needs {spared} only to go on training."
        return f"It needs {needed}" + (f", and {spared} to go on training." if spared else ".")

    @property
    def folder(self) -> str:
        """Where a module is looked for first: beside the file."""
        return os.path.dirname(self._source.source.path) if self._source else ""

    @property
    def result(self) -> _Result | None:
        """What came of the last one; None if there was none."""
        return self._results.get(self._source) if self._source else None

    def name_modules(self, text: str) -> None:
        """Modules or Python files with its classes, apart by commas."""
        self.modules = tuple(part.strip() for part in text.split(",") if part.strip())
        self.changed.emit()

    def load(self) -> None:
        """Load it; where the file brings code, `consent_asked` comes in place of that."""
        source = self._source
        if source is None or not self.is_offered or self.task:
            return

        def look(ticket: Ticket) -> CodeInFile | None:
            from tfinspector.engine.consent import code_in

            return code_in(source, ticket)

        def found(code: CodeInFile | None) -> None:
            if code is None:
                self._load(source, "")
            else:
                self.consent_asked.emit(code)

        name = os.path.basename(source.source.path)
        self._session.run(
            f"Look for code in {name}", look, found, lambda finding: self._keep(source, finding),
            quiet=True, key="keras code", owner=source,
        )  # fmt: skip

    def load_allowed(self, code: CodeInFile) -> None:
        """Load it with the code that a person has allowed: of this content and no other."""
        source = self._source
        if source is not None and source.source.path == code.path and not self.task:
            self._load(source, code.consent)

    def cancel(self) -> None:
        """Stop loading; its worker is ended."""
        if self.task:
            self.task.cancel()

    def _load(self, source: OpenSource, consent: str) -> None:
        doors, command, note = self._session.doors, self._session.worker.command, self._log.note
        modules = tuple(os.path.expanduser(each) for each in self.modules)

        def job(ticket: Ticket) -> LoadReport:
            from tfinspector.engine.loading_keras import KerasRequest, load_keras

            with doors.worker(command, note, lambda state: None) as client:
                return load_keras(source, KerasRequest(modules, consent), client, ticket)

        def done(result: _Result) -> None:
            self._keep(source, result)

        self.task = task = self._session.run(
            f"Load {os.path.basename(source.source.path)}", job, done, done, key="keras load",
            owner=source,
        )  # fmt: skip
        self._log.start()
        task.ended.connect(lambda: self._on_ended(task))
        self.changed.emit()

    def _keep(self, source: OpenSource, result: _Result) -> None:
        self._results[source] = result
        self.changed.emit()

    def _on_ended(self, task: Task) -> None:
        if self.task is task:
            self.task = None
            self._log.stop()
        self.changed.emit()

    def _on_current(self) -> None:
        source = self._session.current
        if source is not self._source:
            self._source, self.modules = source, ()
        self.changed.emit()


def _names(objects: Sequence[CustomObject]) -> str:
    """Each once, with its module where the file tells one that can be imported."""
    told = (
        each.class_name
        if each.module in ("", "builtins", "__main__")
        else f"{each.class_name} of {each.module}"
        for each in objects
    )
    return ", ".join(dict.fromkeys(told))
