"""What all variables of a listing come to."""

from typing import NamedTuple

from tfinspector.contents.variable_columns import VariableColumns
from tfinspector.contents.variables import Role


class Totals(NamedTuple):
    """Variables, their parameters (elements of weights), and bytes in the file."""

    variables: int
    parameters: int
    nbytes: int


def totals_of(variables: VariableColumns) -> Totals:
    """The sums, worked out by kind."""
    kinds = variables.traits
    counted = list(zip(kinds.counts(), kinds.samples, strict=True))
    return Totals(
        len(variables),
        sum(
            count * sample.size
            for count, sample in counted
            if sample.role is Role.WEIGHT and sample.dtype.itemsize
        ),
        sum(count * sample.nbytes for count, sample in counted),
    )
