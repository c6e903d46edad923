"""Singular values of a matrix that is read in panels of rows, never whole where it is large.

The matrix has at least as many rows as columns (the transpose has the same singular values).
Small ones are decomposed as they are; narrow ones by their Gram matrix, which is summed up panel
by panel; of large ones the leading values are found by a block Krylov method (Musco and Musco,
"Randomized Block Krylov Methods", 2015; Rayleigh and Ritz on the Gram matrix). Each states how
far a value may be off: a bound from the residual, or from rounding.
"""

from collections.abc import Callable, Iterator
from math import sqrt
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tfinspector.contents.spectra import Method, Spectrum

Matrix = NDArray[Any]
Panels = Callable[[], Iterator[Matrix]]
"""Reads the matrix once more: panels of its rows, in any real or complex type."""

SMALL_WORK = 1 << 31  # rows x columns x columns: about a second
SMALL_SIZE = 1 << 24
NARROW = 2048
LEADING = 128
_BLOCK = 64
_MOST_PASSES = 6
_CLOSE = 1e-4  # of the greatest value: no further reading
_TOLERABLE = 1e-2  # of the greatest value: what is vaguer is left out
_SEED = 20070827  # the same file gives the same figures every time
_EPSILON = float(np.finfo(np.float64).eps)


class NotFiniteError(ValueError):
    """The matrix holds NaN or infinity, so it has no singular values."""


class _Values(NamedTuple):
    values: NDArray[np.float64]
    error: float
    frobenius: float


def method_for(rows: int, columns: int) -> Method:
    """How a matrix of that many rows and, at most as many, columns is taken apart."""
    if rows * columns * columns <= SMALL_WORK and rows * columns <= SMALL_SIZE:
        return Method.FULL
    return Method.GRAM if columns <= NARROW else Method.RANDOMIZED


def find_spectrum(
    axes: tuple[int, ...],
    rows: int,
    columns: int,
    panels: Panels,
    method: Method | None = None,
) -> Spectrum:
    """The spectrum of the variable of shape `axes` that `panels` read as `rows` x `columns`.

    `rows` >= `columns` >= 1. `method` overrules the choice by size. Raises `NotFiniteError`.
    """
    method = method or method_for(rows, columns)
    find = {Method.FULL: _full, Method.GRAM: _gram, Method.RANDOMIZED: _randomized}[method]
    found = find(rows, columns, panels)
    values = found.values
    is_zero = found.frobenius == 0
    is_whole = len(values) == columns
    least = float(values[-1]) if is_whole else float(values[-1]) + found.error
    is_bound = not is_whole or least <= found.error
    if is_whole and is_bound:
        least += found.error
    return Spectrum(
        axes, rows, columns, values, method, found.error, found.frobenius,
        None if is_zero else (found.frobenius / float(values[0])) ** 2,
        None if is_zero else float(values[0]) / least,
        is_bound and not is_zero,
        None if is_zero or not is_whole else effective_rank(values),
    )  # fmt: skip


def effective_rank(values: NDArray[np.float64]) -> float:
    """exp of the entropy of the values as shares of their sum.

    Roy and Vetterli, "The effective rank: a measure of effective dimensionality", 2007.
    """
    shares = values[values > 0] / values.sum()
    return float(np.exp(-(shares * np.log(shares)).sum()))


def _widened(panel: Matrix) -> Matrix:
    """In double precision, all of it finite."""
    wide = panel.astype(np.complex128 if np.iscomplexobj(panel) else np.float64)
    if not np.isfinite(wide).all():
        raise NotFiniteError
    return wide


def _full(rows: int, columns: int, panels: Panels) -> _Values:
    """LAPACK's SVD; it is backward stable: off by a small multiple of epsilon times the norm."""
    matrix = np.concatenate([_widened(panel) for panel in panels()])
    values = np.linalg.svd(matrix, compute_uv=False)
    return _Values(values, max(rows, columns) * _EPSILON * float(values[0]), _norm(values))


