"""Calls the chosen signature or function in the worker, and keeps what came out."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple
from weakref import WeakKeyDictionary

from PySide6.QtCore import QObject, Signal

from tfinspector.contents import numbers
from tfinspector.contents.calls import Callee, CallReport, InputChoice, OfferedForm
from tfinspector.contents.findings import Finding
from tfinspector.contents.saved_models import Signature
from tfinspector.engine.jobs import Ticket
from tfinspector.viewmodels.measuring.queue import Choice
from tfinspector.viewmodels.restore.form import DeviceChoice, device_choices
from tfinspector.viewmodels.session import Session
from tfinspector.viewmodels.signatures.call_form import InputLine, lines_of
from tfinspector.viewmodels.signatures.model import Entry, SignaturesModel
from tfinspector.viewmodels.tasks import Task

if TYPE_CHECKING:
    from tfinspector.engine.opening import OpenSource

NEVER_TRACED = "It was saved without one traced form, so TensorFlow can't call it."
NO_WORKER = "TensorFlow is not ready: see the worker in the toolbar."
_MOST_KEPT = 20  # of a source: outputs may be large
_Result = CallReport | Finding
_Key = tuple[tuple[str, ...], bool, str, int]


class _Kept(NamedTuple):
    """What came of a call."""

    result: _Result
    outputs: OpenSource | None


class RunModel(QObject):
    """Follows the entry that is chosen on the page.

    changed    `callee`, `lines`, `seed`, `repeat`, `device`, `why_not`
    ended      `task` (running now, or None), `result` (CallReport, Finding or None)
    """

    changed = Signal()
    ended = Signal()

    def __init__(
        self, session: Session, signatures: SignaturesModel, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._session, self._signatures = session, signatures
        self.callee: Callee | None = None
        self.lines: tuple[InputLine, ...] = ()
        self.seed, self.repeat, self.device = 1, 1, "CPU:0"
        self.task: Task | None = None
        self.outputs: OpenSource | None = None
        self._entry: Entry | None = None
        self._form: OfferedForm | None = None
        self._uncallable = ""
        self._results: WeakKeyDictionary[OpenSource, OrderedDict[_Key, _Kept]] = WeakKeyDictionary()
        signatures.changed.connect(self._on_chosen)
        session.worker.changed.connect(self.changed)
        self._on_chosen()

    # The form

    @property
    def devices(self) -> list[DeviceChoice]:
        """What the worker offers; a GPU that is not there with the reason."""
        return device_choices(self._session.worker.about, self.device)

    @property
    def why_not(self) -> str:
        """Why nothing can be called now, "" if it can."""
        if never := self.cannot_be_called:
            return never
        if self.task:
            return "It is running."
        if self._session.worker.client is None:
            return NO_WORKER
        return self.input_problem

    @property
    def has_entry(self) -> bool:
        """Whether a signature or a function is chosen, callable or not."""
        return self._entry is not None

    @property
    def cannot_be_called(self) -> str:
        """Why what is chosen can't be called by anyone, "" if it can."""
        return self._signatures.why_never or self._uncallable

    @property
    def input_problem(self) -> str:
        """What is wrong with what was filled in, "" if nothing can be seen."""
        return next((line.problem for line in self.lines if line.problem), "")

    @property
    def choices(self) -> dict[str, InputChoice]:
        """What was chosen for each input that is not left out."""
        return {line.spec.name: line.choice for line in self.lines if not line.is_left_out}

    @property
    def forms(self) -> tuple[OfferedForm, ...]:
        """The call forms of the chosen function; none of a signature."""
        return self._signatures.forms

    @property
    def form(self) -> OfferedForm | None:
        """The one that is called."""
        return self._form

    def choose_form(self, number: int) -> None:
        """Call another form, from 1."""
        self._signatures.choose_form(number)

    def fill_in(self, place: int, **fields: Any) -> None:
        """Change fields of the input in that place, by the names of `InputLine`."""
        lines = list(self.lines)
        lines[place] = replace(lines[place], **fields)
        if lines[place] != self.lines[place]:
            self.lines = tuple(lines)
            self.changed.emit()

    def set_run(
        self, seed: int | None = None, repeat: int | None = None, device: str | None = None
    ) -> None:
        """Another seed, number of calls, or device."""
        self.seed = self.seed if seed is None else seed
        self.repeat = self.repeat if repeat is None else repeat
        self.device = self.device if device is None else device
        self.changed.emit()

    # The call

    @property
    def result(self) -> _Result | None:
        """What came of the last call of this entry; None if there was none."""
        known = self._known()
        return known.result if known else None

    def run(self) -> None:
        """Load the SavedModel and call it, in the worker: this runs the model's own code."""
        source, entry, callee = self._session.current, self._entry, self.callee
        client = self._session.worker.client
        if source is None or entry is None or callee is None or client is None or self.why_not:
            return
        inputs = self.choices
        settings, key = (self.seed, self.repeat, self.device), _key(entry, self._form)

        def job(ticket: Ticket) -> tuple[CallReport, OpenSource | None]:
            from tfinspector.engine.running.making import make_inputs
            from tfinspector.engine.running.output_source import source_of
            from tfinspector.engine.running.run import CallRequest, call_with

            seed, repeat, device = settings
            request = CallRequest(device=device, seed=seed, repeat=repeat)
            given = make_inputs(callee, inputs, seed)
            report = call_with(source, entry.graph, callee, given, request, client, ticket)
            return report, source_of(report) if report.done else None

        def done(answer: tuple[CallReport, OpenSource | None]) -> None:
            self._keep(source, key, _Kept(*answer))

        task = self._session.run(
            f"Run {callee.name}", job, done,
            lambda finding: self._keep(source, key, _Kept(finding, None)),
            key="run", owner=source,
        )  # fmt: skip
        self.task = task
        task.ended.connect(lambda: self._on_ended(task))
        self.ended.emit()
        self.changed.emit()

    def cancel(self) -> None:
        """Stop the call."""
        if self.task:
            self.task.cancel()

    def show_output(self, place: int) -> None:
        """Show an output in the inspector, as if it were a variable."""
        if self.outputs is not None and self.outputs.source.checkpoint is not None:
            checkpoint = self.outputs.source.checkpoint
            variable = checkpoint.variables[place]
            self._session.choose([Choice(self.outputs, checkpoint.prefix, variable)])

    def save(self, directory: str) -> Task | None:
        """Write the outputs as .npy files into a directory; nothing there is overwritten."""
        report = self.result
        if not isinstance(report, CallReport) or not report.done:
            return None

        def job(ticket: Ticket) -> object:
            from tfinspector.engine.running.saving import save_outputs

            return save_outputs(directory, report.outputs)

        return self._session.run("Save outputs", job)

    def _known(self) -> _Kept | None:
        source, entry = self._session.current, self._entry
        results = self._results.get(source) if source else None
        return results.get(_key(entry, self._form)) if results and entry else None

    def _keep(self, source: OpenSource, key: _Key, kept: _Kept) -> None:
        results = self._results.setdefault(source, OrderedDict())
        results[key] = kept
        results.move_to_end(key)
        while len(results) > _MOST_KEPT:
            results.popitem(last=False)
        if self._known() is kept:
            self.outputs = kept.outputs

    def _on_ended(self, task: Task) -> None:
        if self.task is task:
            self.task = None
        self.ended.emit()
        self.changed.emit()

    def _on_chosen(self) -> None:
        entry, form = self._signatures.chosen, self._signatures.form
        if entry is self._entry and form is self._form:
            return
        self._entry, self._form = entry, form
        known = self._known()
        self.outputs = known.outputs if known else None
        self.callee, self._uncallable = _callee_of(entry, form) if entry else (None, "")
        self.lines = lines_of(self.callee, self.lines) if self.callee else ()
        self.changed.emit()
        self.ended.emit()


def _key(entry: Entry, form: OfferedForm | None) -> _Key:
    return entry.graph.tags, entry.is_signature, entry.name, form.number if form else 0


def _callee_of(entry: Entry, form: OfferedForm | None) -> tuple[Callee | None, str]:
    """What to call, or why it can't be called."""
    if isinstance(entry.item, Signature):
        from tfinspector.engine.running.callees import callee_for_signature

        return callee_for_signature(entry.item), ""
    return (form.callee, form.why_not) if form else (None, NEVER_TRACED)


def took_words(report: CallReport) -> str:
    """ "Took 0.47 ms, the median of 5 calls; loading it took 0.2 s."."""
    calls = len(report.times)
    words = f"Took {numbers.short_duration(report.seconds)}"
    if calls > 1:
        words += f", the median of {calls} calls"
    if report.load_seconds:
        words += f"; loading it took {numbers.duration(report.load_seconds)}"
    return words + "."
