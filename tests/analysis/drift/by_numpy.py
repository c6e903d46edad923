"""What NumPy makes of whole arrays, in float64 (and longdouble sums): the figures' referee."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


def figures(before: NDArray[Any], after: NDArray[Any], epsilon: float) -> dict[str, float]:
    """Every figure of a pair, from its definition."""
    a, b = before.reshape(-1), after.reshape(-1)
    changed = _bits(a) != _bits(b) if a.dtype == b.dtype else None
    is_complex = np.iscomplexobj(a) or np.iscomplexobj(b)
    wide = np.complex128 if is_complex else np.float64
    with np.errstate(all="ignore"):
        x, y = a.astype(wide), b.astype(wide)
        if changed is None:
            changed = ~((x == y) | (np.isnan(x) & np.isnan(y)))
        changed = changed.reshape(len(a), -1).any(axis=1) if len(a) else np.zeros(0, bool)
        finite = np.isfinite(x) & np.isfinite(y)
        d = (y - x)[finite]
        beyond = np.where(
            finite, np.abs(y - x) > epsilon * np.maximum(np.abs(x), np.abs(y)), changed
        )
    x, y = x[finite], y[finite]
    size, known = len(a), len(x)
    nan = float("nan")
    length, first, second = (float(np.sqrt(np.sum(np.abs(v) ** 2))) for v in (d, x, y))
    product = float(np.sum(x * np.conj(y)).real)
    return {
        "l2": length if known or not size else nan,
        "relative_l2": _over(length, first) if known or not size else nan,
        "cosine": product / first / second if first and second else nan,
        "max_abs": float(np.abs(d).max(initial=0.0)) if known or not size else nan,
        "mean_abs": float(np.abs(d).mean()) if known else nan,
        "changed_fraction": float(changed.mean()) if size else 0.0,
        "changed_beyond": float(beyond.mean()) if size else 0.0,
        "sign_flips": _flips(x, y, is_complex) if size else 0.0,
    }


def distribution(before: NDArray[Any], after: NDArray[Any]) -> dict[str, float]:
    """Both distances of the finite values (of magnitudes of complex ones), from sorted values."""
    a, b = (finite(values) for values in (before, after))
    if not len(a) or not len(b):
        return {"wasserstein": float("nan"), "ks": float("nan")}
    grid = np.unique(np.concatenate([a, b]))
    apart = np.abs(
        np.searchsorted(np.sort(a), grid, "right") / len(a)
        - np.searchsorted(np.sort(b), grid, "right") / len(b)
    )
    return {
        "wasserstein": float((apart[:-1] * np.diff(grid)).sum()),
        "ks": float(apart.max()),
    }


def _bits(values: NDArray[Any]) -> NDArray[Any]:
    return np.ascontiguousarray(values).view(np.uint8).reshape(len(values), values.itemsize)


def finite(values: NDArray[Any]) -> NDArray[np.float64]:
    with np.errstate(all="ignore"):
        flat = values.reshape(-1)
        wide = (
            np.abs(flat.astype(np.complex128)) if np.iscomplexobj(flat) else flat.astype(np.float64)
        )
        if np.iscomplexobj(flat):
            wide = np.where(np.isnan(flat), np.nan, wide)
    return wide[np.isfinite(wide)]


def _flips(x: NDArray[Any], y: NDArray[Any], is_complex: bool) -> float:
    if is_complex or not len(x):
        return float("nan")
    return float((np.sign(x) * np.sign(y) < 0).mean())


def _over(top: float, bottom: float) -> float:
    if bottom:
        return top / bottom
    return 0.0 if top == 0 else float("inf")
