"""Where each of many texts stands among many others, without decoding either.

An object graph names 100,000 keys that an index holds in another order. To make as many strings
twice, and a dictionary of them, takes 60 ms; here the bytes of both sides are compared as numbers.
A *fingerprint* leads to a candidate, and all of its bytes decide.
"""

from collections.abc import Sequence
from itertools import repeat

import numpy as np

from tfinspector.formats.texts import Texts
from tfinspector.formats.varints import Integers
from tfinspector.formats.words import WORD_NBYTES, Words, mixed, runs_at

_FEW = 64
_WIDEST = 248  # bytes, so that a length fits into one
_AT_ONCE = 4096  # texts, so that their bytes stay in the processor's cache
_LOOKS = 4  # into a table, each by other bits of the fingerprint; the first finds four of five
_SLOTS = 2  # of the table, at least, for each text
_NOWHERE = -1


def places_among(there: Sequence[str], sought: Sequence[str]) -> Integers:
    """For each text of `sought` its place in `there`, whose texts differ; -1 where it is not."""
    if isinstance(there, Texts) and isinstance(sought, Texts) and len(there) > _FEW:
        width = max(_width(there), _width(sought))
        if width <= _WIDEST:
            return _by_bytes(_Rows(there, width), _Rows(sought, width))
    return _by_text(there, sought)


def _by_text(there: Sequence[str], sought: Sequence[str]) -> Integers:
    place_of = dict(zip(there, range(len(there)), strict=True))
    return np.fromiter(map(place_of.get, sought, repeat(_NOWHERE)), np.int64, len(sought))


def _width(texts: Texts) -> int:
    """Bytes of the longest text and one more, in whole words."""
    longest = int((texts.ends - texts.begins).max(initial=0))
    return (longest + WORD_NBYTES) // WORD_NBYTES * WORD_NBYTES


class _Rows:
    """The bytes of texts in rows of one width: zeros behind them, the length in the last byte."""

    def __init__(self, texts: Texts, width: int) -> None:
        self.texts = texts
        count = len(texts)
        self.words: Words = np.empty((count, width // WORD_NBYTES), np.uint64)
        self.fingerprints: Words = np.empty(count, np.uint64)
        lengths = np.maximum(texts.ends - texts.begins, 0).astype(np.uint8)
        octets = np.frombuffer(texts.data, np.uint8)
        column = np.arange(width, dtype=np.uint8)
        for first in range(0, count, _AT_ONCE):
            part = slice(first, first + _AT_ONCE)
            rows = runs_at(octets, texts.begins[part], width)
            rows *= column < lengths[part, None]
            rows[:, -1] = lengths[part]
            self.words[part] = rows.view("<u8")
            self.fingerprints[part] = mixed(self.words[part].T, len(rows))

    def some(self, places: Integers) -> Texts:
        """The texts at these places."""
        return Texts(self.texts.data, self.texts.begins[places], self.texts.ends[places])


def _by_bytes(there: _Rows, sought: _Rows) -> Integers:
    """Rows that share a slot of the table wait for the next look, where it is another one."""
    places = np.full(len(sought.words), _NOWHERE)
    table = np.empty(1 << (_SLOTS * len(there.words)).bit_length(), np.int64)
    waiting, seeking = np.arange(len(there.words)), np.arange(len(sought.words))
    for look in range(_LOOKS):
        slots = _slots(there, waiting, look, len(table))
        table.fill(_NOWHERE)
        table[slots] = waiting
        found = table[_slots(sought, seeking, look, len(table))]
        met = np.flatnonzero(found >= 0)
        met = met[_are_alike(there, found[met], sought, seeking[met])]
        places[seeking[met]] = found[met]
        waiting, seeking = waiting[table[slots] != waiting], np.delete(seeking, met)
    if len(waiting) and len(seeking):
        found = _by_text(there.some(waiting), sought.some(seeking))
        places[seeking] = np.where(found >= 0, waiting[found], _NOWHERE)
    return places


def _slots(rows: _Rows, places: Integers, look: int, count: int) -> Integers:
    bits = rows.fingerprints[places] >> np.uint64(look * 64 // _LOOKS)
    slots: Integers = (bits & np.uint64(count - 1)).astype(np.int64)
    return slots


def _are_alike(there: _Rows, places: Integers, sought: _Rows, others: Integers) -> Integers:
    """Which of these pairs have the same bytes."""
    likely = np.flatnonzero(there.fingerprints[places] == sought.fingerprints[others])
    alike = [
        likely[part][
            (there.words[places[likely[part]]] == sought.words[others[likely[part]]]).all(1)
        ]
        for part in (slice(at, at + _AT_ONCE) for at in range(0, len(likely), _AT_ONCE))
    ]
    return np.concatenate([likely[:0], *alike])
