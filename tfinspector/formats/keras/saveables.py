"""The objects of a Keras 3 weights file, by the group each is stored in.

Groups are attribute names, and in containers snake-case class names numbered per container, not
layer names (`_save_state` and `_save_container_state` in keras/src/saving/saving_lib.py). The
layer's own name stands in the attribute `name` of its `vars` group (since Keras 3.3 or so), else
it follows from the order of the layers in the configuration.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from tfinspector.formats.keras.configuration import Json, LayerNode
from tfinspector.formats.keras.variable_names import (
    cell_of,
    class_of_group,
    is_known,
    snake_case,
)

_LAYER_LISTS = frozenset({"layers", "_layer_checkpoint_dependencies"})
_WRAPPED = frozenset({"layer", "forward_layer", "backward_layer"})
_DEEPEST = 200


class Saveable(NamedTuple):
    """One object with variables of its own or below it.

    label      for people: layer names, and attribute names where an object holds another
    real       the names that Keras gave all of them, "" where the file does not tell
    class_name in snake case, as far as it can be known
    trainable  None where there is no configuration
    """

    group: str
    label: str
    real: str
    class_name: str
    config: Json
    trainable: bool | None
    nodes: tuple[LayerNode, ...] = ()


class Saveables:
    """Finds out about each group of a file.

    `names` are those written in the file, by group; `root` is the model's configuration.
    """

    def __init__(
        self,
        names: Mapping[str, str],
        groups: Iterable[str],
        root: Json,
        nodes: tuple[LayerNode, ...],
    ) -> None:
        self._names = names
        self._groups = frozenset(_with_layers(groups))
        trainable = True if root else None
        class_name = snake_case(str(root.get("class_name", "")))
        self._known = {"": Saveable("", "", "", class_name, {}, trainable, nodes)}
        self._rules: dict[str, dict[str, LayerNode]] = {}
        self.group_of_layer: dict[str, str] = {}

    def of(self, group: str, depth: int = 0) -> Saveable:
        """What the object in this group is."""
        known = self._known.get(group)
        if known is None:
            known = self._known[group] = self._find_out(group, depth)
        return known

    def _find_out(self, group: str, depth: int) -> Saveable:
        head, _, token = group.rpartition("/")
        above, container = head, ""
        while above and above not in self._groups and above not in self._known:
            above, _, last = above.rpartition("/")
            container = container or last
        if depth > _DEEPEST:
            return Saveable(group, group, "", "", {}, None)
        owner = self.of(above, depth + 1)
        written = self._names.get(group, "")
        node = self._node(owner, container, token, written) if container else None
        label = token.removeprefix("_") or token
        if container:
            label = written or (node.name if node else "") or token
        if node is not None:
            self.group_of_layer[node.path] = group
        config = node.config if node else _inner_config(owner, token)
        real = "/".join(filter(None, (owner.real, written))) if written else ""
        trainable = owner.trainable
        if node is not None:
            trainable = node.trainable
        elif trainable and config.get("trainable") is False:
            trainable = False
        return Saveable(
            group,
            f"{owner.label}/{label}" if owner.label else label,
            real if not above or owner.real else "",
            _class_of(owner, node, token, written, bool(container)),
            config,
            trainable,
            node.below if node else (),
        )

    def _node(self, owner: Saveable, container: str, token: str, written: str) -> LayerNode | None:
        if container not in _LAYER_LISTS or not owner.nodes:
            return None
        if written:
            named = [node for node in owner.nodes if node.name == written]
            return named[0] if named else None
        rule = self._rules.get(owner.group)
        if rule is None:
            rule = self._rules[owner.group] = _numbered(owner.nodes)
        return rule.get(token)


def _with_layers(groups: Iterable[str]) -> Iterator[str]:
    """Also the layers around others that have no variables of their own."""
    for group in groups:
        yield group
        parts = group.split("/")
        for place, part in enumerate(parts[:-1]):
            if part in _LAYER_LISTS:
                yield "/".join(parts[: place + 2])


def _numbered(nodes: tuple[LayerNode, ...]) -> dict[str, LayerNode]:
    """The group of each layer, by the rule of `_save_container_state`."""
    used: dict[str, int] = {}
    found = {}
    for node in nodes:
        name = snake_case(node.class_name)
        number = used.get(name, -1) + 1
        used[name] = number
        found[f"{name}_{number}" if number else name] = node
    return found


def _inner_config(owner: Saveable, token: str) -> Json:
    """The configuration of a layer that a wrapper holds."""
    inner = owner.config.get("layer" if token in _WRAPPED else token)
    config = inner.get("config") if isinstance(inner, dict) else None
    return config if isinstance(config, dict) else {}


def _class_of(
    owner: Saveable, node: LayerNode | None, token: str, written: str, contained: bool
) -> str:
    if node is not None:
        return snake_case(node.class_name)
    inner = owner.config.get("layer" if token in _WRAPPED else token)
    if isinstance(inner, dict) and isinstance(inner.get("class_name"), str):
        return snake_case(str(inner["class_name"]))
    if token == "cell":
        return cell_of(owner.class_name) or class_of_group(written)
    if owner.class_name == "multi_head_attention" and token.endswith("_dense"):
        return "einsum_dense"
    by_group = class_of_group(token)
    if contained or is_known(by_group):
        return by_group
    return class_of_group(written)
