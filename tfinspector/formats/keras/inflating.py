"""Random access into a deflated member of a zip archive, without unpacking it to disk or memory.

While the member is read forward, the state of the decompressor is kept every few megabytes, so
that going back starts from the nearest of them (some 40 KiB each) and not from the beginning.
"""

import threading
import zlib
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tfinspector.formats import faults
from tfinspector.formats.bundles.bundle_index import Stamp
from tfinspector.formats.bundles.data_file import DataFile

_INPUT_NBYTES = 1 << 16
_LEAST_BETWEEN = 4 << 20
_MOST_STATES = 256


class _State(NamedTuple):
    """A decompressor that has given `out` bytes from `into` bytes."""

    out: int
    into: int
    stream: Any  # zlib's own type has no name


class Inflated:
    """One deflated member: where its packed bytes lie, and the states kept so far.

    Thread-safe: a state is only ever copied.
    """

    def __init__(self, offset: int, packed: int, nbytes: int) -> None:
        self.offset = offset
        self.packed = packed
        self.nbytes = nbytes
        self.between = max(_LEAST_BETWEEN, nbytes // _MOST_STATES)
        self._states = [_State(0, 0, zlib.decompressobj(-zlib.MAX_WBITS))]
        self._lock = threading.Lock()

    def state_before(self, position: int) -> _State:
        """The last state kept at or before a position, as a copy of the caller's own."""
        with self._lock:
            kept = next(one for one in reversed(self._states) if one.out <= position)
            return _State(kept.out, kept.into, kept.stream.copy())

    def keep(self, out: int, into: int, stream: Any) -> None:
        """Keep this state, if it is far enough behind the last."""
        with self._lock:
            if out >= self._states[-1].out + self.between:
                self._states.append(_State(out, into, stream.copy()))


class InflatedFile(DataFile):
    """As a `DataFile` of the unpacked bytes; goes on from where the last read ended if it can."""

    def __init__(self, path: str, stamp: Stamp, member: Inflated) -> None:
        super().__init__(path, stamp)
        self._member = member
        self._at: _State | None = None
        self._left = b""  # unpacked already, from `_at.out` on

    def read_into(self, target: NDArray[Any], offset: int) -> None:
        """Fills a C-contiguous array with the unpacked bytes at `offset`."""
        rest = memoryview(target.reshape(-1).view(np.uint8).data)
        if offset + len(rest) > self._member.nbytes:
            raise faults.cut_off(self.path, offset + len(rest), self._member.nbytes)
        at = self._at
        if at is None or offset < at.out or offset > at.out + self._member.between:
            nearer = self._member.state_before(offset)
            if at is None or offset < at.out or nearer.out > at.out + len(self._left):
                at, self._left = nearer, b""
        self._at = at
        self._skip(offset - at.out)
        while len(rest):
            data = self._take(len(rest))
            rest[: len(data)] = data
            rest = rest[len(data) :]

    def _skip(self, nbytes: int) -> None:
        while nbytes > 0:
            nbytes -= len(self._take(nbytes))

    def _take(self, most: int) -> bytes:
        """The next unpacked bytes, at most so many and at least one."""
        assert self._at is not None
        while not self._left:
            self._left = self._unpack_more()
        data, self._left = self._left[:most], self._left[most:]
        self._at = self._at._replace(out=self._at.out + len(data))
        return data

    def _unpack_more(self) -> bytes:
        assert self._at is not None
        out, into, stream = self._at
        tail: bytes = stream.unconsumed_tail
        packed = tail
        if not packed:
            self._member.keep(out, into, stream)
            count = min(_INPUT_NBYTES, self._member.packed - into)
            packed = _packed_bytes(self, self._member.offset + into, count) if count > 0 else b""
            into += len(packed)
        try:
            data: bytes = stream.decompress(packed, 1 << 20)
        except zlib.error as error:
            raise faults.damaged_index(self.path, self._member.nbytes, str(error)) from error
        if not data and not packed:
            raise faults.cut_off(self.path, self._member.nbytes, out)
        self._at = _State(out, into, stream)
        return data


def _packed_bytes(file: DataFile, offset: int, nbytes: int) -> bytes:
    """The packed bytes as they lie in the archive."""
    target = np.empty(nbytes, np.uint8)
    DataFile.read_into(file, target, offset)
    return target.tobytes()
