"""Which output of one model is which of the other, and by how much the two differ."""

import re
from collections.abc import Sequence
from itertools import zip_longest

import numpy as np

from tfinspector.contents.calls import CallOutput
from tfinspector.contents.verifications import OutputMatch
from tfinspector.engine.restoring.device_comparing import differences
from tfinspector.engine.running.relations import relation_of

BY_NAME, IN_ORDER = "by name", "in order"
_NUMBER = re.compile(r"(\d+)")
Pair = tuple[CallOutput | None, CallOutput | None]


def pair(first: Sequence[CallOutput], second: Sequence[CallOutput]) -> tuple[list[Pair], str]:
    """The outputs side by side, and how they were paired.

    By name if any name is on both sides (then the others have no counterpart); else in order,
    where output_10 comes after output_9.
    """
    theirs = {each.name: each for each in second}
    if any(each.name in theirs for each in first):
        pairs: list[Pair] = [(each, theirs.pop(each.name, None)) for each in first]
        return pairs + [(None, each) for each in theirs.values()], BY_NAME
    return list(zip_longest(_ordered(first), _ordered(second))), IN_ORDER


def match_of(
    mine: CallOutput, other: CallOutput | None, device: str, tolerance: float | None
) -> OutputMatch:
    """How an output compares with its counterpart."""
    far = float("inf")
    match = OutputMatch(
        mine.name, other.name if other else "", device, mine.dtype, mine.shape, far, far, False,
        False,
    )  # fmt: skip
    if other is None or (mine.dtype, mine.shape) != (other.dtype, other.shape):
        return match
    if mine.values.dtype == object:
        same = bool(np.array_equal(mine.values, other.values))
        zero = 0.0 if same else far
        return match._replace(max_abs=zero, max_rel=zero, equal=same, close=same)
    max_abs, max_rel, close = differences(mine.values.ravel(), other.values.ravel())
    equal = max_abs <= (tolerance or 0.0)
    close = equal or close
    relation = "" if close else relation_of(mine.values, other.values, (mine.name, other.name))
    nans = int(np.count_nonzero((mine.values != mine.values) & (other.values != other.values)))
    return match._replace(
        max_abs=max_abs, max_rel=max_rel, equal=equal, close=close, relation=relation, nans=nans
    )


def _ordered(outputs: Sequence[CallOutput]) -> list[CallOutput]:
    def key(output: CallOutput) -> list[tuple[int, str]]:
        parts = _NUMBER.split(output.name)
        return [(int(part), "") if part.isdigit() else (-1, part) for part in parts]

    return sorted(outputs, key=key)
