"""Where the Keras of a built model keeps each of its variables in a file, as data.

The rules are Keras's own (`saving/saving_lib.py`): its walk over attributes is used, so that the
places are right for whatever version this is. No file is written.

{"weights": [[key, variable]], "groups": [[group, label, name, class]],
 "layers": [[name, class, [variable]]], "names": {variable: "layer/kernel"}, "root": [variable]}
"""

import importlib
from typing import Any, Dict, List, Optional

from .describing import Known
from .objects import attribute, is_layer, is_optimizer, name_of, variable_of
from .returned import Built, models_of, optimizers_of

_DEEPEST = 40


def places_of(built: Built, variables: List[Known]) -> Optional[Dict[str, Any]]:
    """None where there is no one model of Keras; no "weights" where its rules are not known."""
    model = the_model(built)
    if model is None:
        return None
    numbers = {id(known.variable): number for number, known in enumerate(variables)}
    walk = _Walk(numbers, _saving_of(model))
    walk.enter(model, "", "")
    for optimizer in optimizers_of(built).values():
        if attribute(model, "optimizer") is None:
            walk.enter(optimizer, "optimizer", "optimizer")
    layers = [
        [name_of(layer), type(layer).__name__, walk.numbered(_in_old_order(layer))]
        for layer in attribute(model, "layers") or ()
    ]
    return {
        "weights": walk.weights,
        "groups": walk.groups,
        "names": walk.names,
        "layers": layers,
        "root": walk.numbered(_own(model)),
    }


def the_model(built: Built) -> Any:
    """The one model of Keras among what was built, else None."""
    models = [each for each in models_of(built).values() if is_layer(each)]
    return models[0] if len(models) == 1 else None


def _saving_of(model: Any) -> Any:
    """The module of the model's own Keras that saves files."""
    for base in type(model).__mro__:
        family = base.__module__.partition(".")[0]
        if family in ("keras", "tf_keras"):
            try:
                return importlib.import_module(family + ".src.saving.saving_lib")
            except ImportError:  # a Keras that has no such files, or keeps them elsewhere
                return None
    return None


def _own(layer: Any) -> List[Any]:
    """Variables that a layer holds itself, in the order in which they are saved."""
    for names in (("_trainable_variables", "_non_trainable_variables"),
                  ("_trainable_weights", "_non_trainable_weights")):  # fmt: skip
        held = [attribute(layer, name) for name in names]
        if all(isinstance(each, list) or hasattr(each, "__iter__") for each in held):
            return [one for each in held for one in each]
    return []


def _in_old_order(layer: Any) -> List[Any]:
    """The order of the older `.h5` files: it changes when `trainable` does."""
    trained = attribute(layer, "trainable_weights") or ()
    return [*trained, *(attribute(layer, "non_trainable_weights") or ())]


class _Walk:
    def __init__(self, numbers: Dict[int, int], saving: Any) -> None:
        self.weights: List[List[Any]] = []
        self.groups: List[List[str]] = []
        self.names: Dict[str, str] = {}
        self._numbers = numbers
        self._seen: Dict[int, Any] = {}
        self._children = getattr(saving, "_walk_saveable", None) or getattr(
            saving, "_walk_trackable", None
        )
        self._is_older = not hasattr(saving, "_walk_saveable")

    def enter(self, value: Any, group: str, label: str, depth: int = 0) -> None:
        """An object that is saved: its variables, then what it holds, each the first time."""
        if id(value) in self._seen or depth > _DEEPEST or self._children is None:
            return
        self._seen[id(value)] = value
        self.groups.append([group, label, name_of(value), type(value).__name__])
        for leaf, shown in self._saved(value).items():
            number = self._number(shown)
            if number >= 0:
                self.weights.append(["/".join(filter(None, (group, "vars", leaf))), number])
                tail = name_of(shown).rpartition("/")[2].partition(":")[0]
                self.names.setdefault(str(number), "/".join(filter(None, (label, tail))))
        for name, child in self._children(value):
            if self._is_saved(child):
                below = name.lstrip("_") or name
                self.enter(child, _join(group, name), _join(label, below), depth + 1)
            elif isinstance(child, (list, dict, tuple)):
                self._enter_all(child, _join(group, name), label, depth + 1)

    def numbered(self, shown: List[Any]) -> List[int]:
        """The numbers of variables, of those that have one."""
        return [number for number in map(self._number, shown) if number >= 0]

    def _enter_all(self, held: Any, group: str, label: str, depth: int) -> None:
        """In lists objects go by their class, numbered, and people call them by their names."""
        if depth > _DEEPEST or id(held) in self._seen:
            return
        self._seen[id(held)] = held
        used: Dict[str, int] = {}
        for child in list(held.values()) if isinstance(held, dict) else list(held):
            if self._is_saved(child):
                if self._is_older and id(child) in self._seen:
                    continue
                name = _unique(_snake_case(type(child).__name__), used)
                shown = name_of(child) or name
                self.enter(child, _join(group, name), _join(label, shown), depth + 1)
            elif isinstance(child, (list, dict, tuple)) and not self._is_older:
                name = _unique("container", used)
                self._enter_all(child, _join(group, name), label, depth + 1)

    def _saved(self, value: Any) -> Dict[str, Any]:
        """What the object would put into its group; of old optimizers and layers, what it has."""
        recording: Dict[str, Any] = {}  # stands for the group in the file
        save = attribute(value, "save_own_variables")
        if save is None:
            return {}
        if not self._is_older:
            try:
                save(recording)
            except Exception:  # noqa: BLE001 - user code that is not ready to be saved
                return {}
            if all(variable_of(each) is not None for each in recording.values()):
                return recording
        own = attribute(value, "variables") if is_optimizer(value) else _own(value)
        own = own() if callable(own) else own
        return {str(number): each for number, each in enumerate(own or ())}

    def _is_saved(self, value: Any) -> bool:
        return hasattr(type(value), "save_own_variables") and not isinstance(value, type)

    def _number(self, shown: Any) -> int:
        inner = variable_of(shown)
        return -1 if inner is None else self._numbers.get(id(inner), -1)


def _join(*parts: str) -> str:
    return "/".join(part for part in parts if part)


def _unique(name: str, used: Dict[str, int]) -> str:
    number = used.get(name, -1) + 1
    used[name] = number
    return "%s_%d" % (name, number) if number else name


def _snake_case(name: str) -> str:
    """As Keras makes the group's name of a class's."""
    import re

    name = re.sub(r"\W+", "", name)
    name = re.sub("(.)([A-Z][a-z]+)", r"\1_\2", name)
    return re.sub("([a-z])([A-Z])", r"\1_\2", name).lower()
