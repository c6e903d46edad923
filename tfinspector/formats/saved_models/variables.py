"""Which stored tensor is which variable of a SavedModel.

The graph names no key. A TensorFlow 2 model's checkpoint has an object graph of its own, with the
same ids and children in every model seen, but TensorFlow does not promise that: an id counts only
where a path agrees, otherwise the path decides. TensorFlow 1 stores a variable under its name.
"""

from dataclasses import replace

from tfinspector.contents.checkpoints import Checkpoint
from tfinspector.contents.dtypes import DTypeKind
from tfinspector.contents.saved_models import SavedModel, VariableSpec
from tfinspector.contents.variables import Variable

_VALUE = "/.ATTRIBUTES/VARIABLE_VALUE"


def join_variables(saved_model: SavedModel, checkpoint: Checkpoint) -> SavedModel:
    """The SavedModel with each variable's `key` in `checkpoint`, its own `variables/`.

    Type and shape that a TensorFlow 1 graph leaves open are filled in from the file.
    """
    by_node = {variable.node: variable for variable in checkpoint.variables if variable.node >= 0}
    by_key = {variable.key: variable for variable in checkpoint.variables}
    by_path = {key.removesuffix(_VALUE): variable for key, variable in by_key.items()} | {
        path: variable for variable in checkpoint.variables for path in variable.paths
    }

    def join(spec: VariableSpec) -> VariableSpec:
        if spec.node < 0:
            stored = by_key.get(spec.name)
        else:
            stored = by_node.get(spec.node)
            if not stored or set(spec.paths).isdisjoint(stored.paths):
                found = (by_path.get(path) for path in spec.paths)
                stored = next(filter(None, found), None)
        return _fill(spec, stored) if stored else spec

    return replace(
        saved_model,
        meta_graphs=tuple(
            replace(meta_graph, variables=tuple(map(join, meta_graph.variables)))
            for meta_graph in saved_model.meta_graphs
        ),
    )


def _fill(spec: VariableSpec, stored: Variable) -> VariableSpec:
    if spec.dtype.kind is DTypeKind.UNKNOWN:
        return replace(spec, key=stored.key, dtype=stored.dtype, shape=stored.shape)
    return replace(spec, key=stored.key)
