"""Many texts of one buffer."""

from __future__ import annotations

import numpy as np
import pytest

from tfinspector.formats.texts import Texts, texts_of


def spans(words: list[bytes]) -> tuple[bytes, np.ndarray, np.ndarray]:
    ends = np.cumsum([len(word) for word in words], dtype=np.int64)
    return b"".join(words), ends - [len(word) for word in words], ends


@pytest.mark.parametrize(
    "words",
    [
        [],
        [b""],
        [b"a", b"", b"bcd"],
        ["grün".encode(), "日本".encode()],
        [b"zero\0inside", b"b"],
        [b"\xff\xfe", b"odd\x80"],
        [b"x" * 10_000, b"short"],
        [b"n%d" % number for number in range(40_000)],
    ],
    ids=lambda words: f"{len(words)} of {max(map(len, words), default=0)}",
)
def test_texts_are_those_of_the_bytes(words: list[bytes]) -> None:
    data, begins, ends = spans(words)
    expected = [word.decode("utf-8", "replace") for word in words]
    assert texts_of(data, begins, ends) == expected
    texts = Texts(data, begins, ends)
    assert list(texts) == expected
    assert [texts[place] for place in range(len(texts))] == expected
    assert texts[1:3] == expected[1:3]


def test_places_beyond_the_end_are_cut() -> None:
    assert texts_of(b"abc", np.array([1, 9]), np.array([99, 12])) == ["bc", ""]


def separated(words: list[bytes]) -> Texts:
    ends = np.cumsum([len(word) + 1 for word in words], dtype=np.int64) - 1
    return Texts(b"\0".join([*words, b""]), ends - [len(word) for word in words], ends, b"\0")


def test_texts_with_a_gap_are_those_of_the_bytes() -> None:
    words = ["_GRAPH", "a", "", "bc", "a_GRAPH"]
    texts = separated([word.encode() for word in words])
    assert texts[1:4] == words[1:4]
    assert texts[::2] == words[::2]
    assert "all" not in vars(texts)
    assert list(texts) == words
    assert (texts[0], texts[-1], texts[1:3]) == ("_GRAPH", "a_GRAPH", ["a", ""])
    assert texts == tuple(words)
    assert texts == separated([word.encode() for word in words])
    assert texts != tuple(words[1:])
    assert hash(texts) == hash(tuple(words))


def test_what_is_among_them_is_seen_in_the_bytes() -> None:
    texts = separated([b"_GRAPH", b"a", b"bc", b"a_GRAPH"])
    assert [word in texts for word in ("_GRAPH", "a", "c", "b", "a_GRAPH", "", "\udc00")] == [
        True, True, False, False, True, False, False,
    ]  # fmt: skip
    assert 3 not in texts
    assert "a\0bc" not in texts
    assert "_GRAPH" not in texts.without(0)
    assert "a" in texts.without(0)


@pytest.mark.parametrize("place", range(4))
def test_all_but_one(place: int) -> None:
    words = ["ab", "", "c", "d"]
    texts = separated([word.encode() for word in words]).without(place)
    assert list(texts) == words[:place] + words[place + 1 :]
