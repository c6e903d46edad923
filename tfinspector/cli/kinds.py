"""Which rows of a listing say the same but for their names: what they say is then written once.

A model of 100,000 variables has few shapes, so this takes two thirds off the time of a page.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from tfinspector.contents.variables import Variable


class Kinds(NamedTuple):
    """One variable of each kind, and the kind of every variable by its number.

    Variables of one kind share element type, shape, bytes, role, whether they are trained, and
    their problem.
    """

    samples: list[Variable]
    of: list[int]

    def counts(self) -> Sequence[int]:
        """How many variables are of each kind."""
        counts = [0] * len(self.samples)
        for kind in self.of:
            counts[kind] += 1
        return counts


def kinds_of(variables: Iterable[Variable]) -> Kinds:
    """The kinds of variables, in the order in which they appear.

    Neighbours are mostly alike in a file that is sorted by name, and share their very objects.
    """
    known: dict[tuple[object, ...], int] = {}
    samples: list[Variable] = []
    of: list[int] = []
    kind, a, b, c, d, e, f = -1, None, None, None, None, None, None
    for variable in variables:
        _, _, _, dtype, shape, nbytes, role, trainable, _, _, _, _, problem = variable
        if (
            shape is not b or nbytes != c or dtype is not a
            or role is not d or trainable is not e or problem is not f
        ):  # fmt: skip
            a, b, c, d, e, f = dtype, shape, nbytes, role, trainable, problem
            kind = known.setdefault((a.code, a.name, b, c, d, e, f), len(samples))
            if kind == len(samples):
                samples.append(variable)
        of.append(kind)
    return Kinds(samples, of)
