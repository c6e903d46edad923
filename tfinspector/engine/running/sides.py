"""The models that are compared: a SavedModel's signature, or a factory's model with its values."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from tfinspector.contents.calls import Callee, CallOutput, GivenInput
from tfinspector.contents.findings import Finding, Fix, Severity
from tfinspector.contents.reports import Interpreter
from tfinspector.contents.restores import Outcome, RestoreReport
from tfinspector.diagnosis.call_errors import misfits
from tfinspector.engine.jobs import Ticket
from tfinspector.engine.opening import OpenSource
from tfinspector.engine.restoring.restore import RestoreRequest, restore
from tfinspector.engine.running.callees import graph_of, saved_model_of
from tfinspector.engine.running.forms import callees_of, fill
from tfinspector.engine.running.payloads import array_of, payload_of, rows_of
from tfinspector.engine.running.run import CallRequest, call_with, output_of
from tfinspector.engine.worker.client import WorkerClient, WorkerFailed


@dataclass(frozen=True, slots=True)
class Answered:
    """What one side answered: `outputs` is None where it could not, and the findings say why.

    `given` are the inputs, for the other side.
    """

    title: str
    outputs: tuple[CallOutput, ...] | None
    given: tuple[GivenInput, ...] = ()
    findings: tuple[Finding, ...] = ()
    restore: RestoreReport | None = None
    interpreter: Interpreter | None = None
    worker_died: bool = False


@dataclass(frozen=True, slots=True)
class SavedModelSide:
    """A signature or function of a SavedModel."""

    opened: OpenSource
    request: CallRequest = field(default_factory=CallRequest)

    def answer(
        self, given: Sequence[GivenInput] | None, client: WorkerClient, ticket: Ticket
    ) -> Answered:
        """Its outputs for these inputs, or for those that the request asks for.

        Raises Unreadable (no such signature; inputs that do not go together) and Cancelled.
        """
        saved_model = saved_model_of(self.opened)
        request = self.request
        graph = graph_of(saved_model, request.tags)
        callees = callees_of(saved_model, graph, request.signature, request.function, request.form)
        if given is None:
            callee, given = fill(callees, request.asked, request.seed)
        else:
            callee = _best(callees, given)
        title = f"{callee.title} of {_name(saved_model.path)}"
        if [one.name for one in given] != [spec.name for spec in callee.inputs]:
            renamed = zip(given, callee.inputs, strict=False)
            if len(given) != len(callee.inputs):
                return Answered(title, None, findings=(_other_inputs(title, given, callee),))
            given = [one._replace(name=spec.name) for one, spec in renamed]
        try:
            report = call_with(self.opened, graph, callee, given, request, client, ticket)
        except WorkerFailed as failed:
            return Answered(title, None, tuple(given), (failed.finding,), worker_died=True)
        outputs = report.outputs if report.done else None
        return Answered(title, outputs, report.given, report.findings, None, report.interpreter)


@dataclass(frozen=True, slots=True)
class FactorySide:
    """What the factory builds, restored from `request.path`."""

    request: RestoreRequest
    seed: int

    def answer(
        self, given: Sequence[GivenInput] | None, client: WorkerClient, ticket: Ticket
    ) -> Answered:
        """Its outputs for these inputs, or for drawn ones of its own. Raises as `restore` does."""
        title = f"the model restored from {_name(self.request.path)}"
        report = restore(self.request, client, ticket)
        about = client.about
        if report.model is None or report.outcome is Outcome.FAILED:
            return Answered(
                title, None, tuple(given or ()), report.findings, report, about, report.worker_died
            )
        try:
            told, outputs, own = self._ask(given, client, ticket)
        except WorkerFailed as failed:
            findings = (failed.finding, *report.findings)
            return Answered(title, None, tuple(given or ()), findings, report, about, True)
        if not told["done"]:
            findings = (_not_called(title, told["why_not"]), *report.findings)
            return Answered(title, None, own, findings, report, about)
        return Answered(title, outputs, own, report.findings, report, about)

    def _ask(
        self, given: Sequence[GivenInput] | None, client: WorkerClient, ticket: Ticket
    ) -> tuple[dict[str, Any], tuple[CallOutput, ...], tuple[GivenInput, ...]]:
        if given is None:
            params: dict[str, Any] = {"seed": self.seed, "values": True}
            method, payloads = "call", []
        else:
            method, params = "answer", {"inputs": rows_of(given)}
            payloads = [payload_of(one.values) for one in given]
        doing = "calling the restored model"
        reply = client.exchange(method, params, payloads, ticket, self.request.timeout, doing)
        told = reply.result
        outputs = tuple(output_of(each, reply.payloads) for each in told["outputs"])
        own = tuple(given or ())
        if given is None and told["done"]:
            own = tuple(
                GivenInput(
                    f"input_{place}", row["dtype"], tuple(row["shape"]), told["inputs"],
                    array_of(reply.payloads[row["payload"]], row["dtype"], row["shape"]),
                )
                for place, row in enumerate(told["shared"])
            )  # fmt: skip
        return told, outputs, own


Side = SavedModelSide | FactorySide


def _best(callees: Sequence[Callee], given: Sequence[GivenInput]) -> Callee:
    """The form that takes these very inputs, by name; else the usual one."""
    names = [one.name for one in given]
    same = (each for each in callees if [spec.name for spec in each.inputs] == names)
    return next((each for each in same if not misfits(each, given)), callees[0])


def _name(path: str) -> str:
    return path.rstrip("/").rpartition("/")[2]


def _not_called(title: str, why_not: str) -> Finding:
    return Finding(
        "R05", Severity.ERROR,
        f"{title[0].upper() + title[1:]} can't be called with the inputs of the signature.",
        why_not,
        fix=Fix(
            "Give the factory's module a sample_inputs() that returns what the model takes, in the "
            "order of the signature's inputs.",
            "def sample_inputs():\n    return tf.zeros([1, 4])",
        ),
    )  # fmt: skip


def _other_inputs(title: str, given: Sequence[GivenInput], callee: Callee) -> Finding:
    theirs = ", ".join(spec.name for spec in callee.inputs) or "none"
    return Finding(
        "R05", Severity.ERROR,
        f"{title[0].upper() + title[1:]} takes {theirs}; the first one was given "
        f"{', '.join(one.name for one in given)}.",
        fix=Fix("Compare two signatures that take the same inputs, by --signature."),
    )  # fmt: skip
