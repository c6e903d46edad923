"""Calls a signature or a function in the worker. This runs the model: only on a visible act."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tfinspector.analysis.sketch import Accumulator
from tfinspector.contents.calls import Callee, CallOutput, CallReport, GivenInput, InputChoice
from tfinspector.contents.dtypes import DTYPE_BY_NAME
from tfinspector.contents.figures import Statistics, Unmeasured
from tfinspector.contents.findings import Finding, Severity
from tfinspector.contents.saved_models import MetaGraph
from tfinspector.diagnosis.call_errors import explain_call_error, warn_of_misfits
from tfinspector.diagnosis.load_errors import explain_load_error
from tfinspector.diagnosis.worker import explain_versions
from tfinspector.engine.jobs import Ticket
from tfinspector.engine.opening import OpenSource
from tfinspector.engine.restoring.model_reports import relayed_error_of
from tfinspector.engine.running.asking import Asked
from tfinspector.engine.running.callees import graph_of, saved_model_of
from tfinspector.engine.running.forms import callees_of, fill
from tfinspector.engine.running.making import SEED
from tfinspector.engine.running.number_types import numpy_type
from tfinspector.engine.running.payloads import array_of, payload_of, rows_of
from tfinspector.engine.worker.client import MethodFailed, Reply, WorkerClient

_NOT_ABOUT_THIS_CALL = frozenset({"S02", "S05", "S11", "S12"})


@dataclass(frozen=True, slots=True)
class CallRequest:
    """What to call and with what.

    inputs   by name; with `others`, the inputs that are not named get that
    sizes    of the unknown dimensions of every input without sizes of its own, as far as it has any
    form     of the function, by its number; None is the usual one, or one that the inputs fit
    tags     of the graph, None for the only one; device "GPU:0", None is TensorFlow's choice
    logical_cpus  split the CPU into that many devices first; 0 leaves it as it is
    imports  modules or files that register operations; they are executed before loading
    timeout  seconds for loading and calling together, None for no limit
    """

    signature: str | None = None
    function: str | None = None
    inputs: Mapping[str, InputChoice] = field(default_factory=dict)
    others: InputChoice | None = None
    sizes: tuple[int, ...] = ()
    tags: tuple[str, ...] | None = None
    device: str | None = None
    seed: int = SEED
    repeat: int = 1
    timeout: float | None = None
    form: int | None = None
    logical_cpus: int = 0
    imports: tuple[str, ...] = ()

    @property
    def asked(self) -> Asked:
        """The inputs alone."""
        return Asked(dict(self.inputs), self.others, self.sizes)


def run_opened(
    opened: OpenSource, request: CallRequest, client: WorkerClient, ticket: Ticket | None = None
) -> CallReport:
    """Make the inputs, load the SavedModel and call it.

    What TensorFlow raises is a report with `error` and a finding that explains it. Raises
    Unreadable if it is no SavedModel, has no such signature or the inputs can't be made,
    WorkerFailed if the worker died, and Cancelled.
    """
    saved_model = saved_model_of(opened)
    graph = graph_of(saved_model, request.tags)
    callees = callees_of(saved_model, graph, request.signature, request.function, request.form)
    callee, given = fill(callees, request.asked, request.seed)
    return call_with(opened, graph, callee, given, request, client, ticket)


def call_with(
    opened: OpenSource,
    graph: MetaGraph,
    callee: Callee,
    given: Sequence[GivenInput],
    request: CallRequest,
    client: WorkerClient,
    ticket: Ticket | None = None,
) -> CallReport:
    """The call with inputs that are made already; raises WorkerFailed and Cancelled."""
    ticket = ticket or Ticket()
    saved_model = saved_model_of(opened)
    found = [each for each in opened.source.findings if each.id not in _NOT_ABOUT_THIS_CALL]
    several = len(saved_model.meta_graphs) > 1
    doing = f"calling {callee.name} of {os.path.basename(saved_model.path)}"
    try:
        reply = client.exchange(
            "run",
            _params(saved_model.path, graph if several else None, callee, given, request),
            [payload_of(each.values) for each in given],
            ticket, request.timeout, doing,
        )  # fmt: skip
    except MethodFailed as failed:
        cause = explain_load_error(failed.error, saved_model.path, saved_model, found)
        findings = [cause, *(one for one in found if one.id != cause.id)]
        return _report(opened, callee, given, request, client, findings, None, failed.error)
    error = relayed_error_of(reply.result["error"])
    if error is not None:
        found.insert(0, explain_call_error(error, saved_model, graph, callee, given))
    else:
        found = warn_of_misfits(saved_model.path, callee, given) + found
    return _report(opened, callee, given, request, client, found, reply, error)


def _params(
    path: str,
    graph: MetaGraph | None,
    callee: Callee,
    given: Sequence[GivenInput],
    request: CallRequest,
) -> dict[str, Any]:
    return {
        "path": path,
        "tags": list(graph.tags) if graph else None,
        "device": request.device,
        "logical_cpus": request.logical_cpus,
        "imports": list(request.imports),
        "signature": callee.name if callee.is_signature else None,
        "function": None if callee.is_signature else callee.name,
        "arguments": callee.arguments,
        "repeat": request.repeat,
        "inputs": rows_of(given),
    }


def _report(
    opened: OpenSource,
    callee: Callee,
    given: Sequence[GivenInput],
    request: CallRequest,
    client: WorkerClient,
    findings: list[Finding],
    reply: Reply | None,
    error: Any,
) -> CallReport:
    about = client.about
    told: dict[str, Any] = reply.result if reply else {}
    times: list[float] = told.get("times", [])
    if about is not None:
        findings = findings + list(explain_versions(about))
    return CallReport(
        path=opened.source.path,
        callee=callee,
        given=tuple(given),
        outputs=tuple(output_of(each, reply.payloads) for each in told["outputs"]) if reply else (),
        times=tuple(times),
        seconds=median(times) if times else 0.0,
        load_seconds=told.get("load_seconds", 0.0),
        findings=tuple(sorted(findings, key=lambda one: one.severity is not Severity.ERROR)),
        device=request.device or "",
        interpreter=about,
        error=error,
    )


def output_of(told: dict[str, Any], payloads: Sequence[bytes]) -> CallOutput:
    """One output as the worker tells it, with its figures."""
    values = array_of(payloads[told["payload"]], told["dtype"], told["shape"])
    return CallOutput(
        told["name"], told["dtype"], tuple(told["shape"]), values, _figures(told["dtype"], values)
    )


def _figures(dtype: str, values: NDArray[Any]) -> Statistics | Unmeasured:
    known = DTYPE_BY_NAME.get(dtype)
    if known is None or numpy_type(known) is None or values.dtype == object:
        return Unmeasured(f"{dtype} has no figures")
    if not values.size:
        return Unmeasured("it is empty")
    accumulator = Accumulator(dtype)
    accumulator.add(np.ascontiguousarray(values))
    return accumulator.statistics()
