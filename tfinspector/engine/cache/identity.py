"""Names for the bytes of a tensor as they lie in their files now.

The name is made from the file (path, size, time of the last change, inode), the place in it and
the checksum that the index has of it: whoever finds figures under it need not read the bytes.
"""

import os
import time
from collections.abc import Iterable
from hashlib import blake2b

from tfinspector import __version__
from tfinspector.contents.findings import Unreadable
from tfinspector.contents.tensors import StoredTensor
from tfinspector.formats.places.files import is_remote
from tfinspector.formats.reading import TensorReader

_FIGURES = 1  # raised when figures of the same bytes come out differently
_SETTLED_NS = 2_000_000_000  # the coarsest clock of a file system that is in use

FileStamp = tuple[int, int, int]


class Identities:
    """The identities of tensors of one reader; each file is looked at once."""

    def __init__(self, reader: TensorReader) -> None:
        self._reader = reader
        self._stamps: dict[str, FileStamp | None] = {}

    def of(self, key: str) -> bytes | None:
        """The tensor's identity; None where there is none that could be relied on."""
        try:
            tensor = self._reader.locate(key)
        except Unreadable:
            return None
        if tensor.problem or not tensor.pieces or any(piece.problem for piece in tensor.pieces):
            return None
        stamps = [self._stamp(piece.file) for piece in tensor.pieces]
        if None in stamps or not self._is_settled(tensor):
            return None
        about = (
            _FIGURES, __version__, key, tensor.dtype.name, tensor.shape, tensor.big_endian,
            [tuple(piece) for piece in tensor.pieces], stamps,
        )  # fmt: skip
        return blake2b(repr(about).encode("utf-8", "surrogateescape"), digest_size=20).digest()

    def still_hold(self) -> bool:
        """Whether all files are as they were when they were first looked at."""
        return all(_stamp_of(path) == stamp for path, stamp in self._stamps.items())

    def _is_settled(self, tensor: StoredTensor) -> bool:
        """Without a checksum, a file that changes twice in one tick of its clock looks the same."""
        if all(piece.checksum is not None for piece in tensor.pieces):
            return True
        limit = time.time_ns() - _SETTLED_NS
        stamps = [self._stamp(piece.file) for piece in tensor.pieces]
        return all(stamp is not None and stamp[1] < limit for stamp in stamps)

    def _stamp(self, path: str) -> FileStamp | None:
        if path not in self._stamps:
            self._stamps[path] = _stamp_of(path)
        return self._stamps[path]


def combined(kind: str, parts: Iterable[object]) -> bytes:
    """The name of a result of several tensors, from their identities and what was asked."""
    return blake2b(repr((kind, *parts)).encode(), digest_size=20).digest()


def _stamp_of(path: str) -> FileStamp | None:
    """(size, time, inode); None where the file is elsewhere or gone."""
    if is_remote(path):
        return None
    try:
        status = os.stat(path)
    except OSError:
        return None
    return status.st_size, status.st_mtime_ns, status.st_ino
