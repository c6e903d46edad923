"""One spelling for the names that TensorFlow, Keras 2 and Keras 3 give the same thing.

`kernel` of Keras 2 is `_kernel` in Keras 3 and was `weights` in slim; `layer_with_weights-3` and
`_operations/5` are the same layer. The spelling only serves to compare, nobody sees it.
"""

import re
from collections.abc import Sequence
from functools import lru_cache

Parts = tuple[str, ...]

NUMBER = "#"  # begins the part of a numbered child: "#3"
_CONTAINERS = frozenset({"_operations", "_functional", "_layers", "keras_api", "_tracked"})
_NUMBERED = re.compile(r"(?:layer(?:_with_weights)?-)?(\d+)$")
_ATTRIBUTES = "/.ATTRIBUTES/"
_COPY = re.compile(r"^(.*?)(?:_(\d+))?$")
_LEAVES = {
    "weights": "kernel", "weight": "kernel", "w": "kernel", "depthwise_weights": "kernel",
    "depthwise_kernel": "kernel", "depthwise": "kernel", "biases": "bias", "b": "bias",
    "embedding": "embeddings", "scale": "gamma", "offset": "beta", "running_mean": "moving_mean",
    "moving_var": "moving_variance", "running_var": "moving_variance",
    "running_variance": "moving_variance",
}  # fmt: skip
_AVERAGES = ("/ExponentialMovingAverage", "/moving_average", "/EMA", "/ema", "/average")


def parts_of(path: str) -> Parts:
    """A path, key or name as parts in the common spelling."""
    path = path.partition(_ATTRIBUTES)[0].partition(":")[0]
    raw = [part for part in path.split("/") if part]
    found = [_part(part) for part in raw if part not in _CONTAINERS]
    if not found:
        return ()
    return (*found[:-1], leaf_of(found[-1]))


@lru_cache(maxsize=65536)
def _part(part: str) -> str:
    numbered = _NUMBERED.match(part)
    if numbered:
        return f"{NUMBER}{int(numbered[1])}"
    return part.strip("_").lower() or part


def leaf_of(part: str) -> str:
    """A variable's own name in the common spelling."""
    return _LEAVES.get(part, part)


def without_average(key: str) -> str:
    """The name of the variable that a moving average follows; "" if it is no average."""
    return next((key[: -len(tail)] for tail in _AVERAGES if key.endswith(tail)), "")


def without_copies(parts: Sequence[str]) -> tuple[Parts, tuple[int, ...]]:
    """Without the numbers that Keras and TensorFlow append to make names unique, and those.

    ("net", "dense_12", "kernel") -> (("net", "dense", "kernel"), (0, 12, 0)).
    """
    stems, numbers = [], []
    for part in parts:
        found = _COPY.match(part)
        stem, number = (found[1], found[2]) if found else (part, None)
        stems.append(stem or part)
        numbers.append(int(number) if number else 0)
    return tuple(stems), tuple(numbers)


def natural(text: str) -> list[tuple[int, int, str]]:
    """A sort key that puts block_2 before block_10."""
    return [
        (0, int(piece), "") if piece.isdigit() else (1, 0, piece)
        for piece in re.split(r"(\d+)", text)
        if piece
    ]
