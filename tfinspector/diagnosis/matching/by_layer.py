"""Matching of Keras files: by the names that people gave to layers, else as Keras itself goes.

Keras finds objects in a `.weights.h5` by attribute and class (`layers/dense_1`, see
`keras_loading`), in the older `.h5` by their order alone, so a layer more or another order puts
values elsewhere or nowhere. Here a layer is first looked for by its own name; names that Keras
made up ("dense_7") are counted per process and say nothing, so those go by their place.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Generic, NamedTuple, TypeVar

from tfinspector.contents.checkpoints import Checkpoint
from tfinspector.contents.keras_places import KerasPlaces
from tfinspector.contents.models import ModelDescription
from tfinspector.contents.restores import Attachment, MatchTable, Row, State
from tfinspector.contents.variables import Role, Variable
from tfinspector.diagnosis.matching.keras_optimizers import pair_optimizer
from tfinspector.diagnosis.matching.rows import (
    file_row,
    misfit,
    model_rows,
    paired_row,
    shapes_fit,
)

WHY_NO_LAYER = "The model has no such layer."
WHY_COUNT = "The layer of the model has other variables."
WHY_NO_OPTIMIZER = "The model is not compiled, so it has no optimizer to put it into."
OF_OPTIMIZERS = frozenset({Role.OPTIMIZER, Role.SLOT, Role.EMA})
Held = TypeVar("Held", str, int)
_OLDER_LAYERS = "_layer_checkpoint_dependencies"  # of Keras 2.12 and before
_NUMBER = re.compile(r"_\d+$")


class Group(NamedTuple, Generic[Held]):
    """The variables of one layer on one side: their tails ("kernel") and what they are.

    `of` are keys of the file, or numbers of the model's variables; `place` is where Keras looks.
    `label` goes by attributes where Keras does, `name` is the layer's own name; `named` tells that
    a person gave it.
    """

    place: str
    label: str
    name: str
    tails: tuple[str, ...]
    of: tuple[Held, ...]
    named: bool


Pairs = dict[str, int]


def match_by_layer(checkpoint: Checkpoint, model: ModelDescription) -> MatchTable:
    """Every variable of either side with its state; nothing goes by shape alone."""
    assert checkpoint.keras is not None
    places = model.keras or KerasPlaces({}, (), ())
    by_key = {each.key: each for each in checkpoint.variables}
    if checkpoint.keras.listed:
        pairs = _match_listed(checkpoint, model, places, by_key)
    else:
        theirs = _file_groups(checkpoint)
        pairs = _pair_groups(theirs, _model_groups(model, places), by_key, model)
    pairs |= pair_optimizer(checkpoint, model, places, pairs)
    return MatchTable(Attachment(), tuple(_rows(checkpoint, model, pairs)), (), {})


def _rows(checkpoint: Checkpoint, model: ModelDescription, pairs: Pairs) -> Iterator[Row]:
    waits = bool(model.unbuilt) and not model.variables
    for theirs in checkpoint.variables:
        at = pairs.get(theirs.key)
        if at is None:
            if waits and theirs.role not in OF_OPTIMIZERS:
                yield file_row(State.NOT_BUILT, theirs, "")
            else:
                yield file_row(State.MISSING_IN_MODEL, theirs, _why_lost(theirs, model))
            continue
        mine = model.variables[at]
        state = misfit(theirs.shape, theirs.dtype.name, mine)
        if state is None and theirs.problem:
            state = State.NOT_ASSIGNED
        yield paired_row(state, theirs, mine, at, theirs.problem)
    yield from model_rows(model, pairs.values(), [each.name for each in checkpoint.variables])


def _why_lost(theirs: Variable, model: ModelDescription) -> str:
    if theirs.role not in OF_OPTIMIZERS:
        return WHY_NO_LAYER
    has_one = any(".optimizers." in node.kind for node in model.nodes)
    return "" if has_one else WHY_NO_OPTIMIZER


def is_made_up(name: str, class_name: str) -> bool:
    """Whether Keras made up the name: the class in snake case, and perhaps a number."""
    plain = re.sub(
        r"([a-z0-9])([A-Z])", r"\1_\2", re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", class_name)
    )
    return _NUMBER.sub("", name) == _NUMBER.sub("", plain.lower())


def _file_groups(checkpoint: Checkpoint) -> list[Group[str]]:
    held: defaultdict[str, list[Variable]] = defaultdict(list)
    for each in checkpoint.variables:
        if each.role not in OF_OPTIMIZERS:
            held[place_of(each.key)].append(each)
    assert checkpoint.keras is not None
    classes = {layer.group: layer.class_name for layer in checkpoint.keras.layers if layer.group}
    groups = []
    for place, variables in held.items():
        variables.sort(key=lambda each: _number_of(each.key))
        label = variables[0].name.rpartition("/")[0]
        own = variables[0].full_name.rpartition("/")[0] or label
        kind = classes.get(place) or place.rpartition("/")[2]
        groups.append(
            Group(
                place,
                label,
                own.rpartition("/")[2],
                tuple(each.name.rpartition("/")[2] for each in variables),
                tuple(each.key for each in variables),
                bool(own) and not is_made_up(own.rpartition("/")[2], kind),
            )
        )
    return groups


def _model_groups(model: ModelDescription, places: KerasPlaces) -> list[Group[int]]:
    held: defaultdict[str, list[int]] = defaultdict(list)
    for key, at in places.weights.items():
        held[place_of(key)].append(at)
    groups = []
    for placed in places.groups:
        numbers = held.get(placed.group)
        if not numbers or "optimizer" in placed.group.partition("/")[0]:
            continue
        names = [places.names.get(at, model.variables[at].name) for at in numbers]
        groups.append(
            Group(
                placed.group,
                placed.label,
                placed.name,
                tuple(name.rpartition("/")[2] for name in names),
                tuple(numbers),
                not is_made_up(placed.name, placed.class_name),
            )
        )
    return groups


def place_of(key: str) -> str:
    """The group in which Keras keeps the object of a variable; older files call lists otherwise."""
    head = key.rpartition("/")[0].replace(_OLDER_LAYERS, "layers")
    return "" if head == "vars" else head.removesuffix("/vars")


def _number_of(key: str) -> tuple[int, str]:
    tail = key.rpartition("/")[2]
    return (int(tail) if tail.isdecimal() else 1 << 40, tail)


def _pair_groups(
    theirs: Sequence[Group[str]],
    mine: Sequence[Group[int]],
    by_key: Mapping[str, Variable],
    model: ModelDescription,
) -> Pairs:
    """By full name, then by Keras's own place, then by a name that both sides have once."""
    pairs: Pairs = {}
    open_theirs, open_mine = list(theirs), list(mine)

    def take(word: str, *, named: bool, alike: bool) -> None:
        left = {_word(each, word): each for each in _once(open_mine, word, named)}
        for group in _once(open_theirs, word, named):
            other = left.get(_word(group, word))
            if other is None or (alike and not _alike(group, other, by_key, model)):
                continue
            pairs.update(_within(group, other))
            open_theirs.remove(group)
            open_mine.remove(other)

    take("label", named=True, alike=False)
    take("place", named=False, alike=False)
    take("name", named=True, alike=True)
    take("label", named=False, alike=True)
    return pairs


