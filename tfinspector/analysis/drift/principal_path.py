"""The path of a run in the plane in which it moved most, from inner products alone.

With d_i the weights of snapshot i less those of the first, G = (d_i . d_j) is all that principal
components need (classical scaling, Torgerson 1952): G is centred and its eigenvectors, times the
roots of their eigenvalues, are the coordinates.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_PLANE = 2


class Path(NamedTuple):
    """`points` (snapshots, 2) and the shares of variance of all directions, largest first.

    `values` and `vectors` (in columns) are the eigenvalues and eigenvectors that they come from.
    """

    points: Floats
    explained: tuple[float, ...]
    values: Floats
    vectors: Floats


def principal_path(products: Floats) -> Path | None:
    """The path from the inner products of all displacements; None where they are no numbers.

    The path goes from left to right: its last point is not left of its first. A run that does not
    move has all its points in one place, and nothing explained.
    """
    count = len(products)
    if count < 2 or not np.isfinite(products).all():
        return None
    scale = float(np.abs(products).max()) or 1.0
    values, vectors = np.linalg.eigh(_centred(products / scale))
    values, vectors = np.maximum(values[::-1], 0.0), vectors[:, ::-1].copy()
    values[values < values[0] * 1e-12] = 0.0
    points = vectors[:, :_PLANE] * np.sqrt(values[:_PLANE] * scale)
    turned = np.ones(_PLANE)
    turned[0] = -1.0 if points[-1, 0] < points[0, 0] else 1.0
    turned[1] = -1.0 if points[np.abs(points[:, 1]).argmax(), 1] < 0 else 1.0
    vectors[:, :_PLANE] *= turned
    total = float(values.sum())
    shares = (values[: count - 1] / total).tolist() if total else [0.0] * (count - 1)
    return Path(points * turned + 0.0, tuple(shares), values * scale, vectors)


def moves_of_points(path: Path, deviation: Floats) -> Floats:
    """How far the points move, (snapshots, 2), if the products are off by `deviation`.

    To the first order (Stewart and Sun 1990, V.2): the plane turns towards other directions, the
    more the closer their variances are to its own, and the path is stretched within it. That a
    path turns within the plane is left out, because it is no other path for that. Infinite where a
    direction outside explains as much as one of the plane.
    """
    wrong = path.vectors.T @ _centred(deviation) @ path.vectors[:, :_PLANE]
    top, others = path.values[:_PLANE], path.values[_PLANE:, None]
    roots = np.sqrt(top)
    with np.errstate(divide="ignore", invalid="ignore"):
        away = np.where(roots > 0, wrong[_PLANE:] * roots / (top - others), 0.0)
        within = wrong[:_PLANE] * roots / (top[:, None] + top)
    still = np.flatnonzero(roots == 0)  # a direction that there is not: of the order 1/2
    within[still, still] = np.sqrt(np.abs(wrong[still, still]))
    if not np.isfinite(away).all():
        return np.full_like(path.points, np.inf)
    moves: Floats = path.vectors @ np.concatenate([within, away])
    return moves


def _centred(products: Floats) -> Floats:
    """As if the mean of all snapshots were the origin."""
    centred: Floats = (
        products - products.mean(axis=0) - products.mean(axis=1)[:, None] + products.mean()
    )
    return centred
