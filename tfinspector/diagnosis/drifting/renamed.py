"""Variables that have another name in a later snapshot, by the rules of the rename assistant.

The assistant joins a file with a model. A later checkpoint tells all that it asks of a model: a
graph of objects, and variables with their places, shapes and types; what an object is for, it tells
from the class, which stands here for the variable's role.
"""

from collections.abc import Mapping

from tfinspector.contents.checkpoints import Checkpoint
from tfinspector.contents.comparisons import RenamedPair
from tfinspector.contents.graphs import Edge
from tfinspector.contents.models import ModelDescription, ModelNode, ModelVariable, Returned
from tfinspector.contents.reports import Interpreter
from tfinspector.contents.restores import Attachment, MatchTable, Row, State, ValueSketch
from tfinspector.contents.variables import Role, Variable
from tfinspector.diagnosis.renames import suggest

LEAST_SURE = 0.5
"""What is less sure stays apart: one added and one removed."""

_KINDS = {
    Role.OPTIMIZER: "of.optimizers.some", Role.SLOT: "of.optimizers.some",
    Role.METRIC: "of.metrics.some",
}  # fmt: skip
_NOBODY = Interpreter("", "", None, None, None, (), 0)


def suggest_renamed(
    a: Checkpoint,
    b: Checkpoint,
    pairs: Mapping[str, str],
    values_a: Mapping[str, ValueSketch],
    values_b: Mapping[str, ValueSketch],
) -> tuple[RenamedPair, ...]:
    """Pairs of variables that are in `pairs` (keys of A to keys of B) on neither side.

    `values_a` and `values_b` are sketches by key, of those that may tell something.
    """
    model = _as_model(b)
    at_key = {variable.key: at for at, variable in enumerate(b.variables)}
    rows = _rows(a, b, pairs, at_key)
    table = MatchTable(Attachment(), rows, (), {})
    of_model = {at_key[key]: sketch for key, sketch in values_b.items()}
    at_place = {each.path or each.name: at for at, each in enumerate(model.variables)}
    by_key = {variable.key: variable for variable in a.variables}
    paired = set(pairs.values())
    found = []
    for rename in suggest(a, model, table, values_a, of_model):
        at = at_place.get(rename.path)
        if at is None or rename.transform not in ("", "cast") or rename.confidence < LEAST_SURE:
            continue
        before, after = by_key[rename.key], b.variables[at]
        if before.key not in pairs and after.key not in paired and before.shape == after.shape:
            paired.add(after.key)
            found.append(RenamedPair(before, after, rename.confidence, _of_snapshots(rename.why)))
    return tuple(found)


def _of_snapshots(why: str) -> str:
    """The assistant speaks of a file and a model."""
    for word, other in (("model", "later snapshot"), ("file", "earlier snapshot")):
        why = why.replace(f"he {word}", f"he {other}")
    return why


def _rows(
    a: Checkpoint, b: Checkpoint, pairs: Mapping[str, str], at_key: Mapping[str, int]
) -> tuple[Row, ...]:
    rows = []
    for variable in a.variables:
        at = at_key.get(pairs.get(variable.key, ""), -1)
        state = State.RESTORED if at >= 0 else State.MISSING_IN_MODEL
        rows.append(_row(state, variable.key, variable, at))
    taken = set(pairs.values())
    rows += [
        _row(State.MISSING_IN_CHECKPOINT, "", variable, at)
        for at, variable in enumerate(b.variables)
        if variable.key not in taken
    ]
    return tuple(rows)


def _row(state: State, key: str, variable: Variable, at: int) -> Row:
    dtype, shape = variable.dtype.name, variable.shape
    return Row(state, key, variable.name, at, variable.name, shape, shape, dtype, dtype)


def _as_model(checkpoint: Checkpoint) -> ModelDescription:
    variables = checkpoint.variables
    if checkpoint.graph is None:
        nodes = (
            ModelNode("", "", tuple(Edge(v.name, at + 1) for at, v in enumerate(variables))),
            *(ModelNode(_KINDS.get(v.role, ""), "", (), at) for at, v in enumerate(variables)),
        )
        told = [_variable(variable, variable.name, at + 1) for at, variable in enumerate(variables)]
    else:
        at_node = {variable.node: at for at, variable in enumerate(variables)}
        nodes = tuple(
            ModelNode(
                _KINDS.get(variables[at_node[place]].role, "") if place in at_node else "",
                "", node.children, at_node.get(place, -1), slots=node.slots,
            )
            for place, node in enumerate(checkpoint.graph.nodes)
        )  # fmt: skip
        told = [
            _variable(each, each.paths[0] if each.paths else "", each.node) for each in variables
        ]
    return ModelDescription("", Returned.CHECKPOINT, nodes, tuple(told), "", (), {}, _NOBODY)


def _variable(variable: Variable, path: str, node: int) -> ModelVariable:
    name = variable.full_name or variable.name
    paths = variable.paths or ((path,) if path else ())
    return ModelVariable(
        name, path, paths, node, variable.dtype.name, variable.shape, "",
        bool(variable.trainable),
    )  # fmt: skip