def _word(group: Group[Held], word: str) -> str:
    return str(getattr(group, word))


def _once(groups: Iterable[Group[Held]], word: str, named: bool) -> list[Group[Held]]:
    groups = list(groups)
    counts = Counter(_word(each, word) for each in groups)
    return [each for each in groups if counts[_word(each, word)] == 1 and (each.named or not named)]


def _alike(
    theirs: Group[str], mine: Group[int], by_key: Mapping[str, Variable], model: ModelDescription
) -> bool:
    if len(theirs.of) != len(mine.of):
        return False
    return all(
        shapes_fit(by_key[key].shape, model.variables[at].shape)
        for key, at in zip(theirs.of, mine.of, strict=True)
    )


def _within(theirs: Group[str], mine: Group[int]) -> Pairs:
    """The variables of one layer: by name where both have the same names, else in their order."""
    if sorted(theirs.tails) == sorted(mine.tails) and len(set(mine.tails)) == len(mine.tails):
        places = dict(zip(mine.tails, mine.of, strict=True))
        return {key: places[tail] for tail, key in zip(theirs.tails, theirs.of, strict=True)}
    if len(theirs.of) == len(mine.of):
        return dict(zip(theirs.of, mine.of, strict=True))
    places = dict(zip(mine.tails, mine.of, strict=True))
    return {
        key: places[tail]
        for tail, key in zip(theirs.tails, theirs.of, strict=True)
        if tail in places and theirs.tails.count(tail) == mine.tails.count(tail) == 1
    }


