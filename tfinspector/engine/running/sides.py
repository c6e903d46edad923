"""The models that are compared: a SavedModel's signature, or a factory's model with its values."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from tfinspector.contents.calls import Callee, CallOutput, GivenInput, InputChoice
from tfinspector.contents.findings import Finding, Fix, Severity
from tfinspector.contents.reports import Interpreter
from tfinspector.contents.restores import Outcome, RestoreReport
from tfinspector.diagnosis.call_errors import misfits
from tfinspector.engine.jobs import Ticket
from tfinspector.engine.loading import specs_of
from tfinspector.engine.loading_keras import KerasRequest, load_keras
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
        placed = _placed(callee, given)
        if placed is None:
            return Answered(title, None, findings=(_other_inputs(title, given, callee),))
        given = placed
        try:
            report = call_with(self.opened, graph, callee, given, request, client, ticket)
        except WorkerFailed as failed:
            return Answered(title, None, tuple(given), (failed.finding,), worker_died=True)
        outputs = report.outputs if report.done else None
        return Answered(title, outputs, report.given, report.findings, None, report.interpreter)


@dataclass(frozen=True, slots=True)
class FactorySide:
    """What the factory builds, restored from `request.path`; `call` has inputs and seed."""

    request: RestoreRequest
    call: CallRequest = field(default_factory=CallRequest)

    def answer(
        self, given: Sequence[GivenInput] | None, client: WorkerClient, ticket: Ticket
    ) -> Answered:
        """Its outputs for these inputs, else for those that the request asks for, else for the
        factory's own (`sample_inputs`) or drawn ones.

        Raises Unreadable (S06: such inputs can't be made; as `restore` does) and Cancelled.
        """
        title = f"the model restored from {_name(self.request.path)}"
        report = restore(self.request, client, ticket)
        about = client.about
        if report.model is None or report.outcome is Outcome.FAILED:
            return Answered(
                title, None, tuple(given or ()), report.findings, report, about, report.worker_died
            )
        found = Answered(title, None, findings=report.findings, restore=report)
        return _of_held(found, self.call, given, client, ticket)


@dataclass(frozen=True, slots=True)
class KerasSide:
    """A whole model of Keras, loaded as it is; `call.imports` have its classes."""

    opened: OpenSource
    call: CallRequest = field(default_factory=CallRequest)

    def answer(
        self, given: Sequence[GivenInput] | None, client: WorkerClient, ticket: Ticket
    ) -> Answered:
        """As a restored model does. Raises Unreadable as `load_keras` does: code is never run."""
        title = f"the model in {_name(self.opened.source.path)}"
        call = self.call
        asked = KerasRequest(call.imports, device=call.device, timeout=call.timeout)
        try:
            report = load_keras(self.opened, asked, client, ticket)
        except WorkerFailed as failed:
            return Answered(title, None, tuple(given or ()), (failed.finding,), worker_died=True)
        found = Answered(title, None, tuple(given or ()), report.findings)
        return _of_held(found, call, given, client, ticket) if report.loaded else found


def _of_held(
    found: Answered,
    call: CallRequest,
    given: Sequence[GivenInput] | None,
    client: WorkerClient,
    ticket: Ticket,
) -> Answered:
    """What the model that the worker holds answers; `found` has what is known before the call."""
    found = replace(found, given=tuple(given or ()), interpreter=client.about)
    try:
        if given is None and _wishes(call):
            given = _wished(found.title, call, client, ticket)
        told, outputs, own = _ask(call, given, client, ticket)
    except WorkerFailed as failed:
        return replace(found, findings=(failed.finding, *found.findings), worker_died=True)
    if not told["done"]:
        why = _not_called(found.title, told["why_not"])
        return replace(found, given=own, findings=(why, *found.findings))
    return replace(found, outputs=outputs, given=own)


def _wished(
    title: str, call: CallRequest, client: WorkerClient, ticket: Ticket
) -> tuple[GivenInput, ...] | None:
    """The inputs that were asked for; None where nothing tells what the model takes."""
    doing = "asking what the model takes"
    rows = client.exchange("takes", {}, (), ticket, call.timeout, doing).result
    if rows["inputs"] is None:
        return None
    callee = Callee(title, False, specs_of(rows["inputs"]))
    return fill([callee], call.asked, call.seed)[1]


def _ask(
    call: CallRequest, given: Sequence[GivenInput] | None, client: WorkerClient, ticket: Ticket
) -> tuple[dict[str, Any], tuple[CallOutput, ...], tuple[GivenInput, ...]]:
    if given is None:
        params: dict[str, Any] = {"seed": call.seed, "values": True}
        method, payloads = "call", []
    else:
        method, params = "answer", {"inputs": rows_of(given)}
        payloads = [payload_of(one.values) for one in given]
    reply = client.exchange(method, params, payloads, ticket, call.timeout, "calling the model")
    told = reply.result
    outputs = tuple(output_of(each, reply.payloads) for each in told["outputs"])
    own = tuple(given or ())
    if given is None and told["done"]:
        own = tuple(
            GivenInput(
                name, row["dtype"], tuple(row["shape"]), told["inputs"],
                array_of(reply.payloads[row["payload"]], row["dtype"], row["shape"]),
            )
            for name, row in zip(told["names"], told["shared"], strict=True)
        )  # fmt: skip
    return told, outputs, own


Side = SavedModelSide | FactorySide | KerasSide


def _wishes(request: CallRequest) -> bool:
    """Whether a person said anything about the inputs."""
    drawn = request.others is None or request.others == InputChoice()
    return bool(request.inputs or request.sizes) or not drawn


def _best(callees: Sequence[Callee], given: Sequence[GivenInput]) -> Callee:
    """The form that takes the inputs of the other side; else the usual one."""
    for callee in callees:
        placed = _placed(callee, given)
        if placed is not None and not misfits(callee, placed):
            return callee
    return callees[0]


def _placed(callee: Callee, given: Sequence[GivenInput]) -> list[GivenInput] | None:
    """The other side's inputs for this one: by their names, or in order; None if they do not go.

    A nested input ("inputs/left") has the name of its last part as well.
    """
    names = [spec.name for spec in callee.inputs]
    by_name = {one.name: one for one in given}
    last = {one.name.rpartition("/")[2]: one._replace(name=one.name.rpartition("/")[2])
            for one in given}  # fmt: skip
    if len(last) == len(given) and set(last) == set(names):
        by_name = last
    if set(by_name) <= set(names) and set(names) - set(by_name) <= set(callee.optional):
        return [by_name[name] for name in names if name in by_name]
    if len(given) != len(names):
        return None
    return [one._replace(name=name) for one, name in zip(given, names, strict=True)]


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
