"""Many byte strings in one buffer: their texts and their order."""

from __future__ import annotations

from operator import lt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.formats import table_writer as write
from tfinspector.formats.bundles.packed import GAP, Packed
from tfinspector.formats.bundles.table import read_table
from tfinspector.formats.texts import Texts

short = st.lists(st.sampled_from([b"", b"a", b"ab", b"abc", b"b", b"a\0", b"\xff", b"z"]))


@given(short, st.sampled_from([b"", GAP]))
def test_ascending_is_what_comparing_says(strings: list[bytes], gap: bytes) -> None:
    assert Packed.of(strings, gap).is_ascending() is all(map(lt, strings, strings[1:]))


@given(st.lists(st.sampled_from([b"key/%03d/w" % n for n in range(9)] + [b"k", b"z"]), max_size=40))
def test_ascending_is_seen_through_shared_beginnings(keys: list[bytes]) -> None:
    table = read_table(write.table([(key, b"v") for key in keys], per_block=7))
    assert list(table.keys) == keys
    assert table.keys.is_ascending() is all(map(lt, keys, keys[1:]))


@pytest.mark.parametrize("gap", [b"", GAP])
@pytest.mark.parametrize(
    "strings", [[], [b"a"], [b"a", b"", b"c"], ["grün".encode(), b"b"]], ids=len
)
def test_texts(strings: list[bytes], gap: bytes) -> None:
    texts = Packed.of(strings, gap).texts()
    assert texts is not None
    assert list(texts) == [each.decode() for each in strings]


def test_what_is_no_text_or_holds_the_gap_is_told() -> None:
    assert Packed.of([b"\xff", b"a"], GAP).texts() is None
    assert Packed.of([b"a\0b", b"a"], GAP).texts() is None
    assert isinstance(Packed.of([b"a", b"b"], GAP).texts(), Texts)
