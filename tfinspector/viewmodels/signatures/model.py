"""The signatures and functions of the current SavedModel, and what loading it says.

Everything listed comes from the files alone. Only `load` runs the model, in the worker.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from PySide6.QtCore import QObject, Signal

from tfinspector.contents import numbers
from tfinspector.contents.calls import OfferedForm
from tfinspector.contents.findings import Finding, Severity
from tfinspector.contents.reports import LoadReport
from tfinspector.contents.saved_models import (
    Function,
    MetaGraph,
    SavedModel,
    Signature,
    TensorSpec,
)
from tfinspector.contents.sources import SourceKind
from tfinspector.engine.jobs import Ticket
from tfinspector.engine.tensorflow_places import why_not_read_by_tensorflow
from tfinspector.viewmodels.session import Session
from tfinspector.viewmodels.tasks import Task

if TYPE_CHECKING:
    from tfinspector.engine.opening import OpenSource

NO_SOURCE = "Open a SavedModel to see how to call it."
NOT_A_MODEL = "Only a SavedModel has signatures. Open one to see how to call it."
NOT_CALLABLE = "S05"
INIT_NAMES = ("__saved_model_init_op", "__saved_model_train_op")


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the list: a signature or a function of one graph."""

    graph: MetaGraph
    item: Signature | Function

    @property
    def name(self) -> str:
        """What it is called by."""
        return self.item.name if isinstance(self.item, Signature) else self.item.path

    @property
    def is_signature(self) -> bool:
        """Signature, or function of the object graph."""
        return isinstance(self.item, Signature)

    @property
    def summary(self) -> str:
        """In a few words: "2 inputs, 1 output", "3 call forms"."""
        if isinstance(self.item, Signature):
            ins, outs = len(self.item.inputs), len(self.item.outputs)
            return f"{numbers.counted(ins, 'input')}, {numbers.counted(outs, 'output')}"
        forms = len(self.item.forms)
        return (
            numbers.counted(forms, "call form")
            if forms
            else "can't be called: saved without a trace"
        )


@dataclass(frozen=True, slots=True)
class Group:
    """A heading of the list with its entries."""

    title: str
    entries: tuple[Entry, ...]


