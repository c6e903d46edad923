"""Builds layers from the shapes that their kernels have in the checkpoint.

A kernel tells how many features its layer expects, and that is all that building the layer needs;
how many it gives, the user's own code says. So a width that differs is still seen as a mismatch.
Shapes of kernels are those of Keras: Dense (in, out), Conv (*window, in / groups, out), transposed
Conv (*window, out, in), depthwise (*window, in, multiplier), recurrent (in, units * gates),
attention's projections (in, heads, size), normalisation (features,).
"""

from typing import Any, Dict, List, Optional, Sequence, Tuple

from .object_graph import ObjectGraph
from .objects import attribute, bases_of, is_sequential, waits
from .returned import BARE, Built

_WEIGHTS = frozenset(
    ("kernel", "embeddings", "gamma", "beta", "moving_mean", "moving_variance", "bias", "scale",
     "depthwise_kernel", "pointwise_kernel", "recurrent_kernel")
)  # fmt: skip

Shape = Tuple[Optional[int], ...]


class Kernels:
    """Shapes by layer path and weight: `layer path/weight` or the layer's path alone."""

    def __init__(self, told: Sequence[Tuple[str, Sequence[int]]]) -> None:
        self._shapes: Dict[str, Dict[str, Tuple[int, ...]]] = {}
        for path, shape in told:
            layer, _, last = path.rpartition("/")
            if last.lstrip("_") not in _WEIGHTS:
                layer, last = path, "kernel"
            self._shapes.setdefault(layer, {})[last.lstrip("_")] = tuple(shape)

    def of(self, path: str) -> Dict[str, Tuple[int, ...]]:
        """Weights of the layer at this path of the model; the model may lie deeper in the file."""
        found = [each for each in self._shapes if _same_end(each, path)]
        return self._shapes[min(found, key=len)] if found else {}

    def first_below(self, path: str) -> Tuple[int, ...]:
        """The kernel of the first layer within a container."""
        within = [
            each
            for each in self._shapes
            if (not path or "/" + path + "/" in "/" + each + "/") and "kernel" in self._shapes[each]
        ]
        if not within:
            return ()
        return self._shapes[min(within, key=_numbers_in)]["kernel"]


def build_layers(name: str, model: Any, kernels: Kernels) -> int:
    """Build the layers that wait, each by its own kernel; how many it could."""
    rank = 2
    waiting = _waiting_with_paths(name, model)
    for _, layer in waiting:
        rank = max(rank, _rank_of_input(layer))
    done = 0
    for path, layer in waiting:
        if not waits(layer):
            continue  # it was built as part of another
        if is_sequential(layer):
            done += _build_sequential(layer, kernels.first_below(path))
            continue
        weights = kernels.of(path)
        below = {part: kernels.of(path + "/" + part) for part in _PARTS}
        shapes = input_shapes(layer, weights, below, rank)
        if shapes:
            layer.build(*shapes)
            _forget_rank(layer)
            done += 1
    return done


_PARTS = (
    "cell",
    "forward_layer/cell",
    "_query_dense",
    "_value_dense",
    "_key_dense",
)


def input_shapes(
    layer: Any,
    weights: Dict[str, Tuple[int, ...]],
    below: Dict[str, Dict[str, Tuple[int, ...]]],
    rank: int,
) -> List[Shape]:
    """Arguments for the layer's `build`; none where its kernel does not tell.

    `below` are the weights of its parts; `rank` is that of the features of the model as a whole.
    """
    bases = {each.rpartition(".")[2] for each in bases_of(layer)}
    kernel = weights.get("kernel", ())
    if "MultiHeadAttention" in bases:
        query = below["_query_dense"].get("kernel", ())
        value = below["_value_dense"].get("kernel", ())
        return [(None, None, query[0]), (None, None, value[0])] if query and value else []
    if "RNN" in bases or "Bidirectional" in bases:
        inner = below["cell"].get("kernel") or below["forward_layer/cell"].get("kernel")
        return [(None, None, inner[0])] if inner else []
    if "Embedding" in bases:
        return [(None, None)] if weights else []
    if bases & {"BatchNormalization", "LayerNormalization", "GroupNormalization"}:
        features = next((shape for shape in weights.values() if len(shape) == 1), ())
        return [_with_features(layer, features[0], rank)] if features else []
    if "Dense" in bases:
        return [(None, kernel[0])] if len(kernel) == 2 else []
    if any("Conv" in base for base in bases):
        return _of_convolution(layer, bases, weights)
    return []


