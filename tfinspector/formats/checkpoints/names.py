"""Names for people: "dense_1/kernel" for what a file calls `optimizer/_trainable_variables/4`.

The best way from the root is taken, one through models and layers rather than through an
optimizer or a list of everything, and Keras's inner bookkeeping is left out of it: `_functional/
_operations/3/_kernel` is `dense_1/kernel`, because the full name TensorFlow stored for the value
("sequential/dense_1/kernel") tells what the third layer is called. Names nest by "/".
"""

import re
from collections.abc import Sequence

import numpy as np

from tfinspector.contents.checkpoints import Dialect
from tfinspector.contents.graphs import ObjectGraph
from tfinspector.formats.checkpoints.graph_columns import GraphColumns, columns_of
from tfinspector.formats.checkpoints.graph_paths import Walks

_KERAS3_EDGES = frozenset(
    {"_operations", "_functional", "_losses_override", "_call_has_context_arg", "_kernel"}
    | {"_embeddings", "_compiled_trainable_state", "_trainable_variables_indices", "_misc_assets"}
)
_KERAS2_EDGES = frozenset(
    {"keras_api", "layer_with_weights-0", "layer-0", "_current_learning_rate"}
)
_INNER_CONTAINERS = frozenset({"_operations", "_functional", "_layers"})
LISTS_OF_EVERYTHING = frozenset(
    {"_trainable_variables", "_non_trainable_variables", "_all_variables", "_variables"}
    | {"variables", "trainable_variables", "non_trainable_variables", "weights", "_weights"}
    | {"keras_api", "_tracked", "_compiled_trainable_state", "regularization_losses"}
)
_NUMBERED_LAYER = re.compile(r"layer(?:_with_weights)?-(\d+)$")
_THROUGH_OPTIMIZER, _THROUGH_LIST = 100, 10
_DEEPEST_LOOK = 4  # edges below a layer where a variable's full name still tells the layer's
_WIDEST_LOOK = 64


def dialect_of(graph: ObjectGraph | None) -> Dialect:
    """Which library's naming the graph speaks, from the edges only that library writes."""
    if graph is None:
        return Dialect.TF1
    found = Dialect.OBJECT
    columns = columns_of(graph)
    if (_KERAS3_EDGES | _KERAS2_EDGES).isdisjoint(columns.edge_names):
        return found
    for node in np.flatnonzero(np.diff(columns.edge_bounds)).tolist():
        for name in columns.names(node)[:_WIDEST_LOOK]:
            if name in _KERAS3_EDGES:
                return Dialect.KERAS3
            if name in _KERAS2_EDGES:
                found = Dialect.KERAS2
    return found


def dialect_of_keys(keys: Sequence[str]) -> Dialect:
    """Which library's naming the keys speak, where there is no object graph to ask.

    Only a checkpoint of objects has keys with `/.ATTRIBUTES/`; names of TensorFlow 1 have none.
    """
    together = "/".join(keys)
    if "/.ATTRIBUTES/" not in together:
        return Dialect.TF1
    parts = set(together.split("/"))
    if parts & (_KERAS3_EDGES | {"_iterations", "_learning_rate"}):
        return Dialect.KERAS3
    if any(_NUMBERED_LAYER.match(part) for part in parts) or parts & _KERAS2_EDGES:
        return Dialect.KERAS2
    return Dialect.OBJECT


class Namer:
    """Gives each walk of a graph a human prefix and a penalty; the lowest penalty is best.

    `root_is_model` tells whether the root is a Keras model, not a `tf.train.Checkpoint` around one.
    """

    def __init__(self, walks: Walks, dialect: Dialect, optimizers: set[int]) -> None:
        self._walks = walks
        self._is_keras = dialect in (Dialect.KERAS2, Dialect.KERAS3)
        self.parts = _KerasParts() if self._is_keras else _PlainParts()
        self._optimizers = optimizers
        self._layer_names = _LayerNames(walks, optimizers).names if self._is_keras else {}
        self.root_is_model = _is_model(walks.columns)
        self.prefix: list[str] = []
        self.penalty: list[int] = []
        self.top: list[int] = []  # the walk of one edge that each walk begins with
        for walk in range(len(walks.node)):
            self._name_walk(walk)
        self._optimizer_names = {
            node: self.prefix[walk]
            for walk, node in reversed(list(enumerate(walks.node)))
            if node in optimizers
        }

    def name(self, walk: int, edge: str) -> str:
        """The human name of a value at the end of `walk` under `edge`."""
        prefix = self.prefix[walk]
        part = self.parts[edge]
        return f"{prefix}/{part}" if prefix else part

    def optimizer_name(self, node: int) -> str:
        """The human path of an optimizer, by the shortest way; "optimizer" for the root itself."""
        return self._optimizer_names.get(node) or "optimizer"

    def is_clean(self, walk: int) -> bool:
        """Whether the walk goes through no optimizer and no list of everything."""
        return self.penalty[walk] == 0

    def passes_optimizer(self, walk: int) -> bool:
        """Whether the walk goes through an optimizer."""
        return self.penalty[walk] >= _THROUGH_OPTIMIZER

    def _name_walk(self, walk: int) -> None:
        if walk == 0:
            self.prefix.append("")
            self.penalty.append(0)
            self.top.append(0)
            return
        walks = self._walks
        parent, edge, node = walks.parent[walk], walks.edge[walk], walks.node[walk]
        self.top.append(self.top[parent] or walk)
        penalty = self.penalty[parent]
        if node in self._optimizers and penalty < _THROUGH_OPTIMIZER:
            penalty += _THROUGH_OPTIMIZER
        elif edge in LISTS_OF_EVERYTHING and penalty < _THROUGH_OPTIMIZER:
            penalty += _THROUGH_LIST
        self.penalty.append(min(penalty, 2 * _THROUGH_OPTIMIZER))
        prefix = self.prefix[parent]
        part = self._layer_names.get(node) if self._is_numbered(parent, edge) else self.parts[edge]
        if part is None:
            part = f"layer_{edge.rpartition('-')[2]}"
        if self._is_keras and edge in _INNER_CONTAINERS:
            self.prefix.append(prefix)
        else:
            self.prefix.append(f"{prefix}/{part}" if prefix else part)

    def _is_numbered(self, parent: int, edge: str) -> bool:
        return self._is_keras and is_numbered_layer(self._walks.edge[parent], edge)


