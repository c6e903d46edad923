"""The worker's description of a built model, as contents."""

from typing import Any

from tfinspector.contents.findings import Finding, Fix, Severity
from tfinspector.contents.graphs import Edge, Slot
from tfinspector.contents.keras_places import KerasPlaces, PlacedGroup, PlacedLayer
from tfinspector.contents.models import ModelDescription, ModelNode, ModelVariable, Returned
from tfinspector.contents.reports import Interpreter, RelayedError, TraceFrame


def description_of(told: dict[str, Any], interpreter: Interpreter) -> ModelDescription:
    """The answer of the worker's method `build` (see `worker/describing.py`)."""
    return ModelDescription(
        factory=told["factory"],
        returned=Returned(told["returned"]),
        nodes=tuple(_node(*each) for each in told["nodes"]),
        variables=tuple(_variable(each) for each in told["variables"]),
        built_by=told["built_by"],
        unbuilt=tuple(told["unbuilt"]),
        flavours=dict(told["flavours"]),
        interpreter=interpreter,
        findings=tuple(_finding(each, told["factory"], interpreter) for each in told["problems"]),
        optimizers_built=told.get("optimizers_built", 0),
    )


def places_of(told: dict[str, Any] | None) -> KerasPlaces | None:
    """The answer of the worker's method `keras_places` (see `worker/keras_places.py`)."""
    if told is None:
        return None
    return KerasPlaces(
        weights=dict(told["weights"]),
        groups=tuple(PlacedGroup(*each) for each in told["groups"]),
        layers=tuple(
            PlacedLayer(name, kind, tuple(numbers)) for name, kind, numbers in told["layers"]
        ),
        names={int(number): name for number, name in told["names"].items()},
        root=tuple(told["root"]),
    )


def relayed_error_of(told: dict[str, Any] | None) -> RelayedError | None:
    """An exception inside an answer (of `restore` or `call`); None where there was none."""
    if told is None:
        return None
    return RelayedError(
        type=told["type"],
        message=told["message"],
        frames=tuple(TraceFrame(**frame) for frame in told["frames"]),
        module=told["module"],
        cause=told["cause"],
    )


def _node(
    kind: str,
    name: str,
    edges: list[list[Any]],
    variable: int,
    built: bool | None,
    saves: list[str],
    slots: list[list[Any]],
) -> ModelNode:
    return ModelNode(
        kind=kind,
        name=name,
        children=tuple(Edge(*edge) for edge in edges),
        variable=variable,
        built=built,
        saves=tuple(saves),
        slots=tuple(Slot(*slot) for slot in slots),
    )


def _variable(told: dict[str, Any]) -> ModelVariable:
    return ModelVariable(
        name=told["name"],
        path=told["path"],
        paths=tuple(told["paths"]),
        node=told["node"],
        dtype=told["dtype"],
        shape=None if told["shape"] is None else tuple(told["shape"]),
        device=told["device"],
        trainable=told["trainable"],
        initial=told["initial"],
        owner=told["owner"],
        random_state=told["random_state"],
    )


def _finding(told: dict[str, str], factory: str, interpreter: Interpreter) -> Finding:
    """M19: an object that no checkpoint can hold."""
    what = f"{told['where']!r}" if told["where"] else "What the factory returned"
    return Finding(
        id="M19",
        severity=Severity.ERROR,
        title=f"{what} is {told['text']}, which TensorFlow can't put into a checkpoint.",
        where=factory,
        evidence={"object": told["text"], "name": told["where"], "keras": interpreter.keras},
        fix=Fix(
            "Make it with the Keras that works on TensorFlow (a Keras of another backend, or a "
            "plain Python object, has nothing a checkpoint could hold), or leave it out.",
            "export KERAS_BACKEND=tensorflow",
        ),
    )
