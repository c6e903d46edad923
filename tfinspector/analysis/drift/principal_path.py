"""The path of a run in the plane in which it moved most, from inner products alone.

With d_i the weights of snapshot i less those of the first, G = (d_i . d_j) is all that principal
components need (classical scaling, Torgerson 1952): G is centred and its eigenvectors, times the
roots of their eigenvalues, are the coordinates.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_ITERATIONS = 24


class Path(NamedTuple):
    """`points` (snapshots, 2) and the shares of variance of all directions, largest first."""

    points: Floats
    explained: tuple[float, ...]


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
    values, vectors = np.maximum(values[::-1], 0.0), vectors[:, ::-1]
    values[values < values[0] * 1e-12] = 0.0
    points = np.zeros((count, 2))
    taken = min(2, count)
    points[:, :taken] = vectors[:, :taken] * np.sqrt(values[:taken] * scale)
    if points[-1, 0] < points[0, 0]:
        points[:, 0] *= -1
    if points[np.abs(points[:, 1]).argmax(), 1] < 0:
        points[:, 1] *= -1
    total = float(values.sum())
    shares = (values[: count - 1] / total).tolist() if total else [0.0] * (count - 1)
    return Path(points + 0.0, tuple(shares))


def nearby_points(products: Floats, points: Floats) -> Floats:
    """The points of `principal_path` for products that are a little other ones, much faster.

    By subspace iteration from the known `points` (Golub and Van Loan, 8.2.4), turned onto them as
    far as a rotation can (Schoenemann 1966), so that what is left between the two is error.
    """
    gram = _centred(products)
    basis = points
    for _ in range(_ITERATIONS):
        basis, _ = np.linalg.qr(gram @ basis)
    values, vectors = np.linalg.eigh(basis.T @ gram @ basis)
    found = basis @ (vectors * np.sqrt(np.maximum(values, 0.0)))
    left, _, right = np.linalg.svd(found.T @ points)
    turned: Floats = found @ (left @ right)
    return turned


def _centred(products: Floats) -> Floats:
    """As if the mean of all snapshots were the origin."""
    centred: Floats = (
        products - products.mean(axis=0) - products.mean(axis=1)[:, None] + products.mean()
    )
    return centred
