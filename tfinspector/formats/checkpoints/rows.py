"""Variables while they are worked out: one column per field, because there may be 100,000."""

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tfinspector.contents.dtypes import DType
from tfinspector.contents.kinds import Integers, Kinds, renumbered
from tfinspector.contents.variable_columns import Belonging, Paths, Traits, VariableColumns
from tfinspector.contents.variables import Role

Description = tuple[DType, tuple[int, ...], int, str]
NOBODY = -1

_ROLES = tuple(Role)
_CODES = {role: code for code, role in enumerate(_ROLES)}
_ANSWERS = (None, False, True)
UNKNOWN, UNTRAINED, TRAINED = range(len(_ANSWERS))
"""Codes of `Variable.trainable` in the column `trainable`."""


class Slot(NamedTuple):
    """What a slot's row knows before names are settled: its name in the optimizer, whose it is.

    `owner` is the position of the variable that it belongs to; `prefix` is the name of the
    optimizer that keeps it, "" if the slot is called otherwise.
    """

    name: str
    owner: int = NOBODY
    prefix: str = ""


class Rows:
    """One row per key, in the order of the keys; weights at first, where they hold numbers.

    `slots` has the slots by position; a slot's name is made when the others are settled.
    `prefix` is what all names of one model begin with and is left out of them; `other_name` is
    where a value hangs, for those that are called by their full name.
    """

    def __init__(self, keys: Sequence[str], described: Kinds[Description]) -> None:
        count = len(keys)
        self.keys = keys
        self.described = described
        self.prefix = ""
        self.other_name: dict[int, str] = {}
        self.slots: dict[int, Slot] = {}
        self.node: Integers = np.full(count, NOBODY)
        told = np.array([sample[0].holds_no_numbers for sample in described.samples], bool)
        no_weight = told[described.of]
        trainable = np.where(no_weight, UNTRAINED, UNKNOWN)
        self.trainable: NDArray[np.int8] = trainable.astype(np.int8)
        role = np.where(no_weight, _CODES[Role.OTHER], _CODES[Role.WEIGHT])
        self._role: NDArray[np.int8] = role.astype(np.int8)
        self.find_paths: Callable[[], Paths] = lambda: [()] * count
        self.find_full_names: Callable[[], Sequence[str]] = lambda: [""] * count

    @cached_property
    def name(self) -> list[str]:
        """The names: the keys at first."""
        return list(self.keys)

    def set_names(self, places: Integers, names: list[str]) -> None:
        """Set some names. Mostly it is all of them, and then the keys are not decoded."""
        if len(places) == len(self.keys):
            self.name = names
            return
        for place, name in zip(places.tolist(), names, strict=True):
            self.name[place] = name

    @cached_property
    def paths(self) -> Paths:
        """The paths of every row: not needed for most files, and long."""
        return self.find_paths()

    def set_role(self, place: int, role: Role, trainable: int = UNTRAINED) -> None:
        """What a row is for; what is no weight is not trained."""
        self._role[place] = _CODES[role]
        self.trainable[place] = trainable

    def variables(self) -> VariableColumns:
        """The finished variables."""
        names = self.name
        slots = {
            place: Belonging(slot.name, names[slot.owner] if slot.owner >= 0 else "")
            for place, slot in self.slots.items()
        }
        return VariableColumns(
            names, self.keys, self._traits(), self.node.tolist(), slots,
            lambda: self.paths, self.find_full_names,
        )  # fmt: skip

    def _traits(self) -> Kinds[Traits]:
        roles, answers = len(_ROLES), len(_ANSWERS)
        codes = (self.described.of * roles + self._role) * answers + self.trainable
        distinct, of = renumbered(codes)
        samples = []
        for code in distinct.tolist():
            rest, answer = divmod(code, answers)
            description, role = divmod(rest, roles)
            dtype, shape, nbytes, problem = self.described.samples[description]
            samples.append(Traits(dtype, shape, nbytes, _ROLES[role], _ANSWERS[answer], problem))
        return Kinds(samples, of)
