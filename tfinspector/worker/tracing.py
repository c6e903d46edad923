"""Which variables a call of the model really uses."""

from typing import Any, List, Optional, Sequence

from . import inputs as calling
from .describing import Known
from .framework import tensorflow
from .returned import Built, models_of

MAX_VARIABLES = 500  # tracing a larger model takes seconds


def inputs_for(model: Any, sample_inputs: Any) -> Optional[calling.Inputs]:
    """The user's sample inputs, else what the model tells; None if it tells nothing."""
    value = sample_inputs()
    return calling.given(model, value) if value is not None else calling.of_built(model)


def variables_in_call(
    built: Built, variables: Sequence[Known], sample_inputs: Any
) -> Optional[List[int]]:
    """Indices of the variables that a traced call reads; None where there is no one call to trace.

    A call is traced, not run: nothing is computed and no value changes.
    """
    models = list(models_of(built).values())
    if len(models) != 1 or len(variables) > MAX_VARIABLES or not callable(models[0]):
        return None
    tf = tensorflow()
    try:
        inputs = inputs_for(models[0], sample_inputs)
        if inputs is None:
            return None
        traced = tf.function(models[0], autograph=False).get_concrete_function(*inputs.arguments)
        used = {id(variable) for variable in traced.graph.variables}
    except Exception:  # noqa: BLE001 - a call that can't be traced tells nothing, and that is told
        return None
    return [number for number, known in enumerate(variables) if id(known.variable) in used]
