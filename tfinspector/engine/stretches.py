"""All elements of a variable in whatever order its file has them, for those who only count.

Blocks lie in one buffer for each thread: new memory for each tensor would cost more than reading
it, because the system clears every page of it first.
"""

import threading
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise
from typing import Any, TypeGuard

import numpy as np
from numpy.typing import NDArray

from tfinspector.contents.variables import Variable
from tfinspector.engine.spans import blocks_of_span, spans_of
from tfinspector.formats.reading import BLOCK_NBYTES, StretchReader, TensorReader


_PAGE = 4096
"""Systems copy from their page cache twice as fast to where a page begins."""


class _Room(threading.local):
    """A thread's buffer. Who takes blocks in it takes those of one tensor at a time."""

    def __init__(self) -> None:
        room = np.empty(BLOCK_NBYTES + _PAGE, np.uint8)
        start = -room.ctypes.data % _PAGE
        self.buffer = room[start : start + BLOCK_NBYTES]


_room = _Room()


def blocks_of(reader: TensorReader, variable: Variable) -> Iterator[NDArray[Any]]:
    """The elements in blocks, each valid until the next one, or any other variable's, is taken.

    Raises `Unreadable`.
    """
    if _reads_stretches(reader):
        return _stretch(reader, variable, 0, variable.size)
    return reader.blocks(variable.key)


def shares_of(reader: TensorReader, variable: Variable, parts: int) -> list[Iterator[NDArray[Any]]]:
    """As `blocks_of`, but shared out evenly, for so many threads at most that take a share each.

    A share's blocks lie in the buffer of the thread that takes them.
    """
    if _reads_stretches(reader):
        bounds = [variable.size * part // parts for part in range(parts + 1)]
        return [_stretch(reader, variable, start, stop) for start, stop in pairwise(bounds)]
    return [blocks_of_span(reader, variable, span) for span in spans_of(variable, parts)]


def _reads_stretches(reader: TensorReader) -> TypeGuard[StretchReader]:
    return _is_stretch_reader(type(reader))


@lru_cache(maxsize=32)
def _is_stretch_reader(kind: type[TensorReader]) -> bool:
    """Asked once for each class of readers: comparing protocols takes longer than a small read."""
    return issubclass(kind, StretchReader)


def _stretch(
    reader: StretchReader, variable: Variable, start: int, stop: int
) -> Iterator[NDArray[Any]]:
    """Begins, and finds its thread's buffer, when the first block is asked for."""
    yield from reader.stretch(variable.key, start, stop, _room.buffer)
