"""Which variables a call of the model really uses.

It is a request of its own, never a part of building: tracing runs the user's Python, which may
remember that it ran ("already initialised"). What a restore is to prove must come before it.
"""

from typing import Any, Dict, List, Optional

from . import inputs as calling
from .building import Holding, holding
from .completing import waiting_layers
from .framework import tensorflow
from .returned import models_of
from .serving import Context
from .strategies import parts_of

MAX_VARIABLES = 500  # tracing a larger model takes seconds


def inputs_for(model: Any, sample_inputs: Any) -> Optional[calling.Inputs]:
    """The user's sample inputs, else what the model tells; None if it tells nothing."""
    value = sample_inputs()
    return calling.given(model, value) if value is not None else calling.of_built(model)


def trace(params: Dict[str, Any], context: Context) -> Dict[str, Any]:
    """`in_call`: indices of the variables that a traced call reads.

    None where there is no one call to trace, or where it would make variables in its own graph. A
    call is traced, not run: nothing is computed and no value changes.
    """
    context.report(0, 0, "looking which variables a call uses")
    return {"in_call": _variables_in_call(holding())}


def _variables_in_call(held: Holding) -> Optional[List[int]]:
    models = list(models_of(held.built).values())
    if len(models) != 1 or not callable(models[0]) or waiting_layers(models[0]):
        return None
    if not 0 < len(held.variables) <= MAX_VARIABLES:
        return None
    tf = tensorflow()
    try:
        inputs = inputs_for(models[0], held.sample_inputs)
        if inputs is None:
            return None
        traced = tf.function(models[0], autograph=False).get_concrete_function(*inputs.arguments)
        used = {id(variable) for variable in traced.graph.variables}
    except Exception:  # noqa: BLE001 - a call that can't be traced tells nothing, and that is told
        return None
    return [
        number
        for number, known in enumerate(held.variables)
        if any(id(part) in used for part in parts_of(known.variable))
    ]
