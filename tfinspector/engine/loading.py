"""Loads a SavedModel in the worker. This runs the model's own code: only on a visible act."""

import os
from collections.abc import Sequence
from typing import Any

from tfinspector.contents.dtypes import DTYPE_BY_NAME, DType, DTypeKind
from tfinspector.contents.findings import Finding, Fix, Severity, Unreadable
from tfinspector.contents.reports import LoadedVariable, LoadReport
from tfinspector.contents.saved_models import Shape, Signature, TensorSpec
from tfinspector.contents.sources import SourceKind
from tfinspector.diagnosis.load_errors import explain_load_error
from tfinspector.diagnosis.worker import explain_versions
from tfinspector.engine.jobs import Ticket
from tfinspector.engine.opening import OpenSource
from tfinspector.engine.tensorflow_places import why_not_read_by_tensorflow
from tfinspector.engine.worker.client import MethodFailed, WorkerClient


def load_opened(
    opened: OpenSource,
    client: WorkerClient,
    tags: Sequence[str] | None = None,
    device: str | None = None,
    ticket: Ticket | None = None,
    timeout: float | None = None,
    hashes: bool = False,
    imports: Sequence[str] = (),
) -> LoadReport:
    """What TensorFlow makes of an opened SavedModel on `device` ("CPU:0"; None: its choice).

    An error of TensorFlow is a report with `loaded` False and a finding that explains it. The
    values are hashed if `hashes`. `imports` are modules or files that are executed first, because
    they register operations. Raises Unreadable if it is no SavedModel or lies where TensorFlow
    can't read, WorkerFailed if the
    worker died or took longer than `timeout` seconds, Cancelled.
    """
    source = opened.source
    if source.kind is not SourceKind.SAVED_MODEL:
        raise Unreadable(no_saved_model(source.path, source.taken_for))
    if reason := why_not_read_by_tensorflow(source.path):
        fix = Fix("Copy its directory to this machine, and load it there.")
        raise Unreadable(Finding("F13", Severity.ERROR, reason, where=source.path, fix=fix))
    params = {
        "path": source.path,
        "tags": None if tags is None else list(tags),
        "device": device,
        "hashes": hashes,
        "imports": list(imports),
    }
    doing = f"loading {os.path.basename(source.path)}"
    try:
        told = client.exchange("load", params, (), ticket, timeout, doing).result
    except MethodFailed as failed:
        told = {"error": failed.error}
    about = client.about
    findings = list(source.findings)
    if "error" in told:
        # That tags are needed is no news to somebody who gave the wrong ones.
        known = [one for one in findings if tags is None or one.id != "S02"]
        cause = explain_load_error(told["error"], source.path, source.saved_model, known)
        findings = [cause, *(one for one in findings if one.id != cause.id)]
    if about is not None:
        findings += explain_versions(about)
    return LoadReport(
        path=source.path,
        loaded="error" not in told,
        seconds=told.get("seconds", 0.0),
        callable=told.get("callable", False),
        signatures=tuple(signature_of(each) for each in told.get("signatures", ())),
        variables=tuple(_variable(each) for each in told.get("variables", ())),
        findings=tuple(findings),
        device=device or "",
        tags=_tags(opened, tags),
        interpreter=about,
        error=told.get("error"),
    )


def signature_of(told: dict[str, Any]) -> Signature:
    """A signature as the worker tells it."""
    return Signature(told["name"], specs_of(told["inputs"]), specs_of(told["outputs"]))


def specs_of(told: list[dict[str, Any]]) -> tuple[TensorSpec, ...]:
    """Inputs or outputs as the worker tells them."""
    return tuple(
        TensorSpec(each["name"], _dtype(each["dtype"]), _shape(each["shape"])) for each in told
    )


def _dtype(name: str) -> DType:
    """The type of that name; one that we do not know stays visible by its name."""
    return DTYPE_BY_NAME.get(name) or DType(0, name, DTypeKind.UNKNOWN, 0)


def _shape(told: list[int | None] | None) -> Shape:
    return None if told is None else tuple(told)


def _variable(told: dict[str, Any]) -> LoadedVariable:
    return LoadedVariable(
        name=told["name"],
        paths=tuple(told["paths"]),
        dtype=told["dtype"],
        shape=_shape(told["shape"]),
        device=told["device"],
        trainable=told["trainable"],
        sha256=told["sha256"],
        problem=told["problem"],
    )


def _tags(opened: OpenSource, asked: Sequence[str] | None) -> tuple[str, ...] | None:
    """The tags of the graph that was loaded: TensorFlow takes the only one if not asked."""
    if asked is not None:
        return tuple(asked)
    saved_model = opened.source.saved_model
    if saved_model is None or len(saved_model.meta_graphs) != 1:
        return None
    return saved_model.meta_graphs[0].tags


def no_saved_model(path: str, taken_for: str) -> Finding:
    """S01: what was opened is something else."""
    return Finding(
        id="S01",
        severity=Severity.ERROR,
        title=f"This is {taken_for or f'{os.path.basename(path)}, no SavedModel'}; "
        "only a SavedModel can be loaded without the code of its model.",
        where=path,
        fix=Fix(
            "Give a directory with saved_model.pb. A checkpoint needs your model, to restore into.",
        ),
    )
