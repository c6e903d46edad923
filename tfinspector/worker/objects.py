"""What kind of object is this? Answered for Keras 3, tf_keras, tf.keras 2 and plain TensorFlow.

No Keras is ever imported here: an object of one is only there if the user's code imported it.
"""

import sys
from functools import lru_cache
from typing import Any, Dict, List, Optional

from .framework import tensorflow

_FAMILIES = ("keras", "tf_keras")
_ROOMS_OF_KERAS = ("tensorflow.python.keras", "tensorflow.keras")


def kind_of(value: Any) -> str:
    """Class of the object, with its module."""
    kind = type(value)
    return "%s.%s" % (kind.__module__, kind.__qualname__)


def bases_of(value: Any) -> List[str]:
    """The same for all base classes, the nearest first."""
    return ["%s.%s" % (kind.__module__, kind.__qualname__) for kind in type(value).__mro__]


def flavour_of(value: Any) -> str:
    """Which Keras the object is of: "keras 3.15.1", "tf_keras 2.21.0"; "" for none."""
    for base in type(value).__mro__:
        family = base.__module__.partition(".")[0]
        if family in _FAMILIES:
            version = getattr(sys.modules.get(family), "__version__", "")
            return ("%s %s" % (family, version)).strip()
        if base.__module__.startswith(_ROOMS_OF_KERAS):
            return "tensorflow.python.keras"
    return ""


def _is_of(value: Any, name: str) -> bool:
    """Whether one of its base classes is Keras's own class of that name."""
    kind: Any = type(value)
    return _comes_from(kind, name)


@lru_cache(maxsize=4096)
def _comes_from(kind: type, name: str) -> bool:
    return any(
        base.__name__ == name
        and (
            base.__module__.partition(".")[0] in _FAMILIES
            or base.__module__.startswith(_ROOMS_OF_KERAS)
        )
        for base in kind.__mro__
    )


def is_layer(value: Any) -> bool:
    """A layer or model of any Keras."""
    return _is_of(value, "Layer")


def is_model(value: Any) -> bool:
    """A model of any Keras."""
    return _is_of(value, "Model")


def is_sequential(value: Any) -> bool:
    """A Sequential of any Keras."""
    return _is_of(value, "Sequential")


def is_optimizer(value: Any) -> bool:
    """An optimizer of any Keras, old or new."""
    return any(_is_of(value, name) for name in ("Optimizer", "BaseOptimizer", "OptimizerV2"))


def is_trackable(value: Any) -> bool:
    """Whether a checkpoint can hold it: TensorFlow's own base class of all that it can."""
    return isinstance(value, tensorflow().__internal__.tracking.Trackable)


def is_keras_variable(value: Any) -> bool:
    """Keras 3's wrapper around a variable."""
    return _is_of(value, "KerasVariable") or (
        _is_of(value, "Variable") and hasattr(value, "_value")
    )


def is_seed_generator(value: Any) -> bool:
    """Keras 3's holder of the state of random numbers."""
    return _is_of(value, "SeedGenerator")


def variable_of(value: Any) -> Any:
    """The tf.Variable behind a variable of TensorFlow or Keras; None for everything else."""
    tf = tensorflow()
    if isinstance(value, tf.Variable):
        return value
    if is_keras_variable(value):
        inner = getattr(value, "_value", None)
        return inner if isinstance(inner, tf.Variable) else None
    return None


def name_of(value: Any) -> str:
    """The name that a person or Keras gave it, "" for none."""
    try:
        name = value.name
    except Exception:  # noqa: BLE001 - a property of user code may raise anything
        return ""
    return name if isinstance(name, str) else ""


def layers_in(value: Any) -> List[Any]:
    """All layers of a Keras model or layer, it first; its own lists and dicts included."""
    flatten = getattr(value, "_flatten_layers", None)
    if flatten is None or not is_layer(value):
        return []
    return list(flatten(include_self=True, recursive=True))


def builds_itself(layer: Any) -> bool:
    """Whether the layer's class makes variables of its own in `build`."""
    build = getattr(type(layer), "build", None)
    if build is None or getattr(build, "_is_default", False):
        return False
    owner = next((base for base in type(layer).__mro__ if "build" in vars(base)), None)
    return owner is not None and owner.__name__ not in ("Layer", "Model", "Operation", "Module")


def waits(layer: Any) -> bool:
    """Whether a layer waits for its first call to make its variables."""
    if not is_layer(layer) or bool(getattr(layer, "built", True)):
        return False
    return builds_itself(layer)


def attribute(value: Any, name: str, default: Any = None) -> Any:
    """The attribute; the default also where a property of it raises."""
    try:
        return getattr(value, name, default)
    except Exception:  # noqa: BLE001 - a property of Keras or user code may raise anything
        return default


def count_flavours(values: List[Any]) -> Dict[str, int]:
    """How many of the objects are of which Keras."""
    counts: Dict[str, int] = {}
    for value in values:
        flavour = flavour_of(value)
        if flavour:
            counts[flavour] = counts.get(flavour, 0) + 1
    return counts


def short_device(name: Optional[str]) -> str:
    """ "GPU:0" for a device of this machine, the full name for another's."""
    text = name or ""
    if text and "/job:" in text and "/job:localhost/replica:0/task:0" not in text:
        return text
    return text.rpartition("/device:")[2] if "/device:" in text else text.lstrip("/")
