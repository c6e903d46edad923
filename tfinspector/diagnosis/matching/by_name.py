"""Matching of name-based checkpoints (TensorFlow 1), which have no object graph.

TensorFlow (`_NameBasedRestoreCoordinator` in `tensorflow/python/checkpoint/checkpoint.py`) looks
each variable of the model up by its own name. Variables of Keras 3 give it no name: none of them
is ever restored so, even where the names are the same.
"""

from collections import defaultdict

from tfinspector.contents.checkpoints import Checkpoint
from tfinspector.contents.models import ModelDescription, ModelVariable
from tfinspector.contents.restores import Attachment, MatchTable, Row, State
from tfinspector.diagnosis.matching.rows import file_row, misfit, model_rows, paired_row

WHY_NAMELESS = "TensorFlow restores a checkpoint without objects by name; Keras 3 gives it none."
WHY_NO_NAME = "No variable of the model has this name."


def match_by_name(checkpoint: Checkpoint, model: ModelDescription) -> MatchTable:
    """As `NameBasedSaverStatus` would: a key may go into several variables of the same name."""
    named: defaultdict[str, list[int]] = defaultdict(list)
    whys: dict[int, str] = {}
    for at, mine in enumerate(model.variables):
        if mine.node < 0:
            continue
        if _is_nameless(model, mine):
            whys[at] = WHY_NAMELESS
        else:
            named[_name(model, mine)].append(at)
    rows: list[Row] = []
    for theirs in checkpoint.variables:
        places = named.get(theirs.key)
        if not places:
            rows.append(file_row(State.MISSING_IN_MODEL, theirs, WHY_NO_NAME))
            continue
        for at in places:
            mine = model.variables[at]
            state = misfit(theirs.shape, theirs.dtype.name, mine)
            if state is None and theirs.problem:
                state = State.NOT_ASSIGNED
            rows.append(paired_row(state, theirs, mine, at, theirs.problem))
    names = [theirs.name for theirs in checkpoint.variables]
    rows += model_rows(model, {row.variable for row in rows}, names, whys)
    return MatchTable(Attachment(), tuple(rows), (), {})


def _is_nameless(model: ModelDescription, mine: ModelVariable) -> bool:
    return model.nodes[mine.node].kind.startswith("keras.")


def _name(model: ModelDescription, mine: ModelVariable) -> str:
    """The variable's own name; a node's, where the description prefers Keras's path."""
    return (model.nodes[mine.node].name or mine.name).partition(":")[0]
