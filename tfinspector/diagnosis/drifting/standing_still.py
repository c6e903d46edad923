"""D02, D03 and D06: what does not move, and what moves although it should not."""

from collections.abc import Iterator

import numpy as np

from tfinspector.contents.drift_metrics import Reference
from tfinspector.contents.drifts import DriftTable
from tfinspector.contents.findings import Finding, Fix, Severity
from tfinspector.contents.numbers import counted
from tfinspector.contents.variables import Role
from tfinspector.diagnosis.drifting.subjects import (
    MOST_NAMED,
    groups_of,
    listed,
    weights,
)  # fmt: skip

_STATISTICS = ("moving_mean", "moving_variance")
_SCALES = ("gamma", "beta")
_LEAST_SNAPSHOTS = 3  # two may simply be alike


def find_frozen(table: DriftTable) -> Iterator[Finding]:
    """D02: trained variables that never move, and groups that stand still."""
    mine = [each for each in weights(table) if not _is_statistic(table.rows[each].name)]
    frozen = [number for number in mine if _never_moves(table, number)]
    if len(table.snapshots) < _LEAST_SNAPSHOTS or not frozen or len(frozen) == len(mine):
        return
    slots = _slots(table)
    trained = [
        number
        for number in frozen
        if table.rows[number].name in slots or table.rows[number].trainable
    ]
    rest = [number for number in frozen if number not in trained]
    if trained:
        yield _stuck(table, trained, mine, slots)
    if rest:
        yield _still(table, rest, mine, bool(slots))


def _stuck(
    table: DriftTable, trained: list[int], mine: list[int], slots: dict[str, list[int]]
) -> Finding:
    groups = groups_of(table, trained, mine)
    beside = [slot for number in trained for slot in slots.get(table.rows[number].name, [])]
    norms = table.own["norm"][beside, -1] if beside else np.zeros(0)
    is_empty = len(norms) > 0 and not np.nan_to_num(norms).any()
    detail = (
        "The optimizer's slots for them are all zero, so no gradient ever reached them: they "
        "take no part in the loss, or a layer stops the gradient."
        if is_empty else
        "The optimizer has slots for them, so they were meant to be trained; a learning rate of "
        "zero or updates too small for their type leave bits as they are."
        if beside else "The file says that they are trainable."
    )  # fmt: skip
    return Finding(
        "D02", Severity.WARNING,
        f"{counted(len(trained), 'trained variable')} never move{'s' if len(trained) == 1 else ''}"
        f" over all {len(table.snapshots)} snapshots: {listed(groups)}.",
        detail, table.rows[trained[0]].name,
        {"variables": [table.rows[number].name for number in trained[:MOST_NAMED]],
         "groups": groups[:MOST_NAMED], "slots_are_zero": is_empty},
        Fix("See that they are used in the loss; if they are to stand still, say so.",
            "layer.trainable = False  # before compile()"),
    )  # fmt: skip


def _still(table: DriftTable, rest: list[int], mine: list[int], has_slots: bool) -> Finding:
    groups = groups_of(table, rest, mine)
    return Finding(
        "D02", Severity.INFO,
        f"{counted(len(rest), 'variable')} of {len(mine):,} never move"
        f"{'s' if len(rest) == 1 else ''} over all {len(table.snapshots)} snapshots: "
        f"{listed(groups)}.",
        "The optimizer has no slots for them, so they were set not to be trained."
        if has_slots else
        "The checkpoints do not tell whether they were meant to be trained: there are no slots of "
        "an optimizer in them.",
        table.rows[rest[0]].name,
        {"variables": [table.rows[number].name for number in rest[:MOST_NAMED]],
         "groups": groups[:MOST_NAMED]},
    )  # fmt: skip


