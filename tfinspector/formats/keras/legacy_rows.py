"""Rows of the older `.h5` files: layers and weights by name, in lists that are attributes.

Sources: keras/src/legacy/saving/legacy_h5_format.py (what Keras 2 and 3 write), and for Keras 1
keras/engine/topology.py of 1.2 (`dense_1_W`) and keras/models.py of 0.3 (`layer_0/param_0`).
"""

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from tfinspector.contents.keras_files import ListedLayer
from tfinspector.contents.variables import Role
from tfinspector.formats.hdf5.attributes import Attributes
from tfinspector.formats.keras.configuration import LayerNode, all_layers
from tfinspector.formats.keras.rows import Row
from tfinspector.formats.keras.slots import Block, Optimizer, join_slots
from tfinspector.formats.keras.stored import Stored
from tfinspector.formats.keras.variable_names import never_trained

MODEL_WEIGHTS = "model_weights"
_OPTIMIZER_WEIGHTS = "optimizer_weights"
_TOP_LEVEL = "top_level_model_weights"
_OUTPUT = re.compile(r":\d+$")
_OLD_NEVER_TRAINED = re.compile(r".*running_(mean|std)$")
_STEPS = frozenset({"iteration", "iterations", "iter"})
_MOST_OLD_LAYERS = 100_000
_MOST_OWNERS_COMPARED = 64  # endings tried for one slot


class LegacyRows(NamedTuple):
    """The rows, the group of each layer by its name, what is listed but missing, and the lists."""

    rows: list[Row]
    group_of_layer: Mapping[str, str]
    problems: list[str]
    listed: list[ListedLayer]


def is_legacy_layout(groups: Mapping[str, Attributes]) -> bool:
    """Whether the layers are listed in an attribute."""
    root = groups.get("")
    return MODEL_WEIGHTS in groups or (
        root is not None
        and ("layer_names" in root or "layer_names0" in root or "nb_layers" in root)
    )


def legacy_rows(
    stored: Mapping[str, Stored],
    groups: Mapping[str, Attributes],
    nodes: tuple[LayerNode, ...],
    keras_version: str,
) -> LegacyRows:
    """A row for each dataset, those of layers first, in the order of the model."""
    base = MODEL_WEIGHTS if MODEL_WEIGHTS in groups else ""
    found = LegacyRows([], {}, [], [])
    by_path = {node.path: node for node in all_layers(nodes)}
    blocks = []
    for layer, group, weights in _layers(groups, base):
        rows = []
        for weight in weights:
            key = _join(group, weight)
            if key not in stored:
                found.problems.append(f"{key} is listed but not there")
                continue
            rows.append(_row(key, stored[key], layer, weight, by_path))
        found.rows.extend(rows)
        found.listed.append(ListedLayer(layer, tuple([row.key for row in rows])))
        blocks.append(Block([row for row in rows if row.trainable is not False], True))
        if weights:
            found.group_of_layer[layer] = group  # type: ignore[index]
    kept = _optimizer_rows(stored, groups)
    _own_slots(kept, [row for block in blocks for row in block.rows], blocks, keras_version)
    found.rows.extend(kept)
    known = {row.key for row in found.rows}
    for key in stored:
        if key not in known:
            found.rows.append(Row(key, stored[key], key, Role.OTHER))
    return found


def _layers(groups: Mapping[str, Attributes], base: str) -> Iterable[tuple[str, str, list[str]]]:
    """(name, group, names of its weights) of each layer."""
    root = groups[base]
    names = root.texts("layer_names")
    if names is None:
        count = root.get("nb_layers")
        many = min(count, _MOST_OLD_LAYERS) if isinstance(count, int) else 0
        for number in range(many):
            layer = f"layer_{number}"
            group = _join(base, layer)
            params = groups[group].get("nb_params") if group in groups else 0
            size = min(params, _MOST_OLD_LAYERS) if isinstance(params, int) else 0
            yield layer, group, [f"param_{at}" for at in range(size)]
        return
    if _TOP_LEVEL not in names and _join(base, _TOP_LEVEL) in groups:
        names = [*names, _TOP_LEVEL]
    for layer in names:
        group = _join(base, layer)
        if group in groups:
            yield layer, group, groups[group].texts("weight_names") or []


