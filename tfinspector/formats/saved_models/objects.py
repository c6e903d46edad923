"""The object graph of a SavedModel: its functions, variables and root.

Format: `tensorflow/core/protobuf/saved_object_graph.proto`. Node 0 is the root and is what
`tf.saved_model.load` returns; children are its attributes, or the items of a wrapped list or
dictionary. The graph may hold cycles and shared nodes.
"""

import keyword
from collections import deque
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from tfinspector.contents import numbers
from tfinspector.contents.dtypes import dtype_of_code
from tfinspector.contents.graphs import Attribute, Edge, Node, ObjectGraph
from tfinspector.contents.saved_models import Function, VariableSpec
from tfinspector.formats.checkpoints.graph_paths import Arrivals, Walks, escape
from tfinspector.formats.saved_models.call_forms import bare_form, traced_forms
from tfinspector.formats.saved_models.structured_values import shape_of

_CALL = "__call__"
_LISTS = ("trackable_list_wrapper", "trackable_tuple_wrapper")
_SIGNATURE_MAP = "signature_map"
_DICTS = ("trackable_dict_wrapper", _SIGNATURE_MAP)


class Place(NamedTuple):
    """How a node is reached: its path as in keys, and a Python expression on `loaded`."""

    path: str
    access: str


class SavedObjects(NamedTuple):
    """What the object graph tells."""

    functions: tuple[Function, ...]
    variables: tuple[VariableSpec, ...]
    root_identifier: str
    root_children: tuple[str, ...]
    callable_root: bool
    problems: tuple[str, ...]


def read_saved_objects(message: Any) -> SavedObjects:
    """The contents of a `SavedObjectGraph`; one without nodes gives empty contents."""
    nodes = message.nodes
    if not nodes:
        return SavedObjects((), (), "", (), False, ())
    places, dangling = places_of(nodes)
    functions = _functions(nodes, places, message.concrete_functions)
    root_call = [child.node_id for child in nodes[0].children if child.local_name == _CALL]
    return SavedObjects(
        tuple(functions.values()),
        _variables(nodes, places),
        root_identifier=nodes[0].user_object.identifier,
        root_children=tuple(sorted(child.local_name for child in nodes[0].children)),
        callable_root=any(index in functions and functions[index].forms for index in root_call),
        problems=(f"its objects point to {numbers.counted(dangling, 'absent one')}",)
        if dangling
        else (),
    )


def places_of(nodes: Any) -> tuple[dict[int, Place], int]:
    """({node: its first place in breadth-first order}, number of edges to absent nodes)."""
    places = {0: Place("", "loaded")}
    queue = deque([0])
    dangling = 0
    while queue:
        parent = queue.popleft()
        identifier = nodes[parent].user_object.identifier
        for child in nodes[parent].children:
            if not 0 <= child.node_id < len(nodes):
                dangling += 1
            elif child.node_id not in places:
                places[child.node_id] = _place_in(places[parent], identifier, child.local_name)
                queue.append(child.node_id)
    return places, dangling


def _place_in(parent: Place, identifier: str, name: str) -> Place:
    part = escape(name)
    path = f"{parent.path}/{part}" if parent.path else part
    if identifier in _LISTS and name.isdecimal():
        return Place(path, f"{parent.access}[{name}]")
    if identifier in _DICTS:
        return Place(path, f"{parent.access}[{_literal(name)}]")
    if name == _CALL:
        return Place(path, parent.access)
    if name.isidentifier() and not keyword.iskeyword(name):
        return Place(path, f"{parent.access}.{name}")
    return Place(path, f"getattr({parent.access}, {_literal(name)})")


def _literal(name: str) -> str:
    literal = repr(name)
    return literal if '"' in literal else f'"{literal[1:-1]}"'


def traces_and_signatures(nodes: Any, places: Iterable[int]) -> set[int]:
    """Nodes of functions that are told elsewhere: children of a function or of the signatures."""
    return {
        child.node_id
        for index in places
        if nodes[index].user_object.identifier == _SIGNATURE_MAP
        or nodes[index].WhichOneof("kind") == "function"
        for child in nodes[index].children
    }


def _functions(
    nodes: Any, places: Mapping[int, Place], concrete_functions: Mapping[str, Any]
) -> dict[int, Function]:
    """Every function by node, nearest to the root first.

    The functions of the signatures and the traces of a function, its children, are not repeated.
    """
    told_elsewhere = traces_and_signatures(nodes, places)
    functions = {}
    for index, place in places.items():
        kind = nodes[index].WhichOneof("kind")
        if index in told_elsewhere or kind not in ("function", "bare_concrete_function"):
            continue
        read_forms = traced_forms if kind == "function" else bare_form
        forms = read_forms(getattr(nodes[index], kind), concrete_functions)
        functions[index] = Function(place.path, forms, place.access)
    return functions


def _variables(nodes: Any, places: Mapping[int, Place]) -> tuple[VariableSpec, ...]:
    """Every variable in the order of the nodes, reached or not."""
    walks = Walks(_as_object_graph(nodes))
    paths = Arrivals(walks, [0] * len(walks.node)).paths(range(len(nodes)))
    slots = _slot_paths(nodes, places)
    return tuple(
        VariableSpec(
            name=node.variable.name,
            paths=paths[index] or tuple(slots.get(index, ())),
            dtype=dtype_of_code(node.variable.dtype),
            shape=shape_of(node.variable.shape),
            trainable=node.variable.trainable,
            device=node.variable.device,
            node=index,
        )
        for index, node in enumerate(nodes)
        if node.WhichOneof("kind") == "variable"
    )


def _as_object_graph(nodes: Any) -> ObjectGraph:
    """The same objects as a checkpoint's graph tells them, so that paths are found alike."""
    value = (Attribute("VARIABLE_VALUE", "", ""),)
    return ObjectGraph(
        tuple(
            Node(
                tuple(
                    Edge(child.local_name, child.node_id)
                    for child in node.children
                    if 0 <= child.node_id < len(nodes)
                ),
                value if node.WhichOneof("kind") == "variable" else (),
            )
            for node in nodes
        )
    )


def _slot_paths(nodes: Any, places: Mapping[int, Place]) -> dict[int, list[str]]:
    """Paths of slot variables, which hang on no object: as a checkpoint's keys name them."""
    found: dict[int, list[str]] = {}
    for index, place in places.items():
        for slot in nodes[index].slot_variables:
            original = places.get(slot.original_variable_node_id)
            if original:
                path = f"{original.path}/.OPTIMIZER_SLOT/{place.path}/{escape(slot.slot_name)}"
                found.setdefault(slot.slot_variable_node_id, []).append(path)
    return found
