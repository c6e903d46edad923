"""What every format's reader can do: say where a tensor lies, and read it in bounded blocks."""

from collections.abc import Callable, Iterator
from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from tfinspector.contents.tensors import Region, StoredTensor

BLOCK_NBYTES = 1 << 20


class TensorReader(Protocol):
    """Reads tensors of one file set by key. Thread-safe; holds no open file between calls.

    Every method raises `Unreadable` (key unknown, shard missing or short, bad description).
    """

    def locate(self, key: str) -> StoredTensor:
        """Where the tensor's bytes lie. Reads nothing of the data."""
        ...

    def blocks(self, key: str, block_nbytes: int = BLOCK_NBYTES) -> Iterator[NDArray[Any]]:
        """All elements of a numeric tensor, as flat native-endian arrays of at most
        `block_nbytes`, piece by piece in the order of the file.

        Every element comes exactly once; the array is only valid until the next one is asked for.
        """
        ...

    def read(self, key: str, region: Region | None = None) -> np.ndarray[Any, Any]:
        """The tensor, or the region of it, as an array of its shape; reads only what it must.

        Strings come as an object array of `bytes`, variants as one of `VariantElement`.
        """
        ...

    def verify(self, key: str, tick: Callable[[int], None] | None = None) -> tuple[int, int] | None:
        """None if every stored checksum of the tensor holds, else (stored, computed) of the
        first that does not. `tick` is called with the number of bytes just read.
        """
        ...


@runtime_checkable
class StretchReader(TensorReader, Protocol):
    """A reader of files that hold tensors element by element, so that any stretch can be read."""

    def stretch(
        self, key: str, start: int, stop: int, buffer: NDArray[np.uint8]
    ) -> Iterator[NDArray[Any]]:
        """The elements `[start, stop)` of a numeric tensor, counted in the order of `blocks`.

        Blocks as those of `blocks`; they lie in `buffer`, flat memory of the caller with room for
        one element at least, so that many tensors are read without new memory for each.
        """
        ...