def find_moving_statistics(table: DriftTable) -> Iterator[Finding]:
    """D03: normalizations whose scale is frozen and whose statistics are not."""
    if len(table.snapshots) < _LEAST_SNAPSHOTS:
        return
    layers: dict[str, dict[str, int]] = {}
    for number in weights(table):
        layer, _, name = table.rows[number].name.rpartition("/")
        if name in (*_STATISTICS, *_SCALES):
            layers.setdefault(layer, {})[name] = number
    others_move = any(
        not _never_moves(table, number)
        for number in weights(table)
        if not _is_statistic(table.rows[number].name)
    )
    found = [layer for layer, parts in layers.items() if _is_half_frozen(table, parts)]
    if not found or not others_move:
        return
    yield Finding(
        "D03", Severity.WARNING,
        f"The moving statistics of {listed(found)} still move, though gamma and beta are frozen.",
        "Keras leaves the statistics of a BatchNormalization alone whose `trainable` is False. "
        "These move, so only gamma and beta were kept from training (left out of what the "
        "optimizer is given, or without a gradient), and the layer still normalizes by each batch.",
        found[0],
        {"layers": found[:MOST_NAMED]},
        Fix("Freeze the layer itself, which also makes it use its statistics as they are.",
            "layer.trainable = False  # of the BatchNormalization, before compile()"),
    )  # fmt: skip


def _is_half_frozen(table: DriftTable, parts: dict[str, int]) -> bool:
    scales = [parts[name] for name in _SCALES if name in parts]
    statistics = [parts[name] for name in _STATISTICS if name in parts]
    return (
        bool(scales)
        and all(_never_moves(table, number) for number in scales)
        and any(not _never_moves(table, number) for number in statistics)
    )


def find_same_snapshots(table: DriftTable) -> Iterator[Finding]:
    """D06: neighbours on the axis that hold the same weights."""
    mine = weights(table)
    changed = table.values("changed_fraction", Reference.PREVIOUS)
    same = [
        at
        for at in range(1, len(table.snapshots))
        if table.chained[mine, at].any() and _is_still(table, changed, mine, at)
    ]
    if not same:
        return
    pairs = [(table.name_of(at - 1), table.name_of(at)) for at in same]
    others = [number for number in range(len(table.rows)) if number not in set(mine)]
    all_alike = all(_is_still(table, changed, others, at) for at in same)
    whole = len(same) == len(table.snapshots) - 1
    if whole and len(same) > 1:
        title = f"No weight moves in any of the {len(table.snapshots)} snapshots."
    else:
        more = f", and so do {len(same) - 1} other neighbours" if len(same) > 1 else ""
        title = f"{pairs[0][0]} and {pairs[0][1]} hold the same weights{more}."
    is_news = not all_alike or (whole and len(same) > 1)
    yield Finding(
        "D06", Severity.WARNING if is_news else Severity.INFO,
        title,
        "Everything else that both hold is the same too: one state was saved twice, or copied."
        if all_alike else
        "Other values, such as counters, moved meanwhile: "
        f"{listed(_moved_names(table, changed, others, same))}. Training ran and did not touch the "
        "weights.",
        table.snapshots[same[0]].path,
        {"pairs": [list(pair) for pair in pairs[:MOST_NAMED]], "all_alike": all_alike},
        Fix("Save after training steps, and see that the optimizer is given the model's variables.",
            "optimizer.apply_gradients(zip(gradients, model.trainable_variables))")
        if is_news else None,
    )  # fmt: skip


def _is_still(table: DriftTable, changed: np.ndarray, rows: list[int], at: int) -> bool:
    here = [number for number in rows if table.chained[number, at]]
    return not np.nan_to_num(changed[here, at]).any()


def _moved_names(
    table: DriftTable,
    changed: np.ndarray,
    rows: list[int],
    same: list[int],
) -> list[str]:
    moved = [number for number in rows if np.nan_to_num(changed[number, same]).any()]
    counters = [number for number in moved if table.rows[number].role is Role.COUNTER]
    return [table.rows[number].name for number in counters or moved]


def _never_moves(table: DriftTable, number: int) -> bool:
    """Whether every snapshot has the very bits of the first."""
    if not table.anchored[number].all():
        return False
    changed = table.values("changed_fraction")[number]
    return not changed.any()


def _slots(table: DriftTable) -> dict[str, list[int]]:
    """Rows of an optimizer's slots by the name of their variable."""
    found: dict[str, list[int]] = {}
    for number, row in enumerate(table.rows):
        if row.role is Role.SLOT and row.slot_of:
            found.setdefault(row.slot_of, []).append(number)
    return found


def _is_statistic(name: str) -> bool:
    return name.rpartition("/")[2] in _STATISTICS
