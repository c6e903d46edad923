"""Sees to it that every variable is there before anything is restored.

A restore into a model without variables waits for them and may lose values without a word (facts 2
to 4 of restore_failures.md), so here a model is built first, by the first of these that works:
the factory did it; the module's `sample_inputs()`; what Keras knows of the input; the signature of
the SavedModel; the shapes of the kernels in the checkpoint.
"""

from typing import Any, Callable, Dict, List, NamedTuple, Optional, Set, Tuple

from . import inputs as calling
from .framework import tensorflow
from .kernel_shapes import Kernels, build_layers
from .object_graph import ObjectGraph
from .objects import attribute, is_optimizer, layers_in, name_of, waits
from .returned import Built, models_of, optimizers_of


class Hints(NamedTuple):
    """What the checkpoint or SavedModel tells about the model's inputs and state."""

    signature: List[Dict[str, Any]]
    kernels: List[Tuple[str, List[int]]]
    optimizer: bool


class Completion(NamedTuple):
    """How the model came to have variables, and the paths of layers that still have none.

    `optimizers` is how many optimizers had no variables before they were built here.
    """

    built_by: str
    unbuilt: List[str]
    optimizers: int = 0


def complete(built: Built, hints: Hints, sample_inputs: Callable[[], Any]) -> Completion:
    """Build what is not built, optimizers last. Raises what the user's own code raises."""
    built_by = "factory" if not _waiting(built, hints) else ""
    for name, way in _WAYS:
        if built_by:
            break
        if way(built, hints, sample_inputs) and not _waiting(built, hints):
            built_by = name
    waiting = _waiting(built, hints)
    if waiting and not built_by and _holds_all(built, hints):
        waiting = [each for each in waiting if not attribute(each, "variables")]
        built_by = "kernel shapes"
    optimizers = _build_optimizers(built) if hints.optimizer else 0
    return Completion("" if waiting else built_by, _paths(built, waiting), optimizers)


def _by_sample_inputs(built: Built, hints: Hints, sample_inputs: Callable[[], Any]) -> bool:
    value = sample_inputs()
    if value is None:
        return False
    models = _models_that_wait(built, hints)
    by_name = isinstance(value, dict) and len(models) > 1 and set(models) <= set(value)
    for name, model in models.items():
        calling.call(model, calling.given(model, value[name] if by_name else value))
    return True


def _by_own_build(built: Built, hints: Hints, sample_inputs: Callable[[], Any]) -> bool:
    done = False
    for model in _models_that_wait(built, hints).values():
        shape = _own_input_shape(model)
        if shape is not None:
            model.build(shape)
            done = True
    return done


def _by_signature(built: Built, hints: Hints, sample_inputs: Callable[[], Any]) -> bool:
    models = list(_models_that_wait(built, hints).values())
    inputs = calling.of_signature(hints.signature)
    if inputs is None or len(models) != 1:
        return False
    try:
        calling.call(models[0], inputs)
    except Exception:  # noqa: BLE001 - a guess: the signature may be of another model
        return False
    return True


def _by_kernels(built: Built, hints: Hints, sample_inputs: Callable[[], Any]) -> bool:
    if not hints.kernels:
        return False
    kernels = Kernels(hints.kernels)
    done = 0
    for name, model in _models_that_wait(built, hints).items():
        done += build_layers(name, model, kernels)
    return done > 0


def _holds_all(built: Built, hints: Hints) -> bool:
    """Whether all that the file has is there: what waits still has a `build` of the user's own,
    which nothing here can call and which would make no more of it.
    """
    graph = ObjectGraph(built)
    paths = graph.paths()
    held = {
        path
        for number, value in enumerate(graph.objects)
        for path in paths[number]
        if attribute(value, "assign") is not None
    }
    return bool(hints.kernels) and all(_is_among(path, held) for path, _ in hints.kernels)


def _is_among(path: str, held: Set[str]) -> bool:
    """By its whole path or the end of it: the model may lie deeper in the file."""
    parts = path.split("/")
    return any("/".join(parts[begin:]) in held for begin in range(len(parts)))


_WAYS = (
    ("sample_inputs", _by_sample_inputs),
    ("build", _by_own_build),
    ("signature", _by_signature),
    ("kernel shapes", _by_kernels),
)


def _own_input_shape(model: Any) -> Any:
    config = attribute(model, "get_build_config")
    found = None
    if callable(config):
        try:
            found = (config() or {}).get("input_shape")
        except Exception:  # noqa: BLE001 - user code; then it tells nothing
            found = None
    for name in ("_build_input_shape", "batch_input_shape", "_batch_input_shape"):
        found = found or attribute(model, name)
    return found if isinstance(found, (tuple, list)) else None


def _models_that_wait(built: Built, hints: Hints) -> Dict[str, Any]:
    return {
        name: model
        for name, model in models_of(built).items()
        if waiting_layers(model) or _is_empty(model, hints)
    }


def _is_empty(model: Any, hints: Hints) -> bool:
    """It has no variables at all although the checkpoint has kernels: it makes them when called."""
    return bool(hints.kernels) and callable(model) and not attribute(model, "variables")


def waiting_layers(model: Any) -> List[Any]:
    """Layers of a model that wait for their first call; of a tf.Module, those that it holds."""
    layers = layers_in(model)
    if not layers and isinstance(model, tensorflow().Module):
        layers = [each for part in model.submodules for each in layers_in(part)]
    unique = {id(layer): layer for layer in layers}
    return [layer for layer in unique.values() if waits(layer)]


def _waiting(built: Built, hints: Hints) -> List[Any]:
    found = {}
    for model in models_of(built).values():
        for layer in waiting_layers(model) or ([model] if _is_empty(model, hints) else []):
            found[id(layer)] = layer
    return list(found.values())


def _paths(built: Built, layers: List[Any]) -> List[str]:
    if not layers:
        return []
    graph = ObjectGraph(built)
    paths = graph.paths()
    answer = []
    for layer in layers:
        number = graph.number_of(layer)
        answer.append(paths[number][0] if number >= 0 and paths[number] else name_of(layer))
    return answer


def _build_optimizers(built: Built) -> int:
    """Make the optimizers' variables: each for the model that it most likely trains.

    How many of them had none.
    """
    models = models_of(built)
    optimizers = optimizers_of(built)
    made = 0
    for model in models.values():
        own = attribute(model, "optimizer")  # of a compiled model
        if is_optimizer(own):
            made += _build_optimizer(own, model)
    for number, (name, optimizer) in enumerate(optimizers.items()):
        model = _trained_by(name, number, models, len(optimizers))
        if model is not None:
            made += _build_optimizer(optimizer, model)
    return made


def _trained_by(name: str, number: int, models: Dict[str, Any], count: int) -> Optional[Any]:
    named = [key for key in models if key and (key in name or name.startswith(key))]
    if named:
        return models[max(named, key=len)]
    if len(models) == 1:
        return next(iter(models.values()))
    return list(models.values())[number] if len(models) == count else None


def _build_optimizer(optimizer: Any, model: Any) -> bool:
    """Whether there was something to make."""
    variables = list(attribute(model, "trainable_variables") or ())
    if not variables or attribute(optimizer, "built", False) is True:
        return False
    if hasattr(optimizer, "_create_all_weights"):  # the old kind, with slots
        optimizer._create_all_weights(variables)
        return True
    if callable(attribute(optimizer, "build")):
        optimizer.build(variables)
        return True
    return False
