"""One data file, open for the time of one call, that notices when it is not the same any more.

Reads go into buffers of the caller (no copies), never through a memory map: another program
that cuts off a mapped file kills this process. Shared by nobody, so seeking is safe in threads.
"""

from io import BytesIO
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import NDArray

from tfinspector.contents.findings import Unreadable
from tfinspector.formats import faults
from tfinspector.formats.bundles.bundle_index import Stamp
from tfinspector.formats.places.files import open_file, status_of

if TYPE_CHECKING:
    from tfinspector.formats.places.files import OpenFile


class DataFile:
    """Context manager; opened by the first read, so that empty tensors need no file.

    Every read raises `Unreadable` if the file vanished, shrank or is another one by now.
    """

    def __init__(self, path: str, stamp: Stamp | None) -> None:
        self.path = path
        self._stamp = stamp
        self._opened: OpenFile | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._opened:
            self._opened.close()

    @property
    def _file(self) -> "OpenFile":
        if self._opened is None:
            if self._stamp is not None and self._stamp.fault is not None:
                raise Unreadable(self._stamp.fault)
            try:
                self._opened = open_file(self.path)
            except OSError as error:
                raise faults.cannot_open(self.path, error) from error
        return self._opened

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
        target = BytesIO(bytes(nbytes))  # gives its bytes away without another copy
        self.read_into(np.asarray(target.getbuffer()), offset)
        return target.getvalue()

    def _check(self, end: int) -> None:
        """Before each read, so that what comes out belongs to the index that was read."""
        status = status_of(self._file)
        if end > status.st_size:
            raise faults.cut_off(self.path, end, status.st_size)
        if self._stamp is None or (status.st_size, status.st_mtime_ns) != self._stamp[:2]:
            raise faults.replaced(self.path)