def _of_convolution(layer: Any, bases: Any, weights: Dict[str, Tuple[int, ...]]) -> List[Shape]:
    kernel = weights.get("depthwise_kernel") or weights.get("kernel") or ()
    if len(kernel) < 3:
        return []
    transposed = any("Transpose" in base for base in bases)
    channels = kernel[-1] if transposed else kernel[-2]
    if not transposed:
        channels *= attribute(layer, "groups", 1) or 1
    spaces: List[Optional[int]] = [None] * (len(kernel) - 2)
    if attribute(layer, "data_format") == "channels_first":
        return [(None, channels, *spaces)]
    return [(None, *spaces, channels)]


def _with_features(layer: Any, features: int, rank: int) -> Shape:
    axis = attribute(layer, "axis", -1)
    axis = axis[-1] if isinstance(axis, (list, tuple)) and axis else axis
    if not isinstance(axis, int) or axis < 0:
        return (*[None] * (rank - 1), features)
    rank = max(rank, axis + 1)
    return tuple(features if each == axis else None for each in range(rank))


def _rank_of_input(layer: Any) -> int:
    rank = attribute(layer, "rank")
    return rank + 2 if isinstance(rank, int) else 2


def _forget_rank(layer: Any) -> None:
    """The number of dimensions was a guess where only the last one matters."""
    if attribute(layer, "axis") is not None:
        layer.input_spec = None


def _build_sequential(model: Any, kernel: Tuple[int, ...]) -> int:
    """A Sequential has no variables until its input is known; its first kernel tells most of it."""
    layers = attribute(model, "layers") or []
    if not layers:
        return 0
    classes = [{each.rpartition(".")[2] for each in bases_of(layer)} for layer in layers]
    if "Embedding" in classes[0]:
        return _try_build(model, (None, None))
    if len(kernel) < 2 or (len(kernel) > 2 and any("Flatten" in each for each in classes)):
        return 0  # there a picture's size decides a kernel: guessing it would invent a mismatch
    features = kernel[0] if len(kernel) == 2 else kernel[-2]
    rank = max(len(kernel), _expected_rank(layers[0]))
    return _try_build(model, (*[None] * (rank - 1), features))


def _expected_rank(layer: Any) -> int:
    spec = attribute(layer, "input_spec")
    spec = spec[0] if isinstance(spec, (list, tuple)) and spec else spec
    return attribute(spec, "ndim") or attribute(spec, "min_ndim") or 2


def _try_build(model: Any, shape: Shape) -> int:
    try:
        model.build(shape)
    except Exception:  # noqa: BLE001 - a guess that did not fit; the layer is told as unbuilt
        return 0
    return 1


def _waiting_with_paths(name: str, model: Any) -> List[Tuple[str, Any]]:
    """Layers that wait, with their path; found over Keras's attributes, the outer ones first."""
    graph = ObjectGraph(Built(BARE, {"": model}))
    paths = graph.paths()
    answer = []
    for number, value in enumerate(graph.objects):
        if waits(value) and paths[number]:
            path = paths[number][0]
            answer.append((name + "/" + path if name and path else name or path, value))
    return answer


def _same_end(stored: str, path: str) -> bool:
    return (
        stored == path
        or stored.endswith("/" + path)
        or (bool(stored) and path.endswith("/" + stored))
    )


def _numbers_in(path: str) -> Tuple[Any, ...]:
    """Sorts "…/2" before "…/10", and shallow paths first."""
    parts = path.split("/")
    return tuple((0, int(part), "") if part.isdigit() else (1, 0, part) for part in parts)
