"""Many byte strings as places in one buffer: most are looked at together, few one by one."""

from collections.abc import Iterator, Sequence
from operator import lt
from typing import overload

import numpy as np

from tfinspector.formats.texts import Texts
from tfinspector.formats.varints import Integers

GAP = b"\0"
"""What stands between keys that are packed to be read as text: no usual key holds it."""


class Packed(Sequence[bytes]):
    """The strings `data[starts[i]:stops[i]]`; each is cut out when it is asked for.

    `gap` is what stands between neighbours in `data`. `shared` says of how many first bytes it is
    known that a string has them in common with the one before.
    """

    def __init__(
        self,
        data: bytes,
        starts: Integers,
        stops: Integers,
        gap: bytes = b"",
        shared: Integers | None = None,
    ) -> None:
        self.data = data
        self.starts = starts
        self.stops = stops
        self.gap = gap
        self._shared = np.zeros(len(starts), np.int64) if shared is None else shared

    @classmethod
    def of(cls, strings: Sequence[bytes], gap: bytes = b"") -> "Packed":
        """The same strings, packed."""
        if isinstance(strings, Packed):
            return strings
        lengths = np.fromiter(map(len, strings), np.int64, len(strings))
        ends = np.cumsum(lengths + len(gap))
        starts = ends - lengths - len(gap)
        return cls(gap.join([*strings, b""]), starts, starts + lengths, gap)

    def __len__(self) -> int:
        return len(self.starts)

    @overload
    def __getitem__(self, place: int) -> bytes: ...
    @overload
    def __getitem__(self, place: slice) -> "Packed": ...
    def __getitem__(self, place: int | slice) -> "bytes | Packed":
        if isinstance(place, slice):
            gap, shared = (
                (self.gap, self._shared[place]) if place.step in (None, 1) else (b"", None)
            )
            return Packed(self.data, self.starts[place], self.stops[place], gap, shared)
        return self.data[self.starts[place] : self.stops[place]]

    def __iter__(self) -> Iterator[bytes]:
        data = self.data
        spans = zip(self.starts.tolist(), self.stops.tolist(), strict=True)
        return (data[start:stop] for start, stop in spans)

    def texts(self) -> Sequence[str] | None:
        """All of them as texts; None where one is not UTF-8, or holds what is between.

        Those that are ASCII, as names mostly are, are decoded when they are asked for.
        """
        if not self.gap:
            return Packed.of(list(self), GAP).texts()
        if not len(self):
            return ()
        first, last = int(self.starts[0]), int(self.stops[-1])
        if self.data.count(self.gap, first, last) != len(self) - 1:
            return None
        if self.data.isascii():
            return Texts(self.data, self.starts, self.stops, self.gap)
        try:
            return self.data[first:last].decode().split(self.gap.decode())
        except UnicodeDecodeError:
            return None

    def is_ascending(self) -> bool:
        """Whether each is greater than the one before; one byte of each tells it mostly."""
        if not self.gap or len(self) < 2:
            return all(map(lt, self, self[1:]))
        octets, shared = np.frombuffer(self.data, np.uint8), self._shared[1:]
        before, after = octets[self.starts[:-1] + shared], octets[self.starts[1:] + shared]
        if (after < before).any():
            return False
        data, alike = self.data, np.flatnonzero(after == before)
        places = np.stack((alike, alike + 1), 1)
        pairs = np.dstack((self.starts[places], self.stops[places])).tolist()
        return all(data[a:b] < data[c:d] for (a, b), (c, d) in pairs)

    def chosen(self, places: Sequence[int]) -> "Packed":
        """Those at `places`, in that order."""
        return Packed(self.data, self.starts[places], self.stops[places])
