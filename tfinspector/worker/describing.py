"""The built model as data: what `contents.models.ModelDescription` holds, as JSON.

{"factory", "returned", "built_by", "unbuilt": [path], "flavours": {flavour: count},
 "nodes": [[kind, name, [[edge, node]], variable, built, [saves], [[original, slot, node]]]],
 "variables": [{"name", "path", "paths", "node", "dtype", "shape", "device", "trainable",
                "initial", "owner", "random_state", "problem"}],
 "problems": [{"kind", "where", "text"}], "optimizers_built": how many had no variables before}
"""

from typing import Any, Dict, List, NamedTuple, Optional, Set

from .framework import tensorflow
from .hashing import hash_of
from .object_graph import ObjectGraph
from .objects import (
    attribute,
    count_flavours,
    flavour_of,
    is_layer,
    is_optimizer,
    is_seed_generator,
    kind_of,
    layers_in,
    name_of,
    short_device,
    variable_of,
    waits,
)
from .returned import CHECKPOINT, NAMED, Built, can_hold, models_of

CHECKPOINT_KIND = "tensorflow.python.checkpoint.checkpoint.Checkpoint"


class Known(NamedTuple):
    """A variable: Keras's wrapper where there is one, and TensorFlow's own behind it."""

    shown: Any
    variable: Any


class Described(NamedTuple):
    """The data, and the variables in the order of the data."""

    data: Dict[str, Any]
    variables: List[Known]
    graph: ObjectGraph


def describe_model(built: Built, spec: str, built_by: str, unbuilt: List[str]) -> Described:
    """All objects and variables; reads and hashes every value."""
    graph = ObjectGraph(built)
    table = _Variables(graph, built)
    data: Dict[str, Any] = {
        "factory": spec,
        "returned": built.returned,
        "built_by": built_by,
        "unbuilt": unbuilt,
        "flavours": count_flavours(graph.objects + table.unreached_layers),
        "nodes": [_node(graph, table, number) for number in range(len(graph.objects))],
        "variables": table.rows(),
        "problems": _problems(built),
    }
    if built.returned == NAMED and data["nodes"]:
        data["nodes"][0][0] = CHECKPOINT_KIND
    return Described(data, table.variables, graph)


def value_hash(variable: Any) -> Dict[str, str]:
    """`sha256` of what the variable holds, or the `problem` with reading it."""
    try:
        return {"sha256": hash_of(variable.numpy()), "problem": ""}
    except Exception as error:  # noqa: BLE001 - told in the row; the others still count
        return {"sha256": "", "problem": "%s: %s" % (type(error).__name__, error)}


class _Variables:
    """Numbers the variables: those that edges lead to first, then what the models hold besides."""

    def __init__(self, graph: ObjectGraph, built: Built) -> None:
        self.variables: List[Known] = []
        self.nodes: List[List[int]] = []
        self.unreached_layers: List[Any] = []
        self._graph = graph
        self._numbers: Dict[int, int] = {}
        self._owners: Dict[int, str] = {}
        self._seeds: Set[int] = set()  # ids of variables that hold the state of random numbers
        for number, value in enumerate(graph.objects):
            inner = variable_of(value)
            if inner is not None:
                self.nodes[self._add(value, inner)].append(number)
        for model in models_of(built).values():
            self._add_unreached(model)

    def number_of(self, inner: Any) -> int:
        return self._numbers.get(id(inner), -1)

    def rows(self) -> List[Dict[str, Any]]:
        paths, parents = self._graph.paths(), self._graph.parents()
        slots = _slot_paths(self._graph, paths)
        answer = []
        for number, known in enumerate(self.variables):
            nodes = self.nodes[number]
            found = [path for node in nodes for path in paths[node]]
            found = found or [slots[node] for node in nodes if node in slots]
            row = _row(known)
            row["node"] = nodes[0] if nodes else -1
            row["paths"] = found[:16]
            row["path"] = found[0] if found else ""
            row["owner"] = self._owner(known, nodes, parents)
            row["random_state"] = id(known.variable) in self._seeds
            answer.append(row)
        return answer

    def _add(self, shown: Any, inner: Any) -> int:
        number = self._numbers.setdefault(id(inner), len(self.variables))
        if number == len(self.variables):
            self.variables.append(Known(shown, inner))
            self.nodes.append([])
        return number

    def _add_unreached(self, model: Any) -> None:
        for layer in layers_in(model):
            if self._graph.number_of(layer) < 0:
                self.unreached_layers.append(layer)
            self._own(layer)
        for shown in attribute(model, "variables") or ():
            inner = variable_of(shown)
            if inner is not None:
                self._add(shown, inner)

    def _own(self, layer: Any) -> None:
        """Note which class of layer a variable belongs to, and which are random numbers' state."""
        for name in ("_trainable_variables", "_non_trainable_variables", "_trainable_weights",
                     "_non_trainable_weights"):  # fmt: skip
            for shown in attribute(layer, name) or ():
                inner = variable_of(shown)
                if inner is not None:
                    self._owners.setdefault(id(inner), kind_of(layer))
        for generator in attribute(layer, "_seed_generators") or ():
            inner = variable_of(attribute(generator, "state"))
            if inner is not None:
                self._seeds.add(id(inner))
                self._owners[id(inner)] = kind_of(generator)

    def _owner(self, known: Known, nodes: List[int], parents: List[int]) -> str:
        if nodes and is_seed_generator(self._above(nodes[0], parents)):
            self._seeds.add(id(known.variable))
        owner = self._owners.get(id(known.variable), "")
        number = parents[nodes[0]] if nodes and not owner else -1
        while number >= 0:
            value = self._graph.objects[number]
            if _owns_variables(value):
                return kind_of(value)
            number = parents[number]
        return owner

    def _above(self, node: int, parents: List[int]) -> Any:
        return self._graph.objects[parents[node]] if parents[node] >= 0 else None


