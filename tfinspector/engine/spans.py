"""A large tensor cut into spans of elements that lie one after the other in its file."""

from collections.abc import Iterator
from itertools import islice, pairwise
from math import ceil, prod
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tfinspector.contents.tensors import Region
from tfinspector.contents.variables import Variable
from tfinspector.formats.reading import BLOCK_NBYTES, TensorReader


class Span(NamedTuple):
    """The regions number `start` to `stop` of those that `regions_of` cuts a tensor into."""

    start: int
    stop: int


def regions_of(shape: tuple[int, ...], most: int) -> Iterator[Region]:
    """Regions of at most `most` elements that follow each other in row-major order.

    Together they are the tensor, each element once; nothing for a tensor without elements.
    """
    if not prod(shape):
        return
    axis, rows = _cut(shape, most)
    whole = tuple(slice(0, size) for size in shape[axis + 1 :])
    for outer in np.ndindex(shape[:axis]):
        fixed = tuple(slice(at, at + 1) for at in outer)
        for start in range(0, shape[axis] if shape else 1, rows):
            here = (slice(start, min(start + rows, shape[axis])),) if shape else ()
            yield (*fixed, *here, *whole)


def spans_of(variable: Variable, parts: int) -> list[Span]:
    """The tensor's regions shared out evenly, in at most `parts` spans."""
    if not variable.size:
        return []
    axis, rows = _cut(variable.shape, _elements_per_block(variable))
    along = ceil(variable.shape[axis] / rows) if variable.shape else 1
    count = prod(variable.shape[:axis]) * along
    parts = min(parts, count)
    bounds = [count * part // parts for part in range(parts + 1)]
    return [Span(a, b) for a, b in pairwise(bounds)]


def blocks_of_span(reader: TensorReader, variable: Variable, span: Span) -> Iterator[NDArray[Any]]:
    """The elements of a span, in blocks. Raises `Unreadable`."""
    regions = regions_of(variable.shape, _elements_per_block(variable))
    for region in islice(regions, span.start, span.stop):
        yield reader.read(variable.key, region)


def _elements_per_block(variable: Variable) -> int:
    return max(1, BLOCK_NBYTES // variable.dtype.itemsize)


def _cut(shape: tuple[int, ...], most: int) -> tuple[int, int]:
    """The axis to cut along, and how many of its rows fit into `most` elements (at least one)."""
    for axis in range(len(shape)):
        row = prod(shape[axis + 1 :])
        if row <= most:
            return axis, max(1, most // row)
    return 0, 1
