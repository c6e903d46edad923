"""Variables while they are worked out: one column per field, because there may be 100,000."""

from collections.abc import Iterable, Sequence
from functools import partial
from itertools import repeat

from tfinspector.contents.dtypes import DType
from tfinspector.contents.variables import Role, Variable

Description = tuple[DType, tuple[int, ...], int, str]
NOBODY = -1


class Rows:
    """One row per key, in the order of the keys.

    `owner` is the position of the variable that a slot belongs to, and `slot_prefix` the name
    of the optimizer that keeps it; a slot's name is made of these when the others are settled.
    `prefix` is what all names of one model begin with and is left out of them; `other_name` is
    where a value hangs, for those that are called by their full name.
    """

    def __init__(self, keys: Sequence[str], described: Sequence[Description]) -> None:
        count = len(keys)
        self.keys = keys
        self.described = described
        self.prefix = ""
        self.other_name: dict[int, str] = {}
        self.name: list[str] = list(keys)
        self.paths: list[tuple[str, ...]] = [()] * count
        self.role: list[Role] = [Role.WEIGHT] * count
        self.trainable: list[bool | None] = [None] * count
        self.node: list[int] = [NOBODY] * count
        self.full_name: list[str] = [""] * count
        self.slot_name: list[str] = [""] * count
        self.slot_prefix: list[str] = [""] * count
        self.owner: list[int] = [NOBODY] * count

    def variables(self) -> tuple[Variable, ...]:
        """The finished variables."""
        names = self.name
        slot_of: Iterable[str] = repeat("", len(names))
        if max(self.owner, default=NOBODY) >= 0:
            slot_of = [names[owner] if owner >= 0 else "" for owner in self.owner]
        dtypes, shapes, nbytes, problems = (
            zip(*self.described, strict=True) if self.described else ((), (), (), ())
        )
        columns = zip(
            names, self.keys, self.paths, dtypes, shapes, nbytes, self.role, self.trainable,
            self.node, self.full_name, self.slot_name, slot_of, problems, strict=True,
        )  # fmt: skip
        return tuple(map(partial(tuple.__new__, Variable), columns))
