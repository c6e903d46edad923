"""The table of everything the worker can be asked."""

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


METHODS: Dict[str, Method] = {
    "ping": ping,
    "about": about,
    "list_variables": list_variables,
    "load": load,
}
