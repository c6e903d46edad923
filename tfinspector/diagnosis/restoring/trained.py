"""M06 of what an optimizer trains: Keras keeps a list of it, and goes by the places in that list.

A checkpoint of a run that trained only the head, restored for training all: number 0 of the list
is then another weight. The list leads to the weights themselves, by the shortest way, so that even
they go to the wrong places.
"""

from collections.abc import Iterator
from typing import NamedTuple

from tfinspector.contents.findings import Finding, Fix, Severity
from tfinspector.contents.restores import State
from tfinspector.contents.variables import Role
from tfinspector.diagnosis.restoring.case import GOOD, LOST, UNFED, Case, Cause
from tfinspector.diagnosis.restoring.optimizer_facts import without_optimizer
from tfinspector.diagnosis.restoring.wording import count, listed

TRAINED = "_trainable_variables"
_WRONG = LOST | UNFED | {State.SHAPE_MISMATCH, State.DTYPE_MISMATCH, State.NOT_ASSIGNED}


class _Lists(NamedTuple):
    """What is trained: nodes of the checkpoint, and objects of the model, by their numbers."""

    theirs: dict[str, int]
    ours: dict[str, int]


def find_other_trained(case: Case) -> Iterator[Cause]:
    """Lists of another length, though the weights are as many; something goes elsewhere by that."""
    weights = sum(one.role is Role.WEIGHT for one in case.checkpoint.variables)
    if weights != len(case.weights_of_model):
        return  # layers were put in or taken out: that is the cause, not the list
    for optimizer in sorted(case.file_optimizers):
        lists = _lists(case, optimizer)
        if lists is None or len(lists.theirs) == len(lists.ours):
            continue
        rows = {place for node in lists.theirs.values() for place in case.rows_at.get(node, ())}
        held = (case.node(mine).variable for mine in lists.ours.values())
        rows |= {place for at in held for place in case.rows_of.get(at, ())}
        rows |= {p for p in range(len(case.rows)) if case.is_training_state(p)}
        wrong = [place for place in case.open(sorted(rows)) if case.rows[place].state in _WRONG]
        if any(case.rows[place].state not in UNFED | GOOD for place in wrong):
            yield _other_weights(case, lists, wrong)


def lists_of_trained(case: Case) -> set[int]:
    """The nodes of the checkpoint that are such lists."""
    return {
        child
        for optimizer in case.file_optimizers
        for name, child in case.graph.nodes[optimizer].children
        if name == TRAINED
    }


def _lists(case: Case, optimizer: int) -> _Lists | None:
    node = case.file_children(optimizer).get(TRAINED, -1)
    mine = case.bound.get(node, -1)
    if node < 0 or mine < 0:
        return None
    return _Lists(case.file_children(node), case.model_children(mine))


def _other_weights(case: Case, lists: _Lists, wrong: list[int]) -> Cause:
    there, here = len(lists.theirs), len(lists.ours)
    first = next((number for number in lists.theirs if _goes_elsewhere(case, lists, number)), "")
    example = ""
    if first:
        theirs = case.variables[case.rows[case.rows_at[lists.theirs[first]][0]].key]
        mine = case.model.variables[case.node(lists.ours[first]).variable]
        name = theirs.full_name or theirs.name
        example = f"`{name}` would go into `{mine.name or mine.path}`. "
    return Cause(
        Finding(
            "M06", Severity.ERROR,
            f"The optimizer was saved while it trained {count(there, 'weight')}, and the model's "
            f"trains {here:,}: what it keeps goes by position, and the positions are others.",
            f"{example}Its list of what it trains leads to the weights as well, so they do not "
            "even get their own values, unless the optimizer is left out.",
            case.checkpoint.prefix,
            {"trained_in_checkpoint": there, "trained_in_model": here,
             "wrong": listed(case.names(wrong))},
            Fix("Restore the model alone, without its optimizer; or let the optimizer train the "
                "same weights as then (trainable = False for the others) before it is built.",
                without_optimizer(case)),
        ),
        frozenset(wrong),
    )  # fmt: skip


def _goes_elsewhere(case: Case, lists: _Lists, number: str) -> bool:
    mine = lists.ours.get(number, -1)
    rows = case.rows_at.get(lists.theirs[number], ())
    if mine < 0 or not rows or case.node(mine).variable < 0:
        return False
    return case.rows[rows[0]].state is State.SHAPE_MISMATCH
