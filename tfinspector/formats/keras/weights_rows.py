"""Rows of a Keras 3 weights file: names and roles for what is stored as `layers/dense_1/vars/0`."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from tfinspector.contents.dtypes import DTypeKind
from tfinspector.contents.variables import Role
from tfinspector.formats.keras.configuration import Json, LayerNode
from tfinspector.formats.keras.rows import Row
from tfinspector.formats.keras.saveables import Saveable, Saveables
from tfinspector.formats.keras.slots import Block, Optimizer, join_slots
from tfinspector.formats.keras.stored import Stored
from tfinspector.formats.keras.variable_names import never_trained, snake_case, variable_names

_VARS = "vars"
_PARTS_IN_ORDER = {
    "bidirectional": ("forward_layer", "backward_layer"),
    "multi_head_attention": ("_query_dense", "_key_dense", "_value_dense", "_output_dense"),
    "time_distributed": ("layer",), "lstm": ("cell",), "gru": ("cell",), "simple_rnn": ("cell",),
}  # fmt: skip
_MODELS = frozenset({"sequential", "functional", "model"})


class JoinedRows(NamedTuple):
    """The rows, and the group in the file of each layer of the configuration, by its path."""

    rows: list[Row]
    group_of_layer: Mapping[str, str]


def is_weights_layout(keys: Sequence[str]) -> bool:
    """Whether datasets lie in `vars` groups, as Keras 3 and late Keras 2 write them."""
    return any(f"/{key}".rpartition("/")[0].endswith(f"/{_VARS}") for key in keys)


def weights_rows(
    stored: Mapping[str, Stored],
    names: Mapping[str, str],
    config: Json,
    nodes: tuple[LayerNode, ...],
) -> JoinedRows:
    """A row for each dataset; `names` are the written names by group, {} config where none is."""
    by_group: dict[str, list[tuple[str, str]]] = {}
    for key in stored:
        group, leaf = _split(key)
        by_group.setdefault(group, []).append((leaf, key))
    saveables = Saveables(names, [*by_group, *names], config, nodes)
    for group in names:
        saveables.of(group)
    rows: dict[str, list[Row]] = {}
    for group, leaves in by_group.items():
        leaves.sort(key=lambda one: (_number(one[0]), one[0]))
        rows[group] = _rows_of(saveables.of(group), leaves, stored)
    _join_optimizers(rows, config, saveables)
    found = [row for group in rows.values() for row in group]
    return JoinedRows(found, saveables.group_of_layer)


def _split(key: str) -> tuple[str, str]:
    """The object's group and the variable's number: "layers/dense" and "0"."""
    head, _, leaf = key.rpartition("/")
    if head == _VARS:
        return "", leaf
    return head.removesuffix(f"/{_VARS}"), leaf


def _number(leaf: str) -> int:
    return int(leaf) if leaf.isdecimal() and len(leaf) < 10 else 1 << 40


def _rows_of(
    saveable: Saveable, leaves: Sequence[tuple[str, str]], stored: Mapping[str, Stored]
) -> list[Row]:
    shapes = [stored[key].dataset.shape for _, key in leaves]
    kinds = [stored[key].dataset.element.dtype.kind for _, key in leaves]
    whole = bool(kinds) and kinds[0] is DTypeKind.INTEGER
    known = variable_names(saveable.class_name, saveable.config, shapes, whole)
    role = _role_of(saveable.group)
    rows = []
    for (leaf, key), name in zip(leaves, known, strict=True):
        shown = name or leaf
        label = f"{saveable.label}/{shown}" if saveable.label else shown
        tail = shown if role is Role.WEIGHT else name  # by number, if only the layer's name is told
        real = f"{saveable.real}/{tail}" if saveable.real and tail else ""
        mine = Role.OTHER if name == "seed_generator_state" else role
        trainable = _trainable(saveable, name, mine)
        rows.append(Row(key, stored[key], label, mine, trainable, real))
    return rows


def _role_of(group: str) -> Role:
    first = group.partition("/")[0]
    if "optimizer" in first:
        return Role.OPTIMIZER
    if "metric" in first or first.endswith("_tracker"):
        return Role.METRIC
    return Role.WEIGHT


def _trainable(saveable: Saveable, name: str, role: Role) -> bool | None:
    if role is not Role.WEIGHT or (name and never_trained(name)):
        return False
    if saveable.class_name == "normalization" or saveable.trainable is False:
        return False
    return True if saveable.trainable and name else None


def _join_optimizers(rows: Mapping[str, list[Row]], config: Json, saveables: Saveables) -> None:
    groups = [group for group in rows if _role_of(group) is Role.OPTIMIZER]
    if not groups:
        return
    compiled = config.get("compile_config")
    described = compiled.get("optimizer") if isinstance(compiled, dict) else None
    described = described if isinstance(described, dict) else {}
    inner = described.get("config")
    settings = inner if isinstance(inner, dict) else {}
    wrapped = settings.get("inner_optimizer")
    if isinstance(wrapped, dict) and isinstance(wrapped.get("config"), dict):
        described, settings = wrapped, wrapped["config"]
    class_name = snake_case(str(described.get("class_name", "")))
    if not class_name:
        class_name = saveables.of(groups[0]).real.rpartition("/")[2]
    blocks = [block for block in _blocks(rows, saveables, "") if block.rows]
    largest = max(groups, key=lambda group: len(rows[group]))
    for group in groups:
        for row in rows[group]:
            row.optimizer = group.partition("/")[0]
            row.trainable = False
    numbers = [row.key.rpartition("/")[2] for row in rows[largest]]
    if numbers != [str(place) for place in range(len(numbers))]:
        return  # some are missing, so that places tell nothing
    join_slots(rows[largest], blocks, Optimizer(class_name, settings))


def _blocks(rows: Mapping[str, list[Row]], saveables: Saveables, group: str) -> list[Block]:
    """What an optimizer trains below `group`, layer by layer in the order of the model."""
    here = saveables.of(group)
    below = [one for one in rows if _is_below(one, group) and _role_of(one) is Role.WEIGHT]
    if not here.nodes:
        return [_block(rows, below, here, group)]
    blocks = []
    for node in here.nodes:
        inner = saveables.group_of_layer.get(node.path)
        if inner is None:
            continue
        if node.below and snake_case(node.class_name) in _MODELS:
            blocks += _blocks(rows, saveables, inner)
        else:
            mine = [one for one in below if _is_below(one, inner)]
            blocks.append(_block(rows, mine, saveables.of(inner), inner))
        below = [one for one in below if not _is_below(one, inner)]
    if below:
        blocks.append(_block(rows, below, here, group))
    return blocks


def _block(rows: Mapping[str, list[Row]], groups: list[str], owner: Saveable, group: str) -> Block:
    order = _PARTS_IN_ORDER.get(owner.class_name)
    if order is not None:
        start = len(group) + 1
        groups = sorted(groups, key=lambda one: _place(one[start:].partition("/")[0], order))
    trained = [row for one in groups for row in rows[one] if row.trainable is not False]
    several = sum(any(row.trainable is not False for row in rows[one]) for one in groups) > 1
    return Block(trained, order is not None or not several)


def _place(token: str, order: Sequence[str]) -> int:
    return order.index(token) if token in order else len(order)


def _is_below(group: str, above: str) -> bool:
    return not above or group == above or group.startswith(f"{above}/")
