"""Which variable each slot of a Keras optimizer belongs to, where the file only numbers them.

An optimizer of Keras 3 keeps its step count, its learning rate, the averages if it makes them,
then the slots variable by variable (Adam: momentum and velocity of the first, ...), for the
model's trainable variables in the order of its layers (keras/src/optimizers/base_optimizer.py).
Where that order is not certain - inside a layer of one's own, whose parts are stored by name - a
slot is only joined when no other variable of that layer has its shape.
"""

from collections.abc import Sequence
from itertools import zip_longest
from typing import NamedTuple

from tfinspector.contents.variables import Role
from tfinspector.formats.keras.rows import Row

_SLOTS: dict[str, tuple[str, ...]] = {
    "adam": ("momentum", "velocity"), "adam_w": ("momentum", "velocity"),
    "nadam": ("momentum", "velocity"), "lamb": ("momentum", "velocity"),
    "adamax": ("momentum", "norm"), "sgd": ("momentum",), "lion": ("momentum",),
    "adagrad": ("accumulator",), "adadelta": ("accumulated_grad", "accumulated_delta_var"),
    "ftrl": ("accumulator", "linear"), "rmsprop": ("velocity", "momentum", "average_gradient"),
}  # fmt: skip
_BEFORE = ("iterations", "learning_rate")
_EXTRA = {"nadam": 1}  # u_product stands between them and the slots
_MOST_SLOTS = 6


class Block(NamedTuple):
    """Trainable variables of one layer; `ordered` tells that they come in the optimizer's order."""

    rows: list[Row]
    ordered: bool


def join_slots(kept: list[Row], blocks: Sequence[Block], optimizer: str, averages: bool) -> None:
    """Fills in role, name and owner of an optimizer's variables, in the order it keeps them.

    `optimizer` is the snake-case class, "" where it is not known.
    """
    for row in kept:
        row.role, row.trainable = Role.OPTIMIZER, False
    head = _head_length(kept, optimizer)
    for row, name in zip(kept[:head], _BEFORE, strict=False):
        row.name = f"{row.optimizer}/{name}"
    rest = kept[head:]
    owners = [row for block in blocks for row in block.rows]
    if not owners or not rest:
        return
    if averages and _shapes(rest[: len(owners)]) == _shapes(owners):
        _assign([rest[: len(owners)]], blocks, ("average",), Role.EMA)
        rest = rest[len(owners) :]
    count, remainder = divmod(len(rest), len(owners))
    if remainder or not 0 < count <= _MOST_SLOTS:
        return
    names = _SLOTS.get(optimizer, ())
    interleaved = [rest[at::count] for at in range(count)]
    blocked = [rest[at * len(owners) : (at + 1) * len(owners)] for at in range(count)]
    for columns in (interleaved, blocked):
        if all(_alike(column, blocks) for column in columns):
            labels = [
                name or f"slot_{at}"
                for at, (name, _) in enumerate(zip_longest(names[:count], columns, fillvalue=""))
            ]
            _assign(columns, blocks, labels, Role.SLOT)
            return


def _head_length(kept: Sequence[Row], optimizer: str) -> int:
    """How many variables stand before the slots: scalars, of which there are two, or three."""
    scalars = 0
    for row in kept[: len(_BEFORE) + _EXTRA.get(optimizer, 0)]:
        if row.stored.dataset.shape:
            break
        scalars += 1
    return scalars


def _shapes(rows: Sequence[Row]) -> list[tuple[int, ...]]:
    return [row.stored.dataset.shape for row in rows]


def _alike(column: Sequence[Row], blocks: Sequence[Block]) -> bool:
    """Whether a column has the shapes of the owners, in their order or at least layer by layer."""
    at = 0
    for block in blocks:
        mine = _shapes(column[at : at + len(block.rows)])
        theirs = _shapes(block.rows)
        if mine != theirs and (block.ordered or sorted(mine) != sorted(theirs)):
            return False
        at += len(block.rows)
    return True


def _assign(
    columns: Sequence[Sequence[Row]], blocks: Sequence[Block], labels: Sequence[str], role: Role
) -> None:
    for column, label in zip(columns, labels, strict=True):
        at = 0
        for block in blocks:
            for place, row in enumerate(column[at : at + len(block.rows)]):
                row.role, row.slot_name = role, label
                row.owner = _owner(row, place, block)
            at += len(block.rows)


def _owner(row: Row, place: int, block: Block) -> Row | None:
    if block.ordered:
        return block.rows[place]
    shape = row.stored.dataset.shape
    same = [one for one in block.rows if one.stored.dataset.shape == shape]
    return same[0] if len(same) == 1 else None