def _gram(rows: int, columns: int, panels: Panels) -> _Values:
    """Roots of the eigenvalues of the Gram matrix.

    Rounding moves an eigenvalue by at most `slack`, so a value by the root of that at most: much
    for values near zero, next to nothing for large ones.
    """
    gram: Matrix = np.zeros((columns, columns))
    longest = number = 0
    for panel in panels():
        wide = _widened(panel)
        gram = gram + wide.conj().T @ wide
        longest, number = max(longest, len(wide)), number + 1
    squares = np.linalg.eigvalsh(gram)[::-1]
    trace = float(np.trace(gram).real)
    slack = (longest + number + columns) * _EPSILON * trace
    return _Values(np.sqrt(np.maximum(squares, 0.0)), sqrt(slack), sqrt(trace))


def _randomized(rows: int, columns: int, panels: Panels) -> _Values:
    """Ritz values of the Gram matrix in a Krylov space that grows by a block with each reading.

    An eigenvalue lies within the residual's norm of each Ritz value (for a symmetric matrix), so
    a singular value lies within that norm over the value.
    """
    generator = np.random.default_rng(_SEED)
    block: Matrix = generator.standard_normal((columns, min(_BLOCK, columns)))
    basis: Matrix = np.empty((columns, 0))
    images: Matrix = np.empty((columns, 0))
    wanted = min(LEADING, columns)
    values = errors = np.empty(0)
    trace = 0.0
    for number in range(1, _MOST_PASSES + 1):
        block = _orthonormal(block, basis)
        if not block.shape[1]:
            break
        image, trace = _times_gram(panels, block)
        basis, images = np.hstack([basis, block]), np.hstack([images, image])
        values, errors = _ritz(basis, images, wanted)
        is_close = len(values) == wanted and errors.max() <= _CLOSE * values[0]
        if number * _BLOCK >= wanted and is_close:
            break
        block = image
    vague = np.flatnonzero(errors > _TOLERABLE * values[0])
    kept = max(1, int(vague[0])) if len(vague) else len(values)
    rounding = max(rows, columns) * _EPSILON * sqrt(trace)
    return _Values(values[:kept], max(float(errors[:kept].max()), rounding), sqrt(trace))


def _times_gram(panels: Panels, block: Matrix) -> tuple[Matrix, float]:
    """The Gram matrix times a block, and the trace of the Gram matrix, in one reading."""
    image: Matrix = np.zeros(block.shape)
    trace = 0.0
    for panel in panels():
        wide = _widened(panel)
        image = image + wide.conj().T @ (wide @ block)
        trace += float(np.vdot(wide, wide).real)
    return image, trace


def _ritz(basis: Matrix, images: Matrix, wanted: int) -> tuple[NDArray[Any], NDArray[Any]]:
    """The leading values, and how far each may be from a singular value."""
    small = basis.conj().T @ images
    squares, vectors = np.linalg.eigh((small + small.conj().T) / 2)
    squares, vectors = squares[::-1][:wanted], vectors[:, ::-1][:, :wanted]
    residual = np.linalg.norm(images @ vectors - (basis @ vectors) * squares, axis=0)
    values = np.sqrt(np.maximum(squares, 0.0))
    return values, residual / np.maximum(values, np.sqrt(residual) + np.finfo(np.float64).tiny)


def _orthonormal(block: Matrix, basis: Matrix) -> Matrix:
    """The block's columns, orthogonal to the basis; what depends on it is left out."""
    scale = float(np.linalg.norm(block))
    for _ in range(2):  # once more: rounding leaves a trace of the basis
        block = block - basis @ (basis.conj().T @ block)
    orthonormal, triangle = np.linalg.qr(block)
    is_new = np.abs(np.diag(triangle)) > 1e-12 * scale
    made: Matrix = orthonormal[:, is_new]
    return made


def _norm(values: NDArray[np.float64]) -> float:
    return float(np.linalg.norm(values))