def _match_listed(
    checkpoint: Checkpoint,
    model: ModelDescription,
    places: KerasPlaces,
    by_key: Mapping[str, Variable],
) -> Pairs:
    """The older `.h5`: layers that share a name first, what is left in the order of both sides."""
    theirs, mine = listed_groups(checkpoint, by_key), layer_groups(model, places)
    pairs: Pairs = {}
    left = {each.label: each for each in mine if each.named}
    for group in [each for each in theirs if each.named and each.label in left]:
        pairs.update(_within(group, left[group.label]))
        theirs.remove(group)
        mine.remove(left.pop(group.label))
    if len(theirs) == len(mine):
        for group, other in zip(theirs, mine, strict=True):
            if len(group.of) == len(other.of):
                pairs.update(_within(group, other))
        return pairs
    left = {each.label: each for each in mine}
    for group in theirs:
        same = left.get(group.label)
        if same is not None and _alike(group, same, by_key, model):
            pairs.update(_within(group, same))
    return pairs


def listed_groups(checkpoint: Checkpoint, by_key: Mapping[str, Variable]) -> list[Group[str]]:
    """The layers of an older `.h5` that have weights, in the order in which they are listed."""
    assert checkpoint.keras is not None
    classes = {layer.path: layer.class_name for layer in checkpoint.keras.layers}
    groups = []
    for layer in checkpoint.keras.listed:
        keys = [key for key in layer.keys if key in by_key]
        if keys:
            tails = tuple(by_key[key].name.removeprefix(f"{layer.name}/") for key in keys)
            kind = classes.get(layer.name, "")
            named = not (is_made_up(layer.name, kind) if kind else _looks_made_up(layer.name))
            groups.append(Group(layer.name, layer.name, layer.name, tails, tuple(keys), named))
    return groups


def _looks_made_up(name: str) -> bool:
    """Where the class is not told: what Keras calls its layers, or a number at the end."""
    return bool(_NUMBER.search(name)) or name in _CLASSES


_CLASSES = frozenset(
    {"dense", "conv1d", "conv2d", "conv3d", "embedding", "lstm", "gru", "batch_normalization",
     "layer_normalization", "functional", "sequential", "model", "bidirectional",
     "multi_head_attention", "normalization", "time_distributed", "einsum_dense"}
)  # fmt: skip


def layer_groups(model: ModelDescription, places: KerasPlaces) -> list[Group[int]]:
    """The model's layers that have weights, in its order, then what it holds itself."""
    groups = []
    for layer in places.layers:
        if layer.variables:
            tails = tuple(_tail(model.variables[at].name, layer.name) for at in layer.variables)
            named = not is_made_up(layer.name, layer.class_name)
            groups.append(Group(layer.name, layer.name, layer.name, tails, layer.variables, named))
    if places.root:
        tails = tuple(model.variables[at].name.rpartition("/")[2] for at in places.root)
        groups.append(Group(TOP_LEVEL, TOP_LEVEL, TOP_LEVEL, tails, places.root, True))
    return groups


TOP_LEVEL = "top_level_model_weights"


def _tail(name: str, layer: str) -> str:
    parts = name.split("/")
    return "/".join(parts[parts.index(layer) + 1 :]) if layer in parts else name
