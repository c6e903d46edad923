"""The order of rows as people count: blocks/2 before blocks/10."""

import re
from collections.abc import Sequence

from tfinspector.contents.variables import Variable

_NUMBER = re.compile(r"(\d+)")
_MOST_SORTED = 20_000
"""More rows are searched by a program, not read; they stay in the file's order (30 ms at most)."""
_MOST_DIGITS = 20  # a longer number is a hash, which nobody counts by


def in_natural_order(variables: Sequence[Variable]) -> Sequence[Variable]:
    """The variables by their keys, which a file keeps in the order of bytes.

    All keys are taken apart as one text: numbers that are all of one length need no second look.
    """
    if len(variables) > _MOST_SORTED:
        return variables
    keys = [variable.key for variable in variables]
    parts = _NUMBER.split("\n".join(keys))
    numbers = parts[1::2]
    lengths = set(map(len, numbers))
    widest = min(max(lengths, default=0), _MOST_DIGITS)
    if len(lengths) < 2:
        return variables
    padded = {number: number.zfill(widest) for number in set(numbers)}
    parts[1::2] = map(padded.__getitem__, numbers)
    by = "".join(parts).split("\n")
    if len(by) != len(keys):  # a key with a line break in it
        return variables
    order = sorted(range(len(by)), key=by.__getitem__)
    return tuple(map(variables.__getitem__, order))
