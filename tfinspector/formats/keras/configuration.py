"""A model's configuration as data: its layers, what loading it needs, what it would execute.

Three generations of JSON are understood: Keras 3 (`config.json`, with `module` and
`registered_name` everywhere), Keras 2 and Keras 1 (`model_config` of an .h5; there a Sequential's
configuration is the bare list of its layers). Nothing is ever deserialised into objects.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from tfinspector.contents.keras_files import CustomObject, KerasLayer
from tfinspector.formats.keras.own_layers import is_own_layer

Json = Mapping[str, Any]

_OWN_MODULES = ("keras", "tf_keras", "builtins", "tensorflow.keras", "tensorflow.python.keras")
_DEEPEST = 60
COMPILED = ("optimizer", "loss", "metrics", "weighted_metrics")
_LAMBDA = "__lambda__"


class LayerNode(NamedTuple):
    """One layer's configuration in its place. `config` is the inner one, of the layer itself."""

    path: str
    name: str
    class_name: str
    config: Json
    outer: Json
    below: tuple["LayerNode", ...] = ()
    trainable: bool = True


def parse_json(text: str) -> tuple[Json, str]:
    """The object that a text holds, and why it can't be read where it can't."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        return {}, f"is no JSON ({error})"
    return (found, "") if isinstance(found, dict) else ({}, "holds no object")


def layers_of(config: Json) -> tuple[LayerNode, ...]:
    """The layers of a model's configuration, with those of the models inside it."""
    return _layers(config, "", 0, True)


def _layers(config: Json, path: str, depth: int, trained: bool) -> tuple[LayerNode, ...]:
    inner = config.get("config")
    listed = inner.get("layers") if isinstance(inner, dict) else inner
    if not isinstance(listed, list) or depth > _DEEPEST:
        return ()
    found = []
    for one in listed:
        if not isinstance(one, dict):
            continue
        own = one.get("config")
        own_config = own if isinstance(own, dict) else {}
        name = str(own_config.get("name") or one.get("name") or "")
        here = f"{path}/{name}" if path else name
        trainable = trained and own_config.get("trainable") is not False
        found.append(
            LayerNode(
                here, name, str(one.get("class_name", "")), own_config, one,
                _layers(one, here, depth + 1, trainable), trainable,
            )
        )  # fmt: skip
    return tuple(found)


def all_layers(nodes: tuple[LayerNode, ...]) -> Iterator[LayerNode]:
    """Every layer, each before those inside it."""
    for node in nodes:
        yield node
        yield from all_layers(node.below)


def describe_layers(nodes: tuple[LayerNode, ...], groups: Mapping[str, str]) -> list[KerasLayer]:
    """The layers for people; `groups` gives the group in the file by a layer's path."""
    return [
        KerasLayer(
            node.path,
            node.name,
            node.class_name,
            str(node.outer.get("module") or ""),
            str(node.outer.get("registered_name") or ""),
            node.trainable,
            groups.get(node.path, ""),
        )
        for node in all_layers(nodes)
    ]


def custom_objects(config: Json, compiled: Json) -> list[CustomObject]:
    """Classes and functions that Keras does not bring, in the order they are met, once each."""
    found: dict[tuple[str, str], CustomObject] = {}
    model = {name: value for name, value in config.items() if name != "compile_config"}
    for node in all_layers(layers_of(config)):
        if "module" not in node.outer and not is_own_layer(node.class_name):
            name = node.class_name.rpartition(">")[2]
            registered = node.class_name if name != node.class_name else ""
            custom = CustomObject(name, "", registered, node.path)
            found.setdefault((registered or name, ""), custom)
    for place, one in _objects(model, "the model", 0):
        _note(found, place, one, True)
    for part in COMPILED:
        for _, one in _objects(compiled.get(part), "", 0):
            _note(found, f"the {part}", one, False)
        for name in _registered_texts(compiled.get(part), 0):
            custom = CustomObject(name.rpartition(">")[2], "", name, f"the {part}", False)
            found.setdefault((name, ""), custom)
    return list(found.values())


def _registered_texts(value: object, depth: int) -> Iterator[str]:
    """Names of registered functions where an older generation writes them as mere texts."""
    if isinstance(value, str) and ">" in value[1:-1]:
        yield value
    elif isinstance(value, (list, dict)) and depth <= _DEEPEST:
        if isinstance(value, dict) and "class_name" in value:
            return
        for one in value.values() if isinstance(value, dict) else value:
            yield from _registered_texts(one, depth + 1)


def _note(found: dict[tuple[str, str], CustomObject], place: str, one: Json, needed: bool) -> None:
    module = one.get("module")
    registered = str(one.get("registered_name") or "")
    name = str(one.get("class_name", ""))
    if name in (_LAMBDA, "__tensor__", "__numpy__", "__keras_tensor__", "__typespec__"):
        return
    if name == "function":
        name = registered = str(one.get("config", ""))
        if ">" not in registered and str(module).startswith(_OWN_MODULES):
            return
    elif isinstance(module, str) and module.startswith(_OWN_MODULES):
        return
    if module is None and not registered and ">" not in name:
        return  # a class of Keras, in the JSON of a generation that does not tell
    if ">" in name:
        registered, name = registered or name, name.rpartition(">")[2]
    found.setdefault(
        (registered or name, str(module or "")),
        CustomObject(name, str(module or ""), registered, place, needed),
    )


def _objects(value: object, place: str, depth: int) -> Iterator[tuple[str, Json]]:
    """Every serialised object in a configuration, with the layer that it belongs to."""
    if depth > _DEEPEST:
        return
    if isinstance(value, dict):
        if "class_name" in value and "config" in value:
            inner = value["config"]
            name = value.get("name") or (inner.get("name") if isinstance(inner, dict) else None)
            if isinstance(name, str) and ("inbound_nodes" in value or "build_config" in value):
                place = name
            yield place, value
        for one in value.values():
            yield from _objects(one, place, depth + 1)
    elif isinstance(value, list):
        for one in value:
            yield from _objects(one, place, depth + 1)
