"""Many byte strings as places in one buffer: most are looked at together, few one by one."""

from collections.abc import Iterator, Sequence
from typing import overload

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.int64]

GAP = b"\0"
"""What stands between keys that are packed to be read as text: no usual key holds it."""


class Packed(Sequence[bytes]):
    """The strings `data[starts[i]:stops[i]]`; each is cut out when it is asked for.

    `gap` is what stands between neighbours in `data`.
    """

    def __init__(self, data: bytes, starts: Integers, stops: Integers, gap: bytes = b"") -> None:
        self.data = data
        self.starts = starts
        self.stops = stops
        self.gap = gap

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
            gap = self.gap if place.step in (None, 1) else b""
            return Packed(self.data, self.starts[place], self.stops[place], gap)
        return self.data[self.starts[place] : self.stops[place]]

    def __iter__(self) -> Iterator[bytes]:
        data = self.data
        spans = zip(self.starts.tolist(), self.stops.tolist(), strict=True)
        return (data[start:stop] for start, stop in spans)

    def texts(self) -> list[str] | None:
        """All of them decoded at once; None where one is not UTF-8, or holds what is between."""
        if not len(self):
            return []
        between = self.gap or GAP
        whole = self.data[self.starts[0] : self.stops[-1]] if self.gap else between.join(self)
        try:
            texts = whole.decode().split(between.decode())
        except UnicodeDecodeError:
            return None
        return texts if len(texts) == len(self) else None

    def chosen(self, places: Sequence[int]) -> "Packed":
        """Those at `places`, in that order."""
        return Packed(self.data, self.starts[places], self.stops[places])
