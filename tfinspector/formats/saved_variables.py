"""Which stored tensor is which variable of a SavedModel.

The graph names no key. A TensorFlow 2 model's checkpoint has an object graph of its own, with the
same ids and children in every model seen, but TensorFlow does not promise that: an id counts only
where a path agrees, otherwise the path decides. TensorFlow 1 stores a variable under its name.
"""

from collections.abc import Mapping
from dataclasses import replace

from tfinspector.contents.checkpoints import Checkpoint
from tfinspector.contents.dtypes import DTypeKind
from tfinspector.contents.saved_models import SavedModel, VariableSpec
from tfinspector.contents.variables import Variable


def join_variables(saved_model: SavedModel, checkpoint: Checkpoint) -> SavedModel:
    """The SavedModel with each variable's `key` in `checkpoint`, its own `variables/`.

    Type and shape that a TensorFlow 1 graph leaves open are filled in from the file.
    """
    by_node = {variable.node: variable for variable in checkpoint.variables if variable.node >= 0}
    by_path = {path: variable for variable in checkpoint.variables for path in variable.paths}
    by_key = {variable.key: variable for variable in checkpoint.variables}

    def join(spec: VariableSpec) -> VariableSpec:
        stored = _find_by_graph(spec, by_node, by_path) if spec.node >= 0 else by_key.get(spec.name)
        return _fill(spec, stored) if stored else spec

    return replace(
        saved_model,
        meta_graphs=tuple(
            replace(meta_graph, variables=tuple(map(join, meta_graph.variables)))
            for meta_graph in saved_model.meta_graphs
        ),
    )


def _find_by_graph(
    spec: VariableSpec, by_node: Mapping[int, Variable], by_path: Mapping[str, Variable]
) -> Variable | None:
    same_id = by_node.get(spec.node)
    if same_id and not set(spec.paths).isdisjoint(same_id.paths):
        return same_id
    return next((by_path[path] for path in spec.paths if path in by_path), None)


def _fill(spec: VariableSpec, stored: Variable) -> VariableSpec:
    if spec.dtype.kind is DTypeKind.UNKNOWN:
        return replace(spec, key=stored.key, dtype=stored.dtype, shape=stored.shape)
    return replace(spec, key=stored.key)
