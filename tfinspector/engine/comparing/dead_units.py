"""Rows and columns of kernels that are all zero: looked for where there are zeros enough."""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from tfinspector.contents.drifts import DeadUnits, DriftRow, DriftTable
from tfinspector.contents.dtypes import DTypeKind
from tfinspector.contents.findings import Unreadable
from tfinspector.contents.variables import Role
from tfinspector.engine.cache.pairs import pair_remembered
from tfinspector.engine.cache.store import Store
from tfinspector.engine.comparing.places import Member, Readers
from tfinspector.engine.jobs import Ticket
from tfinspector.engine.spans import regions_of
from tfinspector.formats.reading import BLOCK_NBYTES, TensorReader


def dead_units_of(
    table: DriftTable,
    members: Sequence[Member],
    readers: Readers,
    ticket: Ticket,
    cache: Store | None = None,
) -> dict[int, DeadUnits]:
    """Of the newest snapshot by row. Only tensors with as many zeros as a unit has are read."""
    newest = len(members) - 1

    def dead(number: int, at: int) -> tuple[int, int]:
        reader, key = readers(members[at].place), table.rows[number].keys[at]
        ticket.report(0, 0, f"Looking for dead units in {table.rows[number].name}")
        try:
            return pair_remembered(
                cache, "dead units", reader, key,
                lambda: _dead(table.rows[number], reader, key, ticket),
            )  # fmt: skip
        except Unreadable:  # it was read a moment ago; the table tells what could be
            return 0, 0

    found: dict[int, DeadUnits] = {}
    for number in _candidates(table, newest):
        here = dead(number, newest)
        axis = 1 if here[1] >= here[0] else 0
        if not here[axis]:
            continue
        before = (0, 0)
        if table.anchored[number, newest] and _has_zeros(table, number, table.anchor):
            before = dead(number, table.anchor)
        shape = table.rows[number].shape
        found[number] = DeadUnits(axis, here[axis], shape[-axis], before[axis])
    return found


def _candidates(table: DriftTable, at: int) -> Iterator[int]:
    for number, row in enumerate(table.rows):
        if (
            row.role is Role.WEIGHT
            and row.dtype.kind is DTypeKind.FLOAT
            and len(row.shape) >= 2
            and _has_zeros(table, number, at)
        ):
            yield number


def _has_zeros(table: DriftTable, number: int, at: int) -> bool:
    """Whether there are enough zeros for a whole unit along the first or the last axis."""
    shape = table.rows[number].shape
    size = int(np.prod(shape))
    if not size or not table.present[number, at]:
        return False
    unit = min(size // shape[0], size // shape[-1])
    return bool(table.own["zero"][number, at] >= unit)


def _dead(row: DriftRow, reader: TensorReader, key: str, ticket: Ticket) -> tuple[int, int]:
    """How many units along the first and along the last axis are all zero. Raises `Unreadable`."""
    first, last = np.zeros(row.shape[0], bool), np.zeros(row.shape[-1], bool)
    most = max(1, BLOCK_NBYTES // row.dtype.itemsize)
    for region in regions_of(row.shape, most):
        ticket.check()
        lives: NDArray[np.bool_] = reader.read(key, region) != 0
        first[region[0]] |= lives.reshape(len(lives), -1).any(axis=1)
        last[region[-1]] |= lives.reshape(-1, lives.shape[-1]).any(axis=0)
    return int((~first).sum()), int((~last).sum())
