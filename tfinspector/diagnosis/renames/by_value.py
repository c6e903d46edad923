"""Pairs of variables that hold the same values, bit by bit, on both sides."""

from collections import defaultdict

from tfinspector.diagnosis.renames.sides import Sides
from tfinspector.diagnosis.renames.values import shape_of


def pair_same_values(sides: Sides) -> None:
    """Only where one value stands once on each side, and is not one number all over."""
    theirs: defaultdict[tuple[object, ...], list[int]] = defaultdict(list)
    mine: defaultdict[tuple[object, ...], list[int]] = defaultdict(list)
    ours, others = sides.theirs(), sides.mine()
    for at, left in enumerate(ours):
        sketch = sides.file_values.get(left.variable.key)
        if sketch and sketch.sha256 and not sketch.constant and left.variable.size > 1:
            theirs[sketch.sha256, left.dtype, left.shape].append(at)
    if not theirs:
        return
    for at, right in enumerate(others):
        known = sides.model_values.get(right.at)
        if known and known.sha256 and not known.constant:
            mine[known.sha256, right.dtype, shape_of(right.shape)].append(at)
    for key, found in theirs.items():
        if len(found) == 1 and len(mine[key]) == 1:
            why = "Both hold the same values, and nothing else does."
            sides.pair(ours[found[0]], others[mine[key][0]], 1.0, why, "values")