class _PlainParts(dict[str, str]):
    """Names of edges for people: as they are."""

    def __missing__(self, edge: str) -> str:
        self[edge] = edge
        return edge

    def of(self, edges: Sequence[str]) -> Sequence[str]:
        """The names of many edges."""
        return edges


class _KerasParts(_PlainParts):
    """Names of edges for people: without the underscores of Keras's private attributes."""

    def __missing__(self, edge: str) -> str:
        part = self[edge] = edge.strip("_") or edge
        return part

    def of(self, edges: Sequence[str]) -> Sequence[str]:
        """The names of many edges."""
        return list(map(self.__getitem__, edges))


def _is_model(columns: GraphColumns) -> bool:
    root = columns.names(0)[:_WIDEST_LOOK] if len(columns) else ()
    inner = _KERAS3_EDGES | _KERAS2_EDGES | _INNER_CONTAINERS
    return any(name in inner or _NUMBERED_LAYER.match(name) for name in root)


def is_numbered_layer(container: str, edge: str) -> bool:
    """Whether Keras gave this layer a number instead of its name."""
    if container in _INNER_CONTAINERS:
        return edge.isdigit()
    return edge.startswith("layer") and _NUMBERED_LAYER.match(edge) is not None


class _LayerNames:
    """What numbered layers are called, from the full names of the variables below them."""

    def __init__(self, walks: Walks, optimizers: set[int]) -> None:
        self._columns = walks.columns
        self._optimizers = optimizers
        self.names: dict[int, str] = {}
        scopes: set[str] = set()
        siblings: dict[int, dict[str, set[int]]] = {}
        for walk in range(1, len(walks.node)):
            node, edge, parent = walks.node[walk], walks.edge[walk], walks.parent[walk]
            if node in self._optimizers:
                continue
            if is_numbered_layer(walks.edge[parent], edge):
                name = self.names.get(node) or self._look_below(node)
                if name:
                    self.names[node] = name
                    siblings.setdefault(walks.node[parent], {}).setdefault(name, set()).add(node)
            else:
                scope = self._direct_scope(node)
                if scope and scope != edge.strip("_"):
                    scopes.add(scope)
        self._forget_doubtful(scopes, siblings)

    def _forget_doubtful(self, scopes: set[str], siblings: dict[int, dict[str, set[int]]]) -> None:
        """A name that two layers of one model share is the model's, not a layer's."""
        doubtful = {
            node
            for by_name in siblings.values()
            for name, nodes in by_name.items()
            if len(nodes) > 1 or name in scopes
            for node in nodes
        }
        for node in doubtful:
            self.names.pop(node, None)

    def _direct_scope(self, node: int) -> str:
        for name, child in self._columns.edges(node, _WIDEST_LOOK):
            full_name = self._columns.full_name(child)
            if "/" in full_name:
                parts = full_name.partition(":")[0].split("/")
                if parts[-1] == name.strip("_"):
                    return parts[-2]
        return ""

    def _look_below(self, layer: int) -> str:
        """Breadth first to the nearest variable; its full name has the layer's so far up."""
        columns = self._columns
        level = [(layer, 0, False)]
        looked = 0
        while level and looked < _WIDEST_LOOK:
            following: list[tuple[int, int, bool]] = []
            for place, depth, nested in level:
                for name, child in columns.edges(place, _WIDEST_LOOK):
                    looked += 1
                    if columns.has_values(child):
                        found = _scope_above(columns.full_name(child), depth + 1, nested)
                        if found:
                            return found
                    leads_on = child not in self._optimizers and columns.degree(child)
                    if leads_on and depth < _DEEPEST_LOOK:
                        is_inner = name in _INNER_CONTAINERS
                        following.append((child, depth + (not is_inner), nested or is_inner))
            level = following
        return ""


def _scope_above(full_name: str, depth: int, nested: bool) -> str:
    """The scope `depth` levels above a variable; where levels are missing, the outermost one."""
    parts = full_name.partition(":")[0].split("/")
    if len(parts) > depth:
        return parts[-1 - depth]
    return parts[0] if len(parts) > 1 and not nested else ""
