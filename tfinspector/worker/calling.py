"""One forward call of the built model: does it run, how long, and what comes out."""

import time
from typing import Any, Dict, List, Optional

from . import inputs, plain_paths, sharing
from .building import holding
from .describing import value_hash
from .failures import describe
from .placing import peak_memory, scope
from .returned import models_of
from .running import flattened
from .serving import Context
from .taking import input_names
from .tracing import inputs_for


def call(params: Dict[str, Any], context: Context) -> Dict[str, Any]:
    """`done`, else `why_not` (a sentence) and `error`; `seconds`; `outputs`.

    The inputs are those of `sample_inputs()`, else zeros of what the model tells about its inputs.
    Each output is {"name", "dtype", "shape", "min", "max", "mean", "sha256", "finite"}; the
    figures are over finite values, None where there are none.

    To compare two processes: `seed` draws inputs in place of those zeros, `inputs` (the answer's
    `shared` of the other process, with its payloads) takes the values from there, and `values`
    sends the values of inputs (as `shared`, with `names`) and outputs (`payload` of each) along,
    with `peak_nbytes` and `device_peak_nbytes` as `placing.peak_memory` tells them.
    """
    held = holding()
    answer: Dict[str, Any] = {"done": False, "why_not": "", "error": None, "seconds": 0.0}
    answer["outputs"] = []
    models = models_of(held.built)
    if len(models) != 1:
        names = ", ".join(models) or "none"
        answer["why_not"] = "There is no one model to call: the factory returned %s." % names
        return answer
    model = next(iter(models.values()))
    context.report(0, 0, "calling the model")
    try:
        found = inputs_for(model, held.sample_inputs)
        if not callable(model) or found is None:
            answer["why_not"] = (
                "Nothing tells what the model takes: give the factory's module a sample_inputs()."
                if callable(model)
                else "The object has no __call__."
            )
            return answer
        found = sharing.take(found, params, context)
        attach = sharing.attacher(context) if params.get("values") else None
        with scope(held.device):
            started = time.monotonic()
            outputs = inputs.call(model, found)
            rows = _rows(outputs, attach)
            answer["seconds"] = time.monotonic() - started
    except Exception as error:  # noqa: BLE001 - user code may raise anything; it is the answer
        answer["error"] = describe(error)
        answer["why_not"] = "The call raised %s: %s" % (type(error).__name__, error)
        return answer
    finally:
        plain_paths.forget()
    answer.update(done=True, outputs=rows, inputs=found.origin)
    if attach is not None:
        answer.update(
            peak_memory(held.device),
            shared=sharing.told(found, attach),
            names=input_names(model, found),
        )
    return answer


def _rows(outputs: Any, attach: Optional[sharing.Attach]) -> List[Dict[str, Any]]:
    return [_row(name, part, attach) for name, part in flattened("", outputs)]


def _row(name: str, tensor: Any, attach: Optional[sharing.Attach]) -> Dict[str, Any]:
    import numpy as np

    row: Dict[str, Any] = {
        "name": name,
        "dtype": tensor.dtype.name,
        "shape": tensor.shape.as_list(),
        "sha256": value_hash(tensor)["sha256"],
    }
    row.update(min=None, max=None, mean=None, finite=None)
    value = sharing.values_in(tensor)
    if attach is not None:
        row["payload"] = attach(value)
    if not (tensor.dtype.is_floating or tensor.dtype.is_integer):
        return row
    wide = np.asarray(value).astype(np.float64)
    good = wide[np.isfinite(wide)]
    row["finite"] = int(good.size)
    if good.size:
        row.update(min=float(good.min()), max=float(good.max()), mean=float(good.mean()))
    return row
