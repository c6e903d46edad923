"""Whether one output is a common function of the other: probabilities of logits, most often."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

_Wide = NDArray[np.float64]
_CLOSE = 1e-3


def relation_of(
    mine: NDArray[np.generic], other: NDArray[np.generic], names: tuple[str, str]
) -> str:
    """ "probability = softmax(logits)", in the two names, whichever way it holds; "" if none does.

    Arrays of one shape. At least two different values are needed: anything fits a constant.
    """
    if mine.dtype.kind != "f" or other.dtype.kind != "f" or mine.size < 2:
        return ""
    one, two = mine.astype(np.float64), other.astype(np.float64)
    if not (np.isfinite(one).all() and np.isfinite(two).all()) or np.ptp(one) == 0:
        return ""
    for name, function in _FUNCTIONS.items():
        if np.allclose(one, function(two), _CLOSE, _CLOSE * np.abs(one).max()):
            return f"{names[0]} = {name}({names[1]})"
        if np.ptp(two) and np.allclose(two, function(one), _CLOSE, _CLOSE * np.abs(two).max()):
            return f"{names[1]} = {name}({names[0]})"
    return ""


def _softmax(values: _Wide) -> _Wide:
    if not values.ndim:
        return values
    powers: _Wide = np.exp(values - values.max(axis=-1, keepdims=True))
    shares: _Wide = powers / powers.sum(axis=-1, keepdims=True)
    return shares


def _sigmoid(values: _Wide) -> _Wide:
    halves: _Wide = 0.5 * (1 + np.tanh(values / 2))
    return halves


_FUNCTIONS: dict[str, Callable[[_Wide], _Wide]] = {
    "softmax": _softmax,
    "sigmoid": _sigmoid,
    "relu": lambda values: np.maximum(values, 0),
    "tanh": np.tanh,
    "negative": np.negative,
}
