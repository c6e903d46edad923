"""The rename assistant: which key of a file belongs into which variable of a model, and why.

Rules come first, each a pattern for the whole file; what they leave open is solved by structure and
one assignment per kind of alike parts, so that no two claim the same key or variable. Nothing is
proposed for what matches by itself, except where TensorFlow's own match is wrong: numbered layers
that contradict themselves (`renumbered`) or stand in another order than their names (`swapped`),
and values that are shared in the file but not in the model (`shared`).
"""

from collections.abc import Mapping

from tfinspector.contents.checkpoints import Checkpoint
from tfinspector.contents.models import ModelDescription
from tfinspector.contents.restores import MatchTable, Rename, ValueSketch
from tfinspector.diagnosis.renames.by_name import pair_by_names, pair_forward_halves
from tfinspector.diagnosis.renames.by_value import pair_same_values
from tfinspector.diagnosis.renames.lists import pair_exported, pair_trained
from tfinspector.diagnosis.renames.parts import pair_parts
from tfinspector.diagnosis.renames.renumbered import pair_renumbered
from tfinspector.diagnosis.renames.shared import copies_of_shared
from tfinspector.diagnosis.renames.sides import Sides
from tfinspector.diagnosis.renames.slots import pair_slots
from tfinspector.diagnosis.renames.structure import pair_alike
from tfinspector.diagnosis.renames.swapped import pair_swapped
from tfinspector.diagnosis.renames.transforms import propose_casts, propose_transforms
from tfinspector.diagnosis.renames.values import METRIC, WEIGHT

__all__ = ["suggest"]


def suggest(
    checkpoint: Checkpoint,
    model: ModelDescription,
    table: MatchTable,
    file_values: Mapping[str, ValueSketch] | None = None,
    model_values: Mapping[int, ValueSketch] | None = None,
) -> tuple[Rename, ...]:
    """Proposals in the order of the file's keys; `table` is what matches by itself.

    `file_values` go by key, `model_values` by index of the variable; without the latter the
    hashes in the description are used. See `Rename` for when a proposal with a transform counts.
    """
    if model_values is None:
        model_values = {
            at: ValueSketch(each.initial) for at, each in enumerate(model.variables) if each.initial
        }
    sides = Sides(checkpoint, model, table, file_values or {}, model_values)
    pair_swapped(sides)
    if sides.theirs() and sides.mine():
        _pair_open(sides)
    renames = sides.renames
    found = [renames[each.key] for each in checkpoint.variables if each.key in renames]
    return (*found, *copies_of_shared(sides))


def _pair_open(sides: Sides) -> None:
    pair_same_values(sides)
    pair_parts(sides)
    pair_renumbered(sides)
    propose_casts(sides)
    pair_exported(sides)
    for kind in (WEIGHT, METRIC):
        pair_by_names(sides, kind)
        pair_alike(sides, kind)
        pair_forward_halves(sides, kind)
    pair_trained(sides)
    propose_transforms(sides)
    pair_slots(sides)
