"""Many short texts of one buffer at once."""

from collections.abc import Iterator, Sequence
from functools import cached_property
from operator import add
from typing import overload

import numpy as np

from tfinspector.formats.varints import Integers, Octets
from tfinspector.formats.words import runs_at

_AT_ONCE = 16_384  # texts, so that their bytes stay in the processor's cache
_LONGEST = 512  # bytes


class Texts(Sequence[str]):
    """The texts `data[begins[i]:ends[i]]`. Reads like a tuple of them.

    All are decoded when all are asked for: a listing that shows none of them makes none. `gap` is
    the byte that stands between neighbours in `data` and in no text, if there is one.
    """

    def __init__(self, data: bytes, begins: Integers, ends: Integers, gap: bytes = b"") -> None:
        self.data = data
        self.begins = begins
        self.ends = ends
        self._gap = gap

    @cached_property
    def all(self) -> list[str]:
        """Every text."""
        texts: list[str] = []
        for first in range(0, len(self), _AT_ONCE):  # between portions other threads may run
            texts += self._some(slice(first, first + _AT_ONCE))
        return texts

    def without(self, place: int) -> "Texts":
        """All but one, of which nothing is decoded."""
        if place == 0:
            return Texts(self.data, self.begins[1:], self.ends[1:], self._gap)
        return Texts(self.data, np.delete(self.begins, place), np.delete(self.ends, place))

    def __len__(self) -> int:
        return len(self.begins)

    @overload
    def __getitem__(self, place: int) -> str: ...
    @overload
    def __getitem__(self, place: slice) -> list[str]: ...
    def __getitem__(self, place: int | slice) -> str | list[str]:
        if "all" in self.__dict__:
            return self.all[place]
        if isinstance(place, slice):
            return self._some(place)
        return self.data[self.begins[place] : self.ends[place]].decode("utf-8", "replace")

    def _some(self, places: slice) -> list[str]:
        begins, ends = self.begins[places], self.ends[places]
        if not self._gap or not len(begins) or places.step not in (None, 1):
            return texts_of(self.data, begins, ends)
        return self.data[begins[0] : ends[-1]].decode("utf-8", "replace").split(self._gap.decode())

    def __iter__(self) -> Iterator[str]:
        return iter(self.all)

    def __contains__(self, text: object) -> bool:
        """Whether it is one of them: a look at the bytes, where something stands between them."""
        if not (isinstance(text, str) and text.isascii() and self._gap and len(self)):
            return text in self.all
        if self._gap.decode() in text:
            return False
        first, last = int(self.begins[0]), int(self.ends[-1]) + len(self._gap)
        sought = text.encode() + self._gap
        if self.data.startswith(sought, first):
            return True
        return self.data.find(self._gap + sought, first, last) >= 0

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Texts):
            return self.all == other.all
        return tuple(self.all) == other if isinstance(other, tuple) else NotImplemented

    def __hash__(self) -> int:
        return hash(tuple(self.all))


class Joined(Sequence[str]):
    """Texts of a beginning and an end each, put together when they are asked for."""

    def __init__(
        self, begins: Sequence[str], begin_of: Integers, ends: Sequence[str], end_of: Integers
    ) -> None:
        self._begins, self._begin_of = begins, begin_of
        self._ends, self._end_of = ends, end_of

    def __len__(self) -> int:
        return len(self._begin_of)

    @overload
    def __getitem__(self, place: int) -> str: ...
    @overload
    def __getitem__(self, place: slice) -> list[str]: ...
    def __getitem__(self, place: int | slice) -> str | list[str]:
        if isinstance(place, int):
            return self._begins[int(self._begin_of[place])] + self._ends[int(self._end_of[place])]
        begins, ends = self._begin_of[place], self._end_of[place]
        texts: list[str] = []
        for first in range(0, len(begins), _AT_ONCE):  # between portions other threads may run
            part = slice(first, first + _AT_ONCE)
            some = map(self._begins.__getitem__, begins[part].tolist())
            texts += map(add, some, map(self._ends.__getitem__, ends[part].tolist()))
        return texts

    def __iter__(self) -> Iterator[str]:
        return iter(self[:])


def texts_of(data: bytes, begins: Integers, ends: Integers) -> list[str]:
    """The texts between these places of `data`; what is not UTF-8 is replaced."""
    if not len(begins):
        return []
    ends = np.minimum(np.maximum(begins, ends), len(data))
    begins = np.minimum(begins, ends)
    lengths = ends - begins
    texts: list[str] = []
    if int(lengths.max()) <= _LONGEST:
        for first in range(0, len(begins), _AT_ONCE):
            part = slice(first, first + _AT_ONCE)
            joined = _with_zeros(data, begins[part], lengths[part])
            texts += joined[:-1].decode("utf-8", "replace").split("\0")
        if len(texts) == len(begins):
            return texts
    pairs = zip(begins.tolist(), ends.tolist(), strict=True)
    return [data[begin:end].decode("utf-8", "replace") for begin, end in pairs]


def _with_zeros(data: bytes, begins: Integers, lengths: Integers) -> bytes:
    """The bytes at these places, each string followed by a zero."""
    octets = np.frombuffer(data, np.uint8)
    return closed(runs_at(octets, begins, int(lengths.max()) + 1), lengths)


def closed(rows: Octets, lengths: Integers) -> bytes:
    """The first bytes of each row, as many as `lengths` says, and a zero."""
    rows[np.arange(len(rows)), lengths] = 0
    narrow = np.min_scalar_type(rows.shape[1])
    return rows[np.arange(rows.shape[1], dtype=narrow) <= lengths.astype(narrow)[:, None]].tobytes()
