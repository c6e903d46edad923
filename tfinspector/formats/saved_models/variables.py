"""Which stored tensor is which variable of a SavedModel.

The graph names no key. A TensorFlow 2 model's checkpoint has an object graph of its own, with the
same ids and children in every model seen, but TensorFlow does not promise that: an id counts only
where a path agrees, otherwise the path decides. TensorFlow 1 stores a variable under its name.
"""

import os
from collections.abc import Iterable
from dataclasses import replace

from tfinspector.contents.checkpoints import Checkpoint, Dialect
from tfinspector.contents.dtypes import DTypeKind
from tfinspector.contents.saved_models import SavedModel, VariableSpec
from tfinspector.contents.variables import Role, Variable
from tfinspector.formats.checkpoints.names import LISTS_OF_EVERYTHING
from tfinspector.formats.checkpoints.roles_by_name import is_never_trained, roles_by_name

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


def declared_variables(saved_model: SavedModel, reason: str) -> Checkpoint:
    """What `variables/` would hold, from the graph alone: rows without values.

    No row has a key in a file; its name stands for one, so that each can be asked for. `reason` is
    the `problem` of each row, "variables/variables.index is missing".
    """
    specs = dict.fromkeys(
        replace(spec, node=-1) if spec.node < 0 else spec
        for graph in saved_model.meta_graphs
        for spec in graph.variables
    )
    names = _distinct(map(_name_for_people, specs))
    roles = roles_by_name(names, frozenset(names))
    rows = []
    for name, spec in zip(names, specs, strict=True):
        role = roles[name].role if name in roles else Role.WEIGHT
        trained = False if is_never_trained(name.rpartition("/")[2]) else spec.trainable
        shape = tuple(size or 0 for size in spec.shape or ())
        unknown = spec.shape is None or None in spec.shape
        problem = f"{reason}; the graph leaves its shape open" if unknown else reason
        rows.append(
            Variable(
                name, name, spec.paths, spec.dtype, shape, 0, role, trained, spec.node, spec.name,
                problem=problem,
            )
        )  # fmt: skip
    return Checkpoint(
        prefix=os.path.join(saved_model.path, "variables", "variables"),
        variables=tuple(rows),
        graph=None,
        dialect=Dialect.OBJECT if any(spec.node >= 0 for spec in specs) else Dialect.TF1,
        shards=(),
        index_nbytes=0,
        mtime=saved_model.mtime,
    )


def _name_for_people(spec: VariableSpec) -> str:
    """The shortest path, one that goes through no list of everything if there is one."""
    if not spec.paths:
        return spec.name

    def cost(path: str) -> tuple[bool, int, str]:
        return not LISTS_OF_EVERYTHING.isdisjoint(path.split("/")), path.count("/"), path

    best = min(spec.paths, key=cost)
    return "/".join(part.strip("_") or part for part in best.split("/"))


def _distinct(names: Iterable[str]) -> list[str]:
    """The names, those that came before with a number."""
    seen: dict[str, int] = {}
    distinct = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        distinct.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return distinct
