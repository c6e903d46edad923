"""Many rows of few kinds: what all rows of a kind say is there once.

A model of 100,000 variables has few shapes. What is worked out, or written, once for a kind takes
no time for its rows.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Generic, TypeVar, overload

import numpy as np
from numpy.typing import NDArray

Kind = TypeVar("Kind")
Integers = NDArray[np.int64]


class Kinds(Sequence[Kind], Generic[Kind]):
    """A sequence of which `samples` has every kind of element, and `of` the kind of each element.

    Reads like the list of the elements. `samples` may hold kinds that no element is of.
    """

    def __init__(self, samples: list[Kind], of: Integers) -> None:
        self.samples = samples
        self.of = of

    @classmethod
    def among(cls, elements: Iterable[Kind]) -> "Kinds[Kind]":
        """The kinds of any elements that can be hashed, in the order in which they appear."""
        known: dict[Kind, int] = {}
        of = [known.setdefault(element, len(known)) for element in elements]
        return cls(list(known), np.array(of, np.int64))

    def __len__(self) -> int:
        return len(self.of)

    @overload
    def __getitem__(self, place: int) -> Kind: ...
    @overload
    def __getitem__(self, place: slice) -> "Kinds[Kind]": ...
    def __getitem__(self, place: int | slice) -> "Kind | Kinds[Kind]":
        if isinstance(place, slice):
            return Kinds(self.samples, self.of[place])
        found: Kind = self.samples[self.of[place]]
        return found

    def __iter__(self) -> Iterator[Kind]:
        return map(self.samples.__getitem__, self.of.tolist())

    def chosen(self, places: Sequence[int] | Integers) -> "Kinds[Kind]":
        """The elements at `places`, in that order."""
        return Kinds(self.samples, self.of[places])

    def put(self, place: int, element: Kind) -> None:
        """Make the element at `place` a kind of its own."""
        self.of[place] = len(self.samples)
        self.samples.append(element)

    def counts(self) -> list[int]:
        """How many elements are of each kind."""
        counts: list[int] = np.bincount(self.of, minlength=len(self.samples)).tolist()
        return counts


def renumbered(codes: NDArray[np.integer[Any]]) -> tuple[Integers, Integers]:
    """The distinct codes, ascending, and for every element the place of its code among them."""
    ordered = np.sort(codes)  # np.unique would import numpy.ma: 11 ms
    distinct = ordered[np.append(np.ones(min(len(ordered), 1), bool), ordered[1:] != ordered[:-1])]
    return distinct, np.searchsorted(distinct, codes)
