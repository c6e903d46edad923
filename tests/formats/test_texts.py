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
