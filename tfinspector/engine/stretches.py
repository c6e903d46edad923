"""All elements of a variable in whatever order its file has them, for those who only count.

Blocks lie in buffers that are kept: new memory for each tensor would cost more than reading it,
because the system clears every page of it first. They are large, so that threads seldom meet at
Python's lock. A small tensor is read whole, and in its own order (`read_flat`).
"""

from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise
from typing import Any, TypeGuard

import numpy as np
from numpy.typing import NDArray

from tfinspector.contents.variables import Variable
from tfinspector.engine.spans import blocks_of_span, spans_of
from tfinspector.formats.reading import StretchReader, TensorReader

_ROOM_NBYTES = 4 << 20  # from this size on NumPy asks for large pages
_PAGE = 4096
"""Systems copy from their page cache twice as fast to where a page begins."""

_spare: list[NDArray[np.uint8]] = []
"""Buffers for whichever thread comes next (list's append and pop are atomic)."""


def blocks_of(reader: TensorReader, variable: Variable) -> Iterator[NDArray[Any]]:
    """The elements in blocks, each valid until the next one is asked for. Raises `Unreadable`."""
    if _reads_stretches(reader):
        return _stretch(reader, variable, 0, variable.size)
    return reader.blocks(variable.key)


def shares_of(reader: TensorReader, variable: Variable, parts: int) -> list[Iterator[NDArray[Any]]]:
    """As `blocks_of`, but shared out evenly, for so many threads at most that take a share each."""
    if _reads_stretches(reader):
        bounds = [variable.size * part // parts for part in range(parts + 1)]
        return [_stretch(reader, variable, start, stop) for start, stop in pairwise(bounds)]
    return [blocks_of_span(reader, variable, span) for span in spans_of(variable, parts)]


def read_flat(reader: TensorReader, key: str, room: NDArray[Any]) -> None:
    """Fill `room`, of the tensor's size, with its elements as bit patterns in row-major order.

    The quickest way to a small tensor. Raises `Unreadable`.
    """
    if _reads_stretches(reader):
        blocks = reader.stretch(key, 0, len(room), room.view(np.uint8))
        if [len(block) for block in blocks] == [len(room)]:
            return  # one block is the tensor as it lies in its file
    room[:] = reader.read(key).reshape(-1).view(room.dtype)


def _reads_stretches(reader: TensorReader) -> TypeGuard[StretchReader]:
    return _is_stretch_reader(type(reader))


@lru_cache(maxsize=32)
def _is_stretch_reader(kind: type[TensorReader]) -> bool:
    """Asked once for each class of readers: comparing protocols takes longer than a small read."""
    return issubclass(kind, StretchReader)


def _stretch(
    reader: StretchReader, variable: Variable, start: int, stop: int
) -> Iterator[NDArray[Any]]:
    """Borrows a buffer when the first block is asked for."""
    try:
        buffer = _spare.pop()
    except IndexError:
        buffer = _new_buffer()
    try:
        yield from reader.stretch(variable.key, start, stop, buffer)
    finally:
        _spare.append(buffer)


def _new_buffer() -> NDArray[np.uint8]:
    room = np.empty(_ROOM_NBYTES + _PAGE, np.uint8)
    start = -room.ctypes.data % _PAGE
    return room[start : start + _ROOM_NBYTES]