class SignaturesModel(QObject):
    """Binds to the current source.

    changed         `groups`, `chosen`, `forms`, `form`, `code`
    load_changed    `task` (loading now), `report` (LoadReport, Finding or None)
    """

    changed = Signal()
    load_changed = Signal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.groups: tuple[Group, ...] = ()
        self.chosen: Entry | None = None
        self.forms: tuple[OfferedForm, ...] = ()
        self.form: OfferedForm | None = None
        self.task: Task | None = None
        self._reports: WeakKeyDictionary[OpenSource, LoadReport | Finding] = WeakKeyDictionary()
        self._source: OpenSource | None = None
        session.current_changed.connect(self._on_current)
        session.findings_changed.connect(self.changed)
        session.worker.changed.connect(self.load_changed)
        self._on_current()

    @property
    def saved_model(self) -> SavedModel | None:
        """The current SavedModel, None for anything else."""
        return self._source.source.saved_model if self._source else None

    @property
    def empty_words(self) -> str:
        """Why there is nothing to list, "" if there is."""
        if self._source is None:
            return NO_SOURCE
        if self.saved_model is None:
            return NOT_A_MODEL
        if not any(group.entries for group in self.groups):
            return f"This {self._noun} has neither signatures nor functions, so it can't be called."
        return ""

    @property
    def _noun(self) -> str:
        is_model = self._source and self._source.source.kind is SourceKind.SAVED_MODEL
        return "SavedModel" if is_model else "graph"

    @property
    def root_severity(self) -> Severity:
        """How much `root_words` matter: as the finding says that they are from."""
        found = self._session.findings_of(self._source) if self._source else []
        return next((f.severity for f in found if f.id == NOT_CALLABLE), Severity.INFO)

    @property
    def root_words(self) -> str:
        """What a person must know before calling `loaded(x)`, "" if it works."""
        if self.saved_model is None or self._source is None:
            return ""
        if self._source.source.kind is not SourceKind.SAVED_MODEL:
            return "Nothing is loaded of a graph: it is imported by code, as below."
        told = [f for f in self._session.findings_of(self._source) if f.id == NOT_CALLABLE]
        if told:
            return told[0].title
        graphs = self.saved_model.meta_graphs
        if graphs and not any(graph.callable_root for graph in graphs):
            return "The loaded object itself can't be called: use a signature or a function."
        return ""

    @property
    def entries(self) -> list[Entry]:
        """All entries in the order shown."""
        return [entry for group in self.groups for entry in group.entries]

    @property
    def code(self) -> str:
        """Python that calls the chosen entry."""
        if self.chosen is None or self.saved_model is None:
            return ""
        return _code(self.saved_model, self.chosen, self.form)

    def choose(self, entry: Entry) -> None:
        """Show this one, a function in its usual form."""
        if entry is not self.chosen:
            self._take(entry)
            self.changed.emit()

    def choose_form(self, number: int) -> None:
        """Call the chosen function in this form, from 1."""
        form = next((each for each in self.forms if each.number == number), None)
        if form is not None and form is not self.form:
            self.form = form
            self.changed.emit()

    def _take(self, entry: Entry | None) -> None:
        self.chosen = entry
        self.forms, self.form = _forms(entry) if entry else ((), None)

    # Loading

    @property
    def report(self) -> LoadReport | Finding | None:
        """What loading this SavedModel said; None until somebody asked."""
        return self._reports.get(self._source) if self._source else None

    @property
    def why_never(self) -> str:
        """Why TensorFlow can neither load nor call what this is, "" if it can."""
        if self._source is not None and self._source.source.kind is not SourceKind.SAVED_MODEL:
            return "A graph is imported by code, as below; only SavedModels are loaded here."
        return why_not_read_by_tensorflow(self.saved_model.path) if self.saved_model else ""

    @property
    def why_not_load(self) -> str:
        """Why Load can't be pressed now, "" if it can."""
        if self.task:
            return "It is being loaded."
        if self.why_never:
            return self.why_never
        if self._session.worker.client is None:
            return "TensorFlow is not ready: see the worker in the toolbar."
        return ""

    def load(self) -> None:
        """Load it with TensorFlow, in the worker: this runs the model's own code."""
        source, saved_model = self._source, self.saved_model
        client = self._session.worker.client
        if source is None or saved_model is None or client is None or self.why_not_load:
            return
        graph = self.chosen.graph if self.chosen else None
        several = len(saved_model.meta_graphs) > 1
        tags = list(graph.tags) if graph and several else None

        def job(ticket: Ticket) -> LoadReport:
            from tfinspector.engine.proving import load_proved

            return load_proved(source, client, tags=tags, ticket=ticket)

        def done(report: LoadReport | Finding) -> None:
            self._reports[source] = report

        self.task = self._session.run(
            f"Load {saved_model.path.rsplit('/', 1)[-1]}", job, done, done, key="load",
            owner=source,
        )  # fmt: skip
        task = self.task
        task.ended.connect(lambda: self._on_ended(task))
        self.load_changed.emit()

    def cancel(self) -> None:
        """Stop loading."""
        if self.task:
            self.task.cancel()

    def _on_ended(self, task: Task) -> None:
        if self.task is task:
            self.task = None
        self.load_changed.emit()

    def _on_current(self) -> None:
        if self._session.current is self._source and self._source is not None:
            return
        self._source = self._session.current
        self.groups = _groups(self.saved_model) if self.saved_model else ()
        entries = self.entries
        self._take(entries[0] if entries else None)
        self.changed.emit()
        self.load_changed.emit()


def _groups(saved_model: SavedModel) -> tuple[Group, ...]:
    """Signatures, then functions, of each graph; a TF1 graph's initialisers are left out."""
    groups = []
    for graph in saved_model.meta_graphs:
        about = ", ".join(graph.tags) or "no tags"
        signatures = [s for s in graph.signatures if s.name not in INIT_NAMES]
        for title, items in (("Signatures", signatures), ("Functions", graph.functions)):
            if items:
                entries = tuple(Entry(graph, item) for item in items)
                groups.append(Group(f"{title} ({about})", entries))
    return tuple(groups)


def _forms(entry: Entry) -> tuple[tuple[OfferedForm, ...], OfferedForm | None]:
    """The call forms of a function, and the one to begin with: the usual one, if it can be made."""
    if isinstance(entry.item, Signature):
        return (), None
    from tfinspector.engine.running.forms import forms_of

    forms, usual = forms_of(entry.item), entry.item.usual_form
    ranked = sorted(forms, key=lambda each: (each.callee is None, each.form is not usual))
    return forms, ranked[0] if ranked else None


def _code(saved_model: SavedModel, entry: Entry, form: OfferedForm | None) -> str:
    from tfinspector.engine.calling_code import python_for_function, python_for_signature

    if isinstance(entry.item, Signature):
        return python_for_signature(saved_model, entry.graph, entry.item)
    return python_for_function(saved_model, entry.graph, entry.item, form.form if form else None)


def tensor_row(spec: TensorSpec) -> tuple[str, str, str, str]:
    """Name, type, shape and the graph's own name of an input or output."""
    return spec.name, spec.dtype.name, numbers.shape(spec.shape), spec.tensor
