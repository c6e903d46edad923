"""What a model's configuration would execute when it is loaded: Lambdas and their like.

A `TFSMLayer` loads a SavedModel from wherever its configuration says, a `TorchModuleWrapper`
unpickles a PyTorch module that the configuration holds. They are found at any depth, also wrapped
in other layers or standing in the compile configuration.
"""

from collections.abc import Iterator

from tfinspector.contents.keras_files import LambdaLayer
from tfinspector.formats.keras.configuration import COMPILED, Json, LayerNode, all_layers

_LAMBDA = "Lambda"
_CODE = "__lambda__"
_TFSM, _TORCH = "TFSMLayer", "TorchModuleWrapper"
_DEEPEST = 60


def executed_layers(nodes: tuple[LayerNode, ...], compiled: Json) -> list[LambdaLayer]:
    """What would be executed, in the order of the layers, then of the compile configuration."""
    found: dict[tuple[str, str], LambdaLayer] = {}
    for node in all_layers(nodes):
        inside = [node.outer] if node.below else _objects(node.outer, 0)
        for one in inside:
            told = _told(node.path, one)
            if told is not None:
                found.setdefault((node.path, told.kind), told)
    for part in COMPILED:
        for one in _objects(compiled.get(part), 0):
            if one.get("class_name") == _CODE:
                found.setdefault((part, _LAMBDA), LambdaLayer(f"the {part}", "", True))
    return list(found.values())


def _told(path: str, one: Json) -> LambdaLayer | None:
    config = one.get("config")
    inner: Json = config if isinstance(config, dict) else {}
    match one.get("class_name"):
        case "Lambda":
            function = inner.get("function")
            if isinstance(function, dict):  # Keras 3
                code = function.get("class_name") == _CODE
                return LambdaLayer(path, "" if code else str(function.get("config", "")), code)
            if isinstance(function, list):  # Keras 1 and 2: marshalled code, defaults, closure
                return LambdaLayer(path, "", True)
            return LambdaLayer(path, str(function or ""), False)
        case "__lambda__":
            return LambdaLayer(path, "", True)
        case "TFSMLayer":
            return LambdaLayer(path, str(inner.get("filepath") or ""), False, _TFSM)
        case "TorchModuleWrapper":
            return LambdaLayer(path, "", True, _TORCH)
        case _:
            return None


def _objects(value: object, depth: int) -> Iterator[Json]:
    """Every serialised object in a configuration, each before those inside it."""
    if depth > _DEEPEST:
        return
    if isinstance(value, dict):
        if "class_name" in value:
            yield value
        for one in value.values():
            yield from _objects(one, depth + 1)
    elif isinstance(value, list):
        for one in value:
            yield from _objects(one, depth + 1)
