"""Many short texts of one buffer at once."""

from collections.abc import Iterator, Sequence
from typing import overload

import numpy as np
from numpy.lib.stride_tricks import as_strided

from tfinspector.formats.varints import Integers, Octets

_AT_ONCE = 16_384  # texts, so that their bytes stay in the processor's cache
_LONGEST = 512  # bytes


class Texts(Sequence[str]):
    """The texts `data[begins[i]:ends[i]]`; each is decoded when it is asked for."""

    def __init__(self, data: bytes, begins: Integers, ends: Integers) -> None:
        self._data = data
        self._begins = begins
        self._ends = ends

    def __len__(self) -> int:
        return len(self._begins)

    @overload
    def __getitem__(self, place: int) -> str: ...
    @overload
    def __getitem__(self, place: slice) -> list[str]: ...
    def __getitem__(self, place: int | slice) -> str | list[str]:
        if isinstance(place, slice):
            return texts_of(self._data, self._begins[place], self._ends[place])
        return self._data[self._begins[place] : self._ends[place]].decode("utf-8", "replace")

    def __iter__(self) -> Iterator[str]:
        return iter(self[:])


def texts_of(data: bytes, begins: Integers, ends: Integers) -> list[str]:
    """The texts between these places of `data`; what is not UTF-8 is replaced."""
    if not len(begins):
        return []
    ends = np.minimum(np.maximum(begins, ends), len(data))
    begins = np.minimum(begins, ends)
    lengths = ends - begins
    if int(lengths.max()) <= _LONGEST:
        parts = [slice(part, part + _AT_ONCE) for part in range(0, len(begins), _AT_ONCE)]
        joined = b"".join([_with_zeros(data, begins[part], lengths[part]) for part in parts])
        texts = joined[:-1].decode("utf-8", "replace").split("\0")
        if len(texts) == len(begins):
            return texts
    pairs = zip(begins.tolist(), ends.tolist(), strict=True)
    return [data[begin:end].decode("utf-8", "replace") for begin, end in pairs]


def _with_zeros(data: bytes, begins: Integers, lengths: Integers) -> bytes:
    """The bytes at these places, each string followed by a zero."""
    octets = np.frombuffer(data, np.uint8)
    width = int(lengths.max()) + 1
    first = int(begins.min())
    if int(begins.max()) + width > len(data):
        octets = np.frombuffer(data[first:] + bytes(width), np.uint8)
        begins = begins - first
    at_every_byte = as_strided(octets, (len(octets) - width + 1, width), (1, 1))
    return closed(at_every_byte[begins], lengths)


def closed(rows: Octets, lengths: Integers) -> bytes:
    """The first bytes of each row, as many as `lengths` says, and a zero."""
    rows[np.arange(len(rows)), lengths] = 0
    return bytes(rows[np.arange(rows.shape[1]) <= lengths[:, None]])