def _join(*parts: str) -> str:
    return "/".join(filter(None, "/".join(parts).split("/")))


def _row(
    key: str, stored: Stored, layer: str, weight: str, by_path: Mapping[str, LayerNode]
) -> Row:
    full = _OUTPUT.sub("", weight)
    name = _human(layer, full)
    tail = name.rpartition("/")[2]
    parts = name.split("/")
    around = ["/".join(parts[: count + 1]) for count in range(len(parts))]
    frozen = any(not by_path[path].trainable for path in around if path in by_path)
    node = by_path.get(layer)
    untrained = never_trained(tail) or _OLD_NEVER_TRAINED.match(tail) is not None
    if frozen or untrained or (node is not None and node.class_name == "Normalization"):
        trainable: bool | None = False
    else:
        trainable = True if by_path else None
    role = Role.OTHER if tail == "seed_generator_state" else Role.WEIGHT
    return Row(key, stored, name, role, trainable, full)


def _human(layer: str, weight: str) -> str:
    """As "inner/alpha/kernel" for "alpha/kernel" of "inner", "dense_1/W" for "dense_1_W"."""
    if layer == _TOP_LEVEL or weight.startswith(f"{layer}/"):
        return weight
    parts = weight.split("/")
    if layer in parts:
        return "/".join(parts[parts.index(layer) :])
    if len(parts) == 1 and weight.startswith(f"{layer}_"):
        return f"{layer}/{weight[len(layer) + 1 :]}"
    return f"{layer}/{weight}"


def _optimizer_rows(stored: Mapping[str, Stored], groups: Mapping[str, Attributes]) -> list[Row]:
    group = groups.get(_OPTIMIZER_WEIGHTS)
    if group is None:
        return []
    listed = group.texts("weight_names") or []
    keys = [_join(_OPTIMIZER_WEIGHTS, name) for name in listed]
    return [
        Row(key, stored[key], f"optimizer/{_OUTPUT.sub('', name)}", Role.OPTIMIZER, False,
            _OUTPUT.sub("", name))
        for key, name in zip(keys, listed, strict=True)
        if key in stored
    ]  # fmt: skip


def _own_slots(kept: list[Row], owners: list[Row], blocks: list[Block], keras_version: str) -> None:
    """Join slots by the names they have, where they are only numbered by their order."""
    if not kept:
        return
    by_path = {owner.full_name: owner for owner in owners}
    by_flat = {owner.full_name.replace("/", "_"): owner for owner in owners}
    joined = 0
    for row in kept:
        parts = row.full_name.split("/")
        if parts[-1] in _STEPS:
            row.name = "optimizer/iterations"
        elif parts[-1] in ("learning_rate", "lr"):
            row.name = "optimizer/learning_rate"
        else:
            joined += _join_by_name(row, parts, by_path, by_flat)
    if not joined and not keras_version.startswith("3"):
        join_slots(kept, [block for block in blocks if block.rows], Optimizer())


def _join_by_name(
    row: Row, parts: list[str], by_path: Mapping[str, Row], by_flat: Mapping[str, Row]
) -> bool:
    """Whether the name of the slot holds that of a variable.

    "Adam/dense/kernel/m" and "Adam/m/dense/kernel" (Keras 2), "adam/dense_kernel_momentum" (3).
    """
    for start in range(1, min(len(parts), _MOST_OWNERS_COMPARED)):
        owner, slot = by_path.get("/".join(parts[start:-1])), parts[-1]
        if owner is None:
            owner, slot = by_path.get("/".join(parts[start:])), parts[start - 1]
        if owner is not None and row.stored.dataset.shape == owner.stored.dataset.shape:
            row.role, row.slot_name, row.owner = Role.SLOT, slot, owner
            return True
    words = parts[-1].split("_")
    for count in range(len(words) - 1, max(0, len(words) - _MOST_OWNERS_COMPARED), -1):
        owner = by_flat.get("_".join(words[:count]))
        if owner is not None and row.stored.dataset.shape == owner.stored.dataset.shape:
            slot = "_".join(words[count:])
            row.role = Role.EMA if slot == "average" else Role.SLOT
            row.slot_name, row.owner = slot, owner
            return True
    return False
