"""Ready-made Python for the faces: how to load a SavedModel and call what is in it.

The same code is the fix of finding S05, so it is written in `diagnosis`.
"""

from tfinspector.contents.saved_models import (
    CallForm,
    Function,
    MetaGraph,
    SavedModel,
    Signature,
)
from tfinspector.diagnosis.calling_code import code_for_function, code_for_signature


def python_for_signature(
    saved_model: SavedModel, meta_graph: MetaGraph, signature: Signature
) -> str:
    """A script that loads the model and calls the signature; unknown dimensions are 1."""
    return code_for_signature(saved_model, meta_graph, signature)


def python_for_function(
    saved_model: SavedModel, meta_graph: MetaGraph, function: Function, form: CallForm | None = None
) -> str:
    """A script that loads the model and calls the function in `form`, by default its usual one."""
    return code_for_function(saved_model, meta_graph, function, form)
