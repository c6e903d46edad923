"""The singular values of a variable that is a matrix, and what follows from them.

No claim about a model's quality is made from them. Stable: fields are added, those here stay.
"""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray


class Method(StrEnum):
    """How singular values were found.

    FULL        all of them, by a singular value decomposition of the whole matrix
    GRAM        all of them, as roots of the eigenvalues of its Gram matrix; small ones are vague
    RANDOMIZED  the leading ones, by a block Krylov method from random vectors
    """

    FULL = "full"
    GRAM = "gram"
    RANDOMIZED = "randomized"


@dataclass(frozen=True, slots=True, eq=False)
class Spectrum:
    """Of a matrix of `rows` x `columns`.

    axes           the variable's own shape; its first axes are joined where there are more than two
    values         singular values, greatest first; all `count` of them or, RANDOMIZED, the leading
    error          each of them is not farther than this from a singular value of the matrix
    frobenius      the root of the summed squares of all elements
    stable_rank    frobenius^2 / values[0]^2; None where all elements are zero, like the next two
    condition      the greatest singular value over the least; `condition_is_bound`: it is at least
                   that, because the least is not known or cannot be told from zero
    effective_rank exp of the entropy of the values as shares of their sum (Roy and Vetterli, 2007);
                   None too where only the leading values are known
    """

    axes: tuple[int, ...]
    rows: int
    columns: int
    values: NDArray[np.float64]
    method: Method
    error: float
    frobenius: float
    stable_rank: float | None
    condition: float | None
    condition_is_bound: bool
    effective_rank: float | None

    @property
    def count(self) -> int:
        """How many singular values the matrix has, known or not."""
        return min(self.rows, self.columns)

    @property
    def is_reshaped(self) -> bool:
        """Whether axes were joined to make it a matrix."""
        return len(self.axes) > 2
