"""One data file, open for the time of one call, that notices when it is not the same any more.

Reads go into buffers of the caller (no copies), never through a memory map: another program
that cuts off a mapped file kills this process. Shared by nobody, so seeking is safe in threads.
"""

import os
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from tfinspector.formats import faults
from tfinspector.formats.bundle_index import Stamp


class DataFile:
    """Context manager. Every method raises `Unreadable` if the file vanished, shrank or changed."""

    def __init__(self, path: str, stamp: Stamp | None) -> None:
        self.path = path
        self._stamp = stamp
        try:
            self._file = open(path, "rb", buffering=0)  # noqa: SIM115 - closed by __exit__
        except OSError as error:
            raise faults.cannot_open(path, error) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def read_into(self, target: NDArray[Any], offset: int) -> None:
        """Fills a C-contiguous array with the bytes at `offset`."""
        rest = target.reshape(-1).view(np.uint8).data
        end = offset + len(rest)
        self._check(end)
        try:
            self._file.seek(offset)
            while len(rest):
                count = self._file.readinto(rest)
                if not count:
                    raise faults.cut_off(self.path, end, end - len(rest))
                rest = rest[count:]
        except OSError as error:
            raise faults.cannot_open(self.path, error) from error

    def read(self, offset: int, nbytes: int) -> bytes:
        """The bytes at `offset`, as a copy of their own."""
        target = np.empty(nbytes, np.uint8)
        self.read_into(target, offset)
        return target.tobytes()

    def _check(self, end: int) -> None:
        """Before each read, so that what comes out belongs to the index that was read."""
        status = os.fstat(self._file.fileno())
        if end > status.st_size:
            raise faults.cut_off(self.path, end, status.st_size)
        if (status.st_size, status.st_mtime_ns) != self._stamp:
            raise faults.replaced(self.path)
