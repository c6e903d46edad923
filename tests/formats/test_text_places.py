"""Where texts stand among others: as a dictionary says it, without making the texts."""

from __future__ import annotations

import random

import numpy as np
import pytest

from tfinspector.formats import text_places
from tfinspector.formats.text_places import places_among
from tfinspector.formats.texts import Texts

KEYS = sorted({f"model/block_{n % 77}/layer_{n}/kernel" for n in range(3000)})


def packed(texts: list[bytes], gap: bytes = b"\0") -> Texts:
    ends = np.cumsum([len(text) + len(gap) for text in texts], dtype=np.int64)
    lengths = np.array([len(text) for text in texts], np.int64)
    ends -= len(gap)
    return Texts(gap.join([*texts, b""]), ends - lengths, ends, gap)


def scattered(texts: list[bytes]) -> Texts:
    """As in a message: with other bytes between them, and one of them at the very end."""
    at, begins, pieces = 0, [], []
    for number, text in enumerate(texts):
        between = b"\x1a" * (number % 5 + 1)
        begins.append(at + len(between))
        pieces.append(between + text)
        at += len(pieces[-1])
    starts = np.array(begins, np.int64)
    return Texts(b"".join(pieces), starts, starts + [len(text) for text in texts])


def expected(there: list[bytes], sought: list[bytes]) -> list[int]:
    places = {text: place for place, text in enumerate(there)}
    return [places.get(text, -1) for text in sought]


@pytest.mark.parametrize("seed", range(5))
def test_all_are_found_and_nothing_else(seed: int) -> None:
    draw = random.Random(seed)
    there = [key.encode() for key in KEYS]
    sought = draw.sample(there, 2500)
    sought += [text[:-1] for text in sought[:300]]  # beginnings of others
    sought += [text + b"\0" for text in sought[:300]]  # the same but for a zero at the end
    sought += [b"", b"\0", b"model", b"\xff\xfe", *sought[:200]]  # and some twice
    draw.shuffle(sought)
    found = places_among(packed(there), scattered(sought))
    assert found.tolist() == expected(there, sought)
    assert (found >= 0).sum() == 2700


def test_fingerprints_that_are_all_alike_do_not_mislead(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text_places, "mixed", lambda columns, count: np.full(count, 7, np.uint64))
    there = [key.encode() for key in KEYS[:500]]
    sought = [*reversed(there), b"nowhere"]
    assert places_among(packed(there), scattered(sought)).tolist() == expected(there, sought)


@pytest.mark.parametrize("there", [[], [b"a", b"b"], [b"k" * n for n in range(1, 400)]])
def test_few_texts_and_long_ones_are_found_too(there: list[bytes]) -> None:
    sought = [b"b", b"k" * 300, b"a", b"", b"k"]
    assert places_among(packed(there), scattered(sought)).tolist() == expected(there, sought)
    assert places_among(packed(there), packed([])).tolist() == []


def test_ordinary_sequences_are_taken_as_well() -> None:
    assert places_among(KEYS, [KEYS[7], "nowhere", KEYS[0]]).tolist() == [7, -1, 0]
