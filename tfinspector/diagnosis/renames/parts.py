"""M13: parts that were saved under names of their own, put together in the one variable (part_N).

Each part becomes a pair of its own, which says where in the variable it begins; only all of them
together fill it.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

from tfinspector.contents.saved_models import Shape
from tfinspector.diagnosis.renames.sides import Sides
from tfinspector.diagnosis.renames.spelling import parts_of
from tfinspector.diagnosis.renames.values import WEIGHT, Mine, Theirs, can_cast, shape_of

PART = "part"
_BY_NAME = re.compile(r"(.+)/part_(\d+)$")
_IN_LIST = re.compile(r"(.+)/(?:part_)?(\d+)$")  # with an object graph, entries of a list as well


def pair_parts(sides: Sides) -> None:
    """Parts whose shapes make up that of one variable, under a name that ends like its own."""
    taken: set[int] = set()
    for stem, parts in _groups(sides):
        for mine in sides.mine(WEIGHT):
            axis = joined_axis([each.shape for each in parts], mine.shape)
            is_meant = stem[-1:] in {mine.parts[-1:], *(name[-1:] for name in mine.names)}
            if axis is None or not is_meant or mine.at in taken:
                continue
            if all(each.dtype == mine.dtype or can_cast(each.dtype, mine.dtype) for each in parts):
                taken.add(mine.at)
                _join(sides, parts, mine, axis)
                break


def joined_axis(parts: Sequence[Shape], whole: Shape) -> int | None:
    """The axis along which the parts make up the whole; None where they do not."""
    if whole is None or any(one is None or len(one) != len(whole) for one in parts):
        return None
    shapes = [one for one in parts if one is not None]
    for axis, size in enumerate(whole):
        others = {(*one[:axis], *one[axis + 1 :]) for one in shapes}
        fit = others == {(*whole[:axis], *whole[axis + 1 :])}
        if fit and sum(one[axis] or 0 for one in shapes) == size:
            return axis
    return None


def _groups(sides: Sides) -> Iterator[tuple[tuple[str, ...], list[Theirs]]]:
    """Open values whose names differ in the number at the end only, in its order."""
    pattern = _BY_NAME if sides.checkpoint.graph is None else _IN_LIST
    groups: defaultdict[str, dict[int, Theirs]] = defaultdict(dict)
    for theirs in sides.theirs(WEIGHT):
        match = pattern.match(theirs.raw)
        if match and not theirs.listed:
            groups[match[1]][int(match[2])] = theirs
    for stem, parts in groups.items():
        if len(parts) > 1:
            yield parts_of(stem), [parts[number] for number in sorted(parts)]


def _join(sides: Sides, parts: Sequence[Theirs], mine: Mine, axis: int) -> None:
    begin = 0
    for number, theirs in enumerate(parts, 1):
        shape = shape_of(theirs.shape) or ()
        why = (
            f"It is part {number} of {len(parts)}, which together have the shape of this variable."
        )
        offset = tuple(begin if at == axis else 0 for at in range(len(shape)))
        sides.pair_part(theirs, mine, 0.85, why, offset)
        begin += shape[axis]
