"""What a built model takes: the tensors among its arguments, with names a person can use."""

import inspect
from typing import Any, Dict, List, Optional

from .building import holding
from .inputs import Inputs
from .objects import attribute, is_layer
from .returned import models_of
from .running import flattened
from .serving import Context
from .sharing import tensors
from .tracing import inputs_for


def takes(params: Dict[str, Any], context: Context) -> Dict[str, Any]:
    """`inputs` [{"name", "dtype", "shape"}] in the order of the arguments; None if not known.

    A dimension is None where the model itself says that it may have any size; of sample inputs, the
    first one where all have the same, for that is the batch.
    """
    held = holding()
    models = list(models_of(held.built).values())
    found = inputs_for(models[0], held.sample_inputs) if len(models) == 1 else None
    if found is None:
        return {"inputs": None}
    leaves = tensors(found)
    names = input_names(models[0], found)
    shapes = [each.shape for each in _own(models[0])]
    if len(shapes) != len(leaves) or found.origin != "model":
        shapes = _without_batch([list(leaf.shape) for leaf in leaves])
    rows = [
        {"name": names[place], "dtype": leaf.dtype.name, "shape": list(shapes[place])}
        for place, leaf in enumerate(leaves)
    ]
    return {"inputs": rows}


def _without_batch(shapes: List[List[Any]]) -> List[List[Any]]:
    if len({shape[0] if shape else None for shape in shapes}) == 1 and shapes[0]:
        return [[None, *shape[1:]] for shape in shapes]
    return shapes


def input_names(model: Any, found: Inputs) -> List[str]:
    """A Keras model's own names, else those of the parameters ("x", "features/a"), or numbers."""
    count = len(tensors(found))
    own = own_names(model)
    if own is not None and len(own) == count:
        return own
    parameters = parameter_names(model)
    names: List[str] = []
    for place, argument in enumerate(found.arguments):
        start = parameters[place] if place < len(parameters) else "input_%d" % place
        names += [name for name, _ in flattened(start, argument)]
    if len(names) != count or len(set(names)) != count:  # sparse and ragged ones are one, not parts
        return ["input_%d" % place for place in range(count)]
    return names


def own_names(model: Any) -> Optional[List[str]]:
    """The names of a Keras model's inputs in the order in which it takes them; None for others."""
    names = [str(getattr(each, "name", "")).split(":")[0] for each in _own(model)]
    return names if names and all(names) and len(set(names)) == len(names) else None


def parameter_names(model: Any) -> List[str]:
    """The names of what a call takes; none where Python can't tell."""
    function = attribute(model, "call") if is_layer(model) else model
    try:
        parameters = list(inspect.signature(function).parameters.values())
    except (TypeError, ValueError):
        return []
    kinds = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
    return [each.name for each in parameters if each.kind in kinds]


def _own(model: Any) -> List[Any]:
    return list(attribute(model, "inputs") or []) if is_layer(model) else []
