"""Checkpoints and models made up from nested dicts of shapes, for renames; no TensorFlow."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

from tfinspector.contents.checkpoints import Checkpoint, Dialect
from tfinspector.contents.dtypes import DTYPE_BY_NAME
from tfinspector.contents.graphs import Attribute, Edge, Node, ObjectGraph
from tfinspector.contents.models import ModelDescription, ModelNode, ModelVariable, Returned
from tfinspector.contents.reports import Interpreter
from tfinspector.contents.restores import ValueSketch
from tfinspector.contents.variables import Role, Variable

Tree = Mapping[str, Any]  # a name's shape, or what lies beneath it
VALUE = "/.ATTRIBUTES/VARIABLE_VALUE"


def checkpoint_of(tree: Tree) -> Checkpoint:
    """A checkpoint that holds `tree`, edges in the order of its names."""
    nodes = _nodes(tree)
    variables = [
        Variable(
            path, path + VALUE, (path,), DTYPE_BY_NAME["float32"], shape, 4, Role.WEIGHT, node=node
        )
        for node, (path, shape, _) in enumerate(nodes)
        if shape is not None
    ]
    graph = ObjectGraph(
        tuple(
            Node(
                tuple(Edge(*child) for child in children),
                () if shape is None else (Attribute("VARIABLE_VALUE", "", path + VALUE),),
            )
            for path, shape, children in nodes
        )
    )
    variables.sort(key=lambda each: each.key)
    return Checkpoint("ckpt", tuple(variables), graph, Dialect.OBJECT, (), 0, 0.0)


def named_checkpoint(shapes: Mapping[str, tuple[int, ...]]) -> Checkpoint:
    """A checkpoint of TensorFlow 1 with these names."""
    variables = [
        Variable(name, name, (), DTYPE_BY_NAME["float32"], shape, 4, Role.WEIGHT)
        for name, shape in sorted(shapes.items())
    ]
    return Checkpoint("ckpt", tuple(variables), None, Dialect.TF1, (), 0, 0.0)


def model_of(tree: Tree, dtype: str = "float32") -> ModelDescription:
    """A bare model that holds `tree`."""
    nodes = _nodes(tree)
    variables: list[ModelVariable] = []
    described = []
    for node, (path, shape, children) in enumerate(nodes):
        at = -1
        if shape is not None:
            at = len(variables)
            variables.append(ModelVariable(path, path, (path,), node, dtype, shape, "CPU:0", True))
        kind = "tensorflow.Variable" if shape is not None else "tensorflow.Module"
        described.append(ModelNode(kind, "", tuple(Edge(*each) for each in children), at))
    about = Interpreter("3.11", "python", "2.21.0", "3.15.1", "2.0", (), 1)
    return ModelDescription(
        "net.py:build", Returned.BARE, tuple(described), tuple(variables), "factory", (), {}, about
    )


def sketch(seed: object) -> ValueSketch:
    """A value of its own for each seed."""
    return ValueSketch(hashlib.sha256(repr(seed).encode()).hexdigest(), False)


def _nodes(tree: Tree) -> list[tuple[str, tuple[int, ...] | None, list[tuple[str, int]]]]:
    """Breadth first: path, shape of a variable, children."""
    made: list[tuple[str, Any, list[tuple[str, int]]]] = [("", tree, [])]
    for path, held, children in made:  # it grows meanwhile
        for name, child in held.items() if isinstance(held, Mapping) else ():
            children.append((name, len(made)))
            made.append((f"{path}/{name}" if path else name, child, []))
    return [(path, None if isinstance(held, Mapping) else held, c) for path, held, c in made]


def leaves(tree: Tree, path: str = "") -> Iterator[tuple[str, tuple[int, ...]]]:
    """Paths and shapes of the variables, in the order of making."""
    for name, held in tree.items():
        here = f"{path}/{name}" if path else name
        if isinstance(held, Mapping):
            yield from leaves(held, here)
        else:
            yield here, held
