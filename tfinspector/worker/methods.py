"""The table of everything the worker can be asked."""

import importlib
from typing import Any, Dict

from . import framework
from .checkpoints import list_variables
from .saved_models import load
from .serving import Context, Method


def ping(params: Dict[str, Any], context: Context) -> Dict[str, Any]:
    """Nothing but a sign of life."""
    return {}


def about(params: Dict[str, Any], context: Context) -> Dict[str, Any]:
    """See `framework.about`."""
    return framework.about()


def _later(module: str, name: str) -> Method:
    """A method whose module is imported by its first request: most workers never restore."""

    def method(params: Dict[str, Any], context: Context) -> Dict[str, Any]:
        imported = importlib.import_module("." + module, __package__)
        answer: Dict[str, Any] = getattr(imported, name)(params, context)
        return answer

    return method


METHODS: Dict[str, Method] = {
    "ping": ping,
    "about": about,
    "list_variables": list_variables,
    "load": load,
    "build": _later("building", "build"),
    "restore": _later("restoring", "restore"),
    "hashes": _later("restoring", "hashes"),
    "remember": _later("restoring", "remember"),
    "roll_back": _later("restoring", "roll_back"),
    "write": _later("restoring", "write"),
    "assign": _later("assigning", "assign"),
    "call": _later("calling", "call"),
    "registry": _later("registry", "registry"),
    "run": _later("running", "run"),
    "answer": _later("answering", "answer"),
    "takes": _later("taking", "takes"),
    "trace": _later("tracing", "trace"),
    "load_whole": _later("whole_models", "load_whole"),
    "keras_places": _later("keras_files", "places"),
    "load_weights": _later("keras_files", "load_weights"),
    "save_keras": _later("keras_files", "save"),
    "load_model": _later("keras_models", "load_model"),
}
