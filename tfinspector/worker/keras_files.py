"""Loads and saves files of Keras by the calls that a user makes: `load_weights`, `save`."""

import os
import time
from typing import Any, Dict

from .building import holding
from .failures import Explained, describe
from .keras_places import places_of, the_model
from .listening import Listening
from .placing import peak_memory, scope
from .restoring import absolute
from .serving import Context


class NoKerasModel(Explained):
    """There is no one model of Keras that could load or save a file."""


def places(params: Dict[str, Any], context: Context) -> Dict[str, Any]:
    """Where the model's Keras keeps its variables: `places` as `keras_places` says, or None."""
    held = holding()
    return {"places": places_of(held.built, held.variables)}


def load_weights(params: Dict[str, Any], context: Context) -> Dict[str, Any]:
    """`path` -> what `model.load_weights(path)` raised (`error`) or said (`log`, `warnings`)."""
    held = holding()
    model = the_held_model()
    path = absolute(params["path"], held)
    answer: Dict[str, Any] = {"error": None, "seconds": 0.0}
    context.report(0, 0, "loading the weights")
    started = time.monotonic()
    with Listening() as heard, scope(held.device):
        try:
            model.load_weights(path)
            answer["seconds"] = time.monotonic() - started
        except Exception as error:  # noqa: BLE001 - the answer: Keras may raise anything
            answer["error"] = describe(error)
    answer.update(log=heard.text, warnings=heard.warnings)
    answer.update(peak_memory(held.device))
    return answer


def save(params: Dict[str, Any], context: Context) -> Dict[str, Any]:
    """Save the model as it is now to `path`, by its ending: weights only, or the whole model."""
    held = holding()
    model = the_held_model()
    path = absolute(params["path"], held)
    context.report(0, 0, "writing")
    if path.endswith(".weights.h5"):
        model.save_weights(path)
    else:
        model.save(path)
    return {"path": path, "nbytes": os.path.getsize(path)}


def the_held_model() -> Any:
    """The one model of Keras that was built. Raises NoKerasModel."""
    model = the_model(holding().built)
    if model is None:
        raise NoKerasModel(
            "A file of Keras is loaded into one model of Keras, and the factory returned none or "
            "several."
        )
    return model
