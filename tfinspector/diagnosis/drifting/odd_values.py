"""D01, D04, D05 and D10: values that break a model or a picture, jump, or do nothing."""

from collections.abc import Iterator

import numpy as np

from tfinspector.contents import numbers
from tfinspector.contents.drifts import DriftTable
from tfinspector.contents.findings import Finding, Fix, Severity
from tfinspector.contents.numbers import counted
from tfinspector.diagnosis.drifting.subjects import MOST_NAMED, listed, weights

_LEAST_JUMP = 3.0  # a norm that triples from one snapshot to the next
_FAR_FROM_USUAL = 10.0  # and does so in a step ten times as large as its usual one


def find_first_odd_values(table: DriftTable) -> Iterator[Finding]:
    """D01: where NaN and infinities begin, and what the last good snapshot is."""
    odd = np.nan_to_num(table.own["nan"] + table.own["posinf"] + table.own["neginf"])
    where = np.flatnonzero(odd.any(axis=0))
    if not len(where):
        return
    first = int(where[0])
    rows = np.flatnonzero(odd[:, first])
    names = [table.rows[number].name for number in rows]
    what = "NaN" if table.own["nan"][rows, first].any() else "infinite"
    last_good = first - 1
    begins = f"{what} values begin in {table.name_of(first)}, in {listed(names)}"
    spread = np.count_nonzero(odd[:, -1])
    yield Finding(
        "D01", Severity.WARNING,
        f"{begins}; {table.name_of(last_good)} is the last snapshot without any."
        if first else f"{begins}, the first snapshot.",
        f"In the newest snapshot {counted(int(spread), 'variable')} "
        f"{'holds' if spread == 1 else 'hold'} such values. A model "
        "restored from there computes NaN wherever they take part, and training on does not "
        "recover."
        if spread else
        "The newest snapshot holds none: later ones do not come from this one, or do without it.",
        table.snapshots[first].path,
        {"snapshot": table.snapshots[first].path, "step": table.snapshots[first].step,
         "variables": [
             {"name": table.rows[number].name,
              **{kind: int(table.own[kind][number, first]) for kind in ("nan", "posinf", "neginf")}}
             for number in rows[:MOST_NAMED]
         ], "odd_in_newest": int(spread)},
        Fix("Leave that snapshot out when you restore; those after it hold no such values.")
        if not spread else
        Fix("Go on from the last good snapshot, with a lower learning rate or clipped gradients.",
            f"checkpoint.restore({table.snapshots[last_good].path!r})\n"
            "optimizer = tf.keras.optimizers.Adam(learning_rate, clipnorm=1.0)")
        if first else
        Fix("Look at what the initializers and the loaded weights hold; nothing before this "
            "snapshot is there to go back to."),
    )  # fmt: skip


def find_left_out_of_path(table: DriftTable) -> Iterator[Finding]:
    """D10: snapshots that have no place among the others, because weights are no numbers."""
    if table.path is None or not table.path.left_out:
        return
    left_out = table.path.left_out
    count = counted(len(left_out), "snapshot")
    yield Finding(
        "D10", Severity.INFO,
        f"{count} {'has' if len(left_out) == 1 else 'have'} no place in the run's path, from "
        f"{table.name_of(left_out[0])} on: weights are NaN or infinite there.",
        "What holds such values is infinitely far from everything, so the path is that of the "
        "other snapshots.",
        table.snapshots[left_out[0]].path,
        {"snapshots": [table.snapshots[at].path for at in left_out[:MOST_NAMED]],
         "count": len(left_out)},
    )  # fmt: skip


def find_jumps(table: DriftTable) -> Iterator[Finding]:
    """D04: the step at which norms of kernels jump out of all proportion to their other steps."""
    if len(table.snapshots) < 4:
        return
    norms = table.own["norm"]
    jumps: dict[int, list[int]] = {}
    for number in weights(table):
        if len(table.rows[number].shape) < 2:
            continue  # biases begin at zero, so their first steps are all jumps
        with np.errstate(divide="ignore", invalid="ignore"):
            steps = np.abs(np.log(norms[number, 1:] / norms[number, :-1]))
        steps = np.where(np.isfinite(steps) & table.chained[number, 1:], steps, 0.0)
        at = int(steps.argmax())
        usual = float(np.median(np.delete(steps, at)))
        if steps[at] >= np.log(_LEAST_JUMP) and steps[at] >= _FAR_FROM_USUAL * usual:
            jumps.setdefault(at + 1, []).append(number)
    for at, found in sorted(jumps.items(), key=lambda each: -len(each[1]))[:1]:
        yield _jump(table, at, found)


def _jump(table: DriftTable, at: int, found: list[int]) -> Finding:
    norms = table.own["norm"]
    names = [table.rows[number].name for number in found]
    before, after = norms[found[0], at - 1], norms[found[0], at]
    return Finding(
        "D04", Severity.WARNING,
        f"From {table.name_of(at - 1)} to {table.name_of(at)} the norm of {listed(names)} jumps, "
        f"of the first from {numbers.four(before)} to {numbers.four(after)}.",
        "At every other step it changes at most a tenth as much, on a logarithmic scale. Exploding "
        "gradients, another learning rate or weights loaded in between look like this.",
        table.snapshots[at].path,
        {"variables": [
            {"name": table.rows[number].name, "before": norms[number, at - 1],
             "after": norms[number, at]} for number in found[:MOST_NAMED]]},
        Fix("See what changed in training between the two; clip the gradients if nothing did.",
            "optimizer = tf.keras.optimizers.Adam(learning_rate, clipnorm=1.0)"),
    )  # fmt: skip


def find_dead_units(table: DriftTable) -> Iterator[Finding]:
    """D05: rows or columns of kernels that are all zero in the newest snapshot."""
    if not table.dead:
        return
    died = {number: dead for number, dead in table.dead.items() if dead.zero > dead.before}
    shown = died or dict(table.dead)
    names = [table.rows[number].name for number in shown]
    number, first = next(iter(shown.items()))
    axis = "columns (output units)" if first.axis else "rows (inputs)"
    since = (
        f"in {table.name_of(table.anchor)} it was {first.before}"
        if died else "it was no different at the start of the axis"
    )  # fmt: skip
    yield Finding(
        "D05", Severity.WARNING if died else Severity.INFO,
        f"{first.zero} of {first.of} {axis} of `{names[0]}` are all zero in "
        f"{table.name_of(len(table.snapshots) - 1)}; {since}."
        + (f" {counted(len(names) - 1, 'other variable')} have such units too."
           if len(names) > 1 else ""),
        "What is all zero passes nothing on; an optimizer with weight decay, a mask or pruning "
        "makes such units, and so does an embedding's row that no example uses.",
        table.rows[number].name,
        {"variables": [
            {"name": table.rows[each].name, "axis": "columns" if dead.axis else "rows",
             "zero": dead.zero, "of": dead.of, "before": dead.before}
            for each, dead in list(shown.items())[:MOST_NAMED]]},
        Fix("If nothing was pruned on purpose, look for dying activations: a smaller learning "
            "rate, another initializer, or leaky activations keep units alive.")
        if died else None,
    )  # fmt: skip
