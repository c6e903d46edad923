from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tfinspector.contents.findings import Unreadable
from tfinspector.formats import wire
from tfinspector.formats.checksum import crc32c, mask, unmask


@pytest.mark.parametrize(
    ("number", "raw"),
    [
        (0, "00"),
        (127, "7f"),
        (128, "80 01"),
        (1 << 32, "80 80 80 80 10"),
        (1 << 63, "80 80 80 80 80 80 80 80 80 01"),
    ],
)
def test_varints(number: int, raw: str) -> None:
    data = bytes.fromhex(raw)
    assert wire.write_varint(number) == data
    assert wire.read_varint(b"\xff" + data + b"\x05", 1) == (number, 1 + len(data))


@pytest.mark.parametrize(
    ("raw", "words"),
    [("80" * 11, "longer than ten bytes"), ("80 80", "cut off"), ("", "cut off")],
)
def test_bad_varints(raw: str, words: str) -> None:
    with pytest.raises(Unreadable, match=words):
        wire.read_varint(bytes.fromhex(raw), 0)


def test_negative_numbers_take_all_64_bits() -> None:
    assert wire.signed((1 << 64) - 5) == -5
    assert wire.signed(5) == 5


def test_walk_gives_every_wire_type() -> None:
    data = bytes.fromhex(
        "08 96 01 | 12 02 68 69 | 1d 01 00 00 00 | 21 02 00 00 00 00 00 00 00".replace("|", "")
    )
    assert list(wire.walk(data)) == [(1, 0, 150), (2, 2, b"hi"), (3, 5, 1), (4, 1, 2)]


def test_walk_does_not_copy_a_memoryview() -> None:
    data = memoryview(b"\x0a\x03abc")
    [(_, _, value)] = wire.walk(data)
    assert isinstance(value, memoryview)
    assert value.obj is data.obj


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        ("0a 05 61", "ends 4 bytes after its message"),
        ("0d 01 02", "ends 2 bytes after"),
        ("0b", "wire type 3"),
        ("00 00", "number 0"),
        ("08", "cut off"),
        ("0a ff ff ff ff ff ff ff ff ff 01", "after its message"),
    ],
)
def test_walk_refuses_what_is_no_message(raw: str, words: str) -> None:
    with pytest.raises(wire.Malformed, match=words) as caught:
        list(wire.walk(bytes.fromhex(raw)))
    assert caught.value.finding.fix is not None


@settings(deadline=None)
@given(st.binary(max_size=60))
def test_walk_raises_nothing_else(data: bytes) -> None:
    try:
        fields = list(wire.walk(data))
    except Unreadable:
        return
    assert len(fields) <= len(data)


def test_text_never_fails() -> None:
    assert wire.text(memoryview("naïve".encode())) == "naïve"
    assert wire.text(b"a\xff") == r"a\xff"


def test_packed_and_single_numbers() -> None:
    assert list(wire.varints_of(b"\x01\x80\x01")) == [1, 128]
    assert list(wire.varints_of(7)) == [7]


def test_crc32c_vectors() -> None:
    assert crc32c(b"") == 0
    assert crc32c(b"123456789") == 0xE3069283
    assert crc32c(b"6789", crc32c(b"12345")) == 0xE3069283
    assert mask(0) == 0xA282EAD8


@settings(deadline=None)
@given(st.integers(0, 0xFFFFFFFF))
def test_mask_round_trip(crc: int) -> None:
    assert unmask(mask(crc)) == crc
