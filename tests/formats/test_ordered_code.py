from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tfinspector.contents.findings import Unreadable
from tfinspector.formats.bundles import ordered_code as code

INT64 = st.integers(-(1 << 63), (1 << 63) - 1)


@pytest.mark.parametrize(
    ("number", "raw"),
    [
        (0, "80"), (64, "c040"), (-1, "7f"), (36, "a4"), (0x424242, "f0424242"), (-0x800, "3800"),
        (63, "bf"), (-64, "40"), (-65, "3fbf"),
    ],
)  # fmt: skip
def test_signed_vectors(number: int, raw: str) -> None:
    assert code.encode_signed(number).hex() == raw
    assert code.decode_signed(bytes.fromhex("00" + raw + "ff"), 1) == (number, 1 + len(raw) // 2)


@pytest.mark.parametrize(("number", "raw"), [(0, "00"), (3, "0103"), (300, "02012c")])
def test_unsigned_vectors(number: int, raw: str) -> None:
    assert code.encode_unsigned(number).hex() == raw
    assert code.decode_unsigned(bytes.fromhex(raw), 0) == (number, len(raw) // 2)


@settings(deadline=None)
@given(INT64)
def test_signed_round_trip(number: int) -> None:
    raw = code.encode_signed(number)
    assert code.decode_signed(raw, 0) == (number, len(raw))


@settings(deadline=None)
@given(INT64, INT64)
def test_codes_sort_like_numbers(one: int, other: int) -> None:
    assert (code.encode_signed(one) < code.encode_signed(other)) == (one < other)


@pytest.mark.parametrize("number", [(1 << 63) - 1, -(1 << 63), 1 << 62, -(1 << 56)])
def test_extremes(number: int) -> None:
    raw = code.encode_signed(number)
    assert code.decode_signed(raw, 0) == (number, len(raw))


@settings(deadline=None)
@given(st.binary(max_size=20) | st.text("\0\x01ÿa", max_size=6).map(lambda s: s.encode("latin1")))
def test_string_round_trip(value: bytes) -> None:
    raw = code.encode_string(value)
    assert code.decode_string(raw + b"\x01", 0) == (value, len(raw))


def test_a_key_that_tensorflow_wrote() -> None:
    key = bytes.fromhex("00 77 2f 00 ff c3 bf 00 01 01 03 c0 40 a4 80 a8 80 7f")
    name, extents = "w/\0ÿ".encode(), ((64, 36), (0, 40), (0, -1))
    assert code.encode_slice_key(name, extents) == key
    assert code.decode_slice_key(key) == (name, extents)


@settings(deadline=None)
@given(st.binary(max_size=40))
def test_only_unreadable_comes_out(raw: bytes) -> None:
    try:
        name, extents = code.decode_slice_key(raw)
    except Unreadable:
        return
    assert code.decode_slice_key(code.encode_slice_key(name, extents)) == (name, extents)
