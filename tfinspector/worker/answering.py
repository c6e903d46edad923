"""Calls the built model with named values, to compare what it answers with a SavedModel."""

import time
from typing import Any, Dict, List, Optional, Tuple

from . import plain_paths
from .building import holding
from .failures import Explained, describe
from .inputs import Inputs
from .placing import scope
from .returned import models_of
from .running import flattened, inputs_of
from .serving import Context
from .sharing import attacher, replaced, tensors, values_in
from .taking import input_names, parameter_names
from .tracing import inputs_for


class NoFit(Explained):
    """The values do not go into the model's arguments."""


def answer(params: Dict[str, Any], context: Context) -> Dict[str, Any]:
    """`done`, else `why_not` and `error`; `outputs` [{"name", "dtype", "shape", "payload"}].

    `inputs` are as of the method `run`.
    `placed` says how they found the model's arguments: "by name" or "in order".
    """
    held = holding()
    told = {"done": False, "why_not": "", "error": None, "outputs": [], "placed": ""}  # type: Dict[str, Any]
    models = models_of(held.built)
    if len(models) != 1:
        names = ", ".join(models) or "none"
        told["why_not"] = "There is no one model to call: the factory returned %s." % names
        return told
    model = next(iter(models.values()))
    context.report(0, 0, "calling the model")
    try:
        with scope(held.device):
            values = inputs_of(params, context)
            arguments, keywords, placed = _placed(model, held.sample_inputs, values)
            started = time.monotonic()
            attach = attacher(context)
            told["outputs"] = [
                {
                    "name": name,
                    "dtype": part.dtype.name,
                    "shape": part.shape.as_list(),
                    "payload": attach(values_in(part)),
                }
                for name, part in flattened("", model(*arguments, **keywords))
            ]
            told.update(seconds=time.monotonic() - started, placed=placed, done=True)
    except Exception as error:  # noqa: BLE001 - user code may raise anything; it is the answer
        context.attached.clear()
        told.update(error=describe(error), outputs=[])
        told["why_not"] = "The call raised %s: %s" % (type(error).__name__, error)
    finally:
        plain_paths.forget()
    return told


def _placed(
    model: Any, sample_inputs: Any, values: Dict[str, Any]
) -> Tuple[List[Any], Dict[str, Any], str]:
    """The arguments and keywords of the call, and how the values came to their places."""
    found = inputs_for(model, sample_inputs)
    names = parameter_names(model)
    if len(values) > 1 and set(values) <= set(names):
        return [], dict(values), "by name"
    if found is None:
        if len(values) == 1:
            return list(values.values()), {}, "in order"
        return [dict(values)], {}, "by name"
    only = found.arguments[0] if len(found.arguments) == 1 else None
    if isinstance(only, dict) and set(only) == set(values):
        return [dict(values)], {}, "by name"
    leaves = tensors(found)
    if len(leaves) != len(values):
        raise NoFit(
            "The model takes %d tensors and the signature %d (%s)."
            % (len(leaves), len(values), ", ".join(values))
        )
    order = _own_order(model, values, found)
    ordered = [values[name] for name in order or values]
    placed = "by name" if order else "in order"
    return replaced(found, ordered).arguments, {}, placed


def _own_order(model: Any, values: Dict[str, Any], found: Inputs) -> Optional[List[str]]:
    """The names in the order in which the model takes them; None if it has others."""
    own = input_names(model, found)
    return own if sorted(own) == sorted(values) else None
