"""Loads a whole model of Keras in the worker, by consent, and proves its variables.

Keras executes nothing of its own accord: classes come from modules that a person names, and code
in the file runs only with the word that belongs to its content (`consent.code_in`).
"""

import os
from dataclasses import dataclass, replace
from typing import Any

from tfinspector.contents.findings import Finding, Fix, Severity, Unreadable
from tfinspector.contents.keras_files import KerasFile, KerasLayout
from tfinspector.contents.models import ModelVariable
from tfinspector.contents.reports import LoadedVariable, LoadReport
from tfinspector.contents.restores import Row
from tfinspector.diagnosis import keras_loading as faults
from tfinspector.diagnosis.matching.match_table import match
from tfinspector.diagnosis.worker import explain_versions
from tfinspector.engine.consent import code_in
from tfinspector.engine.jobs import Ticket
from tfinspector.engine.opening import OpenSource
from tfinspector.engine.restoring.file_hashes import hash_keys
from tfinspector.engine.restoring.model_reports import (
    description_of,
    places_of,
    relayed_error_of,
)
from tfinspector.engine.tensorflow_places import why_not_read_by_tensorflow
from tfinspector.engine.worker.client import MethodFailed, WorkerClient

WHOLE = frozenset({KerasLayout.ARCHIVE, KerasLayout.DIRECTORY, KerasLayout.HDF5_MODEL})


@dataclass(frozen=True, slots=True)
class KerasRequest:
    """How to load it.

    custom   modules or Python files that define its classes; they are executed
    consent  the word of `code_in`, where the file brings code; "" allows none
    device   "GPU:0"; None is TensorFlow's own choice
    timeout  seconds, None for no limit
    """

    custom: tuple[str, ...] = ()
    consent: str = ""
    device: str | None = None
    timeout: float | None = None


def is_whole_model(opened: OpenSource) -> bool:
    """Whether it is a file of Keras with a configuration that a model can be made of."""
    keras = _keras_of(opened)
    return keras is not None and keras.layout in WHOLE


def load_keras(
    opened: OpenSource, request: KerasRequest, client: WorkerClient, ticket: Ticket | None = None
) -> LoadReport:
    """Load it with `load_model`, and compare every variable with the file.

    The worker holds the model for what is asked next. What Keras raises is a report with `loaded`
    False and a finding that explains it. Raises Unreadable before TensorFlow is started: weights
    only, classes that nobody pointed to (K01), code that nobody allowed (K02). Raises WorkerFailed
    and Cancelled.
    """
    ticket = ticket or Ticket()
    keras = _refused_or(opened, request, ticket)
    path = opened.source.path
    params = {
        "path": path,
        "custom": list(request.custom),
        "needed": _names(keras, needed=True),
        "spared": _names(keras, needed=False),
        "allow_code": bool(request.consent),
        "device": request.device,
        "generation": "2" if keras.keras_version[:2] in ("1.", "2.") else "3",
    }
    doing = f"loading {os.path.basename(path)}"
    try:
        told = client.exchange("load_whole", params, (), ticket, request.timeout, doing).result
        error = relayed_error_of(told["error"])
    except MethodFailed as failed:
        told, error = {}, failed.error
    findings = [one for one in opened.source.findings if one.id not in ("K01", "K02", "K03")]
    variables: tuple[LoadedVariable, ...] = ()
    about = client.about
    if error is not None:
        here = (about.keras if about else None) or ""
        cause = faults.explain_keras_error(
            error, path, keras, request.custom, request.consent, here
        )
        findings.insert(0, cause)
    else:
        variables = _proved(opened, told, client, ticket)
        differing = [one for one in variables if one.equal is False]
        findings = [*faults.find_differing(path, differing), *findings]
    if about is not None:
        findings += explain_versions(about)
    return LoadReport(
        path=path,
        loaded=error is None,
        seconds=told.get("seconds", 0.0),
        callable=told.get("callable", False),
        signatures=(),
        variables=variables,
        findings=tuple(findings),
        device=request.device or "",
        interpreter=about,
        error=error,
        way=_way(told) if error is None else "",
    )


def _keras_of(opened: OpenSource) -> KerasFile | None:
    checkpoint = opened.source.checkpoint
    return checkpoint.keras if checkpoint else None


def _refused_or(opened: OpenSource, request: KerasRequest, ticket: Ticket) -> KerasFile:
    """What it is, if it may be loaded; else raises Unreadable."""
    path, keras = opened.source.path, _keras_of(opened)
    if keras is None or not is_whole_model(opened):
        raise faults.weights_only(path)
    if reason := why_not_read_by_tensorflow(path):
        fix = Fix("Copy it to this machine, and load it there.")
        raise Unreadable(Finding("F13", Severity.ERROR, reason, where=path, fix=fix))
    needed = [each for each in keras.custom_objects if each.needed]
    code = code_in(opened, ticket)
    if needed and not request.custom:
        raise faults.needs_classes(path, needed, request.consent)
    if code is not None and request.consent != code.consent:
        raise faults.needs_consent(code, request.custom, request.consent)
    return keras


def _names(keras: KerasFile, needed: bool) -> list[list[str]]:
    return [
        [one.class_name, one.registered_name]
        for one in keras.custom_objects
        if one.needed is needed
    ]


def _way(told: dict[str, Any]) -> str:
    return f"with {told['keras']}" + ("" if told["compiled"] else ", not compiled")


def _proved(
    opened: OpenSource, told: dict[str, Any], client: WorkerClient, ticket: Ticket
) -> tuple[LoadedVariable, ...]:
    """The model's variables, each with whether it holds the file's value."""
    assert client.about is not None  # it has just answered
    model = replace(description_of(told["model"], client.about), keras=places_of(told["places"]))
    rows = {
        row.variable: row
        for row in match(opened.checkpoint(), model, None).rows
        if row.variable >= 0
    }
    keys = [row.key for row in rows.values() if row.key]
    stored = hash_keys(opened.reader(), keys, ticket).by_key
    names = model.keras.names if model.keras else {}
    return tuple(
        _variable(known, names.get(place) or known.name, rows.get(place), stored)
        for place, known in enumerate(model.variables)
    )


def _variable(
    known: ModelVariable, name: str, row: Row | None, stored: dict[str, str]
) -> LoadedVariable:
    file = stored.get(row.key) if row and row.key else None
    equal = None if file is None or not known.initial else file == known.initial
    return LoadedVariable(
        name, (), known.dtype, known.shape, known.device, known.trainable, known.initial, "",
        equal,
    )  # fmt: skip
