"""What a factory returned, and how a `tf.train.Checkpoint` is made of it."""

import types
from typing import Any, Dict, Iterator, List, NamedTuple, Tuple

from .failures import Explained
from .framework import tensorflow
from .objects import is_layer, is_model, is_optimizer, is_trackable, kind_of, variable_of

CHECKPOINT, NAMED, BARE = "checkpoint", "named", "bare"  # contents.models.Returned
_ACCEPTED = (
    "A factory returns a model or module, a tf.train.Checkpoint, a dict of them by name, or a "
    "tuple (model, optimizer)."
)
_NAME_IT = (
    ' A checkpoint holds these only under a name: return {"weights": [...]}, with the name that '
    "your own tf.train.Checkpoint(weights=[...]) gives them."
)


class BadReturn(Explained):
    """The factory returned something that no checkpoint is made of."""


class NotTrackable(Explained):
    """Something in it is no object of TensorFlow's, so no checkpoint can hold it."""


class Built(NamedTuple):
    """The user's objects. `parts` has the name that each goes under; "" for a bare one."""

    returned: str
    parts: Dict[str, Any]


def classify(value: Any) -> Built:
    """Sort the return value. Raises BadReturn, which says what was returned instead."""
    if isinstance(value, tensorflow().train.Checkpoint):
        return Built(CHECKPOINT, {"": value})
    if isinstance(value, dict) and value:
        bad = [repr(name) for name in value if not isinstance(name, str)]
        if bad:
            raise BadReturn("The factory returned a dict with the key %s. %s" % (bad[0], _ACCEPTED))
        if not _has_part(value):
            raise BadReturn(
                "The factory returned a dict of %s. %s" % (_listed(value.values()), _ACCEPTED)
            )
        return Built(NAMED, dict(value))
    if isinstance(value, tuple):
        if (
            len(value) == 2
            and _is_part(value[0])
            and (is_optimizer(value[1]) or _is_part(value[1]))
        ):
            return Built(NAMED, {"model": value[0], "optimizer": value[1]})
        raise BadReturn("The factory returned a tuple (%s). %s" % (_listed(value), _advice(value)))
    if _is_part(value):
        return Built(BARE, {"": value})
    raise BadReturn("The factory returned %s. %s" % (_called(value), _advice(value)))


def checkpoint_of(built: Built, name: str) -> Any:
    """The checkpoint that the user's program would make; `name` is where a bare model goes.

    Raises NotTrackable for an object that TensorFlow can't put into a checkpoint.
    """
    tf = tensorflow()
    if built.returned == CHECKPOINT:
        return built.parts[""]
    parts = built.parts if built.returned == NAMED or not name else {name: built.parts[""]}
    try:
        if "" in parts:
            return tf.train.Checkpoint(parts[""])
        return tf.train.Checkpoint(**parts)
    except (ValueError, TypeError) as error:
        if all(is_trackable(part) for part in parts.values()):
            raise
        raise NotTrackable(str(error)) from error


def can_hold(part: Any) -> bool:
    """Whether a checkpoint can have it under a name; lists, tuples and dicts it wraps itself."""
    if is_trackable(part):
        return True
    try:
        tensorflow().train.Checkpoint(part=part)
    except (ValueError, TypeError):
        return False
    return True


def rooted(value: Any) -> Tuple[Any, Dict[str, Any]]:
    """What a checkpoint of this object has as its root, and what it attaches to that.

    Only `tf.train.Checkpoint(root, **others)` differs from the object itself: its graph is that of
    the root. Not public; where it is missing, the Checkpoint's own children are the same objects.
    """
    view = getattr(getattr(value, "_saver", None), "_graph_view", None)
    attached = getattr(view, "attached_dependencies", None)
    if view is None or not attached:
        return value, {}
    return view.root, {reference.name: reference.ref for reference in attached}


def models_of(built: Built) -> Dict[str, Any]:
    """The models, modules and layers, by name; those inside a user's own Checkpoint too."""
    return {name: part for name, part in _all_parts(built).items() if _is_callable_model(part)}


def optimizers_of(built: Built) -> Dict[str, Any]:
    """The optimizers, by name."""
    return {name: part for name, part in _all_parts(built).items() if is_optimizer(part)}


def _all_parts(built: Built) -> Dict[str, Any]:
    if built.returned != CHECKPOINT:
        return dict(each for item in built.parts.items() for each in _within(*item))
    root, attached = rooted(built.parts[""])
    if attached:
        attached.pop("root", None)
        return dict(attached, **{"": root})
    children = tensorflow().train.TrackableView.children(root)
    return {str(name): child for name, child in children.items()}


def _within(name: str, part: Any) -> Iterator[Tuple[str, Any]]:
    """The part itself, or what is in a list, tuple or dict, under the path that leads to it."""
    if isinstance(part, (list, tuple, dict)):
        inside = part.items() if isinstance(part, dict) else enumerate(part)
        for key, each in inside:
            yield from _within("%s/%s" % (name, key) if name else str(key), each)
    else:
        yield name, part


def _is_callable_model(part: Any) -> bool:
    return is_layer(part) or (isinstance(part, tensorflow().Module) and not is_optimizer(part))


def _has_part(value: Any) -> bool:
    """Whether it is, or somewhere holds, what a checkpoint saves."""
    if _is_part(value):
        return True
    if not isinstance(value, (list, tuple, dict)):
        return False
    return any(_has_part(each) for each in (value.values() if isinstance(value, dict) else value))


def _is_part(value: Any) -> bool:
    """Whether it can stand for a model; trackable or not, which is told elsewhere."""
    kinds = tensorflow().types.experimental
    function = getattr(kinds, "PolymorphicFunction", None) or kinds.GenericFunction  # until 2.13
    if isinstance(value, (type, function)):
        return False
    return is_trackable(value) or is_layer(value) or is_model(value) or is_optimizer(value)


def _called(value: Any) -> str:
    if value is None:
        return "None (is a return missing?)"
    if isinstance(value, type):
        return "the class %s, not an object of it" % value.__name__
    if isinstance(value, (types.FunctionType, types.MethodType, types.BuiltinFunctionType)):
        return "the function %s itself, not what it returns" % value.__name__
    if isinstance(value, (list, dict, set)):
        held = _listed(value.values() if isinstance(value, dict) else value)
        return (
            "a %s of %s" % (type(value).__name__, held)
            if value
            else "an empty " + type(value).__name__
        )
    return "an object of the class %s" % kind_of(value)


def _advice(value: Any) -> str:
    """What may be returned; of a list of variables, how to return just that."""
    alike = (
        isinstance(value, (list, tuple))
        and value
        and all(variable_of(each) is not None for each in value)
    )
    return _ACCEPTED + (_NAME_IT if alike else "")


def _listed(values: Any) -> str:
    names: List[str] = []
    for value in values:
        name = "None" if value is None else type(value).__name__
        if name not in names:
            names.append(name)
    return ", ".join(names[:8]) or "nothing"
