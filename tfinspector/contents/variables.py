"""Variables: the rows of the program."""

from enum import StrEnum
from math import prod
from typing import NamedTuple

from tfinspector.contents.dtypes import DType


class Role(StrEnum):
    """What a variable is for, worked out from the object graph (names only where there is none)."""

    WEIGHT = "weight"
    OPTIMIZER = "optimizer"
    SLOT = "slot"
    METRIC = "metric"
    COUNTER = "counter"
    EMA = "ema"
    LOOKUP = "lookup"
    ITERATOR = "iterator"
    OTHER = "other"


class Variable(NamedTuple):
    """One stored value.

    name       unique within its source, for people: the best path ("dense_1/kernel")
    key        the key in the file; what a reader is asked with
    paths      every path from the root of the object graph that reaches it ("model/dense/_kernel")
    nbytes     bytes in the file
    trainable  None where the file does not tell
    node       id in the object graph, -1 where there is none
    full_name  TensorFlow's own name for it ("sequential/dense/kernel"), "" where not stored
    slot_name, slot_of   for slots and averages: "m", and the `name` of the variable it belongs to
    problem    why it can't be read; "" when it can

    A NamedTuple, not a dataclass, because 100,000 of them are made while a person waits.
    """

    name: str
    key: str
    paths: tuple[str, ...]
    dtype: DType
    shape: tuple[int, ...]
    nbytes: int
    role: Role
    trainable: bool | None = None
    node: int = -1
    full_name: str = ""
    slot_name: str = ""
    slot_of: str = ""
    problem: str = ""

    @property
    def size(self) -> int:
        """Number of elements; 1 for a scalar."""
        return prod(self.shape)
