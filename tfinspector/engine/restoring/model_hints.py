"""What a file tells about the model that it came from, for the worker to build it with."""

from typing import Any

from tfinspector.contents.checkpoints import Checkpoint, Dialect
from tfinspector.contents.saved_models import SavedModel, TensorSpec
from tfinspector.contents.variables import Role, Variable

_MOST_PATHS = 4  # of one variable; the shortest come first
_MOST_KERNELS = 20_000
_OF_OPTIMIZERS = frozenset({Role.SLOT, Role.OPTIMIZER})


def hints_for(checkpoint: Checkpoint, saved_model: SavedModel | None = None) -> dict[str, Any]:
    """The `hints` of the worker's method `build`: shapes of weights by path, a signature's inputs
    where there is one, and whether the state of an optimizer waits to be restored.
    """
    weights = [each for each in checkpoint.variables if each.role is Role.WEIGHT]
    kernels = [
        [path, list(each.shape)] for each in weights[:_MOST_KERNELS] for path in _paths(each)
    ]
    return {
        "signature": _inputs(saved_model),
        "kernels": kernels,
        "optimizer": _has_state(checkpoint),
    }


def _has_state(checkpoint: Checkpoint) -> bool:
    """Whether an optimizer must be built to take it: those of Keras 3 have their step and rate at
    once, and the lists of what they keep and train only then.
    """
    own = [each for each in checkpoint.variables if each.role in _OF_OPTIMIZERS]
    is_listed = any("/_trainable_variables/" in p for v in checkpoint.variables for p in v.paths)
    has_slots = any(each.role is Role.SLOT for each in own)
    return has_slots or bool(own and (is_listed or checkpoint.dialect is not Dialect.KERAS3))


def _paths(variable: Variable) -> list[str]:
    """The ways through the model, not those through the lists of an optimizer."""
    paths = [path for path in variable.paths if "_trainable_variables" not in path]
    return paths[:_MOST_PATHS] or [variable.name]


def _inputs(saved_model: SavedModel | None) -> list[dict[str, Any]] | None:
    """Inputs of the signature that serves, else of the only one."""
    if saved_model is None:
        return None
    signatures = [each for graph in saved_model.meta_graphs for each in graph.signatures]
    best = [each for each in signatures if each.name == "serving_default"] or signatures
    if not best or (len(best) > 1 and best[0].name != "serving_default"):
        return None
    specs = [each for each in best[0].inputs if isinstance(each, TensorSpec)]
    return [
        {
            "name": each.name,
            "dtype": each.dtype.name,
            "shape": None if each.shape is None else list(each.shape),
        }
        for each in specs
    ] or None