def _owns_variables(value: Any) -> bool:
    return (
        is_layer(value)
        or is_optimizer(value)
        or is_seed_generator(value)
        or isinstance(value, tensorflow().Module)
    )


def _row(known: Known) -> Dict[str, Any]:
    shown, variable = known
    shape = variable.shape
    row = value_hash(variable)
    path = attribute(shown, "path")
    return {
        "name": path if isinstance(path, str) and path else name_of(variable).split(":")[0],
        "dtype": variable.dtype.base_dtype.name,
        "shape": None if shape.rank is None else shape.as_list(),
        "device": short_device(variable.device),
        "trainable": bool(shown.trainable),
        "initial": row["sha256"],
        "problem": row["problem"],
    }


def _node(graph: ObjectGraph, table: _Variables, number: int) -> List[Any]:
    value = graph.objects[number]
    inner = variable_of(value)
    built: Optional[bool] = None
    if is_layer(value):
        built = False if waits(value) else (True if attribute(value, "built", False) else None)
    return [
        kind_of(value),
        name_of(value) if inner is None else name_of(inner).split(":")[0],
        graph.edges[number],
        -1 if inner is None else table.number_of(inner),
        built,
        [] if inner is not None else _saves(value),
        graph.slots.get(number, []),
    ]


def _saves(value: Any) -> List[str]:
    """Names of what an object saves besides variables: a table's, an iterator's, Python state.

    As TensorFlow finds them: a fixed name of the class, or the names of the tensors it gives.
    """
    base = tensorflow().__internal__.tracking.Trackable
    fixed = attribute(value, "_LEGACY_SAVEABLE_NAME")
    if isinstance(fixed, str):
        return [fixed]
    for method in ("_serialize_to_tensors", "_gather_saveables_for_checkpoint"):
        own = getattr(type(value), method, None)
        if own is None or own is getattr(base, method, None):
            continue
        try:
            return [str(name) for name in getattr(value, method)()]
        except Exception:  # noqa: BLE001 - what can't be saved now has nothing to compare
            return []
    return []


def _slot_paths(graph: ObjectGraph, paths: List[List[str]]) -> Dict[int, str]:
    """Slots under the name that a checkpoint gives them."""
    return {
        slot: "%s/.OPTIMIZER_SLOT/%s/%s" % (paths[original][0], paths[optimizer][0], name)
        for optimizer, slots in graph.slots.items()
        for original, name, slot in slots
        if paths[original] and paths[optimizer]
    }


def _problems(built: Built) -> List[Dict[str, str]]:
    """What was returned that no checkpoint can hold."""
    if built.returned == CHECKPOINT:
        return []
    return [
        {
            "kind": "not_trackable",
            "where": name,
            "text": "%s%s" % (kind_of(part), " of " + flavour_of(part) if flavour_of(part) else ""),
        }
        for name, part in built.parts.items()
        if not can_hold(part)
    ]
