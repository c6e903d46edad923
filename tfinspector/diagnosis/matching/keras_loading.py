"""What Keras's own `load_weights` would do with a file, worked out on data.

Sources: `_load_state` in keras/src/saving/saving_lib.py (by place: `layers/dense_1/vars/0`) and
`load_weights_from_hdf5_group` in keras/src/legacy/saving/legacy_h5_format.py (by order).
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from tfinspector.contents.checkpoints import Checkpoint
from tfinspector.contents.keras_places import KerasPlaces
from tfinspector.contents.models import ModelDescription
from tfinspector.contents.variables import Variable
from tfinspector.diagnosis.matching.by_layer import (
    OF_OPTIMIZERS,
    TOP_LEVEL,
    layer_groups,
    listed_groups,
    place_of,
)
from tfinspector.diagnosis.matching.keras_optimizers import optimizer_of_file, optimizer_of_model


class Obstacle(StrEnum):
    """Why Keras would stop, or leave something out."""

    GROUP = "group"  # a layer's group has another number of variables, or is not there
    LAYERS = "layers"  # an older file has another number of layers
    WEIGHTS = "weights"  # a layer of an older file has another number of weights
    OPTIMIZER = "optimizer"  # skipped with a warning


class Hindrance(NamedTuple):
    """One of them: `theirs` and `mine` name the layer on either side, with counts of variables."""

    obstacle: Obstacle
    theirs: str
    mine: str
    found: int
    expected: int
    variables: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Loading:
    """Where each key would go, and what is in the way."""

    pairs: dict[str, int]
    hindrances: tuple[Hindrance, ...]

    @property
    def stops(self) -> bool:
        """Whether Keras would raise."""
        return any(each.obstacle is not Obstacle.OPTIMIZER for each in self.hindrances)


def load_as_keras(checkpoint: Checkpoint, model: ModelDescription) -> Loading:
    """What `model.load_weights` would do; nothing where Keras's rules are not known."""
    places = model.keras
    if checkpoint.keras is None or places is None:
        return Loading({}, ())
    if checkpoint.keras.listed:
        by_key = {each.key: each for each in checkpoint.variables}
        return _by_order(checkpoint, model, places, by_key)
    return _by_place(checkpoint, places)


def _by_place(checkpoint: Checkpoint, places: KerasPlaces) -> Loading:
    if not places.weights:
        return Loading({}, ())
    held: defaultdict[str, list[str]] = defaultdict(list)
    for each in checkpoint.variables:
        if each.role not in OF_OPTIMIZERS:
            held[place_of(each.key)].append(each.key)
    wanted: defaultdict[str, list[int]] = defaultdict(list)
    for key, at in places.weights.items():
        wanted[place_of(key)].append(at)
    names = {each.group: each.label or each.name for each in places.groups}
    hindrances = [
        Hindrance(
            Obstacle.GROUP, group, names.get(group, group), len(held.get(group, ())),
            len(numbers), tuple(numbers),
        )
        for group, numbers in wanted.items()
        if "optimizer" not in group.partition("/")[0] and len(held.get(group, ())) != len(numbers)
    ]  # fmt: skip
    stopped = {each.theirs for each in hindrances}
    by_place = {_leaf(key): key for keys in held.values() for key in keys}
    pairs = {
        by_place[_leaf(key)]: at
        for key, at in places.weights.items()
        if place_of(key) not in stopped and _leaf(key) in by_place
    }
    theirs, mine = optimizer_of_file(checkpoint), optimizer_of_model(places)
    if theirs and mine and len(theirs) != len(mine):
        hindrances.append(
            Hindrance(
                Obstacle.OPTIMIZER, place_of(theirs[0].key), "optimizer", len(theirs), len(mine)
            )
        )
    elif theirs and mine:
        pairs |= {each.key: mine[each.key] for each in theirs if each.key in mine}
    return Loading(pairs, tuple(hindrances))


def _by_order(
    checkpoint: Checkpoint,
    model: ModelDescription,
    places: KerasPlaces,
    by_key: Mapping[str, Variable],
) -> Loading:
    theirs = [each for each in listed_groups(checkpoint, by_key) if each.label != TOP_LEVEL]
    mine = [each for each in layer_groups(model, places) if each.label != TOP_LEVEL]
    if len(theirs) != len(mine):
        return Loading({}, (Hindrance(Obstacle.LAYERS, "", "", len(theirs), len(mine)),))
    pairs: dict[str, int] = {}
    hindrances = []
    for group, other in zip(theirs, mine, strict=True):
        if len(group.of) == len(other.of):
            pairs |= dict(zip(group.of, other.of, strict=True))
        else:
            hindrances.append(
                Hindrance(
                    Obstacle.WEIGHTS,
                    group.label,
                    other.label,
                    len(group.of),
                    len(other.of),
                    other.of,
                )
            )
    return Loading(pairs, tuple(hindrances))


def _leaf(key: str) -> tuple[str, str]:
    return place_of(key), key.rpartition("/")[2]
