"""Which variable of a compiled model's optimizer each of a Keras file's goes into.

Keras goes by number (`optimizer/vars/7`), and skips all of them where their number differs. Slots
whose owner is known are matched by it: "adam/hidden_1_kernel_momentum" belongs to the kernel.
"""

from collections.abc import Mapping

from tfinspector.contents.checkpoints import Checkpoint
from tfinspector.contents.keras_places import KerasPlaces
from tfinspector.contents.models import ModelDescription
from tfinspector.contents.variables import Role, Variable
from tfinspector.diagnosis.matching.rows import shapes_fit

_STEPS = frozenset({"iter", "iterations"})
_KINDS = frozenset({Role.OPTIMIZER, Role.SLOT, Role.EMA})


def optimizer_of_file(checkpoint: Checkpoint) -> list[Variable]:
    """The optimizer's variables, in the order in which they are numbered."""
    held = [each for each in checkpoint.variables if each.role in _KINDS]
    return sorted(held, key=lambda each: (_head(each.key), _number(each.key), each.key))


def optimizer_of_model(places: KerasPlaces) -> dict[str, int]:
    """Key -> variable, of all optimizers of the model."""
    return {key: at for key, at in places.weights.items() if "optimizer" in key.partition("/")[0]}


def pair_optimizer(
    checkpoint: Checkpoint, model: ModelDescription, places: KerasPlaces, pairs: Mapping[str, int]
) -> dict[str, int]:
    """By owner and slot; by number, as Keras does, where all of both sides fit."""
    theirs, mine = optimizer_of_file(checkpoint), optimizer_of_model(places)
    by_number = {each.key: mine[each.key] for each in theirs if each.key in mine}
    if len(by_number) == len(theirs) == len(mine) and all(
        shapes_fit(each.shape, model.variables[by_number[each.key]].shape) for each in theirs
    ):
        return by_number
    return _by_owner(checkpoint, model, theirs, mine, pairs)


def _by_owner(
    checkpoint: Checkpoint,
    model: ModelDescription,
    theirs: list[Variable],
    mine: Mapping[str, int],
    pairs: Mapping[str, int],
) -> dict[str, int]:
    owners = {each.name: pairs[each.key] for each in checkpoint.variables if each.key in pairs}
    by_tail = {model.variables[at].name.rpartition("/")[2]: at for at in mine.values()}
    found: dict[str, int] = {}
    slots = 0
    for each in theirs:
        if each.slot_of in owners:
            owner = model.variables[owners[each.slot_of]].name.replace("/", "_")
            tail = f"{owner}_{each.slot_name}"
        else:
            tail = each.name.rpartition("/")[2]
            tail = "iteration" if tail in _STEPS else tail
        at = by_tail.get(tail)
        if at is not None and shapes_fit(each.shape, model.variables[at].shape):
            found[each.key] = at
            slots += bool(each.slot_of)
    return found if slots else {}  # counters alone are another optimizer's


def _head(key: str) -> str:
    return key.rpartition("/")[0]


def _number(key: str) -> int:
    tail = key.rpartition("/")[2]
    return int(tail) if tail.isdecimal() else -1
