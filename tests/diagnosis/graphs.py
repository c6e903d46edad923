"""Small object graphs by hand: checkpoints and models for tests of matching."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tfinspector.contents.checkpoints import Checkpoint, Dialect
from tfinspector.contents.dtypes import DTYPE_BY_NAME
from tfinspector.contents.graphs import Attribute, Edge, Node, ObjectGraph, Slot
from tfinspector.contents.models import ModelDescription, ModelNode, ModelVariable, Returned
from tfinspector.contents.reports import Interpreter
from tfinspector.contents.variables import Role, Variable

NOBODY = Interpreter("3.11", "python", "2.21", "3.15", "2.4", (), 1)
Edges = Mapping[int, Mapping[str, int]]
Shapes = Mapping[int, tuple[int, ...]]


def checkpoint(
    edges: Edges,
    values: Shapes,
    slots: Mapping[int, Sequence[Slot]] | None = None,
    roles: Mapping[int, Role] | None = None,
    dtypes: Mapping[int, str] | None = None,
    attribute: str = "VARIABLE_VALUE",
) -> Checkpoint:
    """Node -> its children by name; node -> shape of the float32 value it holds. Key: "n3"."""
    count = 1 + max([*edges, *values, *(c for each in edges.values() for c in each.values())])
    nodes = [
        Node(
            tuple(Edge(name, child) for name, child in edges.get(place, {}).items()),
            (Attribute(attribute, f"v{place}", f"n{place}"),) if place in values else (),
            tuple((slots or {}).get(place, ())),
        )
        for place in range(count)
    ]
    variables = tuple(
        Variable(
            f"name{place}", f"n{place}", (), DTYPE_BY_NAME[(dtypes or {}).get(place, "float32")],
            shape, 4, (roles or {}).get(place, Role.WEIGHT), True, place,
        )
        for place, shape in values.items()
    )  # fmt: skip
    return Checkpoint("x", variables, ObjectGraph(tuple(nodes)), Dialect.OBJECT, (), 0, 0.0)


def model(
    edges: Edges,
    values: Shapes,
    returned: Returned = Returned.CHECKPOINT,
    nodes: Mapping[int, ModelNode] | None = None,
    unreachable: Sequence[ModelVariable] = (),
) -> ModelDescription:
    """The same for a model; `nodes` replaces kind, built, saves and slots of some."""
    count = 1 + max([*edges, *values, *(c for each in edges.values() for c in each.values())])
    at = {place: number for number, place in enumerate(values)}
    given = nodes or {}
    made = [
        given.get(place, ModelNode("user.Thing", ""))._replace(
            children=tuple(Edge(name, child) for name, child in edges.get(place, {}).items()),
            variable=at.get(place, -1),
        )
        for place in range(count)
    ]
    variables = [
        ModelVariable(f"v{place}", f"path{place}", (), place, "float32", shape, "CPU:0", True)
        for place, shape in values.items()
    ]
    return ModelDescription(
        "x.py:f", returned, tuple(made), (*variables, *unreachable), "factory", (), {}, NOBODY
    )
