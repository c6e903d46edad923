"""Which variable each slot of a Keras optimizer belongs to, where the file only numbers them.

An optimizer of Keras 3 keeps its step count, its learning rate, the averages if it makes them,
then the slots variable by variable (Adam: momentum and velocity of the first, ...), for the
model's trainable variables in the order of its layers (keras/src/optimizers/base_optimizer.py).
Where that order is not certain - inside a layer of one's own, whose parts are stored by name - a
slot is only joined when no other variable of that layer has its shape.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from tfinspector.contents.variables import Role
from tfinspector.formats.keras.rows import Row

_SLOTS: dict[str, tuple[str, ...]] = {
    "adam": ("momentum", "velocity"), "adam_w": ("momentum", "velocity"),
    "nadam": ("momentum", "velocity"), "lamb": ("momentum", "velocity"),
    "adamax": ("momentum", "norm"), "sgd": ("momentum",), "lion": ("momentum",),
    "adagrad": ("accumulator",), "adadelta": ("accumulated_grad", "accumulated_delta_var"),
    "ftrl": ("accumulator", "linear"),
}  # fmt: skip
_ALL_OF_ONE_SLOT_FIRST = frozenset({"rm_sprop"})
_WITH_MAXIMA = frozenset({"adam", "adam_w"})  # amsgrad: those come last, all of them together
_BEFORE = ("iterations", "learning_rate")
_MOST_SLOTS = 6


class Block(NamedTuple):
    """Trainable variables of one layer; `ordered` tells that they come in the optimizer's order."""

    rows: list[Row]
    ordered: bool


class Optimizer(NamedTuple):
    """An optimizer as the configuration describes it; the class in snake case, "" if unknown."""

    class_name: str = ""
    settings: Mapping[str, object] = {}


def join_slots(kept: list[Row], blocks: Sequence[Block], optimizer: Optimizer) -> None:
    """Fills in role, name and owner of an optimizer's variables, in the order it keeps them."""
    for row in kept:
        row.role, row.trainable = Role.OPTIMIZER, False
    head = _head_length(kept)
    for row, name in zip(kept[:head], _BEFORE, strict=False):
        row.name = f"{row.optimizer}/{name}"
    rest = kept[head:]
    owners = [row for block in blocks for row in block.rows]
    if not owners or not rest:
        return
    if optimizer.settings.get("use_ema") and len(rest) >= len(owners):
        _assign([rest[: len(owners)]], blocks, ("average",), Role.EMA)
        rest = rest[len(owners) :]
    if optimizer.class_name == "nadam" and not rest[-1].stored.dataset.shape:
        rest = rest[:-1]  # the product of its schedule
    count, remainder = divmod(len(rest), len(owners))
    if remainder or not 0 < count <= _MOST_SLOTS:
        return
    columns = _columns(rest, count, blocks, optimizer.class_name)
    if columns:
        _assign(columns, blocks, _labels(optimizer, count), Role.SLOT)


def _head_length(kept: Sequence[Row]) -> int:
    """How many variables stand before the slots: the step count and the learning rate."""
    scalars = 0
    for row in kept[: len(_BEFORE)]:
        if row.stored.dataset.shape:
            break
        scalars += 1
    return scalars


def _columns(
    rest: Sequence[Row], count: int, blocks: Sequence[Block], class_name: str
) -> list[Sequence[Row]]:
    """The slots of one name each, in the order of the owners; [] where that can't be told."""
    size = len(rest) // count
    together = [rest[at * size : (at + 1) * size] for at in range(count)]
    by_owner = [rest[at::count] for at in range(count)]
    if class_name in _WITH_MAXIMA and count == 3:
        pairs = rest[: 2 * size]
        candidates = [[pairs[0::2], pairs[1::2], together[2]]]
    elif class_name in _ALL_OF_ONE_SLOT_FIRST:
        candidates = [together]
    elif class_name in _SLOTS or count == 1:
        candidates = [by_owner]
    else:
        candidates = [by_owner, together]
    fitting = [one for one in candidates if all(_alike(column, blocks) for column in one)]
    return fitting[0] if len(fitting) == 1 else []


def _labels(optimizer: Optimizer, count: int) -> list[str]:
    names = list(_SLOTS.get(optimizer.class_name, ()))
    if optimizer.class_name in _WITH_MAXIMA:
        names.append("velocity_hat")
    elif optimizer.class_name == "rm_sprop":
        names = ["velocity"]
        names += ["momentum"] if optimizer.settings.get("momentum") else []
        names += ["average_gradient"] if optimizer.settings.get("centered") else []
    return [names[at] if at < len(names) else f"slot_{at}" for at in range(count)]


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
    shape = row.stored.dataset.shape
    if block.ordered:
        return block.rows[place] if block.rows[place].stored.dataset.shape == shape else None
    same = [one for one in block.rows if one.stored.dataset.shape == shape]
    return same[0] if len(same) == 1 else None
